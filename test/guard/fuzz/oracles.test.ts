/** That the oracles can fail: gateways that are broken on purpose, each in the way that one of them is for. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/guard/contract/refusal.ts';
import type { Plan, Store, Upstream, UpstreamAnswer, UpstreamRequest } from '../../../src/guard/contract/store.ts';
import { authorize } from '../../../src/guard/stores/elasticsearch/encode.ts';
import { campaign } from './campaign.ts';
import type { FuzzCase } from './draft.ts';
import { generate } from './generate.ts';
import { createFuzzWorlds, type FuzzOptions, shrink } from './run.ts';

const CASES = 500;

/** The oracles that fire in the first cases of a seed. */
async function fired(options: FuzzOptions): Promise<string[]> {
  const worlds = createFuzzWorlds(options);
  const oracles = new Set<string>();
  for (let index = 0; index < CASES; index++) {
    const { violations } = await worlds.run(generate({ seed: 7 }, index).fuzz);
    for (const { oracle } of violations) oracles.add(oracle);
  }
  return [...oracles].sort();
}

/** Changes the bodies of searches on their way to the store. */
function onTheWay(change: (body: Record<string, unknown>) => Record<string, unknown>) {
  return (upstream: Upstream): Upstream => ({
    send(request) {
      if (!/\/_(?:search|count)(?:\?|$)/.test(request.path) || request.body === null) return upstream.send(request);
      const body = JSON.stringify(change(JSON.parse(request.body)));
      return upstream.send({ ...request, body } as UpstreamRequest);
    },
  });
}

/** Changes what the store answered. */
function onTheWayBack(change: (text: string, variant: 1 | 2) => string) {
  return (upstream: Upstream, variant: 1 | 2): Upstream => ({
    async send(request): Promise<UpstreamAnswer> {
      const answer = await upstream.send(request);
      return { ...answer, body: Buffer.from(change(Buffer.from(answer.body).toString('utf8'), variant)) };
    },
  });
}

/** Does something else than what was planned. */
function instead(run: (plan: Plan, upstream: Upstream) => ReturnType<Plan['run']>) {
  return (store: Store): Store => ({
    plan(request, context) {
      const plan = store.plan(request, context);
      return { ...plan, run: (upstream) => run(plan, upstream) };
    },
  });
}

const SEARCH: FuzzCase = {
  side: 't1',
  steps: [
    {
      ...{ as: 'A', method: 'POST', path: '/profiles/_search', params: [['pretty', 'true']] },
      body: {
        query: { bool: { must: [{ match: { name: 'person' } }], filter: [{ range: { age: { gte: 3 } } }] } },
        size: 3,
      },
    },
  ],
};

describe('the oracles', () => {
  it('are silent about the gateway as it is', async () => {
    expect(await fired({})).toEqual([]);
  });

  it('O1 notices a denied field that is put into the documents', async () => {
    const wrapStore = instead(async (plan, upstream) => {
      const reply = await plan.run(upstream);
      const text = Buffer.from(reply.body as Uint8Array).toString('utf8');
      return { ...reply, body: text.replaceAll('"_source":{', '"_source":{"ssn":"CANARY-FLD-ssn",') };
    });
    expect(await fired({ wrapStore })).toEqual(['O1']);
  });

  it('O1 notices a canary in base64, behind escapes, and in a header', async () => {
    const leaks: ((text: string) => Record<string, string>)[] = [
      (text) => ({ body: `${text} ${Buffer.from('x CANARY-DOC-1 is here').toString('base64')}` }),
      (text) => ({ body: `${text} "\\u0043ANARY-DOC"` }),
      () => ({ 'x-total': '987654321' }),
    ];
    for (const leak of leaks) {
      const wrapStore = instead(async (plan, upstream) => {
        const reply = await plan.run(upstream);
        const { body, ...headers } = leak(Buffer.from(reply.body as Uint8Array).toString('utf8'));
        return { ...reply, body: body ?? reply.body, headers: { ...reply.headers, ...headers } };
      });
      const { violations } = await createFuzzWorlds({ wrapStore }).run(SEARCH);
      expect(violations.map(({ oracle }) => oracle)).toContain('O1');
    }
  });

  it('O1 and O2 notice answers that are handed on as the store gave them', async () => {
    const wrapStore = instead(async (plan, upstream) => {
      let last: UpstreamAnswer | undefined;
      const reply = await plan.run({
        async send(request) {
          last = await upstream.send(request);
          return last;
        },
      });
      return { ...reply, body: last?.body ?? reply.body };
    });
    expect(await fired({ wrapStore })).toEqual(expect.arrayContaining(['O1', 'O2']));
  });

  it('O2 notices a total that counts hidden documents', async () => {
    const wrapUpstream = onTheWayBack((text, variant) =>
      text.replace(/"total":\{"value":(\d+)/g, (_, total: string) => `"total":{"value":${Number(total) + variant}`),
    );
    expect(await fired({ wrapUpstream })).toEqual(['O2']);
  });

  it('O2 notices a header that only one world has', async () => {
    let requests = 0;
    const wrapStore = instead(async (plan, upstream) => {
      const reply = await plan.run(upstream);
      return { ...reply, headers: { ...reply.headers, ...(requests++ % 2 === 0 && { warning: 'x' }) } };
    });
    const { violations } = await createFuzzWorlds({ wrapStore }).run({
      ...SEARCH,
      steps: [{ as: 'A', method: 'GET', path: '/', params: [] }],
    });
    expect(violations.map(({ oracle }) => oracle)).toEqual(['O2']);
  });

  it('O3 notices a store that is asked without the filter; the check of the answer fails closed', async () => {
    const wrapUpstream = onTheWay(({ query: _, ...body }) => ({ ...body, query: { match_all: {} } }));
    expect(await fired({ wrapUpstream })).toEqual(expect.arrayContaining(['O3', 'defect']));
    const { violations, outcomes } = await createFuzzWorlds({ wrapUpstream }).run(SEARCH);
    expect(outcomes).toMatchObject([{ status: 500, code: 'post_check' }]);
    // What is hidden did not get out.
    expect(violations.map(({ oracle }) => oracle)).not.toContain('O1');
  });

  it.each([
    [
      'the filter beside the query instead of above it',
      (query: unknown) => ({ bool: { should: [query, { match_all: {} }] } }),
    ],
    ['a query on a denied field', (query: unknown) => ({ bool: { filter: [query, { prefix: { phone: '9' } }] } })],
  ])('O3 notices %s', async (_, change) => {
    const wrapUpstream = onTheWay((body) => ({ ...body, query: change(body.query) }));
    const { violations } = await createFuzzWorlds({ wrapUpstream }).run(SEARCH);
    expect(violations.map(({ oracle }) => oracle)).toContain('O3');
  });

  it('O3 notices a further index', async () => {
    const wrapUpstream = (upstream: Upstream): Upstream => ({
      send: (request) =>
        upstream.send({ ...request, path: request.path.replace('/profiles/', '/profiles,orders/') } as UpstreamRequest),
    });
    expect(await fired({ wrapUpstream })).toContain('O3');
  });

  it('O3 notices a refused request that reaches the store', async () => {
    const probe = authorize({ method: 'POST', segments: ['profiles', '_search'], body: { query: { match_none: {} } } });
    const wrapStore = (store: Store): Store => ({
      plan(request, context) {
        try {
          return store.plan(request, context);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const run = async (upstream: Upstream): Promise<never> => {
            await upstream.send(probe);
            throw error;
          };
          return { operation: 'search', role: 'mobile', rules: [], upstream: 'shop', indices: [], run };
        }
      },
    });
    expect(await fired({ wrapStore })).toContain('O3');
  });

  it('O4 notices a request that grows with each pass', async () => {
    const wrapUpstream = onTheWay((body) => ({ ...body, query: { bool: { filter: [body.query] } } }));
    expect(await fired({ wrapUpstream })).toEqual(['O4']);
  });

  it('a defect is noticed whatever the answer says', async () => {
    const wrapStore = instead(() => Promise.reject(new Error('made up')));
    expect(await fired({ wrapStore })).toEqual(['defect']);
  });
});

describe('a case that fails', () => {
  it('is made smaller until nothing more can be left out, and is named by its seed', async () => {
    const wrapUpstream = onTheWayBack((text, variant) => text.replace(/"doc_count":1/g, `"doc_count":${variant}`));
    const worlds = createFuzzWorlds({ wrapUpstream });
    const { steps } = await shrink(
      worlds,
      {
        side: 't1',
        steps: [
          {
            ...SEARCH.steps[0]!,
            body: { size: 3, sort: ['age'], aggs: { a: { terms: { field: 'age' } }, b: { max: { field: 'age' } } } },
          },
          { as: 'A', method: 'GET', path: '/', params: [] },
        ],
      },
      'O2',
    );
    expect(steps).toEqual([{ ...SEARCH.steps[0], params: [], body: { aggs: { a: { terms: { field: 'age' } } } } }]);
    await expect(campaign(worlds, { seed: 3 }, 5000)).rejects.toThrow(/O2: [\s\S]*POSTERN_FUZZ_SEED=3/);
  });

  it('is the same case again by the same seed and number', () => {
    for (let index = 0; index < 200; index++)
      expect(generate({ seed: 5 }, index)).toEqual(generate({ seed: 5 }, index));
    const all = Array.from({ length: 200 }, (_, index) => JSON.stringify(generate({ seed: 5 }, index)));
    expect(new Set(all).size).toBeGreaterThan(190);
  });
});
