/** Where in a request something can be changed: every object, list and leaf of its body. */
import type { Draft } from './draft.ts';
import type { Random } from './random.ts';

export interface Place {
  holder: Record<string, unknown> | unknown[];
  key: string;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function at(place: Place): unknown {
  return (place.holder as Record<string, unknown>)[place.key];
}

export function put(place: Place, value: unknown): void {
  (place.holder as Record<string, unknown>)[place.key] = value;
}

export function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** Every place of the body that `wanted` takes, in the order of printing. */
export function placesOf(draft: Draft, wanted: (value: unknown, key: string) => boolean = () => true): Place[] {
  const found: Place[] = [];
  const walk = (holder: Place['holder'], key: string): void => {
    const value = (holder as Record<string, unknown>)[key];
    if (wanted(value, key)) found.push({ holder, key });
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.keys(value)) walk(value as Place['holder'], inner);
  };
  const holder = draft as unknown as Record<string, unknown>;
  if (draft.body !== undefined) walk(holder, 'body');
  if (draft.lines !== undefined) for (const n of draft.lines.keys()) walk(draft.lines, String(n));
  return found;
}

export function onePlace(
  random: Random,
  draft: Draft,
  wanted?: (value: unknown, key: string) => boolean,
): Place | undefined {
  const places = placesOf(draft, wanted);
  return places.length === 0 ? undefined : random.pick(places);
}

const QUERY_KEYS: ReadonlySet<string> = new Set([
  'query',
  'must',
  'filter',
  'should',
  'must_not',
  'queries',
  'post_filter',
  'x',
  'y',
]);

/** Places where a query stands: under its names, and as a member of a list of queries. */
export function queryPlaces(draft: Draft): Place[] {
  const found: Place[] = [];
  for (const place of placesOf(draft)) {
    if (!QUERY_KEYS.has(place.key)) continue;
    const value = at(place);
    if (Array.isArray(value)) for (const n of value.keys()) found.push({ holder: value, key: String(n) });
    else if (isObject(value)) found.push(place);
  }
  return found;
}
