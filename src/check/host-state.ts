/** What the host says about its own filters, judged beside what was seen from outside. */
import { readFile, stat } from 'node:fs/promises';
import type { LoadedConfig } from '../config/index.ts';
import { LIMITS } from '../core/limits.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Skip } from '../core/skip.ts';
import type { Outside, StateFile, StorePort } from '../firewall/index.ts';
import type { ProbeResult, ProbeService } from '../probe/service.ts';
import { hostName } from './gather/inspected.ts';
import { shownPath } from './parts.ts';

/** Ports of web servers say nothing about what stands behind them. */
const WEB = new Set([80, 443, 3000, 8000, 8080, 8443]);

/** Ports by which stores are known. */
export function storePortsOf(services: readonly ProbeService[]): StorePort[] {
  return services
    .filter(({ beside }) => beside !== true)
    .flatMap(({ id, ports }) =>
      ports
        .filter(({ port, managedOnly }) => managedOnly !== true && !WEB.has(port))
        .map(({ port }) => ({ port, service: id })),
    );
}

/**
 * @param vantage of results that do not name theirs
 * @returns undefined when the configuration hands nothing over
 */
export async function judgeHost(
  root: string,
  given: LoadedConfig['firewall'],
  results: readonly ProbeResult[],
  vantage: string,
  services: readonly ProbeService[],
): Promise<Outcome | undefined> {
  if (given === undefined || given.state.length === 0) return undefined;
  const { judgeHostState, readHostState } = await import('../firewall/index.ts');
  const files: StateFile[] = [];
  const skips: Skip[] = [];
  for (const path of given.state) {
    const shown = shownPath(root, path);
    try {
      const { size } = await stat(path);
      if (size > LIMITS.configBytes) throw new Error(`it is larger than ${LIMITS.configBytes} bytes`);
      files.push({ path: shown, text: await readFile(path, 'utf8') });
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? 'it cannot be read' : (error as Error).message;
      skips.push({ subject: shown, code: 'E_INPUT_NOT_FOUND', reason, severity: 'incomplete' });
    }
  }
  const view = readHostState(files, {
    ...(given.host !== undefined && { host: given.host }),
    ...(given.outside.length > 0 && { outside: given.outside }),
  });
  const outcome = judgeHostState(view, outsideOf(results, given.host, vantage), storePortsOf(services));
  return { ...outcome, skips: [...skips, ...outcome.skips] };
}

/** What was seen of the host that the files are of; of every host where they name none. */
function outsideOf(results: readonly ProbeResult[], host: string | undefined, vantage: string): Outside[] {
  return results.flatMap((result) => {
    const { address, port, verdict, service } = result;
    if (address === null || port === null) return [];
    if (host !== undefined && hostName(host) !== hostName(result.host)) return [];
    const known = service === 'unknown' ? {} : { service };
    return [{ host: result.host, address, port, verdict, vantage: result.vantage ?? vantage, ...known }];
  });
}
