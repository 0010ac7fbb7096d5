/**
 * One person's data from the app to the receipt, with the real command and a real OpenSearch: a client enrols its device,
 * creates and lists its orders; another person's are not there; the store holds ciphertext; the person is erased; a copy
 * from before is unreadable; the receipt verifies.
 */
import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient, createKey, type DeviceKey, GatewayError, signJwt } from '../../src/client/index.ts';
import { openEpochKeys, openRootKey } from '../../src/crypto/keyring/index.ts';
import { verifyShredReceipts } from '../../src/crypto/shred-receipt.ts';
import { createEmbeddedData } from '../../src/db/embedded.ts';
import { makeGoogleAuthority, makeKeyAttestation } from '../../src/guard/devices/verify/testing/index.ts';
import { createVault } from '../../src/guard/vault/index.ts';
import { buildCommand, type Program, type Running, runGuard } from '../guard/faults/child.ts';
import { freePort } from './harness/daemon.ts';
import { requireSearch, type SearchNode, startSearch, until } from './harness/search.ts';

const ISSUER = 'https://id.shop.example/';
const APP = { id: 'org.example.shop', version: '50200', platform: 'android' } as const;
const CERTIFICATE = 'ab'.repeat(32);
/** Synthetic, and found nowhere but where it was put. */
const PHONES = { ann: '+1 202 555 0141', ben: '+1 202 555 0142' };
const NOTES = { ann: 'canary-note-of-ann', ben: 'canary-note-of-ben' };

type Name = keyof typeof PHONES;
interface Order {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly phone: string | null;
  readonly note: string | null;
}

const missing = requireSearch('opensearch-2') === undefined;
const google = makeGoogleAuthority(Date.now());
const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let folder: string;
let node: SearchNode;
let program: Program;
let gateway: Running;
let url: string;

beforeAll(async () => {
  if (missing) return;
  folder = mkdtempSync(join(tmpdir(), 'postern-secure-api-'));
  [node, program] = await Promise.all([startSearch('opensearch-2', { settings: [] }), buildCommand()]);
  const keyword = { type: 'keyword' };
  const properties = {
    customer: keyword,
    customer_ref: keyword,
    status: keyword,
    total: { type: 'double' },
    phone: { type: 'keyword', index: false, doc_values: false },
    note: { type: 'keyword', index: false, doc_values: false },
  };
  const settings = { number_of_shards: 2, number_of_replicas: 0 };
  await node.ask('PUT', '/orders', { settings, mappings: { dynamic: 'strict', properties } });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  writePolicy(port);
  gateway = runGuard(program, ['guard.yaml'], folder);
  await until(async () => gateway.listening().length === 1, 30_000);
}, 180_000);

afterAll(async () => {
  gateway?.child.kill('SIGTERM');
  await gateway?.exit;
  await node?.stop();
  program?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function writePolicy(port: number): void {
  const jwk = { ...issuer.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
  writeFileSync(join(folder, 'jwks.json'), JSON.stringify({ keys: [jwk] }));
  writeFileSync(join(folder, 'roots.pem'), google.rootPem);
  writeFileSync(
    join(folder, 'guard.yaml'),
    `version: 1
listeners: [{ address: 127.0.0.1:${port}, publicUrl: 'http://127.0.0.1:${port}' }]
upstreams:
  shop: { store: opensearch, version: 2, nodes: ['http://127.0.0.1:${node.port}'] }
identity:
  issuers:
    - { name: shop, issuer: '${ISSUER}', audience: [shop-api], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
vault: { keys: keys }
devices:
  tokens: { issuer: 'http://127.0.0.1:${port}/device' }
  nonce: true
  keyAttestation: { packages: [${APP.id}], certificates: ['${CERTIFICATE}'], roots: roots.pem }
api: { title: Shop }
resources:
  orders:
    upstream: shop
    index: orders
    owner: { column: customer, claim: sub }
    subjects: { owner: { reference: customer_ref } }
    roles: { mobile: [list, count, get, create, update, delete] }
    fields:
      status: { type: keyword, oneOf: [open, paid], filter: [eq], sort: true, write: [create, update], required: true }
      total: { type: number, minimum: 0, filter: [range], sort: true, write: [create] }
      phone: { type: keyword, write: [create, update], encrypt: { lookup: phone }, filter: [eq] }
      note: { type: text, write: [create, update], encrypt: true, nullable: true }
    order: -total
roles:
  mobile:
    match: { issuer: shop }
    device: { attested: true, minimumVersion: { android: 50000 }, fresh: [orders.delete] }
`,
  );
}

/** The person's own token, as the shop's sign-in gives it. */
function userToken(sub: Name): string {
  const now = Math.floor(Date.now() / 1000);
  const text = [
    { alg: 'ES256', typ: 'at+jwt', kid: 'one' },
    { iss: ISSUER, aud: 'shop-api', sub, iat: now, exp: now + 3600 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(text), { key: issuer.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** The app on a phone whose key store signs, under made-up roots in Google's place. */
async function install(sub: Name): Promise<{ client: Client; assertions: number }> {
  let device: DeviceKey | undefined;
  const told = { assertions: 0 };
  const client = createClient({
    baseUrl: url,
    key: await createKey(),
    app: APP,
    userToken: () => userToken(sub),
    async attest({ beforeKey }) {
      const { chain, keys } = makeKeyAttestation({
        package: APP.id,
        certificate: CERTIFICATE,
        versionCode: 50_200,
        challenge: beforeKey.hash,
        now: Date.now(),
        authority: google,
      });
      const jwk = createPrivateKey(keys.privateKey.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'jwk' });
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
      const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']);
      const { x = '', y = '' } = jwk;
      device = {
        publicJwk: { kty: 'EC', crv: 'P-256', x, y },
        sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)),
      };
      return { format: 'key-attestation', attestation: chain.map((one) => one.toString('base64')), key: device };
    },
    async assert({ hashText }) {
      if (device === undefined) throw new Error('not attested');
      told.assertions++;
      const { kty, crv, x, y } = device.publicJwk;
      const header = { typ: 'postern-assertion+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
      return { format: 'key-attestation', assertion: await signJwt(device, header, { hash: hashText }) };
    },
  });
  return Object.assign(told, { client });
}

const ordersOf = (client: Client) =>
  client.resource<Order, { status: string; total: number; phone?: string; note?: string }>('/v1/orders');

async function statusOf(asked: Promise<unknown>): Promise<number> {
  return asked.then(
    () => 200,
    (error: unknown) => (error instanceof GatewayError ? error.status : Promise.reject(error)),
  );
}

interface Copy {
  readonly _id: string;
  readonly _source: Record<string, unknown>;
}

/** What somebody who took the index has. */
async function copyOfIndex(): Promise<readonly Copy[]> {
  await node.ask('POST', '/orders/_refresh');
  const answer = (await node.ask('POST', '/orders/_search', { size: 1000 })) as { hits: { hits: Copy[] } };
  return answer.hits.hits;
}

function postern(...args: string[]) {
  return spawnSync(process.execPath, [program.file, ...args], { cwd: folder, encoding: 'utf8', input: 'ann\n' });
}

describe.skipIf(missing)('from the app to the receipt', () => {
  let ann: Awaited<ReturnType<typeof install>>;
  let ben: Awaited<ReturnType<typeof install>>;
  let copy: readonly Copy[];

  it('lets in an app that enrolled its device, and no other', async () => {
    const bare = await fetch(`${url}/v1/orders`, { headers: { authorization: `Bearer ${userToken('ann')}` } });
    expect(bare.status).toBe(403);
    expect(await bare.json()).toMatchObject({ type: 'urn:postern:problem:device' });
    [ann, ben] = await Promise.all([install('ann'), install('ben')]);
    for (const [name, { client }] of [
      ['ann', ann],
      ['ben', ben],
    ] as const) {
      const orders = ordersOf(client);
      for (let n = 1; n <= 3; n++) {
        const order = { status: 'open', total: n, phone: PHONES[name], note: `${NOTES[name]} ${n}` };
        const options = { idempotencyKey: `${name}-${n}` };
        const made = await client.call<Order>('POST', '/v1/orders', { body: order, ...options });
        expect(made.status).toBe(201);
        const again = await client.call<Order>('POST', '/v1/orders', { body: order, ...options });
        expect(again.data).toEqual(made.data);
      }
      expect((await client.call<{ count: number }>('GET', '/v1/orders/count')).data).toEqual({ count: 3 });
      const seen: number[] = [];
      for await (const order of orders.list()) seen.push(order.total);
      expect(seen).toEqual([3, 2, 1]);
    }
  });

  it("shows a person's own orders alone, also by an encrypted field", async () => {
    const own = await ann.client.call<{ items: Order[] }>('GET', '/v1/orders', { query: { phone: PHONES.ann } });
    expect(own.data.items.map(({ phone, total }) => [phone, total])).toEqual([
      [PHONES.ann, 3],
      [PHONES.ann, 2],
      [PHONES.ann, 1],
    ]);
    const theirs = await ann.client.call<{ items: Order[] }>('GET', '/v1/orders', { query: { phone: PHONES.ben } });
    expect(theirs.data.items).toEqual([]);
    const [foreign] = (await ben.client.call<{ items: Order[] }>('GET', '/v1/orders')).data.items;
    const refused = await ann.client.call('GET', `/v1/orders/${foreign?.id}`).catch((error: unknown) => error);
    const absent = await ann.client
      .call('GET', '/v1/orders/00000000-0000-4000-8000-000000000000')
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 404 });
    expect(absent).toMatchObject({ status: 404, message: refused instanceof Error ? refused.message : '' });
    for (const query of [{ sort: 'phone' }, { 'phone[in]': 'a' }, { 'phone[gte]': 'a' }]) {
      expect(await statusOf(ann.client.call('GET', '/v1/orders', { query }))).toBe(403);
    }
  });

  it('deletes only with a fresh assertion of the device, which the client makes by itself', async () => {
    const [last] = (await ben.client.call<{ items: Order[] }>('GET', '/v1/orders', { query: { size: 1 } })).data.items;
    expect(ben.assertions).toBe(0);
    expect((await ben.client.call('DELETE', `/v1/orders/${last?.id}`)).status).toBe(204);
    expect(ben.assertions).toBe(1);
    expect(await statusOf(ben.client.call('GET', `/v1/orders/${last?.id}`))).toBe(404);
  });

  it('keeps ciphertext in the store, and nothing of it in the journal', async () => {
    copy = await copyOfIndex();
    expect(copy).toHaveLength(5);
    for (const { _source } of copy) {
      expect(_source.phone).toMatch(/^pv1\.[\w-]+$/);
      expect(_source.note).toMatch(/^pv1\.[\w-]+$/);
      expect(_source.customer_ref).toMatch(/^[\w-]{22}$/);
    }
    expect(new Set(copy.map(({ _source }) => _source.phone)).size).toBe(5);
    const journal = readdirSync(join(folder, 'journal')).map((name) =>
      readFileSync(join(folder, 'journal', name), 'utf8'),
    );
    for (const text of [JSON.stringify(copy), ...journal]) {
      for (const value of [...Object.values(PHONES), ...Object.values(NOTES), '2025550141', '2025550142']) {
        expect(text).not.toContain(value);
      }
    }
  });

  it('opens the copy as long as the person has a key', async () => {
    expect(await readable(copy, 'ann')).toBe(3);
    expect(await readable(copy, 'ben')).toBe(2);
  });

  it('erases the person: gone for the gateway, unreadable in the copy, and others untouched', async () => {
    const plan = postern('erase', '-', '--dry-run', '--json');
    expect(plan.stderr).toBe('');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      key: 'shred',
      resources: [{ resource: 'resources.orders', owned: 3, held: 0, action: 'delete' }],
    });
    const done = postern('erase', '-', '--yes', '--json');
    expect(done.status, done.stderr).toBe(0);
    const { kind, report, receipt } = JSON.parse(done.stdout);
    expect(kind).toBe('shredded');
    expect(report).toMatchObject({
      hadKey: true,
      documents: [{ resource: 'resources.orders', before: 3, deleted: 3, after: 0, retained: 0, reason: null }],
      samples: { taken: 6, readableBefore: 6, triedAfter: 6, readableAfter: 0 },
    });
    // The gateway held a lease, and confirmed.
    expect(report.gateways.confirmed).toBeGreaterThan(0);
    expect(`${done.stdout}${done.stderr}`).not.toContain('ann');

    expect((await ann.client.call<{ count: number }>('GET', '/v1/orders/count')).data).toEqual({ count: 0 });
    const late = ann.client.call('POST', '/v1/orders', { body: { status: 'open', total: 9, phone: PHONES.ann } });
    expect(await statusOf(late)).toBe(410);
    expect((await copyOfIndex()).map(({ _source }) => _source.customer)).toEqual(['ben', 'ben']);
    expect(await readable(copy, 'ann')).toBe(0);
    expect(await readable(copy, 'ben')).toBe(2);
    expect((await ben.client.call<{ items: Order[] }>('GET', '/v1/orders')).data.items[0]?.phone).toBe(PHONES.ben);

    const signed: unknown = JSON.parse(readFileSync(receipt.file, 'utf8'));
    const key = publicKeyIn(signed);
    const [proof] = verifyShredReceipts([signed], [key]);
    expect(proof?.body.event).toMatchObject({
      kind: 'shred',
      subject: report.subject,
      liveUnreadableAt: new Date(report.liveUnreadableAt).toISOString(),
      backups: { unreadableAt: null, due: expect.any(String) },
    });
    const text = JSON.stringify(signed);
    expect(() => verifyShredReceipts([JSON.parse(text.replace('"deleted":3', '"deleted":4'))], [key])).toThrow(
      'not trusted',
    );
  });

  it('puts even a restored index beyond reading: the copy goes back, and the gateway shows nothing of the person', async () => {
    mkdirSync(join(folder, 'restore'), { recursive: true });
    for (const { _id, _source } of copy) await node.ask('PUT', `/orders/_doc/${_id}`, _source);
    await node.ask('POST', '/orders/_refresh');
    const items = (await ann.client.call<{ items: Order[] }>('GET', '/v1/orders')).data.items;
    expect(items).toHaveLength(3);
    for (const { phone, note } of items) expect([phone, note]).toEqual([null, null]);
  });
});

/** How many documents of a copy the vault opens for a person, read beside the gateway. */
async function readable(copy: readonly Copy[], name: Name): Promise<number> {
  const path = join(folder, '.postern', 'vault-root.key');
  const root = await openRootKey({ kind: 'file', path }, async () => '');
  const keys = await openEpochKeys(join(folder, 'keys'), root, { epochMs: 7 * 86_400_000 });
  const data = await createEmbeddedData(join(folder, '.postern', 'guard-data'));
  const cache = { subjects: 10, ttl: 60_000 };
  const vault = await createVault({ store: data.vault, keys, gateway: 'test', cache });
  try {
    const references = copy.map(({ _source }) => String(_source.customer_ref));
    const found = await vault.byReferences(references);
    return copy.filter(({ _source }) => {
      const key = found.get(String(_source.customer_ref));
      if (_source.customer !== name || key === undefined) return false;
      return vault.unseal(key, { store: 'elasticsearch', column: 'phone' }, String(_source.phone)) === PHONES[name];
    }).length;
  } finally {
    await vault.close();
    await data.close();
  }
}

function publicKeyIn(receipt: unknown): string {
  const text = JSON.stringify(receipt);
  return /"publicKey":"([\w-]{43})"/.exec(text)?.[1] ?? '';
}
