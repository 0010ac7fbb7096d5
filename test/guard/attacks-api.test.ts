/** Ways in and around that were open once: devices, erasure, budgets and the detection of slow theft. */
import { describe, expect, it } from 'vitest';
import type { Authenticator } from '../../src/guard/authn/index.ts';
import type { Principal } from '../../src/guard/contract/principal.ts';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import type { Plan } from '../../src/guard/contract/store.ts';
import type { Devices } from '../../src/guard/devices/index.ts';
import { meet, proofOf } from '../../src/guard/devices/requirement.ts';
import { jsonObject } from '../../src/guard/json/value.ts';
import type { DeviceRequirement } from '../../src/guard/policy/devices-config.ts';
import { createBench, FIXTURE_POLICY, rawOf, type Sent } from './harness/fixture.ts';

const PERSON: Principal = Object.freeze({
  kind: 'token',
  id: 'token:shop:A',
  roles: ['catalogue', 'mobile', 'editor'],
  claims: jsonObject([
    ['tenant', 't1'],
    ['role', 'mobile'],
  ]),
  confirmation: null,
  expiresAt: null,
} satisfies Principal);

const NOTHING_ASKED: DeviceRequirement = {
  attested: false,
  minimumVersion: new Map(),
  integrity: 'basic',
  fresh: new Set<string>(),
  legacy: [],
};

/** Checks as the real devices do, but for the assertion itself: nobody here can make one. */
const devices = {
  owns: () => false,
  challengeHeaders: () => ({}),
  check(requirement: DeviceRequirement, principal: Principal, request: never, _raw: unknown, operation: string) {
    const legacy = meet(requirement, proofOf(principal, request), Date.now());
    if (requirement.fresh.has(operation)) throw new Refusal('step_up', 'assertion: missing');
    return { legacy };
  },
} as unknown as Devices;

/** One person with a role that asks nothing of a device, on `orders`, before one that does, on `profiles`. */
function peopleOfSeveralRoles(requirements: Readonly<Record<string, DeviceRequirement>>) {
  const policy = FIXTURE_POLICY.replace(
    'roles:\n',
    `roles:
  catalogue:
    match: { issuer: shop, claims: { role: { equals: mobile } } }
    rules:
      - indices: [orders]
        operations: [search, count, get, mget, msearch, field_caps, index, delete, bulk]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { tenant: keyword }
        limits: { page: 10, window: 100, items: 10, clauses: 16, buckets: 10, keepAlive: 1m }
        write: { fields: { total: integer }, set: { tenant: '\${claims.tenant}' } }
  editor:
    match: { issuer: shop, claims: { role: { equals: mobile } } }
    rules:
      - indices: [profiles]
        operations: [index, delete, bulk]
        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { tenant: keyword }
        limits: { page: 10, window: 100, items: 10, clauses: 16, buckets: 10, keepAlive: 1m }
        write: { fields: { name: text }, set: { tenant: '\${claims.tenant}' } }
`,
  );
  const authenticator = (): Authenticator => ({
    authenticate: () => PERSON,
    challenge: () => ({}),
    ready: () => true,
    refresh: async () => undefined,
    close: () => undefined,
  });
  const bench = createBench(1, {
    policy,
    authenticator,
    devices,
    requirementOf: (role) => (role === null ? null : (requirements[role] ?? null)),
  });
  const ask = async (sent: Sent) => {
    const answer = await bench.guard.handle(rawOf(sent));
    return { status: answer.status, text: Buffer.from(answer.body as string).toString(), sent: bench.seen.length };
  };
  return { bench, ask };
}

describe('a role that asks for a device', () => {
  const attested = { mobile: { ...NOTHING_ASKED, attested: true } };

  it.each<[string, Sent]>([
    ['a search of its index alone', { target: '/profiles/_search' }],
    ['a search of both indices', { target: '/orders,profiles/_search' }],
    [
      'a list of searches',
      {
        target: '/_msearch',
        ndjson: true,
        body: [{ index: 'orders' }, { size: 1 }, { index: 'profiles' }, { size: 1 }],
      },
    ],
    [
      'a list of documents',
      {
        target: '/_mget',
        body: {
          docs: [
            { _index: 'orders', _id: 'o1' },
            { _index: 'profiles', _id: 'v1' },
          ],
        },
      },
    ],
    ['a count over both', { target: '/orders,profiles/_count' }],
    ['the fields of both', { target: '/orders,profiles/_field_caps?fields=*' }],
  ])('is asked for also in %s that begins with what another role may', async (_what, sent) => {
    const { ask } = peopleOfSeveralRoles(attested);
    expect(await ask({ target: '/orders/_search' })).toMatchObject({ status: 200 });
    const { bench } = peopleOfSeveralRoles(attested);
    const answer = await bench.guard.handle(rawOf(sent));
    expect(answer.status).not.toBe(200);
    expect(bench.seen).toEqual([]);
  });

  it('is asked for also by a bulk whose first line is another role’s', async () => {
    const { ask } = peopleOfSeveralRoles({ editor: { ...NOTHING_ASKED, attested: true } });
    const lines = [
      { index: { _index: 'orders', _id: 'n1' } },
      { total: 1 },
      { delete: { _index: 'profiles', _id: 'v1' } },
    ];
    expect(await ask({ target: '/_bulk', ndjson: true, body: lines })).toMatchObject({ status: 403, sent: 0 });
  });
});

describe('an operation that needs a fresh assertion', () => {
  const fresh = {
    editor: { ...NOTHING_ASKED, fresh: new Set(['delete']) },
    mobile: { ...NOTHING_ASKED, fresh: new Set(['get', 'search']) },
  };

  it.each<[string, Sent]>([
    ['by itself', { method: 'DELETE', target: '/profiles/_doc/v1' }],
    ['as a line of a bulk', { target: '/profiles/_bulk', ndjson: true, body: [{ delete: { _id: 'v1' } }] }],
    [
      'as a later line of a bulk',
      {
        target: '/profiles/_bulk',
        ndjson: true,
        body: [{ index: { _id: 'n1' } }, { name: 'x' }, { delete: { _id: 'v1' } }],
      },
    ],
    ['get, in a list', { target: '/profiles/_mget', body: { ids: ['v1'] } }],
    ['search, in a list', { target: '/profiles/_msearch', ndjson: true, body: [{}, { size: 1 }] }],
  ])('needs it %s', async (_how, sent) => {
    const { ask } = peopleOfSeveralRoles(fresh);
    expect(await ask(sent)).toMatchObject({ status: 401, sent: 0 });
  });
});

describe('a person who is held until a fresh assertion', () => {
  const own = (operation: string): Plan =>
    ({
      operation,
      upstream: null,
      indices: [],
      rules: [],
      role: null,
      own: true,
      run: async () => ({ status: 200, headers: {}, body: '', documents: [], outcome: 'answered' }),
    }) as Plan;

  it.each([
    ['may renew the token of an enrolled device, without which no assertion can be made', 'device.token', 200],
    ['may ask for a challenge', 'device.challenge', 200],
    ['may end an enrolment', 'device.revoke', 200],
    ['may not enrol another device: whoever stole a token could do that, too', 'device.enrol', 403],
  ])('%s', async (_what, operation, status) => {
    let released = 0;
    const bench = createBench(1, {
      devices: { ...devices, owns: () => true, plan: () => own(operation) } as Devices,
      anomalies: { standing: () => ({ kind: 'step-up' }), note: () => {}, release: () => void released++ },
    });
    const answer = await bench.guard.handle(rawOf({ method: 'POST', target: '/device/x' }));
    expect(answer.status).toBe(status);
    // None of these proves anything.
    expect(released).toBe(0);
  });
});
