/**
 * Whatever stores hold, and whatever their things are called: no command puts it out, on no stream, in no file, in no
 * temporary file and in no message, in no encoding.
 */
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, get, type RequestListener, type Server } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStandIn } from '../../lab/elasticsearch-stand-in/index.ts';
import { run } from '../cli/run.ts';
import { leaksIn, noise, type Planted } from './planted.ts';

const planted: Planted[] = [];
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** One made-up thing of somebody's, remembered. */
function plant(what: string, secret: string): string {
  planted.push({ what, secret });
  return secret;
}
const email = (where: string) =>
  plant(`e-mail ${where}`, `${noise(`mail ${where}`, 14, LOWER)}@${noise(`host ${where}`, 8, LOWER)}.test`);
const phone = (where: string) => plant(`phone ${where}`, `49155${noise(`phone ${where}`, 9, DIGITS)}`);
const token = (where: string) => plant(`token ${where}`, noise(`token ${where}`, 48, '0123456789abcdef'));
const person = (where: string) =>
  plant(`name ${where}`, `${noise(`name ${where}`, 12, LOWER)} ${noise(`family ${where}`, 12, LOWER)}`);
/** Sixteen digits that pass Luhn's check, so that they are told to be a card. */
function card(where: string): string {
  const first = `4${noise(`card ${where}`, 14, DIGITS)}`;
  const sum = [...first].reduce((total, digit, n) => {
    const double = Number(digit) * (n % 2 === 0 ? 2 : 1);
    return total + (double > 9 ? double - 9 : double);
  }, 0);
  return plant(`card ${where}`, `${first}${(10 - (sum % 10)) % 10}`);
}
const record = (where: string) => ({
  customer_email: email(where),
  phone: phone(where),
  session_token: token(where),
  full_name: person(where),
  card_number: card(where),
});

const rows = { search: record('in a document'), orders: record('in another'), api: record('of an account') };
const names = {
  index: email('as an index'),
  field: email('as a field'),
  database: phone('as a database'),
  object: person('as an object'),
};

const answers: Record<'couch' | 's3' | 'api' | 'qdrant', RequestListener> = {
  couch: (request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const databases = ['shop', `d${names.database}`];
    const body =
      path === '/'
        ? { couchdb: 'Welcome', version: `3.3.3-${names.index}`, vendor: { name: rows.api.customer_email } }
        : path === '/_all_dbs'
          ? databases
          : path === '/_session'
            ? { ok: true, userCtx: { name: null, roles: ['_admin'] } }
            : databases.includes(path.slice(1))
              ? { db_name: path.slice(1), doc_count: 3, sizes: { file: 10 } }
              : undefined;
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': 'application/json',
      'x-note': rows.api.phone,
    });
    response.end(JSON.stringify(body ?? { error: 'not_found', reason: rows.api.customer_email }));
  },
  s3: (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://store.invalid');
    const keys = [
      `kyc/${names.object}.pdf`,
      `users/${rows.search.customer_email}/face.jpg`,
      `${rows.search.phone}.png`,
    ];
    const body =
      pathname === '/'
        ? `<ListAllMyBucketsResult><Owner><DisplayName>${rows.api.full_name}</DisplayName></Owner><Buckets><Bucket><Name>uploads</Name></Bucket></Buckets></ListAllMyBucketsResult>`
        : pathname.startsWith('/uploads')
          ? `<ListBucketResult><Name>uploads</Name>${keys.map((key) => `<Contents><Key>${key}</Key><Size>9</Size></Contents>`).join('')}</ListBucketResult>`
          : undefined;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/xml', server: 'MinIO' });
    response.end(body ?? '<Error><Code>NoSuchBucket</Code></Error>');
  },
  api: (request, response) => {
    const known = (request.url ?? '').startsWith('/users');
    response.writeHead(known ? 200 : 404, {
      'content-type': 'application/json',
      'set-cookie': `sid=${rows.api.session_token}`,
    });
    response.end(JSON.stringify(known ? [rows.api] : { error: `no such page, ${rows.api.full_name}` }));
  },
  qdrant: (request, response) => {
    const listed = { collections: [{ name: 'customers' }, { name: names.index }] };
    const one = {
      points_count: 1,
      payload_schema: { customer_email: { data_type: 'keyword' }, [names.field]: { data_type: 'keyword' } },
    };
    const body: Record<string, unknown> = {
      '/': { title: 'qdrant - vector search engine', version: '1.9.2' },
      '/collections': { result: listed, status: 'ok' },
      '/collections/customers': { result: one, status: 'ok' },
      '/collections/customers/points/scroll': { result: { points: [{ id: 1, payload: rows.orders }] }, status: 'ok' },
    };
    const told = body[request.url ?? ''];
    response.writeHead(told === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(told ?? { status: { error: rows.orders.full_name } }));
  },
};

let folder: string;
let temporary: string;
let ports: Record<'search' | 'couch' | 's3' | 'api' | 'qdrant' | 'webhook', number>;
const servers: net.Server[] = [];
const messages: string[] = [];
const TMP = process.env.TMPDIR;

async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as net.AddressInfo).port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-canary-probe-'));
  temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  mkdirSync(join(folder, 'out'));
  process.env.TMPDIR = temporary;
  const search = createStandIn({
    name: 'search',
    uuid: noise('cluster', 22),
    version: '7.17.28',
    indices: [
      {
        name: 'customers',
        uuid: noise('customers', 22),
        mapping: new Map(
          [...Object.keys(rows.search), `by.${names.field}.visits`].map((field) => [field, 'keyword'] as const),
        ),
        documents: [{ id: rows.search.customer_email, source: rows.search }],
        bytes: 1_000,
      },
      {
        name: `orders-${names.index}`,
        uuid: noise('orders', 22),
        mapping: new Map([['total', 'long'] as const]),
        documents: [{ id: rows.orders.phone, source: rows.orders }],
        bytes: 1_000,
      },
    ],
    securityEnabled: false,
    users: [],
    now: () => Date.UTC(2026, 1, 1),
  } as Parameters<typeof createStandIn>[0]);
  const webhook = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      messages.push(`${JSON.stringify(request.headers)}\n${Buffer.concat(chunks).toString('utf8')}`);
      response.end('ok');
    });
  });
  ports = {
    search: await listen(search),
    couch: await listen(createServer(answers.couch)),
    s3: await listen(createServer(answers.s3)),
    api: await listen(createServer(answers.api)),
    qdrant: await listen(createServer(answers.qdrant)),
    webhook: await listen(webhook),
  };
  const asked = [ports.search, ports.couch, ports.s3, ports.api, ports.qdrant];
  writeFileSync(
    join(folder, 'postern.yaml'),
    `version: 1
vantage: outside
targets:
  - host: store.canary.example
    addresses: [127.0.0.1]
    authority: loopback
    ports: [${asked.join(', ')}]
watch:
  every: 6h
  notify:
    - webhook: { urlEnv: CANARY_WEBHOOK }
`,
  );
  const columns = Object.keys(rows.orders);
  writeFileSync(join(folder, 'people.csv'), `${columns.join(',')}\n${Object.values(rows.orders).join(',')}\n`);
  writeFileSync(join(folder, 'people.jsonl'), `${JSON.stringify(rows.api)}\n${JSON.stringify(rows.search)}\n`);
  writeFileSync(
    join(folder, 'people.sql'),
    `CREATE TABLE people (${columns.map((name) => `${name} text`).join(', ')});\nINSERT INTO people VALUES (${Object.values(
      rows.orders,
    )
      .map((value) => `'${value}'`)
      .join(', ')});\n`,
  );
  writeFileSync(
    join(folder, 'broken.json'),
    `{"customer_email": "${rows.orders.customer_email}", "phone": ${rows.orders.full_name}`,
  );
  writeFileSync(join(folder, 'broken.yaml'), `version: 1\ntargets:\n  - host: ["${rows.orders.customer_email}"\n`);
}, 60_000);

afterAll(() => {
  if (TMP === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMP;
  for (const server of servers) {
    if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder but those that were written as sources. */
function filesIn(root: string, sources: ReadonlySet<string>): string {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((file) => !sources.has(file) && existsSync(file) && statSync(file).isFile())
    .map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
    .join('\n');
}

async function read(port: number, path: string): Promise<string> {
  const request = get({ host: '127.0.0.1', port, path });
  const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

it('can read what is planted without any login, so that there is something to give away', async () => {
  const open = [
    await read(ports.search, '/_all/_search'),
    await read(ports.search, '/_cat/indices?format=json'),
    await read(ports.couch, '/_all_dbs'),
    await read(ports.s3, '/uploads'),
    await read(ports.api, '/users'),
    await read(ports.qdrant, '/collections/customers/points/scroll'),
  ].join('\n');
  for (const value of [
    ...Object.values(rows.api),
    ...Object.values(rows.orders),
    names.index,
    names.object,
    names.database,
  ]) {
    expect(open).toContain(value);
  }
  expect(leaksIn(open, planted).length).toBeGreaterThan(15);
});

it('puts none of it out, whatever is asked, and whatever goes wrong', async () => {
  const sources = new Set(
    ['people.csv', 'people.jsonl', 'people.sql', 'broken.json', 'broken.yaml'].map((name) => join(folder, name)),
  );
  const env = {
    POSTERN_LOG: 'trace',
    TMPDIR: temporary,
    CANARY_WEBHOOK: `http://127.0.0.1:${ports.webhook}/hook`,
  };
  const into = (name: string, formats: readonly string[]) =>
    formats.flatMap((format) => ['--output', `${format}=out/${name}.${format}`]);
  const probed = ['table', 'json', 'jsonl', 'markdown', 'vantage'];
  const checked = ['table', 'json', 'jsonl', 'html', 'markdown', 'sarif'];
  const store = (port: number, service: string) => `store.canary.example:${port}/${service}`;
  const { port: closed } = (await new Promise<net.AddressInfo>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address() as net.AddressInfo;
      server.close(() => resolve(address));
    });
  })) as net.AddressInfo;
  const commands: string[][] = [
    ...probed.map((format) => ['probe', '--format', format]),
    ['probe', '--sample', '5', ...into('sampled', probed)],
    ['probe', '--sample', '5', '--journal', 'out/journal.jsonl', '--resume', 'out/state', ...into('probe', probed)],
    ['probe', '--sample', '5', '--journal', 'out/journal.jsonl', '--resume', 'out/state', ...into('again', probed)],
    ['probe', '--from', 'inside', ...into('inside', ['vantage'])],
    ['probe', '--with', 'out/inside.vantage', ...into('both', ['table', 'json', 'markdown'])],
    ['probe', '--dry-run'],
    ['probe', '--dry-run', '--sample', '5', '--format', 'json'],
    ['check', ...into('check', checked)],
    ...checked.map((format) => ['check', '--format', format]),
    ['diff', 'out/check.json', 'out/check.json', '--format', 'json'],
    ['watch', '--test-notify'],
    ['watch', '--once'],
    [
      'classify',
      store(ports.search, 'elasticsearch'),
      '--sample',
      '5',
      ...into('classified', ['table', 'json', 'markdown']),
    ],
    ['classify', store(ports.qdrant, 'qdrant'), '--sample', '5', '--format', 'json'],
    ['classify', 'people.csv', 'people.jsonl', 'people.sql', ...into('files', ['table', 'json', 'markdown'])],
    ['classify', 'broken.json', '--format', 'json'],
    ['firewall', 'generate', 'out/check.json', '--format', 'nftables'],
    ['firewall', 'read', 'people.csv', 'broken.json'],
    ['probe', `store.canary.example:${closed}`, '--format', 'json'],
    ['probe', 'elsewhere.canary.example'],
    ['probe', '--config', 'broken.yaml'],
    ['probe', '--targets', 'people.csv'],
    ['probe', '--resume', 'people.jsonl'],
    ['probe', '--with', 'broken.json'],
    ['check', '--config', 'broken.yaml'],
    ['diff', 'broken.json', 'people.jsonl'],
    ['watch', '--once', '--config', 'broken.yaml'],
  ];
  const codes: Record<string, number> = {};
  let all = '';
  for (const command of commands) {
    const { code, stdout, stderr } = await run(command, { cwd: folder, env });
    codes[command.join(' ')] = code;
    const told = `${stdout}\n${stderr}`;
    expect.soft(leaksIn(told, planted), `postern ${command.join(' ')}`).toEqual([]);
    expect.soft(told, `postern ${command.join(' ')}`).not.toContain('E_INTERNAL');
    all += told;
  }
  // The stores were found, their fields were told, and the values were looked at.
  for (const service of ['elasticsearch', 'couchdb', 's3', 'qdrant']) expect.soft(all).toContain(service);
  expect.soft(all).toContain('customer_email');
  expect.soft(readFileSync(join(folder, 'out/sampled.json'), 'utf8')).toContain('anonymous-');
  expect.soft(readFileSync(join(folder, 'out/journal.jsonl'), 'utf8').length).toBeGreaterThan(1_000);
  expect.soft(messages.length, JSON.stringify(codes, undefined, 1)).toBeGreaterThan(0);
  const written = filesIn(folder, sources);
  expect.soft(written).toContain('journal.jsonl');
  expect.soft(leaksIn(written, planted)).toEqual([]);
  expect.soft(leaksIn(messages.join('\n'), planted)).toEqual([]);
}, 300_000);
