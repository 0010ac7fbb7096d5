/**
 * The keys that Google signs hardware attestations with, as SHA-256 of their SubjectPublicKeyInfo. Both are published at
 * https://android.googleapis.com/attestation/root:
 *
 *   RSA 4096    serialNumber=f92009e853b6b045, in four certificates (2016, 2019, 2021, 2022) of one key
 *   ECDSA P-384 CN=Key Attestation CA1, 2025-07-17 to 2035-07-15; signs since 2026-02-01
 *
 * The key is pinned and not one certificate: devices bring whichever of the four they were made with, and the first of those
 * is over since 2026-05-24 while its devices are not. Google's verifier compares keys likewise.
 */
import { X509Certificate } from 'node:crypto';
import { readCertificate } from './certificate.ts';
import { sha256 } from './sha256.ts';
import { prove } from './unproven.ts';

/** SHA-256 of SubjectPublicKeyInfo, lower-case hexadecimal. */
export type RootKeys = ReadonlySet<string>;

export const GOOGLE_ROOT_KEYS: RootKeys = new Set([
  'feb2ea7551ee316ed4bb443c8293b884dbfdea40b603ee3e4f4a897e4580fbae',
  '3ee44512a1af2beb39c889490c60ea3f82e43f5d5a5532f5ab9419f676cd07ec',
]);

export function rootKeyOf(spki: Uint8Array): string {
  return sha256(spki).toString('hex');
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}?-----END CERTIFICATE-----/g;

/**
 * The operator's own roots.
 *
 * @param pem one or more certificates
 * @throws Unproven when there is none, or one that is not a certificate
 */
export function readRootKeys(pem: string): RootKeys {
  const keys = (pem.match(CERTIFICATE) ?? []).map((text) => {
    const { spki } = readCertificate(rawOf(text), 'roots');
    return rootKeyOf(spki);
  });
  prove(keys.length > 0, 'roots: no certificate');
  return new Set(keys);
}

function rawOf(pem: string): Uint8Array {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return new Uint8Array();
  }
}
