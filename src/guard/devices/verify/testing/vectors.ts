/**
 * Public vectors of attestations: made by real devices, published with the libraries and documents that each file names,
 * under their licences. They lie outside this repository, in the folder `attestation` of the corpus (`POSTERN_CORPUS`):
 *
 *   app-attest.json       { sources, attestations: [{ name, attestation, keyId, challenge | clientDataHash, appId,
 *                           environment, at, publicKey?, bundle? }], assertions: [{ name, assertion, clientData, appId,
 *                           counter, publicKey }] }, bytes in base64
 *   key-attestation.json  { sources, chains: [{ name, pem, expected }] }, as android/keyattestation decodes them
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AppAttestVectors {
  readonly attestations: readonly {
    readonly name: string;
    readonly attestation: string;
    readonly keyId: string;
    readonly challenge?: string;
    readonly clientDataHash?: string;
    readonly appId: string;
    readonly environment: 'production' | 'development';
    readonly at: string;
    readonly publicKey?: string;
    readonly bundle?: { readonly version: string; readonly category: number };
  }[];
  readonly assertions: readonly {
    readonly name: string;
    readonly assertion: string;
    readonly clientData: string;
    readonly appId: string;
    readonly counter: number;
    readonly publicKey: string;
  }[];
}

export interface KeyAttestationVectors {
  readonly chains: readonly { readonly name: string; readonly pem: string; readonly expected: ExpectedKey | null }[];
}

/** What android/keyattestation reads from the leaf. */
export interface ExpectedKey {
  readonly attestationVersion: number;
  readonly attestationSecurityLevel: string;
  readonly attestationChallenge: string;
  readonly softwareEnforced: Readonly<Record<string, unknown>>;
  readonly hardwareEnforced: Readonly<Record<string, unknown>>;
}

/** Null, with a loud line, where the corpus is not at hand. */
export function loadVectors(file: 'app-attest.json'): AppAttestVectors | null;
export function loadVectors(file: 'key-attestation.json'): KeyAttestationVectors | null;
export function loadVectors(file: string): AppAttestVectors | KeyAttestationVectors | null {
  const corpus = process.env.POSTERN_CORPUS;
  const path = corpus && join(corpus, 'attestation', file);
  try {
    if (path) return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  console.warn(`SKIPPED: the public attestation vectors of ${file} are not in POSTERN_CORPUS`);
  return null;
}
