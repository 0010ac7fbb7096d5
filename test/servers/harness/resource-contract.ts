/** What every store of resources does, whatever its language. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Refusal } from '../../../src/guard/contract/refusal.ts';
import type {
  Condition,
  ListQuery,
  Resource,
  ResourceStore,
  ResourceType,
  StoredDocument,
} from '../../../src/guard/contract/resource.ts';
import { type Json, JsonNumber, type JsonObject, type JsonScalar } from '../../../src/guard/json/value.ts';
import { HOSTILE, scopeFixture } from '../../../src/guard/stores/resource/testing/fixture.ts';

export interface ResourceBench {
  readonly store: ResourceStore;
  readonly resource: Resource;
  /** A document as it lies in the store, by its columns; undefined: none. */
  raw(id: string): Promise<Record<string, unknown> | undefined>;
  /** Changes columns behind the gateway's back, and waits until every reader sees it. */
  tamper(id: string, columns: Record<string, unknown>): Promise<void>;
}

export function describeContract(open: () => ResourceBench): void {
  const scope = (owner: string) => scopeFixture(open().resource, owner);
  const of = () => open().store;
  const person = (): string => `person-${randomUUID()}`;

  async function made(owner: string, columns: JsonObject = {}): Promise<StoredDocument> {
    const document = await of().create(scope(owner), randomUUID(), { customer: owner, ...columns });
    if (document === 'exists') throw new Error('exists');
    return document;
  }

  async function walk(owner: string, query: Omit<ListQuery, 'after'>): Promise<StoredDocument[]> {
    const seen: StoredDocument[] = [];
    let after: readonly JsonScalar[] | null = null;
    for (let pages = 0; pages < 1000; pages += 1) {
      const page: Awaited<ReturnType<ResourceStore['list']>> = await of().list(scope(owner), { ...query, after });
      expect(page.documents.length).toBeLessThanOrEqual(query.size);
      seen.push(...page.documents);
      if (page.next === null) return seen;
      // As a cursor carries it.
      after = page.next;
    }
    throw new Error('the walk does not end');
  }

  const everything: Omit<ListQuery, 'after'> = { conditions: [], order: [], size: 100 };

  describe('one document', () => {
    const columns: JsonObject = {
      status: 'open',
      note: 'A note – with “quotes”',
      units: 7,
      total: new JsonNumber('9007199254740993'),
      paid: true,
      placed: '2026-03-01T11:30:00.123456Z',
      basket: '00000000-0000-4000-8000-00000000abcd',
      address: { city: 'Exampleton', lines: ['1 Example St', "O'Hara"], geo: { floor: 3 } },
      tags: ['a', 'b"c', 'd,e', '{f}', 'g\\h'],
    };

    it('is there for its owner at once, as it was written', async () => {
      const owner = person();
      const document = await made(owner, columns);
      expect(plain(document.columns)).toEqual(plain({ customer: owner, deleted: false, ...columns }));
      expect(await of().get(scope(owner), document.id)).toEqual(document);
      expect(await of().count(scope(owner), [])).toBe(1);
      expect((await of().list(scope(owner), { ...everything, after: null })).documents).toEqual([document]);
    });

    it('keeps the filter’s constants, though nobody sent them', async () => {
      const document = await made(person());
      expect(await open().raw(document.id)).toMatchObject({ deleted: false });
    });

    it('is absent for anyone else, and cannot be written by them', async () => {
      const [owner, other] = [person(), person()];
      const document = await made(owner, columns);
      expect(await of().get(scope(other), document.id)).toBeUndefined();
      expect(await of().count(scope(other), [])).toBe(0);
      expect((await of().list(scope(other), { ...everything, after: null })).documents).toEqual([]);
      expect(await of().update(scope(other), document.id, document.version, { status: 'paid' })).toBe('absent');
      expect(await of().remove(scope(other), document.id, document.version)).toBe('absent');
      expect(await of().remove(scope(other), document.id, null)).toBe('absent');
      expect(await of().get(scope(owner), document.id)).toEqual(document);
    });

    it('is absent once the declaration’s filter hides it', async () => {
      const owner = person();
      const document = await made(owner, columns);
      await open().tamper(document.id, { deleted: true });
      expect(await of().get(scope(owner), document.id)).toBeUndefined();
      expect(await of().count(scope(owner), [])).toBe(0);
      expect(await of().update(scope(owner), document.id, document.version, { status: 'paid' })).toBe('absent');
      expect(await of().remove(scope(owner), document.id, null)).toBe('absent');
      expect(await open().raw(document.id)).toMatchObject({ deleted: true, status: 'open' });
    });

    it('cannot be made twice, by whomever, and stays as it was', async () => {
      const [owner, other] = [person(), person()];
      const document = await made(owner, columns);
      for (const each of [owner, other]) {
        expect(await of().create(scope(each), document.id, { customer: each, status: 'paid' })).toBe('exists');
      }
      expect(await of().get(scope(owner), document.id)).toEqual(document);
    });

    it('is made once when many make it at once', async () => {
      const owner = person();
      const id = randomUUID();
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, units) => of().create(scope(owner), id, { customer: owner, units })),
      );
      expect(all.filter((each) => each !== 'exists')).toHaveLength(1);
      expect(await of().count(scope(owner), [])).toBe(1);
    });

    it('cannot be made or put outside the sight of its owner', async () => {
      const owner = person();
      const document = await made(owner, columns);
      for (const outside of [{ customer: person() }, { customer: owner, deleted: true }] as JsonObject[]) {
        const id = randomUUID();
        expect(await refusalOf(of().create(scope(owner), id, outside))).toBe('forbidden');
        expect(await open().raw(id)).toBeUndefined();
        expect(await refusalOf(of().update(scope(owner), document.id, document.version, outside))).toBe('forbidden');
      }
      expect(await of().get(scope(owner), document.id)).toEqual(document);
    });

    it('is changed in the columns that are named, and keeps every other, even those that nobody declared', async () => {
      const owner = person();
      const document = await made(owner, columns);
      await open().tamper(document.id, { internal: 'kept' });
      const before = await of().get(scope(owner), document.id);
      if (before === undefined) throw new Error('not there');
      const after = await of().update(scope(owner), before.id, before.version, {
        status: 'paid',
        note: null,
        tags: ['z'],
        address: { city: 'Elsewhere' },
      });
      if (typeof after === 'string') throw new Error(after);
      expect(after.version).not.toBe(before.version);
      expect(plain(after.columns)).toEqual(
        plain({ ...before.columns, status: 'paid', note: null, tags: ['z'], address: { city: 'Elsewhere' } }),
      );
      expect(await of().get(scope(owner), document.id)).toEqual(after);
      expect(await open().raw(document.id)).toMatchObject({ internal: 'kept' });
    });

    it('is not changed on an older version', async () => {
      const owner = person();
      const document = await made(owner, columns);
      const after = await of().update(scope(owner), document.id, document.version, { units: 8 });
      if (typeof after === 'string') throw new Error(after);
      expect(await of().update(scope(owner), document.id, document.version, { units: 9 })).toBe('changed');
      expect(await of().update(scope(owner), document.id, 'nonsense', { units: 9 })).toBe('changed');
      expect(await of().update(scope(owner), document.id, document.version, {})).toBe('changed');
      expect(await of().update(scope(owner), document.id, after.version, {})).toEqual(after);
      expect(await of().update(scope(owner), randomUUID(), after.version, { units: 9 })).toBe('absent');
      expect(await of().remove(scope(owner), document.id, document.version)).toBe('changed');
      expect(await of().get(scope(owner), document.id)).toEqual(after);
    });

    it('is changed by one of those who change the same version at once', async () => {
      const owner = person();
      const document = await made(owner, columns);
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, units) =>
          of().update(scope(owner), document.id, document.version, { units: units + 100 }),
        ),
      );
      const won = all.filter((each) => typeof each !== 'string');
      expect(won).toHaveLength(1);
      expect(all.filter((each) => each === 'changed')).toHaveLength(7);
      expect(await of().get(scope(owner), document.id)).toEqual(won[0]);
    });

    it('is removed once, on its version or on any', async () => {
      const owner = person();
      const [first, second] = [await made(owner), await made(owner)];
      expect(await of().remove(scope(owner), first.id, first.version)).toBe('removed');
      expect(await of().remove(scope(owner), first.id, first.version)).toBe('absent');
      expect(await of().remove(scope(owner), second.id, null)).toBe('removed');
      expect(await of().remove(scope(owner), second.id, null)).toBe('absent');
      expect(await of().count(scope(owner), [])).toBe(0);
      expect(await open().raw(first.id)).toBeUndefined();
    });

    it('is absent under ids that no document can have', async () => {
      for (const id of ['', '.', '..', 'x', "' OR 1=1 --", '*', '_all', 'a/b', 'a\0b', '\ud800', 'z'.repeat(600)]) {
        expect(await of().get(scope('p'), id)).toBeUndefined();
        expect(await of().update(scope('p'), id, '1:1', { units: 1 })).toBe('absent');
        expect(await of().remove(scope('p'), id, null)).toBe('absent');
      }
    });
  });

  describe('two worlds, with and without other people’s documents', () => {
    /** All that one caller sees of everything that it may do, but for ids and versions, which are anew each time. */
    async function story(owner: string): Promise<unknown> {
      const ids = Array.from({ length: 12 }, () => randomUUID()).sort();
      const said: unknown[] = [];
      const note = (json: unknown) => said.push(json);
      for (const [n, id] of ids.entries()) note(await of().create(scope(owner), id, { ...sample(n), customer: owner }));
      note(await of().create(scope(owner), ids[0] ?? '', { customer: owner }));
      for (const column of ['status', 'units', 'placed'] as const) {
        const type = ({ status: 'keyword', units: 'integer', placed: 'date' } as const)[column];
        const order = [
          { column, type, descending: true },
          { column: 'basket', type: 'uuid', descending: false },
        ] as const;
        const seen = await walk(owner, { conditions: [], order, size: 5 });
        note(seen.map(({ columns }) => [columns[column], columns.basket]));
      }
      for (const status of STATUS) {
        note(await of().count(scope(owner), [{ kind: 'in', column: 'status', type: 'keyword', values: [status] }]));
      }
      for (const id of [...ids.slice(0, 3), randomUUID()]) {
        const document = await of().get(scope(owner), id);
        note(document);
        note(await of().update(scope(owner), id, document?.version ?? '1:1', { units: 5 }));
        note(await of().update(scope(owner), id, document?.version ?? '1:1', { units: 6 }));
        note(await of().remove(scope(owner), id, null));
        note(await of().get(scope(owner), id));
      }
      note(await of().count(scope(owner), []));
      return JSON.parse(
        JSON.stringify(plain(said as Json), (key, value: unknown) => (key === 'version' ? 'v' : value))
          .replaceAll(owner, 'me')
          .replace(/"id":"[^"]*"/g, '"id":"x"'),
      );
    }

    it('are the same to a caller', async () => {
      const alone = await story(person());
      const others = [person(), person(), person()];
      await Promise.all(Array.from({ length: 60 }, (_, n) => made(others[n % 3] ?? '', sample(n))));
      expect(await story(person())).toEqual(alone);
    });
  });

  describe('hostile values', () => {
    it('are written, found and compared as the texts that they are', async () => {
      const owner = person();
      const all = await Promise.all(HOSTILE.map((text) => made(owner, { status: text, tags: [text, 'x'] })));
      for (const [at, text] of HOSTILE.entries()) {
        const same: Condition = { kind: 'in', column: 'status', type: 'keyword', values: [text] };
        const { documents } = await of().list(scope(owner), { ...everything, conditions: [same], after: null });
        expect(documents.map(({ id }) => id)).toEqual([all[at]?.id]);
        expect(documents[0]?.columns).toMatchObject({ status: text, tags: [text, 'x'] });
        expect(await of().count(scope(owner), [same])).toBe(1);
      }
      const some: Condition = { kind: 'in', column: 'status', type: 'keyword', values: HOSTILE };
      expect(await of().count(scope(owner), [some])).toBe(HOSTILE.length);
    });

    it('as owners see only their own', async () => {
      for (const owner of HOSTILE) {
        const document = await made(owner, { status: 'mine' });
        expect(await of().get(scope(owner), document.id)).toEqual(document);
        expect(await of().count(scope(owner), [])).toBe(1);
      }
    });

    it('with half a character or a NUL in them match nothing', async () => {
      const owner = person();
      await made(owner, { status: 'ab' });
      await made(owner, { status: 'a\ufffdb' });
      for (const text of ['a\0b', 'a\ud800b']) {
        const condition: Condition = { kind: 'in', column: 'status', type: 'keyword', values: [text] };
        expect(await of().count(scope(owner), [condition])).toBe(0);
      }
    });
  });

  describe('a list', () => {
    const owner = `walker-${randomUUID()}`;
    let all: StoredDocument[] = [];

    beforeAll(async () => {
      const others = [person(), person()];
      const jobs: Promise<StoredDocument>[] = [];
      for (let n = 0; n < 72; n += 1) {
        jobs.push(made(owner, sample(n)));
        if (n % 3 === 0) jobs.push(made(others[n % 2] ?? '', sample(n)));
      }
      all = (await Promise.all(jobs)).filter(({ columns }) => columns.customer === owner);
    });

    const SORTABLE = [
      ['status', 'keyword'],
      ['units', 'integer'],
      ['total', 'number'],
      ['paid', 'boolean'],
      ['placed', 'date'],
      ['basket', 'uuid'],
    ] as const satisfies readonly (readonly [string, ResourceType])[];

    it('without an order shows every document of the owner’s once, whatever the size of its pages', async () => {
      for (const size of [1, 7, 36, 71, 72, 73]) {
        const seen = await walk(owner, { conditions: [], order: [], size });
        expect(sorted(seen.map(({ id }) => id))).toEqual(sorted(all.map(({ id }) => id)));
      }
    });

    for (const [column, type] of SORTABLE) {
      for (const descending of [false, true]) {
        it(`by ${type}, ${descending ? 'descending' : 'ascending'}, has missing values last and loses no tie`, async () => {
          const order = [{ column, type, descending }];
          for (const size of [1, 5, 40]) {
            const seen = await walk(owner, { conditions: [], order, size });
            expect(sorted(seen.map(({ id }) => id))).toEqual(sorted(all.map(({ id }) => id)));
            expectOrdered(seen, order);
          }
        });
      }
    }

    it('by several columns in mixed directions has all of them', async () => {
      const order = [
        { column: 'paid', type: 'boolean', descending: true },
        { column: 'status', type: 'keyword', descending: false },
        { column: 'units', type: 'integer', descending: true },
      ] as const;
      for (const size of [1, 4, 50]) {
        const seen = await walk(owner, { conditions: [], order, size });
        expect(sorted(seen.map(({ id }) => id))).toEqual(sorted(all.map(({ id }) => id)));
        expectOrdered(seen, order);
      }
    });

    it('loses nothing while documents of it are written', async () => {
      const walker = person();
      const own = await Promise.all(Array.from({ length: 30 }, (_, n) => made(walker, { units: n % 3, status: 'a' })));
      const order = [{ column: 'status', type: 'keyword', descending: false }] as const;
      const seen = new Set<string>();
      let after: readonly JsonScalar[] | null = null;
      for (let page = 0; page < 100; page += 1) {
        const next: Awaited<ReturnType<ResourceStore['list']>> = await of().list(scope(walker), {
          conditions: [],
          order,
          size: 4,
          after,
        });
        for (const { id } of next.documents) seen.add(id);
        if (next.next === null) break;
        after = next.next;
        // Both what was shown and what was not; in a column that the order does not look at.
        const touched = own[(page * 7) % own.length];
        if (touched === undefined || page > 10) continue;
        const now = await of().get(scope(walker), touched.id);
        if (now !== undefined) await of().update(scope(walker), now.id, now.version, { units: 100 + page });
      }
      expect(sorted([...seen])).toEqual(sorted(own.map(({ id }) => id)));
    });

    it('refuses a position of another order', async () => {
      const order = [{ column: 'units', type: 'integer', descending: false }] as const;
      for (const after of [[], ['1'], [1, 2, 3, 4], [true], ['a', 'b', 'c', 'd']]) {
        expect(await refusalOf(of().list(scope(owner), { conditions: [], order, size: 5, after }))).toBe(
          'malformed_parameter',
        );
      }
    });

    it('narrowed by any conditions shows and counts what they say', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryCondition(), { minLength: 1, maxLength: 3 }), async (conditions) => {
          const wanted = all.filter(({ columns }) => conditions.every((each) => meets(columns, each)));
          const seen = await walk(owner, { conditions, order: [], size: 30 });
          expect(sorted(seen.map(({ id }) => id))).toEqual(sorted(wanted.map(({ id }) => id)));
          expect(await of().count(scope(owner), conditions)).toBe(wanted.length);
        }),
        { numRuns: 150 },
      );
    });
  });
}

const STATUS = ['open', 'paid', 'Paid', 'ä', 'z', '😀', 'ﬁ'];
const BIG = ['9007199254740992', '9007199254740993', '-9007199254740993', '0.1', '1e21', '5', '-5.5'];

/** Few different values, so that there are ties, and some that are missing, null or at the end of what a type holds. */
function sample(n: number): JsonObject {
  const columns: Record<string, Json> = {};
  if (n % 5 !== 0) columns.status = STATUS[n % STATUS.length] ?? null;
  if (n % 7 !== 0)
    columns.units = [0, -1, 3, 2_147_483_647, 9_007_199_254_740_991, -9_007_199_254_740_991][n % 6] ?? null;
  if (n % 4 !== 0) columns.total = numberFrom(BIG[n % BIG.length] ?? '0');
  if (n % 3 !== 0) columns.paid = n % 2 === 0;
  if (n % 6 !== 0)
    columns.placed = `20${10 + (n % 4)}-01-0${1 + (n % 3)}T00:00:0${n % 2}.${n % 2 === 0 ? '000' : '250'}Z`;
  if (n % 8 !== 0) columns.basket = `00000000-0000-4000-8000-00000000000${n % 4}`;
  if (n % 9 === 0) columns.status = null;
  if (n % 2 === 0) columns.tags = n % 4 === 0 ? [] : [STATUS[n % 3] ?? '', 'common'];
  return columns;
}

function numberFrom(digits: string): Json {
  return String(Number(digits)) === digits ? Number(digits) : new JsonNumber(digits);
}

function arbitraryCondition(): fc.Arbitrary<Condition> {
  const pick = <T>(...values: T[]) => fc.constantFrom(...values);
  const values: readonly [string, ResourceType, fc.Arbitrary<JsonScalar>][] = [
    ['status', 'keyword', pick(...STATUS, 'absent', '')],
    ['units', 'integer', pick(0, -1, 3, 2_147_483_647, 9_007_199_254_740_991, 12)],
    // Beyond 2^53, whether two numbers are one depends on what the field is (a double, a decimal).
    ['total', 'number', pick(5, -5.5, 0.1, 1000)],
    ['paid', 'boolean', pick(true, false)],
    ['placed', 'date', pick('2010-01-01T00:00:00.000Z', '2011-01-02T00:00:01.250Z', '2012-01-01T00:00:00Z')],
    ['basket', 'uuid', pick('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000009')],
    ['tags', 'keyword', pick('common', 'open', 'none')],
  ];
  const within = fc.oneof(
    ...values.map(([column, type, value]) =>
      fc
        .array(value, { minLength: 1, maxLength: 3 })
        .map((list): Condition => ({ kind: 'in', column, type, values: list })),
    ),
  );
  const exists = fc
    .tuple(pick('status', 'units', 'total', 'paid', 'placed', 'basket', 'tags', 'note'), fc.boolean())
    .map(([column, is]): Condition => ({ kind: 'exists', column, exists: is }));
  const ranged: readonly [string, ResourceType, fc.Arbitrary<string | number>][] = [
    ['status', 'keyword', pick('a', 'open', 'zz', 'ä')],
    ['units', 'integer', pick(0, 3, -1, 5)],
    ['total', 'number', pick(0, 0.1, 5, 1e20)],
    ['placed', 'date', pick('2011-01-01T00:00:00.000Z', '2012-01-03T00:00:00Z', '2011-01-02T00:00:01.250Z')],
  ];
  const range = fc.oneof(
    ...ranged.map(([column, type, bound]) =>
      fc.tuple(bound, bound, fc.boolean(), fc.boolean()).map(
        ([low, high, open, both]): Condition => ({
          kind: 'range',
          column,
          type,
          bounds: { [open ? 'gt' : 'gte']: low, ...(both ? { [open ? 'lte' : 'lt']: high } : {}) },
        }),
      ),
    ),
  );
  return fc.oneof(within, exists, range);
}

/** The meaning of a condition, said once more and without a store. */
function meets(columns: JsonObject, condition: Condition): boolean {
  const held = columns[condition.column];
  const values = (Array.isArray(held) ? held : [held]).filter(
    (value: Json | undefined) => value !== undefined && value !== null,
  );
  if (condition.kind === 'exists') return values.length > 0 === condition.exists;
  const { type } = condition;
  if (condition.kind === 'in')
    return values.some((value: Json) => condition.values.some((wanted) => compare(type, value, wanted) === 0));
  const { gt, gte, lt, lte } = condition.bounds;
  return values.some(
    (value: Json) =>
      (gt === undefined || compare(type, value, gt) > 0) &&
      (gte === undefined || compare(type, value, gte) >= 0) &&
      (lt === undefined || compare(type, value, lt) < 0) &&
      (lte === undefined || compare(type, value, lte) <= 0),
  );
}

function compare(type: ResourceType, left: Json, right: Json): number {
  if (type === 'integer' || type === 'number') return Number(text(left)) - Number(text(right));
  if (type === 'date') return Date.parse(text(left)) - Date.parse(text(right));
  return Buffer.compare(Buffer.from(text(left)), Buffer.from(text(right)));
}

function text(value: Json): string {
  return value instanceof JsonNumber ? value.raw : String(value);
}

function expectOrdered(documents: readonly StoredDocument[], order: ListQuery['order']): void {
  for (let at = 1; at < documents.length; at += 1) {
    const [a, b] = [documents[at - 1]?.columns ?? {}, documents[at]?.columns ?? {}];
    let decided = 0;
    for (const { column, type, descending } of order) {
      const [x, y] = [a[column] ?? null, b[column] ?? null];
      if (x === null || y === null) decided = x === y ? 0 : x === null ? 1 : -1;
      else decided = compare(type, x, y) * (descending ? -1 : 1);
      if (decided !== 0) break;
    }
    expect(decided, `documents ${at - 1} and ${at}`).toBeLessThanOrEqual(0);
  }
}

function sorted(values: readonly string[]): string[] {
  return [...values].sort();
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no refusal',
    (error: Refusal) => error.code ?? String(error),
  );
}

/** Objects of one kind, for comparing. */
function plain(json: Json): unknown {
  if (json instanceof JsonNumber) return { digits: json.raw };
  if (Array.isArray(json)) return json.map(plain);
  if (typeof json === 'object' && json !== null)
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, plain(value as Json)]));
  return json;
}
