/**
 * etcd: the JSON gateway of v3 and, for servers without it, the keys API of v2. Ports 2379 and 4001 (old).
 *
 * ```
 * GET  /version                  {"etcdserver":"3.4.23","etcdcluster":"3.4.0"}; never asks who is there
 * POST /v3/kv/range  <random>    {"header":{…}} without a count; a count: a catch-all or a honeypot
 * POST /v3/kv/range  count_only  {"header":{…},"count":"12"}
 *                                400 {"error":"etcdserver: user name is empty","code":3}: access control is on
 * POST /v3/auth/status           {"header":{…},"enabled":true}, `enabled` left out when off; 404 before 3.5
 * POST /v3/kv/range  keys_only   five names; Kubernetes keeps its secrets under /registry/
 * POST /v3/maintenance/status    {"dbSize":"20480",…}
 * GET  /v2/keys/<random>         404 {"errorCode":100}          GET /v2/auth/enable   {"enabled":false}
 * ```
 *
 * v3 knows no anonymous user: with access control every range needs a user, so an answered one proves that it is off, and
 * then writing is open too. The gateway is `/v3` from 3.4, `/v3beta` in 3.3. The peer port 2380 is not asked.
 */
import type { HttpAnswer, PostingSession } from '../../../net/connection.ts';
import { certificateWanted, wantsCertificate } from '../../auth/client-certificate.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import { keyPatterns } from '../../patterns.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { COUNT_ALL, countOne, etcdAllow, FIRST_KEYS } from './allow.ts';

type Answer = Pick<Observation, 'verdict' | 'documents' | 'bytes' | 'datasets' | 'reason' | 'notTested'>;

const NOT_TESTED = ['values (never read)', 'the peer port 2380'];
const OPEN = 'access control is off, so a stranger reads and writes';

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  let root: HttpAnswer;
  try {
    root = await session.get('/version', { maxBytes: 4_096 });
  } catch (error) {
    if (wantsCertificate(error)) return certificateWanted();
    throw error;
  }
  const server = text(at(parseJson(root.body), 'etcdserver'));
  if (root.status !== 200 || server === undefined) return unidentified('etcd');
  const version = parseVersion(server);
  context.record('GET /version', '200');
  const base = { identified: true, product: 'etcd', ...(version === undefined ? {} : { version }) };
  for (const prefix of ['/v3', '/v3beta'] as const) {
    const told = await askGateway(context, session, prefix);
    if (told !== undefined) return { ...base, ...told };
  }
  return { ...base, ...(await askV2(context, session)) };
}

/** Undefined where this gateway does not exist. */
async function askGateway(
  context: ProbeContext,
  session: PostingSession,
  prefix: '/v3' | '/v3beta',
): Promise<Answer | undefined> {
  const range = `${prefix}/kv/range`;
  const control = await session.post(range, countOne(context.nonce()), { maxBytes: 65_536 });
  if (control.status === 404) return undefined;
  context.record(`POST ${range}, a random key`, `${control.status}`);
  if (refuses(control)) {
    const reason = 'access control is on: a request without a user is refused';
    return { verdict: 'secured', datasets: [], reason, notTested: [] };
  }
  const hit = count(at(parseJson(control.body), 'count')) ?? 0;
  if (control.status !== 200 || !isRecord(at(parseJson(control.body), 'header')) || hit > 0) {
    return inconclusive(`the control request for a key that cannot exist was answered with ${control.status}`);
  }
  const answer = await session.post(range, COUNT_ALL, { maxBytes: 65_536 });
  const body = parseJson(answer.body);
  context.record(`POST ${range}, count_only`, `${answer.status}`);
  if (answer.status !== 200 || !isRecord(at(body, 'header'))) return inconclusive(`the count answers ${answer.status}`);
  // Protocol buffers leave a zero out.
  const keys = count(at(body, 'count')) ?? 0;
  const auth = prefix === '/v3' ? await session.post('/v3/auth/status', '{}', { maxBytes: 65_536 }) : undefined;
  const enabled = auth?.status === 200 ? at(parseJson(auth.body), 'enabled') === true : undefined;
  if (auth !== undefined) context.record('POST /v3/auth/status', `${auth.status}${enabled ? ', enabled' : ''}`);
  const names = keys > 0 ? await firstKeys(context, session, range) : [];
  const status = await session.post(`${prefix}/maintenance/status`, '{}', { maxBytes: 65_536 });
  const bytes = count(at(parseJson(status.body), 'dbSize'));
  context.record(`POST ${prefix}/maintenance/status`, `${status.status}`);
  const kubernetes = names.some((name) => name.startsWith('/registry/'));
  const seen = `${grouped(keys)} keys${kubernetes ? ', the state of a Kubernetes cluster with its secrets' : ''}`;
  const size = {
    documents: keys,
    ...(bytes === undefined ? {} : { bytes }),
    datasets: keys > 0 ? [{ name: 'keys', documents: keys, fields: keyPatterns(names) }] : [],
  };
  if (enabled) {
    const notTested = [...NOT_TESTED, 'whether a stranger may write'];
    return {
      ...size,
      verdict: 'anonymous-read',
      reason: `access control is on, yet a stranger reads ${seen}`,
      notTested,
    };
  }
  return { ...size, verdict: 'anonymous-write', reason: `${OPEN} ${seen}`, notTested: NOT_TESTED };
}

async function firstKeys(context: ProbeContext, session: PostingSession, range: string): Promise<string[]> {
  const answer = await session.post(range, FIRST_KEYS);
  const list = at(parseJson(answer.body), 'kvs');
  const keys = (Array.isArray(list) ? list.slice(0, 5) : []).map((one) => text(at(one, 'key')));
  context.record(`POST ${range}, keys_only`, `${answer.status}, ${keys.length} names`);
  return keys.filter((key) => key !== undefined).map((key) => Buffer.from(key, 'base64').toString('utf8'));
}

async function askV2(context: ProbeContext, session: PostingSession): Promise<Answer> {
  const control = await session.get(`/v2/keys/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /v2/keys/<random>', `${control.status}`);
  if (control.status === 401 || control.status === 403) {
    return { verdict: 'secured', datasets: [], reason: `keys are refused (${control.status})`, notTested: [] };
  }
  if (control.status !== 404 || count(at(parseJson(control.body), 'errorCode')) !== 100) {
    return {
      verdict: 'metadata-only',
      datasets: [],
      reason: 'only the version is told: neither the JSON gateway nor the keys API of v2 is there',
      notTested: ['gRPC'],
    };
  }
  const auth = await session.get('/v2/auth/enable', { maxBytes: 4_096 });
  const enabled = at(parseJson(auth.body), 'enabled');
  context.record('GET /v2/auth/enable', `${auth.status}`);
  const answer = await session.get('/v2/keys/');
  const node = at(parseJson(answer.body), 'node');
  context.record('GET /v2/keys/', `${answer.status}`);
  if (answer.status !== 200 || at(node, 'dir') !== true) {
    const refused = answer.status === 401 || answer.status === 403;
    if (!refused) return inconclusive(`the list of keys answers ${answer.status}`);
    return {
      verdict: 'secured',
      datasets: [],
      reason: `keys are refused (${answer.status})`,
      notTested: ['keys by name'],
    };
  }
  const nodes = at(node, 'nodes');
  const names = (Array.isArray(nodes) ? nodes : [])
    .map((one) => text(at(one, 'key')))
    .filter((key) => key !== undefined);
  const size = {
    documents: names.length,
    datasets: names.length > 0 ? [{ name: 'keys', documents: names.length, fields: keyPatterns(names) }] : [],
  };
  const seen = `${grouped(names.length)} top-level keys (v2)`;
  if (enabled === false)
    return { ...size, verdict: 'anonymous-write', reason: `${OPEN} ${seen}`, notTested: NOT_TESTED };
  const notTested = [...NOT_TESTED, 'whether a stranger may write'];
  return { ...size, verdict: 'anonymous-read', reason: `a stranger lists ${seen}`, notTested };
}

/** gRPC's codes 3 (3.4: "user name is empty"), 7 (permission denied) and 16 (unauthenticated). */
function refuses(answer: HttpAnswer): boolean {
  const body = parseJson(answer.body);
  const words = `${text(at(body, 'error')) ?? ''} ${text(at(body, 'message')) ?? ''}`;
  return (
    answer.status === 401 ||
    answer.status === 403 ||
    (answer.status >= 400 && /user name is empty|permission denied|invalid auth token/.test(words))
  );
}

function inconclusive(reason: string): Answer {
  return { verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
}

export const etcd: ProbeService = {
  id: 'etcd',
  title: 'etcd',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 2379, tls: 'retry' },
    { port: 4001, tls: 'retry' },
  ],
  allow: etcdAllow,
  remediation: {
    developer:
      'Give every program its own user and role (`etcdctl role grant-permission`), and encrypt what is secret.',
    it: 'Start with `--client-cert-auth --trusted-ca-file`, `--cert-file`, `--key-file` and `--listen-client-urls https://127.0.0.1:2379,…`; create the root user and `etcdctl auth enable`. Close 2379, 2380 and 4001 in the firewall.',
    security:
      'Under a Kubernetes cluster this is every secret and the power to schedule anything: rotate all of them and look for unknown objects.',
  },
  references: [
    'https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/',
    'https://etcd.io/docs/v3.5/op-guide/authentication/rbac/',
    'https://etcd.io/docs/v2.3/auth_api/',
  ],
  tested: [
    { how: 'server', what: 'etcd 3.4.23 and 3.5.1 (open, auth enable, TLS, client certificates)' },
    { how: 'documentation', what: 'etcd 2' },
  ],
  recognise: ({ status }) => (status === 200 ? 'no' : 'possible'),
  probe,
};
