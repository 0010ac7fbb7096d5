/** How passwords are stored, from length and alphabet of their values. */
import { share } from './likelihood.ts';
import type { StorageKind } from './values/storage.ts';
import type { ValueSummary } from './values/tally.ts';

export interface PasswordStorage {
  field: string;
  storage: StorageKind | 'unknown';
  reason: string;
}

const MEANING: Readonly<Record<StorageKind, string>> = {
  'slow-hash': 'a hash made for passwords',
  'fast-hash': 'a fast hash: most of the passwords behind it can be guessed',
  encrypted: 'reversible for whoever has the key',
  'plaintext-like': 'what people type: readable by whoever reads the store',
};

export function passwordStorage(field: string, values: ValueSummary | undefined): PasswordStorage {
  if (values === undefined || values.count === 0) {
    return {
      field,
      storage: 'unknown',
      reason: 'No value was read; the name alone does not tell how passwords are stored.',
    };
  }
  const tried = Math.max(1, values.examined);
  if (share(values, 'masked') >= 0.8) return { field, storage: 'unknown', reason: 'The values are masked.' };
  const byKind = new Map<StorageKind, number>();
  for (const { kind, count } of values.storage) byKind.set(kind, (byKind.get(kind) ?? 0) + count);
  // The worst that a tenth of the values show: one plain column of an import is enough for an attacker.
  for (const kind of ['plaintext-like', 'fast-hash', 'encrypted', 'slow-hash'] as const) {
    const count = byKind.get(kind) ?? 0;
    if (count < Math.max(1, tried / 10)) continue;
    const form = values.storage.find((one) => one.kind === kind)?.form ?? kind;
    return { field, storage: kind, reason: `${count} of ${tried} values look like ${form}: ${MEANING[kind]}.` };
  }
  return { field, storage: 'unknown', reason: `None of ${tried} values has a length and an alphabet that are known.` };
}
