/** Property: a token or proof that was changed in any way, however slightly, proves nothing; and jose takes whatever is taken here. */
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import {
  b64,
  ISSUER,
  identityOf,
  makeKey,
  makeProof,
  makeToken,
  NOW,
  network,
  request,
  type SigningKey,
  sha256,
  sign,
} from './testing/issuer.ts';

let issuer: SigningKey;
let client: SigningKey;
let authenticator: Authenticator;
let token: string;
let bound: string;
let proof: string;

beforeAll(async () => {
  [issuer, client] = await Promise.all([makeKey('k1'), makeKey('c1')]);
  const { get } = network({ 'https://id.example.org/jwks.json': { keys: [issuer.jwk] } });
  // Nothing is remembered as used, so that only the proof itself decides.
  authenticator = createAuthenticator(identityOf(), {
    roles: [],
    fetch: get,
    now: () => NOW,
    replay: { seen: () => false },
  });
  await authenticator.refresh();
  const { crv, kty, x, y } = client.jwk;
  token = await makeToken(issuer);
  bound = await makeToken(issuer, { cnf: { jkt: sha256(JSON.stringify({ crv, kty, x, y })) } });
  proof = await makeProof(client, bound);
});

async function accepted(headers: readonly string[]): Promise<boolean> {
  try {
    await authenticator.authenticate(request(headers), NOW);
    return true;
  } catch (error) {
    // Anything but a refusal is a defect.
    if (error instanceof Refusal && error.code === 'unauthenticated') return false;
    throw error;
  }
}

const CHARACTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/, ;"\u0000\u00e9'];

/** Text that differs from what it was made of. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), char: fc.constantFrom(...CHARACTERS) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), char: fc.constantFrom(...CHARACTERS) }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(), char: fc.constant('') }),
  fc.record({ kind: fc.constant('swap' as const), at: fc.nat(), char: fc.constant('') }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), char: fc.constant('') }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(), char: fc.constant('') }),
);

function mutate(text: string, { kind, at, char }: { kind: string; at: number; char: string }): string {
  const here = at % text.length;
  const [before, after] = [text.slice(0, here), text.slice(here)];
  switch (kind) {
    case 'replace':
      return before + char + after.slice(1);
    case 'insert':
      return before + char + after;
    case 'delete':
      return before + after.slice(1);
    case 'swap':
      return before + after.slice(1, 2) + after.slice(0, 1) + after.slice(2);
    case 'cut':
      return before;
    default:
      return before + after + after;
  }
}

describe('a changed credential', () => {
  it('proves nothing: a bearer token', async () => {
    expect(await accepted(['Authorization', `Bearer ${token}`])).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const changed = mutations.reduce(mutate, token);
        expect(await accepted(['Authorization', `Bearer ${changed}`])).toBe(changed === token);
      }),
      { numRuns: 2000 },
    );
  });

  it('proves nothing: a proof', async () => {
    expect(await accepted(['Authorization', `DPoP ${bound}`, 'DPoP', proof])).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const changed = mutations.reduce(mutate, proof);
        expect(await accepted(['Authorization', `DPoP ${bound}`, 'DPoP', changed])).toBe(changed === proof);
      }),
      { numRuns: 2000 },
    );
  });

  it('proves nothing: claims or header exchanged under the signature', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.json({ maxDepth: 3 }), async (inHeader, text) => {
        const parts = inHeader ? [b64(text), payload, signature] : [header, b64(text), signature];
        expect(await accepted(['Authorization', `Bearer ${parts.join('.')}`])).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('never brings anything down: any text at all', async () => {
    const part = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => b64(text));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (one, two) => {
        expect(await accepted(['Authorization', `Bearer ${one}`])).toBe(false);
        expect(await accepted(['Authorization', `DPoP ${bound}`, 'DPoP', two])).toBe(false);
        expect(await accepted(['Authorization', one, 'DPoP', two])).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a well-formed token of the issuer’s key', () => {
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: NOW / 1000 - 100, max: NOW / 1000 + 100 }) },
    { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
    { weight: 1, arbitrary: fc.constantFrom(null, '1', -1, 1e300) },
  );
  /** Mostly the first, so that often one claim alone is wrong. */
  const mostly = (right: unknown, ...wrong: readonly unknown[]) =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
  const claims = fc.record(
    {
      iss: mostly(ISSUER, 'https://evil.example.org/', [ISSUER], null),
      aud: mostly(['x', 'shop-search'], ['x'], 'x', [], [1], { 0: 'shop-search' }),
      sub: mostly('ada', '', 1, null),
      exp: time,
      nbf: time,
      iat: time,
    },
    { requiredKeys: [] },
  );

  it('is taken exactly when every claim holds, and then jose takes its signature too', async () => {
    const key = await importJWK(issuer.jwk, 'ES256');
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(claims, async (some) => {
        const all = { iss: ISSUER, aud: 'shop-search', sub: 'ada', exp: NOW / 1000 + 60, ...some };
        const text = await sign(issuer, { typ: 'at+jwt', kid: 'k1' }, JSON.parse(JSON.stringify(all)));
        const holds =
          all.iss === ISSUER &&
          (all.aud === 'shop-search' || (Array.isArray(all.aud) && all.aud.includes('shop-search'))) &&
          all.sub === 'ada' &&
          second(all.exp) !== undefined &&
          (second(all.exp) ?? 0) * 1000 + 30_000 > NOW &&
          inForce(some, 'nbf') &&
          inForce(some, 'iat');
        expect(await accepted(['Authorization', `Bearer ${text}`])).toBe(holds);
        if (holds) {
          await compactVerify(text, key, { algorithms: ['ES256'] });
          taken += 1;
        }
      }),
      { numRuns: 600 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  function inForce(some: Readonly<Record<string, unknown>>, name: string): boolean {
    const value = some[name];
    if (value === undefined) return true;
    const at = second(value);
    return at !== undefined && at * 1000 <= NOW + 30_000;
  }

  function second(value: unknown): number | undefined {
    // JSON writes -0 as 0.
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 253_402_300_800
      ? value
      : undefined;
  }
});
