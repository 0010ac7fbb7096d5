/** Field types and how values of each are compared. Only the types that the range's documents use. */
import { isObject, type Json, type JsonObject } from './json.ts';

export type FieldType = 'keyword' | 'text' | 'integer' | 'double' | 'boolean' | 'date' | 'ip' | 'geo_point';

/** Leaf fields by dotted path, e.g. `address.city`. */
export type Mapping = ReadonlyMap<string, FieldType>;

/** What a value is compared by: numbers and dates as numbers, everything else as text. */
export type Comparable = number | string;

/** Every value at a dotted path; arrays on the way are walked, as Elasticsearch flattens them. */
export function valuesAt(source: Json | undefined, path: string): Json[] {
  let level: Json[] = source === undefined ? [] : [source];
  for (const step of path.split('.')) {
    const next: Json[] = [];
    for (const holder of level.flatMap((value) => (Array.isArray(value) ? value : [value]))) {
      const value = isObject(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined;
      if (value !== undefined && value !== null) next.push(value);
    }
    level = next;
  }
  return level.flatMap((value) => (Array.isArray(value) ? value : [value]));
}

/** A value in the form that queries compare; undefined when it cannot be of this type. */
export function comparable(value: Json, type: FieldType, now: number): Comparable | undefined {
  switch (type) {
    case 'integer':
    case 'double': {
      const number =
        typeof value === 'number'
          ? value
          : typeof value === 'string' && value.trim() !== ''
            ? Number(value)
            : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    case 'date':
      return dateOf(value, now);
    case 'boolean':
      return value === true || value === 'true' ? 'true' : value === false || value === 'false' ? 'false' : undefined;
    default:
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? String(value)
        : undefined;
  }
}

const DATE_MATH = /^now(?:([+-])(\d{1,6})([smhdwMy]))?$/;
const UNIT_MS: Record<string, number> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

function dateOf(value: Json, now: number): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const math = DATE_MATH.exec(value);
  if (math) {
    const distance = Number(math[2] ?? 0) * (UNIT_MS[math[3] ?? 's'] ?? 0);
    return math[1] === '-' ? now - distance : now + distance;
  }
  const parsed = /^\d{4}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The standard analyzer, near enough: lower-cased runs of letters and digits. */
export function tokens(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** The mapping as `GET /{index}/_mapping` shows it. */
export function mappingJson(mapping: Mapping): JsonObject {
  const properties: JsonObject = {};
  for (const [path, type] of mapping) {
    const steps = path.split('.');
    const leaf = steps.pop();
    if (leaf === undefined) continue;
    let level = properties;
    for (const step of steps) {
      const existing = level[step];
      const holder: JsonObject = isObject(existing) ? existing : { properties: {} };
      level[step] = holder;
      const inner = holder.properties;
      level = isObject(inner) ? inner : {};
    }
    level[leaf] = { type };
  }
  return { properties };
}
