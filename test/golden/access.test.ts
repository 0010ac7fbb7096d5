/** The access check against real HTTP servers of this process: the practice API, and every trap that real APIs set. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createApiStandIn } from '../../lab/api-stand-in/index.ts';
import type { AccessAnswer, AccessAs } from '../../src/core/access.ts';
import type { Account, Api, ApiEndpoint } from '../../src/probe/access/model.ts';
import { type AccessOutcome, endpointsOf, probeAccess } from '../../src/probe/index.ts';
import { loopbackTarget } from '../../src/probe/testing/ask.ts';
import { httpServer, type Reply } from '../../src/probe/testing/http-server.ts';

const TOKENS = { alice: 'made-up-token-of-alice', bob: 'made-up-token-of-bob' };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const account = (name: keyof typeof TOKENS, ids: Account['ids'] = {}): Account => ({
  name,
  headers: { authorization: `Bearer ${TOKENS[name]}` },
  ids,
});
const ORDERS: ApiEndpoint = { path: '/orders/{id}', list: '/orders' };

async function ask(
  port: number,
  endpoints: readonly ApiEndpoint[] = [ORDERS],
  more: Partial<Api> & { accounts?: readonly Account[]; deadlineMs?: number; personal?: boolean } = {},
): Promise<AccessOutcome> {
  const { accounts = [account('alice'), account('bob')], deadlineMs, personal, ...api } = more;
  return await probeAccess(
    await loopbackTarget(),
    { api: { port, tls: false, prefix: '', endpoints, oldApps: [], notTested: [], ...api }, accounts },
    {
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(personal === true ? { isPersonal: (fields) => fields.some((field) => /email|iban/.test(field)) } : {}),
    },
  );
}

function answers(outcome: AccessOutcome, what: string): Partial<Record<AccessAs, AccessAnswer>> {
  return Object.fromEntries(outcome.access.filter((one) => one.what === what).map(({ as, read }) => [as, read]));
}

const reasonOf = (outcome: AccessOutcome, as: AccessAs) => outcome.access.find((one) => one.as === as)?.reason ?? '';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

type Who = 'alice' | 'bob' | undefined;
const whoIs = (request: IncomingMessage): Who =>
  (['alice', 'bob'] as const).find((name) => request.headers.authorization === `Bearer ${TOKENS[name]}`);

const OWN: Record<'alice' | 'bob', { id: string; total: number; email: string; city: string }[]> = {
  alice: [{ id: 'a-order-0001', total: 1900, email: 'alice@shop.example', city: 'Northing' }],
  bob: [{ id: 'b-order-0002', total: 2650, email: 'bob@shop.example', city: 'Southing' }],
};
const ALL = [...OWN.alice, ...OWN.bob];

/** An API with lists that are each account's own; what it answers to one id is the trap. */
async function trap(
  object: (id: string, who: Who, request: IncomingMessage) => Reply | undefined,
  list: (who: Who) => Reply = (who) => (who === undefined ? [401] : [200, OWN[who]]),
) {
  const server = await httpServer((path, request) => {
    const who = whoIs(request);
    if (path === '/orders') return list(who);
    return object(decodeURIComponent(path.replace('/orders/', '')), who, request);
  });
  closers.push(server.close);
  return server;
}

const byId = (id: string) => ALL.find((one) => one.id === id);
const ownOf = (id: string, who: Who) => (who === undefined ? undefined : OWN[who].find((one) => one.id === id));
const hole = (id: string, who: Who): Reply => {
  const found = byId(id);
  return who === undefined
    ? [401, { error: 'sign in' }]
    : found === undefined
      ? [404, { error: 'none' }]
      : [200, found];
};

/** Nothing that a server held or an account signs in with. */
function expectNoValues(outcome: AccessOutcome): void {
  expect(JSON.stringify(outcome)).not.toMatch(
    /made-up-token|shop\.example|a-order|b-order|Northing|Southing|Exampleton|EXMP|[0-9a-f]{8}-[0-9a-f]{4}-|R-alice|\b4[01]0\d\b/,
  );
}

describe('the practice API', () => {
  const start = async (mended = false) => await listening(createApiStandIn({ tokens: TOKENS, mended: () => mended }));
  const endpoints: ApiEndpoint[] = [
    ORDERS,
    { path: '/addresses/{id}', list: '/addresses' },
    { path: '/invoices/{id}', list: '/invoices' },
    { path: '/receipts/{id}', list: '/receipts' },
    { path: '/products/{id}', list: '/products' },
  ];
  const oldApps = [{ name: 'the app 1.4.0', headers: { 'x-app-version': '1.4.0' } }];

  it('is told endpoint by endpoint: the hole, the sound one, the old app, the stranger, the public one', async () => {
    const outcome = await ask(await start(), endpoints, { prefix: '/v2', oldApps, personal: true });
    expect(answers(outcome, 'GET /v2/orders/{id}')).toEqual({
      stranger: 'no',
      'signed-in': 'yes',
      'other-user': 'yes',
      'old-app': 'yes',
    });
    expect(answers(outcome, 'GET /v2/addresses/{id}')).toEqual({
      stranger: 'no',
      'signed-in': 'yes',
      'other-user': 'no',
      'old-app': 'no',
    });
    expect(answers(outcome, 'GET /v2/invoices/{id}')).toEqual({
      stranger: 'no',
      'signed-in': 'yes',
      'other-user': 'no',
      'old-app': 'yes',
    });
    expect(answers(outcome, 'GET /v2/receipts/{id}')).toMatchObject({ stranger: 'yes', 'other-user': 'yes' });
    expect(answers(outcome, 'GET /v2/products/{id}')).toMatchObject({ stranger: 'yes', 'other-user': 'yes' });
    expect(outcome.findings.map(({ rule, severity, confidence }) => [rule, severity, confidence])).toEqual([
      ['probe/other-user-reads', 'critical', 'confirmed'],
      ['probe/old-app-reads', 'critical', 'confirmed'],
      ['probe/stranger-reads-api', 'critical', 'confirmed'],
    ]);
    expect(outcome.findings[0]?.message).toContain('GET /v2/orders/{id}');
    expect(outcome.findings[0]?.message).toContain('data.customer.email');
    expect(outcome.access.every(({ write }) => write === 'untested')).toBe(true);
    expectNoValues(outcome);
  });

  it('mended is sound, and its public endpoint may be declared', async () => {
    const declared = endpoints.map((one) => (one.path.startsWith('/products') ? { ...one, public: true } : one));
    const outcome = await ask(await start(true), declared, { prefix: '/v2', oldApps });
    for (const path of ['orders', 'addresses', 'invoices', 'receipts']) {
      expect(answers(outcome, `GET /v2/${path}/{id}`)).toMatchObject({
        stranger: 'no',
        'other-user': 'no',
        'old-app': 'no',
      });
    }
    expect(answers(outcome, 'GET /v2/products/{id}')).toMatchObject({ stranger: 'yes' });
    expect(
      reasonOf({ ...outcome, access: outcome.access.filter(({ what }) => what.includes('products')) }, 'stranger'),
    ).toContain('as is declared');
    expect(outcome.findings).toEqual([]);
  });

  it('is found by its OpenAPI file alone', async () => {
    const file = new URL('../../lab/api-stand-in/openapi.yaml', import.meta.url);
    const described = endpointsOf(parse(readFileSync(file, 'utf8')));
    expect(described?.notTested).toHaveLength(2);
    const outcome = await ask(await start(), described?.endpoints ?? [], { prefix: described?.prefix ?? '' });
    expect(answers(outcome, 'GET /v2/orders/{orderId}')).toMatchObject({ stranger: 'no', 'other-user': 'yes' });
    expect(outcome.endpoints.map(({ what }) => what)).toEqual([
      'GET /v2/orders/{orderId}',
      'GET /v2/addresses/{id}',
      'GET /v2/invoices/{id}',
    ]);
  });

  it('is asked with GET alone', async () => {
    const asked: string[] = [];
    const inner = createApiStandIn({ tokens: TOKENS });
    const port = await listening(
      createServer((request, response) => {
        asked.push(request.method ?? '');
        inner.emit('request', request, response);
      }),
    );
    await ask(port, endpoints, { prefix: '/v2', oldApps });
    expect(asked.length).toBeGreaterThan(40);
    expect(new Set(asked)).toEqual(new Set(['GET']));
  });
});

describe('a hole is seen through', () => {
  it('values that change on every request', async () => {
    let count = 0;
    const { port } = await trap((id, who) => {
      const [status, body] = hole(id, who);
      return [
        status,
        { ...(body as object), etag: `${++count}`, servedAt: new Date().toISOString(), nonce: Math.random() },
        { etag: `"${count}"` },
      ];
    });
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ stranger: 'no', 'other-user': 'yes' });
  });

  it('fields that depend on who asks', async () => {
    const { port } = await trap((id, who) => {
      const [status, body] = hole(id, who);
      return [status, { ...(body as object), canEdit: ownOf(id, who) !== undefined }];
    });
    const outcome = await ask(port);
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ 'other-user': 'yes' });
    expectNoValues(outcome);
  });

  it('names that are values are shown as patterns', async () => {
    const people = {
      alice: { 'ann@shop.example': { role: 'x1' }, Gertrude: 5 },
      bob: { 'ben.jones': { role: 'x2' }, Wilhelmina: 6 },
    };
    const { port } = await trap((id, who) => {
      const [status, body] = hole(id, who);
      const owner = id.startsWith('a') ? 'alice' : 'bob';
      return [
        status,
        status === 200 ? { ...(body as object), members: people[owner], billingAddress: { city: owner } } : body,
      ];
    });
    const outcome = await ask(port);
    expect(outcome.endpoints[0]?.fields).toEqual([
      'billingAddress.city',
      'city',
      'email',
      'members.*',
      'members.*.role',
      'total',
    ]);
    expect(JSON.stringify(outcome)).not.toMatch(/Gertrude|Wilhelmina|ann@|ben|jones/);
    expectNoValues(outcome);
  });

  it('an envelope, and a page of a longer list', async () => {
    const { port } = await trap(
      (id, who) => {
        const [status, body] = hole(id, who);
        return status === 200
          ? [200, { data: { order: body }, errors: null }]
          : [200, { data: { order: null }, errors: [{ message: 'no' }] }];
      },
      (who) =>
        who === undefined
          ? [401]
          : [200, { data: { orders: { edges: OWN[who].map((node) => ({ node })), totalCount: 40 } } }],
    );
    const outcome = await ask(port);
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ stranger: 'no', 'other-user': 'yes' });
    expect(outcome.findings).toMatchObject([{ rule: 'probe/other-user-reads', confidence: 'firm' }]);
  });

  it('a soft 200 for an id that nobody has', async () => {
    const { port } = await trap((id, who) => {
      const [status, body] = hole(id, who);
      return status === 200 ? [200, body] : [200, { success: false, message: `no order ${id}` }];
    });
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ stranger: 'no', 'other-user': 'yes' });
  });

  it('a file instead of JSON, longer than is read', async () => {
    const { port } = await trap((id, who) => {
      const [status] = hole(id, who);
      return status === 200 ? [200, `%PDF ${byId(id)?.email} ${'x'.repeat(3_000_000)}`] : [status];
    });
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ stranger: 'no', 'other-user': 'yes' });
  });

  it('an id with characters that a path has to encode', async () => {
    const odd = { alice: [{ id: 'a/../1?x', total: 5, name: 'one' }], bob: [{ id: 'b %2f&2', total: 7, name: 'two' }] };
    const seen: string[] = [];
    const server = await httpServer((path, request) => {
      const who = whoIs(request);
      if (who === undefined) return [401];
      if (path === '/orders') return [200, odd[who]];
      seen.push(path);
      const found = [...odd.alice, ...odd.bob].find(({ id }) => path === `/orders/${encodeURIComponent(id)}`);
      return found === undefined ? [404] : [200, found];
    });
    closers.push(server.close);
    const outcome = await ask(server.port);
    // A space cannot stand in an id that is taken from a list: bob has none then.
    expect(reasonOf(outcome, 'other-user')).not.toBe('');
    expect(seen.every((path) => path.split('/').length === 3)).toBe(true);
  });

  it('one way only: the finding says that roles are to be looked at', async () => {
    const { port } = await trap((id, who) =>
      who === 'alice' ? hole(id, who) : ownOf(id, who) === undefined ? [403] : hole(id, who),
    );
    const outcome = await ask(port);
    expect(outcome.findings).toMatchObject([{ rule: 'probe/other-user-reads', confidence: 'firm' }]);
    expect(outcome.findings[0]?.message).toContain('see what roles they have');
  });

  it('the field that names the owner, where other fields are hidden', async () => {
    const { port } = await trap((id, who) => {
      const found = byId(id);
      if (who === undefined || found === undefined) return [404];
      return ownOf(id, who) === undefined ? [200, { id, email: found.email }] : [200, found];
    });
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ 'other-user': 'unknown' });
    expect(answers(await ask(port, [{ ...ORDERS, ownerField: 'email' }]), 'GET /orders/{id}')).toMatchObject({
      'other-user': 'yes',
    });
  });
});

describe('no hole is seen where there is none', () => {
  const sound = (miss: (id: string, who: Who) => Reply) => (id: string, who: Who) => {
    const own = ownOf(id, who);
    return own === undefined ? miss(id, who) : ([200, own] as Reply);
  };
  const cases: [name: string, miss: (id: string, who: Who) => Reply][] = [
    ['401', () => [401]],
    ['403', () => [403, { error: 'no' }]],
    ['404', () => [404]],
    ['a redirect to a login', () => [302, '', { location: '/login' }]],
    ['a soft 200 with an error that repeats the id', (id) => [200, { ok: false, error: 'no such order', id }]],
    ['an envelope without data', () => [200, { data: { order: null }, errors: [{ message: 'forbidden' }] }]],
    ['an empty object', () => [200, {}]],
    ['null', () => [200, 'null']],
    ['no body', () => [204, '']],
    [
      'a login page',
      (_id, who) => (who === undefined ? [200, '<html>sign in</html>', { 'content-type': 'text/html' }] : [404]),
    ],
    ['the own object whatever was asked for', (_id, who) => (who === undefined ? [401] : [200, OWN[who][0]])],
  ];
  it.each(cases)('%s', async (_name, miss) => {
    const { port } = await trap(sound(miss));
    const outcome = await ask(port);
    expect(['no', 'unknown']).toContain(answers(outcome, 'GET /orders/{id}')['other-user']);
    expect(answers(outcome, 'GET /orders/{id}').stranger).not.toBe('yes');
    expect(outcome.findings).toEqual([]);
  });

  it.each(cases.slice(0, 10))('%s: told as no, not as unknown', async (_name, miss) => {
    const { port } = await trap(sound(miss));
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({
      stranger: 'no',
      'other-user': 'no',
      'signed-in': 'yes',
    });
  });

  it('an API that answers every id with an object of its own making', async () => {
    const { port } = await trap((id, who) =>
      who === undefined ? [401] : [200, { id, total: id.length, email: `${id}@shop.example`, city: id }],
    );
    const outcome = await ask(port);
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ 'other-user': 'unknown' });
    expect(outcome.findings).toEqual([]);
    expect(outcome.skips).toMatchObject([{ code: 'ACCESS_NOT_TESTED' }]);
  });

  it('objects that both accounts list', async () => {
    const { port } = await trap(
      (id, who) => (who === undefined ? [401] : byId(id) === undefined ? [404] : [200, byId(id)]),
      (who) => (who === undefined ? [401] : [200, ALL]),
    );
    const outcome = await ask(port);
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ stranger: 'no', 'other-user': 'unknown' });
    expect(reasonOf(outcome, 'other-user')).toContain('both accounts list the same objects');
    expect(outcome.findings).toEqual([]);
  });

  it('an id that both list is not taken for one of the other’s', async () => {
    const both = { id: 'shared-0003', total: 1, email: 'all@shop.example', city: 'Both' };
    const { port, asked } = await trap(
      (id, who) =>
        who === undefined
          ? [401]
          : id === both.id
            ? [200, both]
            : ownOf(id, who) === undefined
              ? [404]
              : [200, ownOf(id, who)],
      (who) => (who === undefined ? [401] : [200, [both, ...OWN[who]]]),
    );
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ 'other-user': 'no' });
    expect(asked).not.toContain('GET /orders/shared-0003');
  });

  it('an object that a stranger reads as well is the stranger’s finding; declared public it is none', async () => {
    const { port } = await trap((id) => (byId(id) === undefined ? [404] : [200, byId(id)]));
    const outcome = await ask(port);
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ stranger: 'yes', 'other-user': 'yes' });
    expect(outcome.findings.map(({ rule }) => rule)).toEqual(['probe/stranger-reads-api']);
    expect((await ask(port, [{ ...ORDERS, public: true }])).findings).toEqual([]);
  });

  it('a shared cache between', async () => {
    for (const told of [{ age: '12' }, { 'x-cache': 'Hit from edge' }, { 'cf-cache-status': 'HIT' }] as Record<
      string,
      string
    >[]) {
      const { port } = await trap((id, who) =>
        ownOf(id, who) === undefined && byId(id) !== undefined
          ? [200, byId(id), told]
          : ownOf(id, who) === undefined
            ? [404]
            : [200, ownOf(id, who)],
      );
      const outcome = await ask(port);
      expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ stranger: 'unknown', 'other-user': 'unknown' });
      expect(reasonOf(outcome, 'other-user')).toContain('a shared cache answered');
      expect(outcome.findings).toEqual([]);
    }
  });
});

describe('what cannot be told is unknown, with its reason', () => {
  const unknownBecause = async (port: number, why: string, deadlineMs?: number) => {
    const outcome = await ask(port, [ORDERS], deadlineMs === undefined ? {} : { deadlineMs });
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ 'other-user': 'unknown' });
    expect(JSON.stringify(outcome.access)).toContain(why);
    expect(outcome.findings).toEqual([]);
    expect(outcome.skips.filter(({ severity }) => severity === 'incomplete')).not.toEqual([]);
    expectNoValues(outcome);
    return outcome;
  };

  it('an account that is not let in', async () => {
    const { port } = await trap(hole, (who) => (who === 'alice' ? [401] : [200, OWN.bob]));
    await unknownBecause(port, 'alice does not get the list of their own objects: HTTP 401');
  });

  it('an account that loses its session between', async () => {
    let asked = 0;
    const { port } = await trap((id, who) => (who === 'alice' && ++asked > 2 ? [401] : hole(id, who)));
    await unknownBecause(port, 'lost its own object meanwhile');
  });

  it('a limit on requests', async () => {
    const { port } = await trap((id, who) =>
      ownOf(id, who) === undefined && byId(id) !== undefined ? [429] : hole(id, who),
    );
    await unknownBecause(port, 'asked for patience (HTTP 429)');
  });

  it('a limit on requests that is over in a moment is waited for', async () => {
    let limited = 0;
    const { port } = await trap((id, who) =>
      who === 'alice' && byId(id) !== undefined && limited++ === 1 ? [429, {}, { 'retry-after': '0' }] : hole(id, who),
    );
    expect(answers(await ask(port), 'GET /orders/{id}')).toMatchObject({ 'other-user': 'yes' });
  });

  it('a failure of the server', async () => {
    const { port } = await trap((id, who) =>
      ownOf(id, who) === undefined && byId(id) !== undefined ? [500] : hole(id, who),
    );
    await unknownBecause(port, 'the server failed (HTTP 500)');
  });

  it('an answer that is compressed although nobody asked for that', async () => {
    const port = await listening(
      createServer((request, response) => {
        const who = whoIs(request);
        expect(request.headers['accept-encoding']).toBeUndefined();
        const list = request.url === '/orders';
        if (who === undefined) response.writeHead(401).end();
        else if (list) response.writeHead(200).end(JSON.stringify(OWN[who]));
        else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(ALL[0])));
      }),
    );
    await unknownBecause(port, 'the answer is compressed');
  });

  it('a server that never answers, within the deadline', async () => {
    const port = await listening(
      createServer((request, response) => {
        const who = whoIs(request);
        if (request.url === '/orders' && who !== undefined) response.end(JSON.stringify(OWN[who]));
      }),
    );
    const start = performance.now();
    await unknownBecause(port, 'The deadline passed', 700);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('nobody listening', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    await unknownBecause(port, 'refused');
  });

  it('a list without end, and one that is no list', async () => {
    const long = await trap(hole, () => [200, `[${'{"x":1},'.repeat(100_000)}`]);
    await unknownBecause(long.port, 'too long to be read');
    const none = await trap(hole, () => [200, { hello: 'world' }]);
    await unknownBecause(none.port, 'no list of objects');
  });

  it('accounts without objects', async () => {
    const { port } = await trap(hole, (who) => (who === undefined ? [401] : [200, { data: [] }]));
    await unknownBecause(port, 'neither account has an object here');
  });

  it('one account under two names: nothing is asked', async () => {
    const { port, asked } = await trap(hole);
    const outcome = await ask(port, [ORDERS], { accounts: [account('alice'), { ...account('alice'), name: 'bob' }] });
    expect(outcome.skips).toMatchObject([{ reason: expect.stringContaining('they are one account') }]);
    expect(asked).toEqual([]);
  });

  it('one account alone: nothing is asked', async () => {
    const { port, asked } = await trap(hole);
    const outcome = await ask(port, [ORDERS], { accounts: [account('alice')] });
    expect(outcome.skips).toMatchObject([{ code: 'ACCESS_NOT_TESTED', severity: 'incomplete' }]);
    expect(asked).toEqual([]);
  });
});

describe('ids of the configuration', () => {
  it('are asked for without a list', async () => {
    const { port, asked } = await trap(hole, () => [500]);
    const accounts = [
      account('alice', { '/orders/{id}': ['a-order-0001'] }),
      account('bob', { '/orders/{id}': ['b-order-0002'] }),
    ];
    const outcome = await ask(port, [{ path: '/orders/{id}' }], { accounts });
    expect(answers(outcome, 'GET /orders/{id}')).toMatchObject({ 'other-user': 'yes' });
    expect(asked).not.toContain('GET /orders');
    expectNoValues(outcome);
  });

  it('may stand in the query', async () => {
    const server = await httpServer((path, request) => {
      const id = /^\/order\?id=([\w-]+)$/.exec(path)?.[1];
      return id === undefined ? [404] : hole(id, whoIs(request));
    });
    closers.push(server.close);
    const path = '/order?id={id}';
    const accounts = [account('alice', { [path]: ['a-order-0001'] }), account('bob', { [path]: ['b-order-0002'] })];
    expect(answers(await ask(server.port, [{ path }], { accounts }), `GET ${path}`)).toMatchObject({
      'other-user': 'yes',
    });
  });
});

describe('old apps', () => {
  it('are told by an old address too', async () => {
    const server = await httpServer((path, request) => {
      const who = whoIs(request);
      const [, version, id] = /^\/v([12])\/orders(?:\/([\w-]+))?$/.exec(path) ?? [];
      if (version === undefined) return [404];
      if (id === undefined) return who === undefined ? [401] : [200, OWN[who]];
      if (version === '1') return byId(id) === undefined ? [404] : [200, { order: byId(id) }];
      return ownOf(id, who) === undefined ? [404] : [200, ownOf(id, who)];
    });
    closers.push(server.close);
    const outcome = await ask(server.port, [ORDERS], {
      prefix: '/v2',
      oldApps: [{ name: 'an old app', headers: {}, prefix: '/v1' }],
    });
    expect(answers(outcome, 'GET /v2/orders/{id}')).toEqual({
      stranger: 'no',
      'signed-in': 'yes',
      'other-user': 'no',
      'old-app': 'yes',
    });
    expect(outcome.findings).toMatchObject([{ rule: 'probe/old-app-reads' }]);
    expect(reasonOf(outcome, 'old-app')).toContain('a stranger, asking as an old app');
  });
});
