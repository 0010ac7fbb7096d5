/** Verifiers of attestations and assertions. Pure: clock, keys and lists come in; `openAttestationTrust` alone reads files. */
export { type AssertionInput, verifyAssertion } from './app-assertion.ts';
export { type AppAttestFacts, type AppAttestInput, verifyAppAttest } from './app-attest.ts';
export { type AppCheckFacts, type AppCheckTrust, verifyAppCheck } from './app-check.ts';
export type { BundleFacts } from './authenticator-data.ts';
export {
  type KeyAttestationFacts,
  type KeyAttestationInput,
  type KeyAttestationTrust,
  verifyKeyAttestation,
} from './key-attestation.ts';
export { type OpenedTrust, type OpenTrustOptions, openAttestationTrust } from './open.ts';
export {
  type DecodeIntegrityToken,
  type PlayIntegrityInput,
  type PlayIntegrityTrust,
  verifyPlayIntegrity,
} from './play-integrity.ts';
export type { PlayFacts } from './play-verdict.ts';
export {
  type AttestationEvidence,
  type AttestationTrust,
  type ProvenAttestation,
  verifyAttestation,
} from './registry.ts';
