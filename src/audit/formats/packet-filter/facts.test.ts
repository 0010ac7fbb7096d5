import { describe, expect, it } from 'vitest';
import type { DoorFact } from '../../facts.ts';
import type { FormatName, ReadFile, RuleContext } from '../../model.ts';
import { sourceOf } from '../../source.ts';
import { FORMATS, recognise } from '../index.ts';
import { iptablesFormat } from '../iptables/read.ts';
import { nftablesFormat } from '../nftables/read.ts';
import { ufwFormat } from '../ufw/read.ts';

/** The doors of files of one format, as the whole-tree joining gets them. */
function doorsOf<N extends 'nftables' | 'iptables-save' | 'ufw'>(
  format: N,
  files: Readonly<Record<string, string>>,
): DoorFact[] {
  const siblings = { text: () => null };
  const reader = FORMATS[format];
  const read = Object.entries(files).map(([path, text]): ReadFile<N> => {
    const source = sourceOf(path, text);
    return { format, source, document: reader.read(source, siblings).document };
  });
  const all = reader.assemble?.(read, siblings).files ?? read;
  const context: RuleContext = {
    runtimes: [],
    mounted: () => ({ files: [], missing: false }),
    beside: () => [],
    all: <M extends FormatName>() => all as unknown as readonly ReadFile<M>[],
    unknown: () => undefined,
  };
  return all.flatMap((file) => reader.facts?.(file, context).doors ?? []);
}

function states(doors: readonly DoorFact[], ...ports: number[]): string[] {
  expect(doors).toHaveLength(1);
  return ports.map((port) => doors[0]?.lets(port, 'host').state ?? '');
}

const chain = (family: string, rules: string, policy = 'drop'): string =>
  `table ${family} f {\n  chain input {\n    type filter hook input priority 0; policy ${policy};\n    ${rules}\n  }\n}\n`;

describe('a packet filter as a door', () => {
  it('is open where either family is, and says which line decides', () => {
    const text = `${chain('ip', 'tcp dport 22 accept')}${chain('ip6', 'tcp dport 9200 accept')}`;
    const doors = doorsOf('nftables', { 'nftables.conf': text });
    expect(states(doors, 22, 9200, 5432)).toEqual(['open', 'open', 'closed']);
    const { place, text: said } = doors[0]?.lets(9200, 'host') ?? { place: { span: { start: 0, end: 0 } }, text: '' };
    expect(text.slice(place.span.start, place.span.end)).toBe('tcp dport 9200 accept');
    expect(said).toContain('IPv6');
    const closed = doors[0]?.lets(5432, 'host').place.span ?? { start: 0, end: 0 };
    expect(text.slice(closed.start, closed.end)).toBe('drop');
  });

  it('takes a list of addresses for closed, and as good as everybody for open', () => {
    const doors = doorsOf('nftables', {
      'nftables.conf': chain(
        'inet',
        'ip saddr 203.0.113.0/24 tcp dport 5432 accept\nip saddr 0.0.0.0/1 tcp dport 6379 accept',
      ),
    });
    expect(states(doors, 5432, 6379)).toEqual(['closed', 'open']);
  });

  it('does not know what it cannot judge, or what an include may say', () => {
    expect(states(doorsOf('nftables', { a: chain('inet', 'meta mark 7 tcp dport 9200 accept') }), 9200, 22)).toEqual([
      'unknown',
      'closed',
    ]);
    expect(
      states(doorsOf('nftables', { a: `include "more.nft"\n${chain('inet', 'tcp dport 22 accept')}` }), 22),
    ).toEqual(['unknown']);
    expect(states(doorsOf('nftables', { a: chain('inet', 'tcp dport $unset accept') }), 9200)).toEqual(['unknown']);
  });

  it('stops what Docker publishes only in the forward chain', () => {
    const forward = (policy: string): string =>
      `table inet g {\n  chain forward {\n    type filter hook forward priority 0; policy ${policy};\n  }\n}\n`;
    for (const [text, state] of [
      [chain('inet', 'accept', 'accept') + forward('drop'), 'closed'],
      [chain('inet', 'tcp dport 22 accept') + forward('accept'), 'open'],
      [chain('inet', 'tcp dport 22 accept'), 'open'],
    ] as const) {
      expect(doorsOf('nftables', { a: text })[0]?.lets(5432, 'container').state).toBe(state);
    }
    const v4 = '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n';
    expect(doorsOf('iptables-save', { 'rules.v4': v4 })[0]?.lets(5432, 'container').state).toBe('open');
    expect(doorsOf('iptables-save', { 'rules.v4': v4 })[0]?.lets(5432, 'host').state).toBe('unknown');
  });

  it('is none without a chain for what is sent to the host', () => {
    expect(
      doorsOf('nftables', { a: 'table ip nat {\n  chain p {\n    type nat hook postrouting priority 100;\n  }\n}\n' }),
    ).toEqual([]);
  });

  it('of iptables is one for the pair, and unknown over the family that has no rules', () => {
    const v4 = '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n';
    const v6 = '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 9200 -j ACCEPT\nCOMMIT\n';
    expect(states(doorsOf('iptables-save', { 'x/rules.v4': v4, 'x/rules.v6': v6 }), 22, 9200, 80)).toEqual([
      'open',
      'open',
      'closed',
    ]);
    expect(states(doorsOf('iptables-save', { 'x/rules.v4': v4 }), 22, 9200)).toEqual(['open', 'unknown']);
  });

  it('of ufw joins its files: before, user, and the default', () => {
    const user = (rules: string, six = ''): string =>
      `*filter\n:ufw${six}-user-input - [0:0]\n### RULES ###\n${rules}\n### END RULES ###\nCOMMIT\n`;
    const files = {
      'etc/default/ufw': 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_FORWARD_POLICY="DROP"\n',
      'etc/ufw/ufw.conf': 'ENABLED=yes\nLOGLEVEL=low\n',
      'etc/ufw/before.rules':
        '*filter\n:ufw-before-input - [0:0]\n:ufw-not-local - [0:0]\n-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-input -p tcp --dport 5432 -j DROP\nCOMMIT\n',
      'etc/ufw/user.rules': user(
        '-A ufw-user-input -p tcp --dport 5432 -j ACCEPT\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT',
      ),
      'etc/ufw/user6.rules': user('-A ufw6-user-input -p tcp --dport 9200 -j ACCEPT', '6'),
    };
    const doors = doorsOf('ufw', files);
    expect(states(doors, 22, 5432, 9200, 80)).toEqual(['open', 'closed', 'open', 'closed']);
    expect(doors[0]?.lets(9200, 'host').place.source.path).toBe('etc/ufw/user6.rules');
    expect(doors[0]?.lets(80, 'host').place.source.path).toBe('etc/default/ufw');
    const off = {
      ...files,
      'etc/default/ufw': files['etc/default/ufw'].replace('IPV6=yes', 'IPV6=no'),
      'etc/ufw/user6.rules': '',
    };
    expect(states(doorsOf('ufw', off), 22, 9200)).toEqual(['open', 'closed']);
    expect(states(doorsOf('ufw', { 'etc/ufw/user.rules': files['etc/ufw/user.rules'] }), 22, 80)).toEqual([
      'open',
      'unknown',
    ]);
    expect(doorsOf('ufw', { ...files, 'etc/ufw/ufw.conf': 'ENABLED=no\nLOGLEVEL=low\n' })).toEqual([]);
  });

  it('is read from files of its own kind alone', () => {
    const v4 = '*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n';
    expect(recognise('rules.v4', v4)).toBe('iptables-save');
    expect(recognise('dump.txt', v4.replace(':INPUT', ':ufw-user-input - [0:0]\n:INPUT'))).toBe('iptables-save');
    expect(recognise('user.rules', '*filter\n:ufw-user-input - [0:0]\nCOMMIT\n')).toBe('ufw');
    expect(recognise('nftables.conf', chain('inet', 'accept'))).toBe('nftables');
    expect(recognise('x', 'ENABLED=yes\nPORT=80\n')).not.toBe('ufw');
    for (const [path, text] of [
      ['notes.txt', 'Use iptables -A INPUT -p tcp --dport 22 -j ACCEPT\n'],
      ['list.txt', '*filter by name\n:x\n'],
      ['setup.sh', chain('inet', 'accept')],
      ['schema.sql', 'create table x (a int);\n'],
    ] as const) {
      for (const format of [nftablesFormat, iptablesFormat, ufwFormat])
        expect(format.recognises(path, text), path).toBe(false);
    }
  });
});
