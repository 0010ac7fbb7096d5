/** A script for ufw. The first rule that fits decides, so what is admitted is put before what is denied. */
import type { PlainReach } from '../reach.ts';
import type { HostOptions } from './nftables.ts';
import { cutOff, everyCidr, head, who } from './notes.ts';

export function ufw(reach: readonly PlainReach[], publicPorts: readonly number[], options: HostOptions): string {
  const lines = [
    '#!/bin/sh',
    ...head('#', 'ufw', [
      'Running it twice changes nothing: a rule is taken out before it is put first.',
      'Docker publishes ports past ufw: what is published is not filtered by this. Bind it to 127.0.0.1',
      '(--format compose), or use --format nftables, or filter in DOCKER-USER.',
    ]),
    'set -eu',
    '',
    '# ufw takes a rule that it has with another action for the same, and leaves it where it is.',
    'first() {',
    '\taction=$1',
    '\tshift',
    '\tfor old in allow deny reject limit; do',
    '\t\tufw --force delete "$old" "$@" >/dev/null 2>&1 || true',
    '\tdone',
    '\tufw prepend "$action" "$@"',
    '}',
    ...reach.flatMap(rulesOf),
    ...(options.wholeHost ? wholeHost(publicPorts, options) : []),
    '',
    '# Then, when SSH is allowed: ufw enable',
  ];
  return `${lines.join('\n')}\n`;
}

function rulesOf(one: PlainReach): string[] {
  const to = `to any port ${one.port} proto ${one.protocol}`;
  return [
    '',
    ...[who(one), ...cutOff(one)].map((note) => `# ${note}`),
    `first deny from any ${to}`,
    ...everyCidr(one).map((cidr) => `first allow from ${cidr} ${to}`),
  ];
}

function wholeHost(publicPorts: readonly number[], { sshPort }: HostOptions): string[] {
  const ports = [...new Set(publicPorts)].filter((port) => port !== sshPort).sort((a, b) => a - b);
  return [
    '',
    '# ================================================================================',
    `# SSH STAYS OPEN TO EVERYBODY on port ${sshPort}, so that you do not lock yourself out.`,
    '# Narrow it to the addresses you log in from: ufw allow from … to any port … proto tcp',
    '# ================================================================================',
    `ufw allow ${sshPort}/tcp`,
    ...ports.map((port) => `ufw allow ${port}/tcp`),
    'ufw default deny incoming',
  ];
}
