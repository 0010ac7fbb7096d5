import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { auditPaths } from '../../src/audit/index.ts';
import type { Asset } from '../../src/core/asset.ts';
import type { Edge } from '../../src/core/edge.ts';
import {
  decide,
  FIREWALL_FORMATS,
  generateFirewall,
  type ReachModel,
  reachOfReport,
} from '../../src/firewall/index.ts';
import { admittedOf, model } from './firewall-models.ts';
import { viewOf } from './firewall-support.ts';

const MODEL: ReachModel = {
  reach: [
    {
      service: 'elasticsearch',
      port: 9200,
      protocol: 'tcp',
      host: 'search.example.com',
      from: [
        { name: 'worker', cidrs: [] },
        { name: 'api', cidrs: ['10.1.0.0/16', 'fd00:1::/64', '198.51.100.7'] },
      ],
      cutOff: ['com.example.shop'],
    },
    { service: 'redis', port: 6379, protocol: 'tcp', from: [] },
  ],
  publicPorts: [443, 80],
};

describe('a generated firewall', () => {
  it.each(FIREWALL_FORMATS)('is what it was: %s', async (format) => {
    await expect(generateFirewall(format, MODEL, { wholeHost: true })).toMatchFileSnapshot(
      `fixtures/firewall/${format}.txt`,
    );
  });

  it('is the same whatever the order', () => {
    const turned: ReachModel = { reach: [...MODEL.reach].reverse(), publicPorts: [80, 443, 80] };
    for (const format of FIREWALL_FORMATS) {
      expect(generateFirewall(format, turned)).toBe(generateFirewall(format, MODEL));
    }
  });

  it('refuses what would be no wall', () => {
    const withSource = (cidr: string): ReachModel => ({
      reach: [{ service: 'redis', port: 6379, protocol: 'tcp', from: [{ name: 'api', cidrs: [cidr] }] }],
      publicPorts: [],
    });
    expect(() => generateFirewall('nftables', withSource('0.0.0.0/0'))).toThrow(/as good as everybody/);
    expect(() => generateFirewall('aws', withSource('::/0'))).toThrow(/as good as everybody/);
    expect(() => generateFirewall('ufw', withSource('example.com; rm -rf /'))).toThrow(/no address/);
    expect(() => generateFirewall('nftables', { reach: [], publicPorts: [] })).toThrow(/nothing to write/);
    expect(() => generateFirewall('nftables', { ...MODEL, publicPorts: [9200] })).toThrow(/public at the same time/);
    expect(() => generateFirewall('nftables', { ...MODEL, publicPorts: [0] })).toThrow(/no port/);
  });

  it('is for one host where it stands on one', () => {
    const two: ReachModel = {
      ...MODEL,
      reach: [...MODEL.reach, { service: 'redis', port: 6380, protocol: 'tcp', host: 'cache.example.com', from: [] }],
    };
    expect(() => generateFirewall('nftables', two)).toThrow(/2 hosts/);
    expect(generateFirewall('nftables', two, { host: 'cache.example.com' })).toContain('dport 6380');
    expect(generateFirewall('nftables', two, { host: 'cache.example.com' })).not.toContain('dport 9200');
    expect(generateFirewall('aws', two)).toContain('redis_6380');
  });

  it('takes no text of a name as its own', () => {
    const name = '"; }\n\tchain evil { accept } # $(reboot)';
    const model: ReachModel = {
      reach: [
        {
          service: name,
          port: 1234,
          protocol: 'tcp',
          host: name,
          from: [{ name, cidrs: ['10.0.0.1'] }],
          cutOff: [name],
        },
      ],
      publicPorts: [],
    };
    for (const format of FIREWALL_FORMATS) {
      const text = generateFirewall(format, model);
      expect(text).not.toMatch(/\$\(|evil \{|^\tchain evil/m);
      expect(text.split('\n').length).toBeLessThan(80);
    }
  });
});

describe('Terraform that was generated', () => {
  it.each(['aws', 'gcp', 'azure'] as const)('read again says exactly who has to reach what: %s', (format) => {
    fc.assert(
      fc.property(model, (wanted) => {
        const { groups, skips } = viewOf(generateFirewall(format, wanted));
        expect(skips).toEqual([]);
        for (const { service, port, from } of wanted.reach) {
          const name = `${service}_${port}`;
          const group = groups.find((one) => one.name.endsWith(name) || one.name.endsWith(name.replaceAll('_', '-')));
          for (const family of [4, 6] as const) {
            const filter = group?.filter;
            expect(filter).toBeDefined();
            if (filter === undefined) continue;
            const { verdict, admits } = decide([filter], { family, protocol: 'tcp', port });
            expect(verdict).toBe('drop');
            expect(admits).toEqual(admittedOf(from, family));
          }
        }
        const everybody = groups.find((one) => /public$/.test(one.name))?.filter;
        for (const port of wanted.publicPorts) {
          for (const family of [4, 6] as const) {
            expect(everybody && decide([everybody], { family, protocol: 'tcp', port }).verdict).toBe('accept');
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a compose override', () => {
  it('merged over what published it leaves nothing for the audit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-compose-'));
    try {
      const open = 'services:\n  redis:\n    image: redis:7\n    ports:\n      - "6379:6379"\n';
      writeFileSync(join(folder, 'compose.yaml'), open);
      const before = await auditPaths(folder);
      expect(before.report.findings.map(({ rule }) => rule)).toContain('audit/compose-store-published');
      // As Compose merges it: the ports of the override instead of those below.
      const override = generateFirewall('compose', { reach: MODEL.reach.slice(1), publicPorts: [] });
      const merged = override.replace('  redis:\n', '  redis:\n    image: redis:7\n').replace('!override', '');
      writeFileSync(join(folder, 'compose.yaml'), merged);
      const after = await auditPaths(folder);
      expect(after.report.files.map(({ status }) => status)).toEqual(['read']);
      expect(after.report.findings.map(({ rule }) => rule)).not.toContain('audit/compose-store-published');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('replaces lists instead of adding to them, and puts who has no address into an internal network', () => {
    const [document] = parseAllDocuments(generateFirewall('compose', MODEL), { logLevel: 'silent' });
    const value = document?.toJS() as {
      services: Record<string, { ports?: string[]; networks?: string[] }>;
      networks: object;
    };
    expect(generateFirewall('compose', MODEL).match(/ports: !override/g)).toHaveLength(2);
    expect(value.services.elasticsearch?.ports).toEqual(['127.0.0.1:9200:9200']);
    expect(value.services.worker?.networks).toEqual(['default', 'elasticsearch-clients']);
    expect(value.networks).toEqual({ 'elasticsearch-clients': { internal: true } });
  });
});

describe('reach from a report', () => {
  it('names apps as cut off and takes sources from the owner alone', () => {
    const assets: Asset[] = [
      { kind: 'app', id: 'app:1', platform: 'android', appId: 'com.example.shop', version: '1', path: 'shop.apk' },
      { kind: 'endpoint', id: 'endpoint:1', url: 'http://search.example.com:9200', origin: 'app' },
      { kind: 'store', id: 'store:1', service: 'elasticsearch', host: 'search.example.com', port: 9200 },
      { kind: 'store', id: 'store:2', service: 'firebase-rtdb', host: 'shop.firebaseio.com' },
    ];
    const edges: Edge[] = [
      { from: 'app:1', relation: 'talks-to', to: 'endpoint:1', evidence: [] },
      { from: 'endpoint:1', relation: 'serves', to: 'store:1', evidence: [] },
    ];
    const allow = [{ name: 'api', cidrs: ['10.0.0.7'] }];
    expect(reachOfReport(assets, edges, allow)).toEqual([
      {
        service: 'elasticsearch',
        host: 'search.example.com',
        port: 9200,
        protocol: 'tcp',
        from: allow,
        cutOff: ['com.example.shop'],
      },
    ]);
  });
});
