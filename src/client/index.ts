/**
 * A client of Postern's gateway for apps and for tests of them: it makes the device's key, enrols it, renews its tokens, signs
 * each request (RFC 9449) and reads problems (RFC 9457). Browsers and Node ≥ 20; no dependencies.
 */
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type QueryValue,
  type Reply,
} from './client.ts';
export type { ClientData } from './client-data.ts';
export { GatewayError, type Violation } from './errors.ts';
export { createKey, type DeviceKey, type EcPublicJwk, keyOf, thumbprint } from './key.ts';
export { makeProof, type ProofInput, signJwt } from './proof.ts';
export type { Changes, Page, Resource, Stored } from './resource.ts';
export type {
  AppIdentity,
  Assertion,
  Attestation,
  AttestationFormat,
  Enrolment,
  EnrolmentData,
  EnrolmentStorage,
} from './session.ts';
