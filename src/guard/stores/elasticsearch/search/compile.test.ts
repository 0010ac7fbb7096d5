import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { printJson } from '../../../json/print.ts';
import type { Json } from '../../../json/value.ts';
import { openSort, sealSort } from '../response/sort-seal.ts';
import { contextFor, FIELDS, fieldsOf, grantFor, json, scopeFor, TRUSTED } from '../response/testing/scenario.ts';
import { compileCount, compileSearch, SEARCH_PARAMETERS, type SearchScope } from './index.ts';

function emitted(body: string, scope: SearchScope = scopeFor(), params: Record<string, string> = {}) {
  const compiled = compileSearch(json(body), new Map(Object.entries(params)), scope);
  return JSON.parse(printJson(compiled.body));
}

function refused(body: string, scope: SearchScope = scopeFor(), params: Record<string, string> = {}): string {
  try {
    compileSearch(json(body), new Map(Object.entries(params)), scope);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'compiled';
}

const DLS = { term: { tenant: 't1' } };
const ALLOWED = [...FIELDS.keys()];

describe('what a search sends', () => {
  it('puts the document filter around the query, asks for the listed fields only, and says how many hits', () => {
    const body = emitted('{"query":{"term":{"city":"Lyon"}}}');
    expect(JSON.stringify(body.query)).toContain(JSON.stringify(DLS.term.tenant));
    expect(body._source).toEqual({ includes: ALLOWED });
    expect(body.size).toBe(10);
  });

  it('does the same without a body', () => {
    const compiled = compileSearch(undefined, new Map(), scopeFor());
    expect(printJson(compiled.body)).toContain('"t1"');
    expect(compiled.query).toEqual([['request_cache', 'false']]);
  });

  it('changes nothing when it compiles what it has compiled', () => {
    const body = `{"query":{"match":{"name":"Ada"}},"size":5,"from":5,"sort":["age",{"city":{"order":"desc","missing":"_last"}}],
      "_source":["na*","city"],"track_total_hits":true,"timeout":"5s","fields":["city"],
      "highlight":{"fields":{"name":{}}},"post_filter":{"term":{"city":"Lyon"}},"collapse":{"field":"city"},
      "aggs":{"c":{"terms":{"field":"city"},"aggs":{"a":{"avg":{"field":"age"}}}}}}`;
    const once = emitted(body);
    expect(emitted(JSON.stringify(once))).toEqual(once);
  });

  it('never sends an empty list of fields, which a store takes for all of them', () => {
    expect(emitted('{"_source":"ssn"}', scopeFor({ filter: null }))._source).toBe(false);
    expect(emitted('{"_source":["ssn"]}')._source).toEqual({ includes: ['tenant'] });
    expect(emitted('{"_source":false}')._source).toEqual({ includes: ['tenant'] });
  });

  it.each([
    ['true', ALLOWED],
    ['"*"', ALLOWED],
    ['{"exclude":[]}', ALLOWED],
    ['{"exclude_vectors":false}', ALLOWED],
    ['["ssn","name"]', ['name', 'tenant']],
    ['{"includes":["s*"]}', ['tenant']],
    ['{"includes":["na*","phone"]}', ['name', 'tenant']],
    ['{"excludes":["email","ip","joined","age"]}', ['name', 'city', 'tenant']],
    ['["*m*"]', ['name', 'tenant', 'email']],
  ])('rewrites _source %s to literal names of the rule (B124)', (source, includes) => {
    expect(emitted(`{"_source":${source}}`)._source).toEqual({ includes });
  });

  it.each(['1', '{"include":["a"],"includes":["b"]}', '{"fields":["a"]}', '[1]', `["${'*a'.repeat(9)}"]`, 'null'])(
    'refuses _source %s',
    (source) => {
      expect(refused(`{"_source":${source}}`)).toBe('unsupported_option');
    },
  );
});

describe('options that strict rules do not have', () => {
  it.each([
    ['B107', '"suggest":{"s":{"text":"x","term":{"field":"city"}}}'],
    ['B120', '"runtime_mappings":{"x":{"type":"keyword"}}'],
    ['B122', '"script_fields":{"x":{"script":"1"}}'],
    ['B123', '"stored_fields":["phone"]'],
    ['B123', '"stored_fields":"_source"'],
    ['B130', '"profile":true'],
    ['B042', '"explain":true'],
    ['B042', '"version":true'],
    ['B132', '"indices_boost":[{"orders":2}]'],
    ['B133', '"search_pipeline":{}'],
    ['B133', '"ext":{}'],
    ['B133', '"stats":["a"]'],
    ['B133', '"slice":{"id":0,"max":2}'],
    ['B094', '"knn":{"field":"vec","query_vector":[1],"k":1}'],
    ['B094', '"retriever":{"standard":{}}'],
    ['B094', '"sub_searches":[]'],
    ['B094', '"rank":{"rrf":{}}'],
    ['', '"rescore":{"query":{"rescore_query":{"match_all":{}}}}'],
    ['', '"terminate_after":1'],
    ['', '"seq_no_primary_term":true'],
    ['', '"min_score":0.5'],
    ['', '"track_scores":true'],
    ['B135', '"querry":{}'],
    ['B074', '"Query":{}'],
  ])('%s: refuses %s', (_case, option) => {
    expect(refused(`{${option}}`)).toBe('unsupported_option');
  });

  it('takes both names of aggregations together for neither (B074)', () => {
    const aggs = '{"c":{"terms":{"field":"city"}}}';
    expect(refused(`{"aggs":${aggs},"aggregations":${aggs}}`)).toBe('unsupported_option');
  });

  it('lets what is off by itself be said to be off', () => {
    expect(Object.keys(emitted('{"explain":false,"profile":false,"version":false}'))).not.toContain('profile');
  });
});

describe('pages', () => {
  it.each([
    ['{"size":101}', 'too_costly'],
    ['{"size":1000000}', 'too_costly'],
    ['{"size":100,"from":901}', 'too_costly'],
    ['{"size":-1}', 'unsupported_option'],
    ['{"size":1.5}', 'unsupported_option'],
    ['{"size":1e1}', 'unsupported_option'],
    ['{"size":"10"}', 'unsupported_option'],
    ['{"from":-0}', 'unsupported_option'],
  ])('refuses %s (B047)', (body, code) => {
    expect(refused(body)).toBe(code);
  });

  it('gives no more hits than the rule by itself', () => {
    expect(emitted('{}', scopeFor({ limits: { ...grantFor().limits, page: 3 } })).size).toBe(3);
  });
});

describe('sort and search_after', () => {
  it('prints each key with its order', () => {
    expect(emitted('{"sort":[{"age":"desc"},"city",{"joined":{"order":"asc","format":"epoch_millis"}}]}').sort).toEqual(
      [{ age: { order: 'desc' } }, { city: { order: 'asc' } }, { joined: { order: 'asc', format: 'epoch_millis' } }],
    );
  });

  it.each([
    '[{"ssn":"asc"}]',
    '"email"',
    '"_id"',
    '"_seq_no"',
    '[{"_script":{"type":"number","script":"1"}}]',
    '[{"_geo_distance":{"loc":"0,0"}}]',
  ])('refuses to sort by what is not listed: %s (B125)', (sort) => {
    expect(refused(`{"sort":${sort}}`)).toBe('forbidden');
  });

  it.each([
    '["name"]',
    '[{"age":{"nested":{"path":"reviews","filter":{"term":{"reviews.secret":"x"}}}}}]',
    '[{"age":{"order":"asc","unmapped_type":"x"}}]',
    '"_score"',
    '"_shard_doc"',
    '[{"age":"asc","city":"asc"}]',
  ])('refuses to sort by %s (B125)', (sort) => {
    expect(refused(`{"sort":${sort}}`)).toBe('unsupported_option');
  });

  it('sorts by relevance where the rule shows it', () => {
    expect(emitted('{"sort":["_score"]}', scopeFor({ scoring: 'index-wide' })).sort).toEqual([
      { _score: { order: 'desc' } },
    ]);
  });

  it('wants one scalar for each key (B126)', () => {
    expect(emitted('{"sort":["age","city"],"search_after":[30,"Lyon"]}').search_after).toEqual([30, 'Lyon']);
    for (const after of ['[30]', '[30,"a","b"]', '[[1],2]', '[{"a":1},2]', '7']) {
      expect(refused(`{"sort":["age","city"],"search_after":${after}}`)).toBe('unsupported_option');
    }
    expect(refused('{"search_after":[1]}')).toBe('unsupported_option');
    expect(refused('{"sort":["age"],"search_after":[1],"from":5}')).toBe('unsupported_option');
  });

  it('leaves out an order that would count hidden documents', () => {
    expect(emitted('{"sort":["_doc"]}').sort).toBeUndefined();
    expect(emitted('{"sort":[{"age":"desc"},"_doc"]}').sort).toEqual([{ age: { order: 'desc' } }]);
    expect(refused('{"sort":[{"age":"desc"},"_doc"],"search_after":[30]}')).toBe('unsupported_option');
    expect(refused('{"sort":[{"_doc":"sideways"}]}')).toBe('unsupported_option');
    expect(emitted('{"sort":["_doc"]}', scopeFor({ filter: null })).sort).toEqual([{ _doc: { order: 'asc' } }]);
  });

  it('takes a document number only sealed, as this gateway gave it to this principal', () => {
    const grant = grantFor({ filter: null });
    const context = contextFor([grant]);
    const scope: SearchScope = { ...scopeFor({ filter: null }), grants: [grant], context };
    const sealed = sealSort(41, [grant], context);
    expect(openSort(sealed, [grant], context)).toBe(41);
    expect(emitted(`{"sort":["_doc"],"search_after":["${sealed}"]}`, scope).search_after).toEqual([41]);
    expect(refused('{"sort":["_doc"],"search_after":[41]}', scope)).toBe('malformed_body');
    expect(refused('{"sort":["_doc"],"search_after":["41"]}', scope)).toBe('malformed_body');
    const other = { ...context, principal: { ...context.principal, id: 'token:shop:bob' } };
    expect(refused(`{"sort":["_doc"],"search_after":["${sealed}"]}`, { ...scope, context: other })).toBe('absent');
  });
});

describe('fields, highlights and collapse', () => {
  it('asks for literal listed names (B123)', () => {
    const body = emitted('{"fields":["city",{"field":"joined","format":"yyyy-MM"}],"docvalue_fields":["age"]}');
    expect(body.fields).toEqual(['city', { field: 'joined', format: 'yyyy-MM' }]);
    expect(body.docvalue_fields).toEqual(['age']);
  });

  it.each([
    '["*"]',
    '["ph*"]',
    '[{"field":"ssn"}]',
    '["_source"]',
    '["_ignored"]',
    '["_id"]',
    '["email"]',
    '["city*"]',
  ])('refuses the fields %s, which are not listed (B040, B123)', (fields) => {
    expect(refused(`{"fields":${fields}}`)).toBe('forbidden');
    expect(refused(`{"docvalue_fields":${fields}}`)).toBe('forbidden');
  });

  it.each(['[{"field":"city","include_unmapped":true}]', '"city"', '[7]'])('refuses the fields %s', (fields) => {
    expect(refused(`{"fields":${fields}}`)).toBe('unsupported_option');
    expect(refused(`{"docvalue_fields":${fields}}`)).toBe('unsupported_option');
  });

  it('understands that nothing stored is wanted, and still asks for what the check reads', () => {
    const body = emitted('{"stored_fields":"_none_"}');
    expect(body.stored_fields).toBeUndefined();
    expect(body._source).toEqual({ includes: ['tenant'] });
  });

  it('highlights listed text only where the query names it (B127)', () => {
    const body = emitted('{"highlight":{"pre_tags":"<b>","fields":{"name":{"number_of_fragments":1}}}}');
    expect(body.highlight).toEqual({
      pre_tags: ['<b>'],
      require_field_match: true,
      fields: [{ name: { number_of_fragments: 1 } }],
    });
  });

  it.each([
    '{"fields":{"ssn":{}}}',
    '{"fields":{"*":{}}}',
    '{"fields":{"email":{}}}',
    '{"fields":{"age":{}}}',
    '{"fields":{"name":{}},"require_field_match":false}',
    '{"fields":{"name":{"require_field_match":false}}}',
    '{"fields":{"name":{"highlight_query":{"match":{"ssn":"1"}}}}}',
    '{"fields":{"name":{"matched_fields":["ssn"]}}}',
    '{"fields":{"name":{}},"boundary_scanner":"chars"}',
    '{"fields":{"name":{"number_of_fragments":1e9}}}',
    '{}',
    'true',
  ])('refuses the highlight %s (B127)', (highlight) => {
    expect(refused(`{"highlight":${highlight}}`)).not.toBe('compiled');
  });

  it('collapses by a listed keyword, without inner hits (B119, B128)', () => {
    expect(emitted('{"collapse":{"field":"city"}}').collapse).toEqual({ field: 'city' });
    for (const collapse of ['{"field":"ssn"}', '{"field":"email"}']) {
      expect(refused(`{"collapse":${collapse}}`)).toBe('forbidden');
    }
    for (const collapse of ['{"field":"city","inner_hits":{"name":"x"}}', '{"field":"age"}', '"city"']) {
      expect(refused(`{"collapse":${collapse}}`)).toBe('unsupported_option');
    }
  });

  it('reads the post filter as a query of the grammar', () => {
    expect(refused('{"post_filter":{"term":{"ssn":"1"}}}')).not.toBe('compiled');
    expect(refused('{"post_filter":{"query_string":{"query":"*"}}}')).not.toBe('compiled');
  });
});

describe('parameters', () => {
  const compiled = (params: Record<string, string>) =>
    compileSearch(undefined, new Map(Object.entries(params)), scopeFor());

  it('says in the body what the URL says', () => {
    const { body, size, from } = compiled({
      size: '5',
      from: '2',
      sort: 'age:desc,city',
      _source: 'name,ssn',
      track_total_hits: 'true',
    });
    expect(JSON.parse(printJson(body))).toMatchObject({
      size: 5,
      from: 2,
      sort: [{ age: { order: 'desc' } }, { city: { order: 'asc' } }],
      _source: { includes: ['name', 'tenant'] },
      track_total_hits: true,
    });
    expect([size, from]).toEqual([5, 2]);
  });

  it.each([
    { size: '1e3' },
    { size: '-1' },
    { size: '0x64' },
    { size: '٣' },
    { size: '+1' },
    { size: '01' },
    { size: '' },
    { size: '1000000' },
    { from: '999999' },
    { sort: 'ssn:asc' },
    { sort: 'age:sideways' },
    { docvalue_fields: 'phone' },
    { stored_fields: 'phone' },
    { explain: 'true' },
    { version: 'true' },
    { timeout: '-1' },
    { timeout: '1h' },
    { _source: 'a', _source_includes: 'b' },
  ])('refuses %j (B040–B047)', (params) => {
    expect(() => compiled(params as unknown as Record<string, string>)).toThrow(Refusal);
  });

  it.each([
    ...[
      'source',
      'source_content_type',
      'q',
      'df',
      'analyzer',
      'analyze_wildcard',
      'default_operator',
      'lenient',
      'profile',
    ],
    ...[
      'preference',
      'routing',
      'search_pipeline',
      'pipeline',
      'suggest_field',
      'suggest_text',
      'error_trace',
      '_source_include',
    ],
    ...[
      '_source_exclude',
      '_SOURCE',
      'filter_path',
      'format',
      'x',
      '[size]',
      'size;q',
      'fields',
      'include_source_on_error',
    ],
  ])('does not know %s (B035–B057)', (name) => {
    expect(SEARCH_PARAMETERS.has(name)).toBe(false);
  });

  it('refuses an option that stands in the body and in the URL', () => {
    expect(refused('{"size":1}', scopeFor(), { size: '2' })).toBe('unsupported_option');
    expect(refused('{"_source":true}', scopeFor(), { _source_excludes: 'name' })).toBe('unsupported_option');
  });

  it('keeps the store from caching what is one principal’s, whatever the client says (B052)', () => {
    expect(compiled({ request_cache: 'true' }).query).toEqual([['request_cache', 'false']]);
  });

  it('shapes the answer itself (B055)', () => {
    const { projection, query, body } = compiled({ typed_keys: 'true', rest_total_hits_as_int: 'true' });
    expect(query).toEqual([['request_cache', 'false']]);
    expect(projection.parts).toMatchObject({ typedKeys: true, totalAsInt: true });
    expect(body.track_total_hits).toBe(true);
    expect(emitted(printJson(body))).toEqual(JSON.parse(printJson(body)));
    expect(Object.keys(emitted(printJson(body)))).toEqual(Object.keys(body));
  });
});

describe('scrolls and points in time', () => {
  it('refuses in a scroll what a scroll has not', () => {
    const scroll = scopeFor({}, 'scroll');
    for (const body of [
      '{"from":1}',
      '{"size":0}',
      '{"collapse":{"field":"city"}}',
      '{"sort":["age"],"search_after":[1]}',
    ]) {
      expect(refused(body, scroll)).toBe('unsupported_option');
    }
    expect(
      refused(
        `{"_source":[${Array(40)
          .fill(`"${'x'.repeat(200)}"`)
          .join()}]}`,
        scroll,
      ),
    ).toBe('too_costly');
  });

  it('opens a point in time for its owner, and puts the filter into each search of it (B143)', () => {
    const grant = grantFor();
    const context = contextFor([grant]);
    const scope: SearchScope = { ...scopeFor({}, 'pit'), grants: [grant], context };
    const seal = (change = {}) =>
      context.sealer.seal({
        ...{ kind: 'pit', id: 'raw-pit', principal: context.principal.id, confirmation: null, upstream: 'shop' },
        ...{ indices: ['profiles'], grants: ['grant-1'], expiresAt: context.now + 1000, state: '', ...change },
      });
    const body = emitted(`{"pit":{"id":"${seal()}","keep_alive":"1m"}}`, scope);
    expect(body.pit).toEqual({ id: 'raw-pit', keep_alive: '60000ms' });
    expect(JSON.stringify(body.query)).toContain('"t1"');
    expect(refused(`{"pit":{"id":"raw-pit"}}`, scope)).toBe('malformed_body');
    expect(refused(`{"pit":{"id":"${seal({ principal: 'token:shop:bob' })}"}}`, scope)).toBe('absent');
    expect(refused(`{"pit":{"id":"${seal()}","keep_alive":"9h"}}`, scope)).toBe('too_costly');
    expect(refused('{}', scope)).toBe('unsupported_option');
    expect(refused(`{"pit":{"id":"${seal()}"}}`, { ...scope, within: 'search' })).toBe('unsupported_option');
  });
});

describe('trusted services', () => {
  const trusted = scopeFor(TRUSTED);

  it('may ask for more, still from a closed list and printed anew', () => {
    const body = emitted(
      '{"query":{"match_all":{}},"version":true,"slice":{"id":0,"max":2},"_source":["a*"],"sort":["any.field"]}',
      trusted,
    );
    expect(body).toMatchObject({
      version: true,
      slice: { id: 0, max: 2 },
      _source: { includes: ['a*'], excludes: [] },
    });
    expect(compileSearch(undefined, new Map(), trusted).query).toEqual([]);
  });

  it.each([
    '"script_fields":{"x":{"script":"1"}}',
    '"runtime_mappings":{}',
    '"suggest":{"s":{"text":"x","phrase":{"field":"a","collate":{"query":{"source":"{}"}}}}}',
    '"rescore":{"query":{"rescore_query":{"script_score":{"script":"1"}}}}',
    '"knn":{"field":"v","query_vector_builder":{},"k":1}',
    '"indices_boost":[{"orders":2}]',
    '"sort":[{"_script":{}}]',
    '"ext":{}',
  ])('may not have %s', (option) => {
    expect(refused(`{${option}}`, trusted)).not.toBe('compiled');
  });

  it('is read by the strict grammar as soon as its documents are filtered', () => {
    const scope = scopeFor({ ...TRUSTED, filter: grantFor().filter });
    expect(refused('{"profile":true}', scope)).toBe('unsupported_option');
    expect(emitted('{}', scope)._source).toBe(true);
    expect(emitted('{"_source":["a"]}', scope)._source).toEqual({ includes: ['a', 'tenant'] });
    expect(refused('{"_source":["a*"]}', scope)).toBe('unsupported_option');
  });
});

describe('objects', () => {
  const fields = fieldsOf({
    name: 'text',
    attrs: 'object',
    'attrs.mail': ['keyword', { kind: 'redact' }],
    reviews: 'nested',
    'reviews.stars': 'integer',
  });
  const includes = (source: Json) =>
    emitted(JSON.stringify({ _source: source }), scopeFor({ fields, filter: null }))._source;

  it('are asked for by their listed members, so that what is not listed stays in the store', () => {
    expect(includes(true)).toEqual({ includes: ['name', 'attrs.mail', 'reviews.stars'] });
    expect(includes(['attrs.color'])).toBe(false);
    expect(includes(['attrs.*'])).toEqual({ includes: ['attrs.mail'] });
    expect(includes(['attrs'])).toEqual({ includes: ['attrs.mail'] });
    expect(includes(['attrs.mail.x'])).toBe(false);
    expect(includes(['reviews.secret'])).toBe(false);
  });
});

describe('counts', () => {
  it('is a query under the filter, and nothing else (B160)', () => {
    const { body } = compileCount(json('{"query":{"term":{"city":"Lyon"}}}'), new Map(), scopeFor());
    expect(Object.keys(body)).toEqual(['query']);
    expect(printJson(body)).toContain('"t1"');
    expect(() => compileCount(json('{"size":1}'), new Map(), scopeFor())).toThrow(Refusal);
    expect(() => compileCount(json('{"query":{"prefix":{"phone":"9"}}}'), new Map(), scopeFor())).toThrow(Refusal);
  });
});
