/** What the access check would send, without sending it: credentials are named, never shown. */
import { requestText } from '../../net/index.ts';
import type { DryPort, DryRequest } from '../dry-run.ts';
import type { Api } from './model.ts';
import { requestsOf, shownAs } from './requests.ts';

/** @param names of the accounts that are asked with */
export function dryAccess(
  target: { label: string; host: string; allowed: readonly string[] },
  api: Api,
  names: readonly string[],
): DryPort {
  const place = { host: target.host, port: api.port };
  const who = ['a stranger', ...names.slice(0, 2)].join(', ');
  return {
    target: target.label,
    host: target.host,
    allowed: target.allowed,
    port: api.port,
    services: api.endpoints.map((endpoint) => ({
      id: 'api',
      title: `${shownAs(api, endpoint)} as ${who}, each with their own credentials`,
      tls: api.tls ? 'first' : 'never',
      requests: (requestsOf(api, endpoint).planned ?? []).flatMap((one): DryRequest[] =>
        'http' in one ? [{ why: one.why, bytes: Buffer.from(requestText(one.http, place), 'utf8') }] : [],
      ),
    })),
    ladder: [],
  };
}
