/**
 * Keys repeat: in every hit, and from one request to the next. A small table of those seen saves cutting and interning
 * most of them. It holds 512 keys of up to 32 characters; one that falls into a taken place replaces what was there.
 */
const KEYS: string[] = new Array<string>(512).fill('');
const MAX_LENGTH = 32;

/** @param hash of the units from `start` to `end`, any function of them */
export function keyFrom(
  text: string,
  units: Uint8Array | Uint16Array,
  start: number,
  end: number,
  hash: number,
): string {
  const length = end - start;
  if (length > MAX_LENGTH) return text.slice(start, end);
  const slot = (hash ^ (hash >>> 11)) & 511;
  const known = KEYS[slot] ?? '';
  if (known.length === length) {
    let at = 0;
    while (at < length && known.charCodeAt(at) === units[start + at]) at += 1;
    if (at === length) return known;
  }
  const key = text.slice(start, end);
  KEYS[slot] = key;
  return key;
}
