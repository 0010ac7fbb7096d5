/**
 * Android Key Attestation: that hardware of a device with a locked, verified system made this very key, and for which app.
 *
 * The chain comes leaf first and ends in its root, whose key is pinned. The extension counts in the leaf alone, and stands
 * nowhere else: whoever holds a genuine attested key can sign a further "leaf" with an extension of his own below it, so the
 * one closest to the root would be the true one, and such a chain is refused as a whole (android/keyattestation,
 * KeyAttestationCertPathValidator: CHAIN_EXTENDED_WITH_FAKE_ATTESTATION_EXTENSION).
 *
 * Two things are as Google's verifier has them, since devices made long ago cannot be given new certificates: those that were
 * put in at the factory (the name of their issuer is a serial number) are good beyond their last day, and the one of the key
 * that attests may say that it issues no certificates (Sony's do). An app's own key cannot pass for that one: it has the
 * extension. Certificates of remote provisioning are short-lived, and held to both.
 *
 * Sources: developer.android.com "Verify hardware-backed key pairs with key attestation"; android/keyattestation.
 */
import type { KeyObject } from 'node:crypto';
import type { KeyAttestationConfig } from '../../policy/devices-config.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { checkChain, signedBy } from './chain.ts';
import { GOOGLE_ROOT_KEYS, type RootKeys, rootKeyOf } from './google-roots.ts';
import { type ApplicationId, type KeyDescription, readKeyDescription, SECURITY_LEVEL } from './key-description.ts';
import { sameBytes } from './sha256.ts';
import type { StatusList } from './status-list.ts';
import { prove, proving } from './unproven.ts';

export interface KeyAttestationInput {
  /** DER, the leaf first, the root last. */
  readonly chain: readonly Uint8Array[];
  /** The bytes given to `setAttestationChallenge`: at most 128. */
  readonly challenge: Uint8Array;
  /** The key that is enrolled: that of the DPoP proofs. */
  readonly key: KeyObject;
}

export interface KeyAttestationTrust {
  readonly config: Omit<KeyAttestationConfig, 'roots' | 'statusList'>;
  readonly roots?: RootKeys;
  /** Null: no certificate counts as revoked. */
  readonly status: StatusList | null;
}

export interface KeyAttestationFacts {
  /** SPKI, DER. */
  readonly publicKey: Uint8Array;
  /** More than one where apps share a user id; all of them are configured. */
  readonly packages: ApplicationId['packages'];
  readonly securityLevel: 'trusted-environment' | 'strongbox';
  /** `202601`; null: it says none. */
  readonly patchLevel: number | null;
}

const EXTENSION = '1.3.6.1.4.1.11129.2.1.17';
const MIN_CHAIN = 2;
const MAX_CHAIN = 8;
const SIGN = 2;
const VERIFY = 3;
const RSA = 1;
const EC = 3;
const GENERATED = 0;
const VERIFIED = 0;
const DIGITAL_SIGNATURE = 0x8000;
/** A name that holds a serialNumber (2.5.4.5). */
const SERIAL_NUMBER = Buffer.from('0603550405', 'hex');

/**
 * @param now ms since the epoch
 * @throws Refusal `attestation`
 */
export function verifyKeyAttestation(
  input: KeyAttestationInput,
  trust: KeyAttestationTrust,
  now: number,
): KeyAttestationFacts {
  return proving('attestation', 'key-attestation', () => {
    const { config } = trust;
    const { leaf, saysStrongBox } = checkedChain(input.chain, trust, now);
    const attestedKey = input.key.export({ format: 'der', type: 'spki' });
    prove(sameBytes(leaf.spki, attestedKey), 'x5c[0].key: not the key of the proofs');
    const extension = leaf.extensions.get(EXTENSION)?.value;
    prove(extension !== undefined, 'x5c[0].extensions: no attestation');
    const description = readKeyDescription(extension);
    prove(sameBytes(description.challenge, input.challenge), 'extension.challenge: another challenge');
    const securityLevel = checkedLevel(description, saysStrongBox);
    prove(
      config.securityLevel !== 'strongbox' || securityLevel === 'strongbox',
      'extension.securityLevel: not StrongBox',
    );
    checkKey(description, leaf);
    const patchLevel = checkedPatchLevel(description, config.patchLevel);
    const packages = checkedPackages(description.software.application, config);
    return { publicKey: leaf.spki, packages, securityLevel, patchLevel };
  });
}

interface CheckedChain {
  readonly leaf: Certificate;
  /** The names that Google gave to the attesting key or its issuer. */
  readonly saysStrongBox: boolean;
}

function checkedChain(chain: readonly Uint8Array[], trust: KeyAttestationTrust, now: number): CheckedChain {
  prove(chain.length >= MIN_CHAIN && chain.length <= MAX_CHAIN, 'x5c: not of this length');
  const certificates = chain.map((bytes, at) => readCertificate(bytes, `x5c[${at}]`));
  const root = certificates.pop();
  const [leaf] = certificates;
  const intermediate = certificates.at(-1);
  prove(root !== undefined && leaf !== undefined && intermediate !== undefined, 'x5c: not of this length');
  prove((trust.roots ?? GOOGLE_ROOT_KEYS).has(rootKeyOf(root.spki)), 'x5c: another root');
  prove(signedBy(root, root), 'x5c: a root that is not signed by itself');
  // A second root would stand where the factory's issuer does, and its name is a serial number too.
  prove(!certificates.some(isSelfIssued), 'x5c: a root that is not the last');
  const isFactory = Buffer.from(intermediate.subject).includes(SERIAL_NUMBER);
  checkChain(certificates, root, {
    now,
    rootIsKey: true,
    mayBeExpired: (at) => isFactory && at > 0,
    mayBeNoIssuer: (at) => isFactory && at === 1,
  });
  prove(leaf.basic?.ca !== true, 'x5c[0].basicConstraints: an issuer of certificates');
  prove(leaf.usage === null || (leaf.usage & DIGITAL_SIGNATURE) !== 0, 'x5c[0].keyUsage: not for signatures');
  for (const [at, { extensions, serial }] of [...certificates, root].entries()) {
    prove(at === 0 || !extensions.has(EXTENSION), `x5c[${at}].extensions: an attestation above the leaf`);
    prove(trust.status?.isRevoked(serial, now) !== true, `x5c[${at}]: revoked`);
  }
  const names = [certificates[1], intermediate].map((one) => Buffer.from(one?.subject ?? []).toString('latin1'));
  return { leaf, saysStrongBox: names.some((name) => name.toLowerCase().includes('strongbox')) };
}

function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return Buffer.compare(subject, issuer) === 0;
}

/**
 * StrongBox counts where the certificates say it too: those of StrongBox always do, so that no other hardware can claim it
 * (android/keyattestation, SecurityLevelConstraint.MATCHES_CERTIFICATE).
 */
function checkedLevel(
  { securityLevel, keymasterSecurityLevel }: KeyDescription,
  saysStrongBox: boolean,
): KeyAttestationFacts['securityLevel'] {
  const { software, strongBox } = SECURITY_LEVEL;
  prove(securityLevel > software && securityLevel <= strongBox, 'extension.securityLevel: not hardware');
  prove(securityLevel === keymasterSecurityLevel, 'extension.keymasterSecurityLevel: another one');
  return securityLevel === strongBox && saysStrongBox ? 'strongbox' : 'trusted-environment';
}

/** All from the list that the hardware vouches for. */
function checkKey({ hardware, software }: KeyDescription, { key }: Certificate): void {
  const { purposes, algorithm, origin, rootOfTrust } = hardware;
  const what = 'extension.hardware';
  prove(purposes?.includes(SIGN) === true, `${what}.purpose: not signing`);
  prove(
    purposes.every((purpose) => purpose === SIGN || purpose === VERIFY),
    `${what}.purpose: more than signing`,
  );
  const expected = key.asymmetricKeyType === 'ec' ? EC : key.asymmetricKeyType === 'rsa' ? RSA : null;
  prove(algorithm !== null && algorithm === expected, `${what}.algorithm: not that of the key`);
  prove(origin === GENERATED, `${what}.origin: not made in the hardware`);
  prove(!hardware.allApplications && !software.allApplications, 'extension: a key of all apps');
  prove(rootOfTrust !== null, `${what}.rootOfTrust: missing`);
  prove(rootOfTrust.locked, `${what}.rootOfTrust: the device is unlocked`);
  prove(rootOfTrust.state === VERIFIED, `${what}.rootOfTrust: the system is not verified`);
}

function checkedPatchLevel({ hardware }: KeyDescription, oldest: number | null): number | null {
  const { patchLevel } = hardware;
  prove(oldest === null || (patchLevel !== null && patchLevel >= oldest), 'extension.hardware.osPatchLevel: too old');
  return patchLevel;
}

/** Every package that shares the user id of the app, and every one of its signing certificates, has to be configured. */
function checkedPackages(
  application: ApplicationId | null,
  config: KeyAttestationTrust['config'],
): ApplicationId['packages'] {
  prove(application !== null, 'extension.software.applicationId: missing');
  const { packages, digests } = application;
  prove(
    packages.length > 0 && packages.every(({ name }) => config.packages.includes(name)),
    'extension.software.applicationId: another package',
  );
  prove(
    digests.length > 0 && digests.every((digest) => config.certificates.some((one) => one.toLowerCase() === digest)),
    'extension.software.applicationId: another signing certificate',
  );
  return packages;
}
