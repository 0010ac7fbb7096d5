import { createHmac, createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { IdentityConfig } from '../policy/identity-config.ts';
import { type Authenticator, type AuthenticatorDeps, createAuthenticator } from './authenticator.ts';
import {
  b64,
  CLAIMS,
  identityOf,
  makeKey,
  makeToken,
  NOW,
  network,
  request,
  role,
  type SigningKey,
} from './testing/issuer.ts';

const JWKS = 'https://id.example.org/jwks.json';
let key: SigningKey;
let rsa: SigningKey;
let ed: SigningKey;

beforeAll(async () => {
  [key, rsa, ed] = await Promise.all([makeKey('k1'), makeKey('r1', 'RS256'), makeKey('e1', 'EdDSA')]);
});

const ROLES = [
  role('other', [{ source: 'issuer', name: 'other', claims: [] }]),
  role('reader', [
    { source: 'issuer', name: 'shop', claims: [{ path: ['scope'], test: 'contains', values: ['shop.read'] }] },
  ]),
];

async function start(
  identity: IdentityConfig = identityOf(),
  deps: Partial<AuthenticatorDeps> = {},
): Promise<Authenticator> {
  const { get } = network({ [JWKS]: { keys: [key.jwk, rsa.jwk, ed.jwk] } });
  const authenticator = createAuthenticator(identity, { roles: ROLES, fetch: get, now: () => NOW, ...deps });
  await authenticator.refresh();
  return authenticator;
}

/** The refusal's detail, or `accepted`. */
async function attempt(authenticator: Authenticator, token: string, now = NOW, scheme = 'Bearer'): Promise<string> {
  return outcome(() => authenticator.authenticate(request(['Authorization', `${scheme} ${token}`]), now));
}

async function outcome(run: () => Principal | Promise<Principal>): Promise<string> {
  try {
    await run();
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return `${error.status} ${error.detail}`;
    throw error;
  }
}

describe('an access token', () => {
  it('proves its subject, with the roles that its claims match and its claims without a prototype', async () => {
    const authenticator = await start();
    const principal = await authenticator.authenticate(
      request(['Authorization', `Bearer ${await makeToken(key)}`]),
      NOW,
    );
    expect(principal).toMatchObject({
      kind: 'token',
      id: 'token:shop:ada',
      roles: ['reader'],
      confirmation: null,
      expiresAt: (CLAIMS.exp + 30) * 1000,
    });
    expect(principal.claims.tenant).toBe('t1');
    expect('toString' in principal.claims).toBe(false);
    expect(Object.isFrozen(principal.claims)).toBe(true);
  });

  it('is taken at once, without a promise, from its first time on, and gives the same principal again', async () => {
    const authenticator = await start();
    const token = await makeToken(key);
    const first = authenticator.authenticate(request(['authorization', `bearer ${token}`]), NOW);
    expect(first).not.toBeInstanceOf(Promise);
    expect(authenticator.authenticate(request(['AUTHORIZATION', `BEARER ${token}`]), NOW)).toBe(first);
  });

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
    'holds with %s where the issuer signs so',
    async (alg) => {
      const authenticator = await start(
        identityOf({ algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] }),
      );
      const { importJWK } = await import('jose');
      const privateKey = await importJWK(rsa.privateJwk, alg);
      if (privateKey instanceof Uint8Array) throw new Error('unexpected');
      expect(await attempt(authenticator, await makeToken({ ...rsa, alg, privateKey }))).toBe('accepted');
    },
  );

  it('holds with EdDSA where the issuer signs so', async () => {
    expect(await attempt(await start(identityOf({ algorithms: ['EdDSA'] })), await makeToken(ed))).toBe('accepted');
  });

  it('is refused in all other places: the target, another header, a cookie', async () => {
    const authenticator = await start();
    const token = await makeToken(key);
    const others = [
      [],
      ['X-Forwarded-Authorization', `Bearer ${token}`],
      ['Cookie', `access_token=${token}`],
      ['Proxy-Authorization', `Bearer ${token}`],
    ];
    for (const headers of others) {
      const target = `/profiles/_search?access_token=${token}`;
      expect(await outcome(() => authenticator.authenticate(request(headers, { target }), NOW))).toBe(
        '401 no credentials',
      );
    }
  });
});

describe('B209: the target of a request', () => {
  it.each(['/', '/?x=/public', '/public', '/_cluster/health', '/profiles/_search?auth=none', '/..//public', '*', ''])(
    'is never looked at to let a stranger in: %s',
    async (target) => {
      const authenticator = await start();
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
        expect(await outcome(() => authenticator.authenticate(request([], { target, method }), NOW))).toBe(
          '401 no credentials',
        );
      }
    },
  );
});

describe('B202: a token that is not signed', () => {
  it.each(['none', 'None', 'nOnE', 'NONE', '', 'HS256', 'es256', 'ES256K'])('is refused with alg %j', async (alg) => {
    const authenticator = await start();
    const [, payload, signature] = (await makeToken(key)).split('.');
    const header = b64({ alg, typ: 'at+jwt', kid: 'k1' });
    for (const tail of ['', signature, 'AA']) {
      expect(await attempt(authenticator, `${header}.${payload}.${tail}`)).toMatch(/^401 /);
    }
    expect(await attempt(authenticator, `${header}.${payload}`)).toBe('401 token: not three parts');
  });
});

describe('B203: a token signed with the public key as a secret', () => {
  it('is refused, with the key in any of its forms', async () => {
    const authenticator = await start(identityOf({ algorithms: ['ES256', 'RS256'] }));
    for (const { jwk } of [key, rsa]) {
      const object = createPublicKey({ key: { ...jwk }, format: 'jwk' });
      const pem = object.export({ type: 'spki', format: 'pem' });
      const der = object.export({ type: 'spki', format: 'der' });
      for (const secret of [
        pem,
        String(pem).trim(),
        der,
        JSON.stringify(jwk),
        Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url'),
      ]) {
        for (const alg of ['HS256', 'ES256', 'RS256']) {
          const input = `${b64({ alg, typ: 'at+jwt', kid: jwk.kid })}.${b64(CLAIMS)}`;
          const mac = createHmac('sha256', secret).update(input).digest('base64url');
          expect(await attempt(authenticator, `${input}.${mac}`)).toMatch(/^401 /);
        }
      }
    }
  });

  it('is refused for a symmetric key that stands in the key set', async () => {
    const secret = Buffer.alloc(32, 7);
    const { get } = network({
      [JWKS]: { keys: [key.jwk, { kty: 'oct', kid: 's1', k: secret.toString('base64url'), alg: 'HS256' }] },
    });
    const authenticator = await start(identityOf(), { fetch: get });
    const input = `${b64({ alg: 'HS256', typ: 'at+jwt', kid: 's1' })}.${b64(CLAIMS)}`;
    expect(
      await attempt(authenticator, `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`),
    ).toBe('401 token.alg: not of the issuer');
    expect(await attempt(authenticator, await makeToken(key))).toBe('accepted');
  });
});

describe('B205: a degenerate signature', () => {
  it('is refused: zeros, the order of the curve, DER, a wrong length, another key', async () => {
    const authenticator = await start();
    const token = await makeToken(key);
    const [header, payload, signature = ''] = token.split('.');
    const raw = Buffer.from(signature, 'base64url');
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const der = Buffer.concat([
      Buffer.from([0x30, 0x44, 0x02, 0x20]),
      raw.subarray(0, 32),
      Buffer.from([0x02, 0x20]),
      raw.subarray(32),
    ]);
    const forged = [
      Buffer.alloc(64),
      Buffer.concat([order, order]),
      Buffer.concat([raw.subarray(0, 32), Buffer.alloc(32)]),
      Buffer.alloc(64, 0xff),
      der,
      raw.subarray(0, 63),
      Buffer.concat([raw, Buffer.from([0])]),
      Buffer.concat([Buffer.from([0]), raw]),
    ];
    for (const bytes of forged) {
      expect(await attempt(authenticator, `${header}.${payload}.${bytes.toString('base64url')}`)).toBe(
        '401 token: the signature does not hold',
      );
    }
    const other = await makeKey('k1');
    expect(await attempt(authenticator, await makeToken(other))).toBe('401 token: the signature does not hold');
    expect(await attempt(authenticator, token)).toBe('accepted');
  });

  it('is refused in any encoding but the canonical one', async () => {
    const authenticator = await start();
    // 64 bytes leave four bits over in the last character; each of 15 other characters decodes to the same bytes.
    const [header = '', payload = '', signature = ''] = (await makeToken(key)).split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twins = [...alphabet]
      .map((char) => signature.slice(0, -1) + char)
      .filter(
        (twin) => twin !== signature && Buffer.from(twin, 'base64url').equals(Buffer.from(signature, 'base64url')),
      );
    expect(twins.length).toBe(15);
    const padded = [`${signature}==`, `${signature}=`];
    for (const twin of [...twins, ...padded]) {
      expect(await attempt(authenticator, `${header}.${payload}.${twin}`)).toMatch(/^401 token: not canonical/);
    }
    const standard = signature.replaceAll('-', '+').replaceAll('_', '/');
    if (standard !== signature)
      expect(await attempt(authenticator, `${header}.${payload}.${standard}`)).toMatch(/^401 /);
    expect(await attempt(authenticator, `${header}=.${payload}.${signature}`)).toMatch(/^401 /);
    expect(await attempt(authenticator, `${header}.${payload}.${signature}.`)).toBe('401 token: not three parts');
  });
});

describe('B206: claims that say something else than they seem to', () => {
  it.each([
    ['exp as text', { exp: String(CLAIMS.exp) }, 'token.exp'],
    ['exp with a fraction', { exp: CLAIMS.exp + 0.5 }, 'token.exp'],
    ['exp negative', { exp: -1 }, 'token.exp'],
    ['exp beyond the calendar', { exp: 1e300 }, 'token.exp'],
    ['exp beyond what is exact', { exp: 2 ** 60 }, 'token.exp'],
    ['exp null', { exp: null }, 'token.exp'],
    ['exp a list', { exp: [CLAIMS.exp] }, 'token.exp'],
    ['no exp', { exp: undefined }, 'token.exp'],
    ['exp over', { exp: NOW / 1000 - 31 }, 'token.exp'],
    ['exp zero', { exp: 0 }, 'token.exp'],
    ['nbf to come', { nbf: NOW / 1000 + 31 }, 'token.nbf'],
    ['nbf as text', { nbf: '0' }, 'token.nbf'],
    ['iat to come', { iat: NOW / 1000 + 31 }, 'token.iat'],
    ['iat as text', { iat: 'now' }, 'token.iat'],
    ['no sub', { sub: undefined }, 'token.sub'],
    ['an empty sub', { sub: '' }, 'token.sub'],
    ['a sub that is a number', { sub: 7 }, 'token.sub'],
    ['a sub without end', { sub: 'a'.repeat(513) }, 'token.sub'],
    ['a jti that is a number', { jti: 7 }, 'token.jti'],
    ['cnf that is text', { cnf: 'x' }, 'token.cnf'],
    ['cnf that is empty', { cnf: {} }, 'token.cnf'],
    ['cnf of an unknown kind', { cnf: { jwk: {} } }, 'token.cnf'],
    ['cnf that is no thumbprint', { cnf: { jkt: 'short' } }, 'token.cnf'],
  ])('is refused: %s', async (_, claims, detail) => {
    expect(await attempt(await start(), await makeToken(key, claims))).toContain(`401 ${detail}`);
  });

  it.each([
    ['sub', `{"sub":"eve","sub":"ada",`],
    ['sub, escaped', `{"sub":"eve","s\\u0075b":"ada",`],
    ['exp', `{"exp":1,`],
  ])('is refused: %s there twice', async (_, start_) => {
    const payload = `${start_}${JSON.stringify(CLAIMS).slice(1)}`;
    expect(
      await attempt(await start(), await signText(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' }), payload)),
    ).toContain('twice');
  });

  it('is refused: a header member there twice', async () => {
    const header = '{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k1"}';
    expect(await attempt(await start(), await signText(header, JSON.stringify(CLAIMS)))).toContain('twice');
  });

  it.each([
    ['exp', '1e10'],
    ['exp', '9999999999.0'],
    ['exp', '99999999999999999999'],
  ])('is refused: %s written as %s', async (name, digits) => {
    const payload = `{"${name}":${digits},${JSON.stringify({ ...CLAIMS, exp: undefined }).slice(1)}`;
    expect(
      await attempt(await start(), await signText(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'k1' }), payload)),
    ).toMatch(/^401 token\.exp/);
  });

  it.each([
    ['crit', { crit: ['exp'], exp: 1 }],
    ['b64', { b64: false, crit: ['b64'] }],
    ['zip', { zip: 'DEF' }],
    ['jwk', { jwk: { kty: 'EC' } }],
    ['jku', { jku: 'https://id.example.org/jwks.json' }],
    ['x5u', { x5u: 'https://id.example.org/chain.pem' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['cty', { cty: 'JWT' }],
    ['something unknown', { nonce: 'x' }],
  ])('is refused: a header with %s', async (_, more) => {
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...more };
    expect(await attempt(await start(), await signText(JSON.stringify(header), JSON.stringify(CLAIMS)))).toBe(
      '401 token header: a member that is not accepted',
    );
  });

  it('brings its own key in vain', async () => {
    const mine = await makeKey('k1');
    const header = { alg: 'ES256', typ: 'at+jwt', kid: 'k1', jwk: mine.jwk };
    expect(await attempt(await start(), await signText(JSON.stringify(header), JSON.stringify(CLAIMS), mine))).toMatch(
      /^401 token header/,
    );
  });

  it.each(['[]', '"x"', 'null', '1', '{', '', '{}{}', '{"a":1,}', '\ufeff{}'])(
    'is refused: claims that are %j',
    async (payload) => {
      expect(
        await attempt(await start(), await signText('{"alg":"ES256","typ":"at+jwt","kid":"k1"}', payload)),
      ).toMatch(/^401 /);
    },
  );

  it('is refused: claims nested without end', async () => {
    const deep = `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`;
    expect(await attempt(await start(), await signText('{"alg":"ES256","typ":"at+jwt","kid":"k1"}', deep))).toMatch(
      /^401 /,
    );
  });

  it('is refused: more than 8 KiB', async () => {
    expect(await attempt(await start(), await makeToken(key, { much: 'x'.repeat(8192) }))).toMatch(
      /^401 (?:token|authorization): too long/,
    );
  });
});

describe('B207: the wrong kind of token', () => {
  it.each([
    ['another audience', { aud: 'billing' }, 'token.aud'],
    ['an audience that only begins alike', { aud: 'shop-search2' }, 'token.aud'],
    ['no audience', { aud: undefined }, 'token.aud'],
    ['an empty list of audiences', { aud: [] }, 'token.aud'],
    ['an audience list with something else in it', { aud: ['shop-search', 1] }, 'token.aud'],
    ['another issuer', { iss: 'https://evil.example.org/' }, 'token.iss'],
    ['the issuer without its slash', { iss: 'https://id.example.org' }, 'token.iss'],
    ['the issuer in capitals', { iss: 'HTTPS://ID.EXAMPLE.ORG/' }, 'token.iss'],
    ['a list of issuers', { iss: ['https://id.example.org/'] }, 'token.iss'],
    ['no issuer', { iss: undefined }, 'token.iss'],
    ['an ID token', { at_hash: 'x' }, 'token.at_hash'],
    ['a logout token', { events: {} }, 'token.events'],
    ['an ID token by its use', { token_use: 'id' }, 'token.typ'],
    ['a refresh token', { typ: 'Refresh' }, 'token.typ'],
  ])('is refused: %s', async (_, claims, detail) => {
    expect(await attempt(await start(), await makeToken(key, claims))).toContain(`401 ${detail}`);
  });

  it.each(['JWT', 'logout+jwt', 'dpop+jwt', 'id+jwt', '', undefined, 'at+jwt ', 'text/at+jwt'])(
    'is refused: typ %j',
    async (typ) => {
      expect(await attempt(await start(), await makeToken(key, {}, { typ }))).toBe('401 token.typ: not accepted');
    },
  );

  it.each(['AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])(
    'is accepted: typ %j, which is the same type',
    async (typ) => {
      expect(await attempt(await start(), await makeToken(key, {}, { typ }))).toBe('accepted');
    },
  );

  it('is accepted without typ only where jwt is', async () => {
    expect(
      await attempt(
        await start(identityOf({ types: ['at+jwt', 'jwt'] })),
        await makeToken(key, {}, { typ: undefined }),
      ),
    ).toBe('accepted');
  });

  it('is refused without work: a JWE, nested, with a costly key', async () => {
    const authenticator = await start();
    const header = b64({
      alg: 'PBES2-HS512+A256KW',
      enc: 'A256GCM',
      p2c: 1_000_000_000,
      p2s: 'AAAA',
      zip: 'DEF',
      cty: 'JWT',
    });
    const begin = process.hrtime.bigint();
    for (let at = 0; at < 1000; at += 1) {
      expect(await attempt(authenticator, `${header}.AAAA.AAAA.${'A'.repeat(4000)}.AAAA`)).toBe(
        '401 token: not three parts',
      );
    }
    expect(Number(process.hrtime.bigint() - begin) / 1e6).toBeLessThan(2000);
    expect(await attempt(authenticator, `${header}.${b64(CLAIMS)}.AAAA`)).toMatch(/^401 /);
  });
});

describe('B208: a token that was verified before', () => {
  it('ends when it ends', async () => {
    const authenticator = await start();
    const token = await makeToken(key);
    expect(await attempt(authenticator, token)).toBe('accepted');
    const end = (CLAIMS.exp + 30) * 1000;
    expect(await attempt(authenticator, token, end - 1)).toBe('accepted');
    expect(await attempt(authenticator, token, end)).toBe('401 token.exp: over');
  });

  it('ends when its key is removed from the key set', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [key.jwk] } });
    const authenticator = await start(identityOf(), { fetch: get });
    const token = await makeToken(key);
    expect(await attempt(authenticator, token)).toBe('accepted');
    documents[JWKS] = { keys: [(await makeKey('k2')).jwk] };
    await authenticator.refresh();
    expect(await attempt(authenticator, token)).toBe('401 token.kid: unknown');
  });

  it('ends when its kid is given to another key', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [key.jwk] } });
    const authenticator = await start(identityOf(), { fetch: get });
    const token = await makeToken(key);
    expect(await attempt(authenticator, token)).toBe('accepted');
    documents[JWKS] = { keys: [(await makeKey('k1')).jwk] };
    await authenticator.refresh();
    expect(await attempt(authenticator, token)).toBe('401 token: the signature does not hold');
  });

  it('stays when the key set is loaded again with its key in it', async () => {
    const { get, documents } = network({ [JWKS]: { keys: [key.jwk] } });
    const authenticator = await start(identityOf(), { fetch: get });
    const bearer = request(['Authorization', `Bearer ${await makeToken(key)}`]);
    const first = await authenticator.authenticate(bearer, NOW);
    documents[JWKS] = { keys: [(await makeKey('k2')).jwk, key.jwk] };
    await authenticator.refresh();
    expect(authenticator.authenticate(bearer, NOW)).toBe(first);
  });

  it('is taken over by the next policy, whose roles and issuers decide anew', async () => {
    const first = await start();
    const bearer = request(['Authorization', `Bearer ${await makeToken(key)}`]);
    expect(await first.authenticate(bearer, NOW)).toMatchObject({ roles: ['reader'] });
    let asked = 0;
    const fetch = async () => {
      asked += 1;
      throw new Error('status 503');
    };
    const deps = { now: () => NOW, fetch, previous: first };
    const second = createAuthenticator(identityOf(), { ...deps, roles: [] });
    first.close();
    expect(second.ready()).toBe(true);
    expect(await second.authenticate(bearer, NOW)).toMatchObject({ roles: [] });
    expect(asked).toBe(0);
    const narrowed = createAuthenticator(identityOf({ audience: ['billing'] }), {
      ...deps,
      roles: ROLES,
      previous: second,
    });
    expect(await outcome(() => narrowed.authenticate(bearer, NOW))).toMatch(/^401 token\.aud/);
    const without = createAuthenticator({ ...identityOf(), issuers: [] }, { ...deps, roles: ROLES, previous: second });
    expect(await outcome(() => without.authenticate(bearer, NOW))).toBe('401 token.iss: not a known issuer');
    for (const one of [second, narrowed, without]) one.close();
  });
});

describe('a token that is bound', () => {
  it('B210: to a key is refused as a bearer token', async () => {
    expect(await attempt(await start(), await makeToken(key, { cnf: { jkt: 'A'.repeat(43) } }))).toBe(
      '401 token.cnf: bound to a key, and sent without proof',
    );
  });

  it('B212: to a certificate needs that certificate on the connection, and no header replaces it', async () => {
    const authenticator = await start();
    const thumbprint = 'B'.repeat(43);
    const token = await makeToken(key, { cnf: { 'x5t#S256': thumbprint } });
    const headers = [
      'Authorization',
      `Bearer ${token}`,
      'X-SSL-Cert',
      'anything',
      'X-Forwarded-Client-Cert',
      `Hash=${thumbprint}`,
    ];
    const on = (one?: string) => ({
      peer: {
        address: '192.0.2.1',
        port: 1,
        ...(one && { certificate: { thumbprint: one, subject: 'x', names: [] } }),
      },
    });
    expect(await outcome(() => authenticator.authenticate(request(headers, on()), NOW))).toMatch(/^401 token\.cnf/);
    expect(await outcome(() => authenticator.authenticate(request(headers, on('C'.repeat(43))), NOW))).toMatch(
      /^401 token\.cnf/,
    );
    expect(await authenticator.authenticate(request(headers, on(thumbprint)), NOW)).toMatchObject({
      confirmation: thumbprint,
    });
  });

  it('is required where the issuer says so', async () => {
    expect(await attempt(await start(identityOf({ dpop: 'required' })), await makeToken(key))).toBe(
      '401 token.cnf: not bound to a key',
    );
  });
});

describe('the challenge', () => {
  it('is constant, names the schemes of the policy and never the check', async () => {
    const authenticator = await start(identityOf());
    const failures = [
      'Bearer x',
      `Bearer ${await makeToken(key, { aud: 'x' })}`,
      `Bearer ${await makeToken(key, { exp: 1 })}`,
      'Basic YTpi',
    ];
    const seen = new Set<string>();
    for (const header of failures) {
      try {
        await authenticator.authenticate(request(['Authorization', header]), NOW);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        seen.add(JSON.stringify([error.message, authenticator.challenge(error, NOW)]));
      }
    }
    expect([...seen]).toEqual([
      '["authentication is required",{"www-authenticate":"Bearer error=\\"invalid_token\\", DPoP error=\\"invalid_token\\", algs=\\"ES256 EdDSA Ed25519 PS256\\""}]',
    ]);
    expect(authenticator.challenge(new Refusal('unauthenticated'), NOW)).toEqual({
      'www-authenticate': 'Bearer, DPoP algs="ES256 EdDSA Ed25519 PS256"',
    });
    expect(authenticator.challenge(new Refusal('forbidden'), NOW)).toEqual({});
  });
});

describe('anonymous', () => {
  it('is who sends no credentials, only where the policy says so, and nobody who sends bad ones', async () => {
    const anonymous = { claims: Object.freeze({ tenant: 'public' }) };
    const authenticator = await start(identityOf({}, { anonymous }), {
      roles: [role('guest', [{ source: 'anonymous', name: '', claims: [] }])],
    });
    expect(await authenticator.authenticate(request([]), NOW)).toEqual({
      kind: 'anonymous',
      id: 'anonymous',
      roles: ['guest'],
      claims: { tenant: 'public' },
      confirmation: null,
      expiresAt: null,
    });
    for (const headers of [
      ['Authorization', 'Bearer x'],
      ['Authorization', ''],
      ['DPoP', 'x'],
    ]) {
      expect(await outcome(() => authenticator.authenticate(request(headers), NOW))).toMatch(/^401 /);
    }
    expect(await outcome(async () => (await start()).authenticate(request([]), NOW))).toBe('401 no credentials');
  });
});

async function signText(header: string, payload: string, by: SigningKey = key): Promise<string> {
  const input = `${b64(header)}.${b64(payload)}`;
  const { subtle } = globalThis.crypto;
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, by.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}
