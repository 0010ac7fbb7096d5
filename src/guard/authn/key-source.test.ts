import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import type { GetDocument } from './fetch.ts';
import { createKeySource, type KeySource } from './key-source.ts';
import { ISSUER, ISSUER_CONFIG, makeKey, NOW, network, type SigningKey } from './testing/issuer.ts';

const JWKS = 'https://id.example.org/jwks.json';
const DISCOVERY = 'https://id.example.org/.well-known/openid-configuration';
let one: SigningKey;
let two: SigningKey;
const open: KeySource[] = [];
const said: string[] = [];

beforeAll(async () => {
  [one, two] = await Promise.all([makeKey('k1'), makeKey('k2')]);
});
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  said.length = 0;
});
afterEach(() => {
  for (const source of open.splice(0)) source.close();
  vi.useRealTimers();
});

function source(get: GetDocument, issuer: Partial<IssuerConfig> = {}): KeySource {
  const made = createKeySource(
    { ...ISSUER_CONFIG, ...issuer },
    { get, now: Date.now, log: (message) => said.push(message) },
  );
  open.push(made);
  return made;
}

async function find(keys: KeySource, kid: string | null = 'k1', algorithm = 'ES256'): Promise<string> {
  try {
    return (await keys.find(kid, algorithm, Date.now())).kid ?? 'without kid';
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

const UNAVAILABLE = '503 keys of the issuer shop: none that may be trusted';

describe('the keys of an issuer', () => {
  it('are loaded at start, and requests of that moment wait for them', async () => {
    const keys = source(network({ [JWKS]: { keys: [one.jwk] } }).get);
    expect(keys.ready(NOW)).toBe(false);
    expect(await find(keys)).toBe('k1');
    expect(keys.ready(NOW)).toBe(true);
  });

  it('are found by discovery, for this very issuer only', async () => {
    const discovery = { kind: 'discovery', url: DISCOVERY } as const;
    const documents = { [JWKS]: { keys: [one.jwk] }, [DISCOVERY]: { issuer: ISSUER, jwks_uri: JWKS } };
    expect(await find(source(network(documents).get, { keys: discovery }))).toBe('k1');
    for (const document of [
      { issuer: 'https://evil.example.org/', jwks_uri: JWKS },
      { jwks_uri: JWKS },
      { issuer: ISSUER },
      { issuer: ISSUER, jwks_uri: 'http://id.example.org/jwks.json' },
      { issuer: ISSUER, jwks_uri: 'file:///etc/keys' },
      [],
    ]) {
      expect(await find(source(network({ ...documents, [DISCOVERY]: document }).get, { keys: discovery }))).toBe(
        UNAVAILABLE,
      );
    }
    expect(said.join('\n')).toContain('discovery: another issuer');
  });

  it('B219: refuse everything while they cannot be loaded at start, and recover by themselves', async () => {
    const { get, documents, asked } = network({});
    const keys = source(get);
    expect(await find(keys)).toBe(UNAVAILABLE);
    for (let at = 0; at < 100; at += 1) expect(await find(keys)).toBe(UNAVAILABLE);
    expect(asked.length).toBe(1);
    documents[JWKS] = { keys: [one.jwk] };
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await find(keys)).toBe('k1');
    expect(said).toEqual(['keys of the issuer shop: cannot be loaded: status 503']);
  });

  it('hold for four hours when the issuer is down, and not longer', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [one.jwk] } });
    const keys = source(get);
    await find(keys);
    const key = await keys.find('k1', 'ES256', NOW);
    delete documents[JWKS];
    await vi.advanceTimersByTimeAsync(4 * 3_600_000 - 1);
    expect(await find(keys)).toBe('k1');
    expect(keys.holds(key, Date.now())).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(await find(keys)).toBe(UNAVAILABLE);
    expect(keys.holds(key, Date.now())).toBe(false);
    documents[JWKS] = { keys: [one.jwk] };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(keys.holds(key, Date.now())).toBe(true);
  });

  it('are loaded again in the background, by the age that the answer gives, within bounds', async () => {
    let asked = 0;
    const get = (maxAge: number | null) => async () => {
      asked += 1;
      return { bytes: Buffer.from(JSON.stringify({ keys: [one.jwk] })), maxAge };
    };
    for (const [maxAge, wait] of [
      [null, 300_000],
      [0, 60_000],
      [600_000, 600_000],
      [1e12, 3_600_000],
    ] as const) {
      asked = 0;
      const keys = source(get(maxAge));
      await keys.refresh();
      expect(asked).toBe(1);
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(asked).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(asked).toBe(2);
      keys.close();
    }
  });

  it('are loaded once for all tokens with an unknown kid, and then no more for half a minute', async () => {
    const { get, documents, asked } = network({ [JWKS]: { keys: [one.jwk] } });
    const keys = source(get);
    await find(keys);
    vi.setSystemTime(NOW + 30_000);
    documents[JWKS] = { keys: [one.jwk, two.jwk] };
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, at) => find(keys, at % 2 === 0 ? 'k2' : `unknown-${at}`)),
    );
    expect(new Set(answers)).toEqual(new Set(['k2', '401 token.kid: unknown']));
    expect(asked.length).toBe(2);
    for (let at = 0; at < 500; at += 1) await find(keys, `unknown-${at}`);
    expect(asked.length).toBe(2);
  });

  it('are gone when the issuer no longer lists them', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [one.jwk, two.jwk] } });
    const keys = source(get);
    await find(keys);
    const [first, second] = [await keys.find('k1', 'ES256', NOW), await keys.find('k2', 'ES256', NOW)];
    documents[JWKS] = { keys: [two.jwk] };
    await keys.refresh();
    expect(keys.holds(first, NOW)).toBe(false);
    expect(keys.holds(second, NOW)).toBe(true);
  });

  it('stay as they are when what comes is no key set', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [one.jwk] } });
    const keys = source(get);
    await find(keys);
    for (const bad of [
      '',
      '<html>',
      '{"keys":',
      '{}',
      { keys: {} },
      { keys: [] },
      { keys: [7] },
      { keys: [one.privateJwk] },
      '{"keys":[],"keys":[]}',
      { keys: Array.from({ length: 101 }, () => one.jwk) },
    ]) {
      documents[JWKS] = bad;
      await keys.refresh();
      expect(await find(keys)).toBe('k1');
    }
  });

  it('are of a file that is read again when it changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
    const path = join(folder, 'jwks.json');
    try {
      writeFileSync(path, JSON.stringify({ keys: [one.jwk] }));
      const keys = source(network({}).get, { keys: { kind: 'file', path } });
      await keys.refresh();
      expect(await find(keys)).toBe('k1');
      writeFileSync(path, JSON.stringify({ keys: [two.jwk] }));
      utimesSync(path, 1, 1);
      await vi.waitFor(async () => expect(await find(keys, 'k2')).toBe('k2'), { timeout: 10_000 });
      expect(await find(keys)).toBe('401 token.kid: unknown');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a key in a key set', () => {
  const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });

  it.each([
    ['for encryption', () => ({ ...one.jwk, use: 'enc' }), 'jwk.use'],
    ['without verify', () => ({ ...one.jwk, key_ops: ['sign'] }), 'jwk.key_ops'],
    ['for another algorithm', () => ({ ...one.jwk, alg: 'ES384' }), 'jwk.alg'],
    ['that is symmetric', () => ({ kty: 'oct', k: 'AAAA', kid: 'k1' }), 'the secret k'],
    ['that is private', () => one.privateJwk, 'the secret d'],
    ['of 1024 bits', () => ({ ...rsa(1024), kid: 'k1' }), 'shorter than 2048'],
    [
      'of 2047 bits',
      () => ({
        kty: 'RSA',
        e: 'AQAB',
        n: Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(255, 0xff)]).toString('base64url'),
      }),
      'shorter than 2048',
    ],
    ['with exponent 3', () => ({ ...rsa(2048), e: 'Aw' }), 'jwk.e'],
    [
      'with a modulus of 64 KiB',
      () => ({ kty: 'RSA', e: 'AQAB', n: Buffer.alloc(65_536, 0xff).toString('base64url') }),
      'jwk.n',
    ],
    ['that the issuer does not sign with', () => ({ ...rsa(2048), kid: 'k1' }), 'for no algorithm of the issuer'],
    ['off its curve', () => ({ ...one.jwk, y: 'A'.repeat(43) }), 'not a key'],
    ['that is a number', () => 7, 'not an object'],
  ])('is left out and noted: one %s', async (_, make, why) => {
    const keys = source(network({ [JWKS]: { keys: [make(), two.jwk] } }).get);
    expect(await find(keys)).toBe('401 token.kid: unknown');
    expect(await find(keys, 'k2')).toBe('k2');
    expect(said.join('\n')).toContain('keys[0]');
    expect(said.join('\n')).toContain(why);
  });

  it('is not guessed: two with one kid, or a token without a kid where several could be meant', async () => {
    const twins = source(network({ [JWKS]: { keys: [one.jwk, { ...two.jwk, kid: 'k1' }] } }).get);
    expect(await find(twins)).toBe('401 token.kid: several keys could be meant');
    const pair = source(network({ [JWKS]: { keys: [one.jwk, two.jwk] } }).get);
    expect(await find(pair, null)).toBe('401 token.kid: several keys could be meant');
    const single = source(network({ [JWKS]: { keys: [one.jwk] } }).get);
    expect(await find(single, null)).toBe('k1');
  });
});
