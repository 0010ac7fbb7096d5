/**
 * Keys as text files (RFC 7468): `-----BEGIN label-----`, base64 in lines, `-----END label-----`. Their text is no literal
 * of any language, so each private key is handed on whole; certificates and public keys are for everyone.
 */
import type { BinaryReader } from '../reader.ts';
import { read } from '../result.ts';
import { isPemKey } from './magic.ts';

const BEGIN = '-----BEGIN ';
/** An RSA key of 16,384 bits has some 12,500 characters. */
const LONGEST = 16_384;
const MOST = 1000;

export const readPem: BinaryReader = (bytes, context) => {
  let keys = 0;
  let end = -1;
  for (let at = bytes.indexOf(BEGIN); at >= 0 && keys < MOST; at = bytes.indexOf(BEGIN, at + BEGIN.length)) {
    // looked for once for all beginnings before it: thousands of them may wait for one end
    if (end < at) end = bytes.indexOf('-----END ', at);
    if (end < 0) break;
    if (end - at > LONGEST || !isPemKey(bytes.subarray(at, at + 64))) continue;
    const last = bytes.indexOf('-----', end + 9);
    context.string(bytes.toString('latin1', at, last < 0 || last - end > 64 ? end : last + 5), at);
    keys++;
  }
  return read(
    keys === 0 ? 'PEM without a private key' : `PEM with ${keys === 1 ? 'a private key' : `${keys} private keys`}`,
  );
};
