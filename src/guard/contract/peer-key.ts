/**
 * What a peer is counted as: an IPv4 address by itself, an IPv6 address by its /64, since whoever has one address of it
 * has them all (RFC 6177). `::ffff:192.0.2.1` is 192.0.2.1.
 *
 * @param address as a socket names it; a zone (`%eth0`) does not matter
 */
export function peerKey(address: string): string {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [text = ''] = address.split('%');
  const [left = '', right] = text.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const end = right === '' ? [] : right.split(':');
    while (groups.length + end.length < 8) groups.push('0');
    groups.push(...end);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0{1,3}(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}
