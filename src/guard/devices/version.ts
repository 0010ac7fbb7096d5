/** Versions of apps: `5.2.0` – numbers with dots – or a version code such as `50200`. */

const PART = /^\d{1,19}$/;
const MAX_PARTS = 6;

export function isVersion(text: string): boolean {
  if (text.length > 64) return false;
  const parts = text.split('.');
  return parts.length <= MAX_PARTS && parts.every((part) => PART.test(part));
}

/**
 * @returns below 0 when `a` is the older one, 0 when they are the same, above 0 otherwise; undefined when they cannot be
 * compared: one is no version, or one is a version code and the other has dots
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (!isVersion(a) || !isVersion(b)) return undefined;
  const left = a.split('.');
  const right = b.split('.');
  if ((left.length === 1) !== (right.length === 1)) return undefined;
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareDigits(left[at] ?? '0', right[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Codes have up to 19 digits, which a number does not hold. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '');
  const right = b.replace(/^0+(?=\d)/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}
