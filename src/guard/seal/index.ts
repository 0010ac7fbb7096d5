export { ACTIVATION_DELAY, loadSealKeys, MAX_KEEP_ALIVE } from './key-file.ts';
export { type Opened, openSealed, readSealed } from './open.ts';
export { sealFor } from './seal-for.ts';
export { createSealer, looksSealed, type SealerOptions, type SealKey, type SealKeys } from './sealer.ts';
