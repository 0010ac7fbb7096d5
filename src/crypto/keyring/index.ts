export { changeRootKey } from './change-root-key.ts';
export { type EpochKeys, openEpochKeys } from './epoch-keys.ts';
export { openRootKey } from './open-root-key.ts';
export type { RootKey, RootKeyOptions } from './root-key.ts';
export { changeSealedPassphrase, createSealedRoot } from './sealed-root.ts';
