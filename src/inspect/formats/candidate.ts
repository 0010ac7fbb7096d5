/**
 * Which strings can matter, decided on bytes before a string is made of them. A DEX pool is nine tenths type
 * descriptors, method names and source file names; decoding those would cost more than everything else together.
 *
 * Kept:    strings of 3 bytes or more with one of `. / : @` (URLs, hosts, paths, addresses, `user:password`), and
 *          strings of 16 bytes or more with a digit or a character that no identifier has (keys, tokens, PEM headers).
 * Dropped: type descriptors and signatures (`Lcom/a/B;`, `[Ljava/util/List<`, `(ILa/B;)V`), names of source files
 *          (`Main.java`), everything shorter, identifiers and prose without digits. A word that serves as a password and
 *          looks like any other word is dropped too: no detector could tell it without the code around it.
 */
const TRIGGER = 1; // . : @
const SLASH = 2;
const DIGIT = 4;
const OTHER = 8; // printable and in no identifier: - + = % & ? # ! * , and the like
const NON_ASCII = 16;

/** Class of every byte; the classes of a string are the OR of its bytes'. */
export const BYTE_CLASS: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const char = String.fromCharCode(byte);
    if (byte >= 0x80) table[byte] = NON_ASCII;
    else if (char === '.' || char === ':' || char === '@') table[byte] = TRIGGER;
    else if (char === '/') table[byte] = SLASH;
    else if (char >= '0' && char <= '9') table[byte] = DIGIT;
    // letters, and what descriptors and generic signatures are made of, say nothing; nor does a space
    else if (!/[A-Za-z_$;<>[() \u0000-\u001f\u007f]/.test(char)) table[byte] = OTHER;
  }
  return table;
})();

export function isAscii(classes: number): boolean {
  return (classes & NON_ASCII) === 0;
}

/**
 * @param bytes where the string stands, from `start` to `end` (exclusive)
 * @param classes OR of `BYTE_CLASS` over those bytes
 */
export function canMatter(bytes: Uint8Array, start: number, end: number, classes: number): boolean {
  const length = end - start;
  if ((classes & (TRIGGER | SLASH)) === 0) return length >= 16 && (classes & (DIGIT | OTHER)) !== 0;
  if (length < 3) return false;
  if ((classes & (TRIGGER | OTHER)) === 0 && isDescriptor(bytes, start, end)) return false;
  return !isSourceFile(bytes, end, classes);
}

function isDescriptor(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const last = bytes[end - 1];
  if (first === 0x28) return bytes.subarray(start, end).includes(0x29); // ( … )
  return (first === 0x4c || first === 0x5b) && (last === 0x3b || last === 0x3c); // L or [ … ; or <
}

function isSourceFile(bytes: Uint8Array, end: number, classes: number): boolean {
  if ((classes & SLASH) !== 0) return false;
  const last = bytes[end - 1];
  if (last === 0x74) return bytes[end - 2] === 0x6b && bytes[end - 3] === 0x2e; // .kt
  return (
    last === 0x61 && // .java
    bytes[end - 5] === 0x2e &&
    bytes[end - 4] === 0x6a &&
    bytes[end - 3] === 0x61 &&
    bytes[end - 2] === 0x76
  );
}

/** The same decision for a string that exists already; bytes are made only of one that the classes leave open. */
export function textCanMatter(text: string): boolean {
  let classes = 0;
  for (let index = 0; index < text.length; index++) classes |= BYTE_CLASS[text.charCodeAt(index)] ?? NON_ASCII;
  if (isAscii(classes) && (classes & (TRIGGER | SLASH)) === 0) {
    return text.length >= 16 && (classes & (DIGIT | OTHER)) !== 0;
  }
  const bytes = Buffer.from(text);
  return canMatter(bytes, 0, bytes.length, classes);
}
