/** Makers of attestations for tests: nothing here is real, and no key outlives the process. */
export {
  makeAppAttest,
  makeAppleAuthority,
  makeAssertion,
} from './app-attest.ts';
export { makeAppCheck, makeAppCheckKeys } from './app-check.ts';
export { p256, spkiOf } from './certificates.ts';

export {
  makeGoogleAuthority,
  makeKeyAttestation,
} from './key-attestation.ts';
export {
  makePlayKeys,
  makePlayToken,
} from './play-token.ts';
