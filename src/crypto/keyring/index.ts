export { changeRootKey } from './change-root-key.ts';
export { type EpochFacts, type EpochKey, type EpochKeys, type EpochKeysOptions, openEpochKeys } from './epoch-keys.ts';
export { openRootKey, type ReadSecret } from './open-root-key.ts';
export type { RootKey, RootKeyOptions } from './root-key.ts';
export { changeSealedPassphrase, createSealedRoot } from './sealed-root.ts';
