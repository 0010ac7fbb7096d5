/**
 * I. Authentication, limits, and what happens when a part of the gateway fails. The real authenticator in front of the real
 * pipeline; keys are made for the test.
 */
import { createHmac, createPublicKey, type JsonWebKey, sign as signBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type Authenticator,
  createApiKey,
  createAuthenticator,
  createMemoryReplayStore,
  type ReplayStore,
} from '../../../src/guard/authn/index.ts';
import {
  b64,
  ISSUER_CONFIG,
  identityOf,
  makeKey,
  makeProof,
  makeToken,
  NOW,
  network,
  type ProofChanges,
  type SigningKey,
  sha256,
} from '../../../src/guard/authn/testing/issuer.ts';
import { Refusal } from '../../../src/guard/contract/refusal.ts';
import { printJson } from '../../../src/guard/json/index.ts';
import { jsonObject } from '../../../src/guard/json/value.ts';
import type { IdentityConfig, IssuerConfig } from '../../../src/guard/policy/identity-config.ts';
import { parsePolicy, watchPolicy } from '../../../src/guard/policy/index.ts';
import {
  type BenchOptions,
  createWorlds,
  FIXTURE_POLICY,
  type Outcome,
  rawOf,
  type Sent,
  type Worlds,
} from '../harness/fixture.ts';
import { type BypassStory, type Expected, type Step, step } from './case.ts';
import { expectOutcome } from './run-cases.ts';
import { BEARERS, DEVICE_PROOFS, STORIES_DEVICES } from './section-i-devices.ts';

const JWKS = 'https://id.example.org/jwks.json';
const COUNT: Sent = { target: '/profiles/_count', as: null };
const ROLES = parsePolicy('/fixture/guard.yaml', FIXTURE_POLICY).roles;

let made: Promise<Record<'issuer' | 'client' | 'other' | 'rsa', SigningKey>> | undefined;

/** Made once: that takes longer than most tests. */
function keys(): NonNullable<typeof made> {
  made ??= Promise.all([makeKey('k1'), makeKey('c1'), makeKey('k1'), makeKey('r1', 'RS256')]).then(
    ([issuer, client, other, rsa]) => ({ issuer, client, other, rsa }),
  );
  return made;
}

interface Stand {
  readonly worlds: Worlds;
  /** What the issuer's address answers with; may be changed. */
  readonly documents: Record<string, unknown>;
  readonly clock: { now: number };
  refresh(): Promise<void>;
}

interface StandOptions extends Omit<BenchOptions, 'authenticator'> {
  issuer?: Partial<IssuerConfig>;
  identity?: Partial<IdentityConfig>;
  documents?: Record<string, unknown>;
  replay?: ReplayStore;
}

/** The gateway in both worlds, each with an authenticator of its own. */
async function stand({ issuer, identity, documents, replay, ...options }: StandOptions = {}): Promise<Stand> {
  const { get, documents: served } = network(documents ?? { [JWKS]: { keys: [(await keys()).issuer.jwk] } });
  const clock = { now: NOW };
  const config = identityOf(issuer, identity);
  const authenticators: Authenticator[] = [];
  const worlds = createWorlds({
    now: () => clock.now,
    ...options,
    authenticator() {
      const one = createAuthenticator(config, {
        roles: ROLES,
        fetch: get,
        now: () => clock.now,
        ...(replay && { replay }),
      });
      authenticators.push(one);
      return one;
    },
  });
  const refresh = async () => {
    await Promise.all(authenticators.map((one) => one.refresh()));
  };
  await refresh();
  return { worlds, documents: served, clock, refresh };
}

async function as(
  expected: Expected,
  at: Stand,
  credentials: readonly (readonly [string, string])[],
  sent = COUNT,
): Promise<Outcome> {
  const outcome = await at.worlds.send({ ...sent, headers: [...credentials, ...(sent.headers ?? [])] });
  expectOutcome({ sent, expect: expected }, outcome);
  if (expected === 'refused-401') {
    // The same words whatever was wrong; what was is for the journal.
    expect(outcome.answer.body).toContain('"reason":"authentication is required"');
    expect(outcome.answer.headers['www-authenticate']).toBeDefined();
    expect(outcome.entry).toMatchObject({ decision: 'deny', code: 'unauthenticated', principal: null });
  }
  return outcome;
}

const bearer = (token: string): [string, string][] => [['Authorization', `Bearer ${token}`]];
const token = async (claims: object = {}, header: object = {}, key?: SigningKey): Promise<string> =>
  makeToken(key ?? (await keys()).issuer, { role: 'mobile', ...claims }, { ...header });

/** Every one of these tokens is refused, and one that holds is taken by the same gateway. */
function tokens(make: () => Promise<Readonly<Record<string, string>>>, options: StandOptions = {}): Step[] {
  return [
    step('every one of them', 'refused-401', async () => {
      const at = await stand(options);
      const all = Object.entries(await make());
      expect(all.length).toBeGreaterThan(0);
      for (const [name, one] of all) {
        const sent = await as('refused-401', at, bearer(one)).catch((error: unknown) => {
          throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
        });
        expect(sent.upstream).toEqual([]);
      }
    }),
    step('while one that holds is taken', 'filtered', async () => {
      await as('filtered', await stand(options), bearer(await token()));
    }),
  ];
}

/** Signs what no library would sign. */
function signed(header: string, payload: string, key: SigningKey): string {
  const input = `${b64(header)}.${b64(payload)}`;
  const signature = signBytes('sha256', Buffer.from(input), {
    key: key.privateJwk as never,
    format: 'jwk',
    dsaEncoding: 'ieee-p1363',
  } as never);
  return `${input}.${signature.toString('base64url')}`;
}

const HEADER = '{"alg":"ES256","typ":"at+jwt","kid":"k1"}';
const claimsText = (more = '', left: readonly string[] = []): string => {
  const all: Record<string, unknown> = {
    iss: ISSUER_CONFIG.issuer,
    aud: 'shop-search',
    sub: 'ada',
    role: 'mobile',
    tenant: 't1',
    iat: NOW / 1000,
    exp: NOW / 1000 + 600,
  };
  for (const name of left) delete all[name];
  return `${JSON.stringify(all).slice(0, -1)}${more === '' ? '' : `,${more}`}}`;
};

function thumbprint({ jwk: { crv, kty, x, y } }: SigningKey): string {
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

const HTU = 'https://search.shop.example/profiles/_count';
const bound = async (): Promise<string> => token({ cnf: { jkt: thumbprint((await keys()).client) } });
const proofOf = async (access: string, { claims, header }: ProofChanges = {}, key?: SigningKey): Promise<string> =>
  makeProof(key ?? (await keys()).client, access, { claims: { htu: HTU, ...claims }, ...(header && { header }) });
const dpop = (access: string, ...proofs: string[]): [string, string][] => [
  ['Authorization', `DPoP ${access}`],
  ...proofs.map((proof): [string, string] => ['DPoP', proof]),
];

function badProofs(attempts: Readonly<Record<string, (access: string) => Promise<string>>>): Step[] {
  return Object.entries(attempts).map(([name, make]) =>
    step(name, 'refused-401', async () => {
      const at = await stand();
      const access = await bound();
      await as('refused-401', at, dpop(access, await make(access)));
      await as('filtered', at, dpop(access, await proofOf(access)));
    }),
  );
}

const changed = (changes: ProofChanges) => (access: string) => proofOf(access, changes);
const seconds = NOW / 1000;

async function folderWith<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bypass-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Six documents in an hour. */
const BUDGET = FIXTURE_POLICY.replace(
  'claims: { role: { equals: mobile } } }\n',
  'claims: { role: { equals: mobile } } }\n    limits: { documents: 6/1h }\n',
);

/** Sends until the budget trips, and holds how many documents were seen. */
async function exfiltrate(sents: readonly ((last: Outcome | undefined) => Sent)[]): Promise<Outcome[]> {
  expect(BUDGET).not.toBe(FIXTURE_POLICY);
  const worlds = createWorlds({ policy: BUDGET });
  const outcomes: Outcome[] = [];
  for (const sent of sents) outcomes.push(await worlds.send(sent(outcomes.at(-1))));
  const seen = new Set(
    outcomes
      .filter(({ answer }) => answer.status === 200)
      .flatMap(({ answer }) => String(answer.body).match(/"_id":"v\d+"/g) ?? []),
  );
  expect(seen.size).toBeGreaterThan(0);
  expect(seen.size).toBeLessThanOrEqual(6);
  const tripped = outcomes.findIndex(({ answer }) => answer.status === 429);
  expect(tripped).toBeGreaterThan(0);
  // Blocked from then on, and the operator is told.
  expect(outcomes.at(-1)?.answer.status).toBe(429);
  expect(outcomes.at(-1)?.entry).toMatchObject({ decision: 'deny', code: 'budget', documents: 0 });
  expect(Number(outcomes.at(-1)?.answer.headers['retry-after'])).toBeGreaterThan(0);
  // Another one of the same tenant has a budget of its own.
  expect((await worlds.send({ as: 'A2', target: '/profiles/_search', body: { size: 6 } })).answer.status).toBe(200);
  return outcomes;
}

export const STORIES_I: readonly BypassStory[] = [
  {
    id: 'B202',
    title: 'tokens that are not signed',
    precedent: 'Wycheproof AlgIsNone; jwt_tool',
    steps: tokens(async () => {
      const [, payload = '', signature = ''] = (await token()).split('.');
      const all: Record<string, string> = {};
      for (const alg of ['none', 'None', 'nOnE', 'NONE', 'none ', '', 'NULL', 'ES256 ']) {
        const header = b64({ alg, typ: 'at+jwt', kid: 'k1' });
        for (const end of ['', 'AAAA', signature])
          all[`${alg}, signature of ${end.length}`] = `${header}.${payload}.${end}`;
      }
      all['no alg'] = `${b64({ typ: 'at+jwt', kid: 'k1' })}.${payload}.${signature}`;
      all['alg null'] = `${b64({ alg: null, typ: 'at+jwt', kid: 'k1' })}.${payload}.${signature}`;
      all['an empty signature'] = `${b64(HEADER)}.${payload}.`;
      all['two parts'] = `${b64(HEADER)}.${payload}`;
      return all;
    }),
  },
  {
    id: 'B203',
    title: 'the public key as a shared secret',
    precedent: 'jwt_tool',
    steps: tokens(async () => {
      const { issuer } = await keys();
      const pem = createPublicKey({ key: issuer.jwk as JsonWebKey, format: 'jwk' });
      const secrets: Record<string, string | Buffer> = {
        PEM: pem.export({ type: 'spki', format: 'pem' }).toString(),
        'PEM without its last line break': pem.export({ type: 'spki', format: 'pem' }).toString().trim(),
        DER: pem.export({ type: 'spki', format: 'der' }),
        JWK: JSON.stringify(issuer.jwk),
        x: String(issuer.jwk.x),
        'no secret at all': '',
      };
      const all: Record<string, string> = {};
      for (const [name, secret] of Object.entries(secrets)) {
        for (const alg of ['HS256', 'HS384', 'HS512'] as const) {
          const input = `${b64({ alg, typ: 'at+jwt', kid: 'k1' })}.${b64(claimsText())}`;
          all[`${alg} with ${name}`] = `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
            .update(input)
            .digest('base64url')}`;
        }
      }
      return all;
    }),
  },
  {
    id: 'B205',
    title: 'degenerate signatures',
    precedent: 'Wycheproof json_web_signature',
    steps: tokens(async () => {
      const { issuer, other } = await keys();
      const [header = '', payload = '', signature = ''] = (await token()).split('.');
      const input = `${header}.${payload}`;
      const bytes = Buffer.from(signature, 'base64url');
      const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
      const der = signBytes('sha256', Buffer.from(input), { key: issuer.privateJwk as never, format: 'jwk' } as never);
      const of = (raw: Uint8Array): string => `${input}.${Buffer.from(raw).toString('base64url')}`;
      // The last character of 64 bytes carries four bits that say nothing.
      const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(signature.at(-1) ?? 'A');
      const odd = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last | 1] ?? 'B';
      return {
        'r = s = 0': of(Buffer.alloc(64)),
        'r = 0': of(Buffer.concat([Buffer.alloc(32), bytes.subarray(32)])),
        's = 0': of(Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)])),
        'r = s = n': of(Buffer.concat([order, order])),
        's = n': of(Buffer.concat([bytes.subarray(0, 32), order])),
        DER: of(der),
        short: of(bytes.subarray(0, 63)),
        long: of(Buffer.concat([bytes, Buffer.alloc(1)])),
        'with a zero in front': of(Buffer.concat([Buffer.alloc(1), bytes])),
        halves: of(Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
        'one bit': of(bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))),
        'of another key under the same kid': await token({}, {}, other),
        'bits that are not canonical': `${input}.${signature.slice(0, -1)}${odd}`,
        padding: `${input}.${signature}=`,
        'the other alphabet': `${input}.${signature.slice(0, -2)}+/`,
        'a space': `${input}. ${signature}`,
        'a line break': `${input}.${signature.slice(0, 40)}\t${signature.slice(40)}`,
        'a fourth part': `${input}.${signature}.`,
      };
    }),
  },
  {
    id: 'B206',
    title: 'claims that seem to say something else',
    precedent: 'own',
    steps: tokens(async () => {
      const { issuer } = await keys();
      const all: Record<string, string> = {};
      const claim = (name: string, more: string, left: readonly string[] = []) => {
        all[name] = signed(HEADER, claimsText(more, left), issuer);
      };
      claim('sub twice', '"sub":"bob"');
      claim('sub twice, by an escape', '"s\\u0075b":"bob"');
      claim('tenant twice', '"tenant":"t2"');
      claim('__proto__', '"__proto__":{"role":"admin"}');
      claim('no exp', '', ['exp']);
      claim('no sub', '', ['sub']);
      for (const exp of [
        `"${seconds + 600}"`,
        '-1',
        '1e300',
        '1e999',
        'null',
        'true',
        '[]',
        '{}',
        String(seconds - 31),
      ])
        claim(`exp ${exp}`, `"exp":${exp}`, ['exp']);
      for (const nbf of [seconds + 31, '1e300', '"0"', 'null']) claim(`nbf ${nbf}`, `"nbf":${nbf}`);
      for (const iat of ['"0"', 'null', '1e300']) claim(`iat ${iat}`, `"iat":${iat}`, ['iat']);
      for (const sub of ['1', 'null', '""', '["ada"]', '{"$ne":1}']) claim(`sub ${sub}`, `"sub":${sub}`, ['sub']);
      for (const header of [
        '{"alg":"ES256","typ":"at+jwt","kid":"k1","crit":["exp"]}',
        '{"alg":"ES256","typ":"at+jwt","kid":"k1","b64":false,"crit":["b64"]}',
        '{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"k1"}',
        '{"alg":"ES256","typ":"at+jwt","kid":["k1"]}',
        '{"alg":"ES256","typ":"at+jwt","kid":"../../dev/null"}',
        '{"alg":"ES256","typ":"at+jwt","jku":"https://evil.example/jwks.json"}',
        `{"alg":"ES256","typ":"at+jwt","jwk":${JSON.stringify(issuer.jwk)}}`,
        '{"alg":"ES256","typ":"at+jwt","x5u":"https://evil.example/x"}',
        ' {"alg":"ES256","typ":"at+jwt","kid":"k1"} x',
        '[]',
        'null',
      ])
        all[header] = signed(header, claimsText(), issuer);
      for (const payload of [
        '[]',
        'null',
        '"x"',
        `${claimsText()} x`,
        `\ufeff${claimsText()}`,
        '',
        claimsText('"a":'.padEnd(60_000, '[')),
      ])
        all[`claims ${payload.slice(0, 12)}`] = signed(HEADER, payload, issuer);
      return all;
    }),
  },
  {
    id: 'B207',
    title: 'the wrong kind of token',
    precedent: 'CVE-2022-36083',
    steps: [
      ...tokens(async () => {
        const { rsa, issuer } = await keys();
        const access = await token();
        const all: Record<string, string> = {
          'another audience': await token({ aud: 'other' }),
          'a list of other audiences': await token({ aud: ['other', 'shop-search2'] }),
          'no audience': await token({ aud: undefined }),
          'another issuer': await token({ iss: 'https://id.example.com/' }),
          'an issuer with a slash less': await token({ iss: ISSUER_CONFIG.issuer.replace(/\/$/, '') }),
          'an issuer in capitals': await token({ iss: ISSUER_CONFIG.issuer.toUpperCase() }),
          'another algorithm': await token({}, { kid: 'r1' }, rsa),
          'a JWE': `${b64({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.AAAA.AAAA`,
          'a JWE that costs': `${b64({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 1_000_000_000, p2s: 'AAAA' })}.AAAA.AAAA.AAAA.AAAA`,
          'costly, in three parts': `${b64({ alg: 'PBES2-HS512+A256KW', p2c: 1_000_000_000 })}.${access.split('.')[1]}.AAAA`,
          compressed: signed('{"alg":"ES256","typ":"at+jwt","kid":"k1","zip":"DEF"}', claimsText(), issuer),
          nested: signed('{"alg":"ES256","typ":"at+jwt","kid":"k1","cty":"JWT"}', access, issuer),
          'too long': `${access}${'A'.repeat(10_000)}`,
        };
        for (const typ of ['JWT', 'id+jwt', 'dpop+jwt', 'logout+jwt', 'at+jwt ', '', undefined])
          all[`typ ${typ}`] = await token({}, { typ });
        return all;
      }),
    ],
  },
  {
    id: 'B208',
    title: 'what was verified once',
    precedent: 'CVE-2021-32701 (Oathkeeper)',
    steps: [
      step('ends with the token', 'refused-401', async () => {
        const at = await stand();
        const access = await token();
        await as('filtered', at, bearer(access));
        at.clock.now += 631_000;
        await as('refused-401', at, bearer(access));
      }),
      step('ends with the key', 'refused-401', async () => {
        const at = await stand();
        const access = await token();
        await as('filtered', at, bearer(access));
        at.documents[JWKS] = { keys: [(await keys()).other.jwk] };
        await at.refresh();
        await as('refused-401', at, bearer(access));
      }),
      step('ends with a revocation', 'refused-401', () =>
        folderWith(async (folder) => {
          const revoked = join(folder, 'revoked.json');
          writeFileSync(revoked, '{}');
          const at = await stand({ issuer: { revoked } });
          const access = await token({ jti: 'one' });
          await as('filtered', at, bearer(access));
          writeFileSync(revoked, '{"jti":["one"]}');
          await at.refresh();
          await as('refused-401', at, bearer(access));
        }),
      ),
      step('is decided about anew at every request', 'refused-403', async () => {
        const at = await stand();
        const access = await token();
        await as('filtered', at, bearer(access));
        await as('refused-403', at, bearer(access), { as: null, target: '/orders/_count' });
        for (const bench of at.worlds.benches) bench.replace(FIXTURE_POLICY.replace('  mobile:', '  other:'));
        await as('refused-403', at, bearer(access));
      }),
      step('is good for its own audience and issuer only', 'refused-401', async () => {
        const access = await token();
        await as('filtered', await stand(), bearer(access));
        await as('refused-401', await stand({ issuer: { audience: ['other'] } }), bearer(access));
        await as('refused-401', await stand({ issuer: { issuer: 'https://id.example.com/' } }), bearer(access));
        await as('refused-401', await stand({ issuer: { dpop: 'required' } }), bearer(access));
      }),
      step('is one token’s, not its prefix’s', 'refused-401', async () => {
        const at = await stand();
        const access = await token();
        await as('filtered', at, bearer(access));
        await as('refused-401', at, bearer(access.slice(0, -1)));
        await as('refused-401', at, bearer(`${access}A`));
        await as('refused-401', at, [['Authorization', `ApiKey ${access}`]]);
      }),
    ],
  },
  {
    id: 'B209',
    title: 'a target that looks public',
    precedent: 'CVE-2025-54576',
    steps: [
      ...[
        '/',
        '/?x=/public',
        '/public',
        '/_cluster/health',
        '/profiles/_count?auth=none',
        '/profiles/_count?x=/_cluster/health',
        '/_cluster/health/../../profiles/_count',
        '/favicon.ico',
        '/healthz',
        '/metrics',
      ].map((target) =>
        step(target, target.includes('..') || target.includes('=') ? 'refused' : 'refused-401', async () => {
          const { answer, upstream } = await (await stand()).worlds.send({ as: null, target });
          // A path that cannot be read is refused before anybody is asked for.
          expect(target.includes('..') ? [400, 401] : [401]).toContain(answer.status);
          expect(upstream).toEqual([]);
        }),
      ),
      step('for every method', 'refused-401', async () => {
        const at = await stand();
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])
          await as401(at, { as: null, method, target: '/profiles/_count' });
      }),
    ],
  },
  {
    id: 'B210',
    title: 'a bound token without its proof',
    precedent: 'FAPI 2.0: DPoP negative tests',
    steps: [
      step('as Bearer, as DPoP, with a proof beside Bearer', 'refused-401', async () => {
        const at = await stand();
        const access = await bound();
        const proof = await proofOf(access);
        await as('refused-401', at, bearer(access));
        await as('refused-401', at, dpop(access));
        await as('refused-401', at, [...bearer(access), ['DPoP', proof]]);
        await as('refused-401', at, [['Authorization', `bearer ${access}`]]);
        await as('filtered', at, dpop(access, await proofOf(access)));
      }),
      step('where every token has to be bound', 'refused-401', async () => {
        const at = await stand({ issuer: { dpop: 'required' } });
        await as('refused-401', at, bearer(await token()));
        const access = await token();
        await as('refused-401', at, dpop(access, await proofOf(access)));
        for (const cnf of [{}, { jkt: '' }, { jkt: 1 }, { jkt: null }, null, 'x', { 'x5t#S256': 1 }])
          await as('refused-401', at, bearer(await token({ cnf })));
      }),
      ...BEARERS,
    ],
  },
  {
    id: 'B211',
    title: 'proofs (RFC 9449, 4.3)',
    precedent: 'FAPI 2.0: DPoP negative tests',
    steps: [
      ...badProofs({
        'two in one': async (access) => `${await proofOf(access)}, ${await proofOf(access)}`,
        'not a JWT': async (access) => (await proofOf(access)).split('.').slice(0, 2).join('.'),
        'no typ': changed({ header: { typ: undefined } }),
        'another typ': changed({ header: { typ: 'jwt' } }),
        'the access token': async (access) => access,
        'no jwk': changed({ header: { jwk: undefined } }),
        'a private jwk': async (access) => proofOf(access, { header: { jwk: (await keys()).client.privateJwk } }),
        'a symmetric key': async (access) => {
          const [, payload = ''] = (await proofOf(access)).split('.');
          const input = `${b64({ alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'AAAA' } })}.${payload}`;
          return `${input}.${createHmac('sha256', Buffer.alloc(3)).update(input).digest('base64url')}`;
        },
        'alg none': async (access) => {
          const [, payload = ''] = (await proofOf(access)).split('.');
          return `${b64({ alg: 'none', typ: 'dpop+jwt', jwk: (await keys()).client.jwk })}.${payload}.`;
        },
        'another key': async (access) => proofOf(access, {}, (await keys()).other),
        'another key that shows the right one': async (access) => {
          const { client, other } = await keys();
          const { kid: _, ...jwk } = client.jwk;
          return proofOf(access, { header: { jwk } }, other);
        },
        'a signature that does not hold': async (access) => {
          const [header, payload, signature = ''] = (await proofOf(access)).split('.');
          const other = Buffer.from(signature, 'base64url').map((byte) => byte ^ 0x5a);
          return `${header}.${payload}.${Buffer.from(other).toString('base64url')}`;
        },
        crit: async (access) => {
          const { client } = await keys();
          const [header = '', payload = ''] = (await proofOf(access))
            .split('.')
            .map((part) => Buffer.from(part, 'base64url').toString());
          return signed(`${header.slice(0, -1)},"extra":1,"crit":["extra"]}`, payload, client);
        },
        ...Object.fromEntries(
          ['jti', 'htm', 'htu', 'iat', 'ath'].map((name) => [`no ${name}`, changed({ claims: { [name]: undefined } })]),
        ),
        'an empty jti': changed({ claims: { jti: '' } }),
        'another method': changed({ claims: { htm: 'POST' } }),
        'the method in small letters': changed({ claims: { htm: 'get' } }),
        'another path': changed({ claims: { htu: HTU.replace('_count', '_search') } }),
        'the path in capitals': changed({ claims: { htu: HTU.replace('profiles', 'PROFILES') } }),
        'a final slash': changed({ claims: { htu: `${HTU}/` } }),
        'another host': changed({ claims: { htu: HTU.replace('search.', 'other.') } }),
        'another scheme': changed({ claims: { htu: HTU.replace('https', 'http') } }),
        'another port': changed({ claims: { htu: HTU.replace('.example/', '.example:8443/') } }),
        'a user in the URI': changed({ claims: { htu: HTU.replace('search.', 'x@search.') } }),
        'a path alone': changed({ claims: { htu: '/profiles/_count' } }),
        'made an hour ago': changed({ claims: { iat: seconds - 3600 } }),
        'made in an hour': changed({ claims: { iat: seconds + 3600 } }),
        'iat as text': changed({ claims: { iat: String(seconds) } }),
        'for another token': async (access) => proofOf(access, { claims: { ath: sha256(`${access}x`) } }),
        over: changed({ claims: { exp: seconds - 60 } }),
        'not yet': changed({ claims: { nbf: seconds + 60 } }),
        'too long': async (access) => `${await proofOf(access)}${'A'.repeat(5000)}`,
      }),
      step('two of them', 'refused', async () => {
        const at = await stand();
        const access = await bound();
        const proof = await proofOf(access);
        await as('refused', at, dpop(access, proof, proof));
        await as('refused', at, dpop(access, proof, await proofOf(access)));
        await as('filtered', at, dpop(access, proof));
      }),
      step('used again', 'refused-401', async () => {
        const at = await stand();
        const access = await bound();
        const proof = await proofOf(access);
        await as('filtered', at, dpop(access, proof));
        await as('refused-401', at, dpop(access, proof));
        const same = { claims: { jti: 'one' } };
        await as('filtered', at, dpop(access, await proofOf(access, same)));
        await as('refused-401', at, dpop(access, await proofOf(access, { claims: { jti: 'one', iat: seconds - 5 } })));
      }),
      step('used again at another worker', 'refused-401', async () => {
        // Both worlds are workers of one gateway here: the second is told of what the first has seen.
        const replay = createMemoryReplayStore({ now: () => NOW });
        const seen: boolean[] = [];
        const shared: ReplayStore = {
          seen: async (...proof) => {
            const before = await replay.seen(...proof);
            seen.push(before);
            return before;
          },
        };
        const at = await stand({ replay: shared });
        const access = await bound();
        const [one, two] = at.worlds.benches;
        const raw = rawOf({ ...COUNT, headers: dpop(access, await proofOf(access)) });
        expect([(await one.guard.handle(raw)).status, (await two.guard.handle(raw)).status]).toEqual([200, 401]);
        expect(seen).toEqual([false, true]);
      }),
      step('what may differ: case of scheme and host, the default port, a query', 'filtered', async () => {
        const at = await stand();
        const access = await bound();
        for (const htu of [
          HTU.replace('https://search.shop.example', 'HTTPS://SEARCH.Shop.Example'),
          HTU.replace('.example/', '.example:443/'),
          `${HTU}?a=b#c`,
        ])
          await as('filtered', at, dpop(access, await proofOf(access, { claims: { htu } })));
        await as('filtered', at, dpop(access, await proofOf(access)), { ...COUNT, target: '/profiles/_count?pretty' });
      }),
      ...DEVICE_PROOFS,
    ],
  },
  {
    id: 'B212',
    title: 'a certificate in a header',
    precedent: 'own',
    steps: [
      step('is believed from nobody', 'refused-401', async () => {
        const at = await stand();
        const certificate = 'MIIBszCCAVmgAwIBAgIUfake';
        const access = await token({ cnf: { 'x5t#S256': sha256(certificate) } });
        for (const name of [
          'X-SSL-Cert',
          'X-SSL-Client-Cert',
          'X-Client-Cert',
          'X-Forwarded-Client-Cert',
          'Client-Cert',
          'X-ARR-ClientCert',
          'SSL-Client-Cert',
        ]) {
          await as('refused-401', at, [[name, certificate]]);
          await as('refused-401', at, [...bearer(access), [name, certificate]]);
        }
        await as('refused-401', at, [
          ['X-SSL-Client-Verify', 'SUCCESS'],
          ['X-SSL-Client-S-DN', 'CN=fleet'],
        ]);
      }),
      step('a token of another certificate', 'refused-401', async () => {
        const at = await stand();
        const mine = sha256('mine');
        const access = await token({ cnf: { 'x5t#S256': mine } });
        const raw = rawOf({ ...COUNT, headers: bearer(access) });
        const [{ guard }] = at.worlds.benches;
        for (const [thumb, status] of [
          [sha256('other'), 401],
          [mine.slice(0, -1), 401],
          ['', 401],
          [mine, 200],
        ] as const) {
          const certificate = { thumbprint: thumb, subject: 'CN=x', names: [] };
          expect((await guard.handle({ ...raw, peer: { ...raw.peer, certificate } })).status).toBe(status);
        }
      }),
    ],
  },
  {
    id: 'B215',
    title: 'API keys',
    precedent: 'own',
    steps: [
      step('in another place, in part, of another, revoked or over', 'refused-401', () =>
        folderWith(async (folder) => {
          const file = join(folder, 'api-keys.json');
          const claims = jsonObject([
            ['role', 'mobile'],
            ['tenant', 't1'],
          ]);
          const good = createApiKey({ id: 'good', roles: ['mobile'], claims });
          const over = createApiKey({ id: 'over', roles: ['mobile'], claims, expires: new Date(NOW - 1000) });
          const revoked = createApiKey({ id: 'revoked', roles: ['mobile'], claims });
          const entries = [
            printJson(good.entry),
            printJson(over.entry),
            `${printJson(revoked.entry).slice(0, -1)},"revoked":true}`,
          ];
          writeFileSync(file, `[${entries.join()}]`, { mode: 0o600 });
          const at = await stand({ identity: { apiKeys: { file } } });
          const key = (text: string): [string, string][] => [['Authorization', `ApiKey ${text}`]];
          const encoded = (text: string): [string, string][] => key(Buffer.from(text).toString('base64'));
          await as('filtered', at, key(good.encoded));
          for (const credentials of [
            key(over.encoded),
            key(revoked.encoded),
            key(good.encoded.slice(0, -4)),
            key(`${good.encoded}AAAA`),
            encoded(`good:${good.secret.slice(0, 20)}`),
            encoded(`good:${good.secret}x`),
            encoded(`goo:${good.secret}`),
            encoded(`good:${over.secret}`),
            encoded(`GOOD:${good.secret}`),
            encoded('good:'),
            encoded(`:${good.secret}`),
            encoded(good.secret),
            key(good.secret),
            bearer(good.encoded),
            [['Authorization', `Basic ${good.encoded}`]] as [string, string][],
            [['X-Api-Key', good.encoded]] as [string, string][],
            [['Cookie', `apikey=${good.encoded}`]] as [string, string][],
          ])
            await as('refused-401', at, credentials);
          // The file holds nothing that a client could send.
          expect(entries.join()).not.toContain(good.secret);
          await as('refused-403', at, key(good.encoded), { as: null, target: '/orders/_count' });
          const inUrl = await at.worlds.send({
            as: null,
            target: `/profiles/_count?api_key=${encodeURIComponent(good.encoded)}`,
          });
          expect([400, 401]).toContain(inUrl.answer.status);
          expect(inUrl.upstream).toEqual([]);
        }),
      ),
    ],
  },
  {
    id: 'B217',
    title: 'taking everything, slowly',
    precedent: 'own',
    steps: [
      step('one by one', 'failed-closed', async () => {
        await exfiltrate(Array.from({ length: 12 }, (_, n) => () => ({ target: `/profiles/_doc/v${n + 1}` })));
      }),
      step('by search_after', 'failed-closed', async () => {
        let after: unknown[] | undefined;
        await exfiltrate(
          Array.from({ length: 6 }, () => (last) => {
            after =
              (last?.json as { hits?: { hits: { sort: unknown[] }[] } } | undefined)?.hits?.hits.at(-1)?.sort ?? after;
            return {
              target: '/profiles/_search',
              body: { size: 2, sort: ['age'], ...(after && { search_after: after }) },
            };
          }),
        );
      }),
      step('by slices of age, each smaller than a page', 'failed-closed', async () => {
        await exfiltrate(
          Array.from({ length: 12 }, (_, n) => () => ({
            target: '/profiles/_search',
            body: { query: { range: { age: { gte: 21 + n, lt: 22 + n } } } },
          })),
        );
      }),
      step('in one page that is larger than the budget', 'failed-closed', async () => {
        await exfiltrate([
          () => ({ target: '/profiles/_search', body: { size: 3 } }),
          () => ({ target: '/profiles/_search', body: { size: 100 } }),
          () => ({ target: '/profiles/_mget', body: { ids: ['v8', 'v9', 'v10', 'v11'] } }),
          () => ({ target: '/_msearch', ndjson: true, body: [{ index: 'profiles' }, { size: 12 }] }),
        ]);
      }),
      step('documents that were seen before, and such as are not there, cost nothing', 'filtered', async () => {
        const worlds = createWorlds({ policy: BUDGET });
        for (let times = 0; times < 10; times++) {
          expect(
            (await worlds.send({ target: '/profiles/_search', body: { size: 6, sort: ['age'] } })).answer.status,
          ).toBe(200);
          expect((await worlds.send({ target: `/profiles/_doc/h${times}` })).answer.status).toBe(404);
        }
        expect((await worlds.send({ target: '/profiles/_doc/v12' })).answer.status).toBe(429);
      }),
    ],
  },
  {
    id: 'B219',
    title: 'what fails open elsewhere',
    precedent: 'own',
    steps: [
      step('the keys of the issuer cannot be had', 'failed-closed', async () => {
        const at = await stand({ documents: {} });
        const outcome = await as('failed-closed', at, bearer(await token()));
        expect(outcome.answer.status).toBe(503);
        expect(outcome.upstream).toEqual([]);
        await as('refused-401', at, []);
        at.documents[JWKS] = { keys: [(await keys()).issuer.jwk] };
        await at.refresh();
        await as('filtered', at, bearer(await token()));
      }),
      step('what the issuer sends is no key set', 'failed-closed', async () => {
        for (const document of [
          '',
          '<html>',
          { keys: [] },
          { keys: [{ kty: 'oct', k: 'AAAA', kid: 'k1' }] },
          { keys: {} },
          [],
        ]) {
          const at = await stand({ documents: { [JWKS]: document } });
          expect((await as('failed-closed', at, bearer(await token()))).upstream).toEqual([]);
        }
      }),
      step('the store of used proofs cannot be reached', 'failed-closed', async () => {
        const at = await stand({ replay: { seen: () => Promise.reject(new Refusal('unavailable', 'replay')) } });
        const access = await bound();
        expect((await as('failed-closed', at, dpop(access, await proofOf(access)))).upstream).toEqual([]);
      }),
      step('a policy that is half-written', 'harmless', () =>
        folderWith(async (folder) => {
          const path = join(folder, 'guard.yaml');
          writeFileSync(path, FIXTURE_POLICY);
          const current = parsePolicy(path, FIXTURE_POLICY);
          const taken: string[] = [];
          const errors: string[] = [];
          const watching = watchPolicy(
            path,
            { onChange: ({ hash }) => void taken.push(hash), onError: ({ code }) => void errors.push(code) },
            { current, settle: 1, interval: 600_000 },
          );
          try {
            const halves = [0.2, 0.5, 0.8].map((part) =>
              FIXTURE_POLICY.slice(0, Math.floor(FIXTURE_POLICY.length * part)),
            );
            for (const half of [
              ...halves.map((text) => text.trimEnd()),
              '',
              'version: 1\n',
              FIXTURE_POLICY.replace('filter: all', 'filter: al'),
            ]) {
              writeFileSync(path, half);
              await watching.reload();
            }
            expect(taken).toEqual([]);
            expect(errors.length).toBeGreaterThanOrEqual(6);
            writeFileSync(path, `${FIXTURE_POLICY}# whole\n`);
            await watching.reload();
            expect(new Set(taken).size).toBe(1);
          } finally {
            watching.close();
          }
        }),
      ),
      step("the store's list of indices cannot be had: a pattern means nothing", 'refused-403', async () => {
        const policy = FIXTURE_POLICY.replace(
          'indices: [profiles]\n        operations',
          "indices: ['prof*']\n        catalogue: true\n        operations",
        );
        expect(policy).not.toBe(FIXTURE_POLICY);
        const without = { policy, catalogue: { indices: () => new Set<string>() } };
        for (const target of ['/profiles/_search', '/_search', '/prof*/_search', '/_all/_search'])
          expectOutcome({ sent: { target }, expect: 'refused-403' }, await createWorlds(without).send({ target }));
        const names = new Set(['profiles']);
        const known = await createWorlds({ policy, catalogue: { indices: () => names } }).send({
          target: '/prof*/_search',
        });
        expect(known.answer.status).toBe(200);
      }),
      step('the journal cannot be written', 'failed-closed', async () => {
        const broken = { commit: () => Promise.reject(new Error('ENOSPC')), healthy: true };
        for (const [journal, reached] of [
          [broken, 1],
          [{ ...broken, healthy: false }, 0],
        ] as const) {
          const [bench] = createWorlds({ journal }).benches;
          const answer = await bench.guard.handle(rawOf({ target: '/profiles/_search' }));
          expect(answer.status).toBe(503);
          expect(String(answer.body)).not.toContain('Person');
          expect(bench.store.seen).toHaveLength(reached);
          expect(bench.failures.map((failure) => (failure as string[])[0])).toEqual([
            'the journal could not be written',
          ]);
        }
      }),
      step('the journal cannot be written, where the policy says that this may be', 'filtered', async () => {
        const journal = { commit: () => Promise.reject(new Error('ENOSPC')), healthy: false };
        const [bench] = createWorlds({ journal, journalFailure: 'allow' }).benches;
        expect((await bench.guard.handle(rawOf({ target: '/profiles/_search' }))).status).toBe(200);
      }),
      step('the store cannot be reached', 'failed-closed', async () => {
        for (const code of ['upstream_down', 'upstream_slow', 'upstream_answer'] as const) {
          const upstream = { send: () => Promise.reject(new Refusal(code)) };
          for (const sent of [
            { target: '/profiles/_search' },
            { target: '/profiles/_doc/v1' },
            { target: '/profiles/_mget', body: { ids: ['v1'] } },
          ]) {
            const { answer } = await createWorlds({ upstream }).send(sent);
            expect(answer.status).toBeGreaterThanOrEqual(502);
          }
        }
      }),
    ],
  },
  ...STORIES_DEVICES,
];

async function as401(at: Stand, sent: Sent): Promise<void> {
  const { answer, upstream } = await at.worlds.send(sent);
  expect(answer.status, `${sent.method} ${sent.target}`).toBe(401);
  expect(upstream).toEqual([]);
}
