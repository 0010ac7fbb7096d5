import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import { printJson } from '../../../json/print.ts';
import { bindFilter } from '../filter/index.ts';
import { compileSearch, type SearchScope } from '../search/index.ts';
import { applyFilterPath, projectCount, projectionFrom, projectionState, projectSearch, reply } from './index.ts';
import { scanHits } from './scan.ts';
import { answerOf, contextFor, foundAnswer, grantFor, hitOf, json, scopeFor, TRUSTED } from './testing/scenario.ts';

const ADA = { name: 'Ada', city: 'Lyon', age: 36, tenant: 't1', email: 'ada@example.org', ip: '192.0.2.77' };

function projected(
  answer: Parameters<typeof projectSearch>[0],
  body = '{}',
  scope: SearchScope = scopeFor(),
  params: Record<string, string> = {},
) {
  const { projection } = compileSearch(json(body), new Map(Object.entries(params)), scope);
  const found = projectSearch(answer, projection);
  return { ...found, json: JSON.parse(printJson(found.json)) };
}

function firstHit(source: unknown, more: Record<string, unknown> = {}, body = '{}', scope: SearchScope = scopeFor()) {
  return projected(foundAnswer([hitOf(source, more)]), body, scope).json.hits.hits[0];
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'answered';
}

describe('what a search shows', () => {
  it('shows the listed fields, masked where the rule masks, and numbers of shards without their reasons (B185)', () => {
    const answer = foundAnswer(
      [hitOf({ ...ADA, ssn: 'CANARY-FLD-1', phone: 'CANARY-FLD-2' }, { _version: 4, _seq_no: 9, inner_hits: {} })],
      {
        profile: { shards: ['CANARY-FLD-3'] },
        suggest: { s: [] },
        _clusters: { total: 1 },
        num_reduce_phases: 2,
        _shards: {
          total: 3,
          successful: 2,
          skipped: 2,
          failed: 1,
          failures: [{ index: 'canaryidx', reason: { type: 'x' } }],
        },
      },
    );
    const { json: shown, documents } = projected(answer);
    expect(shown).toEqual({
      took: 3,
      timed_out: false,
      _shards: { total: 3, successful: 2, skipped: 0, failed: 1 },
      hits: {
        total: { value: 1, relation: 'eq' },
        max_score: 1,
        hits: [
          {
            _index: 'profiles',
            _id: '1',
            _score: 1,
            _source: { ...ADA, email: 'a***@example.org', ip: '192.0.2.0/24' },
          },
        ],
      },
    });
    expect(documents).toEqual(['profiles/1']);
  });

  it('shows one score for every match where relevance would tell of hidden documents (B131)', () => {
    expect(firstHit(ADA)._score).toBe(1);
    expect(firstHit(ADA, { _score: null })._score).toBeNull();
    expect(firstHit(ADA, {}, '{}', scopeFor({ scoring: 'index-wide' }))._score).toBe(1.25);
  });

  it('shows of the document what was asked for', () => {
    expect(firstHit(ADA, {}, '{"_source":["city","ssn"]}')._source).toEqual({ city: 'Lyon' });
    expect(firstHit(ADA, {}, '{"_source":false}')).not.toHaveProperty('_source');
    expect(firstHit(ADA, {}, '{"_source":["nothing"]}')._source).toEqual({});
  });

  it('shows values of fields and highlights that were asked for, and no others (B127, B230)', () => {
    const more = {
      fields: { city: ['Lyon'], ssn: ['CANARY-FLD-1'], email: ['ada@example.org'] },
      highlight: { name: ['<em>Ada</em>'], ssn: ['<em>CANARY-FLD-1</em>'], email: ['<em>ada</em>'] },
    };
    const hit = firstHit(ADA, more, '{"fields":["city"],"highlight":{"fields":{"name":{}}}}');
    expect(hit.fields).toEqual({ city: ['Lyon'] });
    expect(hit.highlight).toEqual({ name: ['<em>Ada</em>'] });
    expect(firstHit(ADA, more)).not.toHaveProperty('fields');
    expect(firstHit(ADA, more)).not.toHaveProperty('highlight');
  });

  it('shows sort values of listed fields, and seals numbers of the store’s own', () => {
    expect(firstHit(ADA, { sort: [36] }, '{"sort":["age"]}').sort).toEqual([36]);
    expect(firstHit(ADA, { sort: [36] })).not.toHaveProperty('sort');
    const sealed = firstHit(ADA, { sort: [36, 4_711_000] }, '{"sort":["age","_doc"]}').sort;
    expect(sealed[0]).toBe(36);
    expect(JSON.stringify(sealed)).not.toContain('4711000');
    // A tie-breaker that the store adds by itself.
    expect(JSON.stringify(firstHit(ADA, { sort: [36, 4_711_000] }, '{"sort":["age"]}').sort)).not.toContain('4711000');
  });

  it('gives a total as one number when asked to (B055)', () => {
    const { json: shown } = projected(foundAnswer([]), '{}', scopeFor(), { rest_total_hits_as_int: 'true' });
    expect(shown.hits.total).toBe(0);
  });

  it('keeps what the number in the document was', () => {
    const answer = answerOf(
      `{"took":1,"hits":{"hits":[{"_index":"profiles","_id":"1","_score":1.0,"_source":{"age":9007199254740993,"tenant":"t1"}}]}}`,
    );
    const { projection } = compileSearch(undefined, new Map(), scopeFor());
    expect(printJson(projectSearch(answer, projection).json)).toContain('"age":9007199254740993');
  });
});

describe('the check of every hit (B183)', () => {
  it.each([
    ['of another index', hitOf(ADA, { _index: 'orders' })],
    ['of an index whose name begins alike', hitOf(ADA, { _index: 'profiles-archive' })],
    ['of a remote cluster', hitOf(ADA, { _index: 'eu:profiles' })],
    ['of another tenant', hitOf({ ...ADA, tenant: 't2' })],
    ['of a tenant in other case', hitOf({ ...ADA, tenant: 'T1' })],
    ['without a tenant', hitOf({ name: 'Ada' })],
    ['without a source', hitOf(undefined)],
  ])('refuses the whole answer for a hit %s', (_what, wrong) => {
    expect(refusal(() => projected(foundAnswer([hitOf(ADA), wrong])))).toBe('post_check');
  });

  it('refuses more hits than were asked for', () => {
    expect(refusal(() => projected(foundAnswer([hitOf(ADA), hitOf(ADA)]), '{"size":1}'))).toBe('post_check');
  });

  it('refuses a hit of another index for trusted services too', () => {
    expect(refusal(() => projected(foundAnswer([hitOf({}, { _index: 'orders' })]), '{}', scopeFor(TRUSTED)))).toBe(
      'post_check',
    );
  });

  it('reads backing indices as their stream, and no others (B027)', () => {
    const scope = scopeFor({ index: 'logs', dataStream: true });
    const of = (_index: string) => refusal(() => projected(foundAnswer([hitOf(ADA, { _index })]), '{}', scope));
    expect(of('.ds-logs-2026.11.22-000001')).toBe('answered');
    expect(of('.ds-logs-000001')).toBe('answered');
    expect(of('.ds-logs-app-2026.11.22-000001')).toBe('post_check');
    expect(of('.ds-logs-2026.11.22-000001-x')).toBe('post_check');
    expect(firstHit(ADA, { _index: '.ds-logs-2026.11.22-000001' }, '{}', scope)._index).toBe('logs');
  });

  it.each([
    ['no JSON', { ...answerOf('<html>'), headers: { 'content-type': 'text/html' } }],
    ['broken JSON', answerOf('{"took":1')],
    ['an answer without hits', answerOf({ took: 1 })],
    ['hits that are no list', answerOf({ hits: { hits: {} } })],
    ['a hit that is none', answerOf({ hits: { hits: [7] } })],
    ['a hit without identity', answerOf({ hits: { hits: [{ _source: ADA }] } })],
  ])('refuses %s', (_what, answer) => {
    expect(refusal(() => projected(answer))).toBe('upstream_answer');
  });
});

describe('ids in a namespace', () => {
  const scope = scopeFor({ idNamespace: { claim: ['tenant'] } });

  it('shows the client its own ids, and counts the store’s', () => {
    const { json: shown, documents } = projected(foundAnswer([hitOf(ADA, { _id: 't1:7' })]), '{}', scope);
    expect(shown.hits.hits[0]._id).toBe('7');
    expect(documents).toEqual(['profiles/t1:7']);
  });

  it('takes no document that lies outside of it', () => {
    expect(refusal(() => projected(foundAnswer([hitOf(ADA, { _id: 't2:7' })]), '{}', scope))).toBe('post_check');
    expect(refusal(() => projected(foundAnswer([hitOf(ADA, { _id: '7' })]), '{}', scope))).toBe('post_check');
  });
});

describe('answers for trusted services', () => {
  it('pass as they came', () => {
    const answer = foundAnswer([hitOf({ a: 1 }, { _version: 3, _routing: 'x' })], {
      aggregations: { a: { value: 1 } },
    });
    const found = projected(answer, '{}', scopeFor(TRUSTED));
    expect(found.bytes).toBe(answer.body);
    expect(found.json).toEqual(JSON.parse(Buffer.from(answer.body).toString()));
    expect(found.documents).toEqual(['profiles/1']);
  });

  it('are printed anew where they hold an id of the store’s, or what is never shown', () => {
    const scroll = projected(foundAnswer([], { _scroll_id: 'raw' }), '{}', scopeFor(TRUSTED, 'scroll'));
    expect(scroll.bytes).toBeUndefined();
    expect(scroll.scrollId).toBe('raw');
    expect(JSON.stringify(scroll.json)).not.toContain('raw');
    expect(projected(foundAnswer([], { strange: 1 }), '{}', scopeFor(TRUSTED)).json).not.toHaveProperty('strange');
    const failed = foundAnswer([], { _shards: { total: 1, failed: 1, failures: ['canaryidx'] } });
    expect(JSON.stringify(projected(failed, '{}', scopeFor(TRUSTED)).json)).not.toContain('canaryidx');
  });
});

describe('later pages (B149)', () => {
  const state = () => {
    const body = '{"_source":["city","email"],"sort":["_doc"],"fields":["age"],"size":7}';
    return projectionState(compileSearch(json(body), new Map(), scopeFor({}, 'scroll')).projection);
  };

  it('are read as the first page was', () => {
    const { grants, context } = scopeFor();
    const projection = projectionFrom(state(), grants, context);
    const page = projectSearch(foundAnswer([hitOf({ ...ADA, ssn: 'x' }, { sort: [99_887_766] })]), projection);
    const text = printJson(page.json);
    expect(text).toContain('"_source":{"city":"Lyon","email":"a***@example.org"}');
    expect(text).not.toContain('99887766');
    expect(refusal(() => projectSearch(foundAnswer([hitOf({ ...ADA, tenant: 't2' })]), projection))).toBe('post_check');
  });

  it('are found again by a filter whose number no double holds', () => {
    const filter = { kind: 'term', field: 'age', type: 'number', value: { claim: ['big'] } } as const;
    const grants = [grantFor({ filter })];
    const stateOf = (big: string) => {
      const context = contextFor(grants, json(`{"big":${big}}`) as never);
      const bound = bindFilter(filter, context.principal.claims);
      const scope = { grants, bound, context, dialect: 'elasticsearch-8', within: 'scroll' } as const;
      return [projectionState(compileSearch(undefined, new Map(), scope).projection), context] as const;
    };
    const [state, context] = stateOf('9007199254740993');
    expect(projectionFrom(state, grants, context).bound).toEqual(bindFilter(filter, context.principal.claims));
    expect(refusal(() => projectionFrom(state, grants, stateOf('9007199254740992')[1]))).toBe('forbidden');
  });

  it('are nobody’s whose claims have changed', () => {
    const grants: Grant[] = [grantFor()];
    const context: StoreContext = contextFor(grants, json('{"tenant":"t2"}') as never);
    expect(refusal(() => projectionFrom(state(), grants, context))).toBe('forbidden');
  });
});

describe('large answers', () => {
  const value: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3 });

  it('are read hit by hit to the same result', () => {
    const hit = fc.record({
      name: fc.string({ unit: 'grapheme' }),
      city: value,
      age: value,
      extra: value,
      '"hits"': value,
    });
    fc.assert(
      fc.property(
        fc.array(hit, { maxLength: 8 }),
        fc.constantFrom(0, 1, 2),
        fc.dictionary(fc.string(), value),
        (sources, indent, more) => {
          const hits = sources.map((source, n) => hitOf({ ...source, tenant: 't1' }, { _id: `${n}` }));
          const { took: _took, hits: _hits, ...others } = more;
          const full = { ...others, ...JSON.parse(Buffer.from(foundAnswer(hits).body).toString()) };
          const answer = answerOf(JSON.stringify(full, undefined, indent));
          const { projection } = compileSearch(undefined, new Map(), scopeFor());
          const tree = projectSearch(answer, projection);
          const scanned = projectSearch(answer, projection, 0);
          expect(printJson(scanned.json)).toBe(printJson(tree.json));
          expect(JSON.parse(String(Buffer.from(reply(200, scanned.json).body)))).toEqual(
            JSON.parse(printJson(tree.json)),
          );
          expect(scanned.documents).toEqual(tree.documents);
          expect(printJson(applyFilterPath(scanned.json, 'hits.hits._source.name,took'))).toBe(
            printJson(applyFilterPath(tree.json, 'hits.hits._source.name,took')),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are refused where their structure breaks', () => {
    const text = Buffer.from(foundAnswer([hitOf(ADA), hitOf(ADA)]).body).toString();
    const { projection } = compileSearch(undefined, new Map(), scopeFor());
    for (let end = 0; end < text.length; end++) {
      expect(refusal(() => projectSearch(answerOf(text.slice(0, end)), projection, 0))).toBe('upstream_answer');
    }
    expect(refusal(() => projectSearch(answerOf(text.replace('},{"_index"', '}{"_index"')), projection, 0))).toBe(
      'upstream_answer',
    );
    const twice = text.replace('"hits":{"total"', '"hits":{"hits":[],"total"');
    expect(refusal(() => projectSearch(answerOf(twice), projection, 0))).toBe('upstream_answer');
  });

  it('find the hits and nothing in strings that looks like them', () => {
    const text = '{"a":"\\"hits\\":{","b":{"hits":1},"hits" : {"x":["hits"],"hits" : [ {"a":"]"} , 2 ] }}';
    const { skeleton, hits } = scanHits(Buffer.from(text));
    expect(Buffer.from(skeleton).toString()).toBe(
      '{"a":"\\"hits\\":{","b":{"hits":1},"hits" : {"x":["hits"],"hits" : [] }}',
    );
    expect([...(hits ?? [])].map((hit) => printJson(hit))).toEqual(['{"a":"]"}', '2']);
  });
});

describe('counts', () => {
  it('shows the number', () => {
    const answer = answerOf({ count: 3, _shards: { total: 2, successful: 2, skipped: 1, failed: 0 }, extra: 1 });
    expect(JSON.parse(printJson(projectCount(answer)))).toEqual({
      count: 3,
      _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
    });
    expect(refusal(() => projectCount(answerOf({})))).toBe('upstream_answer');
  });
});
