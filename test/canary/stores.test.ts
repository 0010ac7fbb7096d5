/** What stores hold never leaves: no value, and no name that is one. Control passwords stay out of receipts. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStandIn, type StoredIndex } from '../../lab/elasticsearch-stand-in/index.ts';
import { checkReportSchema } from '../../src/core/contract/check.ts';
import { type Daemon, freePort, startDaemon, unprivileged, workFolder } from '../servers/harness/daemon.ts';
import { requireServer } from '../servers/harness/require-server.ts';
import { everything } from './outputs.ts';
import { leaksIn, noise, type Planted } from './planted.ts';

const planted: Planted[] = [];
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

/** A made-up person's name, e-mail address, telephone number … */
function personal(what: string, form: (name: string) => string = (name) => name, length = 12): string {
  const value = form(noise(what, length, LOWER));
  planted.push({ what, secret: value });
  return value;
}

const email = (what: string) => personal(what, (name) => `${name}@mailbox.test`);
const phone = (what: string) => personal(what, () => `1415555${noise(what, 7, '0123456789')}`);

const LOGIN = { username: 'postern-control', password: noise('control password', 20) };
planted.push({ what: 'control password', secret: LOGIN.password });
planted.push({
  what: 'basic authorization',
  secret: Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64').slice(20),
});

function index(name: string, fields: readonly string[]): StoredIndex {
  const source = { customer_email: email(`e-mail in ${fields[0]}`), phone: phone(`phone in ${fields[0]}`) };
  return {
    name,
    uuid: noise(name, 22),
    mapping: new Map(fields.map((field) => [field, 'keyword'] as const)),
    documents: [{ id: email(`document id in ${fields[0]}`), source }],
    bytes: 1000,
  };
}

const indices = [
  index('customers', ['customer_email', 'phone', `by_mail.${email('e-mail as a field')}.visits`]),
  index(`orders-${email('e-mail as an index')}`, ['total', `by_phone.${phone('phone as a field')}`]),
  index(`sms_${phone('phone as an index')}`, ['text', `token.${personal('token as a field', (text) => text, 70)}`]),
];

const DATABASES = [
  'shop',
  `userdb-${personal('user in hexadecimal', (name) => Buffer.from(name).toString('hex'))}`,
  `userdb-${personal('short user in hexadecimal', (name) => Buffer.from(name).toString('hex'), 6)}`,
  `mail-${email('e-mail as a database')}`,
];

/** CouchDB 3 in admin party, as far as a stranger's questions go; each answer holds something personal. */
function couch(): Server {
  const note = email('e-mail in a header');
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://store.invalid').pathname;
    const answers: Record<string, unknown> = {
      '/': { couchdb: 'Welcome', version: `3.3.3 ${email('e-mail in a banner')}`, vendor: { name: note } },
      '/_all_dbs': DATABASES,
      '/_session': { ok: true, userCtx: { name: null, roles: ['_admin'] } },
    };
    const database = DATABASES.find((name) => path === `/${encodeURIComponent(name)}`);
    const body =
      answers[path] ??
      (database === undefined ? undefined : { db_name: database, doc_count: 3, sizes: { file: 10, external: 5 } });
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json', 'x-note': note });
    response.end(JSON.stringify(body ?? { error: 'not_found', reason: note }));
  });
}

const OBJECTS = [
  `passports/${personal('person as an object')}.pdf`,
  `kyc/${personal('person as a folder')}/face.jpg`,
  `${personal('person at the root')}.png`,
  `exports/${email('e-mail as an object')}.csv`,
];

/** An S3-compatible server that lists its buckets and their objects to everybody. */
function s3(): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://store.invalid');
    const contents = OBJECTS.map((key) => `<Contents><Key>${key}</Key><Size>9</Size></Contents>`).join('');
    const owner = `<Owner><ID>${phone('owner of a bucket')}</ID><DisplayName>${email('owner’s name')}</DisplayName></Owner>`;
    const bucket = `<Bucket><Name>uploads</Name></Bucket>`;
    const known = url.pathname === '/' || url.pathname.startsWith('/uploads');
    const text = !known
      ? '<Error><Code>NoSuchBucket</Code></Error>'
      : url.pathname === '/'
        ? `<ListAllMyBucketsResult>${owner}<Buckets>${bucket}</Buckets></ListAllMyBucketsResult>`
        : `<ListBucketResult><Name>uploads</Name><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/xml', server: 'MinIO' });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
  });
}

/** Speaks no protocol that is known, and tells everybody a person's data. */
function chatter(): net.Server {
  const line = `220 hello ${email('e-mail in a greeting')} ${phone('phone in a greeting')}\r\n`;
  return net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`-ERR ${line}`));
    socket.write(line);
  });
}

const KEYS = [
  `session:${email('e-mail as a key')}`,
  `user:${personal('person as a key')}:cart`,
  personal('key that is a person'),
  `otp/${phone('phone as a key')}`,
];

let folder: string;
let ports: Record<'search' | 'couch' | 's3' | 'chatter' | 'redis', number>;
let redis: Daemon | undefined;
const servers: net.Server[] = [];
let secured = false;
const redisServer = requireServer('redis-server', ['redis-server']);

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function seedRedis(port: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  for (const key of KEYS) socket.write(`SET ${key} ${email(`value of ${key}`)}\r\n`);
  socket.end('QUIT\r\n');
  socket.resume();
  await once(socket, 'close');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-stores-'));
  const search = createStandIn({
    name: email('cluster name'),
    uuid: noise('cluster', 22),
    version: '7.17.28',
    indices,
    get securityEnabled() {
      return secured;
    },
    users: [{ ...LOGIN, roles: ['superuser'] }],
    now: () => Date.UTC(2025, 8, 27),
  } as Parameters<typeof createStandIn>[0]);
  ports = {
    search: await listen(search),
    couch: await listen(couch()),
    s3: await listen(s3()),
    chatter: await listen(chatter()),
    redis: await freePort(),
  };
  if (redisServer !== undefined) {
    const account = unprivileged('redis');
    redis = await startDaemon({
      name: 'redis',
      command: redisServer,
      args: ['--port', String(ports.redis), '--protected-mode', 'no', '--save', ''],
      port: ports.redis,
      folder: workFolder('canary-redis', account),
      ...(account ? { account } : {}),
    });
    await seedRedis(ports.redis);
  }
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets/control'), `${LOGIN.password}\n`, { mode: 0o600 });
  writeFileSync(
    join(folder, 'postern.yaml'),
    `version: 1
vantage: outside
targets:
  - host: store.canary.example
    addresses: [127.0.0.1]
    authority: loopback
    ports: [${[ports.search, ports.couch, ports.s3, ports.redis].join(', ')}]
    controls:
      - { service: elasticsearch, port: ${ports.search}, username: ${LOGIN.username}, passwordFile: secrets/control }
      - { service: couchdb, port: ${ports.couch}, username: ${LOGIN.username}, passwordEnv: CANARY_PASSWORD }
`,
  );
}, 60_000);

afterAll(async () => {
  await redis?.stop();
  for (const server of servers) {
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

it('shows no value of a store and no name that is one, in any format', async () => {
  const env = { CANARY_PASSWORD: LOGIN.password };
  const into = (name: string, formats: readonly string[]) =>
    formats.flatMap((format) => ['--output', `${format}=out/${name}.${format}`]);
  const receipts = ['table', 'json', 'jsonl', 'markdown'];
  const every = [...receipts, 'sarif', 'html'];
  const probed = ['probe', '--format', 'jsonl', ...into('probe', receipts)];
  const targets = Object.values(ports).map((port) => `store.canary.example:${port}`);
  const checked = ['check', ...into('check', every)];
  const verified = ['verify', 'out/check.json', ...into('verify', receipts)];
  const files = ['--write', 'out/receipt.json', '--report', 'out/verified.json'];
  const open = await everything(folder, [[...probed, ...targets], checked, [...verified, ...files]], env);
  secured = true;
  const closed = await everything(folder, [[...verified, ...files], checked], env);
  const report = checkReportSchema.parse(JSON.parse(readFileSync(join(folder, 'out/verified.json'), 'utf8')));
  // The stores were asked and recognised.
  for (const service of ['elasticsearch', 'couchdb', 's3', ...(redis ? ['redis'] : [])]) {
    expect(report.stories.flatMap(({ outsider }) => outsider.map((one) => one.service))).toContain(service);
  }
  expect(open).toContain('customers');
  expect(closed).toMatch(/"state": ?"closed"/);
  expect(leaksIn(open + closed, planted)).toEqual([]);
}, 240_000);
