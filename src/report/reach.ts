/** What may be said about a firewall, from where. One place cannot prove that there is none. */
import type { Reach } from '../core/contract/vantage.ts';
import { humanCount } from './human.ts';

const UNUSED: Readonly<Record<Reach['unused'], string>> = {
  reset: 'unused ports are answered with a reset: no firewall was seen to drop anything from there',
  filtered: 'unused ports are silent: something filters, and silence of a port says no more than that',
  accept: 'unused ports accept connections, so an open port says nothing',
  mixed: 'unused ports behave differently from one another',
  unknown: 'this machine has no way there',
};

export interface ReachRow {
  where: string;
  vantage: string;
  /** `2 open, 15 closed, 0 filtered` */
  ports: string;
  meaning: string;
}

export function reachRows(reach: readonly (Reach & { vantage: string })[]): ReachRow[] {
  return reach.map(({ address, family, host, ports, unused, vantage }) => ({
    where: `${host === address ? address : `${host} (${address})`} over IPv${family}`,
    vantage,
    ports: `${humanCount(ports.accept)} open, ${humanCount(ports.reset)} closed, ${humanCount(ports.filtered)} filtered`,
    meaning: UNUSED[unused],
  }));
}
