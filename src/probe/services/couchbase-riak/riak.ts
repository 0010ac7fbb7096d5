/**
 * Riak KV, HTTP port 8098.
 *
 * ```
 * GET /stats                             200 {"riak_kv_version":"3.0.9","ring_members":[…],…}; with security 401, and 426
 *                                        where HTTPS is wanted
 * GET /<random>                          404; 2xx: a catch-all
 * GET /types/default/buckets/<random>/keys/<random>   404 "not found": whoever names a key gets it, so nothing is locked;
 *                                        401, 426: security is enabled
 * ```
 *
 * Listing buckets or keys walks through all keys of the cluster: it is never asked for.
 *
 * Sources: https://docs.riak.com/riak/kv/latest/developing/api/http/, …/using/security/basics/,
 * https://nmap.org/nsedoc/scripts/riak-http-info.html
 */
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known } from '../../http-dialogue.ts';
import { at, text } from '../../json.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

async function askRiak(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const stats = await askJson(session, context, '/stats');
  const told = text(at(stats.json, 'riak_kv_version')) ?? text(at(stats.json, 'riak_core_version'));
  const shut = isLocked(stats) || stats.status === 426;
  if (told === undefined && !(shut && isRiak(stats.answer.headers))) return unidentified('Riak');
  const base = known('riak', parseVersion(told));
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const [bucket, key] = [context.nonce(), context.nonce()];
  const missing = await askJson(session, context, `/types/default/buckets/${bucket}/keys/${key}`, {
    shown: '/types/default/buckets/<random>/keys/<random>',
    maxBytes: 65_536,
  });
  if (isLocked(missing) || missing.status === 426) {
    return conclude(base, 'secured', `a key is refused (${missing.status})`);
  }
  const notTested = ['names and sizes of buckets: listing them walks through every key'];
  if (missing.status === 404 && /not found/i.test(missing.answer.body.subarray(0, 200).toString('latin1'))) {
    const what = 'security is not enabled: a stranger reads and changes whatever key it names';
    return conclude(base, 'anonymous-write', what, notTested);
  }
  return conclude(base, 'inconclusive', `a key that cannot exist answers ${missing.status}`, [
    'what a stranger gets here',
  ]);
}

function isRiak(headers: Readonly<Record<string, string>>): boolean {
  return /webmachine/i.test(headers.server ?? '') || /riak/i.test(headers['www-authenticate'] ?? '');
}

export const riak: ProbeService = {
  id: 'couchbase-riak',
  face: 'riak',
  aliases: ['riak'],
  title: 'Riak',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [{ port: 8098, tls: 'retry' }],
  allow: allowRequests([
    { path: '/stats', why: 'product and version' },
    { path: '/<nonce>', why: 'the control request, which must fail' },
    { path: '/types/default/buckets/<nonce>/keys/<nonce>', why: 'whether a key that does not exist is looked for' },
  ]),
  remediation,
  references: ['https://docs.riak.com/riak/kv/latest/using/security/basics/'],
  tested: [{ how: 'documentation', what: 'answers as Riak KV’s HTTP reference describes them (2.x, 3.x)' }],
  recognise: (root) => (isRiak(root.headers) ? 'sure' : perhaps(root, false)),
  probe: askRiak,
};
