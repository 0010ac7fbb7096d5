import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { contextOf, foundOf, plan, requestOf, storeOf } from '../testing/fixture.ts';

const token = fc.constantFrom(
  '_search',
  '%5Fsearch',
  '_doc',
  '_msearch',
  '_mget',
  '_count',
  '_source',
  '_field_caps',
  'scroll',
  '_all',
  '*',
  'profiles',
  'orders',
  'prof*',
  'profiles,orders',
  'people',
  '1',
  '.kibana',
  '_security',
  '%2e%2e',
  'a%2Fb',
  '',
);
/** Of the right shape, so that many are let through. */
const nearly = fc.tuple(
  fc.constantFrom('profiles', '_all', 'prof*', 'people'),
  fc.constantFrom('_search', '_count', '_msearch', '_mget'),
);
const parameter = fc.constantFrom(
  'size=1',
  'q=x',
  'pretty',
  'scroll=1m',
  'preference=_local',
  'routing=t2',
  'filter_path=took',
  'ignore_unavailable=true',
  'realtime=false',
  'fields=*',
  '_source=ssn',
);
const body = fc.constantFrom(
  undefined,
  '{}',
  '{"query":{"match_all":{}}}',
  '{"ids":["1","2"]}',
  '{"docs":[{"_index":"orders","_id":"1"},{"_index":"profiles","_id":"2"}]}',
  '{"index":"profiles"}\n{}\n{"index":"orders"}\n{}\n',
  '{}\n{"query":{"term":{"tenant":"t2"}}}\n',
);

/** What may reach the store for this principal when nothing is written. */
const READS = /^\/(?:profiles\/(?:_search|_count)(?:\?[a-z_&=0-9ms]*)?|_msearch)$/;

describe('whatever path, parameters and body are put together', () => {
  it('reach the store as a search or count of the granted index under the filter, or not at all', async () => {
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'HEAD'),
        fc.oneof(fc.array(token, { maxLength: 4 }), nearly),
        fc.uniqueArray(parameter, { maxLength: 2 }),
        body,
        async (method, tokens, parameters, text) => {
          const store = storeOf(() => ({ json: foundOf({}) }));
          const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
          try {
            await plan(
              requestOf(method, `/${tokens.join('/')}${query}`, text),
              contextOf({ aliases: { people: 'profiles' } }),
            ).run(store);
          } catch (error) {
            // An answer to one search is none to several.
            if (!(error instanceof Refusal)) throw error;
          }
          for (const { path, body: sent } of store.sent) {
            reached++;
            expect(path).toMatch(READS);
            const lines = (sent ?? '')
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line));
            const searches = lines.length === 1 ? lines : lines.filter((_, at) => at % 2 === 1);
            for (const search of searches) expect(JSON.stringify(search.query)).toContain('{"tenant":{"value":"t1"}}');
            for (const header of lines.length === 1 ? [] : lines.filter((_, at) => at % 2 === 0))
              expect(header.index).toEqual(['profiles']);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(reached).toBeGreaterThan(100);
  });
});
