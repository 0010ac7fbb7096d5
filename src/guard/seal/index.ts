export { loadSealKeys } from './key-file.ts';
export { readSealed } from './open.ts';
export { sealFor } from './seal-for.ts';
export { createSealer } from './sealer.ts';
