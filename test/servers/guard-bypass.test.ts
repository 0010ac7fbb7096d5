/**
 * The catalogue's ways around the gateway against real stores, in two worlds that differ in what is hidden only: the same
 * requests are answered from the one, the data are replaced, and they are answered from the other. The four oracles hold.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../src/guard/upstream/client.ts';
import type { BypassCase } from '../guard/bypass/case.ts';
import { expectOutcome } from '../guard/bypass/run-cases.ts';
import { SECTIONS } from '../guard/bypass/sections.ts';
import {
  type Bench,
  createBench,
  FIXTURE_POLICY,
  idempotent,
  judge,
  type Outcome,
  type Sent,
  sendTo,
} from '../guard/harness/fixture.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';
import { fillWorld, putProfiles } from './harness/world.ts';

const CATALOGUE: readonly BypassCase[] = [
  ...SECTIONS.flatMap(({ cases }) => cases).filter((one) => 'attempts' in one),
  // Nobody's secret: what a client does all day must not tell the worlds apart either.
  { id: 'daily', title: 'ordinary requests', precedent: 'own', attempts: ordinary() },
];

const STORES: readonly { distribution: Distribution; store: string; settings: readonly string[] }[] = [
  {
    distribution: 'elasticsearch-8',
    store: 'store: elasticsearch, version: 8',
    settings: ['xpack.security.enabled: false'],
  },
  { distribution: 'opensearch-2', store: 'store: opensearch, version: 2', settings: [] },
  { distribution: 'opensearch-3', store: 'store: opensearch, version: 3', settings: [] },
];

function ordinary(): BypassCase['attempts'] {
  const searches: readonly object[] = [
    {},
    { query: { match: { name: 'person example' } } },
    { query: { match_phrase: { name: 'Person 3' } } },
    { query: { bool: { should: [{ term: { city: 'Oslo' } }, { match: { name: '5' } }] } } },
    { query: { range: { age: { gte: 25, lt: 30 } } }, sort: [{ city: 'asc' }, { age: 'desc' }], size: 3 },
    { sort: [{ city: 'desc' }], size: 100 },
    { sort: ['_doc'], size: 100 },
    { sort: [{ city: 'asc' }, '_doc'], size: 7 },
    { sort: [{ age: { order: 'asc', missing: '_first' } }], search_after: [24], size: 5 },
    { size: 0, track_total_hits: 3 },
    { size: 2, from: 5, track_total_hits: true, _source: ['name'] },
    { size: 3, fields: ['age', 'city'], _source: false },
    { size: 12, docvalue_fields: ['city'] },
    { query: { match: { name: 'person' } }, highlight: { fields: { name: {} } } },
    { size: 0, aggs: { c: { terms: { field: 'city' } } } },
    { size: 0, aggs: { c: { terms: { field: 'city', size: 1 } } } },
    { size: 0, aggs: { c: { terms: { field: 'age', size: 2, order: { _key: 'desc' } } } } },
    {
      size: 0,
      aggs: { c: { terms: { field: 'city', order: { a: 'desc' } }, aggs: { a: { avg: { field: 'age' } } } } },
    },
    {
      size: 0,
      aggs: { h: { histogram: { field: 'age', interval: 3, min_doc_count: 0, hard_bounds: { min: 0, max: 99 } } } },
    },
    {
      size: 0,
      aggs: {
        h: {
          histogram: {
            field: 'age',
            interval: 2,
            extended_bounds: { min: 0, max: 60 },
            hard_bounds: { min: 0, max: 99 },
          },
        },
      },
    },
    { size: 0, aggs: { s: { extended_stats: { field: 'age' } }, p: { percentiles: { field: 'age' } } } },
    { size: 0, aggs: { n: { cardinality: { field: 'city' } }, v: { value_count: { field: 'age' } } } },
    { size: 0, aggs: { m: { missing: { field: 'age' } }, f: { filter: { term: { city: 'Oslo' } } } } },
    { size: 0, aggs: { r: { range: { field: 'age', ranges: [{ to: 25 }, { from: 25 }] } } } },
    { size: 0, aggs: { c: { composite: { sources: [{ c: { terms: { field: 'city' } } }], size: 2 } } } },
  ];
  return [
    ...searches.map((body) => ({ expect: 'filtered' as const, sent: { target: '/profiles/_search', body } })),
    ...[
      { target: '/profiles/_count', body: { query: { match: { name: 'example' } } } },
      { target: '/profiles/_doc/v3' },
      { target: '/profiles/_mget', body: { ids: ['v1', 'h3', 'h4', 'none'] } },
      { method: 'POST', target: '/profiles/_search?scroll=1m', body: { size: 5 } },
      {
        target: '/_msearch',
        ndjson: true,
        body: [{ index: 'profiles' }, { query: { match: { name: '7' } } }, { index: 'profiles' }, { size: 0 }],
      },
    ].map((sent: Sent) => ({ expect: 'filtered' as const, sent })),
    ...['h2', 'h3', 'none'].map((id) => ({ expect: 'absent' as const, sent: { target: `/profiles/_doc/${id}` } })),
  ];
}

/** A number that is passed on as it is, and that is too large for the field. */
const REFUSED_BY_STORES = new Set(['B064']);
/** What their checks look at is Elasticsearch's. */
const ELASTICSEARCH_ONLY = new Set(['B174']);

/** What an attempt came to in each world; the error of an oracle where one did not hold. */
interface Ran {
  readonly first: Outcome;
  problem?: unknown;
}

for (const { distribution, store, settings } of STORES) {
  const folder = requireSearch(distribution);
  describe.skipIf(folder === undefined)(`every known bypass against ${distribution}`, () => {
    let node: SearchNode;
    let client: Client;
    const ran = new Map<string, Ran>();
    /** What each world's store itself says of the documents of `profiles`. */
    const unguarded: string[] = [];

    beforeAll(async () => {
      node = await startSearch(distribution, { settings });
      client = createClient({
        nodes: [{ host: '127.0.0.1', port: node.port, tls: null }],
        authorization: null,
        connections: 4,
        timeout: 30_000,
        answerBytes: 16 * 1024 * 1024,
      });
      for (const variant of [1, 2] as const) {
        await fillWorld(node, variant, distribution);
        unguarded.push(JSON.stringify(await node.ask('GET', '/profiles/_search?size=100')));
        const bench = createBench(variant, {
          dialect: distribution as 'opensearch-2',
          upstream: client,
          policy: FIXTURE_POLICY.replace('store: elasticsearch, version: 8', store),
        });
        for (const { id, attempts } of CATALOGUE) {
          for (const [at, { sent }] of attempts.entries()) await attempt(`${id}/${at}`, sent, variant, bench);
        }
        await journeys((key, sent) => attempt(key, sent, variant, bench), distribution.startsWith('elasticsearch'));
      }
    }, 300_000);
    afterAll(async () => {
      client?.close();
      await node?.stop();
    });

    async function attempt(key: string, sent: Sent, variant: 1 | 2, bench: Bench): Promise<Outcome> {
      const outcome = plain(await sendTo(bench, sent));
      if (outcome.upstream.some(changes)) await putProfiles(node, variant, distribution);
      if (variant === 1) {
        const one: Ran = { first: outcome };
        ran.set(key, one);
        await idempotent(bench, sent, outcome).catch((problem: unknown) => {
          one.problem = problem;
        });
        return outcome;
      }
      const before = ran.get(key);
      if (before === undefined) throw new Error(`${key} did not run in the first world`);
      try {
        // A trusted service sees whole documents: the oracles are about those who must not.
        if (sent.as !== 'admin') judge(sent, before.first, outcome);
      } catch (problem) {
        before.problem ??= problem;
      }
      return outcome;
    }

    for (const { id, title, attempts } of CATALOGUE) {
      it(`${id} ${title}`, () => {
        for (const [at, one] of attempts.entries()) {
          const { first, problem } = ran.get(`${id}/${at}`) ?? {};
          if (problem !== undefined) throw problem;
          if (first === undefined) throw new Error('it did not run');
          if (REFUSED_BY_STORES.has(id) && first.answer.status === 400) one.check?.(first);
          else if (ELASTICSEARCH_ONLY.has(id) && store.includes('opensearch'))
            expectOutcome({ ...one, check: () => {} }, first);
          else expectOutcome(one, first);
        }
      });
    }

    for (const name of JOURNEYS) {
      it(`${name}, page by page`, () => {
        const pages = [...ran].filter(([key]) => key.startsWith(`${name}/`));
        expect(pages.length).toBeGreaterThan(4);
        for (const [, { first, problem }] of pages) {
          if (problem !== undefined) throw problem;
          expect(first.answer.status, first.entry?.detail ?? '').toBe(200);
          expect(first.upstream.length).toBe(1);
        }
      });
    }

    it('tells the worlds apart when nobody guards it', () => {
      expect(unguarded[0]).toContain('CANARY-DOC-1');
      expect(unguarded[1]).toContain('CANARY-DOC-2');
      const hits = unguarded.map((text) => (JSON.parse(text) as { hits: { hits: unknown[] } }).hits.hits.length);
      expect(hits[0]).not.toBe(hits[1]);
    });

    it('was reached by the requests that are let through', () => {
      const reached = [...ran.values()].filter(({ first }) => first.upstream.length > 0);
      expect(reached.length).toBeGreaterThan(60);
    });
  });
}

const JOURNEYS = [
  'a scroll',
  'a scroll in the order of the shard',
  'a point in time',
  'a point in time by city',
] as const;
type Ask = (key: string, sent: Sent) => Promise<Outcome>;

/** Sequences of which each request needs what the one before it answered. */
async function journeys(ask: Ask, elasticsearch: boolean): Promise<void> {
  await scroll(ask, JOURNEYS[0], {});
  await scroll(ask, JOURNEYS[1], { sort: ['_doc'] });
  await pointInTime(ask, JOURNEYS[2], {}, elasticsearch);
  await pointInTime(ask, JOURNEYS[3], { sort: [{ city: 'asc' }] }, elasticsearch);
}

async function scroll(ask: Ask, name: string, body: object): Promise<void> {
  let page = await ask(`${name}/0`, { target: '/profiles/_search?scroll=1m', body: { size: 5, ...body } });
  const idOf = ({ json }: Outcome) => (json as { _scroll_id: string })._scroll_id;
  for (let n = 1; n <= 3; n++)
    page = await ask(`${name}/${n}`, { target: '/_search/scroll', body: { scroll_id: idOf(page), scroll: '1m' } });
  await ask(`${name}/end`, { method: 'DELETE', target: '/_search/scroll', body: { scroll_id: idOf(page) } });
}

async function pointInTime(ask: Ask, name: string, body: object, elasticsearch: boolean): Promise<void> {
  const path = elasticsearch ? '_pit' : '_search/point_in_time';
  const opened = await ask(`${name}/open`, { method: 'POST', target: `/profiles/${path}?keep_alive=1m` });
  const { id: first, pit_id: other } = opened.json as { id?: string; pit_id?: string };
  const id = first ?? other;
  let after: unknown;
  for (let n = 0; n <= 3; n++) {
    const { json } = await ask(`${name}/${n}`, {
      target: '/_search',
      body: { pit: { id, keep_alive: '1m' }, size: 5, ...body, ...(after !== undefined && { search_after: after }) },
    });
    after = (json as { hits: { hits: { sort?: unknown }[] } }).hits.hits.at(-1)?.sort;
  }
  await ask(`${name}/close`, { method: 'DELETE', target: `/${path}`, body: elasticsearch ? { id } : { pit_id: [id] } });
}

/** Ids that the stores draw by lot, and what their clocks say, are not what the worlds differ in. */
function plain(outcome: Outcome): Outcome {
  const text = Buffer.from(outcome.answer.body).toString('utf8');
  const body = text.replace(/"_id":"[\w-]{20}"/g, '"_id":"auto"').replace(/"creation_time":\d+/g, '"creation_time":0');
  return { ...outcome, answer: { ...outcome.answer, body } };
}

function changes({ method, path }: { method: string; path: string }): boolean {
  return /\/_(?:doc|create|update|bulk)\b/.test(path) && method !== 'GET' && method !== 'HEAD';
}
