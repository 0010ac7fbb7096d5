/** What an account gets from a store: the same dialogue as the stranger's, signed in. */
import type { Access } from '../../core/access.ts';
import { createDialer, type NetworkTarget } from '../../net/index.ts';
import { runProbe } from '../runner.ts';
import { runServiceControl } from '../runner-control.ts';
import type { ProbeResult, ProbeService } from '../service.ts';
import type { AccessOptions, Account } from './model.ts';
import { withoutStop } from './reading.ts';

/** Data sets named one by one; the rest is counted. */
const MOST_DATASETS = 10;
/** Nobody can sign in where nothing answers. */
const ANSWERING = new Set(['secured', 'metadata-only', 'anonymous-read', 'anonymous-write']);

/**
 * Asks a store that a stranger was already told of again, with each account that is meant for it.
 *
 * @param result the stranger's
 * @param services all that are known
 */
export async function accessOfStore(
  target: NetworkTarget,
  result: ProbeResult,
  accounts: readonly Account[],
  services: readonly ProbeService[],
  options: AccessOptions = {},
): Promise<Access[]> {
  const { port } = result;
  const service = services.find(({ id, transport }) => id === result.service && transport === 'http');
  if (port === null || service === undefined || !ANSWERING.has(result.verdict)) return [];
  const access: Access[] = [];
  for (const account of accounts) {
    if ((account.service ?? service.id) !== service.id || (account.port ?? port) !== port) continue;
    if (options.signal?.aborted) break;
    access.push(...(await signedIn(target, service, port, account, options)));
  }
  return access;
}

async function signedIn(
  target: NetworkTarget,
  service: ProbeService,
  port: number,
  account: Account,
  options: AccessOptions,
): Promise<Access[]> {
  const dialer = options.dialer ?? createDialer();
  const common = { dialer, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const told = (what: string, read: Access['read'], write: Access['write'], reason: string): Access => ({
    as: 'signed-in',
    what,
    read,
    write,
    reason: `${account.name} ${reason}`,
  });
  const unknown = (reason: string) => [told(service.title, 'unknown', 'untested', reason)];
  const { login } = account;
  if (login !== undefined && service.control !== undefined) {
    const control = await runServiceControl(target, service, port, login, common);
    if (!control.ok) return unknown(`could not sign in: ${withoutStop(control.detail)}`);
  }
  const asked = [{ label: target.host, target, port, service: service.id }];
  const results: ProbeResult[] = [];
  for await (const one of runProbe(asked, { services: [service], signedIn: account.headers, ...common })) {
    results.push(one);
  }
  const result = results.find(({ verdict }) => ANSWERING.has(verdict)) ?? results[0];
  if (result === undefined || !ANSWERING.has(result.verdict)) {
    return unknown(`was not told anything: ${withoutStop(result?.reason ?? 'nothing was asked')}`);
  }
  if (result.verdict === 'secured') {
    const proof = login === undefined || service.control === undefined ? 'may be signed in' : 'is signed in';
    return unknown(`${proof} and is refused the overview; what they get by name was not asked`);
  }
  const write =
    result.verdict === 'anonymous-write'
      ? 'yes'
      : result.notTested.some((one) => /\bwrite\b/.test(one))
        ? 'unknown'
        : 'no';
  if (result.verdict === 'metadata-only') {
    return [told(service.title, 'no', 'untested', `sees names and sizes only: ${withoutStop(result.reason)}`)];
  }
  const shown = result.datasets.slice(0, MOST_DATASETS);
  const reads = shown.map(({ name, documents, fields }) => {
    const size = documents === undefined ? 'a size that is not told' : `${documents} documents`;
    return told(name, 'yes', write, `reads ${size}${fields.length > 0 ? ` with ${fields.length} fields` : ''}`);
  });
  const more = result.datasets.length - shown.length;
  if (more > 0) reads.push(told(`${more} more data sets`, 'yes', write, 'reads them as well'));
  return reads.length > 0 ? reads : [told(service.title, 'yes', write, `is let in: ${withoutStop(result.reason)}`)];
}
