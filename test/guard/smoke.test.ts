import { describe, expect, it } from 'vitest';
import { createWorlds } from './harness/fixture.ts';

describe('the gateway over the store in memory', () => {
  it('shows a signed-in user its own documents, with masks', async () => {
    const worlds = createWorlds();
    const { answer, json, upstream } = await worlds.send({
      target: '/profiles/_search',
      body: { query: { term: { city: 'Lyon' } }, size: 3 },
    });
    console.log(answer.status, JSON.stringify(json, null, 1), JSON.stringify(upstream), answer.headers);
    expect(answer.status).toBe(200);
  });
  it('refuses a stranger', async () => {
    const worlds = createWorlds();
    const { answer } = await worlds.send({ target: '/profiles/_search', as: null });
    expect(answer.status).toBe(401);
  });
  for (const sent of [
    { target: '/' },
    { target: '/profiles/_count' },
    { target: '/profiles/_doc/v1' },
    { target: '/profiles/_doc/h3' },
    { target: '/profiles/_doc/none' },
    { target: '/profiles/_mget', body: { ids: ['v1', 'h3', 'none'] } },
    { target: '/profiles/_field_caps?fields=*' },
    { target: '/profiles/_search?scroll=1m', method: 'POST', body: {} },
    { target: '/profiles/_pit?keep_alive=1m', method: 'POST' },
    {
      target: '/_msearch',
      ndjson: true,
      body: [{ index: 'profiles' }, { query: { match_all: {} } }, { index: 'orders' }, {}],
    },
    { target: '/profiles/_doc', as: 'W', body: { name: 'New Person', city: 'Oslo' } },
    { target: '/profiles/_doc/v1', as: 'W', method: 'PUT', body: { name: 'New Person', city: 'Oslo' } },
    { target: '/profiles/_update/v1', as: 'W', method: 'POST', body: { doc: { city: 'Oslo' } } },
    { target: '/profiles/_doc/v1', as: 'W', method: 'DELETE' },
    {
      target: '/_bulk',
      as: 'W',
      ndjson: true,
      body: [
        { index: { _index: 'profiles' } },
        { name: 'x' },
        { delete: { _index: 'profiles', _id: 'h3' } },
        { delete: { _index: 'profiles', _id: 'v2' } },
      ],
    },
    { target: '/profiles/_search', body: { size: 0, aggs: { c: { terms: { field: 'city' } } } } },
  ]) {
    it(`answers ${JSON.stringify(sent)}`, async () => {
      const worlds = createWorlds();
      const { answer, json, upstream } = await worlds.send(sent);
      console.log(answer.status, JSON.stringify(json).slice(0, 900), '\n  UP', JSON.stringify(upstream).slice(0, 900));
    });
  }
});
