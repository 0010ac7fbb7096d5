import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKeySet } from '../../authn/key-set.ts';
import { createKeySource } from '../../authn/key-source.ts';
import { type AppCheckTrust, appCheckIssuer, verifyAppCheck } from './app-check.ts';
import { type AppCheckRequest, makeAppCheck, makeAppCheckKeys } from './testing/app-check.ts';
import { detailLater } from './testing/refused.ts';

const NOW = Date.UTC(2026, 10, 1);
const PROJECT = '1234567890';
const APP = '1:1234567890:ios:321abc456def7890';
const CONFIG = { project: PROJECT, appIds: ['1:1234567890:web:1', APP] };
const keys = makeAppCheckKeys();
const set = readKeySet(Buffer.from(JSON.stringify(keys.jwks)), ['RS256']);
const [known] = set.keys;
if (!known) throw new Error('no key');
const trust: AppCheckTrust = {
  config: CONFIG,
  keys: createKeySource(appCheckIssuer({ ...CONFIG, jwks: null }), {
    now: () => NOW,
    log: () => undefined,
    get: async () => ({ bytes: Buffer.from(JSON.stringify(keys.jwks)), maxAge: null }),
  }),
};

function made(claims: AppCheckRequest['claims'] = {}, more: Partial<AppCheckRequest> = {}): Promise<string> {
  return makeAppCheck({ keys, project: PROJECT, appId: APP, now: NOW, claims, ...more });
}

const verify = async (token: string | Promise<string>, now = NOW) => verifyAppCheck(await token, trust, now);
const detail = (run: () => Promise<unknown>) => detailLater('attestation', run);
const second = NOW / 1000;

describe('a token of App Check', () => {
  it('is taken with its app, its end and what it can be known by again', async () => {
    expect(await verify(made())).toEqual({
      appId: APP,
      expiresAt: NOW - 10_000 + 3_600_000,
      digest: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
  });

  it('ends in its last second', async () => {
    const token = made();
    expect(await verify(token, NOW + 3_589_999)).toMatchObject({ appId: APP });
    expect(await detail(() => verify(token, NOW + 3_590_000))).toBe('app-check: token.exp: over');
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['of another project', { iss: 'https://firebaseappcheck.googleapis.com/999' }, 'token.iss: another project'],
    ['of another issuer', { iss: `https://evil.example.org/${PROJECT}` }, 'token.iss: another project'],
    [
      'with more after the issuer',
      { iss: `https://firebaseappcheck.googleapis.com/${PROJECT}/` },
      'token.iss: another project',
    ],
    ['without an issuer', { iss: undefined }, 'token.iss: another project'],
    ['for another project', { aud: ['projects/999'] }, 'token.aud: another project'],
    ['for the project without its prefix', { aud: [PROJECT] }, 'token.aud: another project'],
    ['for an audience that is one text', { aud: `projects/${PROJECT}` }, 'token.aud: not a list of texts'],
    ['without an audience', { aud: undefined }, 'token.aud: not a list of texts'],
    ['of another app', { sub: '1:1234567890:ios:evil' }, 'token.sub: another app'],
    ['of no app', { sub: undefined }, 'token.sub: another app'],
    ['that is over', { exp: second }, 'token.exp: over'],
    ['without an end', { exp: undefined }, 'token.exp: over'],
    ['with an end as text', { exp: String(second + 60) }, 'token.exp: not a time in whole seconds'],
    ['with an end in fractions', { exp: second + 60.5 }, 'token.exp: not a time in whole seconds'],
    ['of the future', { iat: second + 31 }, 'token.iat: in the future'],
    ['without a beginning', { iat: undefined }, 'token.iat: in the future'],
    ['that does not hold yet', { nbf: second + 31 }, 'token.nbf: not yet'],
  ])('is refused %s', async (_, claims, reason) => {
    expect(await detail(() => verify(made(claims)))).toBe(`app-check: ${reason}`);
  });

  it('is refused under another key, and under a key that Firebase does not list', async () => {
    const foreign = makeAppCheckKeys();
    expect(await detail(() => verify(made({}, { signer: foreign.privateKey })))).toBe(
      'app-check: token: the signature does not hold',
    );
    expect(await detail(() => verify(made({}, { keys: makeAppCheckKeys('k2') })))).toBe(
      'app-check: token.kid: unknown',
    );
  });

  it('is refused with another algorithm, or none', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const secret = Buffer.from(keys.publicKey.export({ format: 'pem', type: 'spki' }));
    const why = 'app-check: token.alg: not RS256';
    expect(await detail(() => verify(made({}, { signer: ec, header: { alg: 'ES256' } })))).toBe(why);
    expect(await detail(() => verify(made({}, { signer: secret, header: { alg: 'HS256' } })))).toBe(why);
    expect(await detail(() => verify(made({}, { header: { alg: 'RS384' } })))).toBe(why);
    expect(await detail(() => verify(made({}, { header: { alg: 'PS256' } })))).toBe(why);
    const [, payload = '', signature = ''] = (await made()).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT","kid":"k1"}').toString('base64url');
    expect(await detail(() => verify(`${none}.${payload}.${signature}`))).toBe(why);
    expect(await detail(() => verify(`${none}.${payload}.`))).toBe('app-check: token: no signature');
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no kid', { kid: undefined }, 'token.kid: missing'],
    ['an empty kid', { kid: '' }, 'token.kid: missing'],
    ['another type', { typ: 'at+jwt' }, 'token.typ: not JWT'],
    ['an embedded key', { jwk: {} }, 'token header: a member that is not accepted'],
    ['an address of keys', { jku: 'https://evil.example.org/' }, 'token header: a member that is not accepted'],
  ])('is refused with %s in its header', async (_, header, reason) => {
    expect(await detail(() => verify(made({}, { header })))).toBe(`app-check: ${reason}`);
  });

  it.each(['', 'a.b', 'a.b.c.d', '..', 'x'.repeat(4097)])('is refused as %.20j', async (token) => {
    expect(await detail(() => verify(token))).toMatch(/^app-check: token/);
  });

  it('decides nothing while there are no keys', async () => {
    const broken = createKeySource(appCheckIssuer({ ...CONFIG, jwks: null }), {
      now: () => NOW,
      log: () => undefined,
      get: () => Promise.reject(new Error('down')),
    });
    await expect(verifyAppCheck(await made(), { config: CONFIG, keys: broken }, NOW)).rejects.toMatchObject({
      code: 'unavailable',
    });
    broken.close();
  });
});
