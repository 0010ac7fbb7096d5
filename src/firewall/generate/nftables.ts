/**
 * A table of its own, so that nothing else on the host changes and `nft delete table inet postern` takes it away again.
 * Stores are filtered before Docker redirects (`mangle` is -150, `dstnat` -100): a published port is met there by the
 * port that the stranger asked for.
 */
import type { PlainReach } from '../reach.ts';
import { cutOff, head, who } from './notes.ts';

export interface HostOptions {
  /** Drop whatever is not listed, instead of the store ports alone. */
  wholeHost: boolean;
  sshPort: number;
}

export function nftables(reach: readonly PlainReach[], publicPorts: readonly number[], options: HostOptions): string {
  const lines = [
    '#!/usr/sbin/nft -f',
    ...head('#', 'nftables', [
      '  check:  nft -c -f postern.nft     apply: nft -f postern.nft     undo: nft delete table inet postern',
      'To keep it over a restart, include it from /etc/nftables.conf.',
      'Rules of other tables stay; a packet has to pass them all, so this only ever closes.',
      'IPv4 and IPv6 are both in it (family inet). Applying it twice changes nothing.',
    ]),
    '',
    'table inet postern',
    'delete table inet postern',
    '',
    'table inet postern {',
    ...storesChain(reach),
    ...reach.flatMap(storeChain),
    ...(options.wholeHost ? inputChain(reach, publicPorts, options) : []),
    '}',
    ...dockerNote(reach),
  ];
  return `${lines.join('\n')}\n`;
}

function storesChain(reach: readonly PlainReach[]): string[] {
  return [
    '\tchain stores {',
    '\t\t# Before Docker redirects what it publishes, so that its ports are filtered, too.',
    '\t\ttype filter hook prerouting priority mangle; policy accept;',
    '',
    '\t\t# Only what is sent to this host: its own containers may reach such ports elsewhere.',
    '\t\tfib daddr type != local accept',
    '\t\tiif "lo" accept',
    '\t\tct state established,related accept',
    ...reach.map(({ id, port, protocol }) => `\t\t${protocol} dport ${port} goto ${id}`),
    '\t}',
  ];
}

function storeChain(one: PlainReach): string[] {
  const rule = (keyword: string, cidrs: readonly string[]) =>
    cidrs.length === 0 ? [] : [`\t\t${keyword} saddr { ${cidrs.join(', ')} } accept`];
  return [
    '',
    `\tchain ${one.id} {`,
    ...[who(one), ...cutOff(one)].map((note) => `\t\t# ${note}`),
    ...rule('ip', one.cidrs[4]),
    ...rule('ip6', one.cidrs[6]),
    '\t\tdrop',
    '\t}',
  ];
}

function inputChain(reach: readonly PlainReach[], publicPorts: readonly number[], { sshPort }: HostOptions): string[] {
  const open = (protocol: 'tcp' | 'udp') => [
    ...new Set(reach.filter((one) => one.protocol === protocol).map(({ port }) => port)),
  ];
  const ports = (protocol: 'tcp' | 'udp') =>
    open(protocol).length === 0 ? [] : [`\t\t${protocol} dport { ${open(protocol).join(', ')} } accept`];
  const everybody = [...new Set(publicPorts)].filter((port) => port !== sshPort).sort((a, b) => a - b);
  return [
    '',
    '\tchain input {',
    '\t\t# Everything that is not listed here is dropped.',
    '\t\ttype filter hook input priority filter; policy drop;',
    '',
    '\t\tiif "lo" accept',
    '\t\tct state established,related accept',
    '\t\tct state invalid drop',
    '\t\t# Errors, path MTU and ping; IPv6 does not work without its neighbour discovery.',
    '\t\tmeta l4proto { icmp, ipv6-icmp } accept',
    '\t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept',
    '',
    '\t\t# ================================================================================',
    `\t\t# SSH STAYS OPEN TO EVERYBODY on port ${sshPort}, so that you do not lock yourself out.`,
    '\t\t# Narrow it to the addresses you log in from: ip saddr { … } tcp dport …',
    '\t\t# ================================================================================',
    `\t\ttcp dport ${sshPort} accept`,
    '',
    '\t\t# Stores: whoever comes here passed the chain above.',
    ...ports('tcp'),
    ...ports('udp'),
    ...(everybody.length === 0 ? [] : ['\t\t# Public', `\t\ttcp dport { ${everybody.join(', ')} } accept`]),
    '\t}',
  ];
}

function dockerNote(reach: readonly PlainReach[]): string[] {
  if (reach.length === 0) return [];
  return [
    '',
    '# Containers of this host that reach a store by a published port come from a bridge (172.16.0.0/12 as a rule): list',
    '# them as a source, or let them use the network of the store. With iptables instead of this table, the place to',
    '# filter what Docker publishes is DOCKER-USER, by the port that was asked for:',
    ...reach.map(
      (one) =>
        `#   iptables -I DOCKER-USER -p ${one.protocol} -m conntrack --ctorigdstport ${one.port} --ctdir ORIGINAL -j DROP`,
    ),
  ];
}
