/**
 * Percent-decoding, once. `%XX` with two hexadecimal digits is the only escape (Elasticsearch's own decoder reads `%%` as
 * `%`, others do not: refused here), and what comes out must be UTF-8 without control characters.
 */
import { Refusal, type RefusalCode } from '../contract/refusal.ts';

/** @throws Refusal `code`: a bad escape, bytes that are not UTF-8 (overlong forms and surrogates included), a control character */
export function decodeOnce(text: string, code: RefusalCode, where: string): string {
  if (text.indexOf('%') === -1) return text;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 3)) {
    if (!isHexDigit(text.charCodeAt(at + 1)) || !isHexDigit(text.charCodeAt(at + 2))) {
      throw new Refusal(code, `${where}: an escape without two hexadecimal digits`);
    }
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw new Refusal(code, `${where}: not UTF-8`);
  }
  refuseControls(decoded, code, where);
  return decoded;
}

/** C0, DEL and C1: no name, id or parameter has them, and every log and line-based protocol trips over them. */
function refuseControls(text: string, code: RefusalCode, where: string): void {
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char < 0x20 || (char >= 0x7f && char <= 0x9f)) throw new Refusal(code, `${where}: a control character`);
  }
}

function isHexDigit(char: number): boolean {
  return (char >= 0x30 && char <= 0x39) || (char >= 0x41 && char <= 0x46) || (char >= 0x61 && char <= 0x66);
}

/**
 * Characters that may stand in a path or a query as they are, by code: RFC 3986 `pchar` without `;`, which some readers
 * take for a separator (Elasticsearch in the query, servlet containers in the path).
 */
export const PATH_CHARACTERS: Uint8Array = characters("-._~!$&'()*+,=:@/%");
/** The same with `?`, which a query may hold. */
export const QUERY_CHARACTERS: Uint8Array = characters("-._~!$&'()*+,=:@/%?");
/** The same with brackets, which clients of resources send as they are (`status[in]=a`), encode, or mix. */
export const TYPED_QUERY_CHARACTERS: Uint8Array = characters("-._~!$&'()*+,=:@/%?[]");

function characters(others: string): Uint8Array {
  const table = new Uint8Array(128);
  const all = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${others}`;
  for (let at = 0; at < all.length; at++) table[all.charCodeAt(at)] = 1;
  return table;
}
