/**
 * B211: the checks of RFC 9449 section 4.3. The first part asks what the OpenID conformance suite asks in its DPoP negative
 * tests for FAPI 2.0 (`fapi2-security-profile-final-dpop-negative-tests`), block by block under the suite's own names.
 */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import type { RawRequest } from '../contract/request.ts';
import { type Authenticator, type AuthenticatorDeps, createAuthenticator } from './authenticator.ts';
import { PROOF_ALGORITHMS } from './dpop.ts';
import { createMemoryReplayStore, type ReplayStore } from './replay.ts';
import {
  b64,
  identityOf,
  makeKey,
  makeProof,
  makeToken,
  NOW,
  network,
  ORIGIN,
  type ProofChanges,
  request,
  type SigningKey,
  sha256,
} from './testing/issuer.ts';

const HTU = `${ORIGIN}/profiles/_search`;
let issuer: SigningKey;
let client: SigningKey;
let rsa: SigningKey;
let ed: SigningKey;
let token: string;

beforeAll(async () => {
  [issuer, client, rsa, ed] = await Promise.all([
    makeKey('k1'),
    makeKey('c1'),
    makeKey('c2', 'PS256'),
    makeKey('c3', 'EdDSA'),
  ]);
  token = await boundTo(client);
});

async function boundTo(key: SigningKey): Promise<string> {
  return makeToken(issuer, { cnf: { jkt: thumbprint(key) } });
}

function thumbprint({ jwk }: SigningKey): string {
  const { crv, e, kty, n, x, y } = jwk;
  return sha256(JSON.stringify(kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }));
}

async function start(deps: Partial<AuthenticatorDeps> = {}): Promise<Authenticator> {
  const { get } = network({ 'https://id.example.org/jwks.json': { keys: [issuer.jwk] } });
  const authenticator = createAuthenticator(identityOf(), { roles: [], fetch: get, now: () => NOW, ...deps });
  await authenticator.refresh();
  return authenticator;
}

async function call(
  headers: readonly string[],
  changes: Partial<RawRequest> = {},
  to?: Authenticator,
  now = NOW,
): Promise<string> {
  const authenticator = to ?? (await start());
  try {
    await authenticator.authenticate(request(headers, changes), now);
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

/** A request with this proof of the client's key. */
async function withProof(
  changes: ProofChanges = {},
  request_: Partial<RawRequest> = {},
  to?: Authenticator,
): Promise<string> {
  return call(['Authorization', `DPoP ${token}`, 'DPoP', await makeProof(client, token, changes)], request_, to);
}

async function withText(proof: string): Promise<string> {
  return call(['Authorization', `DPoP ${token}`, 'DPoP', proof]);
}

const without = (name: string): ProofChanges => ({ claims: { [name]: undefined } });

describe('FAPI 2.0: DPoP negative tests', () => {
  it('Try DPoP proof with all upper case header value', async () => {
    expect(await call(['Authorization', `DPoP ${token}`, 'DPOP', await makeProof(client, token)])).toBe('accepted');
  });

  it('Try with more than one DPoP in the header', async () => {
    const proofs = [await makeProof(client, token), await makeProof(client, token)];
    expect(await call(['Authorization', `DPoP ${token}`, 'DPoP', proofs[0] ?? '', 'DPoP', proofs[1] ?? ''])).toBe(
      '401 dpop: two proofs',
    );
    expect(await withText(proofs.join(', '))).toMatch(/^401 /);
    expect(await withText(proofs.join(','))).toMatch(/^401 /);
  });

  it('Try DPoP proof not well-formed JWT', async () => {
    const proof = await makeProof(client, token);
    expect(await withText(proof.split('.').slice(0, 2).join('.'))).toBe('401 proof: not three parts');
  });

  it("Try DPoP proof where 'typ' is missing in header", async () => {
    expect(await withProof({ header: { typ: undefined } })).toBe('401 proof.typ: not dpop+jwt');
  });

  it("Try DPoP proof where 'alg' is missing", async () => {
    const [header = '', ...rest] = (await makeProof(client, token)).split('.');
    const renamed = b64(Buffer.from(header, 'base64url').toString().replace('alg', 'alg2'));
    expect(await withText([renamed, ...rest].join('.'))).toBe('401 proof.alg: not accepted');
  });

  it("Try DPoP proof where 'jwk' is missing", async () => {
    expect(await withProof({ header: { jwk: undefined } })).toBe('401 proof.jwk: missing');
  });

  it.each([
    ['jti', '401 proof.jti: not an id'],
    ['htm', '401 proof.htm: another method'],
    ['htu', '401 proof.htu: another URI'],
    ['iat', '401 proof.iat: missing'],
    ['ath', '401 proof.ath: not the hash of the token'],
  ])("Try DPoP proof where '%s' is missing", async (name, answer) => {
    expect(await withProof(without(name))).toBe(answer);
  });

  it("Try DPoP proof with invalid 'typ' in header", async () => {
    expect(await withProof({ header: { typ: 'dpop+jwt+wrongyousee' } })).toBe('401 proof.typ: not dpop+jwt');
  });

  it('Try DPoP proof signed using RS256', async () => {
    const { importJWK } = await import('jose');
    const privateKey = await importJWK(rsa.privateJwk, 'RS256');
    if (privateKey instanceof Uint8Array) throw new Error('unexpected');
    const bound = await boundTo(rsa);
    const proof = await makeProof({ ...rsa, alg: 'RS256', privateKey }, bound);
    expect(await call(['Authorization', `DPoP ${bound}`, 'DPoP', proof])).toBe('401 proof.alg: not accepted');
  });

  it('Try DPoP proof with none alg', async () => {
    const [, payload] = (await makeProof(client, token)).split('.');
    for (const header of [
      { alg: 'none', typ: 'dpop+jwt' },
      { alg: 'none', typ: 'dpop+jwt', jwk: client.jwk },
    ]) {
      expect(await withText(`${b64(header)}.${payload}.`)).toBe('401 proof: no signature');
      expect(await withText(`${b64(header)}.${payload}.AAAA`)).toBe('401 proof.alg: not accepted');
    }
  });

  it('Try DPoP proof with invalid signature', async () => {
    const [header, payload, signature = ''] = (await makeProof(client, token)).split('.');
    const bytes = Buffer.from(signature, 'base64url').map((byte) => byte ^ 0x5a);
    expect(await withText(`${header}.${payload}.${Buffer.from(bytes).toString('base64url')}`)).toBe(
      '401 proof.the signature does not hold',
    );
  });

  it('Try DPoP proof with jwk header incorrectly containing private key', async () => {
    expect(await withProof({ header: { jwk: client.privateJwk } })).toBe('401 jwk: holds the secret d');
  });

  it("Try DPoP proof with incorrect 'htm'", async () => {
    expect(await withProof({ claims: { htm: 'PUT' } })).toBe('401 proof.htm: another method');
  });

  it("Try DPoP proof where 'htu' has a query/fragment", async () => {
    expect(await withProof({ claims: { htu: `${HTU}?a=b#c` } })).toBe('accepted');
  });

  it("Try DPoP proof where 'htu' does not contain the query/fragment", async () => {
    expect(await withProof({}, { target: '/profiles/_search?size=1' })).toBe('accepted');
  });

  it("Try DPoP proof where 'htu' is a different url", async () => {
    expect(await withProof({ claims: { htu: `${HTU}ohnonotagain` } })).toBe('401 proof.htu: another URI');
  });

  it("Try DPoP proof where 'iat' is one hour in the future", async () => {
    expect(await withProof({ claims: { iat: NOW / 1000 + 3600 } })).toBe('401 proof.iat: not of this time');
  });

  it("Try DPoP proof where 'iat' is one hour in the past", async () => {
    expect(await withProof({ claims: { iat: NOW / 1000 - 3600 } })).toBe('401 proof.iat: not of this time');
  });

  it('DPoP reuse, first use of jti, and second use of the same jti', async () => {
    const authenticator = await start();
    const changes = { claims: { jti: 'fixed' } };
    expect(await withProof(changes, {}, authenticator)).toBe('accepted');
    expect(await withProof(changes, {}, authenticator)).toBe('401 proof.jti: used before');
    expect(await withProof({ claims: { jti: 'fixed', iat: NOW / 1000 - 40 } }, {}, authenticator)).toBe(
      '401 proof.jti: used before',
    );
  });

  it("Try DPoP proof where 'ath' is incorrect", async () => {
    expect(await withProof({ claims: { ath: sha256('another token') } })).toBe(
      '401 proof.ath: not the hash of the token',
    );
  });

  it('Try DPoP signed with a different key', async () => {
    const other = await makeKey('other');
    expect(await call(['Authorization', `DPoP ${token}`, 'DPoP', await makeProof(other, token)])).toBe(
      '401 proof.jwk: not the key that the token is bound to',
    );
    const { kid: _, ...jwk } = client.jwk;
    const posing = await makeProof(other, token, { header: { jwk } });
    expect(await withText(posing)).toBe('401 proof.the signature does not hold');
  });

  it('Try DPoP proof with extra claims on header and claims, as it should be ignored by resource server', async () => {
    expect(await withProof({ header: { tx_id: 1 }, claims: { tx_id_key: 1 } })).toBe('accepted');
  });

  it('Try DPoP proof expecting RS to compare scheme and hostname using case independent mode', async () => {
    expect(await withProof({ claims: { htu: 'HTTPS://SEARCH.EXAMPLE.ORG/profiles/_search' } })).toBe('accepted');
  });

  it('Try DPoP proof expecting Scheme based normalization of htu claim, where the port is not considered', async () => {
    expect(await withProof({ claims: { htu: 'https://search.example.org:443/profiles/_search' } })).toBe('accepted');
  });

  it('Try resource access without DPoP proof', async () => {
    expect(await call(['Authorization', `DPoP ${token}`])).toBe('401 dpop: no proof');
  });

  it("Try resource access without DPoP proof and authorization type changed to 'Bearer'", async () => {
    expect(await call(['Authorization', `Bearer ${token}`])).toBe(
      '401 token.cnf: bound to a key, and sent without proof',
    );
    expect(await call(['Authorization', `Bearer ${token}`, 'DPoP', await makeProof(client, token)])).toBe(
      '401 dpop: a proof beside another scheme',
    );
  });

  it('Check a correct DPoP proof still works', async () => {
    expect(await withProof()).toBe('accepted');
  });
});

describe('a proof', () => {
  it.each(['PS256', 'EdDSA'])('holds with a key for %s', async (alg) => {
    const key = alg === 'PS256' ? rsa : ed;
    const bound = await boundTo(key);
    expect(await call(['Authorization', `DPoP ${bound}`, 'DPoP', await makeProof(key, bound)])).toBe('accepted');
    expect(PROOF_ALGORITHMS).toContain(alg);
  });

  it('gives the principal its key', async () => {
    const authenticator = await start();
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', await makeProof(client, token)];
    const principal = authenticator.authenticate(request(headers), NOW);
    expect(principal).not.toBeInstanceOf(Promise);
    expect(principal).toMatchObject({ confirmation: thumbprint(client) });
  });

  it('is refused with a token that is bound to no key', async () => {
    const unbound = await makeToken(issuer);
    expect(await call(['Authorization', `DPoP ${unbound}`, 'DPoP', await makeProof(client, unbound)])).toBe(
      '401 token.cnf: a proof for a token that is not bound',
    );
  });

  it('is refused with an HMAC over the public key', async () => {
    const [, payload] = (await makeProof(client, token)).split('.');
    for (const jwk of [{ kty: 'oct', k: 'AAAA' }, client.jwk]) {
      const input = `${b64({ alg: 'HS256', typ: 'dpop+jwt', jwk })}.${payload}`;
      expect(
        await withText(`${input}.${createHmac('sha256', Buffer.alloc(3)).update(input).digest('base64url')}`),
      ).toBe('401 proof.alg: not accepted');
    }
  });

  it.each([
    ['a public key with a private member', { k: 'AAAA' }],
    ['a key for encryption', { use: 'enc' }],
    ['a key without verify', { key_ops: ['encrypt'] }],
    ['a key for another algorithm', { alg: 'ES384' }],
    ['another curve', { crv: 'P-384' }],
    ['a point off the curve', { y: 'A'.repeat(43) }],
    ['a coordinate too long', { x: `AA${'A'.repeat(43)}` }],
  ])('is refused with %s', async (_, change) => {
    const { kid: _kid, ...jwk } = client.jwk;
    expect(await withProof({ header: { jwk: { ...jwk, ...change } } })).toMatch(/^401 jwk/);
  });

  it('is refused with crit or b64', async () => {
    const { kid: _, ...jwk } = client.jwk;
    const [, payload, signature] = (await makeProof(client, token)).split('.');
    for (const more of [{ crit: ['exp'] }, { b64: false }]) {
      const header = b64({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...more });
      expect(await withText(`${header}.${payload}.${signature}`)).toBe('401 proof.crit: not accepted');
    }
  });

  it.each([
    ['jti empty', { jti: '' }],
    ['jti a number', { jti: 1 }],
    ['jti without end', { jti: 'x'.repeat(257) }],
    ['htm in lower case', { htm: 'get' }],
    ['htm a list', { htm: ['GET'] }],
    ['iat as text', { iat: String(NOW / 1000) }],
    ['iat with a fraction', { iat: NOW / 1000 + 0.5 }],
    ['iat 71 seconds ago', { iat: NOW / 1000 - 71 }],
    ['iat 11 seconds ahead', { iat: NOW / 1000 + 11 }],
    ['exp over', { exp: NOW / 1000 - 11 }],
    ['nbf to come', { nbf: NOW / 1000 + 11 }],
    ['ath of another form', { ath: 1 }],
    ['htu a list', { htu: [HTU] }],
    ['htu of another host', { htu: 'https://search.example.com/profiles/_search' }],
    ['htu of another scheme', { htu: 'http://search.example.org/profiles/_search' }],
    ['htu of another port', { htu: 'https://search.example.org:9443/profiles/_search' }],
    ['htu with a user', { htu: 'https://search.example.org@evil.example/profiles/_search' }],
    ['htu of another case of the path', { htu: 'https://search.example.org/Profiles/_search' }],
    ['htu with a final slash', { htu: `${HTU}/` }],
    ['htu as a path', { htu: '/profiles/_search' }],
    ['htu empty', { htu: '' }],
  ])('is refused: %s', async (_, claims) => {
    expect(await withProof({ claims })).toMatch(/^401 proof\./);
  });

  it.each([60, -9])('is taken with iat %d seconds ago', async (age) => {
    expect(await withProof({ claims: { iat: NOW / 1000 - age } })).toBe('accepted');
  });

  it('is for one method and one path', async () => {
    expect(await withProof({}, { method: 'POST' })).toBe('401 proof.htm: another method');
    expect(await withProof({}, { target: '/secrets/_search' })).toBe('401 proof.htu: another URI');
    expect(await withProof({}, { origin: 'https://other.example.org' })).toBe('401 proof.htu: another URI');
  });

  it('is refused: an access token as proof, and a proof as access token', async () => {
    expect(await withText(token)).toBe('401 proof.typ: not dpop+jwt');
    const proof = await makeProof(client, token);
    expect(await call(['Authorization', `DPoP ${proof}`, 'DPoP', proof])).toMatch(/^401 token/);
  });

  it('that failed leaves its jti unused', async () => {
    const authenticator = await start();
    expect(await withProof({ claims: { jti: 'once', htm: 'PUT' } }, {}, authenticator)).toMatch(/^401/);
    expect(await withProof({ claims: { jti: 'once' } }, {}, authenticator)).toBe('accepted');
  });

  it('with a jti that another key used is no replay', async () => {
    const authenticator = await start();
    const other = await makeKey('other');
    const bound = await boundTo(other);
    expect(await withProof({ claims: { jti: 'same' } }, {}, authenticator)).toBe('accepted');
    const headers = [
      'Authorization',
      `DPoP ${bound}`,
      'DPoP',
      await makeProof(other, bound, { claims: { jti: 'same' } }),
    ];
    expect(await call(headers, {}, authenticator)).toBe('accepted');
  });

  it('is a replay at a second gateway that shares the store', async () => {
    const replay = createMemoryReplayStore({ now: () => NOW });
    const shared = { seen: async (...proof: Parameters<typeof replay.seen>) => replay.seen(...proof) };
    const [one, two] = [await start({ replay: shared }), await start({ replay: shared })];
    const proof = await makeProof(client, token);
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', proof];
    expect(await call(headers, {}, one)).toBe('accepted');
    expect(await call(headers, {}, two)).toBe('401 proof.jti: used before');
  });

  it('is a replay under the next policy too', async () => {
    const first = await start();
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', await makeProof(client, token)];
    expect(await call(headers, {}, first)).toBe('accepted');
    const second = await start({ previous: first });
    first.close();
    expect(await call(headers, {}, second)).toBe('401 proof.jti: used before');
  });

  it('is refused as unavailable when the store of used proofs fails', async () => {
    const replay = { seen: () => Promise.reject(new Refusal('unavailable', 'replay: no answer')) };
    expect(await withProof({}, {}, await start({ replay }))).toBe('503 replay: no answer');
  });

  it('is refused when the store answers late that it was used, or answers nothing of use', async () => {
    for (const answer of [true, undefined, null, 'no']) {
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library, which is none of ours
      const thenable = { then: (done: (value: unknown) => void) => setImmediate(done, answer) };
      const replay: ReplayStore = JSON.parse('{}');
      Object.assign(replay, { seen: () => thenable });
      expect(await withProof({}, {}, await start({ replay }))).toBe('401 proof.jti: used before');
    }
  });

  it('of every new key costs no more memory than the bound', async () => {
    const replay = createMemoryReplayStore({ now: () => NOW, maxProofs: 3 });
    const authenticator = await start({ replay });
    const answers = [];
    for (let at = 0; at < 5; at += 1) answers.push(await withProof({}, {}, authenticator));
    expect(answers).toEqual([
      'accepted',
      'accepted',
      'accepted',
      '503 dpop: too many proofs to remember',
      '503 dpop: too many proofs to remember',
    ]);
    expect(replay.size).toBe(3);
  });
});

describe('a nonce', () => {
  const nonceKey = Buffer.alloc(32, 9);

  it('is asked for where the gateway has a key for it, and the proof holds with it', async () => {
    const authenticator = await start({ nonceKey });
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', await makeProof(client, token)];
    const refusal = await Promise.resolve()
      .then(() => authenticator.authenticate(request(headers), NOW))
      .catch((error: unknown) => error);
    if (!(refusal instanceof Refusal)) throw new Error('not refused');
    const challenge = authenticator.challenge(refusal, NOW);
    expect(challenge['www-authenticate']).toContain('DPoP error="use_dpop_nonce"');
    const nonce = challenge['dpop-nonce'];
    expect(await withProof({ claims: { nonce } }, {}, authenticator)).toBe('accepted');
    expect(await withProof({ claims: { nonce } }, {}, await start({ nonceKey }))).toBe('accepted');
    expect(await withProof({ claims: { nonce } }, {}, await start({ nonceKey: Buffer.alloc(32, 8) }))).toBe(
      '401 proof.nonce: none of ours',
    );
    expect(await withProof({ claims: { nonce: `${nonce?.slice(0, -1)}A` } }, {}, authenticator)).toMatch(/^401/);
  });

  it('grows old', async () => {
    const authenticator = await start({ nonceKey });
    const { createNonces } = await import('./nonce.ts');
    const nonces = createNonces(nonceKey);
    expect(await withProof({ claims: { nonce: nonces.fresh(NOW - 120_000) } }, {}, authenticator)).toBe('accepted');
    expect(await withProof({ claims: { nonce: nonces.fresh(NOW - 140_000) } }, {}, authenticator)).toBe(
      '401 proof.nonce: none of ours',
    );
    expect(await withProof({ claims: { nonce: nonces.fresh(NOW + 30_000) } }, {}, authenticator)).toBe(
      '401 proof.nonce: none of ours',
    );
    for (const nonce of ['', 'A'.repeat(30), 7])
      expect(await withProof({ claims: { nonce } }, {}, authenticator)).toMatch(/^401/);
  });
});
