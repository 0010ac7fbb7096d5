export type { PurgeCounts, SubjectExport, VaultAdmin, VaultStatus } from './admin.ts';
export type { EpochFacts, EpochKey, EpochKeys } from './epoch-keys.ts';
export { epochEvent, shredEvent } from './receipt-events.ts';
export type { DestroyedEpoch, RotateOptions, RotateProgress, Rotation } from './rotate.ts';
export type {
  BackupDate,
  DocumentCounts,
  SampleCiphertext,
  ShredOptions,
  ShredReport,
  ShredSamples,
} from './shred.ts';
export { createVault, type VaultOptions } from './vault.ts';
