/** Resources in real PostgreSQL servers. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoundFilter } from '../../src/guard/contract/grant.ts';
import type { Refusal } from '../../src/guard/contract/refusal.ts';
import type { Resource, ResourceType } from '../../src/guard/contract/resource.ts';
import { holds } from '../../src/guard/document/index.ts';
import { JsonNumber } from '../../src/guard/json/value.ts';
import { createPostgresqlResources } from '../../src/guard/stores/postgresql/index.ts';
import { fieldOf, resourceFixture, scopeFixture } from '../../src/guard/stores/resource/testing/fixture.ts';
import { type Database, openDatabase } from '../../src/guard/upstream/postgresql.ts';
import { type PostgresqlNode, requirePostgresql, startPostgresql } from './harness/postgresql.ts';
import { describeContract } from './harness/resource-contract.ts';

const TABLE = `CREATE TABLE shop.orders (
  id uuid PRIMARY KEY, customer text NOT NULL, deleted boolean NOT NULL DEFAULT false, internal text,
  status text, note varchar(1000), units bigint, total numeric, paid boolean, placed timestamptz, basket uuid,
  address jsonb, tags text[]
)`;

for (const kind of ['embedded', 'system'] as const) {
  const programs = requirePostgresql(kind);
  describe.skipIf(programs === undefined)(`resources in PostgreSQL (${kind})`, () => {
    const resource = resourceFixture({
      store: 'postgresql',
      namespace: 'shop',
      id: { column: 'id', type: 'uuid' },
    });
    let node: PostgresqlNode;
    let database: Database;

    beforeAll(async () => {
      node = await startPostgresql(programs ?? '');
      await node.ask("CREATE SCHEMA shop; CREATE ROLE gateway LOGIN PASSWORD 'synthetic-gateway'");
      await node.ask(`${TABLE}; GRANT USAGE ON SCHEMA shop TO gateway; GRANT ALL ON shop.orders TO gateway`);
      database = await openDatabase(
        {
          name: 'crm',
          url: `postgresql://127.0.0.1:${node.port}/postgres`,
          username: 'gateway',
          password: { env: 'GATEWAY_PASSWORD' },
          tls: { ca: node.ca, serverName: null, certificate: null, key: null },
          secure: true,
          connections: 6,
          timeout: 10_000,
        },
        { GATEWAY_PASSWORD: 'synthetic-gateway' },
      );
    });
    afterAll(async () => {
      await database?.close();
      await node?.stop();
    });

    describeContract(() => ({
      store: createPostgresqlResources(database),
      resource,
      async raw(id) {
        const { rows } = await node.ask('SELECT * FROM shop.orders WHERE id = $1', [id]);
        return rows[0];
      },
      async tamper(id, columns) {
        for (const [name, value] of Object.entries(columns)) {
          await node.ask(`UPDATE shop.orders SET "${name}" = $2 WHERE id = $1`, [id, value]);
        }
      },
    }));

    const store = () => createPostgresqlResources(database);
    const all = { conditions: [], order: [], size: 1000, after: null } as const;

    /** A resource over a table of its own, whose owner is nobody. */
    async function tableOf(
      source: string,
      columns: string,
      fields: [string, ResourceType, boolean?][],
    ): Promise<Resource> {
      await node.ask(`CREATE TABLE shop.${source} (${columns}); GRANT ALL ON shop.${source} TO gateway`);
      return {
        ...resource,
        source,
        id: { column: 'id', type: 'integer' },
        owner: null,
        filter: null,
        fields: new Map(fields.map(([name, type, array]) => [name, fieldOf(name, type, array)])),
      };
    }

    it('chooses by a filter exactly the rows that the gateway’s own evaluation chooses', async () => {
      const mixed = await tableOf(
        'mixed',
        'id int PRIMARY KEY, t text, n numeric, b bigint, i int, f float8, o boolean, tz timestamptz, ts timestamp, d date',
        [
          ['t', 'keyword'],
          ['n', 'number'],
          ['b', 'integer'],
          ['i', 'integer'],
          ['f', 'number'],
          ['o', 'boolean'],
          ['tz', 'date'],
          ['ts', 'date'],
          ['d', 'date'],
        ],
      );
      const texts = ['', 'a', 'A', 'ä', 'a ', '😀', 'true', '5'];
      const numbers = ['0', '-1', '5', '5.50', '9007199254740993', '0.1', '-0.1', '3'];
      const dates = [
        '2026-01-01T00:00:00Z',
        '2026-01-01T00:00:00.123456Z',
        '1999-12-31T23:59:59.999Z',
        '0001-01-01T00:00:00Z',
      ];
      let seed = 1;
      const one = <T>(...values: readonly T[]): T | null => {
        seed = (seed * 48_271) % 2_147_483_647;
        return values[seed % (values.length + 1)] ?? null;
      };
      for (let id = 0; id < 250; id += 1) {
        const whole = numbers.filter((each) => !each.includes('.'));
        await node.ask('INSERT INTO shop.mixed VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)', [
          id,
          one(...texts),
          one(...numbers),
          one(...whole),
          one('0', '-1', '5', '3'),
          one('0', '-1', '5', '5.5', '0.1', '-0.1', '1e21', '9007199254740992'),
          one(true, false),
          one(...dates),
          one(...dates),
          one(...dates),
        ]);
      }
      const rows = await walkAll(mixed);
      expect(rows).toHaveLength(250);

      const numeric = fc.constantFrom('n', 'b', 'i', 'f');
      const number = fc.constantFrom(
        0,
        -1,
        5,
        5.5,
        0.1,
        3,
        1e21,
        new JsonNumber('5.50'),
        new JsonNumber('9007199254740993'),
      );
      const date = fc.constantFrom(...dates, '2026-01-01T00:00:00.123Z', '2025-06-01T00:00:00.000Z');
      const leaf: fc.Arbitrary<BoundFilter> = fc.oneof(
        fc.array(fc.constantFrom(...texts, 'absent', '\u0001'), { minLength: 1, maxLength: 3 }).map((values) => ({
          kind: 'terms' as const,
          field: 't',
          type: 'keyword' as const,
          values,
        })),
        // A column of doubles is asked for what doubles hold: beyond, the database rounds and the gateway does not.
        fc
          .tuple(numeric, fc.array(number, { minLength: 1, maxLength: 3 }))
          .filter(([field, values]) => field !== 'f' || values.every((value) => !(value instanceof JsonNumber)))
          .map(([field, values]) => ({ kind: 'terms' as const, field, type: 'number' as const, values })),
        fc
          .boolean()
          .map((value) => ({ kind: 'terms' as const, field: 'o', type: 'boolean' as const, values: [value] })),
        fc
          .tuple(numeric, fc.constantFrom('gt', 'gte', 'lt', 'lte'), fc.constantFrom(0, -1, 5, 5.5, 0.1))
          .map(([field, key, bound]) => ({
            kind: 'range' as const,
            field,
            type: 'number' as const,
            bounds: { [key]: bound },
          })),
        fc
          .tuple(fc.constantFrom('tz', 'ts', 'd'), fc.constantFrom('gt', 'gte', 'lt', 'lte'), date)
          .map(([field, key, bound]) => ({
            kind: 'range' as const,
            field,
            type: 'date' as const,
            bounds: { [key]: bound },
          })),
        fc.constantFrom('t', 'n', 'b', 'f', 'o', 'tz', 'd').map((field) => ({ kind: 'exists' as const, field })),
      );
      const { filter } = fc.letrec<{ filter: BoundFilter }>((tie) => ({
        filter: fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          leaf,
          fc.record({
            kind: fc.constantFrom('all' as const, 'any', 'none'),
            filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
          }),
        ),
      }));
      await fc.assert(
        fc.asyncProperty(filter, async (bound) => {
          const wanted = rows.filter(({ columns }) => holds(bound, columns)).map(({ id }) => id);
          const { documents } = await store().list({ resource: mixed, bound }, all);
          expect(documents.map(({ id }) => id)).toEqual(wanted);
        }),
        { numRuns: 400 },
      );
    });

    async function walkAll(of: Resource) {
      return (await store().list({ resource: of, bound: null }, all)).documents;
    }

    it('shows values of every type of column as they are', async () => {
      const typed = await tableOf(
        'typed',
        'id int PRIMARY KEY, c char(4), v varchar, i2 smallint, i8 bigint, n numeric, f4 real, f8 float8, ts timestamp, tz timestamptz, d date, j json, jb jsonb, dates timestamptz[], numbers numeric[]',
        [
          ['c', 'keyword'],
          ['v', 'keyword'],
          ['i2', 'integer'],
          ['i8', 'integer'],
          ['n', 'number'],
          ['f4', 'number'],
          ['f8', 'number'],
          ['ts', 'date'],
          ['tz', 'date'],
          ['d', 'date'],
          ['j', 'object'],
          ['jb', 'object'],
          ['dates', 'date', true],
          ['numbers', 'number', true],
        ],
      );
      await node.ask(`INSERT INTO shop.typed VALUES
        (1, 'ab', 'v', -7, 9223372036854775807, 12345678901234567890.1234567890, 0.1, 0.1, '2026-01-01 10:00:00.5', '2026-07-01 12:00:00.000001+02', '2026-01-01', '{"a": 2, "a": 1.0}', '{"b": 1e3, "a": [null, true]}', '{2026-01-01 00:00+00, NULL}', '{1.50, NaN}'),
        (2, NULL, '', 0, NULL, 'NaN', 'Infinity', '-Infinity', 'infinity', '-infinity', '0044-03-15 BC', NULL, 'null', '{}', NULL),
        (3, NULL, NULL, NULL, NULL, 1.50, NULL, 1e300, NULL, '9999-12-31 23:59:59.999999+00', NULL, NULL, '{}', NULL, '{}')`);
      const [first, second, third] = await walkAll(typed);
      expect(first?.columns).toEqual({
        c: 'ab  ',
        v: 'v',
        i2: -7,
        i8: new JsonNumber('9223372036854775807'),
        n: new JsonNumber('12345678901234567890.1234567890'),
        f4: 0.1,
        f8: 0.1,
        ts: '2026-01-01T10:00:00.500Z',
        tz: '2026-07-01T10:00:00.000001Z',
        d: '2026-01-01T00:00:00.000Z',
        j: { a: new JsonNumber('1.0') },
        jb: { a: [null, true], b: 1000 },
        dates: ['2026-01-01T00:00:00.000Z', null],
        numbers: [new JsonNumber('1.50'), null],
      });
      expect(second?.columns).toMatchObject({ n: null, f4: null, f8: null, ts: null, tz: null, d: null, dates: [] });
      expect(third?.columns).toMatchObject({ n: new JsonNumber('1.50'), tz: '9999-12-31T23:59:59.999999Z', jb: {} });
    });

    it('walks through columns of every type by what the database itself holds', async () => {
      const odd = await tableOf(
        'odd',
        'id int PRIMARY KEY, f4 real, f8 float8, n numeric, tz timestamptz, c char(3), v varchar',
        [
          ['f4', 'number'],
          ['f8', 'number'],
          ['n', 'number'],
          ['tz', 'date'],
          ['c', 'keyword'],
          ['v', 'keyword'],
        ],
      );
      await node.ask(`INSERT INTO shop.odd SELECT i,
        (ARRAY[0.1, 'NaN', 'Infinity', '-Infinity', NULL, 1e-40, 16777217]::real[])[1 + i % 7],
        (ARRAY[0.1, 'NaN', 'Infinity', 0.30000000000000004, NULL, 5e-324]::float8[])[1 + i % 6],
        (ARRAY['NaN', 0.1, 0.10, NULL, 1e100]::numeric[])[1 + i % 5],
        (ARRAY['infinity', '-infinity', '0044-03-15 BC', '2026-01-01 00:00:00.000001+00', NULL]::timestamptz[])[1 + i % 5],
        (ARRAY['a', 'ab', NULL, 'Z']::char(3)[])[1 + i % 4], (ARRAY['a', 'a ', NULL, 'Z', ''])[1 + i % 5]
        FROM generate_series(1, 90) AS i`);
      for (const [column, type] of [
        ['f4', 'number'],
        ['f8', 'number'],
        ['n', 'number'],
        ['tz', 'date'],
        ['c', 'keyword'],
        ['v', 'keyword'],
      ] as const) {
        for (const descending of [true, false]) {
          const seen: string[] = [];
          let after: readonly (string | number | boolean | JsonNumber | null)[] | null = null;
          do {
            const page: Awaited<ReturnType<ReturnType<typeof store>['list']>> = await store().list(
              { resource: odd, bound: null },
              { conditions: [], order: [{ column, type, descending }], size: 4, after },
            );
            seen.push(...page.documents.map(({ id }) => id));
            after = page.next;
          } while (after !== null && seen.length < 200);
          expect(new Set(seen).size, column).toBe(90);
          expect(seen, column).toHaveLength(90);
        }
      }
    });

    it('keeps every digit that is written and asked for', async () => {
      const exact = scopeFixture(resource, 'digits');
      const id = '00000000-0000-4000-8000-0000000000d1';
      const total = new JsonNumber('12345678901234567890.000000000000000001');
      const placed = '2026-03-01T11:30:00.000001Z';
      const made = await store().create(exact, id, { customer: 'digits', total, placed });
      expect(made).toMatchObject({ columns: { total, placed } });
      const count = (value: string) =>
        store().count(exact, [{ kind: 'in', column: 'total', type: 'number', values: [new JsonNumber(value)] }]);
      expect(await count('12345678901234567890.000000000000000001')).toBe(1);
      expect(await count('12345678901234567890.000000000000000002')).toBe(0);
      for (const [value, expected] of [
        [placed, 1],
        ['2026-03-01T11:30:00.000002Z', 0],
        ['2026-03-01T11:30:00.000Z', 0],
      ] as const) {
        expect(await store().count(exact, [{ kind: 'in', column: 'placed', type: 'date', values: [value] }])).toBe(
          expected,
        );
      }
    });

    it('says of constraints over other rows only that there is a conflict, and of values only that they are invalid', async () => {
      await node.ask(`CREATE TABLE shop.parents (id int PRIMARY KEY); INSERT INTO shop.parents VALUES (1)`);
      const strict = await tableOf(
        'strict',
        `id int PRIMARY KEY, email text UNIQUE, parent int REFERENCES shop.parents, age smallint CHECK (age > 0), name varchar(5) NOT NULL DEFAULT 'x'`,
        [
          ['email', 'keyword'],
          ['parent', 'integer'],
          ['age', 'integer'],
          ['name', 'keyword'],
        ],
      );
      const scope = { resource: strict, bound: null };
      await store().create(scope, '1', { email: 'secret-canary@example.org' });
      const codeOf = async (columns: Record<string, string | number | null>, id = '2'): Promise<string> => {
        const error = await store()
          .create(scope, id, columns)
          .catch((each: Refusal) => each);
        expect(JSON.stringify([error, (error as Refusal).stack, (error as Refusal).detail])).not.toContain('canary');
        return (error as Refusal).code;
      };
      expect(await codeOf({ email: 'secret-canary@example.org' })).toBe('conflict');
      expect(await codeOf({ parent: 5 })).toBe('conflict');
      expect(await codeOf({ age: -1 })).toBe('invalid');
      expect(await codeOf({ age: 70_000 })).toBe('invalid');
      expect(await codeOf({ name: 'longer than five' })).toBe('invalid');
      expect(await codeOf({ name: null })).toBe('invalid');
      expect(await store().create(scope, '1', { email: 'other@example.org' })).toBe('exists');
      const made = await store().create(scope, '3', { email: 'b@example.org', parent: 1 });
      if (made === 'exists') throw new Error(made);
      await expect(
        store().update(scope, '3', made.version, { email: 'secret-canary@example.org' }),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await store().get(scope, '3')).toEqual(made);
    });

    it('takes back what a trigger or a default would put out of sight', async () => {
      const owned = {
        ...(await tableOf('owned', 'id int PRIMARY KEY, customer text, deleted boolean', [])),
        owner: resource.owner,
      };
      await node.ask(`CREATE FUNCTION shop.steal() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.id > 10 THEN NEW.customer := 'thief'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER steal BEFORE INSERT OR UPDATE ON shop.owned FOR EACH ROW EXECUTE FUNCTION shop.steal()`);
      const scope = scopeFixture(owned, 'p1');
      await expect(store().create(scope, '11', { customer: 'p1' })).rejects.toMatchObject({ code: 'forbidden' });
      expect(await store().create(scope, '9', { customer: 'p1' })).toMatchObject({ id: '9' });
      expect((await node.ask('SELECT id FROM shop.owned')).rows).toEqual([{ id: 9 }]);
    });

    it('refuses a database that decides otherwise than the gateway', async () => {
      await node.ask(
        `CREATE COLLATION shop.anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
      );
      const loose = {
        ...(await tableOf('loose', 'id int PRIMARY KEY, customer text COLLATE shop.anycase, deleted boolean', [])),
        owner: resource.owner,
      };
      await node.ask(`INSERT INTO shop.loose VALUES (1, 'PERSON-1', false)`);
      const scope = scopeFixture(loose, 'person-1');
      await expect(store().list(scope, all)).rejects.toMatchObject({ code: 'post_check' });
      await expect(store().get(scope, '1')).rejects.toMatchObject({ code: 'post_check' });
    });
  });
}
