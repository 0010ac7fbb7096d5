import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../json/index.ts';
import {
  compatGrantOf,
  contextOf,
  foundOf,
  grantOf,
  jsonOf,
  linesOf,
  plan,
  refusalOf,
  requestOf,
  storeOf,
} from '../testing/fixture.ts';

const ask = (body: string, target = '/_msearch', context = contextOf()) =>
  plan(requestOf('POST', target, body), context);
const found = (name: string) => ({ ...foundOf({ [name]: { tenant: 't1', name } }), status: 200 });
const answering = (...responses: object[]) => storeOf(() => ({ json: { took: 5, responses } }));

describe('several searches', () => {
  it('B033 are decided one by one: what is refused is answered in its place, and the rest runs', async () => {
    const store = answering(found('a'), found('b'));
    const reply = await ask(
      linesOf({}, { size: 1 }, { index: 'orders' }, {}, { index: 'profiles' }, {}, { index: ['nosuch'] }, {}),
      '/profiles/_msearch',
    ).run(store);
    const responses = jsonOf(reply).responses as JsonObject[];
    expect(responses.map(({ status }) => status)).toEqual([200, 403, 200, 403]);
    expect(responses[1]).toEqual(responses[3]);
    expect(responses[1]).toEqual({
      error: {
        root_cause: [{ type: 'security_exception', reason: 'not permitted' }],
        type: 'security_exception',
        reason: 'not permitted',
      },
      status: 403,
    });
    expect(JSON.stringify(responses[2])).toContain('"b"');
    expect(reply.documents).toEqual(['profiles/a', 'profiles/b']);
    expect(reply.outcome).toBe('refused-in-part');
    const lines = (store.sent[0]?.body ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ index }) => index)).toEqual([['profiles'], undefined, ['profiles'], undefined]);
    for (const line of [lines[1], lines[3]]) expect(JSON.stringify(line.query)).toContain('"t1"');
  });

  it('go as a single search when only one is left', async () => {
    const store = storeOf(() => ({ json: found('a') }));
    const reply = await ask(linesOf({ index: 'orders' }, {}, { index: 'profiles' }, {})).run(store);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false');
    expect((jsonOf(reply).responses as JsonObject[]).map(({ status }) => status)).toEqual([403, 200]);
  });

  it('show the store’s errors rebuilt, each in its place', async () => {
    const store = answering(found('a'), {
      error: {
        type: 'query_shard_exception',
        reason: 'CANARY',
        root_cause: [{ type: 'query_shard_exception', index: 'canaryidx' }],
      },
      status: 400,
    });
    const reply = await ask(linesOf({ index: 'profiles' }, {}, { index: 'profiles' }, {})).run(store);
    expect((jsonOf(reply).responses as JsonObject[]).map(({ status }) => status)).toEqual([200, 400]);
    expect(reply.body.toString()).not.toMatch(/CANARY|canaryidx/);
  });

  it('take what clients say in header lines, and send none of it', async () => {
    const store = storeOf(() => ({ json: found('a') }));
    const header = {
      index: ['profiles'],
      search_type: 'query_then_fetch',
      ignore_unavailable: true,
      allow_no_indices: 'true',
      expand_wildcards: ['open', 'hidden'],
      ignore_throttled: false,
      ccs_minimize_roundtrips: true,
      request_cache: true,
    };
    await ask(linesOf(header, {})).run(store);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false');
  });

  it.each([
    { preference: '_local' },
    { routing: 't2' },
    { search_type: 'dfs_query_then_fetch' },
    { expand_wildcards: 'closed' },
    { ignore_unavailable: 1 },
    { type: 'user' },
    { version: true },
    { allow_partial_search_results: false },
    { index: 'profiles', __proto__x: 1 },
    { index: ['profiles,orders'] },
    { index: 7 },
  ])('B046 refuse an item with the header %j', async (header) => {
    const store = storeOf(() => ({ json: found('a') }));
    const reply = await ask(linesOf({}, {}, header, {}), '/profiles/_msearch').run(store);
    expect((jsonOf(reply).responses as JsonObject[]).map(({ status }) => status)).toEqual([200, 400]);
    expect(store.sent).toHaveLength(1);
  });

  it.each([
    ['B073 lines that are no objects', linesOf([], {}), 'malformed_body'],
    ['B073 an odd number of lines', linesOf({}, {}, {}), 'malformed_body'],
    ['B073 a missing last newline', `${linesOf({}, {})}{}\n{}`, 'malformed_body'],
    ['B073 blank lines', `{}\n\n{}\n`, 'malformed_body'],
    ['B073 carriage returns', '{}\r\n{}\r\n', 'malformed_body'],
    ['nothing that is permitted', linesOf({ index: 'orders' }, {}, { index: 'nosuch' }, {}), 'forbidden'],
    ['B137 too many items', linesOf(...Array(51 * 2).fill({})), 'too_costly'],
    [
      'B137 too many hits in all',
      linesOf(
        ...Array(11)
          .fill([{}, { size: 100 }])
          .flat(),
      ),
      'too_costly',
    ],
  ])('are refused as a whole for %s', (_name, body, code) => {
    const all = [refusalOf(() => ask(body, '/profiles/_msearch'))];
    expect(all[0] === 'malformed_json' ? 'malformed_body' : all[0]).toBe(code);
  });

  it('B137 may ask for as many hits in all as the rule’s window', () => {
    expect(
      refusalOf(() =>
        ask(
          linesOf(
            ...Array(10)
              .fill([{}, { size: 100 }])
              .flat(),
          ),
          '/profiles/_msearch',
        ),
      ),
    ).toBe('planned');
  });

  it('do not reach two stores with one request', async () => {
    const elsewhere = compatGrantOf({ index: 'logs', upstream: 'other', rule: 'roles.mobile.rules[1]' });
    const context = contextOf({ grants: [grantOf(), elsewhere] });
    const store = storeOf(() => ({ json: found('a') }));
    const decided = ask(linesOf({ index: 'profiles' }, {}, { index: 'logs' }, {}), '/_msearch', context);
    expect(decided.upstream).toBe('shop');
    expect((jsonOf(await decided.run(store)).responses as JsonObject[]).map(({ status }) => status)).toEqual([
      200, 403,
    ]);
  });

  it('are not believed when the store answers another number of them', async () => {
    await expect(ask(linesOf({}, {}, {}, {}), '/profiles/_msearch').run(answering(found('a')))).rejects.toMatchObject({
      code: 'upstream_answer',
    });
  });

  it('share a way of naming aggregations', async () => {
    const context = contextOf({ grants: [compatGrantOf()] });
    const store = answering(found('a'), found('b'));
    await plan(requestOf('POST', '/profiles/_msearch?typed_keys=true', linesOf({}, {}, {}, {})), context).run(store);
    expect(store.sent[0]?.path).toBe('/_msearch?typed_keys=true');
  });
});
