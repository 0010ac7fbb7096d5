/** Where something was found: once per entry and key, first places first, bounded. */
import type { EntryEvidence } from '../../core/contract/inspect.ts';
import type { CodePlace } from '../source.ts';
import { shownName } from './personal-values.ts';
import { sdkOfClass } from './sdk-of-class.ts';

/** Most places kept of one thing. */
const MAX_PLACES = 5000;
/** Most places kept of one package: a hostile one repeats a million strings in a thousand entries. */
const MAX_PLACES_IN_ALL = 300_000;

/** A place, or the string that stands there with the code that uses it. */
export type Place = EntryEvidence & { code?: readonly CodePlace[] };

export interface EvidenceList {
  add(found: Place): void;
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
      const user = found.class === undefined ? firstUser(found.code) : found;
      const at = found.name ?? (user?.class === undefined ? undefined : `${user.class}.${user.method ?? ''}`);
      const key = at === undefined ? found.entry : `${found.entry}\0${at}`;
      if (places.has(key) || places.size >= MAX_PLACES) return;
      // the first place is always kept: nothing is reported without one
      if (places.size > 0 && budget.left-- <= 0) return;
      places.set(key, {
        entry: found.entry,
        ...(found.offset === undefined ? {} : { offset: found.offset }),
        ...(found.line === undefined ? {} : { line: found.line }),
        via: found.via,
        // a key of a JSON object, a column or a table may be a secret or a person itself
        ...(found.name === undefined ? {} : { name: shownName(found.name).slice(0, 200) }),
        ...(user?.class === undefined ? {} : { class: user.class }),
        ...(user?.method === undefined ? {} : { method: user.method }),
      });
    },
    list() {
      return [...places.values()].sort(
        (a, b) => compare(a.entry, b.entry) || (a.offset ?? 0) - (b.offset ?? 0) || compare(a.name ?? '', b.name ?? ''),
      );
    },
  };
}

/** The first method that uses it and is not a known library's; else the first. */
function firstUser(code: readonly CodePlace[] | undefined): CodePlace | undefined {
  return code?.find((place) => sdkOfClass(place.class) === undefined) ?? code?.[0];
}

/** By code unit: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
