/** Where something was found: once per entry and key, first places first, bounded. */
import type { EntryEvidence } from '../../core/contract/inspect.ts';
import { maskSecret } from '../../core/redact.ts';
import { matchRules, mayHoldCredential } from './match-credentials.ts';

/** Most places kept of one thing. */
const MAX_PLACES = 5000;
/** Most places kept of one package: a hostile one repeats a million strings in a thousand entries. */
const MAX_PLACES_IN_ALL = 300_000;

export interface EvidenceList {
  add(found: EntryEvidence): void;
  list(): EntryEvidence[];
}

/** What is left of `MAX_PLACES_IN_ALL`, shared by all lists of one package. */
export interface PlaceBudget {
  left: number;
}

export function createPlaceBudget(): PlaceBudget {
  return { left: MAX_PLACES_IN_ALL };
}

export function createEvidence(budget: PlaceBudget): EvidenceList {
  const places = new Map<string, EntryEvidence>();
  return {
    add(found) {
      const at = found.name ?? (found.class === undefined ? undefined : `${found.class}.${found.method ?? ''}`);
      const key = at === undefined ? found.entry : `${found.entry}\0${at}`;
      if (places.has(key) || places.size >= MAX_PLACES) return;
      // the first place is always kept: nothing is reported without one
      if (places.size > 0 && budget.left-- <= 0) return;
      places.set(key, {
        entry: found.entry,
        ...(found.offset === undefined ? {} : { offset: found.offset }),
        ...(found.line === undefined ? {} : { line: found.line }),
        via: found.via,
        ...(found.name === undefined ? {} : { name: nameOf(found.name) }),
        ...(found.class === undefined ? {} : { class: found.class }),
        ...(found.method === undefined ? {} : { method: found.method }),
      });
    },
    list() {
      return [...places.values()].sort(
        (a, b) => compare(a.entry, b.entry) || (a.offset ?? 0) - (b.offset ?? 0) || compare(a.name ?? '', b.name ?? ''),
      );
    },
  };
}

/** A key of a JSON object may be a secret itself. */
function nameOf(name: string): string {
  if (name.length < 16 || !mayHoldCredential(name)) return name.slice(0, 200);
  let shown = name;
  for (const { value } of matchRules(name)) shown = shown.replaceAll(value, maskSecret(value));
  return shown.slice(0, 200);
}

/** By code unit: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
