/**
 * Texts as bytes from which they can be told apart again: before each its length in UTF-8 (4 bytes, big endian). What is
 * authenticated or hashed goes through this, so that no two lists of texts have one encoding.
 */
export function lengthPrefixed(...texts: readonly string[]): Buffer {
  let size = 0;
  const lengths: number[] = [];
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    lengths.push(length);
    size += 4 + length;
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [i, text] of texts.entries()) {
    at = bytes.writeUInt32BE(lengths[i] ?? 0, at);
    at += bytes.write(text, at, 'utf8');
  }
  return bytes;
}
