import type { AddressReach } from '../../probe/index.ts';
import { reachRows } from '../../report/reach.ts';
import { plain } from '../../report/untrusted.ts';

/** One line per address and place. */
export function reachText(reach: readonly (AddressReach & { vantage?: string })[], here: string): string {
  const lines = reachRows(reach.map((one) => ({ vantage: here, ...one }))).map(
    ({ where, vantage, ports, meaning }) => `  ${plain(`${where} from ${vantage}: ${ports}; ${meaning}`)}`,
  );
  return lines.length === 0 ? '' : `\nReached\n${lines.join('\n')}\n`;
}
