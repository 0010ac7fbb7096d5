/** What the ADDRESS of a pg_hba.conf record covers. */
import ipaddr from 'ipaddr.js';

export type AddressRange =
  | { kind: 'cidr'; address: ipaddr.IPv4 | ipaddr.IPv6; bits: number }
  /** An address without a mask: the mask is the next field. */
  | { kind: 'bare-ip' }
  /** `all`, or a mask of no bits. */
  | { kind: 'world' }
  /** `samehost`: the server's own addresses. */
  | { kind: 'samehost' }
  | { kind: 'samenet' }
  | { kind: 'name'; name: string };

export function addressOf(text: string, quoted: boolean, mask: string | null): AddressRange {
  if (!quoted && mask === null) {
    if (text === 'all') return { kind: 'world' };
    if (text === 'samehost' || text === 'samenet') return { kind: text };
  }
  const slash = text.lastIndexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const address = parse(bare);
  if (!address) return { kind: 'name', name: text };
  const most = address.kind() === 'ipv4' ? 32 : 128;
  if (mask !== null) {
    const parsed = slash < 0 ? parse(mask) : null;
    if (!parsed || parsed.kind() !== address.kind()) return { kind: 'bare-ip' };
    const bits = parsed.prefixLengthFromSubnetMask();
    // A mask with holes is allowed; what it covers is some network, not more exactly said here.
    return bits === null ? { kind: 'name', name: `${text} ${mask}` } : { kind: 'cidr', address, bits };
  }
  if (slash < 0) return { kind: 'bare-ip' };
  const bits = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : null;
  if (bits === null || bits > most) return { kind: 'name', name: text };
  return { kind: 'cidr', address, bits };
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // Four decimal parts or an IPv6 literal; ipaddr.js would also read `10` and `0x7f.1`.
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && !text.includes(':')) return null;
  return ipaddr.isValid(text) ? ipaddr.parse(text) : null;
}

/** Who can be behind an address: the server itself, everyone, a private network, or others. */
export type Reach = 'loopback' | 'private' | 'network' | 'world';

export function reachOf(range: AddressRange): Reach {
  switch (range.kind) {
    case 'world':
      return 'world';
    case 'samehost':
      return 'loopback';
    case 'samenet':
      return 'private';
    case 'name':
      return /^localhost(?:\.localdomain)?$/i.test(range.name) ? 'loopback' : 'network';
    case 'bare-ip':
      return 'network';
    case 'cidr': {
      const { address, bits } = range;
      if (bits === 0) return 'world';
      const kind = address.range();
      if (kind === 'loopback' && (address.kind() === 'ipv6' ? bits === 128 : bits >= 8)) return 'loopback';
      if (address.kind() === 'ipv4') {
        const text = address.toString();
        const isPrivate =
          (text.startsWith('10.') && bits >= 8) ||
          (kind === 'private' && text.startsWith('172.') && bits >= 12) ||
          (text.startsWith('192.168.') && bits >= 16) ||
          (kind === 'linkLocal' && bits >= 16);
        return isPrivate ? 'private' : 'network';
      }
      return (kind === 'uniqueLocal' && bits >= 7) || (kind === 'linkLocal' && bits >= 10) ? 'private' : 'network';
    }
  }
}

/** True when every address of `narrow` is also in `wide`. False when it cannot be told. */
export function coversAddress(wide: AddressRange, narrow: AddressRange): boolean {
  if (wide.kind === 'world') return true;
  if (narrow.kind === 'world') return false;
  if (wide.kind === 'cidr' && narrow.kind === 'cidr') {
    if (wide.address.kind() !== narrow.address.kind() || wide.bits > narrow.bits) return false;
    const wideBytes = wide.address.toByteArray();
    const narrowBytes = narrow.address.toByteArray();
    for (let bit = 0; bit < wide.bits; bit += 1) {
      const byte = bit >> 3;
      const maskBit = 0x80 >> (bit & 7);
      if (((wideBytes[byte] ?? 0) & maskBit) !== ((narrowBytes[byte] ?? 0) & maskBit)) return false;
    }
    return true;
  }
  if (wide.kind === 'name' && narrow.kind === 'name') return wide.name.toLowerCase() === narrow.name.toLowerCase();
  return (wide.kind === 'samehost' || wide.kind === 'samenet') && wide.kind === narrow.kind;
}
