/**
 * What stands beside Kafka and speaks HTTP: Schema Registry (8081), REST Proxy (8082), Connect (8083).
 *
 * ```
 * GET /              Registry and REST Proxy: {}; Connect: {"version":"3.9.1","commit":…,"kafka_cluster_id":…}
 * GET /<random>      404 {"error_code":404,…}; 2xx: a catch-all or a honeypot
 * GET /subjects      ["orders-value",…] (Registry)      GET /mode   {"mode":"READWRITE"}: it takes writes
 * GET /topics        ["orders",…] (REST Proxy)
 * GET /connectors    ["sink",…] (Connect); with BasicAuthSecurityRestExtension 401 "User cannot access the resource." to
 *                    every path (JaasBasicAuthFilter of apache/kafka); their configurations hold passwords and are never asked for
 * ```
 *
 * Connect has no access control of its own: without the extension for Basic authentication whoever lists connectors
 * creates them too. The registry without authentication takes schemas unless its mode is READONLY.
 */
import type { HttpAnswer, HttpSession } from '../../../net/connection.ts';
import { at, count, isRecord, parseJson, text } from '../../json.ts';
import { datasetName, grouped } from '../../names.ts';
import { parseVersion, unidentified } from '../../observations.ts';
import type { Observation, ProbeContext, ProbeService } from '../../service.ts';
import { kafkaHttpAllow } from './allow.ts';
import { kafka } from './index.ts';

const MOST_NAMES = 100;
const TYPES = /^application\/vnd\.(schemaregistry|kafka)\./;

async function probe(context: ProbeContext): Promise<Observation> {
  const session = await context.http();
  const root = await session.get('/');
  const body = parseJson(root.body);
  const connect = root.status === 200 && text(at(body, 'kafka_cluster_id')) !== undefined;
  const typed = TYPES.exec(root.headers['content-type'] ?? '')?.[1];
  const empty = root.status === 200 && isRecord(body) && Object.keys(body).length === 0;
  if (!connect && typed === undefined && !empty && !isRefusal(root) && !isConnectRefusal(root))
    return unidentified('a Kafka REST service');
  if (isRefusal(root) || isConnectRefusal(root)) {
    context.record('GET /', `${root.status}`);
    // The words of Connect's filter stand in many a program's tutorial: elsewhere than on its own port they are a hint.
    const own = typed !== undefined || (isConnectRefusal(root) && context.port === 8083);
    const reason = `the service refuses strangers (${root.status})`;
    return {
      identified: true,
      ...(isConnectRefusal(root) ? { product: 'connect' } : {}),
      ...(own ? {} : { tentative: true as const }),
      verdict: 'secured',
      datasets: [],
      reason,
      notTested: [],
    };
  }
  if (connect) return await named(context, session, 'connect', '/connectors', parseVersion(text(at(body, 'version'))));
  const subjects = await session.get('/subjects');
  if (subjects.status === 200 || TYPES.exec(subjects.headers['content-type'] ?? '')?.[1] === 'schemaregistry') {
    const about = await session.get('/v1/metadata/version', { maxBytes: 4_096 });
    return await named(
      context,
      session,
      'schema-registry',
      '/subjects',
      parseVersion(text(at(parseJson(about.body), 'version'))),
    );
  }
  const topics = await session.get('/topics');
  if (topics.status === 200 || count(at(parseJson(topics.body), 'error_code')) !== undefined) {
    return await named(context, session, 'kafka-rest', '/topics', undefined);
  }
  return unidentified('a Kafka REST service');
}

const KINDS = { 'schema-registry': 'subjects', 'kafka-rest': 'topics', connect: 'connectors' } as const;

async function named(
  context: ProbeContext,
  session: HttpSession,
  product: keyof typeof KINDS,
  path: string,
  version: string | undefined,
): Promise<Observation> {
  const base = { identified: true, product, ...(version === undefined ? {} : { version }) };
  context.record('GET /', '200');
  const answer = await session.get(path);
  const list = parseJson(answer.body);
  context.record(`GET ${path}`, `${answer.status}`);
  if (answer.status === 401 || answer.status === 403) {
    const reason = `the list of ${KINDS[product]} is refused (${answer.status})`;
    return { ...base, verdict: 'secured', datasets: [], reason, notTested: [] };
  }
  if (answer.status !== 200 || !Array.isArray(list) || list.some((name) => typeof name !== 'string')) {
    return unidentified('a Kafka REST service');
  }
  const control = await session.get(`/${context.nonce()}`, { maxBytes: 65_536 });
  context.record('GET /<random>', `${control.status}`);
  if (control.status < 300) {
    const reason = `the control request for a path that cannot exist was answered with ${control.status}`;
    return { ...base, verdict: 'inconclusive', datasets: [], reason, notTested: ['what a stranger gets here'] };
  }
  const names = list.filter((name): name is string => typeof name === 'string');
  const size = {
    // Topics are not messages; schemas and connectors are what they are counted as.
    ...(product === 'kafka-rest' ? {} : { documents: names.length }),
    datasets: names.slice(0, MOST_NAMES).map((name) => ({ name: datasetName(name), fields: [] })),
  };
  return { ...base, ...size, ...(await writing(context, session, product, names.length)) };
}

async function writing(
  context: ProbeContext,
  session: HttpSession,
  product: keyof typeof KINDS,
  total: number,
): Promise<Pick<Observation, 'verdict' | 'reason' | 'notTested'>> {
  const seen = `${grouped(total)} ${KINDS[product]}`;
  if (product === 'connect') {
    const reason = `Connect has no access control: a stranger lists ${seen} and may create them`;
    return { verdict: 'anonymous-write', reason, notTested: ['configurations of connectors (they hold passwords)'] };
  }
  if (product === 'kafka-rest') {
    const notTested = ['messages (never consumed)', 'whether a stranger may produce'];
    return { verdict: 'metadata-only', reason: `a stranger lists ${seen} through the proxy`, notTested };
  }
  const answer = await session.get('/mode', { maxBytes: 4_096 });
  const mode = text(at(parseJson(answer.body), 'mode'));
  context.record('GET /mode', `${answer.status}`);
  if (answer.status === 200 && mode === 'READWRITE') {
    const reason = `no authentication, mode READWRITE: a stranger reads and registers schemas, ${seen}`;
    return { verdict: 'anonymous-write', reason, notTested: ['schemas (never read)'] };
  }
  const notTested = ['schemas (never read)', 'whether a stranger may write'];
  return { verdict: 'anonymous-read', reason: `a stranger lists ${seen}`, notTested };
}

function isRefusal(answer: HttpAnswer): boolean {
  const refused = answer.status === 401 || answer.status === 403;
  return refused && count(at(parseJson(answer.body), 'error_code')) !== undefined;
}

function isConnectRefusal(answer: HttpAnswer): boolean {
  return answer.status === 401 && answer.body.toString('latin1', 0, 64) === 'User cannot access the resource.';
}

export const kafkaHttp: ProbeService = {
  id: 'kafka',
  face: 'http',
  title: 'Kafka Schema Registry, REST Proxy and Connect',
  version: 1,
  transport: 'http',
  serverSpeaksFirst: false,
  ports: [
    { port: 8081, tls: 'retry' },
    { port: 8082, tls: 'retry' },
    { port: 8083, tls: 'retry' },
  ],
  allow: kafkaHttpAllow,
  remediation: {
    developer: kafka.remediation.developer,
    it: 'Set `authentication.method=BASIC` with TLS (Registry, REST Proxy) or `rest.extension.classes=…BasicAuthSecurityRestExtension` (Connect), and `listeners=http://127.0.0.1:…`. Close 8081, 8082 and 8083 in the firewall.',
    security: kafka.remediation.security,
  },
  references: [
    'https://docs.confluent.io/platform/current/schema-registry/develop/api.html',
    'https://docs.confluent.io/platform/current/kafka-rest/api.html',
    'https://kafka.apache.org/documentation/#connect_rest',
  ],
  tested: [
    {
      how: 'documentation',
      what: 'answers as the API references of Schema Registry, REST Proxy and Connect (docs.confluent.io) and JaasBasicAuthFilter of apache/kafka describe them',
    },
  ],
  recognise: ({ status, body, headers }) => {
    if (TYPES.test(headers['content-type'] ?? '') || text(at(parseJson(body), 'kafka_cluster_id')) !== undefined)
      return 'sure';
    return status === 200 && body.toString('latin1', 0, 64).trim() !== '{}' ? 'no' : 'possible';
  },
  probe,
};
