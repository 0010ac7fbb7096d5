export type { SubjectExport, VaultAdmin } from './admin.ts';

export { shredEvent } from './receipt-events.ts';
export type { DestroyedEpoch, Rotation } from './rotate.ts';
export type {
  DocumentCounts,
  SampleCiphertext,
  ShredReport,
} from './shred.ts';
export { createVault } from './vault.ts';
