import { describe, expect, it } from 'vitest';
import { ASSERTION_HEADER, CHALLENGE_HEADER } from '../devices/fresh.ts';
import { harness } from './testing/harness.ts';

const ORIGIN = 'https://shop.example.org';
const PREFLIGHT = { origin: ORIGIN, 'access-control-request-method': 'PATCH' };

describe('a browser of another origin', () => {
  it('is not let in unless the policy lists it', async () => {
    const { api, ask } = harness();
    expect(api.cors(ORIGIN)).toEqual({});
    const refused = await ask('/v1/orders', { method: 'OPTIONS', headers: PREFLIGHT });
    expect(refused.status).toBe(405);
    expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('gets its preflight when it is listed, alike for every path, without credentials', async () => {
    const { ask } = harness({ origins: [ORIGIN] });
    const there = await ask('/v1/orders', { method: 'OPTIONS', headers: PREFLIGHT });
    expect(there.status).toBe(204);
    expect(there.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'origin' });
    expect(there.headers['access-control-allow-credentials']).toBeUndefined();
    expect(await ask('/v1/nothing', { method: 'OPTIONS', headers: PREFLIGHT })).toEqual(there);
  });

  it.each([
    `${ORIGIN}.evil.example`,
    'https://shop.example.org:8443',
    'http://shop.example.org',
    'https://SHOP.example.org',
    'null',
    '*',
    '',
  ])('is told apart byte for byte: %s', async (origin) => {
    const { api, ask } = harness({ origins: [ORIGIN] });
    expect(api.cors(origin)).toEqual({ vary: 'origin' });
    expect((await ask('/v1/orders', { method: 'OPTIONS', headers: { ...PREFLIGHT, origin } })).status).toBe(405);
  });

  it('may read what an answer says in its headers', () => {
    const { api } = harness({ origins: [ORIGIN] });
    expect(api.cors(ORIGIN)).toMatchObject({
      vary: 'origin',
      'access-control-allow-origin': ORIGIN,
      'access-control-expose-headers': expect.stringContaining('etag'),
    });
    expect(api.cors(undefined)).toEqual({ vary: 'origin' });
  });

  it('may send every header that the gateway reads', async () => {
    const { ask } = harness({ origins: [ORIGIN] });
    const { headers } = await ask('/v1/orders', { method: 'OPTIONS', headers: PREFLIGHT });
    const allowed = headers['access-control-allow-headers']?.split(', ');
    for (const name of [CHALLENGE_HEADER, ASSERTION_HEADER, 'authorization', 'dpop', 'if-match', 'idempotency-key']) {
      expect(allowed).toContain(name);
    }
  });
});
