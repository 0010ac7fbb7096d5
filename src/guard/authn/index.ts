/** Who asks. The pipeline makes one authenticator for each policy snapshot and hands it every request first. */
export { type ApiKeyRequest, addApiKey, createApiKey, hashChosenSecret, type NewApiKey } from './api-key-new.ts';
export { type Authenticator, type AuthenticatorDeps, createAuthenticator } from './authenticator.ts';
export type { ChallengeHeaders } from './challenge.ts';
export { type FetchedDocument, type GetDocument, getDocument } from './fetch.ts';
export { Unauthenticated } from './refuse.ts';
export { createMemoryReplayStore, type ReplayStore } from './replay.ts';
