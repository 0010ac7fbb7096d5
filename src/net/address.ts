/**
 * Addresses as an authorization must see them: one text for one address. Everything that a resolver or a person could
 * use to write an address so that a comparison misses it is normalised or refused here: IPv4-mapped IPv6 (RFC 4291
 * section 2.5.5.2) becomes IPv4; zone ids, leading zeros and the decimal, octal, hexadecimal and short forms of
 * inet_aton are not addresses.
 */
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;

export interface Address {
  /** Canonical text: dotted decimal, or RFC 5952 for IPv6. */
  readonly text: string;
  readonly family: Family;
}

/** A network of addresses; a single address is one of full prefix length. */
export interface Network {
  /** Canonical text; a single address has no `/length`. */
  readonly text: string;
  readonly family: Family;
  readonly prefix: number;
  contains(address: Address): boolean;
}

/** `undefined` when the text is not an address in its strict form. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { text, family: 4 };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // ipaddr.js reads `::127.0.0.1` as the mapped `::ffff:127.0.0.1`, a host's stack does not: dots are rewritten first.
  const parsed = ipaddr.IPv6.parse(new URL(`http://[${text}]/`).hostname.slice(1, -1));
  if (parsed.isIPv4MappedAddress()) return { text: parsed.toIPv4Address().toString(), family: 4 };
  return { text: parsed.toRFC5952String(), family: 6 };
}

/**
 * A CIDR or a single address. `undefined` when it is neither, when host bits are set, or when it is a CIDR of
 * IPv4-mapped addresses (write it as IPv4).
 */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = address.family === 4 ? 32 : 128;
  if (slash < 0) return network(address, width);
  const length = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > width) return undefined;
  if (address.family === 4 && text.includes(':')) return undefined;
  const base =
    address.family === 4 ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  if (canonicalText(base) !== address.text) return undefined;
  return network(address, Number(length));
}

function canonicalText(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

function network(address: Address, prefix: number): Network {
  const { family } = address;
  const whole = prefix === (family === 4 ? 32 : 128);
  const base = whole ? undefined : ipaddr.parse(address.text);
  return {
    text: whole ? address.text : `${address.text}/${prefix}`,
    family,
    prefix,
    contains: (other) =>
      other.family === family &&
      (base === undefined ? other.text === address.text : ipaddr.parse(other.text).match(base, prefix)),
  };
}

/** True for one address that is in 127.0.0.0/8 or is ::1. */
export function isLoopback(address: Address): boolean {
  return address.family === 4 ? address.text.startsWith('127.') : address.text === '::1';
}

/** The same of a text; false when it is not an address. */
export function isLoopbackText(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isLoopback(address);
}

/** True when every address of the network is a loopback address. */
export function isLoopbackNetwork(net: Network): boolean {
  return net.family === 4 ? net.prefix >= 8 && net.text.startsWith('127.') : net.text === '::1';
}

/** True for addresses that are neither special, private, shared, loopback, link-local, multicast nor reserved. */
export function isPublic(address: Address): boolean {
  return ipaddr.parse(address.text).range() === 'unicast';
}

/** Addresses that are no host's: unspecified, multicast, broadcast. They are never authorized. */
export function isNoHost(address: Address): boolean {
  if (isLoopback(address)) return false;
  return ['unspecified', 'multicast', 'broadcast'].includes(ipaddr.parse(address.text).range());
}
