import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import { firewallRules, judgeHostState, type Outside, readHostState } from '../../src/firewall/index.ts';
import { container, iptables, SS, ufwStatus } from './firewall-support.ts';

const STORES = [
  { port: 9200, service: 'elasticsearch' },
  { port: 5432, service: 'postgresql' },
  { port: 6379, service: 'redis' },
];

function judged(texts: readonly string[], outside: readonly Outside[] = []) {
  const view = readHostState(
    texts.map((text, at) => ({ path: `state-${at + 1}.txt`, text })),
    { host: 'search.example.com' },
  );
  return judgeHostState(view, outside, STORES);
}

function seen(verdict: Verdict, more: Partial<Outside> = {}): Outside {
  return { host: 'search.example.com', address: '203.0.113.7', port: 9200, vantage: 'office', verdict, ...more };
}

const rulesOf = ({ findings }: { findings: readonly { rule: string }[] }) => findings.map(({ rule }) => rule).sort();

describe('the rules about filters', () => {
  function ofExample(text: string): string[] {
    const parts = text.split('\n----\n');
    const outside = parts.flatMap((part) => {
      const match = /^outside: (\S+) (\d+) (\S+)$/.exec(part);
      return match === null ? [] : [seen(match[3] as Verdict, { address: match[1] ?? '', port: Number(match[2]) })];
    });
    return rulesOf(
      judged(
        parts.filter((part) => !part.startsWith('outside: ')),
        outside,
      ),
    );
  }

  it.each(firewallRules.map((rule) => [rule.id, rule] as const))(
    '%s is raised by its bad examples alone',
    (id, rule) => {
      expect(rule.examples.bad.length).toBeGreaterThan(0);
      expect(rule.examples.good.length).toBeGreaterThan(0);
      for (const example of rule.examples.bad) expect(ofExample(example)).toContain(id);
      for (const example of rule.examples.good) expect(ofExample(example)).not.toContain(id);
    },
  );
});

describe('a host’s own state', () => {
  it('raises nothing for loopback, and one finding for each family that is open', () => {
    const { findings, assets } = judged([SS, 'Status: inactive']);
    expect(findings.filter(({ asset }) => asset.includes('redis'))).toEqual([]);
    expect(findings.filter(({ asset }) => asset === 'store:elasticsearch/search.example.com/9200')).toHaveLength(2);
    expect(findings[0]?.evidence).toMatchObject([
      { kind: 'file', path: 'state-1.txt', line: 9 },
      { kind: 'file', path: 'state-2.txt' },
    ]);
    expect(assets.map(({ id }) => id)).toContain('store:elasticsearch/search.example.com/9200');
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  });

  it('is less sure about an address of a private network', () => {
    const { findings } = judged([SS, 'Status: inactive']);
    expect(findings.find(({ asset }) => asset.includes('postgresql'))).toMatchObject({
      severity: 'medium',
      confidence: 'tentative',
    });
  });

  it('says what it cannot tell instead of nothing', () => {
    const { findings, skips } = judged([SS, iptables('DROP', '-A INPUT -m geoip --source-country DE -j ACCEPT')]);
    expect(findings).toEqual([]);
    expect(skips.filter(({ code }) => code === 'FIREWALL_UNDECIDED').map(({ subject }) => subject)).toEqual([
      'search.example.com 10.0.0.5:5432',
      'search.example.com 0.0.0.0:9200',
      'search.example.com [::]:9200',
    ]);
  });

  it('knows a store by the port inside its container', () => {
    expect(rulesOf(judged([container('0.0.0.0', '29200'), ufwStatus()]))).toEqual(['firewall/docker-past-filter']);
  });
});

describe('beside the view from outside', () => {
  const open = 'LISTEN 0 128 0.0.0.0:9200 0.0.0.0:*';

  it.each([
    ['both say closed', [open, iptables('DROP')], 'filtered', []],
    ['both say open', [open, 'Status: inactive'], 'secured', ['firewall/store-port-open']],
    ['dropped and answering', [open, iptables('DROP')], 'anonymous-read', ['firewall/outside-past-filter']],
    [
      'nobody waits and something answers',
      ['LISTEN 0 128 0.0.0.0:22 0.0.0.0:*', 'Status: inactive'],
      'unidentified',
      ['firewall/outside-without-listener'],
    ],
    [
      'open and nothing comes back',
      [open, 'Status: inactive'],
      'filtered',
      ['firewall/filtered-further-out', 'firewall/store-port-open'],
    ],
    [
      'open and reset',
      [open, 'Status: inactive'],
      'refused',
      ['firewall/filtered-further-out', 'firewall/store-port-open'],
    ],
    ['no sockets were handed over', [iptables('DROP')], 'secured', []],
  ] as const)('%s', (_, texts, verdict, rules) => {
    expect(rulesOf(judged(texts, [seen(verdict)]))).toEqual(rules);
  });

  it('does not call a socket of the host’s own loopback unknown when it was asked there', () => {
    const own = ['LISTEN 0 128 127.0.0.1:9200 0.0.0.0:*', 'Status: inactive'] as const;
    expect(rulesOf(judged(own, [seen('secured', { address: '127.0.0.1' })]))).toEqual([]);
    expect(rulesOf(judged(own, [seen('secured', { address: '127.0.0.2' })]))).toEqual([
      'firewall/outside-without-listener',
    ]);
    expect(rulesOf(judged(own, [seen('secured')]))).toEqual(['firewall/outside-without-listener']);
  });

  it('does not call it a disagreement when the vantage is among those who are admitted', () => {
    const texts = [open, iptables('DROP', '-A INPUT -s 198.51.100.0/24 -p tcp --dport 9200 -j ACCEPT')];
    expect(rulesOf(judged(texts, [seen('secured', { from: '198.51.100.9' })]))).toEqual([]);
    expect(rulesOf(judged(texts, [seen('secured', { from: '192.0.2.9' })]))).toEqual(['firewall/outside-past-filter']);
    const unsure = judged(texts, [seen('secured')]);
    expect(unsure.findings).toEqual([]);
    expect(unsure.skips).toMatchObject([{ code: 'FIREWALL_NOT_COMPARED', severity: 'note' }]);
  });

  it('compares each family with its own rules', () => {
    const both = 'LISTEN 0 128 *:9200 *:*';
    const four = iptables('DROP');
    const six = '# Generated by ip6tables-save v1.8.9\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT';
    expect(rulesOf(judged([both, four, six], [seen('secured', { address: '2001:db8::7' })]))).toEqual([
      'firewall/ipv6-open',
    ]);
  });

  it('names the security group that stands further out', () => {
    const group = 'resource "aws_security_group" "db" {\n  name = "db"\n}\n';
    const { findings } = judged([open, 'Status: inactive', group], [seen('filtered')]);
    expect(findings.find(({ rule }) => rule === 'firewall/filtered-further-out')?.message).toContain(
      'aws_security_group.db',
    );
  });

  it('leaves what was not seen clearly as a note', () => {
    expect(judged([open, iptables('DROP')], [seen('inconclusive')]).skips).toMatchObject([
      { code: 'FIREWALL_NOT_COMPARED' },
    ]);
  });
});
