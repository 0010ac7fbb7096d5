/**
 * What the probes of src/probe/services/infrastructure.ts may send, by service id, from the protocols' specifications and
 * not from the services' own lists.
 */
import { either, http, type Judge, TOKEN } from './http.ts';

const NONCE = `/${TOKEN}`;
const READ_ROUTE = '/v3(?:beta)?';

const docker = http('/', NONCE, '/_ping', '/version', '/info', '/containers/json\\?limit=1');

const registry = http('/', '/v2/', '/v2/_catalog\\?n=100', '/v2/[a-z0-9._/-]+/tags/list(?:\\?n=100)?');

const kubernetes = http(
  '/',
  NONCE,
  '/version',
  '/healthz',
  '/pods',
  ...['namespaces', 'pods'].map((kind) => ({
    path: `/api/v1/${kind}\\?limit=1`,
    headers: [['accept', 'application/json;as=PartialObjectMetadataList;g=meta\\.k8s\\.io;v=v1'] as const],
  })),
);

/** RangeRequest: one key counted, all counted, five names; never a value. https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/ */
const etcd = http(
  '/',
  '/version',
  { method: 'POST', path: `${READ_ROUTE}/kv/range`, body: '\\{"key":"[A-Za-z0-9+/=]{24}","count_only":true\\}' },
  { method: 'POST', path: `${READ_ROUTE}/kv/range`, body: '\\{"key":"AA==","range_end":"AA==","count_only":true\\}' },
  {
    method: 'POST',
    path: `${READ_ROUTE}/kv/range`,
    body: '\\{"key":"AA==","range_end":"AA==","limit":5,"keys_only":true\\}',
  },
  { method: 'POST', path: '/v3/auth/status', body: '\\{\\}' },
  { method: 'POST', path: `${READ_ROUTE}/maintenance/status`, body: '\\{\\}' },
  `/v2/keys/(?:${TOKEN})?`,
  '/v2/auth/enable',
);

const consul = http(
  '/',
  '/v1/status/leader',
  '/v1/agent/self',
  '/v1/acl/policies',
  '/v1/catalog/services',
  '/v1/kv/\\?keys&separator=/',
  `/v1/kv/${TOKEN}\\?keys`,
);

/** A word alone, or a session: ConnectRequest without credentials, then exists, getChildren2, getACL, closeSession. */
function zookeeper(sent: Buffer): string | undefined {
  if (['', 'srvr', 'srvr\n', 'mntr'].includes(sent.toString('latin1'))) return undefined;
  for (let at = 0, packet = 0; at < sent.length; packet++) {
    const length = sent.length - at >= 4 ? sent.readInt32BE(at) : 0;
    const body = sent.subarray(at + 4, at + 4 + length);
    if (length < 8 || body.length !== length) return `a broken packet: ${sent.toString('latin1', at, at + 60)}`;
    at += 4 + length;
    if (packet === 0) {
      // protocol 0, nothing seen, a time-out, no session, an empty password, not read-only
      const credentials = length !== 45 || body.subarray(0, 12).some(Boolean) || body.subarray(16, 24).some(Boolean);
      if (credentials || body.readInt32BE(24) !== 16 || body.subarray(28).some(Boolean)) return 'another session';
      continue;
    }
    const operation = body.readInt32BE(4);
    if (operation === -11 && length === 8) continue;
    const path = body.toString('utf8', 12, 12 + body.readInt32BE(8));
    const watch = length > 12 + Buffer.byteLength(path) ? body[length - 1] : 0;
    if (![3, 6, 12].includes(operation) || watch !== 0 || !/^\/[^/]*$/.test(path))
      return `operation ${operation} ${path}`;
  }
  return undefined;
}

/** Keys and versions: https://kafka.apache.org/protocol#protocol_api_keys */
function kafkaWire(sent: Buffer): string | undefined {
  const allowed = ['18 0', '3 4', '3 8', '2 1', '29 1', '17 1'];
  for (let at = 0; at < sent.length; ) {
    const length = sent.length - at >= 14 ? sent.readInt32BE(at) : 0;
    const body = sent.subarray(at + 4, at + 4 + length);
    if (length < 10 || body.length !== length) return 'a broken request';
    at += 4 + length;
    const request = `${body.readInt16BE(0)} ${body.readInt16BE(2)}`;
    if (!allowed.includes(request)) return `request ${request}`;
    const rest = body.subarray(10 + Math.max(body.readInt16BE(8), 0));
    // Metadata: whether a topic may be created stands after the list of topics.
    if (request.startsWith('3 ')) {
      const topics = rest.readInt32BE(0);
      const create = topics < 0 ? rest[4] : rest[6 + rest.readInt16BE(4)];
      if (topics > 1 || create !== 0) return 'a Metadata request that creates topics';
    }
    if (request === '17 1' && rest.toString('latin1', 2) !== 'POSTERN') return 'a login';
  }
  return undefined;
}

const kafkaRest = http('/', NONCE, '/subjects', '/v1/metadata/version', '/mode', '/topics', '/connectors');

function amqp(sent: Buffer): string | undefined {
  return ['', 'AMQP\x00\x00\x09\x01'].includes(sent.toString('latin1')) ? undefined : sent.toString('latin1', 0, 40);
}

const management = http('/', '/api/overview', '/api/whoami', `/api/${TOKEN}`);

/** https://docs.nats.io/reference/reference-protocols/nats-protocol: no PUB, no wildcard, no known user. */
function natsText(sent: Buffer): string | undefined {
  // After INFO the connection may become TLS.
  const clear = sent[0] === 0x16 ? '' : sent.toString('latin1');
  const lines = clear.split('\r\n').filter((line) => line !== '');
  const foreign = lines.find((line) => {
    if (line === 'PING' || line === 'UNSUB 1') return false;
    if (new RegExp(`^(?:SUB postern\\.${TOKEN} 1|POSTERN\\.${TOKEN})$`).test(line)) return false;
    if (!line.startsWith('CONNECT {')) return true;
    const options: Record<string, unknown> = JSON.parse(line.slice(8));
    if ('auth_token' in options || 'jwt' in options || 'nkey' in options) return true;
    const { user, pass } = options;
    return user !== undefined && (user !== pass || !/^[a-z][0-9a-f]{15}$/.test(String(user)));
  });
  return foreign;
}

const monitor = http('/', NONCE, '/varz', '/jsz\\?streams=1');

/** Cypher that only reads: no clause that writes, loads a file or calls what a plug-in brings. */
function cypherProblem(statement: string): string | undefined {
  if (new RegExp(`^POSTERN ${TOKEN}$`).test(statement)) return undefined;
  const writes =
    /\b(?:CREATE|MERGE|DELETE|DETACH|SET|REMOVE|DROP|LOAD|FOREACH|GRANT|DENY|REVOKE|ALTER|START|STOP|USE)\b|apoc/i;
  const calls = [...statement.matchAll(/CALL\s+([\w.]+)/gi)].map(([, name]) => name);
  const foreign = calls.some((name) => name !== 'db.stats.retrieve');
  const reads = /^(?:MATCH \(n\)|CALL |SHOW DATABASES )/.test(statement);
  return reads && !foreign && !writes.test(statement) ? undefined : statement;
}

function bolt(sent: Buffer): string | undefined {
  if (sent.length === 0) return undefined;
  if (sent.toString('hex', 0, 4) !== '6060b017' || sent.length < 20) return 'no handshake';
  for (let at = 20; at < sent.length; ) {
    const length = sent.readUInt16BE(at);
    const body = sent.subarray(at + 2, at + 2 + length);
    at += 4 + length;
    const [tag, text] = [body[1] ?? 0, body.toString('utf8')];
    // HELLO, GOODBYE, RESET, PULL, RUN
    if (![0x01, 0x02, 0x0f, 0x3f, 0x10].includes(tag)) return `message ${tag}`;
    if (tag === 0x01 && (!text.includes('scheme') || /basic|credentials|principal/.test(text))) return 'credentials';
    if (tag !== 0x10) continue;
    const short = (body[2] ?? 0) < 0xd0;
    const size = short ? (body[2] ?? 0) & 0x0f : (body[3] ?? 0);
    const from = short ? 3 : 4;
    const problem = cypherProblem(body.toString('utf8', from, from + size));
    if (problem !== undefined) return problem;
    if (!/mode.r$/.test(text)) return 'a statement that is not in read mode';
  }
  return undefined;
}

function neo4jHttp(sent: Buffer): string | undefined {
  const body = '\\{"statements":\\[\\{"statement":"(?:[^"\\\\]|\\\\.)*"\\}\\]\\}';
  const problem = http('/', {
    method: 'POST',
    path: '/db/(?:neo4j/tx|data/transaction)/commit',
    headers: [['access-mode', 'READ']],
    body,
  })(sent);
  if (problem !== undefined) return problem;
  const statements = [...sent.toString('utf8').matchAll(/"statement":("(?:[^"\\]|\\.)*")/g)];
  return statements.map(([, text]) => cypherProblem(String(JSON.parse(text ?? '""')))).find((one) => one !== undefined);
}

export const infrastructureGrammar: Readonly<Record<string, Judge>> = {
  docker,
  'docker-registry': registry,
  kubernetes,
  etcd,
  consul,
  zookeeper,
  kafka: either(kafkaWire, kafkaRest),
  rabbitmq: either(amqp, management),
  nats: either(natsText, monitor),
  neo4j: either(bolt, neo4jHttp),
};
