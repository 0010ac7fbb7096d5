/**
 * The whole way – client, strict HTTP, authenticator, service, verifiers, store – with an attestation of every format, each
 * signed by made-up authorities in the place of Apple and Google.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Attestation,
  type AttestationFormat,
  type Client,
  type ClientData,
  createClient,
  createKey,
  type DeviceKey,
  type EnrolmentData,
  signJwt,
} from '../../client/index.ts';
import { findKey, readKeySet } from '../authn/key-set.ts';
import { NOW } from '../authn/testing/issuer.ts';
import { Refusal } from '../contract/refusal.ts';
import { BENCH_ORIGIN, type Bench, type BenchOptions, makeBench, NO_REQUIREMENT } from './testing/bench.ts';
import { createAttester } from './verifiers.ts';
import type { AttestationTrust } from './verify/index.ts';
import {
  makeAppAttest,
  makeAppCheck,
  makeAppCheckKeys,
  makeAppleAuthority,
  makeAssertion,
  makeGoogleAuthority,
  makeKeyAttestation,
  makePlayKeys,
  makePlayToken,
} from './verify/testing/index.ts';

const BUNDLE = 'org.example.shop';
const APP_ID = `ABCDE12345.${BUNDLE}`;
const FIREBASE = '1:1234567890:web:0123456789abcdef';
const CERTIFICATE = 'ab'.repeat(32);
const PLAY_CERTIFICATE = Buffer.from(CERTIFICATE, 'hex').toString('base64url');

const apple = makeAppleAuthority(NOW);
const google = makeGoogleAuthority(NOW);
const play = makePlayKeys();
const firebase = makeAppCheckKeys();
const firebaseKeys = readKeySet(Buffer.from(JSON.stringify(firebase.jwks)), ['RS256']);

const TRUST: AttestationTrust = {
  appAttest: { config: { appIds: [APP_ID], environment: 'production' }, root: apple.root },
  playIntegrity: {
    config: {
      packages: [BUNDLE],
      certificates: [PLAY_CERTIFICATE],
      integrity: 'device',
      licensed: false,
      maxAge: 120_000,
    },
    keys: play.keys,
    decode: null,
  },
  keyAttestation: {
    config: { packages: [BUNDLE], certificates: [CERTIFICATE], securityLevel: 'trusted-environment', patchLevel: null },
    roots: google.roots,
    status: null,
  },
  appCheck: {
    config: { project: '1234567890', appIds: [FIREBASE] },
    keys: {
      find(kid) {
        const key = findKey(firebaseKeys, kid, 'RS256');
        if (!key || key === 'ambiguous') throw new Refusal('unavailable');
        return key;
      },
    },
  },
};

const FRESH = { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete']) };

function gateway(options: Partial<BenchOptions> = {}): Promise<Bench> {
  return makeBench({ attester: createAttester(TRUST), requirement: FRESH, config: { nonce: true }, ...options });
}

/** What a platform does for an app, and what an attacker would change about it. */
interface Platform {
  readonly app: { readonly id: string; readonly version: string; readonly platform: 'ios' | 'android' | 'web' };
  attest(data: EnrolmentData, bench: Bench): Promise<Attestation>;
  assert(data: ClientData, bench: Bench): Promise<string>;
}

function iphone(changes: Parameters<typeof makeAppAttest>[0]['changes'] = {}, authority = apple): Platform {
  let made: ReturnType<typeof makeAppAttest> | undefined;
  let counter = 0;
  return {
    app: { id: BUNDLE, version: '5.2.0', platform: 'ios' },
    async attest({ bytes }, bench) {
      made = makeAppAttest({ appId: APP_ID, challenge: bytes, now: bench.now, authority, changes });
      return { format: 'app-attest', attestation: made.attestation.toString('base64'), keyId: made.keyId };
    },
    async assert({ bytes }) {
      if (!made) throw new Error('not attested');
      counter += 1;
      return makeAssertion({ appId: APP_ID, clientData: bytes, counter, privateKey: made.keys.privateKey }).toString(
        'base64',
      );
    },
  };
}

async function otherKeyId(data: EnrolmentData, bench: Bench): Promise<Attestation> {
  return { ...(await iphone().attest(data, bench)), keyId: Buffer.alloc(32).toString('base64') };
}

function playPhone(changes: Omit<Partial<Parameters<typeof makePlayToken>[0]>, 'keys'> = {}): Platform {
  const token = ({ bytes }: ClientData, { now }: Bench) =>
    makePlayToken({
      keys: play,
      package: BUNDLE,
      certificate: PLAY_CERTIFICATE,
      versionCode: 50_200,
      clientData: bytes,
      now,
      ...changes,
    });
  return {
    app: { id: BUNDLE, version: '50200', platform: 'android' },
    attest: async (data, bench) => ({ format: 'play-integrity', attestation: await token(data, bench) }),
    assert: token,
  };
}

function keystorePhone(changes: Parameters<typeof makeKeyAttestation>[0]['changes'] = {}): Platform {
  let key: DeviceKey | undefined;
  return {
    app: { id: BUNDLE, version: '50200', platform: 'android' },
    async attest({ beforeKey }, { now }) {
      const { chain, keys } = makeKeyAttestation({
        package: BUNDLE,
        certificate: CERTIFICATE,
        challenge: beforeKey.hash,
        now,
        authority: google,
        changes,
      });
      key = await deviceKeyOf(keys);
      return { format: 'key-attestation', attestation: chain.map((one) => one.toString('base64')), key };
    },
    async assert({ hashText }) {
      if (!key) throw new Error('not attested');
      const { kty, crv, x, y } = key.publicJwk;
      return signJwt(key, { typ: 'postern-assertion+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }, { hash: hashText });
    },
  };
}

function browser(changes: Partial<Parameters<typeof makeAppCheck>[0]> = {}): Platform {
  return {
    app: { id: FIREBASE, version: '5.2.0', platform: 'web' },
    attest: async (_, { now }) => ({
      format: 'app-check',
      attestation: await makeAppCheck({ keys: firebase, project: '1234567890', appId: FIREBASE, now, ...changes }),
    }),
    assert: async () => 'AA',
  };
}

async function deviceKeyOf({
  publicKey,
  privateKey,
}: {
  publicKey: KeyObject;
  privateKey: KeyObject;
}): Promise<DeviceKey> {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const secret = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'jwk' });
  const imported = await crypto.subtle.importKey('jwk', secret, algorithm, false, ['sign']);
  return {
    publicJwk: { kty: 'EC', crv: 'P-256', x, y },
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, imported, bytes)),
  };
}

async function install(bench: Bench, platform: Platform, changes: Partial<Platform> = {}): Promise<Client> {
  const app = { ...platform, ...changes };
  return createClient({
    baseUrl: BENCH_ORIGIN,
    key: await createKey(),
    app: app.app,
    userToken: () => bench.userToken(),
    attest: (data) => app.attest(data, bench),
    assert: async (data) => ({
      format: (await bench.store.devices(null, 1))[0]?.facts.format ?? 'app-attest',
      assertion: await app.assert(data, bench),
    }),
    fetch: bench.fetch,
    now: () => bench.now,
  });
}

async function attempt(bench: Bench, client: Client, method = 'GET'): Promise<string> {
  try {
    return String((await client.call(method, '/v1/orders/1?x=1')).status);
  } catch {
    const refusal = bench.refusals.at(-1);
    return `${refusal?.code}: ${refusal?.detail}`;
  }
}

const PLATFORMS: readonly (readonly [AttestationFormat, () => Platform, string])[] = [
  ['app-attest', () => iphone(), 'strong'],
  ['play-integrity', () => playPhone(), 'device'],
  ['key-attestation', () => keystorePhone(), 'strong'],
  ['app-check', () => browser(), 'basic'],
];

describe.each(PLATFORMS)('with %s', (format, platform, integrity) => {
  it('a genuine app enrols, calls, and renews', async () => {
    const bench = await gateway();
    const client = await install(bench, platform());
    expect(await attempt(bench, client)).toBe('200');
    expect(bench.principals.at(-1)?.device).toMatchObject({ format, integrity });
    bench.now += 580_000;
    expect(await attempt(bench, client)).toBe('200');
    const [row, ...more] = await bench.store.devices(null, 10);
    expect(more).toEqual([]);
    expect(row?.counter).toBe(format === 'app-attest' ? 1 : 0);
  });

  it('a fresh operation is done with its assertion', async () => {
    const bench = await gateway();
    const client = await install(bench, platform());
    const done = format === 'app-check' ? 'device: device: App Check makes no assertions' : '200';
    expect(await attempt(bench, client, 'DELETE')).toBe(done);
    expect(await attempt(bench, client, 'DELETE')).toBe(done);
  });

  it('an assertion over something else is refused', async () => {
    if (format === 'app-check') return;
    const bench = await gateway();
    const genuine = platform();
    const other: ClientData = { bytes: new Uint8Array(8), hash: new Uint8Array(32), hashText: 'A'.repeat(43) };
    const client = await install(bench, genuine, { assert: (_, on) => genuine.assert(other, on) });
    expect(await attempt(bench, client)).toBe('200');
    expect(await attempt(bench, client, 'DELETE')).toMatch(/^step_up: /);
  });

  it('an attestation that was made for another enrolment is refused', async () => {
    const bench = await gateway();
    const genuine = platform();
    let first: Attestation | undefined;
    const attest: Platform['attest'] = async (data, on) => {
      first ??= await genuine.attest(data, on);
      return first;
    };
    expect(await attempt(bench, await install(bench, genuine, { attest }))).toBe('200');
    expect(await attempt(bench, await install(bench, genuine, { attest }))).toMatch(/^attestation: /);
    expect(await bench.store.devices(null, 10)).toHaveLength(1);
  });

  it('the word for another app or platform is refused', async () => {
    const bench = await gateway();
    const genuine = platform();
    const named = { ...genuine.app, id: 'org.example.other' };
    expect(await attempt(bench, await install(bench, genuine, { app: named }))).toMatch(/^attestation: /);
    const elsewhere = genuine.app.platform === 'android' ? 'ios' : 'android';
    expect(
      await attempt(bench, await install(bench, genuine, { app: { ...genuine.app, platform: elsewhere } })),
    ).toMatch(format === 'app-check' ? /^attestation: / : /^malformed_body: /);
  });

  it('nothing is taken where the policy does not accept it', async () => {
    const none: AttestationTrust = { appAttest: null, playIntegrity: null, keyAttestation: null, appCheck: null };
    const bench = await gateway({ attester: createAttester(none) });
    expect(await attempt(bench, await install(bench, platform()))).toBe(`attestation: ${format}: not accepted here`);
  });
});

describe('what is not genuine', () => {
  it.each<[string, () => Platform, RegExp]>([
    [
      'B213: an attestation of the development environment',
      () => iphone({ aaguid: Buffer.from('appattestdevelop') }),
      /aaguid/,
    ],
    ['B213: an attestation of another app', () => iphone({ appIdHash: Buffer.alloc(32) }), /rpIdHash/],
    ['B213: a counter that begins above 0', () => iphone({ counter: 1 }), /counter/],
    ['B213: a key id that is not the hash of the key', () => ({ ...iphone(), attest: otherKeyId }), /keyId/],
    ['B213: a certificate that is over', () => iphone({ leaf: { from: NOW - 10, to: NOW - 1 } }), /x5c\[0\]/],
    ['B213: a chain of somebody else', () => iphone({}, makeAppleAuthority(NOW)), /x5c/],
    [
      'B214: an app that Play does not know',
      () => playPhone({ changes: { appIntegrity: { appRecognitionVerdict: 'UNRECOGNIZED_VERSION' } } }),
      /appRecognitionVerdict/,
    ],
    [
      'B214: an app that was not evaluated',
      () => playPhone({ changes: { appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } } }),
      /appRecognitionVerdict/,
    ],
    ['B214: an app that another signed', () => playPhone({ certificate: 'A'.repeat(43) }), /certificateSha256Digest/],
    [
      'B214: another package',
      () => playPhone({ changes: { appIntegrity: { packageName: 'org.example.other' } } }),
      /packageName/,
    ],
    ['B214: a device of too little integrity', () => playPhone({ integrity: 'basic' }), /deviceRecognitionVerdict/],
    [
      'B214: a verdict that is old',
      () => playPhone({ changes: { requestDetails: { timestampMillis: String(NOW - 121_000) } } }),
      /timestampMillis/,
    ],
    [
      'B214: a verdict for another request',
      () => playPhone({ changes: { requestDetails: { nonce: 'A'.repeat(43) } } }),
      /nonce/,
    ],
    [
      'B214: a verdict that another key signed',
      () => playPhone({ changes: { signer: makePlayKeys().signer } }),
      /signature/,
    ],
    ['another version than the one that Play knows', () => playPhone({ versionCode: 50_100 }), /version/],
    ['an unlocked device', () => keystorePhone({ hardware: { 704: null } }), /key-attestation/],
    ['a key in software', () => keystorePhone({ level: 0 }), /key-attestation/],
    ['another project', () => browser({ claims: { iss: 'https://firebaseappcheck.googleapis.com/1' } }), /token\.iss/],
    ['a token that is over', () => browser({ claims: { exp: NOW / 1000 - 1 } }), /token\.exp/],
  ])('%s is refused', async (_, platform, expected) => {
    const bench = await gateway();
    const refused = await attempt(bench, await install(bench, platform()));
    expect(refused).toMatch(/^attestation: /);
    expect(refused).toMatch(expected);
    expect(await bench.store.devices(null, 10)).toEqual([]);
  });

  it('an attested key under the proofs of another is refused', async () => {
    const bench = await gateway();
    const genuine = keystorePhone();
    const thief = await deviceKeyOf(makeGoogleAuthority(NOW).keys);
    const client = await install(bench, genuine, {
      attest: async (data, on) => ({ ...(await genuine.attest(data, on)), key: thief }),
    });
    expect(await attempt(bench, client)).toBe('attestation: key-attestation: x5c[0].key: not the key of the proofs');
  });

  it('an assertion by another key, without its type, or as a proof is refused', async () => {
    const bench = await gateway();
    const stranger = await createKey();
    const { kty, crv, x, y } = stranger.publicJwk;
    const made = [
      (hash: string) =>
        signJwt(stranger, { typ: 'postern-assertion+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }, { hash }),
      (hash: string) => signJwt(stranger, { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }, { hash }),
      async () => 'a.b.c',
    ];
    for (const make of made) {
      const client = await install(bench, keystorePhone(), { assert: ({ hashText }) => make(hashText) });
      expect(await attempt(bench, client, 'DELETE')).toMatch(/^step_up: assertion/);
    }
  });

  it('B213: a copy of a device is noticed when both have used a counter', async () => {
    const bench = await gateway();
    const original = iphone();
    const client = await install(bench, original);
    expect(await attempt(bench, client, 'DELETE')).toBe('200');
    const [row] = await bench.store.devices(null, 1);
    // The copy has come further than the original, which from then on is behind.
    expect(await bench.store.advance(row?.id ?? '', 5)).toBe(true);
    expect(await attempt(bench, client, 'DELETE')).toBe(
      'step_up: assertion: authenticatorData.counter: not above the last one',
    );
  });
});
