/**
 * Sets of addresses as sorted, disjoint ranges. A filter is judged for all sources at once, so that "accept from
 * 10.0.0.0/8" never looks like "accept", and two halves of the Internet never look like less than all of it.
 */
import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

type Range = readonly [low: bigint, high: bigint];
export type Ranges = readonly Range[];

const WIDTH: Readonly<Record<Family, bigint>> = { 4: 32n, 6: 128n };

export const NOBODY: Ranges = [];

function lastOf(family: Family): bigint {
  return (1n << WIDTH[family]) - 1n;
}

export function everybody(family: Family): Ranges {
  return [[0n, lastOf(family)]];
}

function normal(ranges: readonly Range[]): Ranges {
  const sorted = [...ranges].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const result: [bigint, bigint][] = [];
  for (const [low, high] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1n) last[1] = high > last[1] ? high : last[1];
    else result.push([low, high]);
  }
  return result;
}

export function union(...sets: readonly Ranges[]): Ranges {
  return normal(sets.flat());
}

export function intersect(a: Ranges, b: Ranges): Ranges {
  const result: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) break;
    const low = x[0] > y[0] ? x[0] : y[0];
    const high = x[1] < y[1] ? x[1] : y[1];
    if (low <= high) result.push([low, high]);
    if (x[1] < y[1]) i++;
    else j++;
  }
  return result;
}

export function complement(set: Ranges, family: Family): Ranges {
  const result: Range[] = [];
  let next = 0n;
  for (const [low, high] of set) {
    if (low > next) result.push([next, low - 1n]);
    next = high + 1n;
  }
  if (next <= lastOf(family)) result.push([next, lastOf(family)]);
  return result;
}

export function without(a: Ranges, b: Ranges, family: Family): Ranges {
  return intersect(a, complement(b, family));
}

export function isEmpty(set: Ranges): boolean {
  return set.length === 0;
}

export function sizeOf(set: Ranges): bigint {
  return set.reduce((sum, [low, high]) => sum + high - low + 1n, 0n);
}

export function holds(set: Ranges, address: bigint): boolean {
  return set.some(([low, high]) => low <= address && address <= high);
}

interface Parsed {
  family: Family;
  ranges: Ranges;
}

/** One address as a number; an IPv4 address written as IPv6 (`::ffff:127.0.0.1`) is the IPv4 one. */
export function parseAddress(text: string): { family: Family; value: bigint } | undefined {
  const bare = text.replace(/%.*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (bare.length > 64) return undefined;
  const dotted = ipaddr.IPv4.isValidFourPartDecimal(bare);
  if (!dotted && !(bare.includes(':') && ipaddr.IPv6.isValid(bare))) return undefined;
  const parsed = ipaddr.process(bare);
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, value };
}

/** `10.0.0.0/8`, `2001:db8::/32`, `10.0.0.1-10.0.0.9`, `192.168.0.0/255.255.0.0` or one address. */
export function parseRanges(text: string): Parsed | undefined {
  const [first = '', second, ...rest] = text.trim().split('-');
  if (rest.length > 0) return undefined;
  if (second !== undefined) {
    const [low, high] = [parseAddress(first.trim()), parseAddress(second.trim())];
    if (low === undefined || high === undefined || low.family !== high.family || low.value > high.value)
      return undefined;
    return { family: low.family, ranges: [[low.value, high.value]] };
  }
  const [host = '', bits, ...more] = first.split('/');
  const address = parseAddress(host);
  if (address === undefined || more.length > 0) return undefined;
  const width = WIDTH[address.family];
  const length = bits === undefined ? Number(width) : prefixLength(bits, address.family);
  if (length === undefined) return undefined;
  const low = (address.value >> (width - BigInt(length))) << (width - BigInt(length));
  return { family: address.family, ranges: [[low, low + (1n << (width - BigInt(length))) - 1n]] };
}

function prefixLength(text: string, family: Family): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= Number(WIDTH[family]) ? Number(text) : undefined;
  const mask = parseAddress(text);
  if (mask === undefined || mask.family !== family) return undefined;
  const inverse = lastOf(family) ^ mask.value;
  // A mask with holes is no prefix.
  if ((inverse & (inverse + 1n)) !== 0n) return undefined;
  return Number(WIDTH[family]) - inverse.toString(2).replace(/^0$/, '').length;
}

/** An address as text; 0 is `0.0.0.0` or `::`. */
export function addressOf(value: bigint, family: Family): string {
  const bytes = Number(WIDTH[family]) / 8;
  const parts = Array.from({ length: bytes }, (_, at) => Number((value >> BigInt(8 * (bytes - 1 - at))) & 0xffn));
  const text = ipaddr.fromByteArray(parts);
  return text.kind() === 'ipv6' ? (text as ipaddr.IPv6).toRFC5952String() : text.toString();
}

/** As CIDR blocks, most `most` of them. */
export function cidrsOf(set: Ranges, family: Family, most = 64): string[] {
  const result: string[] = [];
  const width = WIDTH[family];
  for (const [from, high] of set) {
    for (let low = from; low <= high && result.length < most; ) {
      let bits = 0n;
      while (bits < width && (low & ((1n << (bits + 1n)) - 1n)) === 0n && low + (1n << (bits + 1n)) - 1n <= high)
        bits++;
      result.push(`${addressOf(low, family)}/${width - bits}`);
      low += 1n << bits;
    }
  }
  return result;
}

function setOf(family: Family, blocks: readonly string[]): Ranges {
  return union(
    ...blocks.map((block) => parseRanges(block)).flatMap((one) => (one?.family === family ? [one.ranges] : [])),
  );
}

/** Addresses that strangers have: all but private, shared, link-local, loopback, multicast and reserved ones (RFC 6890). */
export const PUBLIC: Readonly<Record<Family, Ranges>> = {
  4: complement(
    setOf(4, [
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '224.0.0.0/3',
    ]),
    4,
  ),
  6: setOf(6, ['2000::/3']),
};

/** Addresses that no packet from another machine is sent to: loopback, multicast, link-local. */
export const NEVER_FROM_OUTSIDE: Readonly<Record<Family, Ranges>> = {
  4: setOf(4, ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']),
  6: setOf(6, ['::1/128', 'fe80::/10', 'ff00::/8']),
};
