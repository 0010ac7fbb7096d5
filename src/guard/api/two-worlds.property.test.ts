import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADA, type Asked, BOB, type Harness, harness } from './testing/harness.ts';

/**
 * Two worlds that differ only in what another caller has: every answer is the same in both, whatever is asked. Keys make ids
 * the same; a cursor is sealed with a random nonce, so only that it is there is compared.
 */
const CANARY = 'CANARY';
const SECRET = {
  status: 'paid',
  total: 77,
  title: CANARY,
  tags: [CANARY],
  phone: '+49 30 555 0177',
  note: CANARY,
  recipientId: CANARY,
  recipientName: CANARY,
  iban: CANARY,
  address: { city: CANARY },
  placed: '2026-02-02T02:02:02Z',
};
const MINE = {
  status: 'open',
  total: 1,
  title: 'mine',
  phone: '+49 30 555 0101',
  recipientId: 'rita',
  recipientName: 'Rita',
};

interface Step {
  readonly kind: 'list' | 'count' | 'get' | 'create' | 'patch' | 'delete';
  readonly query: string;
  readonly body: unknown;
  /** Which document: of one's own, of the other caller, or none. */
  readonly whose: number;
  readonly match: number;
}

const parameter = fc.constantFrom(
  'status=paid',
  'status[in]=open,paid',
  'status[exists]=true',
  'total[gte]=50',
  'total[lt]=99',
  `title=${CANARY}`,
  'title=*',
  `tags=${CANARY}`,
  'phone=%2B49305550177',
  'phone=%2B49305550101',
  `recipientName=${CANARY}`,
  'recipientName=Rita',
  'placed=2026-02-02T02:02:02Z',
  'iban=CANARY',
  'customer=bob',
  'sort=-total',
  'sort=title',
  'size=1',
  'size=2',
);
const body = fc.oneof(
  fc.record(
    {
      status: fc.constantFrom('open', 'paid', 'sent', 'lost', null),
      total: fc.constantFrom(1, 77, null, '77'),
      phone: fc.constantFrom('+49 30 555 0177', '+49 30 555 0101', 'x'),
      recipientId: fc.constantFrom(CANARY, 'rita', null),
      recipientName: fc.constantFrom(CANARY, 'Rita'),
      title: fc.constantFrom(CANARY, 'mine'),
      customer: fc.constant('bob'),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
  fc.jsonValue(),
);
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('list', 'count', 'get', 'create', 'patch', 'delete'),
  query: fc.array(parameter, { maxLength: 3 }).map((all) => all.join('&')),
  body,
  whose: fc.nat(3),
  match: fc.nat(2),
});

interface World extends Harness {
  readonly mine: { path: string; etag: string };
}

async function world(theirs: boolean): Promise<World & { readonly other: string }> {
  const h = harness();
  const make = async (sent: unknown, key: string, as = ADA) => {
    const made = await h.ask('/v1/orders', { method: 'POST', body: sent, as, headers: { 'idempotency-key': key } });
    return { path: made.headers.location!, etag: made.headers.etag! };
  };
  const mine = await make(MINE, 'mine');
  const other = await make(SECRET, 'theirs', BOB);
  for (let at = 0; theirs && at < 3; at++) await make({ ...SECRET, total: 77 + at }, `theirs-${at}`, BOB);
  if (!theirs) h.store.documents.delete(other.path.slice(other.path.lastIndexOf('/') + 1));
  return { ...h, mine, other: other.path };
}

async function answer(
  w: Awaited<ReturnType<typeof world>>,
  { kind, query, body: sent, whose, match }: Step,
  at: number,
) {
  const path = [w.mine.path, w.other, '/v1/orders/00000000-0000-4000-8000-000000000000', '/v1/orders/x'][whose]!;
  const headers: Record<string, string> = [{ 'if-match': '*' }, { 'if-match': w.mine.etag }, {}][match] as Record<
    string,
    string
  >;
  const asked: Record<Step['kind'], [string, Asked]> = {
    list: [`/v1/orders${query === '' ? '' : `?${query}`}`, {}],
    count: [`/v1/orders/count${query === '' ? '' : `?${query}`}`, {}],
    get: [path, {}],
    create: ['/v1/orders', { method: 'POST', body: sent, headers: { 'idempotency-key': `k-${at}` } }],
    patch: [path, { method: 'PATCH', body: sent, headers }],
    delete: [path, { method: 'DELETE', headers }],
  };
  const { json, ...others } = await w.ask(...asked[kind]);
  const next = (json as { next?: string | null } | undefined)?.next;
  const text = String(others.body);
  return { ...others, body: next ? text.replace(next, 'CURSOR') : text };
}

describe('what another caller has', () => {
  it('makes no difference to any answer, and is in none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const [full, empty] = await Promise.all([world(true), world(false)]);
        const before = JSON.stringify(
          [...full.store.documents].filter(([, { columns }]) => columns.customer === 'bob'),
        );
        for (const [at, one] of steps.entries()) {
          const [seen, alone] = await Promise.all([answer(full, one, at), answer(empty, one, at)]);
          expect(seen).toEqual(alone);
          expect(seen.status).toBeLessThan(500);
        }
        const after = JSON.stringify([...full.store.documents].filter(([, { columns }]) => columns.customer === 'bob'));
        expect(after).toBe(before);
        for (const { columns } of full.store.documents.values()) expect(['ada', 'bob']).toContain(columns.customer);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
