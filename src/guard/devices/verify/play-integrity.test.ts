import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { CompactEncrypt, CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../contract/refusal.ts';
import { type PlayIntegrityTrust, verifyPlayIntegrity } from './play-integrity.ts';
import { readPlayKeys } from './play-token.ts';
import { p256, spkiOf } from './testing/certificates.ts';
import {
  makePlayKeys,
  makePlayToken,
  makePlayVerdict,
  type PlayTokenChanges,
  type PlayTokenRequest,
} from './testing/play-token.ts';
import { detailLater } from './testing/refused.ts';
import { Unproven } from './unproven.ts';

const NOW = Date.UTC(2026, 10, 1);
const PACKAGE = 'org.example.shop';
const CERTIFICATE = Buffer.alloc(32, 7).toString('base64url');
const OTHER_CERTIFICATE = Buffer.alloc(32, 8).toString('base64url');
const CONFIG: PlayIntegrityTrust['config'] = {
  packages: [PACKAGE, 'org.example.beta'],
  certificates: [CERTIFICATE],
  integrity: 'device',
  licensed: false,
  maxAge: 120_000,
};
const clientData = Buffer.from('challenge, key and version of one enrolment');
const keys = makePlayKeys();
const base = { package: PACKAGE, certificate: CERTIFICATE, clientData, now: NOW };

function made(changes: PlayTokenChanges = {}, more: Partial<PlayTokenRequest> = {}): Promise<string> {
  return makePlayToken({ keys, ...base, ...more, changes });
}

interface More {
  readonly config?: Partial<PlayIntegrityTrust['config']>;
  readonly trust?: Partial<PlayIntegrityTrust>;
  readonly clientData?: Uint8Array;
  readonly package?: string;
  readonly now?: number;
}

async function verify(token: string | Promise<string>, more: More = {}) {
  const trust = { config: { ...CONFIG, ...more.config }, keys: keys.keys, decode: null, ...more.trust };
  const input = { token: await token, clientData: more.clientData ?? clientData, package: more.package ?? PACKAGE };
  return verifyPlayIntegrity(input, trust, more.now ?? NOW);
}

const detail = (run: () => Promise<unknown>) => detailLater('attestation', run);

describe('a verdict of Play Integrity', () => {
  it('is taken with package, version and integrity', async () => {
    expect(await verify(made())).toEqual({ package: PACKAGE, versionCode: 50_200, integrity: 'device' });
  });

  it('is taken with a request hash in place of the nonce, with numbers as numbers, and with a padded nonce', async () => {
    const { nonce } = makePlayVerdict(base).requestDetails ?? {};
    expect(await verify(made({ requestDetails: { nonce: undefined, requestHash: nonce } }))).toMatchObject({
      package: PACKAGE,
    });
    expect(
      await verify(made({ requestDetails: { timestampMillis: NOW }, appIntegrity: { versionCode: 7 } })),
    ).toMatchObject({ versionCode: 7 });
    expect(await verify(made({ requestDetails: { nonce: `${nonce}=` } }))).toMatchObject({ package: PACKAGE });
  });

  it.each([
    ['basic', 'basic', true],
    ['basic', 'strong', true],
    ['device', 'basic', false],
    ['device', 'strong', true],
    ['strong', 'device', false],
    ['strong', 'strong', true],
  ] as const)('is judged by its integrity: %s is asked for, %s is met', async (wanted, integrity, taken) => {
    const run = () => verify(made({}, { integrity }), { config: { integrity: wanted } });
    if (taken) expect(await run()).toMatchObject({ integrity });
    else expect(await detail(run)).toBe('play-integrity: deviceRecognitionVerdict: too weak');
  });

  it('is as old as is permitted, to the millisecond, and no newer than the clocks may differ', async () => {
    const at = (timestampMillis: number) => made({ requestDetails: { timestampMillis: String(timestampMillis) } });
    expect(await verify(at(NOW - 120_000))).toMatchObject({ package: PACKAGE });
    expect(await detail(() => verify(at(NOW - 120_001)))).toBe('play-integrity: timestampMillis: too old');
    expect(await verify(at(NOW + 30_000))).toMatchObject({ package: PACKAGE });
    expect(await detail(() => verify(at(NOW + 30_001)))).toBe('play-integrity: timestampMillis: in the future');
  });

  it('needs a licence only where one is asked for', async () => {
    const unlicensed = { accountDetails: { appLicensingVerdict: 'UNLICENSED' } };
    expect(await verify(made(unlicensed))).toMatchObject({ package: PACKAGE });
    expect(await verify(made(), { config: { licensed: true } })).toMatchObject({ package: PACKAGE });
    for (const verdict of ['UNLICENSED', 'UNEVALUATED', 'licensed', undefined, null, ['LICENSED']]) {
      const token = made({ accountDetails: { appLicensingVerdict: verdict } });
      expect(await detail(() => verify(token, { config: { licensed: true } }))).toBe(
        'play-integrity: appLicensingVerdict: not LICENSED',
      );
    }
  });

  it('is refused for another request, and for another package than the app says', async () => {
    expect(await detail(() => verify(made(), { clientData: Buffer.from('other') }))).toBe(
      'play-integrity: nonce: of another request',
    );
    expect(await detail(() => verify(made(), { package: 'org.example.beta' }))).toBe(
      'play-integrity: packageName: another package',
    );
    expect(await detail(() => verify(made(), { package: 'org.example.evil' }))).toBe(
      'play-integrity: package: not configured',
    );
  });

  const expected = makePlayVerdict(base).requestDetails?.nonce;
  it.each<[string, PlayTokenChanges, string]>([
    [
      'another package of the request',
      { requestDetails: { requestPackageName: 'org.example.evil' } },
      'requestPackageName: another package',
    ],
    [
      'another configured package of the request',
      { requestDetails: { requestPackageName: 'org.example.beta' } },
      'packageName: two',
    ],
    [
      'no package of the request',
      { requestDetails: { requestPackageName: undefined } },
      'requestPackageName: another package',
    ],
    [
      'another request hash',
      { requestDetails: { nonce: undefined, requestHash: 'AAAA' } },
      'requestHash: of another request',
    ],
    ['neither nonce nor request hash', { requestDetails: { nonce: undefined } }, 'nonce or requestHash: not one'],
    ['both nonce and request hash', { requestDetails: { requestHash: expected } }, 'nonce or requestHash: not one'],
    ['an empty nonce', { requestDetails: { nonce: '' } }, 'nonce: of another request'],
    ['a nonce with more after it', { requestDetails: { nonce: `${expected}A` } }, 'nonce: of another request'],
    ['no time', { requestDetails: { timestampMillis: undefined } }, 'timestampMillis: not a whole number'],
    ['a time as text', { requestDetails: { timestampMillis: '1e12' } }, 'timestampMillis: not a whole number'],
    ['a negative time', { requestDetails: { timestampMillis: -1 } }, 'timestampMillis: not a whole number'],
    ['a time of 0', { requestDetails: { timestampMillis: 0 } }, 'timestampMillis: too old'],
    ['no details of the request', { payload: without('requestDetails') }, 'requestDetails: not an object'],
    [
      'an app that Play does not recognise',
      { appIntegrity: { appRecognitionVerdict: 'UNRECOGNIZED_VERSION' } },
      'appRecognitionVerdict: not PLAY_RECOGNIZED',
    ],
    [
      'an app that was not evaluated',
      { appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } },
      'appRecognitionVerdict: not PLAY_RECOGNIZED',
    ],
    [
      'no verdict on the app',
      { appIntegrity: { appRecognitionVerdict: undefined } },
      'appRecognitionVerdict: not PLAY_RECOGNIZED',
    ],
    [
      'a list of verdicts on the app',
      { appIntegrity: { appRecognitionVerdict: ['PLAY_RECOGNIZED'] } },
      'appRecognitionVerdict: not PLAY_RECOGNIZED',
    ],
    ['no word on the app', { payload: without('appIntegrity') }, 'appIntegrity: not an object'],
    ['another package', { appIntegrity: { packageName: 'org.example.evil' } }, 'packageName: another package'],
    ['no package', { appIntegrity: { packageName: undefined } }, 'packageName: another package'],
    [
      'another signing certificate',
      { appIntegrity: { certificateSha256Digest: [OTHER_CERTIFICATE] } },
      'certificateSha256Digest: another signing certificate',
    ],
    [
      'another signing certificate beside ours',
      { appIntegrity: { certificateSha256Digest: [CERTIFICATE, OTHER_CERTIFICATE] } },
      'certificateSha256Digest: another signing certificate',
    ],
    [
      'no signing certificate',
      { appIntegrity: { certificateSha256Digest: [] } },
      'certificateSha256Digest: another signing certificate',
    ],
    [
      'a signing certificate that is no list',
      { appIntegrity: { certificateSha256Digest: CERTIFICATE } },
      'certificateSha256Digest: not a list of texts',
    ],
    ['no version', { appIntegrity: { versionCode: undefined } }, 'versionCode: not a whole number'],
    ['a version with dots', { appIntegrity: { versionCode: '5.2' } }, 'versionCode: not a whole number'],
    [
      'a device that meets nothing',
      { deviceIntegrity: { deviceRecognitionVerdict: [] } },
      'deviceRecognitionVerdict: too weak',
    ],
    [
      'an emulator',
      { deviceIntegrity: { deviceRecognitionVerdict: ['MEETS_VIRTUAL_INTEGRITY'] } },
      'deviceRecognitionVerdict: too weak',
    ],
    [
      'a device that was not evaluated',
      { deviceIntegrity: { deviceRecognitionVerdict: ['UNEVALUATED'] } },
      'deviceRecognitionVerdict: too weak',
    ],
    [
      'a verdict on the device as one text',
      { deviceIntegrity: { deviceRecognitionVerdict: 'MEETS_DEVICE_INTEGRITY' } },
      'deviceRecognitionVerdict: not a list of texts',
    ],
    [
      'no verdict on the device',
      { deviceIntegrity: { deviceRecognitionVerdict: undefined } },
      'deviceRecognitionVerdict: not a list of texts',
    ],
    ['no word on the device', { payload: without('deviceIntegrity') }, 'deviceIntegrity: not an object'],
    ['a verdict that is a list', { payload: Buffer.from('[]') }, 'verdict: not an object'],
    ['a verdict that is no JSON', { payload: Buffer.from('{') }, 'verdict: '],
    ['a member twice', { payload: Buffer.from('{"requestDetails":{},"requestDetails":{}}') }, 'verdict: '],
  ])('is refused with %s', async (_, changes, reason) => {
    const said = await detail(() => verify(made(changes)));
    if (reason.endsWith(': ')) expect(said.startsWith(`play-integrity: ${reason}`)).toBe(true);
    else expect(said).toBe(`play-integrity: ${reason}`);
  });
});

describe('a classic token', () => {
  it('is refused under another key, of either kind', async () => {
    expect(await detail(() => verify(made({ decryptionKey: randomBytes(32) })))).toBe(
      'play-integrity: token: cannot be decrypted',
    );
    expect(await detail(() => verify(made({ signer: p256().privateKey })))).toBe(
      'play-integrity: token.payload: the signature does not hold',
    );
  });

  it('is refused with another signature algorithm', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const why = 'play-integrity: token.payload.alg: not accepted';
    expect(await detail(() => verify(made({ signer: rsa, signatureHeader: { alg: 'RS256' } })))).toBe(why);
    expect(await detail(() => verify(made({ signer: p384, signatureHeader: { alg: 'ES384' } })))).toBe(why);
    // The public key as the secret of an HMAC.
    const secret = spkiOf({ publicKey: keys.keys.verification });
    expect(await detail(() => verify(made({ signer: secret, signatureHeader: { alg: 'HS256' } })))).toBe(why);
    const [, payload = ''] = (
      await new CompactSign(Buffer.from(JSON.stringify(makePlayVerdict(base))))
        .setProtectedHeader({ alg: 'ES256' })
        .sign(keys.signer)
    ).split('.');
    for (const alg of ['none', 'None', 'nOnE', '']) {
      const unsigned = `${Buffer.from(JSON.stringify({ alg })).toString('base64url')}.${payload}.`;
      expect(await detail(() => verify(made({ inner: () => unsigned })))).toBe(why);
    }
  });

  it('is refused without a signature, or with one of zeros', async () => {
    const why = 'play-integrity: token.payload: the signature does not hold';
    const zero = Buffer.alloc(64).toString('base64url');
    expect(await detail(() => verify(made({ inner: (good) => good.slice(0, good.lastIndexOf('.') + 1) })))).toBe(why);
    expect(
      await detail(() => verify(made({ inner: (good) => `${good.slice(0, good.lastIndexOf('.'))}.${zero}` }))),
    ).toBe(why);
  });

  it('is refused when what is encrypted is the bare verdict, or another encrypted token', async () => {
    const bare = JSON.stringify(makePlayVerdict(base));
    expect(await detail(() => verify(made({ inner: () => bare })))).toMatch(/^play-integrity: token\.payload/);
    const nested = await made();
    expect(await detail(() => verify(made({ inner: () => nested })))).toBe(
      'play-integrity: token.payload.alg: not accepted',
    );
  });

  it('is refused with another key management or encryption', async () => {
    const inner = Buffer.from('x');
    const { decryption } = keys.keys;
    const direct = await new CompactEncrypt(inner)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(decryption);
    const gcmkw = await new CompactEncrypt(inner)
      .setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM' })
      .encrypt(decryption);
    const cbc = await new CompactEncrypt(inner)
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256CBC-HS512' })
      .encrypt(decryption);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const oaep = await new CompactEncrypt(inner)
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(rsa);
    for (const token of [direct, gcmkw, oaep])
      expect(await detail(() => verify(token))).toBe('play-integrity: token.alg: not accepted');
    expect(await detail(() => verify(cbc))).toBe('play-integrity: token.enc: not accepted');
  });

  it('is refused with a password that takes years to try', async () => {
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 1_000_000_000, p2s: 'AAAA' };
    const [, ...rest] = (await made()).split('.');
    const token = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    const before = performance.now();
    expect(await detail(() => verify(token))).toBe('play-integrity: token.alg: not accepted');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  it('is refused when it is compressed: there is no bomb to go off', async () => {
    const token = await new CompactEncrypt(Buffer.alloc(200_000))
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', zip: 'DEF' })
      .encrypt(keys.keys.decryption);
    expect(token.length).toBeLessThan(16 * 1024);
    expect(await detail(() => verify(token))).toBe('play-integrity: token header: a member that is not accepted');
  });

  it.each([
    ['crit', { crit: ['exp'], exp: 1 }],
    ['an embedded key', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['an address of keys', { jku: 'https://evil.example.org/' }],
    ['a content type', { cty: 'JWT' }],
  ])('is refused with %s in its header', async (_, more) => {
    const [, ...rest] = (await made()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'A256KW', enc: 'A256GCM', ...more })).toString('base64url');
    expect(await detail(() => verify([header, ...rest].join('.')))).toBe(
      'play-integrity: token header: a member that is not accepted',
    );
  });

  it.each(['', '.', '....', 'a.b.c', 'a.b.c.d.e', '{}.....', 'x'.repeat(16 * 1024 + 1)])(
    'is refused as %.20j',
    async (token) => {
      expect(await detail(() => verify(token))).toMatch(/^play-integrity: token/);
    },
  );

  it('is refused where no keys are configured', async () => {
    expect(await detail(() => verify(made(), { trust: { keys: null } }))).toBe(
      'play-integrity: token: of no configured kind',
    );
  });

  it('is opened here and not shown to Google, where both could be', async () => {
    const decode = () => Promise.reject(new Error('was asked'));
    expect(await verify(made(), { trust: { decode } })).toMatchObject({ package: PACKAGE });
  });
});

describe('a standard token', () => {
  const { nonce, ...request } = makePlayVerdict(base).requestDetails ?? {};
  const verdict = { ...makePlayVerdict(base), requestDetails: { ...request, requestHash: nonce } };

  it('is judged as a classic one, once Google opened it', async () => {
    const decode: PlayIntegrityTrust['decode'] = async (packageName, token) => {
      expect([packageName, token]).toEqual([PACKAGE, 'opaque']);
      return JSON.parse(JSON.stringify(verdict));
    };
    expect(await verify('opaque', { trust: { decode } })).toEqual({
      package: PACKAGE,
      versionCode: 50_200,
      integrity: 'device',
    });
    expect(await detail(() => verify('opaque', { trust: { decode }, clientData: Buffer.from('x') }))).toBe(
      'play-integrity: requestHash: of another request',
    );
    expect(await detail(() => verify('opaque', { trust: { decode }, now: NOW + 200_000 }))).toBe(
      'play-integrity: timestampMillis: too old',
    );
  });

  it('is not taken when Google does not take it, and decides nothing when Google cannot be asked', async () => {
    const refuse = () => Promise.reject(new Unproven('token: Google does not take it'));
    expect(await detail(() => verify('opaque', { trust: { decode: refuse } }))).toBe(
      'play-integrity: token: Google does not take it',
    );
    const fail = () => Promise.reject(new Refusal('unavailable', 'google: cannot be asked'));
    await expect(verify('opaque', { trust: { decode: fail } })).rejects.toMatchObject({
      code: 'unavailable',
      status: 503,
    });
  });
});

describe('the response keys of the Play Console', () => {
  it.each([
    ['a short decryption key', Buffer.alloc(16).toString('base64'), keys.verificationKey],
    ['a decryption key in another alphabet', '-'.repeat(44), keys.verificationKey],
    [
      'a verification key of another curve',
      keys.decryptionKey,
      spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })).toString('base64'),
    ],
    ['a verification key that is text', keys.decryptionKey, 'text'],
  ])('are refused as %s', (_, decryption, verification) => {
    expect(() => readPlayKeys(decryption, verification)).toThrow(Unproven);
  });
});

function without(member: string): Buffer {
  return Buffer.from(JSON.stringify({ ...makePlayVerdict(base), [member]: undefined }));
}
