/** Bare snapshots: what Flutter put into the assets until 2019, and puts there for a debug build. */
import type { BinaryFormat } from '../reader.ts';

export const dartFormat: BinaryFormat = {
  what: 'Dart snapshot',
  via: 'dart',
  names: /^(?:vm|isolate)_snapshot_data$/,
  matches: (head) => head.length >= 4 && head.readUInt32BE(0) === 0xf5f5dcdc,
  load: async () => (await import('./index.ts')).readDart,
};
