/** Takes typed values out of property lists, whose authors and tools write what they like. */
import type { PlistValue } from '../../source.ts';

export type Dictionary = { [key: string]: PlistValue };

export function dictionary(value: PlistValue | undefined): Dictionary | undefined {
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof Uint8Array
  )
    return undefined;
  return value;
}

export function string(value: PlistValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Old tools write `YES` for true. */
export function boolean(value: PlistValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'YES' || value === 'true' ? true : value === 'NO' || value === 'false' ? false : undefined;
}

/** The strings of a list; a single string counts as a list of one. */
export function strings(value: PlistValue | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string' && one !== '') as string[];
}

export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}
