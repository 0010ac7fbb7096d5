/** A string longer than the limit is handed on in pieces that overlap, so that a URL on the seam is whole in one. */
const OVERLAP = 4096;

/**
 * @param longest of a piece, in bytes; where it leaves no room for the usual overlap, pieces overlap by half
 * @param take one piece, `from` (inclusive) to `to` (exclusive)
 */
export function pieces(start: number, end: number, longest: number, take: (from: number, to: number) => void): void {
  // units of UTF-16 must not be cut in two, so every step is even
  const most = Math.max(4, longest & ~1);
  const step = most - (Math.min(OVERLAP, most >> 1) & ~1);
  for (let from = start; ; from += step) {
    const to = Math.min(end, from + most);
    take(from, to);
    if (to >= end) return;
  }
}
