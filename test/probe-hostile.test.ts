import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../src/core/testing/openssl.ts';
import { isExposed } from '../src/core/verdict.ts';
import { services } from '../src/probe/index.ts';
import { askPort } from '../src/probe/testing/ask.ts';
import { certificate } from './servers/harness/daemon.ts';

const DEADLINE = 500;
const servers: Server[] = [];
const timers: NodeJS.Timeout[] = [];

afterAll(() => {
  for (const timer of timers) clearInterval(timer);
  for (const server of servers) server.close();
});

async function listen(serve: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Answers every request with these bytes. */
const says = (bytes: string | Buffer) => (socket: Socket) => {
  socket.on('data', () => {
    socket.write(bytes);
  });
};

function http(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Repeatable noise without a library. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x2545f491;
  for (let n = 0; n < length; n++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[n] = state & 0xff;
  }
  return bytes;
}

/** One byte, then one more every so often, forever. */
const drips = (start: string) => (socket: Socket) => {
  socket.on('data', () => {
    socket.write(start);
    const timer = setInterval(() => socket.write('1'), 50);
    timers.push(timer);
    socket.on('close', () => clearInterval(timer));
  });
};

/** A gigabyte, as fast as the other side takes it. */
const floods = (head: string) => (socket: Socket) => {
  const chunk = Buffer.alloc(1024 * 1024, 0x31);
  socket.once('data', () => {
    socket.write(head);
    let left = 1024;
    const more = () => {
      while (left-- > 0) if (!socket.write(chunk)) return;
      socket.end();
    };
    socket.on('drain', more);
    more();
  });
};

const BANNER = JSON.stringify({ tagline: 'You Know, for Search', couchdb: 'Welcome', version: { number: '7.10.2' } });
/** The keys and words by which products are known, all at once; `version` once as a text, once as an object. */
const everything = (version: unknown) => ({
  tagline: 'You Know, for Search',
  couchdb: 'Welcome',
  name: 'x',
  cluster_name: 'x',
  version,
  Version: '24.0.7',
  ApiVersion: '1.43',
  major: '1',
  minor: '27',
  gitVersion: 'v1.27.3',
  kind: 'NamespaceList',
  apiVersion: 'v1',
  items: [{ metadata: { name: 'x' } }],
  etcdserver: '3.5.9',
  etcdcluster: '3.5.0',
  title: 'qdrant - vector search engine',
  result: { collections: [{ name: 'x' }] },
  results: [{ name: 'x', columns: ['x'], values: [['x']], series: [{ values: [['x']] }] }],
  status: 'ok',
  ok: true,
  health: 'green',
  collections: [{ name: 'x' }],
  databases: ['x'],
  data: {
    __typename: 'Query',
    __schema: { queryType: { name: 'Query' }, types: [{ name: 'User', fields: [{ name: 'email' }] }] },
    version: '1',
  },
  documents: [{ name: 'projects/p/databases/(default)/documents/users/x', fields: { email: { stringValue: 'x' } } }],
  swagger: '2.0',
  openapi: '3.0.0',
  info: { title: 'PostgREST API', version: '12' },
  paths: { '/users': { get: {} } },
  definitions: { users: { properties: { email: { type: 'string' } } } },
  ID: 'x',
  Containers: 3,
  Images: 3,
  Config: { Version: '1.16.0' },
  repositories: ['x'],
  tags: ['x'],
  neo4j_version: '5.1.0',
  bolt_direct: 'bolt://x',
  server_id: 'x',
  max_payload: 1,
  rabbitmq_version: '3.12',
  management_version: '3.12',
  implementationVersion: '7.6.0',
  isAdminParty: true,
  entries: { a: 'x' },
  state: 'UPDATE',
  parameters: { a: { defaultValue: { value: 'x' } } },
  Prefixes: ['x'],
  TableNames: ['x'],
  buckets: [],
  hits: { total: 1, hits: [] },
  responseHeader: { status: 0 },
  lucene: { 'solr-spec-version': '9.0.0' },
  'nanosecond heartbeat': 1,
  code: 200,
  totalItems: 1,
  commit: 'x',
  database: 'ok',
  setup: true,
  _links: { self: { href: 'x' }, env: { href: 'x' }, heapdump: { href: 'x' } },
});
const WORDS =
  '<html><head><title>Prometheus Alertmanager Grafana Solr Admin pgAdmin phpMyAdmin Adminer mongo-express InfluxDB MinIO Console Kibana</title></head><body><h2>Single-node VictoriaMetrics</h2>Index of / RabbitMQ Management <ListAllMyBucketsResult><Buckets><Bucket><Name>x</Name></Bucket></Buckets></ListAllMyBucketsResult><ListBucketResult><Contents><Key>x</Key></Contents></ListBucketResult><EnumerationResults><Blobs></Blobs></EnumerationResults></body></html>';
const EVERY_HEADER =
  'server: Docker/24.0.7 (linux) CouchDB/3.3 MinIO UC AmazonS3 Werkzeug\r\nx-elastic-product: Elasticsearch\r\nx-influxdb-version: 1.8.10\r\napi-version: 1.43\r\ndocker-distribution-api-version: registry/2.0\r\nx-clickhouse-server-display-name: x\r\nx-amz-request-id: 1\r\nkbn-name: x\r\nx-consul-index: 1\r\nx-etcd-cluster-id: x\r\ncontent-profile: public\r\nx-parse-job-status-id: x\r\n';

/** Answers a request by what it is; pipelined requests get one answer. */
const replies = (answer: (request: string) => string | Buffer) => (socket: Socket) => {
  socket.on('data', (chunk) => {
    socket.write(answer(chunk.toString('latin1')));
  });
};
const pathIn = (request: string) => request.split(' ')[1] ?? '/';

/** Answers the first bytes of each protocol as its server would, on one port. */
const chameleon = (greeting: string) => (socket: Socket) => {
  if (greeting !== '') socket.write(greeting);
  replies((request) => {
    if (/^\*\d+\r\n/.test(request)) return '+PONG\r\n';
    if (/^version\r\n/.test(request)) return 'VERSION 1.6.21\r\n';
    if (/^stats/.test(request)) return 'STAT curr_items 5\r\nEND\r\n';
    if (/^(?:ruok|srvr|stat|isro|envi|conf|mntr)/.test(request))
      return 'imok Zookeeper version: 3.9.1\nMode: standalone\n';
    if (/^(?:CONNECT|PING|INFO)/.test(request))
      return 'INFO {"server_id":"x","version":"2.9.10","max_payload":1}\r\nPONG\r\n';
    if (/^USER/.test(request)) return '331 password\r\n';
    if (/^PASS/.test(request)) return '230 welcome\r\n';
    if (/^(?:SYST|PWD|TYPE|PASV|EPSV|FEAT|MLST|STAT|NOOP)/.test(request)) return '200 fine\r\n';
    if (/^@RSYNCD/.test(request)) return 'backup\tall\n@RSYNCD: EXIT\n';
    if (/^(?:GET|HEAD|POST) /.test(request)) return http('200 OK', JSON.stringify(everything('7.10.2')), EVERY_HEADER);
    return Buffer.concat([Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1'), Buffer.from(request, 'latin1')]);
  })(socket);
};

const BEHAVIOURS: Record<string, (socket: Socket) => void> = {
  'sends garbage': says(noise(4_096)),
  'greets with garbage': (socket) => void socket.write(noise(200)),
  hangs: () => {},
  'drips a byte now and then': drips('H'),
  'drips the body of an answer': drips('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n['),
  'drips headers without an end': drips('HTTP/1.1 200 OK\r\nx-long: 1'),
  'sends a gigabyte of one digit': floods(''),
  'sends a gigabyte of HTTP body': floods('HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n'),
  'sends a gigabyte as one RESP string': floods('$1073741824\r\n'),
  'sends endless informational answers': (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_000)));
  },
  'closes at once': (socket) => socket.destroy(),
  'resets after the first request': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'closes within its answer': (socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"tagline":"You Know'));
  },
  'speaks SSH': (socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  'speaks SMTP': (socket) => {
    socket.write('220 mail.example.org ESMTP\r\n');
    says('502 5.5.2 Error: command not recognized\r\n')(socket);
  },
  echoes: (socket) => void socket.pipe(socket),
  'answers everything with an empty page': says(http('200 OK', '<html></html>')),
  'answers everything with the same banner': says(http('200 OK', BANNER)),
  'answers everything with an empty list': says(http('200 OK', '[]')),
  'answers everything with null': says(http('200 OK', 'null')),
  'answers everything with deep JSON': says(http('200 OK', '['.repeat(200_000))),
  'answers everything with +OK': says('+OK\r\n'),
  'answers everything with +PONG and a banner': says(`+PONG\r\n${http('200 OK', BANNER)}`),
  'answers everything with the keys of all products': says(
    http('200 OK', JSON.stringify(everything('7.10.2')), EVERY_HEADER),
  ),
  'answers everything with the keys of all products, versions as objects': says(
    http('200 OK', JSON.stringify(everything({ number: '7.10.2', distribution: 'opensearch' })), EVERY_HEADER),
  ),
  'answers everything with a list of the keys of all products': says(
    http('200 OK', JSON.stringify([everything('7.10.2')])),
  ),
  'answers everything with the pages of all products': says(
    `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n${EVERY_HEADER}content-length: ${WORDS.length}\r\n\r\n${WORDS}`,
  ),
  'mirrors the path': replies((request) =>
    http(
      '200 OK',
      JSON.stringify({ ...everything('7.10.2'), path: pathIn(request), name: pathIn(request).slice(1) }),
      EVERY_HEADER,
    ),
  ),
  'names everything as the path does': replies((request) => {
    const name =
      decodeURIComponent(pathIn(request).split('?')[0] ?? '')
        .split('/')
        .at(-1) ?? '';
    return http(
      '200 OK',
      JSON.stringify({ ...everything('7.10.2'), db_name: name, doc_count: 5, [name]: { mappings: {} } }),
    );
  }),
  'answers everything as GraphQL': says(http('200 OK', JSON.stringify({ data: everything('1').data }))),
  'answers everything as Firestore': says(http('200 OK', JSON.stringify({ documents: everything('1').documents }))),
  'answers everything as PostgREST': replies((request) =>
    http('200 OK', pathIn(request) === '/' ? JSON.stringify(everything('1')) : '[]', 'content-range: 0-0/12\r\n'),
  ),
  'answers everything as Kubernetes': says(
    http('200 OK', JSON.stringify({ kind: 'SecretList', apiVersion: 'v1', items: [] })),
  ),
  'speaks all protocols': chameleon(''),
  'speaks all protocols after an FTP greeting': chameleon('220 (vsFTPd 3.0.5)\r\n'),
  'speaks all protocols after a greeting of NATS': chameleon(
    'INFO {"server_id":"x","version":"2.9.10","max_payload":1}\r\n',
  ),
  'speaks all protocols after a greeting of rsync': chameleon('@RSYNCD: 31.0\n'),
  'redirects to itself': says('HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n'),
  'floods with headers': says(`HTTP/1.1 200 OK\r\n${'x-flood: 1\r\n'.repeat(50_000)}\r\n`),
  'floods with one header': says(`HTTP/1.1 200 OK\r\nx-flood: ${'1'.repeat(2_000_000)}\r\n\r\n`),
  'sends a gigabyte in chunks, called gzip': floods(
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n40000000\r\n',
  ),
  'sends chunks of absurd sizes': says('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n'),
  'answers in HTTP/2': says(Buffer.concat([Buffer.from('0000120400000000000003', 'hex'), noise(64)])),
  'answers with a TLS alert': says(Buffer.from('15030300020228', 'hex')),
  'answers with half a TLS record': says(Buffer.from('160303ffff0200', 'hex')),
  'answers with prototypes': says(
    http(
      '200 OK',
      '{"__proto__":{"tagline":"You Know, for Search"},"constructor":{"prototype":{"couchdb":"Welcome"}},"toString":1}',
    ),
  ),
  'counts in impossible numbers': says(
    http(
      '200 OK',
      '[{"index":"a","docs.count":"-5","store.size":"1e400"},{"index":"b","docs.count":"99999999999999999999"}]',
    ),
  ),
  'answers everything with a server error': says(http('503 Service Unavailable', '{}')),
};

describe.each(Object.entries(BEHAVIOURS))('a server that %s', (_name, serve) => {
  let port: number;
  beforeAll(async () => {
    port = await listen(serve);
  });

  it('is never taken for an open store, never hangs a probe and never fills memory', async () => {
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const asked = [undefined, ...services.map((service) => service.id)];
    const results = await Promise.all(asked.map((service) => askPort(port, service, DEADLINE)));
    for (const [n, { verdict, reason, datasets }] of results.entries()) {
      expect.soft(isExposed(verdict), `${asked[n] ?? 'ladder'}: ${verdict}, ${reason}`).toBe(false);
      expect.soft(['unidentified', 'inconclusive', 'secured']).toContain(verdict);
      expect.soft(datasets).toEqual([]);
    }
    // Each service takes at most twice its deadline (the TLS retry); the ladder adds them up.
    expect(performance.now() - start).toBeLessThan(asked.length * 3 * DEADLINE + 5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe.skipIf(!hasOpenssl)('the same behind TLS', () => {
  let pair: { key: Buffer; cert: Buffer };
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-hostile-'));
    const { key, cert } = certificate(folder);
    pair = { key: readFileSync(key), cert: readFileSync(cert) };
    rmSync(folder, { recursive: true });
  });

  it.each([
    'sends garbage',
    'hangs',
    'sends a gigabyte of HTTP body',
    'answers everything with the keys of all products',
    'answers everything with the pages of all products',
    'mirrors the path',
    'speaks all protocols',
    'redirects to itself',
    'floods with headers',
  ])('a server that %s is no open store either', async (name) => {
    const serve = BEHAVIOURS[name];
    if (serve === undefined) throw new Error('unknown behaviour');
    const plain = await listen(serve);
    const front = createTlsServer(pair, (socket) => {
      const inner = connect(plain, '127.0.0.1');
      socket.on('error', () => inner.destroy()).on('close', () => inner.destroy());
      inner.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.pipe(inner).pipe(socket);
    });
    front.on('tlsClientError', () => {});
    servers.push(front);
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const { port } = front.address() as AddressInfo;
    const before = process.memoryUsage().rss;
    const asked = [undefined, ...services.map((service) => service.id)];
    const results = await Promise.all(asked.map((service) => askPort(port, service, DEADLINE)));
    for (const [n, { verdict, reason }] of results.entries()) {
      expect.soft(isExposed(verdict), `${asked[n] ?? 'ladder'}: ${verdict}, ${reason}`).toBe(false);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('a server that sends elsewhere', () => {
  it.each(['301 Moved Permanently', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect'])(
    'with %s is not followed, within the scope or out of it',
    async (status) => {
      let elsewhere = 0;
      const outside = await listen(() => elsewhere++, '127.0.0.9');
      const port = await listen(says(http(status, '', `location: http://127.0.0.9:${outside}/\r\n`)));
      for (const service of services.filter((one) => one.transport === 'http')) {
        expect(isExposed((await askPort(port, service.id, DEADLINE)).verdict)).toBe(false);
      }
      await askPort(port, undefined, DEADLINE);
      expect(elsewhere).toBe(0);
    },
  );
});
