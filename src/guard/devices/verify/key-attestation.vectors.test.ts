/** Chains that real devices made, against what android/keyattestation reads from them. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../contract/refusal.ts';
import { readCertificate } from './certificate.ts';
import { verifyKeyAttestation } from './key-attestation.ts';
import { type AuthorizationList, readKeyDescription } from './key-description.ts';
import { loadVectors } from './testing/vectors.ts';
import { Unproven } from './unproven.ts';

const HOUR = 3_600_000;
const LEVELS = ['SOFTWARE', 'TRUSTED_ENVIRONMENT', 'STRONG_BOX'];
const STATES = ['VERIFIED', 'SELF_SIGNED', 'UNVERIFIED', 'FAILED'];
const ORIGINS = ['GENERATED', 'DERIVED', 'IMPORTED', 'RESERVED', 'SECURELY_IMPORTED'];

const vectors = loadVectors('key-attestation.json');
const chainOf = (pem: string) =>
  (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map((text) => new X509Certificate(text).raw);
const chains = (vectors?.chains ?? []).map((vector) => ({ ...vector, chain: chainOf(vector.pem) }));

/** Chains whose keys OpenSSL 3.0 does not know. */
const isUnknownKind = ({ name }: { name: string }) => name.includes('MLDSA');

describe.skipIf(vectors === null)('Key Attestation of real devices', () => {
  const decoded = chains.filter(({ expected, ...vector }) => expected !== null && !isUnknownKind(vector));

  it.each(decoded)('reads $name as Google does', ({ chain, expected }) => {
    const { version, securityLevel, challenge, software, hardware } = descriptionOf(chain);
    expect({
      attestationVersion: String(version),
      attestationSecurityLevel: LEVELS[securityLevel],
      attestationChallenge: Buffer.from(challenge).toString('base64'),
      softwareEnforced: asGoogle(software),
      hardwareEnforced: asGoogle(hardware),
    }).toEqual({
      attestationVersion: String(expected?.attestationVersion),
      attestationSecurityLevel: expected?.attestationSecurityLevel,
      attestationChallenge: expected?.attestationChallenge,
      softwareEnforced: known(expected?.softwareEnforced),
      hardwareEnforced: known(expected?.hardwareEnforced),
    });
  });

  it.each(decoded)('judges $name by what it says', ({ name, chain }) => {
    const description = descriptionOf(chain);
    const { hardware, securityLevel } = description;
    const verdict = judge(chain);
    if (securityLevel === 0) expect(verdict).toBe('key-attestation: x5c: another root');
    else if (hardware.rootOfTrust?.locked !== true)
      expect(verdict).toBe('key-attestation: extension.hardware.rootOfTrust: the device is unlocked');
    else if (hardware.rootOfTrust.state !== 0)
      expect(verdict).toBe('key-attestation: extension.hardware.rootOfTrust: the system is not verified');
    else if (description.software.application === null)
      expect(verdict).toBe('key-attestation: extension.software.applicationId: missing');
    else if (hardware.purposes?.some((purpose) => purpose !== 2 && purpose !== 3) !== false)
      expect(verdict).toMatch(/^key-attestation: extension\.hardware\.purpose: /);
    else expect(`${name} ${verdict}`).toBe(`${name} taken`);
  });

  it('takes some of them, under both roots, and refuses the others', () => {
    const taken = decoded.filter(({ chain }) => judge(chain) === 'taken').map(({ name }) => name);
    expect(taken).toEqual(
      expect.arrayContaining([
        'sony-xperia10-iii/sdk33/TEE_EC.pem',
        'caiman/sdk36/TEE_EC_RKP.pem',
        'tegu/sdk36/SB_EC_2026_ROOT.pem',
      ]),
    );
  });

  it.each(chains.filter(isUnknownKind))('refuses $name, whose kind of key is not known here', ({ chain }) => {
    expect(judge(chain)).toMatch(/not a certificate with a known kind of key$/);
  });

  it.each(chains.filter(({ name }) => name.startsWith('invalid/malformed')))('refuses $name', ({ chain }) => {
    expect(() => descriptionOf(chain)).toThrow(Unproven);
    expect(judge(chain)).not.toBe('taken');
  });
});

function descriptionOf([leaf]: readonly Uint8Array[]) {
  const extension = readCertificate(leaf ?? new Uint8Array(), 'leaf').extensions.get('1.3.6.1.4.1.11129.2.1.17');
  return readKeyDescription(extension?.value ?? new Uint8Array());
}

/** At a time when the last of its certificates had just been made, for the app that it was made for. */
function judge(chain: readonly Uint8Array[]): string {
  try {
    const certificates = chain.map((bytes, at) => readCertificate(bytes, `x5c[${at}]`));
    const [leaf] = certificates;
    if (!leaf) return 'no chain';
    const made = Math.max(...certificates.map(({ notBefore }) => notBefore));
    const { challenge, software, securityLevel } = descriptionOf(chain);
    const config = {
      packages: software.application?.packages.map(({ name }) => name) ?? [],
      certificates: software.application?.digests ?? [],
      securityLevel: 'trusted-environment',
      patchLevel: null,
    } as const;
    const input = { chain, challenge, key: leaf.key };
    const facts = verifyKeyAttestation(input, { config, status: null }, made + HOUR);
    expect(facts.packages.map(({ name }) => name)).toEqual(config.packages);
    expect(facts.securityLevel).toBe(securityLevel === 2 ? 'strongbox' : 'trusted-environment');
    return 'taken';
  } catch (error) {
    if (error instanceof Unproven) return error.position;
    if (error instanceof Refusal) return error.detail;
    throw error;
  }
}

function asGoogle(list: AuthorizationList): Record<string, unknown> {
  const { purposes, algorithm, origin, rootOfTrust, patchLevel, application } = list;
  return {
    purposes: purposes?.map(String),
    algorithms: algorithm === null ? undefined : String(algorithm),
    origin: origin === null ? undefined : ORIGINS[origin],
    locked: rootOfTrust?.locked,
    state: rootOfTrust ? STATES[rootOfTrust.state] : undefined,
    osPatchLevel: patchLevel === null ? undefined : String(patchLevel),
    packages: application?.packages.map(({ name, version }) => ({ name, version: String(version) })),
    signatures: application?.digests.map((digest) => Buffer.from(digest, 'hex').toString('base64')),
  };
}

function known(list: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { purposes, algorithms, origin, rootOfTrust, osPatchLevel, attestationApplicationId } = list;
  const root = Object(rootOfTrust);
  const application = Object(attestationApplicationId);
  return {
    purposes,
    algorithms,
    origin,
    locked: root.deviceLocked,
    state: root.verifiedBootState,
    osPatchLevel,
    packages: application.packages,
    signatures: application.signatures,
  };
}
