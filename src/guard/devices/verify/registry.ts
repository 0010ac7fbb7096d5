/** One way in to every kind of attestation, and one shape of what they prove. */
import type { KeyObject } from 'node:crypto';
import { decodeBase64, decodeBase64url } from '../../authn/base64url.ts';
import type { AttestationFormat, DeviceFacts, DevicePlatform } from '../../contract/device.ts';
import type { AppAttestConfig } from '../../policy/devices-config.ts';
import { verifyAppAttest } from './app-attest.ts';
import { type AppCheckTrust, verifyAppCheck } from './app-check.ts';
import type { Certificate } from './certificate.ts';
import { type KeyAttestationTrust, verifyKeyAttestation } from './key-attestation.ts';
import { readKeyId } from './key-id.ts';
import { type PlayIntegrityTrust, verifyPlayIntegrity } from './play-integrity.ts';
import { sha256 } from './sha256.ts';
import { prove, provingLater, Unproven } from './unproven.ts';

/** What a device sent to be enrolled. */
export interface AttestationEvidence {
  readonly platform: DevicePlatform;
  /** Bundle id, package name, or with App Check the Firebase app id. */
  readonly app: string;
  /** As the app calls it, or its version code. */
  readonly version: string;
  /** One text; with Key Attestation the certificates, the leaf first. Base64 or base64url; the others a token. */
  readonly attestation: readonly string[];
  /** App Attest; else empty. */
  readonly keyId: string;
  /**
   * What it has to be made over. App Attest: the app's `clientDataHash` is its SHA-256. Play Integrity: nonce or request hash is
   * base64url of its SHA-256. Key Attestation: the challenge is its SHA-256; it is fixed before the key exists, so that it cannot
   * hold the key's thumbprint, and need not, since the attested key is the enrolled one. App Check: is made over nothing.
   */
  readonly clientData: Uint8Array;
  /** The key of the DPoP proofs. */
  readonly deviceKey: KeyObject;
}

export interface ProvenAttestation {
  readonly facts: Omit<DeviceFacts, 'id'>;
  /** SPKI (DER) of the key that signs assertions; null: there is none, or the enrolled key is the attested one. */
  readonly assertionKey: Uint8Array | null;
  /** App Attest; else empty. */
  readonly keyId: string;
  readonly counter: number;
  /** What may be taken once until then (ms); null: the challenge within is enough. */
  readonly once: { readonly token: string; readonly until: number } | null;
}

/** What the verifiers judge by; null: this kind is not accepted. */
export interface AttestationTrust {
  readonly appAttest: { readonly config: AppAttestConfig; readonly root?: Certificate } | null;
  readonly playIntegrity: PlayIntegrityTrust | null;
  readonly keyAttestation: KeyAttestationTrust | null;
  readonly appCheck: AppCheckTrust | null;
}

type Verify = (evidence: AttestationEvidence, trust: AttestationTrust, now: number) => Promise<ProvenAttestation>;

const VERIFIERS: Readonly<Record<AttestationFormat, Verify>> = {
  'app-attest': async ({ attestation, keyId, clientData, ...claim }, { appAttest }, now) => {
    const { config, root } = configured(appAttest);
    const input = { attestation: bytesOf(onlyOf(attestation), 'attestation'), keyId, challenge: clientData };
    const { appId, publicKey, counter } = verifyAppAttest(input, config, now, root);
    prove(claim.platform === 'ios', 'platform: another one');
    prove(claim.app === bundleIdOf(appId), 'app: another one');
    return {
      facts: { platform: 'ios', app: claim.app, version: claim.version, format: 'app-attest', integrity: 'strong' },
      assertionKey: publicKey,
      keyId: Buffer.from(readKeyId(keyId)).toString('base64'),
      counter,
      once: null,
    };
  },
  'play-integrity': async ({ attestation, clientData, ...claim }, { playIntegrity }, now) => {
    const input = { token: onlyOf(attestation), clientData, package: claim.app };
    const facts = await verifyPlayIntegrity(input, configured(playIntegrity), now);
    return provenAndroid('play-integrity', claim, facts.versionCode, facts.integrity);
  },
  'key-attestation': async ({ attestation, clientData, deviceKey, ...claim }, { keyAttestation }, now) => {
    const chain = attestation.map((text, at) => bytesOf(text, `x5c[${at}]`));
    const input = { chain, challenge: sha256(clientData), key: deviceKey };
    const { packages } = verifyKeyAttestation(input, configured(keyAttestation), now);
    const app = packages.find(({ name }) => name === claim.app);
    prove(app !== undefined, 'app: another one');
    return provenAndroid('key-attestation', claim, app.version, 'strong');
  },
  'app-check': async ({ attestation, ...claim }, { appCheck }, now) => {
    const { appId, digest, expiresAt } = await verifyAppCheck(onlyOf(attestation), configured(appCheck), now);
    prove(claim.app === appId, 'app: another one');
    prove(claim.platform === appId.split(':')[2], 'platform: another one');
    return {
      facts: { ...claimed(claim), format: 'app-check', integrity: 'basic' },
      assertionKey: null,
      keyId: '',
      counter: 0,
      once: { token: `app-check:${digest}`, until: expiresAt },
    };
  },
};

/**
 * @param now ms since the epoch
 * @throws Refusal `attestation` for what is not proven; `unavailable` when keys, a list or Google cannot be had
 */
export function verifyAttestation(
  format: AttestationFormat,
  evidence: AttestationEvidence,
  trust: AttestationTrust,
  now: number,
): Promise<ProvenAttestation> {
  return provingLater('attestation', format, () => VERIFIERS[format](evidence, trust, now));
}

type Claim = Pick<AttestationEvidence, 'platform' | 'app' | 'version'>;

function provenAndroid(
  format: 'play-integrity' | 'key-attestation',
  claim: Claim,
  versionCode: number,
  integrity: DeviceFacts['integrity'],
): ProvenAttestation {
  prove(claim.platform === 'android', 'platform: another one');
  // A version with dots is the word of the app, which by now is known to be the real one.
  prove(claim.version.includes('.') || claim.version === String(versionCode), 'version: not the version code');
  return { facts: { ...claimed(claim), format, integrity }, assertionKey: null, keyId: '', counter: 0, once: null };
}

function claimed({ platform, app, version }: Claim): Claim {
  return { platform, app, version };
}

function configured<T>(trust: T | null): T {
  if (trust === null) throw new Unproven('not accepted here');
  return trust;
}

function onlyOf(texts: readonly string[]): string {
  const [text] = texts;
  if (text === undefined || texts.length !== 1) throw new Unproven('attestation: not one text');
  return text;
}

/** Base64 or base64url, each canonical. */
function bytesOf(text: string, what: string): Uint8Array {
  const bytes = decodeBase64(text) ?? decodeBase64url(text);
  prove(bytes !== undefined, `${what}: not base64`);
  return bytes;
}

function bundleIdOf(appId: string): string {
  return appId.slice(appId.indexOf('.') + 1);
}
