import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readKeySet } from '../../authn/key-set.ts';
import type { AttestationFormat } from '../../contract/device.ts';
import { type AttestationEvidence, type AttestationTrust, verifyAttestation } from './registry.ts';
import { sha256 } from './sha256.ts';
import {
  makeAppAttest,
  makeAppCheck,
  makeAppCheckKeys,
  makeAppleAuthority,
  makeGoogleAuthority,
  makeKeyAttestation,
  makePlayKeys,
  makePlayToken,
  p256,
} from './testing/index.ts';
import { detailLater } from './testing/refused.ts';

const NOW = Date.UTC(2026, 10, 1);
const TEAM = 'ABCDE12345';
const APP = 'org.example.shop';
const HEX = 'ab'.repeat(32);
const CERTIFICATE = Buffer.from(HEX, 'hex').toString('base64url');
const FIREBASE = '1:1234567890:web:321abc';
const PROJECT = '1234567890';
const clientData = Buffer.from('what the service has it made over');
const device = p256();
const apple = makeAppleAuthority(NOW);
const google = makeGoogleAuthority(NOW);
const playKeys = makePlayKeys();
const firebase = makeAppCheckKeys();
const [firebaseKey] = readKeySet(Buffer.from(JSON.stringify(firebase.jwks)), ['RS256']).keys;
if (!firebaseKey) throw new Error('no key');
const found = firebaseKey;

const trust: AttestationTrust = {
  appAttest: { config: { appIds: [`${TEAM}.${APP}`], environment: 'production' }, root: apple.root },
  playIntegrity: {
    config: { packages: [APP], certificates: [CERTIFICATE], integrity: 'device', licensed: true, maxAge: 120_000 },
    keys: playKeys.keys,
    decode: null,
  },
  keyAttestation: {
    config: { packages: [APP], certificates: [HEX], securityLevel: 'trusted-environment', patchLevel: null },
    roots: google.roots,
    status: null,
  },
  appCheck: { config: { project: PROJECT, appIds: [FIREBASE] }, keys: { find: () => found } },
};

const none = { clientData, deviceKey: device.publicKey, keyId: '' };

async function evidenceOf(format: AttestationFormat): Promise<AttestationEvidence> {
  switch (format) {
    case 'app-attest': {
      const made = makeAppAttest({ appId: `${TEAM}.${APP}`, challenge: clientData, now: NOW, authority: apple });
      const attestation = [made.attestation.toString('base64')];
      return { ...none, platform: 'ios', app: APP, version: '5.2.0', attestation, keyId: made.keyId };
    }
    case 'play-integrity': {
      const token = makePlayToken({ keys: playKeys, package: APP, certificate: CERTIFICATE, clientData, now: NOW });
      return { ...none, platform: 'android', app: APP, version: '50200', attestation: [await token] };
    }
    case 'key-attestation': {
      const challenge = sha256(clientData);
      const request = { package: APP, certificate: HEX, challenge, now: NOW, keys: device, authority: google };
      const attestation = makeKeyAttestation(request).chain.map((one) => one.toString('base64url'));
      return { ...none, platform: 'android', app: APP, version: '5.2.0', attestation };
    }
    case 'app-check': {
      const token = await makeAppCheck({ keys: firebase, project: PROJECT, appId: FIREBASE, now: NOW });
      return { ...none, platform: 'web', app: FIREBASE, version: '5.2.0', attestation: [token] };
    }
  }
}

const detail = (format: AttestationFormat, evidence: AttestationEvidence, one: AttestationTrust = trust) =>
  detailLater('attestation', () => verifyAttestation(format, evidence, one, NOW));

describe('the registry of verifiers', () => {
  it('proves an app with App Attest, and gives the key of its assertions', async () => {
    const evidence = await evidenceOf('app-attest');
    const { assertionKey, ...proven } = await verifyAttestation('app-attest', evidence, trust, NOW);
    expect(proven).toEqual({
      facts: { platform: 'ios', app: APP, version: '5.2.0', format: 'app-attest', integrity: 'strong' },
      keyId: evidence.keyId,
      counter: 0,
      once: null,
    });
    const key = createPublicKey({ key: Buffer.from(assertionKey ?? []), format: 'der', type: 'spki' });
    expect(sha256(key.export({ format: 'der', type: 'spki' }).subarray(-65)).toString('base64')).toBe(evidence.keyId);
  });

  it('proves an app with Play Integrity', async () => {
    expect(await verifyAttestation('play-integrity', await evidenceOf('play-integrity'), trust, NOW)).toEqual({
      facts: { platform: 'android', app: APP, version: '50200', format: 'play-integrity', integrity: 'device' },
      assertionKey: null,
      keyId: '',
      counter: 0,
      once: null,
    });
  });

  it('proves an app and its key with Key Attestation', async () => {
    expect(await verifyAttestation('key-attestation', await evidenceOf('key-attestation'), trust, NOW)).toMatchObject({
      facts: { platform: 'android', app: APP, version: '5.2.0', format: 'key-attestation', integrity: 'strong' },
      assertionKey: null,
    });
  });

  it('proves an app with App Check, once, and nothing of its device', async () => {
    const evidence = await evidenceOf('app-check');
    const { facts, once } = await verifyAttestation('app-check', evidence, trust, NOW);
    expect(facts).toEqual({
      platform: 'web',
      app: FIREBASE,
      version: '5.2.0',
      format: 'app-check',
      integrity: 'basic',
    });
    expect(once).toEqual({
      token: `app-check:${sha256(Buffer.from(evidence.attestation[0] ?? '')).toString('base64url')}`,
      until: NOW + 3_590_000,
    });
  });

  const formats: AttestationFormat[] = ['app-attest', 'play-integrity', 'key-attestation', 'app-check'];

  it.each(formats)('takes nothing of a kind that is not configured: %s', async (format) => {
    const bare = { appAttest: null, playIntegrity: null, keyAttestation: null, appCheck: null };
    expect(await detail(format, await evidenceOf(format), bare)).toBe(`${format}: not accepted here`);
  });

  it.each(formats)('takes no evidence of another kind: %s', async (format) => {
    for (const other of formats.filter((one) => one !== format)) {
      const { attestation } = await evidenceOf(other);
      const said = await detail(format, { ...(await evidenceOf(format)), attestation });
      expect(said.startsWith(`${format}: `)).toBe(true);
    }
  });

  it.each(formats)('takes the word of nobody on app and platform: %s', async (format) => {
    const evidence = await evidenceOf(format);
    expect(await detail(format, { ...evidence, app: 'org.example.other' })).not.toBe('taken');
    const platform = evidence.platform === 'ios' ? 'android' : 'ios';
    expect(await detail(format, { ...evidence, platform })).toBe(`${format}: platform: another one`);
  });

  it.each(['play-integrity', 'key-attestation'] as const)(
    'takes a version code only when it is the one of the app: %s',
    async (format) => {
      const evidence = await evidenceOf(format);
      expect(await detail(format, { ...evidence, version: '50200' })).toBe('taken');
      expect(await detail(format, { ...evidence, version: '50201' })).toBe(`${format}: version: not the version code`);
    },
  );

  it.each(['app-attest', 'play-integrity', 'key-attestation'] as const)(
    'is bound to what it was made over: %s',
    async (format) => {
      const evidence = await evidenceOf(format);
      expect(await detail(format, { ...evidence, clientData: Buffer.from('another challenge') })).toMatch(
        /of another|another challenge/,
      );
    },
  );

  it('binds a key attestation to the key of the proofs', async () => {
    const evidence = await evidenceOf('key-attestation');
    expect(await detail('key-attestation', { ...evidence, deviceKey: p256().publicKey })).toBe(
      'key-attestation: x5c[0].key: not the key of the proofs',
    );
  });

  it.each(formats)('takes neither nothing nor two, nor what is no base64: %s', async (format) => {
    const evidence = await evidenceOf(format);
    for (const attestation of [[], [...evidence.attestation, ...evidence.attestation], ['*'], ['']]) {
      expect(await detail(format, { ...evidence, attestation })).not.toBe('taken');
    }
  });
});
