/**
 * What a door says about a port (`lets`), against what really passes: example rule sets are loaded into a network
 * namespace, and a stranger knocks over IPv4 and IPv6.
 */
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoorFact } from '../../src/audit/facts.ts';
import { iptablesFormat } from '../../src/audit/formats/iptables/read.ts';
import { nftablesFormat } from '../../src/audit/formats/nftables/read.ts';
import type { FormatName, ReadFile, RuleContext } from '../../src/audit/model.ts';
import { sourceOf } from '../../src/audit/source.ts';
import { type Machine, machine, namespacesAvailable, wire } from './harness/namespaces.ts';
import { listenOn, reached } from './harness/sockets.ts';

// Addresses that strangers have: the engine takes private ones for the owner's.
const HERE = { 4: '198.51.100.1', 6: '2001:db8::1' } as const;
const STRANGER = { 4: '198.51.100.9', 6: '2001:db8::9' } as const;
const PORTS = [22, 443, 5432, 6379, 9200, 9300, 40_123];

const NFT: Readonly<Record<string, string>> = {
  'one that drops': `table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif lo accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
    tcp dport { 22, 443 } accept
    ip saddr 203.0.113.0/24 tcp dport 5432 accept
    tcp dport 9200-9300 ct state new accept
  }
}
`,
  'one for IPv4 alone': `define stores = { 5432, 6379, 9200 }
table ip filter {
  chain input {
    type filter hook input priority 0; policy accept;
    iif "lo" accept
    tcp dport $stores drop
  }
}
`,
  'one with jumps, maps and a set': `table inet t {
  set closed { type inet_service; flags interval; elements = { 5432, 9000-9250 } }
  chain stores {
    tcp dport @closed counter reject with tcp reset
    tcp dport 6379 return
    accept
  }
  chain input {
    type filter hook input priority -5; policy drop;
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ct state vmap { established : accept, related : accept, invalid : drop }
    meta nfproto ipv6 tcp dport vmap { 22 : accept, 443 : drop }
    jump stores
  }
}
add rule inet t input tcp dport 40123 drop
insert rule inet t stores tcp dport 9300 drop
`,
  'one where a second chain drops what the first accepts': `table inet a {
  chain first { type filter hook input priority -10; policy accept; tcp dport 9200 accept; }
  chain second { type filter hook input priority 10; policy accept; tcp dport != { 22, 443 } meta l4proto tcp drop; }
}
`,
};

const IPTABLES = {
  4: '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:db - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp -m multiport --dports 22,9200:9300 -j db\n-A db -p tcp -m tcp --dport 9300 -j DROP\n-A db -j ACCEPT\nCOMMIT\n',
  6: '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 5432 -j REJECT --reject-with tcp-reset\n-A INPUT -p tcp -m tcp --dport 22 -j DROP\nCOMMIT\n',
} as const;

function context(files: readonly ReadFile[]): RuleContext {
  return {
    runtimes: [],
    mounted: () => ({ files: [], missing: false }),
    beside: () => [],
    all: <N extends FormatName>(format: N) => files.filter((file) => file.format === format) as ReadFile<N>[],
    unknown: () => undefined,
  };
}

function nftDoor(text: string): DoorFact {
  const source = sourceOf('nftables.conf', text);
  const reading = nftablesFormat.read(source, { text: () => null });
  expect(reading.skips).toEqual([]);
  const file = { format: 'nftables' as const, source, document: reading.document };
  const [door] = nftablesFormat.facts?.(file, context([file])).doors ?? [];
  if (door === undefined) throw new Error('no door');
  return door;
}

describe.skipIf(!namespacesAvailable('nft', 'iptables-restore', 'ip6tables-restore'))(
  'a door of a packet filter',
  () => {
    let host: Machine;
    let peer: Machine;
    let listener: ChildProcess;

    beforeAll(async () => {
      host = await machine();
      peer = await machine();
      wire(host, peer, { left: [`${HERE[4]}/24`, `${HERE[6]}/64`], right: [`${STRANGER[4]}/24`, `${STRANGER[6]}/64`] });
      listener = await listenOn(host, PORTS);
    }, 30_000);

    afterAll(() => {
      listener?.kill('SIGKILL');
      host?.stop();
      peer?.stop();
    });

    /** Ports that a stranger reaches over either family. */
    function passing(): number[] {
      const over = ([4, 6] as const).flatMap((family) => reached(peer, STRANGER[family], HERE[family], PORTS));
      return PORTS.filter((port) => over.includes(port));
    }

    const open = (door: DoorFact): number[] => PORTS.filter((port) => door.lets(port, 'host').state === 'open');

    for (const [name, text] of Object.entries(NFT)) {
      it(`says what passes through ${name}, from the file, from nft’s listing and from its JSON`, () => {
        host.run('nft', ['flush', 'ruleset']);
        host.run('nft', ['-f', '-'], text);
        const passed = passing();
        expect(passed.length).toBeGreaterThan(0);
        expect(open(nftDoor(text))).toEqual(passed);
        expect(open(nftDoor(host.run('nft', ['list', 'ruleset'])))).toEqual(passed);
        expect(open(nftDoor(host.run('nft', ['-j', 'list', 'ruleset'])))).toEqual(passed);
        for (const port of PORTS) expect(nftDoor(text).lets(port, 'host').state).not.toBe('unknown');
      }, 60_000);
    }

    it('says what passes through iptables for both families', () => {
      host.run('nft', ['flush', 'ruleset']);
      host.run('iptables-restore', [], IPTABLES[4]);
      host.run('ip6tables-restore', [], IPTABLES[6]);
      const files = ([4, 6] as const).map((family) => {
        const source = sourceOf(`rules.v${family}`, IPTABLES[family]);
        const { document } = iptablesFormat.read(source, { text: () => null });
        expect(document.family).toBe(family);
        return { format: 'iptables-save' as const, source, document };
      });
      const doors = files.flatMap((file) => iptablesFormat.facts?.(file, context(files)).doors ?? []);
      expect(doors).toHaveLength(1);
      const [door] = doors;
      const passed = passing();
      // 5432 is open over neither, 22 over IPv4, 9300 over IPv6.
      expect(passed).toEqual([22, 443, 6379, 9200, 9300, 40_123]);
      expect(door === undefined ? [] : open(door)).toEqual(passed);
      expect(door?.lets(9300, 'host').place.source.path).toBe('rules.v6');
    }, 60_000);
  },
);
