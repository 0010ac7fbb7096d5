/** Requests that the policy permits, one for each operation of the route table, and sequences of them. */
import type { Draft, FuzzCase } from './draft.ts';
import { documentId, EXACT, encodedId, SAME_INDEX, valueFor } from './names.ts';
import type { Random } from './random.ts';
import { common, names, query, search, searchParams } from './searches.ts';

type Body = Record<string, unknown>;
export type Who = 'A' | 'B' | 'W';

function draft(as: string, method: string, path: string, rest: Partial<Draft> = {}): Draft {
  return { as, method, path, params: [], ...rest };
}

function indexPath(random: Random): string {
  return `/${random.pick(SAME_INDEX)}`;
}

export function searchRequest(random: Random, as: string): Draft {
  const body = random.chance(0.92) ? search(random, { within: 'search' }) : undefined;
  const params = [...searchParams(random, body), ...common(random)];
  const path = random.chance(0.08) ? '/_search' : `${indexPath(random)}/_search`;
  return draft(as, random.chance(0.2) ? 'GET' : 'POST', path, { params, ...(body && { body }) });
}

function countRequest(random: Random, as: string): Draft {
  const body = random.chance(0.9) ? { query: query(random) } : undefined;
  return draft(as, random.chance(0.3) ? 'GET' : 'POST', `${random.chance(0.1) ? '' : indexPath(random)}/_count`, {
    params: [...names(random), ...common(random)],
    ...(body && { body }),
  });
}

function msearchRequest(random: Random, as: string): Draft {
  const inPath = random.chance(0.5);
  const lines = Array.from({ length: 1 + random.int(4) }, () => [
    {
      ...((!inPath || random.chance(0.3)) && {
        index: random.chance(0.3) ? [random.pick(['profiles', 'prof*'])] : 'profiles',
      }),
      ...(random.chance(0.1) && { ignore_unavailable: true }),
      ...(random.chance(0.1) && { search_type: 'query_then_fetch' }),
    },
    search(random, { within: 'msearch' }),
  ]).flat();
  const params: [string, string][] = random.chance(0.1) ? [['max_concurrent_searches', '2']] : [];
  return draft(as, 'POST', inPath ? '/profiles/_msearch' : '/_msearch', {
    lines,
    params: [...params, ...common(random)],
  });
}

function documentRequest(random: Random, as: string): Draft {
  const method = random.chance(0.3) ? 'HEAD' : 'GET';
  const kind = random.chance(0.7) ? '_doc' : '_source';
  const params: [string, string][] = random.chance(0.15) ? [['realtime', random.pick(['true', 'false'])]] : [];
  return draft(as, method, `/profiles/${kind}/${encodedId(random)}`, { params });
}

function mgetRequest(random: Random, as: string): Draft {
  const ids = Array.from({ length: 1 + random.int(5) }, () => documentId(random)).filter((id) => id.length <= 512);
  const docs = ids.map((_id) => ({ _index: random.chance(0.9) ? 'profiles' : random.pick(['orders', 'nosuch']), _id }));
  if (!docs.some(({ _index }) => _index === 'profiles')) docs.push({ _index: 'profiles', _id: 'v1' });
  return random.chance(0.4)
    ? draft(as, 'POST', '/profiles/_mget', { body: { ids: ids.length > 0 ? ids : ['v1'] } })
    : draft(as, random.chance(0.3) ? 'GET' : 'POST', random.chance(0.5) ? '/_mget' : '/profiles/_mget', {
        body: { docs },
      });
}

function fieldCapsRequest(random: Random, as: string): Draft {
  const fields = random.pick(['*', 'name', 'name,city', 'n*', 'ssn', 'email', '*.keyword', 'phone*']);
  return random.chance(0.7)
    ? draft(as, 'GET', `${random.chance(0.2) ? '' : '/profiles'}/_field_caps`, {
        params: [['fields', fields], ...names(random)],
      })
    : draft(as, 'POST', '/profiles/_field_caps', { body: { fields: fields.split(',') } });
}

function small(random: Random, as: string): Draft {
  return random.pick([draft(as, 'GET', '/'), draft(as, 'HEAD', '/'), draft(as, 'GET', '/_cluster/health')]);
}

/** One request that reads. */
export function readRequest(random: Random, as: string): Draft {
  return random.weighted<(random: Random, as: string) => Draft>([
    [40, searchRequest],
    [12, countRequest],
    [10, msearchRequest],
    [14, documentRequest],
    [8, mgetRequest],
    [5, fieldCapsRequest],
    [2, small],
  ])(random, as);
}

export function document(random: Random): Body {
  return {
    name: String(valueFor(random, 'name')).slice(0, 200),
    ...(random.chance(0.6) && { city: random.pick<unknown>(['Oslo', 'Lyon', ['Oslo', 'Turin'], 'ü', null]) }),
    ...(random.chance(0.6) && { age: random.int(151) }),
    ...(random.chance(0.2) && { tenant: 't1' }),
  };
}

function partial(random: Random): Body {
  const { name, ...rest } = document(random);
  return random.chance(0.5) ? { name } : rest;
}

function writeParams(random: Random): [string, string][] {
  const params: [string, string][] = [];
  if (random.chance(0.5)) params.push(['refresh', random.pick(['true', 'wait_for', 'false', ''])]);
  if (random.chance(0.05)) params.push(['timeout', '10s']);
  return params;
}

/** Ids that the writer may use, and such as it may not. */
function writtenId(random: Random): string {
  return random.chance(0.75) ? `v${1 + random.int(12)}` : documentId(random);
}

export function writeRequest(random: Random, as: string): Draft {
  const params = writeParams(random);
  const id = () => encodeURIComponent(writtenId(random)).replace(/\./g, '%2E');
  switch (random.int(7)) {
    case 0:
      if (random.chance(0.4)) params.push(['op_type', random.pick(['create', 'index'])]);
      return draft(as, 'POST', '/profiles/_doc', { params, body: document(random) });
    case 1:
      return draft(as, random.pick(['PUT', 'POST']), `/profiles/_doc/${id()}`, { params, body: document(random) });
    case 2:
      return draft(as, random.pick(['PUT', 'POST']), `/profiles/_create/${id()}`, { params, body: document(random) });
    case 3:
      return draft(as, 'POST', `/profiles/_update/${id()}`, {
        params,
        body: { doc: partial(random), ...(random.chance(0.2) && { detect_noop: random.chance(0.5) }) },
      });
    case 4:
      return draft(as, 'DELETE', `/profiles/_doc/${id()}`, { params });
    default:
      return bulkRequest(random, as, params);
  }
}

function bulkRequest(random: Random, as: string, params: [string, string][]): Draft {
  const inPath = random.chance(0.5);
  const lines = Array.from({ length: 1 + random.int(5) }, (): unknown[] => {
    const verb = random.pick(['index', 'create', 'update', 'delete'] as const);
    const named = verb === 'update' || verb === 'delete' || random.chance(0.4);
    const index = !inPath || random.chance(0.3) ? { _index: random.chance(0.93) ? 'profiles' : 'orders' } : {};
    const action = { [verb]: { ...index, ...(named && { _id: writtenId(random) }) } };
    if (verb === 'delete') return [action];
    return [action, verb === 'update' ? { doc: partial(random) } : document(random)];
  }).flat();
  return draft(as, random.chance(0.8) ? 'POST' : 'PUT', inPath ? '/profiles/_bulk' : '/_bulk', { params, lines });
}

/** Who else tries an id: another user of the tenant, the same user on another device, one of the other tenant, nobody. */
const STRANGERS = ['A2', 'A-other-device', 'B', 'W', 'A', 'missing', 'space'] as const;

function stranger(random: Random, as: string): string {
  return random.pick(STRANGERS.filter((one) => one !== as));
}

function scrollSequence(random: Random, as: string): Draft[] {
  const opened = draft(as, 'POST', `${indexPath(random)}/_search`, {
    params: [['scroll', random.pick(['1m', '30s', '5m'])]],
    body: search(random, { within: 'scroll' }),
  });
  const what = random.weighted([
    [10, 'id'],
    [1, 'flipped'],
    [1, 'cut'],
    [1, 'long'],
    [1, 'upper'],
    [1, 'document'],
  ]);
  const next = (n: number): Draft => {
    const who = random.chance(0.75) ? as : stranger(random, as);
    const id = `{{${random.chance(0.9) ? 0 : n}.${what}}}`;
    return random.weighted<Draft>([
      [
        6,
        draft(who, 'POST', '/_search/scroll', { body: { scroll_id: id, ...(random.chance(0.7) && { scroll: '1m' }) } }),
      ],
      [
        1,
        draft(who, 'GET', '/_search/scroll', {
          params: [
            ['scroll_id', id],
            ['scroll', '1m'],
          ],
        }),
      ],
      [1, draft(who, 'POST', `/_search/scroll/${id}`, {})],
      [2, draft(who, 'DELETE', '/_search/scroll', { body: { scroll_id: random.chance(0.5) ? id : [id, id] } })],
    ]);
  };
  return [opened, ...Array.from({ length: 1 + random.int(3) }, (_, n) => next(n))];
}

function pitSequence(random: Random, as: string, opensearch: boolean): Draft[] {
  const path = opensearch ? '_search/point_in_time' : '_pit';
  const name = opensearch ? 'pit_id' : 'id';
  const opened = draft(as, 'POST', `${indexPath(random)}/${path}`, {
    params: [['keep_alive', random.pick(['1m', '5m', '20s'])]],
  });
  const id = `{{0.${random.weighted([
    [10, 'id'],
    [1, 'flipped'],
    [1, 'cut'],
    [1, 'long'],
  ])}}}`;
  const steps = Array.from({ length: 1 + random.int(2) }, (_, n) => {
    const { from: _from, collapse: _collapse, ...body } = search(random, { within: 'pit' });
    const who = random.chance(0.8) ? as : stranger(random, as);
    const after = n > 0 && random.chance(0.6) ? { sort: [{ age: 'asc' }], search_after: `{{${n}.sort}}` } : {};
    const pit = { id, ...(random.chance(0.6) && { keep_alive: '1m' }) };
    return draft(who, 'POST', '/_search', {
      body: { ...body, sort: [{ age: 'asc' }], ...after, size: 1 + random.int(5), pit },
    });
  });
  const close = draft(random.chance(0.7) ? as : stranger(random, as), 'DELETE', `/${path}`, {
    body: { [name]: opensearch ? [id] : id },
  });
  return [opened, ...steps, ...(random.chance(0.6) ? [close] : [])];
}

function pageSequence(random: Random, as: string): Draft[] {
  const sort = random.pick<unknown>([[{ age: 'asc' }], [{ city: 'desc' }, { age: 'asc' }], [{ age: 'desc' }, '_doc']]);
  const size = 1 + random.int(4);
  const body = { sort, size, query: query(random, 1) };
  return [
    draft(as, 'POST', '/profiles/_search', { body }),
    draft(as, 'POST', '/profiles/_search', {
      body: { ...body, search_after: '{{0.sort}}' },
    }),
  ];
}

function writeSequence(random: Random): Draft[] {
  const first = writeRequest(random, 'W');
  const seen = random.pick<Draft>([
    draft('W', 'GET', `/profiles/_doc/{{0.document}}`),
    draft('A', 'GET', `/profiles/_doc/{{0.document}}`),
    draft('A', 'POST', '/profiles/_search', { body: { query: { ids: { values: ['{{0.document}}', 'v1'] } } } }),
    searchRequest(random, 'A'),
    writeRequest(random, 'W'),
    draft('W', 'DELETE', '/profiles/_doc/{{0.document}}'),
    draft('A', 'POST', '/profiles/_count', { body: { query: { range: { [random.pick(EXACT)]: { gte: 20 } } } } }),
    draft('B', 'GET', `/profiles/_doc/{{0.document}}`),
  ]);
  return [first, ...(random.chance(0.5) ? [seen] : []), ...(random.chance(0.3) ? [writeRequest(random, 'W')] : [])];
}

/** @param opensearch its paths for points in time are others */
export function validCase(random: Random, opensearch = false): FuzzCase {
  const side = random.chance(0.8) ? 't1' : 't2';
  const as = side === 't2' ? 'B' : random.chance(0.85) ? 'A' : 'W';
  const steps = random.weighted<() => Draft[]>([
    [70, () => [readRequest(random, as)]],
    [6, () => scrollSequence(random, as)],
    [5, () => pitSequence(random, as, opensearch)],
    [4, () => pageSequence(random, as)],
    [side === 't1' ? 15 : 0, () => writeSequence(random)],
  ])();
  return { side, steps };
}
