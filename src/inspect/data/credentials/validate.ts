/** Checks that a key passes or fails by itself: checksums and structure, nobody is asked. */
import { createPrivateKey } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Enough different characters for its length: not a row of zeros, not a word. */
export function isRandom(value: string, least = 3): boolean {
  return entropy(value) >= least && !/(.)\1{5}/.test(value) && !/0123456789abcdef0123|abcdefghijklmnop/i.test(value);
}

/** Bits per character (Shannon). */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Six digits of base 62 with leading zeros. */
export function base62(value: number): string {
  let digits = '';
  for (let rest = value; digits.length < 6; rest = Math.floor(rest / 62)) digits = `${BASE62[rest % 62]}${digits}`;
  return digits;
}

/**
 * Tokens of GitHub and npm: after the prefix 30 random characters and their CRC-32 in base 62.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function hasCrc(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return body.length === 36 && base62(crc32(body.slice(0, 30))) === body.slice(30);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account that an access key id names: 40 bits of the base 32 after the prefix, behind one bit. Ids given out before
 * 2019 (`AKIAI…`, `AKIAJ…`) name none. https://summitroute.com/blog/2018/06/20/aws_security_credential_primer/
 */
export function awsAccount(id: string): string | undefined {
  const body = id.slice(4);
  if (body.length !== 16 || body.startsWith('I') || body.startsWith('J')) return undefined;
  let bits = 0n;
  for (const char of body.slice(0, 10)) bits = (bits << 5n) | BigInt(Math.max(0, BASE32.indexOf(char)));
  const account = (bits >> 9n) & 0xff_ffff_ffffn;
  return account > 0n && account <= 999_999_999_999n ? account.toString().padStart(12, '0') : undefined;
}

/** True when the text is a whole private key that parses, whatever its type and however its lines are escaped. */
export function isPrivateKey(pem: string): boolean {
  const match = /-----BEGIN ([A-Z ]{0,30}PRIVATE KEY)-----([^-]{0,16384})-----END \1-----/.exec(pem);
  if (match === null) return false;
  // in source text the lines may be literals with a plus between; within a literal a plus is a digit of base64
  const body = (match[2] ?? '').replace(/["']\s{0,8}\+\s{0,8}["']/g, '').replace(/\\[nrt]|[\s"',]/g, '');
  if (!/^[A-Za-z0-9+/]{40,16000}={0,2}$/.test(body)) return false;
  const lines = body.match(/.{1,64}/g) ?? [];
  try {
    createPrivateKey(`-----BEGIN ${match[1]}-----\n${lines.join('\n')}\n-----END ${match[1]}-----\n`);
    return true;
  } catch {
    return false;
  }
}
