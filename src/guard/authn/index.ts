/** Who asks. The pipeline makes one authenticator for each policy snapshot and hands it every request first. */
export { addApiKey, createApiKey } from './api-key-new.ts';
export { type Authenticator, createAuthenticator } from './authenticator.ts';

export { createMemoryReplayStore, type ReplayStore } from './replay.ts';
