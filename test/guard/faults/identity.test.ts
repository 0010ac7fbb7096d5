/** An issuer that cannot be reached, changes its keys, or has another idea of the time. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeKey } from '../../../src/guard/authn/testing/issuer.ts';
import { type FakeStore, startStore } from '../../../src/guard/upstream/testing/store.ts';
import {
  errorShape,
  type KeyServer,
  makePlace,
  type Place,
  policyText,
  type Standing,
  search,
  stand,
  startIssuer,
  stopAll,
  tagsIn,
  tokenFor,
} from './gateway.ts';

let store: FakeStore;

beforeEach(async () => {
  // Before the gateway takes its clock. Timers go on as they are.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  store = await startStore();
});

afterEach(async () => {
  vi.useRealTimers();
  await stopAll();
  await store.stop();
});

interface Bench extends Standing {
  readonly place: Place;
  readonly issuer: KeyServer;
  readonly token: string;
}

async function bench(issuerUp = true): Promise<Bench> {
  const key = await makeKey('k1');
  const issuer = await startIssuer([key.jwk]);
  if (!issuerUp) await issuer.stop();
  const place = await makePlace(policyText({ stores: [store.port], jwks: `{ url: '${issuer.url}' }` }), key);
  const token = await tokenFor(key);
  const standing = await stand(place);
  if (issuerUp) await expect.poll(() => standing.gateway.notReady()).toBeUndefined();
  return { ...standing, place, issuer, token };
}

const UNAVAILABLE = errorShape(503, 'status_exception');
const UNKNOWN = errorShape(401, 'security_exception');

/** Moves the clock of the process, which otherwise stands. */
function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

describe('keys that cannot be had', () => {
  it('at the start: not ready, every token 503, strangers 401, nothing asked of the store; then all is well', async () => {
    const { url, token, issuer, gateway, logs } = await bench(false);
    expect(gateway.notReady()).toBe('the keys of an issuer are not known yet');
    for (let at = 0; at < 20; at++) expect(await search(url, token, 'x')).toMatchObject(UNAVAILABLE);
    expect(await search(url, undefined, 'x')).toMatchObject(UNKNOWN);
    expect(await search(url, 'not-a-token', 'x')).toMatchObject(UNKNOWN);
    expect(store.asked).toEqual([]);
    // Said once, however often it is tried.
    expect(logs.filter((line) => line.includes('keys of the issuer shop'))).toHaveLength(1);
    await startIssuer(issuer.keys, issuer.port);
    await expect.poll(() => gateway.notReady(), { timeout: 10_000 }).toBeUndefined();
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
  });

  it('later: the last ones hold for four hours, and not longer', async () => {
    const { url, token, issuer, gateway, place } = await bench();
    await issuer.stop();
    await gateway.reload();
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    const long = await tokenFor(place.key, { exp: Math.floor(Date.now() / 1000) + 8 * 3600 });
    later(3.9 * 3_600_000);
    expect(tagsIn(await search(url, long, 'y'))).toEqual(['y', 'y']);
    later(0.2 * 3_600_000);
    const before = store.asked.length;
    expect(await search(url, long, 'z')).toMatchObject(UNAVAILABLE);
    expect(gateway.notReady()).toBe('the keys of an issuer are not known yet');
    expect(store.asked.length).toBe(before);
    await startIssuer(issuer.keys, issuer.port);
    await gateway.reload();
    expect(tagsIn(await search(url, long, 'z'))).toEqual(['z', 'z']);
  });

  it('because the issuer answers with an error, or with none: the last ones hold', async () => {
    const { url, token, issuer, gateway } = await bench();
    const { keys } = issuer;
    for (const [status, list] of [
      [500, keys],
      [302, keys],
      [200, []],
    ] as const) {
      issuer.status = status;
      issuer.keys = list;
      const asked = issuer.asked;
      await gateway.reload();
      expect(issuer.asked).toBeGreaterThan(asked);
      expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
      expect(gateway.notReady()).toBeUndefined();
    }
  });
});

describe('keys that change', () => {
  it('are followed by a token that names the new one; what the old one signed ends with it', async () => {
    const { url, token, issuer, place } = await bench();
    const next = await makeKey('k2');
    const fresh = await tokenFor(next);
    expect(await search(url, fresh, 'x')).toMatchObject(UNKNOWN);
    issuer.keys = [place.key.jwk, next.jwk];
    // Tokens with unknown keys may not drive the issuer's load: one look in half a minute.
    later(31_000);
    expect(tagsIn(await search(url, fresh, 'x'))).toEqual(['x', 'x']);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    issuer.keys = [next.jwk];
    later(31_000);
    const third = await makeKey('k3');
    expect(await search(url, await tokenFor(third), 'x')).toMatchObject(UNKNOWN);
    expect(await search(url, token, 'x')).toMatchObject(UNKNOWN);
    expect(tagsIn(await search(url, fresh, 'x'))).toEqual(['x', 'x']);
  });

  it('are asked for once, however many tokens name keys that do not exist', async () => {
    const { url, token, issuer } = await bench();
    const stranger = await tokenFor(await makeKey('k9'));
    later(31_000);
    const before = issuer.asked;
    const answers = await Promise.all(Array.from({ length: 60 }, () => search(url, stranger, 'x')));
    for (const answer of answers) expect(answer).toMatchObject(UNKNOWN);
    expect(issuer.asked).toBe(before + 1);
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
  });

  it('to another key of the same name make the old tokens worthless', async () => {
    const { url, token, issuer, gateway } = await bench();
    expect(tagsIn(await search(url, token, 'x'))).toEqual(['x', 'x']);
    const other = await makeKey('k1');
    issuer.keys = [other.jwk];
    await gateway.reload();
    expect(await search(url, token, 'x')).toMatchObject(UNKNOWN);
    expect(tagsIn(await search(url, await tokenFor(other), 'x'))).toEqual(['x', 'x']);
  });
});

describe('clocks that differ', () => {
  it('do not matter within the tolerance of 30 seconds, and do beyond it', async () => {
    const { url, place } = await bench();
    const now = Math.floor(Date.now() / 1000);
    vi.setSystemTime(now * 1000);
    const cases = [
      // Issued by a clock that goes before ours.
      [{ iat: now + 30, exp: now + 600 }, 200],
      [{ iat: now + 31, exp: now + 600 }, 401],
      [{ nbf: now + 30, exp: now + 600 }, 200],
      [{ nbf: now + 31, exp: now + 600 }, 401],
      // By one that goes behind it.
      [{ exp: now - 29 }, 200],
      [{ exp: now - 30 }, 401],
      [{ exp: now - 3600 }, 401],
    ] as const;
    for (const [claims, status] of cases) {
      const answer = await search(url, await tokenFor(place.key, claims), 'x');
      expect([claims, answer.status]).toEqual([claims, status]);
    }
  });

  it('that jump end tokens that were good a moment ago, and bring them back', async () => {
    const { url, token } = await bench();
    expect((await search(url, token, 'x')).status).toBe(200);
    later(631_000);
    expect(await search(url, token, 'x')).toMatchObject(UNKNOWN);
    later(-631_000);
    expect((await search(url, token, 'x')).status).toBe(200);
    later(-3_600_000);
    expect((await search(url, await tokenFor(await makeKey('k1')), 'x')).status).toBe(401);
  });
});
