/**
 * Modified UTF-8 (JVM specification 4.4.7): each UTF-16 unit in one, two or three bytes; NUL as C0 80; characters
 * beyond the BMP as two surrogates of three bytes each. Bad bytes become U+FFFD.
 */
export function decodeMutf8(bytes: Buffer, start: number, end: number): string {
  // Where plain UTF-8 finds neither a bad byte nor a character beyond the BMP, both mean the same.
  const plain = bytes.toString('utf8', start, end);
  return SPECIAL.test(plain) ? decodeUnits(bytes, start, end) : plain;
}

/** What UTF-8 makes of C0 80, of surrogates in three bytes and of bad bytes; and a pair, from four bytes. */
const SPECIAL = /[\ufffd\ud800-\udfff]/;

function decodeUnits(bytes: Uint8Array, start: number, end: number): string {
  const units: number[] = [];
  let text = '';
  for (let at = start; at < end; ) {
    const a = bytes[at++] ?? 0;
    if (a < 0x80) units.push(a);
    else {
      const b = at < end ? (bytes[at] ?? 0) : 0;
      const c = at + 1 < end ? (bytes[at + 1] ?? 0) : 0;
      if ((a & 0xe0) === 0xc0 && (b & 0xc0) === 0x80) {
        units.push(((a & 0x1f) << 6) | (b & 0x3f));
        at += 1;
      } else if ((a & 0xf0) === 0xe0 && (b & 0xc0) === 0x80 && (c & 0xc0) === 0x80) {
        units.push(((a & 0x0f) << 12) | ((b & 0x3f) << 6) | (c & 0x3f));
        at += 2;
      } else units.push(0xfffd);
    }
    if (units.length >= 4096) text += String.fromCharCode(...units.splice(0));
  }
  return text + String.fromCharCode(...units);
}
