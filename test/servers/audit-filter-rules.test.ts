/**
 * What the rules of nftables, iptables and ufw call open and closed, knocked at: the texts that are audited are loaded in a
 * network namespace, and a stranger tries over IPv4 and IPv6.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { type Machine, machine, namespacesAvailable, wire } from './harness/namespaces.ts';
import { listenOn, reached } from './harness/sockets.ts';

// Addresses that strangers have: the rules take private ones for the owner's.
const HERE = { 4: '198.51.100.1', 6: '2001:db8::1' } as const;
const STRANGER = { 4: '198.51.100.9', 6: '2001:db8::9' } as const;
const PORTS = [22, 6379, 9200] as const;
type Files = Readonly<Record<string, string>>;

/** Ports that are open to the stranger, by family. */
type Open = Readonly<Record<4 | 6, readonly number[]>>;

interface Case {
  rule: string;
  bad: Files;
  open: Open;
  good: Files;
  left: Open;
}

const nft = (family: 'ip' | 'inet', policy: 'accept' | 'drop', rules: string): Files => ({
  'nftables.conf': `table ${family} filter {
  chain input {
    type filter hook input priority filter; policy ${policy};
    ct state established,related accept
${family === 'ip' ? '' : '    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n'}    tcp dport 22 accept
${rules}  }
}
`,
});
const both = (...ports: number[]): Open => ({ 4: ports, 6: ports });

const NFTABLES: readonly Case[] = [
  {
    rule: 'audit/nftables-input-accepts-by-default',
    bad: nft('inet', 'accept', ''),
    open: both(...PORTS),
    good: nft('inet', 'accept', '    counter drop\n'),
    left: both(22),
  },
  {
    rule: 'audit/nftables-store-port-open',
    bad: nft('inet', 'drop', '    tcp dport { 6379, 9200 } accept\n'),
    open: both(...PORTS),
    good: nft('inet', 'drop', '    ip saddr 10.0.0.0/24 tcp dport { 6379, 9200 } accept\n'),
    left: both(22),
  },
  {
    rule: 'audit/nftables-ipv6-unfiltered',
    bad: nft('ip', 'drop', ''),
    open: { 4: [22], 6: PORTS },
    good: nft('inet', 'drop', ''),
    left: both(22),
  },
  {
    rule: 'audit/nftables-refusal-never-reached',
    bad: nft('inet', 'drop', '    tcp dport 9000-9400 accept\n    tcp dport 9200 drop\n'),
    open: both(22, 9200),
    good: nft('inet', 'drop', '    tcp dport 9200 drop\n    tcp dport 9000-9400 accept\n'),
    left: both(22),
  },
];

const save = (policy: 'ACCEPT' | 'DROP', rules: string): string =>
  `*filter\n:INPUT ${policy} [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p ipv6-icmp -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n${rules}COMMIT\n`;
const pair = (four: string, six = four): Files => ({ 'rules.v4': four.replace(/.*icmp.*\n/, ''), 'rules.v6': six });

const IPTABLES: readonly Case[] = [
  {
    rule: 'audit/iptables-input-accepts-by-default',
    bad: pair(save('ACCEPT', '')),
    open: both(...PORTS),
    good: pair(save('ACCEPT', '-A INPUT -j DROP\n')),
    left: both(22),
  },
  {
    rule: 'audit/iptables-store-port-open',
    bad: pair(save('DROP', '-A INPUT -p tcp -m multiport --dports 6379,9200 -j ACCEPT\n')),
    open: both(...PORTS),
    good: pair(
      save('DROP', '-A INPUT -s 10.0.0.0/24 -p tcp -m multiport --dports 6379,9200 -j ACCEPT\n'),
      save('DROP', ''),
    ),
    left: both(22),
  },
  {
    rule: 'audit/iptables-ipv6-unfiltered',
    bad: pair(save('DROP', ''), save('ACCEPT', '')),
    open: { 4: [22], 6: PORTS },
    good: pair(save('DROP', '')),
    left: both(22),
  },
  {
    rule: 'audit/iptables-refusal-never-reached',
    bad: pair(
      save('DROP', '-A INPUT -p tcp -m tcp --dport 9000:9400 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 9200 -j DROP\n'),
    ),
    open: both(22, 9200),
    good: pair(
      save('DROP', '-A INPUT -p tcp -m tcp --dport 9200 -j DROP\n-A INPUT -p tcp -m tcp --dport 9000:9400 -j ACCEPT\n'),
    ),
    left: both(22),
  },
];

/** Rules that the audit raises on files of these names. */
async function raisedOn(files: Files): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-filters-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return (await auditPaths(folder)).report.findings.map(({ rule }) => rule);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Wired {
  host: Machine;
  peer: Machine;
  listener: ChildProcess;
}

async function wired(): Promise<Wired> {
  const host = await machine();
  const peer = await machine();
  wire(host, peer, { left: [`${HERE[4]}/24`, `${HERE[6]}/64`], right: [`${STRANGER[4]}/24`, `${STRANGER[6]}/64`] });
  return { host, peer, listener: await listenOn(host, PORTS) };
}

function stop(wires: Wired | undefined): void {
  wires?.listener.kill('SIGKILL');
  wires?.host.stop();
  wires?.peer.stop();
}

function openTo({ peer }: Wired): Open {
  const over = (family: 4 | 6) => reached(peer, STRANGER[family], HERE[family], PORTS);
  return { 4: over(4), 6: over(6) };
}

describe.skipIf(!namespacesAvailable('nft', 'iptables-restore', 'ip6tables-restore'))('packet filters', () => {
  let wires: Wired;
  beforeAll(async () => {
    wires = await wired();
  }, 30_000);
  afterAll(() => stop(wires));

  const load = (files: Files): void => {
    wires.host.run('nft', ['flush', 'ruleset']);
    for (const [name, text] of Object.entries(files)) {
      if (name === 'nftables.conf') wires.host.run('nft', ['-f', '-'], text);
      else wires.host.run(name.endsWith('4') ? 'iptables-restore' : 'ip6tables-restore', [], text);
    }
  };

  it.each([...NFTABLES, ...IPTABLES])('are open and closed as $rule says', async ({ rule, bad, open, good, left }) => {
    expect(await raisedOn(bad)).toContain(rule);
    expect(await raisedOn(good)).not.toContain(rule);
    load(bad);
    expect(openTo(wires)).toEqual(open);
    load(good);
    expect(openTo(wires)).toEqual(left);
  });
});

const OWN_FILES = [
  'set -e',
  'folder=$(mktemp -d)',
  'mount -t tmpfs none "$folder"',
  'cp -a /etc/ufw "$folder/ufw" && cp -a /etc/default/ufw "$folder/default"',
  'mount --bind "$folder/ufw" /etc/ufw && mount --bind "$folder/default" /etc/default/ufw',
].join('\n');

describe.skipIf(!namespacesAvailable('ufw', 'iptables-save', 'ip6tables-save'))('ufw', () => {
  let wires: Wired;
  beforeAll(async () => {
    wires = await wired();
    wires.host.run('sh', ['-c', OWN_FILES]);
  }, 60_000);
  afterAll(() => stop(wires));

  /** What its files and what its own status say to the audit. */
  async function raised(): Promise<{ files: string[]; status: string[] }> {
    const { host } = wires;
    const files = { 'ufw.conf': '/etc/ufw/ufw.conf', ufw: '/etc/default/ufw', 'user.rules': '/etc/ufw/user.rules' };
    return {
      files: await raisedOn(
        Object.fromEntries(Object.entries(files).map(([name, path]) => [name, host.run('cat', [path])])),
      ),
      status: await raisedOn({ 'ufw-status.txt': host.run('ufw', ['status', 'verbose']) }),
    };
  }

  it.each([
    [
      'audit/ufw-disabled',
      'ufw --force reset && ufw allow 22/tcp && ufw --force disable',
      PORTS,
      'ufw --force enable',
      [22],
    ],
    [
      'audit/ufw-allows-by-default',
      'ufw --force reset && ufw allow 22/tcp && ufw default allow incoming && ufw --force enable',
      PORTS,
      'ufw default deny incoming',
      [22],
    ],
    [
      'audit/ufw-store-port-open',
      'ufw --force reset && ufw allow 22/tcp && ufw allow 6379/tcp && ufw --force enable',
      [22, 6379],
      'ufw delete allow 6379/tcp && ufw allow from 10.0.0.0/24 to any port 6379 proto tcp',
      [22],
    ],
    [
      'audit/ufw-refusal-never-reached',
      'ufw --force reset && ufw allow 22/tcp && ufw allow 9000:9400/tcp && ufw deny 9200/tcp && ufw --force enable',
      [22, 9200],
      'ufw delete deny 9200/tcp && ufw insert 1 deny 9200/tcp',
      [22],
    ],
  ] as const)(
    'is open and closed as %s says',
    async (rule, make, open, mend, left) => {
      wires.host.run('sh', ['-ec', make]);
      const before = await raised();
      expect(before.files).toContain(rule);
      expect(before.status).toContain(rule);
      expect(openTo(wires)).toEqual(both(...open));
      wires.host.run('sh', ['-ec', mend]);
      const after = await raised();
      expect(after.files).not.toContain(rule);
      expect(after.status).not.toContain(rule);
      expect(openTo(wires)).toEqual(both(...left));
    },
    120_000,
  );
});
