import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import type { Condition, ListQuery, ResourceScope, ResourceStore } from '../../../contract/resource.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../../../contract/store.ts';
import { JsonNumber, type JsonObject } from '../../../json/value.ts';
import { HOSTILE, resourceFixture, scopeFixture } from '../../resource/testing/fixture.ts';
import { createElasticsearchResources } from './index.ts';
import { checkGrammar } from './testing/grammar.ts';

const resource = resourceFixture({});
const scope = scopeFixture(resource, 'p1');

type Reply = (request: UpstreamRequest) => { status?: number; json: unknown };

/** A store of one document, or of what `reply` says. */
function bench(reply: Reply) {
  const seen: UpstreamRequest[] = [];
  const store = createElasticsearchResources(
    {
      async send(request): Promise<UpstreamAnswer> {
        seen.push(request);
        const { status = 200, json } = reply(request);
        const body = typeof json === 'string' ? json : JSON.stringify(json);
        return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
      },
    },
    'elasticsearch-8',
  );
  return { store, seen };
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 };

function hit(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _index: 'orders',
    _id: 'a',
    _seq_no: 7,
    _primary_term: 2,
    _source: { customer: 'p1', deleted: false, status: 'open' },
    sort: [7],
    ...changes,
  };
}

function found(...hits: unknown[]): { json: unknown } {
  return { json: { took: 1, timed_out: false, _shards: SHARDS, hits: { max_score: 0, hits } } };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );
}

const all: ListQuery = { conditions: [], order: [], size: 5, after: null };

const OPERATIONS: Readonly<Record<string, (store: ResourceStore) => Promise<unknown>>> = {
  list: (store) => store.list(scope, all),
  count: (store) => store.count(scope, []),
  get: (store) => store.get(scope, 'a'),
  create: (store) => store.create(scope, 'a', { customer: 'p1' }),
  update: (store) => store.update(scope, 'a', '7:2', { status: 'paid' }),
  remove: (store) => store.remove(scope, 'a', null),
};

const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.string());
const scalar = fc.oneof(
  text,
  fc.constantFrom(0, -1, 1.5, 2 ** 53, new JsonNumber('9007199254740993')),
  fc.boolean(),
  fc.constant(null),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('in' as const),
    column: fc.constantFrom('status', 'tags', 'placed'),
    type: fc.constantFrom('keyword' as const, 'uuid', 'number', 'date'),
    values: fc.array(scalar, { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('range' as const),
    column: fc.constantFrom('status', 'total', 'placed'),
    type: fc.constantFrom('keyword' as const, 'number', 'date'),
    bounds: fc.dictionary(fc.constantFrom('gt', 'gte', 'lt', 'lte'), fc.oneof(text, fc.integer(), fc.double())),
  }),
  fc.record({ kind: fc.constant('exists' as const), column: fc.constant('status'), exists: fc.boolean() }),
);

describe('a request of any operation, whatever it is asked with', () => {
  it('holds the owner’s filter, or is bound to a version that was found with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        text.filter((owner) => owner !== '' && !/[\0\ud800-\udfff]/.test(owner)),
        fc.array(condition, { maxLength: 3 }),
        fc.option(fc.array(scalar, { maxLength: 4 })),
        fc.oneof(fc.constant('a'), text),
        fc.dictionary(fc.constantFrom('status', 'note', 'address'), scalar),
        async (owner, conditions, after, id, columns) => {
          const own = scopeFixture(resource, owner);
          const document = hit({ _id: id, _source: { customer: owner, deleted: false, address: { city: 'x' } } });
          const order = [{ column: 'status', type: 'keyword', descending: true }] as const;
          for (const run of [
            (store) => store.list(own, { conditions, order, size: 5, after }),
            (store) => store.count(own, conditions),
            (store) => store.get(own, id),
            (store) => store.create(own, id, { customer: owner, ...(columns as JsonObject) }),
            (store) => store.update(own, id, '7:2', columns as JsonObject),
            (store) => store.remove(own, id, '7:2'),
            (store) => store.remove(own, id, null),
          ] satisfies ((store: ResourceStore) => Promise<unknown>)[]) {
            const conflicting: Reply = ({ method, path }) =>
              path.includes('/_search?')
                ? found(document)
                : path.includes('_count')
                  ? { json: { count: 1, _shards: SHARDS } }
                  : method === 'GET'
                    ? { json: { ...document, found: true, _seq_no: 9 } }
                    : { status: 409, json: {} };
            const { store, seen } = bench(conflicting);
            await run(store).catch((error: unknown) => {
              if (!(error instanceof Refusal)) throw error;
            });
            checkGrammar(seen, resource, owner, id);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('answers that must not be believed', () => {
  const wrong: readonly [string, string, unknown][] = [
    ['another person’s document', 'post_check', hit({ _source: { customer: 'p2', deleted: false } })],
    ['a document that the declaration hides', 'post_check', hit({ _source: { customer: 'p1', deleted: true } })],
    ['a document without the columns of the filter', 'post_check', hit({ _source: {} })],
    ['a document without a source', 'post_check', hit({ _source: undefined })],
    ['a document of another index', 'post_check', hit({ _index: 'customers' })],
    ['a document of an index that begins alike', 'post_check', hit({ _index: 'orders-2' })],
    ['a document without a version', 'upstream_answer', hit({ _seq_no: undefined })],
    ['a document with a version that is no number', 'upstream_answer', hit({ _seq_no: '7' })],
    ['a hit without an id', 'upstream_answer', hit({ _id: 5 })],
    ['a hit that is no object', 'upstream_answer', 'x'],
  ];
  for (const [what, code, document] of wrong) {
    it(`are refused: ${what}`, async () => {
      for (const name of ['list', 'get', 'update', 'remove']) {
        const { store, seen } = bench(() => found(document));
        expect(await codeOf(OPERATIONS[name]!(store))).toBe(code);
        expect(seen).toHaveLength(1);
      }
    });
  }

  it('are refused: a document of another id', async () => {
    for (const name of ['get', 'update', 'remove']) {
      const { store, seen } = bench(() => found(hit({ _id: 'b' })));
      expect(await codeOf(OPERATIONS[name]!(store))).toBe('post_check');
      expect(seen).toHaveLength(1);
    }
  });

  it('are refused: more documents than were asked for', async () => {
    const { store } = bench(() => found(...Array.from({ length: 7 }, (_, n) => hit({ _id: `${n}`, sort: [n] }))));
    expect(await codeOf(store.list(scope, all))).toBe('post_check');
  });

  it('are refused: half an answer', async () => {
    for (const json of [
      { timed_out: true, _shards: SHARDS, hits: { hits: [] }, count: 0 },
      { timed_out: false, _shards: { ...SHARDS, failed: 1 }, hits: { hits: [] }, count: 0 },
      { hits: {} },
      { hits: { hits: {} }, count: '5' },
      [],
      'not JSON',
      '{"hits":{"hits":[],"hits":[]},"count":1,"count":2}x',
    ]) {
      for (const name of ['list', 'count', 'get', 'update', 'remove']) {
        expect(await codeOf(OPERATIONS[name]!(bench(() => ({ json })).store))).toBe('upstream_answer');
      }
    }
  });

  it('are refused: a write that was about another document, or tells no version', async () => {
    const answering = (json: unknown) =>
      bench(({ path }) => (path.includes('/_search?') ? found(hit()) : { status: 201, json })).store;
    for (const name of ['create', 'update']) {
      const run = OPERATIONS[name]!;
      const get = { _source: { customer: 'p1' } };
      expect(await codeOf(run(answering({ _id: 'b', _seq_no: 8, _primary_term: 2, get })))).toBe('post_check');
      expect(await codeOf(run(answering({ _id: 'a', _primary_term: 2, get })))).toBe('upstream_answer');
      expect(await codeOf(run(answering([])))).toBe('upstream_answer');
    }
    expect(await codeOf(OPERATIONS.update!(answering({ _id: 'a', _seq_no: 8, _primary_term: 2 })))).toBe(
      'upstream_answer',
    );
  });
});

describe('a store that fails', () => {
  const codes: readonly [status: number, code: string, ofWrite?: string][] = [
    [400, 'upstream_answer', 'invalid'],
    [401, 'unavailable'],
    [403, 'unavailable'],
    [404, 'upstream_answer'],
    [408, 'upstream_slow'],
    [429, 'upstream_down'],
    [500, 'upstream_answer'],
    [503, 'upstream_down'],
    [504, 'upstream_slow'],
  ];
  for (const [status, code, ofWrite = code] of codes) {
    it(`with ${status} makes it ${code}, and none of its words`, async () => {
      const json = { error: { type: 'x', reason: 'secret-canary' }, status };
      for (const [name, run] of Object.entries(OPERATIONS)) {
        const error = await run(bench(() => ({ status, json })).store).catch((each: unknown) => each);
        if (!(error instanceof Refusal)) throw new Error(`${name}: no refusal`);
        expect(error.code).toBe(name === 'create' ? ofWrite : code);
        expect(JSON.stringify([error, error.message, error.detail, error.stack, error.cause])).not.toContain('canary');
      }
    });
  }

  it('in the middle of an update makes it what it is for a write', async () => {
    const failing = (status: number) =>
      bench(({ path }) => (path.includes('/_search?') ? found(hit()) : { status, json: {} })).store;
    expect(await OPERATIONS.update!(failing(409))).toBe('changed');
    expect(await OPERATIONS.update!(failing(404))).toBe('absent');
    expect(await codeOf(OPERATIONS.update!(failing(400)))).toBe('invalid');
    expect(await OPERATIONS.remove!(failing(404))).toBe('absent');
    expect(await codeOf(OPERATIONS.remove!(failing(500)))).toBe('upstream_answer');
  });
});

describe('a removal of any version', () => {
  it('looks again, in real time, when it meets another writer', async () => {
    let writes = 0;
    const { store, seen } = bench(({ method, path }) => {
      if (path.includes('/_search?')) return found(hit({ _routing: 'r/1' }));
      if (method === 'GET') return { json: { ...hit(), found: true, _seq_no: 8 + writes, _routing: 'r/1' } };
      writes += 1;
      return writes < 3 ? { status: 409, json: {} } : { json: { result: 'deleted' } };
    });
    expect(await store.remove(scope, 'a', null)).toBe('removed');
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'GET', 'DELETE', 'GET', 'DELETE']);
    expect(seen.at(-1)?.path).toBe('/orders/_doc/a?if_seq_no=10&if_primary_term=2&routing=r%2F1&refresh=wait_for');
  });

  it('leaves a document that became another’s meanwhile', async () => {
    for (const now of [
      { ...hit({ _source: { customer: 'p2', deleted: false } }), found: true },
      { ...hit(), found: false },
    ]) {
      const { store, seen } = bench(({ method, path }) =>
        path.includes('/_search?') ? found(hit()) : method === 'GET' ? { json: now } : { status: 409, json: {} },
      );
      expect(await store.remove(scope, 'a', null)).toBe('absent');
      expect(seen.map(({ method }) => method)).toEqual(['POST', 'DELETE', 'GET']);
    }
  });

  it('gives up after some tries', async () => {
    const { store, seen } = bench(({ method, path }) =>
      path.includes('/_search?')
        ? found(hit())
        : method === 'GET'
          ? { json: { ...hit(), found: true } }
          : { status: 409, json: {} },
    );
    expect(await store.remove(scope, 'a', null)).toBe('changed');
    expect(seen.filter(({ method }) => method === 'DELETE')).toHaveLength(4);
  });
});

describe('a position', () => {
  const hits = (...places: (readonly [string, ...unknown[]])[]) =>
    found(...places.map(([id, ...sort]) => hit({ _id: id, sort })));
  const order = [{ column: 'units', type: 'integer', descending: false }] as const;

  it('names the documents that were shown at its place, over as many pages as there are', async () => {
    const { store } = bench(() => hits(['a', 5, 1], ['b', 5, 2], ['c', 5, 2], ['d', 5, 2]));
    const first = await store.list(scope, { ...all, order, size: 3 });
    expect(first.next).toEqual([5, 2, 'b', 'c']);
    const { store: later, seen } = bench(() => hits(['d', 5, 2], ['e', 5, 2]));
    const second = await later.list(scope, { ...all, order, size: 1, after: first.next });
    expect(second.next).toEqual([5, 2, 'b', 'c', 'd']);
    const body = JSON.parse(seen[0]?.body ?? '');
    expect(body.search_after).toEqual([5, 1]);
    expect(body.query.bool.must_not).toEqual([{ ids: { values: ['b', 'c'] } }]);
  });

  it('keeps what the store says of missing values, to the last digit', async () => {
    const answer = JSON.stringify(hits(['a', null, 0], ['b', null, 1]).json).replaceAll(
      '[null',
      '[9223372036854775807',
    );
    const { store } = bench(() => ({ json: answer }));
    const { next } = await store.list(scope, { ...all, order, size: 1 });
    expect(next).toEqual([new JsonNumber('9223372036854775807'), 0, 'a']);
    const { store: later, seen } = bench(() => found());
    await later.list(scope, { ...all, order, size: 1, after: next });
    expect(seen[0]?.body).toContain('"search_after":[9223372036854775807,-1]');
  });

  it('of nothing is none', async () => {
    expect((await bench(() => found()).store.list(scope, all)).next).toBeNull();
    expect((await bench(() => found(hit())).store.list(scope, all)).next).toBeNull();
  });

  it('that a hit does not tell is the store’s failure', async () => {
    for (const sort of [undefined, [], [1], [1, 2, 3], [1, 'x'], [{}, 1]]) {
      const { store } = bench(() => found(hit({ sort }), hit({ _id: 'b', sort })));
      expect(await codeOf(store.list(scope, { ...all, order, size: 1 }))).toBe('upstream_answer');
    }
  });
});

describe('a change', () => {
  const body = async (before: JsonObject, columns: JsonObject): Promise<unknown> => {
    const { store, seen } = bench(({ path }) =>
      path.includes('/_search?')
        ? found(hit({ _source: { customer: 'p1', deleted: false, ...before } }))
        : { status: 500, json: {} },
    );
    await codeOf(store.update(scope, 'a', '7:2', columns));
    return JSON.parse(seen[1]?.body ?? 'null')?.doc;
  };

  it('clears members of an object that the new one does not have, at any depth', async () => {
    expect(
      await body({ address: { a: 1, b: { c: 2, d: 3 }, e: 4 } }, { address: { b: { d: 5 }, e: { f: 6 } } }),
    ).toEqual({
      address: { a: null, b: { c: null, d: 5 }, e: { f: 6 } },
    });
    expect(await body({ address: [{ a: 1 }] }, { address: { b: 1 } })).toEqual({ address: { b: 1 } });
    expect(await body({ address: { a: 1 } }, { address: null })).toEqual({ address: null });
  });

  it('leaves no trace of what was cleared in what is read', async () => {
    const source = { customer: 'p1', deleted: false, address: { a: null, b: { c: null } }, status: null, tags: [null] };
    const { store } = bench(() => found(hit({ _source: source })));
    expect((await store.get(scope, 'a'))?.columns).toEqual({
      customer: 'p1',
      deleted: false,
      address: { b: {} },
      status: null,
      tags: [null],
    });
  });
});

describe('a data stream or a document with routing', () => {
  it('is written where it was found', async () => {
    const { store, seen } = bench(({ path }) =>
      path.includes('/_search?')
        ? found(hit({ _index: '.ds-orders-2026.03.01-000002', _routing: 'r 1' }))
        : { json: { _id: 'a', _seq_no: 8, _primary_term: 2, get: { _source: {} } } },
    );
    await store.update(scope, 'a', '7:2', { status: 'x' });
    expect(seen[1]?.path).toBe(
      '/.ds-orders-2026.03.01-000002/_update/a?if_seq_no=7&if_primary_term=2&routing=r%201&refresh=wait_for',
    );
  });
});

describe('columns', () => {
  it('are exactly the declared ones, whatever the store sends', async () => {
    const source = { customer: 'p1', deleted: false, status: 'x', password: 'secret', internal: 1 };
    const { store } = bench(() => found(hit({ _source: source })));
    const { documents } = await store.list(scope, all);
    expect(documents[0]?.columns).toEqual({ customer: 'p1', deleted: false, status: 'x' });
  });

  it('are asked for with what the filter compares, multi-fields by their parent', async () => {
    const bound: ResourceScope['bound'] = {
      kind: 'terms',
      field: 'tenant.keyword',
      type: 'keyword',
      values: ['t1'],
    };
    const { store, seen } = bench(() => found(hit({ _source: { tenant: 't1', status: 'x' } })));
    const { documents } = await store.list({ resource, bound }, all);
    expect(JSON.parse(seen[0]?.body ?? '')._source).toEqual(expect.arrayContaining(['tenant.keyword', 'tenant']));
    expect(documents[0]?.columns).toEqual({ status: 'x' });
  });
});
