import { Buffer, isUtf8 } from 'node:buffer';
import { Refusal } from '../contract/refusal.ts';

/** A text and its UTF-16 code units, at the same positions: a scanner reads units, and cuts strings out of the text. */
export interface JsonText {
  readonly text: string;
  /** Bytes where all are ASCII, as in nearly every body; reading them costs a third of `charCodeAt`. */
  readonly units: Uint8Array | Uint16Array;
}

/**
 * The characters of a body. Bytes that are not UTF-8 are refused, never replaced; so is a byte order mark
 * (RFC 8259, section 8.1).
 *
 * @throws Refusal `malformed_json`
 */
export function readText(bytes: Uint8Array): JsonText {
  if (!isUtf8(bytes)) throw new Refusal('malformed_json', 'not UTF-8');
  const text = asBuffer(bytes).toString('utf8');
  // Every other character takes more bytes than code units.
  if (text.length === bytes.length) return { text, units: bytes };
  if (text.charCodeAt(0) === 0xfeff) throw new Refusal('malformed_json', 'a byte order mark');
  const pairs = Buffer.allocUnsafeSlow(text.length * 2);
  pairs.write(text, 'utf16le');
  return { text, units: new Uint16Array(pairs.buffer, 0, text.length) };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
