/** Searches of the strict grammar: queries, aggregations, and what stands beside them. */
import { documentId, EXACT, KEYWORDS, USABLE, valueFor } from './names.ts';
import type { Random } from './random.ts';

type Body = Record<string, unknown>;

export function query(random: Random, depth = 0): Body {
  if (depth < 3 && random.chance(depth === 0 ? 0.5 : 0.3)) return compound(random, depth);
  return leaf(random);
}

function leaf(random: Random): Body {
  const boost = random.chance(0.1) ? { boost: random.pick([0, 1, 1.5, 2]) } : {};
  switch (random.int(9)) {
    case 0: {
      const field = random.pick(USABLE);
      const value = scalar(random, field);
      return { term: { [field]: random.chance(0.5) ? value : { value, ...boost } } };
    }
    case 1: {
      const field = random.pick(EXACT);
      return { terms: { [field]: Array.from({ length: random.int(5) }, () => scalar(random, field)), ...boost } };
    }
    case 2:
      return { range: { [random.chance(0.8) ? 'age' : 'city']: { ...bounds(random), ...boost } } };
    case 3: {
      const field = random.pick(USABLE);
      const text = scalar(random, field);
      return {
        match: {
          [field]: random.chance(0.5)
            ? text
            : {
                query: text,
                ...boost,
                ...(random.chance(0.4) && { operator: random.pick(['and', 'or', 'AND', 'OR']) }),
              },
        },
      };
    }
    case 4:
      return {
        match_phrase: {
          name: random.chance(0.5)
            ? String(valueFor(random, 'name'))
            : { query: String(valueFor(random, 'name')), slop: random.int(4) },
        },
      };
    case 5:
      return {
        prefix: {
          [random.pick(KEYWORDS)]: random.pick([
            'O',
            'Ly',
            't',
            'CANARY',
            { value: 'P' },
            { value: 'o', case_insensitive: true },
          ]),
        },
      };
    case 6:
      return { exists: { field: random.pick(USABLE) } };
    case 7:
      return {
        ids: {
          values: Array.from({ length: 1 + random.int(4) }, () => documentId(random)).filter((id) => id.length <= 512),
        },
      };
    default:
      return random.chance(0.8) ? { match_all: { ...boost } } : { match_none: {} };
  }
}

function scalar(random: Random, field: string): unknown {
  const value = valueFor(random, field);
  return field === 'age' && typeof value === 'string' && !/^\d{1,5}$/.test(value) ? 30 : value;
}

function bounds(random: Random): Body {
  const low = 18 + random.int(15);
  return {
    ...(random.chance(0.7) && { [random.pick(['gt', 'gte'])]: low }),
    ...(random.chance(0.7) && { [random.pick(['lt', 'lte'])]: low + random.int(12) }),
  };
}

function compound(random: Random, depth: number): Body {
  const inner = () => query(random, depth + 1);
  const several = (most: number): Body[] => Array.from({ length: random.int(most + 1) }, inner);
  switch (
    random.weighted([
      [8, 'bool'],
      [1, 'constant_score'],
      [1, 'dis_max'],
    ])
  ) {
    case 'constant_score':
      return { constant_score: { filter: inner(), ...(random.chance(0.3) && { boost: 2 }) } };
    case 'dis_max':
      return { dis_max: { queries: [inner(), ...several(2)], ...(random.chance(0.3) && { tie_breaker: 0.3 }) } };
    default: {
      const should = random.chance(0.35) ? { should: several(3) } : {};
      return {
        bool: {
          ...(random.chance(0.5) && { must: random.chance(0.2) ? inner() : several(2) }),
          ...(random.chance(0.5) && { filter: several(2) }),
          ...should,
          ...(random.chance(0.25) && { must_not: several(2) }),
          ...(random.chance(0.15) && { minimum_should_match: random.pick([0, 1, 1, '50%', -1]) }),
          ...(random.chance(0.1) && { boost: 1 }),
        },
      };
    }
  }
}

export function aggregations(random: Random, depth = 0): Body {
  const count = 1 + random.int(depth === 0 ? 3 : 2);
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, aggregation(random, depth)]));
}

function aggregation(random: Random, depth: number): Body {
  const inside =
    depth < 2 && random.chance(0.35)
      ? { [random.chance(0.8) ? 'aggs' : 'aggregations']: aggregations(random, depth + 1) }
      : {};
  switch (random.int(10)) {
    case 0:
    case 1:
    case 2:
      return {
        terms: {
          field: random.pick(EXACT),
          ...(random.chance(0.5) && { size: 1 + random.int(12) }),
          ...(random.chance(0.2) && { min_doc_count: 1 + random.int(2) }),
          ...(random.chance(0.2) && {
            order: random.pick([{ _key: 'asc' }, { _count: 'desc' }, [{ _count: 'asc' }, { _key: 'desc' }]]),
          }),
        },
        ...inside,
      };
    case 3:
      return { filter: query(random, 2), ...inside };
    case 4:
      return { missing: { field: random.pick(EXACT) }, ...inside };
    case 5:
      return {
        histogram: {
          field: 'age',
          interval: 1 + random.int(10),
          ...(random.chance(0.3) && { min_doc_count: random.int(3) }),
        },
        ...inside,
      };
    case 6:
      return {
        range: {
          field: 'age',
          ranges: [{ to: 25 }, { from: 25, to: 30 }, { from: 30, ...(random.chance(0.3) && { key: 'old' }) }],
        },
        ...inside,
      };
    case 7:
      return {
        filters: { filters: random.chance(0.5) ? { x: query(random, 2), y: query(random, 2) } : [query(random, 2)] },
        ...inside,
      };
    case 8:
      return {
        composite: {
          size: 1 + random.int(5),
          sources: [
            { c: { terms: { field: random.pick(EXACT) } } },
            ...(random.chance(0.4) ? [{ h: { histogram: { field: 'age', interval: 5 } } }] : []),
          ],
        },
      };
    default: {
      const kind = random.pick([
        'avg',
        'sum',
        'min',
        'max',
        'value_count',
        'cardinality',
        'stats',
        'extended_stats',
        'percentiles',
      ]);
      return { [kind]: { field: 'age', ...(random.chance(0.1) && kind !== 'percentiles' && { missing: 30 }) } };
    }
  }
}

export interface SearchChoices {
  within: 'search' | 'scroll' | 'pit' | 'msearch';
}

const SORTS: readonly unknown[] = [
  ...['age', 'city', '_doc'],
  ...[
    ['age'],
    [{ age: 'desc' }],
    [{ city: { order: 'asc' } }, { age: 'desc' }],
    [{ age: { order: 'asc', missing: '_last' } }, '_doc'],
  ],
  { age: { order: 'desc', mode: 'min' } },
];

export function search(random: Random, { within }: SearchChoices): Body {
  const body: Body = {};
  if (random.chance(0.85)) body.query = query(random);
  if (within === 'scroll') body.size = 1 + random.int(6);
  else if (random.chance(0.6))
    body.size = random.weighted([
      [6, random.int(20)],
      [1, 0],
      [1, 100],
    ]);
  if (within !== 'scroll' && random.chance(0.15)) body.from = random.int(15);
  if (random.chance(0.3)) body.sort = random.pick(SORTS);
  if (random.chance(0.3)) body._source = source(random);
  if (random.chance(0.25)) body.aggs = aggregations(random);
  if (random.chance(0.15)) body.track_total_hits = random.pick<unknown>([true, false, 100, 5]);
  if (random.chance(0.08))
    body.fields = random.some<unknown>(['name', 'city', 'age', { field: 'tenant' }, { field: 'age' }], 3);
  if (random.chance(0.06)) body.docvalue_fields = random.some<unknown>(['city', 'age', { field: 'tenant' }], 3);
  if (random.chance(0.06))
    body.highlight = {
      fields: random.pick([{ name: {} }, { city: { number_of_fragments: 2 } }, { name: {}, city: {} }]),
    };
  if (random.chance(0.08)) body.post_filter = query(random, 2);
  if (random.chance(0.04) && within !== 'scroll') body.collapse = { field: random.pick(KEYWORDS) };
  if (random.chance(0.05)) body.timeout = random.pick(['5s', '500ms', '30s']);
  if (random.chance(0.03))
    body[random.pick(['explain', 'profile', 'version', 'seq_no_primary_term', 'track_scores'])] = false;
  if (random.chance(0.03)) body.stored_fields = '_none_';
  return body;
}

export function source(random: Random): unknown {
  return random.pick<unknown>([
    ...[true, false, '*', 'name', 'n*', ['name', 'age'], ['email', 'ip'], ['city', 'ssn', 'phone']],
    ...[
      { includes: ['*'], excludes: ['age'] },
      { includes: 'c*' },
      { excludes: ['email', 'i*'] },
      { include: ['ssn'] },
      [],
    ],
  ]);
}

/** Parameters that a search may have in its URL, none of which its body has. */
export function searchParams(random: Random, body: Body | undefined): [string, string][] {
  const params: [string, string][] = [];
  const free = (name: string): boolean => body?.[name] === undefined;
  if (random.chance(0.12) && free('size')) params.push(['size', String(random.int(20))]);
  if (free('_source') && random.chance(0.12)) {
    params.push(
      random.pick<[string, string]>([
        ...(['true', 'false', 'name,age', 'n*'].map((value) => ['_source', value]) as [string, string][]),
        ...(['name', 'city,age', '*', 'e*'].map((value) => ['_source_includes', value]) as [string, string][]),
        ['_source_excludes', 'age,e*'],
      ]),
    );
  }
  if (random.chance(0.06) && free('sort'))
    params.push(['sort', random.pick(['age:desc', 'city:asc,age:desc', 'age', '_doc'])]);
  if (random.chance(0.06) && free('track_total_hits'))
    params.push(['track_total_hits', random.pick(['true', 'false', '7'])]);
  if (random.chance(0.04) && body?.track_total_hits === undefined) params.push(['rest_total_hits_as_int', 'true']);
  if (random.chance(0.06)) params.push(['typed_keys', random.pick(['true', 'false'])]);
  if (random.chance(0.04)) params.push(['request_cache', 'true']);
  if (random.chance(0.03)) params.push(['allow_partial_search_results', random.pick(['true', 'false'])]);
  if (random.chance(0.03)) params.push(['search_type', 'query_then_fetch']);
  return [...params, ...names(random)];
}

/** Parameters of many operations. */
export function names(random: Random): [string, string][] {
  const params: [string, string][] = [];
  if (random.chance(0.05)) params.push(['ignore_unavailable', random.pick(['true', 'false', ''])]);
  if (random.chance(0.03)) params.push(['expand_wildcards', random.pick(['open', 'all', 'open,hidden'])]);
  return params;
}

export function common(random: Random): [string, string][] {
  const params: [string, string][] = [];
  if (random.chance(0.06))
    params.push([random.pick(['pretty', 'human', 'error_trace']), random.pick(['', 'true', 'false'])]);
  if (random.chance(0.06)) {
    const paths = [
      'hits.hits._source.name',
      'hits.hits',
      '-hits.hits._source',
      '*',
      '**.age',
      'took,hits.total',
      'hits.hits._source.ssn',
      'error',
      '_shards',
      '',
    ];
    params.push(['filter_path', random.pick(paths)]);
  }
  return params;
}
