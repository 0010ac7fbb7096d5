/**
 * Couchbase Server, HTTP ports 8091 (18091 with TLS) for its management and 8093 for queries.
 *
 * ```
 * GET /pools                       200 {"implementationVersion":"7.2.0-5325-enterprise","pools":[{"name":"default"}],"uuid":…},
 *                                  for everybody; `"pools":[],"uuid":[]`: it is not set up, whoever comes first owns it.
 *                                  `isAdminCreds` says nothing: since 4.5 it is `true` to everybody
 * GET /<random>                    404; 2xx: a catch-all
 * GET /pools/default/buckets       401; 404 "unknown pool": not set up; 200 [{"name","basicStats":{"itemCount",
 *                                  "dataUsed"}}] (buckets without a password)
 * GET /admin/ping (8093)           200 {}: a query service
 * GET /query/service?readonly=true&statement=SELECT RAW 1   200 {"status":"success"}, with a `requestID`: names
 *                                  the query service; a query without a bucket needs no rights, so it proves nothing
 * ```
 *
 * Sources: https://docs.couchbase.com/server/current/rest-api/rest-cluster-intro.html, …/rest-api/rest-buckets-summary.html,
 * https://github.com/couchbase/ns_server/blob/master/src/menelaus_web_pools.erl (handle_pools, check_and_handle_pool_info),
 * https://docs.couchbase.com/server/current/n1ql-rest-query/, https://nmap.org/nsedoc/scripts/membase-http-info.html
 */

import type { PostingSession } from '../../../net/connection.ts';
import { allowRequests } from '../../../net/request-templates.ts';
import { askJson, conclude, disbelieved, isLocked, known, notReady, seen } from '../../http-dialogue.ts';
import { at, count, isRecord, text } from '../../json.ts';
import { datasetName } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { perhaps } from '../../recognition.ts';
import type { Observation, ObservedDataset, ProbeContext, ProbeService } from '../../service.ts';
import { remediation } from './remediation.ts';

const BUCKETS = '/pools/default/buckets';
const PING = '/admin/ping';
const SELECT = `/query/service?readonly=true&statement=${encodeURIComponent('SELECT RAW 1')}`;

async function askCouchbase(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const pools = await askJson(session, context, '/pools', { maxBytes: 65_536 });
  const told = text(at(pools.json, 'implementationVersion'));
  if (pools.status !== 200 || told === undefined) return await askQueries(context, session);
  const base = known('couchbase', parseVersion(told));
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  const list = await askJson(session, context, BUCKETS);
  const datasets = Array.isArray(list.json) ? list.json.slice(0, 500).map(readBucket) : [];
  if (isUnprovisioned(pools.json) && list.status !== 401 && list.status !== 403) {
    const what = 'it is not set up: whoever comes first becomes its administrator';
    return conclude(base, 'anonymous-write', what, [], datasets);
  }
  if (isLocked(list)) return conclude(base, 'secured', `the list of buckets is refused (${list.status})`);
  if (list.status === 404) return conclude(base, 'secured', 'it belongs to no cluster that a stranger sees');
  if (list.status !== 200 || !Array.isArray(list.json)) return notReady(base, 'the list of buckets', list);
  const listed = seen(datasets, 'bucket', 'buckets');
  const notTested = ['whether a stranger may write', 'whether documents come with the list of buckets'];
  return conclude(base, 'metadata-only', `a stranger lists ${listed}`, notTested, datasets);
}

/** Only `is_system_provisioned` fills these in. */
function isUnprovisioned(pools: unknown): boolean {
  const listed = at(pools, 'pools');
  return Array.isArray(listed) && listed.length === 0;
}

function readBucket(one: unknown): ObservedDataset {
  const [documents, bytes] = [count(at(one, 'basicStats', 'itemCount')), count(at(one, 'basicStats', 'dataUsed'))];
  return {
    name: datasetName(text(at(one, 'name')) ?? ''),
    ...(documents === undefined ? {} : { documents }),
    ...(bytes === undefined ? {} : { bytes }),
    fields: [],
  };
}

async function askQueries(context: ProbeContext, session: PostingSession): Promise<Observation> {
  if (context.port !== 8093) return unidentified('Couchbase');
  const ping = await askJson(session, context, PING, { maxBytes: 65_536 });
  if (ping.status !== 200 || !isRecord(ping.json)) return unidentified('Couchbase');
  const control = await askJson(session, context, `/${context.nonce()}`, { shown: '/<random>', maxBytes: 65_536 });
  const answer = await askJson(session, context, SELECT, { maxBytes: 65_536 });
  const own = text(at(answer.json, 'requestID')) !== undefined;
  if (!own) return unidentified('Couchbase');
  const base = known('couchbase', undefined);
  if (control.status < 300) return disbelieved(base, 'a path that cannot exist', control.status);
  if (answer.status === 200 && at(answer.json, 'status') === 'success') {
    const what = 'a query that touches no bucket is answered, which every query service does';
    return conclude(base, 'inconclusive', what, ['queries of buckets (port 8091 tells whether they are refused)']);
  }
  return conclude(base, 'secured', `a stranger’s query is refused (${answer.status})`);
}

export const couchbase: ProbeService = {
  id: 'couchbase-riak',
  face: 'couchbase',
  aliases: ['couchbase'],
  title: 'Couchbase, Riak, Tarantool or Aerospike',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8091, tls: 'retry' },
    { port: 18091, tls: 'first' },
    { port: 8093, tls: 'retry' },
  ],
  allow: allowRequests([
    { path: '/pools', why: 'product, version, and whether it is set up' },
    { path: '/<nonce>', why: 'the control request, which must fail' },
    { path: BUCKETS, why: 'names, counts and sizes of buckets' },
    { path: PING, why: '8093: whether it is a query service' },
    { path: SELECT, why: '8093: whether a query that touches no bucket is answered' },
  ]),
  remediation,
  references: [
    'https://docs.couchbase.com/server/current/rest-api/rest-buckets-summary.html',
    'https://github.com/couchbase/ns_server/blob/master/src/menelaus_web_pools.erl',
    'https://docs.couchbase.com/server/current/manage/manage-security/security-best-practices.html',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as couchbase/ns_server src/menelaus_web_pools.erl and Couchbase Server’s REST reference describe them (7.x)',
    },
  ],
  recognise: (root) => {
    const own = /^Couchbase Server/i.test(root.headers.server ?? '');
    return own ? 'sure' : perhaps(root, root.status === 404 || /\/ui\/index\.html$/.test(root.headers.location ?? ''));
  },
  probe: askCouchbase,
};
