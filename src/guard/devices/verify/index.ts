/** Verifiers of attestations and assertions. Pure: clock, keys and lists come in; `openAttestationTrust` alone reads files. */
export { verifyAssertion } from './app-assertion.ts';

export { type OpenTrustOptions, openAttestationTrust } from './open.ts';
export { verifyPlayIntegrity } from './play-integrity.ts';

export {
  type AttestationTrust,
  verifyAttestation,
} from './registry.ts';
