/** The oracles of the runs over declared resources fire: each gateway here is broken on purpose in one way. */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/guard/contract/refusal.ts';
import type { ResourceScope, ResourceStore } from '../../../src/guard/contract/resource.ts';
import type { ApiBenchOptions } from '../harness/api-fixture.ts';
import { generateApi } from './api-draft.ts';
import { createApiWorlds, shrinkApi } from './api-run.ts';
import { SEED } from './campaign.ts';

const MOST_CASES = 1500;
const everybodys = (scope: ResourceScope): ResourceScope => ({ ...scope, bound: null });

function store(change: (store: ResourceStore) => Partial<ResourceStore>): ApiBenchOptions {
  return { wrapStore: (inner) => ({ ...inner, ...change(inner) }) };
}

const BROKEN: readonly [name: string, options: ApiBenchOptions, oracle: RegExp][] = [
  [
    'a document is looked up by its id alone',
    store((inner) => ({ get: (scope, id) => inner.get(everybodys(scope), id) })),
    /^O[123]/,
  ],
  [
    'a list has no owner',
    store((inner) => ({ list: (scope, query) => inner.list(everybodys(scope), query) })),
    /^O[123]/,
  ],
  [
    "a count is everybody's",
    store((inner) => ({ count: (scope, conditions) => inner.count(everybodys(scope), conditions) })),
    /^O[23]/,
  ],
  [
    'a removal asks nobody whose the document is',
    store((inner) => ({ remove: (scope, id, version) => inner.remove(everybodys(scope), id, version) })),
    /^O3/,
  ],
  [
    "what is somebody else's is forbidden, and what is nobody's is absent",
    store((inner) => ({
      async get(scope, id) {
        const found = await inner.get(scope, id);
        if (found === undefined && (await inner.get(everybodys(scope), id)) !== undefined)
          throw new Refusal('forbidden');
        return found;
      },
    })),
    /^O[23]/,
  ],
  [
    'a document is given to whoever asks for it last',
    store((inner) => ({
      async update(scope, id, version, columns) {
        return inner.update(scope, id, version, { ...columns, customer: 'bob' });
      },
    })),
    /^(?:O3|a)/,
  ],
  [
    'a mask is forgotten',
    store((inner) => ({
      async get(scope, id) {
        const found = await inner.get(scope, id);
        return found && { ...found, columns: { ...found.columns, title: found.columns.iban ?? null } };
      },
    })),
    /^O1/,
  ],
  ['a value is not sealed', { wrapVault: (vault) => ({ ...vault, seal: (_key, _place, value) => value }) }, /^O[13]/],
  [
    'a refusal tells a value to the journal',
    store(() => ({
      count: () => Promise.reject(new Refusal('upstream_answer', 'count: of CANARY-ADA')),
    })),
    /^(?:O1|a)/,
  ],
  [
    "one person's idempotency keys are another's",
    {
      wrapToken: (token) => (field, value) =>
        token(field, field === '\0idempotency' ? value.replace(/\0[^\0]*\0/, '\0') : value),
    },
    /^O2/,
  ],
  [
    'an answer tells how many documents there are',
    {
      wrapApi(api) {
        let documents = 0;
        return {
          ...api,
          plan(request, context) {
            const plan = api.plan(request, context);
            return {
              ...plan,
              async run(upstream) {
                const reply = await plan.run(upstream);
                documents += reply.status === 201 ? 1 : 0;
                return { ...reply, headers: { ...reply.headers, 'x-documents': String(documents) } };
              },
            };
          },
        };
      },
    },
    /^O2/,
  ],
  [
    'a creation is done anew each time',
    {
      wrapToken: (token) => {
        let calls = 0;
        return (field, value) => token(field, /^\0id(?:empotency|\.)/.test(field) ? `${value} ${++calls}` : value);
      },
    },
    /^O[24]/,
  ],
];

describe('an oracle fires where', () => {
  it.each(BROKEN)('%s', { timeout: 120_000 }, async (_, options, oracle) => {
    const worlds = await createApiWorlds(options);
    for (let index = 0; index < MOST_CASES; index++) {
      const fuzz = generateApi(SEED, index);
      const [violation] = await worlds.run(fuzz);
      if (violation === undefined) continue;
      expect(violation.what).toMatch(oracle);
      if (violation.oracle !== 'O4') {
        const smallest = await shrinkApi(worlds, fuzz, violation.oracle);
        expect(smallest.steps.length).toBeLessThanOrEqual(fuzz.steps.length);
        expect((await worlds.run(smallest)).map((one) => one.oracle)).toContain(violation.oracle);
      }
      return;
    }
    throw new Error(`nothing fired in ${MOST_CASES} cases`);
  });
});
