/** What an address range of a cloud firewall lets in. Pure: texts in, a verdict out. */
import ipaddr from 'ipaddr.js';

/**
 * `internet`: the whole of IPv4 or IPv6 (a range of /0); `public`: some public addresses; `wide`: a private range of
 * /12 (IPv4) or /32 (IPv6) or wider, e.g. all of 10.0.0.0/8; `private`: a narrower private one; `loopback`;
 * `unknown`: not an address range.
 */
export type CidrReach = 'internet' | 'public' | 'wide' | 'private' | 'loopback' | 'unknown';

/** @param text `10.0.0.0/8`, `2001:db8::/32`; a bare address is a range of one; `*`, `Internet` and `any` are Azure's */
export function reachOfCidr(text: string): CidrReach {
  const trimmed = text.trim();
  if (/^(?:\*|internet|any)$/i.test(trimmed)) return 'internet';
  const [address = '', prefix] = trimmed.split('/', 2);
  if (address.length > 64 || !ipaddr.isValid(address) || (address.includes('.') && !isDotted(address)))
    return 'unknown';
  const parsed = ipaddr.parse(address);
  const widest = parsed.kind() === 'ipv4' ? 32 : 128;
  const bits = prefix === undefined ? widest : Number(prefix);
  if (!Number.isInteger(bits) || prefix === '' || bits < 0 || bits > widest) return 'unknown';
  // /1 covers half of the internet and is only written to get past a check for /0.
  if (bits <= 1) return 'internet';
  const range = parsed.range();
  if (range === 'loopback') return 'loopback';
  if (['private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'].includes(range)) {
    return bits <= (parsed.kind() === 'ipv4' ? 12 : 32) ? 'wide' : 'private';
  }
  return range === 'unicast' || bits < 8 ? 'public' : 'private';
}

/** ipaddr.js takes `10.1` and octal parts, as C does; clouds take four decimal numbers. */
function isDotted(address: string): boolean {
  return address.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address);
}

const WORST: readonly CidrReach[] = ['internet', 'public', 'wide', 'private', 'loopback', 'unknown'];

/** The widest reach of a list; null for an empty one. */
export function widestReach(cidrs: Iterable<string>): CidrReach | null {
  const reaches = new Set([...cidrs].map(reachOfCidr));
  return WORST.find((reach) => reaches.has(reach)) ?? null;
}

/** The range, or several together, let the whole internet in. */
export function isWholeInternet(cidrs: Iterable<string>): boolean {
  return widestReach(cidrs) === 'internet';
}
