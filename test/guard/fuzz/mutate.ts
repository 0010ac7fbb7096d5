/** Nearly valid requests: a valid one, and one thing about it that is not as it should be. */
import type { Draft, Twist } from './draft.ts';
import { FORBIDDEN_FIELDS, MASKED, OTHER_INDICES, oddText, USABLE } from './names.ts';
import { at, isObject, onePlace, put, queryPlaces, remove } from './places.ts';
import type { Random } from './random.ts';

type Mutation = (random: Random, draft: Draft) => void;

const WRONG: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  '',
  'x',
  '10',
  [],
  {},
  [[]],
  [{}],
  { field: 'name' },
  [null],
  2 ** 53,
  '__proto__',
];
const UNKNOWN = [
  'boost2',
  'Query',
  '_SOURCE',
  'querry',
  'x',
  '__proto__',
  'constructor',
  'toString',
  'rewrite',
  'fuzziness',
  'analyzer',
  '_name',
  'script',
  'lang',
  'params',
  'inner_hits',
  'routing',
  'pipeline',
  'version',
  'ext',
  'meta',
  '',
];
const TWISTS: readonly Twist[] = [
  ...([
    'duplicate-key',
    'escaped-duplicate',
    'comment',
    'trailing-comma',
    'trailing-data',
    'truncated',
    'bom',
    'crlf',
  ] as const),
  ...([
    'no-newline',
    'blank-line',
    'single-quotes',
    'nan',
    'big-number',
    'leading-zero',
    'lone-surrogate',
    'nul',
    'bytes',
  ] as const),
];

const isUsable = (text: unknown): boolean => (USABLE as readonly unknown[]).includes(text);

/** A field that may be used becomes one that may not: as a value (`field: name`) or as a key (`{"term": {"name": …}}`). */
const otherField: Mutation = (random, draft) => {
  const place = onePlace(random, draft, (value, key) => isUsable(value) || isUsable(key));
  const name = random.chance(0.3) ? random.pick(MASKED) : random.pick(FORBIDDEN_FIELDS);
  if (place === undefined) {
    draft.params.push([random.pick(['sort', '_source', 'docvalue_fields', 'fields', 'stored_fields']), name]);
    return;
  }
  if (isUsable(at(place))) put(place, name);
  else if (!Array.isArray(place.holder)) {
    const value = at(place);
    remove(place);
    Object.defineProperty(place.holder, name, { value, enumerable: true, configurable: true, writable: true });
  }
};

const unknownKey: Mutation = (random, draft) => {
  const place = onePlace(random, draft, isObject);
  const object = place === undefined ? undefined : at(place);
  if (!isObject(object)) return otherParameter(random, draft);
  const value = random.pick<unknown>([true, 1, 'x', {}, [], random.pick(FORBIDDEN_FIELDS)]);
  Object.defineProperty(object, random.pick(UNKNOWN), { value, enumerable: true, configurable: true, writable: true });
};

const wrongType: Mutation = (random, draft) => {
  const place = onePlace(random, draft);
  if (place === undefined) return otherPath(random, draft);
  put(place, structuredClone(random.pick(WRONG)));
};

const leftOut: Mutation = (random, draft) => {
  const place = onePlace(random, draft, (_, key) => key !== 'body');
  if (place === undefined) {
    if (draft.params.length > 0) draft.params.splice(random.int(draft.params.length), 1);
    return;
  }
  remove(place);
};

const oddValue: Mutation = (random, draft) => {
  const place = onePlace(random, draft, (value) => typeof value === 'string');
  if (place === undefined) return otherPath(random, draft);
  put(place, oddText(random));
};

const oddSize: Mutation = (random, draft) => {
  const sizes: unknown[] = [101, 1000, 1001, 100_000, -1, 1.5, 2 ** 31, 2 ** 53, '10', '1e3', null, true];
  const place = onePlace(random, draft, (value) => typeof value === 'number');
  if (place !== undefined && random.chance(0.6)) put(place, random.pick(sizes));
  else if (isObject(draft.body) && random.chance(0.5)) draft.body[random.pick(['size', 'from'])] = random.pick(sizes);
  else
    draft.params.push([
      random.pick(['size', 'from']),
      random.pick(['1000000', '-1', '1e3', '0x64', '٣', '999999', '010', '+5', '1.0', '']),
    ]);
};

const deeper: Mutation = (random, draft) => {
  const places = queryPlaces(draft);
  if (places.length === 0) {
    const place = onePlace(random, draft);
    if (place === undefined) return;
    let value = at(place);
    for (let n = 1 + random.int(40); n > 0; n--) value = random.chance(0.5) ? [value] : { x: value };
    put(place, value);
    return;
  }
  const place = random.pick(places);
  let value = at(place);
  const wrap = random.pick<(inner: unknown) => unknown>([
    (inner) => ({ bool: { must: [inner] } }),
    (inner) => ({ bool: { filter: inner } }),
    (inner) => ({ constant_score: { filter: inner } }),
    (inner) => ({ dis_max: { queries: [inner] } }),
    (inner) => ({ bool: { should: [inner, inner] } }),
  ]);
  // Doubling forty times would be another kind of test.
  for (let n = 1 + random.int(8); n > 0; n--) value = wrap(value);
  put(place, value);
};

const wide: Mutation = (random, draft) => {
  const place = onePlace(random, draft, (value) => Array.isArray(value) && value.length > 0);
  const value = place === undefined ? undefined : at(place);
  if (place === undefined || !Array.isArray(value)) return wrongType(random, draft);
  put(
    place,
    Array.from({ length: random.pick([20, 60, 130, 300]) }, (_, n) => structuredClone(value[n % value.length])),
  );
};

const otherIndex: Mutation = (random, draft) => {
  const index = random.pick(OTHER_INDICES);
  const place = onePlace(random, draft, (_, key) => key === 'index' || key === '_index');
  if (place !== undefined)
    put(place, random.chance(0.8) ? index : random.pick<unknown>([[index], ['profiles', index], 1, null, '']));
  else
    draft.path = draft.path.replace(
      /^\/[^/_][^/]*/,
      `/${random.chance(0.5) ? encodeURIComponent(index) : index.replace(/[ #?]/g, '')}`,
    );
};

/** Ways to write a path that different programs read differently. */
const otherPath: Mutation = (random, draft) => {
  const { path } = draft;
  const middle = 1 + random.int(Math.max(1, path.length - 1));
  const changes: readonly (() => string)[] = [
    () => path.replace(/[a-z_]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    () =>
      `${path.slice(0, middle)}%${(path.charCodeAt(middle) || 47).toString(16).padStart(2, '0')}${path.slice(middle + 1)}`,
    () => path.replace('_', '%5F'),
    () => path.replace('_', '%255F'),
    () => `/${path}`,
    () => `${path}/`,
    () => `${path}///`,
    () => path.replace(/\/([^/]*)$/, '//$1'),
    () => path.replace('/', '/./'),
    () => `/orders/..${path}`,
    () => `/orders/%2e%2e${path}`,
    () => path.replace(/\/([^/]*)$/, '%2F$1'),
    () => path.replace(/\/([^/]*)$/, '\\$1'),
    () => `${path.slice(0, middle)}%00${path.slice(middle)}`,
    () => `${path.slice(0, middle)}%c0%af${path.slice(middle)}`,
    () => `${path.slice(0, middle)}%ff${path.slice(middle)}`,
    () => `${path.slice(0, middle)}%ed%a0%80${path.slice(middle)}`,
    () => `${path.slice(0, middle)}%%2C${path.slice(middle)}`,
    () => `${path.slice(0, middle)}+${path.slice(middle)}`,
    () => `${path.slice(0, middle)};x=1${path.slice(middle)}`,
    () => `${path}#/_all/_search`,
    () => path.toUpperCase(),
    () => path.replace(/^\/[^/]*/, ''),
    () => `http://store.invalid${path}`,
    () => path.slice(1),
    () => `${path}${random.pick(['/_search', '/1', '/template', '/_source', '?x', '%20', '%0d%0aX: y', '/..'])}`,
  ];
  draft.path = random.pick(changes)();
};

const repeated: Mutation = (random, draft) => {
  const given = draft.params.length > 0 ? random.pick(draft.params) : undefined;
  if (given === undefined) draft.params.push(['pretty', 'true'], ['pretty', random.pick(['true', 'false'])]);
  else draft.params.push([given[0], random.pick([given[1], 'x', '100000'])]);
};

const EXTRA: readonly (readonly [string, string])[] = [
  ...([
    ['x', '1'],
    ['q', 'ssn:CANARY*'],
    ['q', '*:*'],
    ['df', 'phone'],
    ['analyzer', 'standard'],
    ['lenient', 'true'],
  ] as const),
  ...([
    ['default_operator', 'AND'],
    ['stored_fields', 'phone'],
    ['docvalue_fields', 'ssn'],
    ['fields', 'ssn'],
  ] as const),
  ...([
    ['sort', 'ssn:asc'],
    ['explain', 'true'],
    ['profile', 'true'],
    ['version', 'true'],
    ['format', 'yaml'],
    ['format', 'cbor'],
  ] as const),
  ...([
    ['preference', '_shards:0'],
    ['routing', 't2'],
    ['search_pipeline', 'x'],
    ['pipeline', 'x'],
    ['suggest_field', 'phone'],
  ] as const),
  ...([
    ['suggest_text', '9'],
    ['include_source_on_error', 'true'],
    ['_source', 'ssn'],
    ['_SOURCE', 'ssn'],
    ['[size]', '1'],
  ] as const),
  ...([
    ['_source\u0000', 'ssn'],
    ['source', '{"query":{"match_all":{}}}'],
    ['source_content_type', 'application/json'],
  ] as const),
  ...([
    ['scroll', '1h'],
    ['scroll', '-1'],
    ['scroll', '0'],
    ['scroll', '1m'],
    ['keep_alive', '1d'],
    ['search_type', 'dfs_query_then_fetch'],
  ] as const),
  ...([
    ['version', '5'],
    ['version_type', 'force'],
    ['if_seq_no', '0'],
    ['if_primary_term', '1'],
    ['op_type', 'create'],
  ] as const),
  ...([
    ['require_alias', 'true'],
    ['wait_for_active_shards', 'all'],
    ['refresh', 'maybe'],
    ['min_score', '1'],
    ['track_scores', 'true'],
  ] as const),
  ...([
    ['terminate_after', '1'],
    ['batched_reduce_size', '2'],
    ['pre_filter_shard_size', '1'],
    ['ccs_minimize_roundtrips', 'true'],
  ] as const),
  ...([
    ['filter_path', 'hits.hits._source.phone'],
    ['filter_path', '-_shards,-hits.total'],
    ['error_trace', 'true'],
    ['seq_no_primary_term', 'true'],
  ] as const),
  ...([
    ['rest_total_hits_as_int', 'true'],
    ['typed_keys', 'true'],
    ['request_cache', 'true'],
    ['index', 'orders'],
    ['include_unmapped', 'true'],
  ] as const),
];

const otherParameter: Mutation = (random, draft) => {
  draft.params.push([...random.pick(EXTRA)]);
};

const rawQuery: Mutation = (random, draft) => {
  const sign = draft.params.length > 0 ? '&' : '?';
  draft.tail =
    sign +
    random.pick([
      'size=1;q=ssn:1',
      '%5fsource=ssn',
      'size=1#&size=9',
      '%',
      '%zz',
      'a=%ff',
      '&',
      '=',
      '=x',
      'size',
      'size=%31',
      'size=1&size=1',
      '_source=name%2Cssn',
      '+=+',
      'x%00=1',
      'size=1?',
      '%26size=5',
    ]);
};

const CONTENT_TYPES = [
  'text/plain',
  'application/cbor',
  'application/smile',
  'application/yaml',
  'application/json;charset=utf-7',
  'application/json; charset=utf-8',
  'application/json/yaml',
  'application/x-www-form-urlencoded',
  'application/x-ndjson',
  'application/json',
  'application/vnd.elasticsearch+json;compatible-with=8',
  'application/vnd.elasticsearch+json;compatible-with=7',
  'application/vnd.elasticsearch+x-ndjson;compatible-with=8',
  '',
  'application/json, application/json',
  '*/*',
  'APPLICATION/JSON',
];
const HEADERS: readonly (readonly [string, string])[] = [
  ...([
    ['Accept', 'application/cbor'],
    ['Accept', '*/*'],
    ['Accept', 'application/json'],
    ['Accept', 'application/vnd.elasticsearch+json;compatible-with=8'],
  ] as const),
  ...([
    ['Content-Encoding', 'gzip'],
    ['Content-Encoding', 'identity'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['Content-Type', 'application/json'],
  ] as const),
  ...([
    ['es-security-runas-user', 'admin'],
    ['X-Forwarded-User', 'admin'],
    ['X-Guard-User', 'admin'],
    ['securitytenant', 't2'],
  ] as const),
  ...([
    ['Authorization', 'Bearer A2'],
    ['Accept-Encoding', 'gzip'],
    ['X-Opaque-Id', 'CANARY'],
    ['Range', 'bytes=0-10'],
  ] as const),
  ...([
    ['If-None-Match', '*'],
    ['Expect', '100-continue'],
    ['Connection', 'authorization'],
    ['Accept', 'text/html'],
  ] as const),
];

const otherHeader: Mutation = (random, draft) => {
  if (random.chance(0.5)) draft.contentType = random.pick(CONTENT_TYPES);
  else draft.headers = [...(draft.headers ?? []), [...random.pick(HEADERS)]];
};

const otherMethod: Mutation = (random, draft) => {
  draft.method = random.pick([
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'HEAD',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'QUERY',
    'get',
    'CONNECT',
    'post',
  ]);
};

const otherPrincipal: Mutation = (random, draft) => {
  draft.as = random.pick([
    null,
    'nobody',
    'injection',
    'space',
    'case',
    'nul',
    'empty',
    'missing',
    'null',
    'number',
    'object',
    'array',
    'boolean',
    'A2',
    'W',
    'A',
  ]);
};

const twist: Mutation = (random, draft) => {
  draft.twist = random.pick(TWISTS);
};

const otherBody: Mutation = (random, draft) => {
  const { body: _body, lines: _lines, ...rest } = draft;
  const raw = random.pick([
    '',
    ' ',
    '[]',
    'null',
    '"x"',
    '1',
    '{}',
    '{}\n',
    '\n',
    '[]\n',
    '{}\n{}\n',
    '{"query":{"match_all":{}}}',
    `${'['.repeat(5000)}`,
    `{"a":${'{"a":'.repeat(40)}1${'}'.repeat(41)}`,
    'query=1',
    '\u0000',
    '{"size":1e400}',
    '{"size":-0}',
    '{"_source":{}}',
  ]);
  for (const key of Object.keys(draft)) if (key === 'body' || key === 'lines') delete draft[key];
  Object.assign(draft, rest, { raw });
};

const shuffled: Mutation = (random, draft) => {
  const [from, to] = [onePlace(random, draft, isObject), onePlace(random, draft)];
  if (from === undefined || to === undefined) return wrongType(random, draft);
  put(to, structuredClone(at(from)));
};

const MUTATIONS: readonly (readonly [number, Mutation])[] = [
  [14, otherField],
  [10, unknownKey],
  [10, wrongType],
  [6, leftOut],
  [4, oddValue],
  [5, oddSize],
  [5, deeper],
  [3, wide],
  [7, otherIndex],
  [10, otherPath],
  [3, repeated],
  [8, otherParameter],
  [4, rawQuery],
  [4, otherHeader],
  [3, otherMethod],
  [4, otherPrincipal],
  [8, twist],
  [2, otherBody],
  [4, shuffled],
];

/** Changes one thing about the draft. */
export function mutate(random: Random, draft: Draft): void {
  random.weighted(MUTATIONS)(random, draft);
}
