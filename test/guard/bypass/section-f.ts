/** F. Stateful ids: scrolls, points in time, and what may be done with an id that was given out. */
import { expect } from 'vitest';
import {
  type BenchOptions,
  createWorlds,
  FIXTURE_POLICY,
  type Outcome,
  type Sent,
  type Worlds,
} from '../harness/fixture.ts';
import { type BypassStory, type Expected, type Step, step } from './case.ts';
import { expectOutcome } from './run-cases.ts';

/** One id for each world: they are sealed anew each time. */
type Ids = readonly [string, string];
interface Opened {
  readonly worlds: Worlds;
  readonly ids: Ids;
  readonly first: Outcome;
}

const SCROLL: Sent = { target: '/profiles/_search?scroll=1m', body: { size: 5, sort: [{ age: 'asc' }] } };
const PIT: Sent = { method: 'POST', target: '/profiles/_pit?keep_alive=1m' };

async function open(sent: Sent, name: string, options?: BenchOptions): Promise<Opened> {
  const worlds = createWorlds(options);
  const outcomes = await worlds.both(sent);
  const [left, right] = outcomes.map(({ json }) => String((json as Record<string, unknown>)[name]));
  expect(outcomes[0].answer.status).toBe(200);
  return { worlds, ids: [left ?? '', right ?? ''], first: outcomes[0] };
}

const scroll = (as = 'A', options?: BenchOptions): Promise<Opened> => open({ ...SCROLL, as }, '_scroll_id', options);
const pit = (as = 'A', options?: BenchOptions): Promise<Opened> => open({ ...PIT, as }, 'id', options);

/** What is sent with an id, in every form in which a scroll goes on. */
const PAGES: Readonly<Record<string, (id: string) => Sent>> = {
  'in the body': (id) => ({ target: '/_search/scroll', body: { scroll_id: id, scroll: '1m' } }),
  'in the query': (id) => ({ target: `/_search/scroll?scroll=1m&scroll_id=${encodeURIComponent(id)}` }),
  'in the path': (id) => ({ method: 'POST', target: `/_search/scroll/${encodeURIComponent(id)}?scroll=1m` }),
};
const CLEARS: Readonly<Record<string, (id: string) => Sent>> = {
  'cleared in the body': (id) => ({ method: 'DELETE', target: '/_search/scroll', body: { scroll_id: id } }),
  'cleared in a list': (id) => ({ method: 'DELETE', target: '/_search/scroll', body: { scroll_id: [id] } }),
  'cleared in the path': (id) => ({ method: 'DELETE', target: `/_search/scroll/${encodeURIComponent(id)}` }),
  'cleared in the query': (id) => ({ method: 'DELETE', target: `/_search/scroll?scroll_id=${encodeURIComponent(id)}` }),
};
const searchPit = (id: string, more: object = {}): Sent => ({
  target: '/_search',
  body: { pit: { id, keep_alive: '1m' }, size: 50, ...more },
});
const closePit = (id: string): Sent => ({ method: 'DELETE', target: '/_pit', body: { id } });

async function send(
  { worlds, ids }: Opened,
  expected: Expected,
  sent: (id: string) => Sent,
  as = 'A',
): Promise<Outcome> {
  const outcome = await worlds.send((world) => ({ as, ...sent(ids[world]) }));
  expectOutcome({ sent: sent('…'), expect: expected }, outcome);
  return outcome;
}

/** One step for each form of the request. */
function forms(
  all: Readonly<Record<string, (id: string) => Sent>>,
  expected: Expected,
  run: (sent: (id: string) => Sent) => Promise<void>,
): Step[] {
  return Object.entries(all).map(([name, sent]) => step(name, expected, () => run(sent)));
}

/** Nothing of another's, and byte for byte what a made-up id gets. */
async function asIfAbsent(opened: Opened, sent: (id: string) => Sent, as: string): Promise<void> {
  const foreign = await send(opened, 'absent', sent, as);
  const unknown = await createWorlds().send({ as, ...sent(`${opened.ids[0].slice(0, 60)}${'A'.repeat(200)}`) });
  expect(foreign.answer.status).toBe(unknown.answer.status);
  expect(foreign.answer.body).toBe(unknown.answer.body);
  expect(foreign.upstream).toEqual([]);
}

interface Page {
  hits: { hits: { _id: string; _source: Record<string, unknown> }[] };
}
const hitsOf = ({ json }: Outcome): Page['hits']['hits'] => (json as Page).hits.hits;

function mine(outcome: Outcome): void {
  for (const { _id: id, _source: source } of hitsOf(outcome)) {
    expect(id).toMatch(/^v\d+$/);
    expect(Object.keys(source).sort()).toEqual(['age', 'city', 'email', 'ip', 'name', 'tenant']);
    expect(source).toMatchObject({ tenant: 't1', ip: '192.0.2.0/24' });
  }
}

/** Ids as the stores give them out, and as the one in memory does. */
const RAW = [
  Buffer.from('scroll 0 profiles').toString('base64'),
  'DXF1ZXJ5QW5kRmV0Y2gBAAAAAAAAAD4WYm9laVYtZndUQlNsdDcwakFMNjU1QQ==',
  'FGluY2x1ZGVfY29udGV4dF91dWlkDnF1ZXJ5VGhlbkZldGNoAxZzdHVmZg',
  'psg',
  '',
];

/** Every form of an id that was tampered with. */
function tampered(id: string): string[] {
  const bytes = Buffer.from(id, 'base64url');
  const flipped = [3, 7, 20, 25, 40, bytes.length - 20, bytes.length - 1].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy.toString('base64url');
  });
  return [...flipped, id.slice(0, -4), id.slice(0, 60), `${id}AAAA`, `${id}.`, `${id}=`];
}

export const STORIES_F: readonly BypassStory[] = [
  {
    id: 'B138',
    title: "the store's own id",
    precedent: 'own',
    steps: [
      ...forms({ ...PAGES, ...CLEARS }, 'refused', async (sent) => {
        const opened = await scroll();
        for (const raw of RAW) await send(opened, 'refused', () => sent(raw));
      }),
      step('as a point in time', 'refused', async () => {
        const opened = await pit();
        for (const raw of [...RAW, Buffer.from('pit profiles 0').toString('base64')]) {
          await send(opened, 'refused', () => searchPit(raw));
          await send(opened, 'refused', () => closePit(raw));
        }
      }),
    ],
  },
  {
    id: 'B139',
    title: "another user's id",
    precedent: 'Elastic: resource sharing check',
    steps: [
      ...['A2', 'B', 'admin'].flatMap((as) =>
        forms(PAGES, 'absent', async (sent) => asIfAbsent(await scroll(), sent, as)).map((one) => ({
          ...one,
          does: `${one.does}, by ${as}`,
        })),
      ),
      step('a point in time', 'absent', async () => asIfAbsent(await pit(), searchPit, 'B')),
      ...forms({ ...CLEARS, 'a closed point in time': closePit }, 'harmless', async (sent) => {
        // What is not one's own is not freed, and its owner goes on.
        const opened = await (sent === closePit ? pit() : scroll());
        const { json, upstream } = await opened.worlds.send((world) => ({ as: 'B', ...sent(opened.ids[world]) }));
        expect(json).toEqual({ succeeded: true, num_freed: 0 });
        expect(upstream).toEqual([]);
        await send(opened, 'filtered', sent === closePit ? searchPit : (PAGES['in the body'] as typeof searchPit));
      }),
    ],
  },
  {
    id: 'B140',
    title: 'the scroll of somebody with more rights',
    precedent: 'CVE-2020-7019',
    steps: [
      ...forms(PAGES, 'absent', async (sent) => asIfAbsent(await scroll('admin'), sent, 'A')),
      step('the same search, right after', 'filtered', async () => {
        const { worlds } = await scroll('admin');
        const outcome = await worlds.send({ as: 'A', ...SCROLL });
        expect(hitsOf(outcome)).toHaveLength(5);
        mine(outcome);
      }),
    ],
  },
  {
    id: 'B141',
    title: 'an id in other places',
    precedent: 'Elasticsearch REST specification',
    steps: [
      ...forms(PAGES, 'filtered', async (sent) => {
        const outcome = await send(await scroll(), 'filtered', sent);
        expect(hitsOf(outcome)).toHaveLength(5);
        mine(outcome);
      }),
      ...forms(CLEARS, 'filtered', async (sent) => {
        const outcome = await send(await scroll(), 'filtered', sent);
        expect(outcome.json).toEqual({ succeeded: true, num_freed: 1 });
      }),
      step('in two places at once', 'refused-400', async () => {
        const opened = await scroll();
        await send(opened, 'refused-400', (id) => ({
          target: `/_search/scroll?scroll_id=${id}`,
          body: { scroll_id: id },
        }));
        await send(opened, 'refused-400', (id) => ({
          target: `/_search/scroll/${id}`,
          method: 'POST',
          body: { scroll_id: id },
        }));
      }),
      step('as a list, a number, an object', 'refused-400', async () => {
        const opened = await scroll();
        for (const make of [
          (id: string): unknown => [id],
          (id: string) => [id, id],
          () => 7,
          (id: string) => ({ id }),
        ]) {
          await send(opened, 'refused-400', (id) => ({ target: '/_search/scroll', body: { scroll_id: make(id) } }));
        }
      }),
      step('sealed as one kind, used as the other', 'absent', async () => {
        await send(await scroll(), 'absent', searchPit);
        await send(await pit(), 'absent', (id) => ({ target: '/_search/scroll', body: { scroll_id: id } }));
      }),
    ],
  },
  {
    id: 'B142',
    title: "everybody's scrolls",
    precedent: 'SecurityClearScrollTests',
    steps: Object.entries({
      'in the path': { target: '/_search/scroll/_all' },
      'in the body': { target: '/_search/scroll', body: { scroll_id: '_all' } },
      'in a list': { target: '/_search/scroll', body: { scroll_id: ['_all'] } },
      'in the query': { target: '/_search/scroll?scroll_id=_all' },
      encoded: { target: '/_search/scroll/%5Fall' },
      'of points in time': { target: '/_search/point_in_time/_all' },
      'with nothing named': { target: '/_search/scroll' },
    } satisfies Record<string, Sent>).map(([name, sent]) =>
      step(name, 'refused', async () => {
        const opened = await scroll();
        for (const as of ['A', 'admin']) {
          const outcome = await opened.worlds.send({ method: 'DELETE', as, ...sent });
          expectOutcome({ sent, expect: 'refused' }, outcome);
        }
        await send(opened, 'filtered', PAGES['in the body'] as typeof searchPit);
      }),
    ),
  },
  {
    id: 'B143',
    title: 'a search in a point in time',
    precedent: 'own',
    steps: [
      step('is filtered by itself', 'filtered', async () => {
        const opened = await pit();
        for (const more of [{}, { query: { match_all: {} } }, { query: { ids: { values: ['h6', 'v1'] } } }]) {
          mine(await send(opened, 'filtered', (id) => searchPit(id, more)));
        }
        expect(hitsOf(await send(opened, 'filtered', searchPit))).toHaveLength(12);
      }),
      step('has no index of its own', 'refused', async () => {
        const opened = await pit();
        for (const target of ['/orders/_search', '/profiles/_search', '/profiles-archive/_search', '/_all/_search']) {
          await send(opened, 'refused', (id) => ({ ...searchPit(id), target }));
        }
      }),
      step('opened over what is not granted', 'refused-403', async () => {
        for (const target of [
          '/orders/_pit?keep_alive=1m',
          '/profiles,orders/_pit?keep_alive=1m',
          '/people/_pit?keep_alive=1m',
        ]) {
          const outcome = await createWorlds().send({ method: 'POST', target });
          expectOutcome({ sent: PIT, expect: 'refused-403' }, outcome);
        }
      }),
      step('opened with a filter of the client', 'refused-400', async () => {
        const sent = { ...PIT, body: { index_filter: { term: { ssn: 'x' } } } };
        expectOutcome({ sent, expect: 'refused-400' }, await createWorlds().send(sent));
      }),
    ],
  },
  {
    id: 'B144',
    title: 'searches that are left running',
    precedent: 'CVE-2021-22132',
    steps: Object.entries({
      submit: {
        method: 'POST',
        target: '/profiles/_async_search?keep_on_completion=true&wait_for_completion_timeout=0',
        body: {},
      },
      read: { target: '/_async_search/FmRldE8zREVEUzA2ZVpUeGs2ejJFUFEaMkZ5QTVrSTZSaVN3WlNFVmtlWHJsdzoxMDc=' },
      status: { target: '/_async_search/status/FmRldE8zREVEUzA2' },
      remove: { method: 'DELETE', target: '/_async_search/FmRldE8zREVEUzA2' },
      'of OpenSearch': { method: 'POST', target: '/_plugins/_asynchronous_search?index=profiles', body: {} },
      'the index they are kept in': { target: '/.async-search/_search' },
    } satisfies Record<string, Sent>).map(([name, sent]) =>
      step(name, 'refused', async () => {
        expectOutcome({ sent, expect: 'refused' }, await createWorlds().send(sent));
      }),
    ),
  },
  {
    id: 'B145',
    title: 'a policy that changes between two pages',
    precedent: 'own',
    steps: Object.entries({
      'a field less': (policy: string) => policy.replace(/ +age: integer\n/, ''),
      'a mask more': (policy: string) => policy.replace('city: keyword\n', 'city: { type: keyword, mask: redact }\n'),
      'another filter': (policy: string) =>
        policy.replace(
          "filter: { term: { tenant: '${claims.tenant}' } }",
          "filter: { all: [{ term: { tenant: '${claims.tenant}' } }, { term: { city: Lyon } }] }",
        ),
      'the role gone': (policy: string) => policy.replace('  mobile:', '  other:'),
      'the index gone': (policy: string) => policy.replace('indices: [profiles]', 'indices: [nosuch]'),
      'the operation gone': (policy: string) =>
        policy.replace('msearch, scroll, pit, field_caps]', 'msearch, field_caps]'),
    }).map(([name, change]) =>
      step(name, 'refused-403', async () => {
        const policy = change(FIXTURE_POLICY);
        expect(policy).not.toBe(FIXTURE_POLICY);
        const opened = await scroll();
        for (const bench of opened.worlds.benches) bench.replace(policy);
        const { answer, upstream } = await opened.worlds.send((world) => ({
          target: '/_search/scroll',
          body: { scroll_id: opened.ids[world] },
        }));
        expect(answer.status).toBe(403);
        // Nothing is read; at the most what stands open in the store is closed.
        for (const { method, path } of upstream) expect([method, path]).toEqual(['DELETE', '/_search/scroll']);
        const held = await pit();
        for (const bench of held.worlds.benches) bench.replace(policy);
        await send(held, 'refused-403', searchPit);
      }),
    ),
  },
  {
    id: 'B146',
    title: 'another key of the same user',
    precedent: 'own',
    steps: [
      ...forms(PAGES, 'refused-403', async (sent) => {
        const opened = await scroll('A-other-device');
        await send(opened, 'refused-403', sent, 'A');
        mine(await send(opened, 'filtered', sent, 'A-other-device'));
      }),
      step('a point in time', 'refused-403', async () => {
        const opened = await pit('A-other-device');
        await send(opened, 'refused-403', searchPit, 'A');
        mine(await send(opened, 'filtered', searchPit, 'A-other-device'));
      }),
    ],
  },
  {
    id: 'B147',
    title: 'a seal that was tampered with',
    precedent: 'own',
    steps: [
      ...forms(PAGES, 'absent', async (sent) => {
        const opened = await scroll();
        for (const [at, id] of tampered(opened.ids[0]).entries()) {
          const other = tampered(opened.ids[1])[at] ?? '';
          const { answer, upstream } = await opened.worlds.send((world) => sent(world === 0 ? id : other));
          expect([400, 404], `${at}`).toContain(answer.status);
          expect(upstream).toEqual([]);
        }
      }),
      step('after its time', 'absent', async () => {
        let now = 1_800_000_000_000;
        const options = { now: () => now };
        const opened = [await scroll('A', options), await pit('A', options)] as const;
        now += 60_000;
        await asIfAbsent(opened[0], PAGES['in the body'] as typeof searchPit, 'A');
        await asIfAbsent(opened[1], searchPit, 'A');
      }),
      step('kept alive for longer than the rule permits', 'refused-400', async () => {
        const opened = await scroll();
        await send(opened, 'refused-400', (id) => ({
          target: '/_search/scroll',
          body: { scroll_id: id, scroll: '10m' },
        }));
        await send(await pit(), 'refused-400', (id) => ({
          target: '/_search',
          body: { pit: { id, keep_alive: '1d' } },
        }));
      }),
    ],
  },
  {
    id: 'B149',
    title: 'later pages',
    precedent: 'ReadonlyREST: Scroll API',
    steps: [
      step('are filtered and masked like the first', 'filtered', async () => {
        const opened = await scroll();
        mine(opened.first);
        let ids = opened.ids;
        const seen = hitsOf(opened.first).map(({ _id: id }) => id);
        for (let page = 2; page <= 3; page++) {
          const outcomes = await opened.worlds.both((world) => (PAGES['in the body'] as typeof searchPit)(ids[world]));
          mine(outcomes[0]);
          seen.push(...hitsOf(outcomes[0]).map(({ _id: id }) => id));
          const [left, right] = outcomes.map(({ json }) => (json as { _scroll_id: string })._scroll_id);
          ids = [left ?? '', right ?? ''];
        }
        expect(seen).toEqual(Array.from({ length: 12 }, (_, n) => `v${n + 1}`));
      }),
      step('keep what was asked for', 'filtered', async () => {
        const sent = { ...SCROLL, body: { size: 3, _source: ['name', 'ssn'], sort: ['age'] } };
        const opened = await open(sent, '_scroll_id');
        const outcome = await send(opened, 'filtered', PAGES['in the body'] as typeof searchPit);
        for (const { _source: source } of hitsOf(outcome)) expect(Object.keys(source)).toEqual(['name']);
      }),
      step('take no options', 'refused-400', async () => {
        const opened = await scroll();
        for (const more of [{ query: {} }, { size: 100 }, { _source: ['ssn'] }, { aggs: {} }]) {
          await send(opened, 'refused-400', (id) => ({ target: '/_search/scroll', body: { scroll_id: id, ...more } }));
        }
      }),
    ],
  },
];
