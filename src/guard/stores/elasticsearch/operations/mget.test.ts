import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../json/index.ts';
import {
  contextOf,
  foundOf,
  grantOf,
  jsonOf,
  plan,
  refusalOf,
  requestOf,
  sentBody,
  storeOf,
} from '../testing/fixture.ts';

const logs = grantOf({ index: 'logs', rule: 'roles.mobile.rules[1]' });
const both = contextOf({ grants: [grantOf(), logs] });
const document = (name: string): JsonObject => ({ tenant: 't1', name });

const ask = (body: unknown, target = '/_mget', context = contextOf()) => plan(requestOf('POST', target, body), context);

describe('documents by their ids', () => {
  it('B153 come in the order asked for, one for each item, and what is denied reads like what is not there', async () => {
    const store = storeOf(() => ({ json: foundOf({ a: document('Ann'), b: document('Bob') }) }));
    const reply = await ask({
      docs: [
        { _index: 'orders', _id: '1' },
        { _index: 'profiles', _id: 'b' },
        { _index: 'nosuch', _id: '1' },
        { _index: 'profiles', _id: 'zz' },
        { _index: 'profiles', _id: 'a' },
        { _index: 'profiles', _id: 'b' },
      ],
    }).run(store);
    expect(jsonOf(reply)).toEqual({
      docs: [
        { _index: 'orders', _id: '1', found: false },
        { _index: 'profiles', _id: 'b', found: true, _source: document('Bob') },
        { _index: 'nosuch', _id: '1', found: false },
        { _index: 'profiles', _id: 'zz', found: false },
        { _index: 'profiles', _id: 'a', found: true, _source: document('Ann') },
        { _index: 'profiles', _id: 'b', found: true, _source: document('Bob') },
      ],
    });
    expect(reply.outcome).toBe('refused-in-part');
    expect(reply.documents).toEqual(['profiles/b', 'profiles/a', 'profiles/b']);
    expect(store.sent).toHaveLength(1);
    expect(store.sent[0]?.path).toBe('/profiles/_search?request_cache=false&allow_partial_search_results=false');
    expect(sentBody(store.sent[0]).size).toBe(3);
    expect(JSON.stringify(sentBody(store.sent[0]).query)).toContain('"t1"');
  });

  it('of several indices are asked for in one request, each under its own rule', async () => {
    const store = storeOf(() => ({
      json: {
        took: 1,
        responses: [
          { ...foundOf({ '1': document('Ann') }), status: 200 },
          { ...foundOf({ '1': document('log') }, 'logs'), status: 200 },
        ],
      },
    }));
    const body = {
      docs: [
        { _index: 'logs', _id: '1' },
        { _index: 'profiles', _id: '1' },
      ],
    };
    const decided = ask(body, '/_mget', both);
    expect(decided.rules).toEqual(['roles.mobile.rules[1]', 'roles.mobile.rules[0]']);
    const swapped = storeOf(() => ({
      json: {
        took: 1,
        responses: [
          { ...foundOf({ '1': document('log') }, 'logs'), status: 200 },
          { ...foundOf({ '1': document('Ann') }), status: 200 },
        ],
      },
    }));
    const reply = await decided.run(swapped);
    expect(jsonOf(reply).docs).toEqual([
      { _index: 'logs', _id: '1', found: true, _source: document('log') },
      { _index: 'profiles', _id: '1', found: true, _source: document('Ann') },
    ]);
    const lines = (swapped.sent[0]?.body ?? '').trim().split('\n');
    expect(swapped.sent[0]?.path).toBe('/_msearch');
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[0]!)).toEqual({
      index: ['logs'],
      request_cache: false,
      allow_partial_search_results: false,
    });
    for (const line of [lines[1]!, lines[3]!]) expect(line).toContain('"t1"');
    // An answer in the wrong place is another index's: nothing of it is shown.
    await expect(ask(body, '/_mget', both).run(store)).rejects.toMatchObject({ code: 'post_check' });
  });

  it('may be named by ids alone under an index, and by numbers', async () => {
    const store = storeOf(() => ({ json: foundOf({ '7': document('Gus') }) }));
    const reply = await ask({ ids: ['7', 7, 'x'] }, '/profiles/_mget').run(store);
    expect((jsonOf(reply).docs as JsonObject[]).map(({ found }) => found)).toEqual([true, true, false]);
  });

  it('B153 parts and versions of documents are not chosen by the item', async () => {
    const store = storeOf(() => ({ json: foundOf({ '2': document('Bob') }) }));
    const reply = await ask({
      docs: [
        { _index: 'profiles', _id: '1', _source: ['ssn'], stored_fields: ['phone'] },
        { _index: 'profiles', _id: '2' },
      ],
    }).run(store);
    const [first, second] = jsonOf(reply).docs as JsonObject[];
    expect(first).toMatchObject({ _id: '1', error: { type: 'illegal_argument_exception' } });
    expect(second).toMatchObject({ _id: '2', found: true });
    expect(store.sent[0]?.body).not.toContain('ssn');
  });

  it('of an index that the store lacks are not there', async () => {
    const store = storeOf(() => ({ status: 404, json: { error: { type: 'index_not_found_exception' }, status: 404 } }));
    expect(jsonOf(await ask({ ids: ['1'] }, '/profiles/_mget').run(store)).docs).toEqual([
      { _index: 'profiles', _id: '1', found: false },
    ]);
  });

  it('are asked for page by page where the rule has small pages', async () => {
    const small = grantOf({ limits: { ...grantOf().limits, page: 2 } });
    const answers: Record<string, JsonObject>[] = [{ '1': document('a'), '2': document('b') }, { '3': document('c') }];
    const store = storeOf(() => ({
      json: { took: 1, responses: answers.map((found) => ({ ...foundOf(found), status: 200 })) },
    }));
    const reply = await ask({ ids: ['1', '2', '3'] }, '/profiles/_mget', contextOf({ grants: [small] })).run(store);
    expect((jsonOf(reply).docs as JsonObject[]).map(({ found }) => found)).toEqual([true, true, true]);
  });

  it.each([
    [{ docs: [{ _index: 'orders', _id: '1' }] }, 'forbidden'],
    [{ docs: [{ _index: 'nosuch', _id: '1' }] }, 'forbidden'],
    [{ docs: [{ _index: 'prof*', _id: '1' }] }, 'malformed_index'],
    [{ docs: [{ _index: '<profiles-{now}>', _id: '1' }] }, 'malformed_index'],
    [{ docs: [{ _id: '1' }] }, 'malformed_body'],
    [{ docs: [{ _index: 'profiles' }] }, 'malformed_body'],
    [{ docs: [{ _index: 'profiles', _id: '' }] }, 'malformed_body'],
    [{ docs: [{ _index: 'profiles', _id: { a: 1 } }] }, 'malformed_body'],
    [{ docs: ['1'] }, 'malformed_body'],
    [{ docs: [] }, 'malformed_body'],
    [{ docs: {} }, 'malformed_body'],
    [{}, 'malformed_body'],
    [{ docs: [], ids: [] }, 'malformed_body'],
    [{ everything: ['1'] }, 'unsupported_option'],
    [{ docs: Array.from({ length: 51 }, (_, n) => ({ _index: 'profiles', _id: `${n}` })) }, 'too_costly'],
  ])('are refused as a whole for %j', (body, code) => {
    expect(refusalOf(() => ask(body))).toBe(code);
  });
});
