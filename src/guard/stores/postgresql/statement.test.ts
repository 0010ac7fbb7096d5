import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../contract/refusal.ts';
import type { Condition, ListQuery, ResourceScope } from '../../contract/resource.ts';
import { JsonNumber, type JsonObject } from '../../json/value.ts';
import { HOSTILE, resourceFixture, scopeFixture } from '../resource/testing/fixture.ts';
import type { SqlDatabase, SqlStatement } from './database.ts';
import { createPostgresqlResources } from './index.ts';
import { checkGrammar } from './testing/grammar.ts';

const ID = 'abcdef00-0000-4000-8000-000000000001';

const resource = resourceFixture({
  store: 'postgresql',
  namespace: 'shop',
  id: { column: 'id', type: 'uuid' },
});

/** Every statement that an operation makes, whatever the database answers. */
async function statementsOf(run: (store: ReturnType<typeof createPostgresqlResources>) => Promise<unknown>) {
  const seen: SqlStatement[] = [];
  const database: SqlDatabase = {
    async query(statement) {
      seen.push(statement);
      return { rows: [] };
    },
  };
  const refusal = await run(createPostgresqlResources(database)).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (refusal !== undefined && !(refusal instanceof Refusal)) throw refusal;
  return { seen, refusal: refusal as Refusal | undefined };
}

const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.string());
const digits = fc.constantFrom(0, -1, 1.5, 2 ** 53 - 1, new JsonNumber('9007199254740993'), new JsonNumber('1e900'));
const scalar = fc.oneof(text, digits, fc.boolean(), fc.constant(null));

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('in' as const),
    column: fc.constantFrom('status', 'tags', 'basket', 'total', 'placed', 'paid'),
    type: fc.constantFrom('keyword' as const, 'uuid', 'number', 'date', 'boolean', 'integer'),
    values: fc.array(scalar, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('range' as const),
    column: fc.constantFrom('status', 'tags', 'total', 'placed'),
    type: fc.constantFrom('keyword' as const, 'number', 'date'),
    bounds: fc.dictionary(fc.constantFrom('gt', 'gte', 'lt', 'lte'), fc.oneof(text, fc.integer(), fc.double())),
  }),
  fc.record({
    kind: fc.constant('exists' as const),
    column: fc.constantFrom('status', 'tags', 'address'),
    exists: fc.boolean(),
  }),
);

const order: fc.Arbitrary<ListQuery['order']> = fc.uniqueArray(
  fc.record({
    column: fc.constantFrom('status', 'units', 'placed'),
    type: fc.constantFrom('keyword' as const, 'integer', 'date'),
    descending: fc.boolean(),
  }),
  { maxLength: 3, selector: ({ column }) => column },
);

describe('a statement of any operation, whatever it is asked with', () => {
  const oracle = (scope: ResourceScope, owner: string, seen: readonly SqlStatement[]) => {
    for (const statement of seen) checkGrammar(statement, scope.resource, owner);
  };

  it('compares the owner, holds no value in its text, and names declared columns alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        text.filter((owner) => owner !== '' && !/[\0\ud800-\udfff]/.test(owner)),
        fc.array(condition, { maxLength: 3 }),
        order,
        fc.option(fc.array(scalar, { maxLength: 4 })),
        fc.oneof(fc.constant(ID), text),
        fc.dictionary(fc.constantFrom('status', 'note', 'tags', 'total', 'address', 'placed'), scalar),
        async (owner, conditions, keys, after, id, columns) => {
          const scope = scopeFixture(resource, owner);
          const written = columns as JsonObject;
          for (const run of [
            (store) => store.list(scope, { conditions, order: keys, size: 5, after }),
            (store) => store.count(scope, conditions),
            (store) => store.get(scope, id),
            (store) => store.create(scope, id, { customer: owner, ...written }),
            (store) => store.update(scope, id, '1', written),
            (store) => store.update(scope, id, id, written),
            (store) => store.remove(scope, id, '1'),
            (store) => store.remove(scope, id, null),
          ] satisfies ((store: ReturnType<typeof createPostgresqlResources>) => Promise<unknown>)[]) {
            oracle(scope, owner, (await statementsOf(run)).seen);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is looked at by an oracle that can fail', async () => {
    const scope = scopeFixture(resource, 'p1');
    const [get] = (await statementsOf((store) => store.get(scope, ID))).seen;
    const [create] = (await statementsOf((store) => store.create(scope, ID, { customer: 'p1' }))).seen;
    if (get === undefined || create === undefined) throw new Error('no statement');
    const tries: [SqlStatement, string, string][] = [
      [get, 't."customer" = $2::text', 'TRUE'],
      [get, 't."customer" = $2::text AND', 't."customer" = $2::text OR'],
      [get, '"status"', '"secret"'],
      [get, 'LIMIT 1', "LIMIT 1 -- '"],
      [get, '$1::uuid', "'x'"],
      [create, ', 1 / (CASE WHEN', ', 1 * (CASE WHEN'],
      [create, 'THEN 1 ELSE 0 END', 'THEN 1 ELSE 1 END'],
    ];
    for (const [statement, from, to] of tries) {
      expect(statement.text).toContain(from);
      expect(() => checkGrammar(statement, resource, 'p1')).not.toThrow();
      const broken = { ...statement, text: statement.text.replace(from, to) };
      expect(() => checkGrammar(broken, resource, 'p1'), to).toThrow();
    }
    expect(() => checkGrammar(get, resource, 'p2')).toThrow('the owner is not compared');
  });

  it('is the same text for other values, so that it is prepared once', async () => {
    const listOf = async (owner: string, value: string, after: string | null) => {
      const same: Condition = { kind: 'in', column: 'status', type: 'keyword', values: [value, `${value}2`] };
      const { seen } = await statementsOf((store) =>
        store.list(scopeFixture(resource, owner), {
          conditions: [same],
          order: [{ column: 'status', type: 'keyword', descending: true }],
          size: 5,
          after: after === null ? null : [after, ID],
        }),
      );
      return seen[0];
    };
    const first = await listOf('a', 'x', 'p');
    const second = await listOf("b'", '$1; --', '"');
    expect(second?.text).toBe(first?.text);
    expect(second?.name).toBe(first?.name);
    expect(second?.values).not.toEqual(first?.values);
    expect((await listOf('a', 'x', null))?.name).not.toBe(first?.name);
  });
});

describe('the statements of resources', () => {
  const scope = scopeFixture(resource, 'p1');

  it('read in a session that cannot write, and write in one that can', async () => {
    const access = async (run: Parameters<typeof statementsOf>[0]) => (await statementsOf(run)).seen[0]?.access;
    expect(await access((store) => store.list(scope, { conditions: [], order: [], size: 5, after: null }))).toBe(
      'read',
    );
    expect(await access((store) => store.count(scope, []))).toBe('read');
    expect(await access((store) => store.get(scope, ID))).toBe('read');
    expect(await access((store) => store.create(scope, ID, {}))).toBe('write');
    expect(await access((store) => store.update(scope, ID, '1', { status: 'x' }))).toBe('write');
    expect(await access((store) => store.remove(scope, ID, null))).toBe('write');
  });

  it('are not made for an id or a version that no row can have', async () => {
    for (const id of ['', 'x', ID.toUpperCase(), `${ID} `, "' OR 1=1", `{${ID}}`]) {
      expect((await statementsOf((store) => store.get(scope, id))).seen).toEqual([]);
    }
    const { seen } = await statementsOf((store) => store.update(scope, ID, "1' OR '1'='1", { status: 'x' }));
    expect(seen.map(({ access }) => access)).toEqual(['read']);
  });

  it('know one way to write an integer id', async () => {
    const numbered = scopeFixture({ ...resource, id: { column: 'id', type: 'integer' } }, 'p1');
    const made = async (id: string) => (await statementsOf((store) => store.get(numbered, id))).seen.length;
    for (const id of ['7', '0', '-7', '9223372036854775807', '-9223372036854775808']) expect(await made(id)).toBe(1);
    for (const id of ['007', '+7', '-0', ' 7', '7.0', '1e3', '9223372036854775808', '']) expect(await made(id)).toBe(0);
  });

  it('refuse a filter with an empty group instead of guessing', async () => {
    for (const kind of ['all', 'any', 'none'] as const) {
      const open: ResourceScope = { resource, bound: { kind: 'none', filters: [{ kind, filters: [] }] } };
      const { seen, refusal } = await statementsOf((store) => store.count(open, []));
      expect(seen).toEqual([]);
      expect(refusal?.code).toBe('forbidden');
    }
  });

  it('refuse names that PostgreSQL would cut or cannot have', async () => {
    for (const source of ['', 'a\0b', 'x'.repeat(64), 'ä'.repeat(32)]) {
      await expect(
        statementsOf((store) => store.count(scopeFixture({ ...resource, source }, 'p1'), [])),
      ).rejects.toThrow(TypeError);
    }
  });

  it('quote names as they are', async () => {
    const odd = scopeFixture({ ...resource, source: 'or"ders; --', namespace: 'Shop.x' }, 'p1');
    const { seen } = await statementsOf((store) => store.count(odd, []));
    expect(seen[0]?.text).toContain('FROM "Shop.x"."or""ders; --" AS t WHERE');
  });
});
