/** Makers of attestations for tests: nothing here is real, and no key outlives the process. */
export {
  type AppAttestRequest,
  type AppleAuthority,
  type AssertionRequest,
  type MadeAppAttest,
  makeAppAttest,
  makeAppleAuthority,
  makeAssertion,
} from './app-attest.ts';
export { type AppCheckKeys, type AppCheckRequest, makeAppCheck, makeAppCheckKeys } from './app-check.ts';
export { type KeyPair, p256, spkiOf } from './certificates.ts';
export { type GoogleStandIn, startGoogleStandIn } from './google-stand-in.ts';
export {
  type GoogleAuthority,
  type KeyAttestationRequest,
  type MadeKeyAttestation,
  makeGoogleAuthority,
  makeKeyAttestation,
} from './key-attestation.ts';
export {
  type MadePlayKeys,
  makePlayKeys,
  makePlayToken,
  makePlayVerdict,
  type PlayTokenRequest,
} from './play-token.ts';
