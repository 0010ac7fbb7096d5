import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { composeFormat } from './read.ts';

interface Expected {
  image?: string;
  ports: string[];
  environment: Record<string, string | null>;
  mounts: string[];
  command?: string[];
  privileged: boolean;
  network_mode: string | null;
  profiles: string[];
}
interface Case {
  name: string;
  files: Record<string, string>;
  services: Record<string, Expected>;
}

/** Made with compose-go itself; the file says how. */
const { cases } = JSON.parse(
  readFileSync(
    join(dirname(fileURLToPath(import.meta.url)), '../../../../test/golden/fixtures/compose-projects.json'),
    'utf8',
  ),
) as { cases: Case[] };

const ORDER = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

describe('a compose project is what Docker makes of it', () => {
  it('in more than fifteen cases', () => {
    expect(cases.length).toBeGreaterThan(15);
  });

  for (const { name, files, services } of cases) {
    it(name, () => {
      const first = ORDER.find((one) => one in files) ?? '';
      const siblings = { text: (path: string) => files[path] ?? null };
      const { document } = composeFormat.read(sourceOf(first, files[first] ?? ''), siblings);
      expect(document.services.map((service) => service.name).sort()).toEqual(Object.keys(services));
      for (const service of document.services) {
        const expected = services[service.name];
        expect(service.image?.reference).toBe(expected?.image);
        // What a shared network publishes is the other service's, which compose-go leaves there.
        if (service.networkOf === null) {
          expect(
            service.ports
              .map((port) => `${port.hostIp ?? ''}:${port.hostPort ?? ''}:${port.containerPort}/${port.protocol}`)
              .sort(),
          ).toEqual(expected?.ports);
        }
        expect(Object.fromEntries(service.environment.map((one) => [one.name, one.value]))).toEqual(
          expected?.environment,
        );
        expect(service.mounts.flatMap((one) => (one.path ? [`${one.path}:${one.target}`] : [])).sort()).toEqual(
          expected?.mounts,
        );
        expect(service.command?.words ?? []).toEqual(expected?.command ?? []);
        expect(service.privileged !== null).toBe(expected?.privileged);
        expect(service.hostNetwork !== null).toBe(expected?.network_mode === 'host');
        expect(service.profiles).toEqual(expected?.profiles);
      }
    });
  }
});

/** Rule, file and the text that a finding points at. */
function pointed(files: Record<string, string>): [string, string, string][] {
  const text = Object.entries(files)
    .map(([path, content]) => `=== ${path}\n${content}`)
    .join('');
  return auditText(text).report.findings.map(({ rule, evidence: [first] }) => {
    if (first.kind !== 'setting') throw new Error('not a setting');
    const line = (files[first.path] ?? '').split('\n')[(first.line ?? 1) - 1] ?? '';
    return [rule, first.path, line.slice((first.column ?? 1) - 1, (first.endColumn ?? 1) - 1)];
  });
}

describe('findings of a project', () => {
  it('point into the file that really sets it', () => {
    const found = pointed({
      'compose.override.yml': 'services:\n  db:\n    ports: ["5432:5432"]\n',
      'compose.yml':
        'services:\n  db:\n    image: postgres:16\n    ports: ["127.0.0.1:5433:5432"]\n    env_file: db.env\n',
      'db.env': 'POSTGRES_DB=shop\nPOSTGRES_HOST_AUTH_METHOD=trust\n',
    });
    expect(found).toContainEqual(['audit/compose-store-published', 'compose.override.yml', '"5432:5432"']);
    expect(found).toContainEqual(['audit/compose-postgresql-trust', 'db.env', 'trust']);
  });

  it('are not raised for what an override takes back, nor twice for what is merged', () => {
    const found = pointed({
      'compose.override.yml': 'services:\n  cache:\n    ports: !reset []\n',
      'compose.yml': 'services:\n  cache:\n    image: redis:7\n    ports: ["6379:6379"]\n',
      'store/base.yml': 'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n',
      'store/compose.yml': 'services:\n  db:\n    extends: { file: base.yml, service: db }\n',
    });
    const published = found.filter(([rule]) => rule === 'audit/compose-store-published');
    expect(published).toEqual([['audit/compose-store-published', 'store/base.yml', '"5432:5432"']]);
  });

  it('patch the file they point at', () => {
    const { outcome } = auditText(
      '=== compose.override.yml\nservices:\n  db:\n    ports: ["5432:5432"]\n=== compose.yml\nservices:\n  db:\n    image: postgres:16\n',
    );
    const [patch] = outcome.findings.flatMap(({ patches }) => patches ?? []);
    expect(patch).toMatchObject({ path: 'compose.override.yml', edits: [{ start: 29, text: '127.0.0.1:' }] });
  });

  it('name the profile that starts the service', () => {
    const { report } = auditText(
      'services:\n  admin:\n    image: adminer:4.8.1\n    profiles: [tools]\n    ports: ["8080:8080"]\n',
      { path: 'compose.yml' },
    );
    expect(report.findings[0]?.message).toContain('Only with the profile tools');
  });

  it('know the ports of a network that is shared, and of one that is internal', () => {
    const { document } = composeFormat.read(
      sourceOf(
        'compose.yml',
        'services:\n  vpn:\n    image: example/vpn:1\n    ports: ["6379:6379", "8080:80"]\n  cache:\n    image: redis:7\n    network_mode: service:vpn\n  db:\n    image: postgres:16\n    networks: [back]\n    ports: ["5432:5432"]\nnetworks:\n  back:\n    internal: true\n',
      ),
      { text: () => null },
    );
    expect(document.services.map(({ ports, internalOnly }) => [ports.length, internalOnly])).toEqual([
      [2, false],
      [1, false],
      [1, true],
    ]);
  });

  it('cost no more than a budget when files include each other', () => {
    const includes = Array.from({ length: 30 }, (_one, at) => `  - f${at}.yml\n`).join('');
    const text = `include:\n${includes}services:\n  a:\n    image: redis:7\n`;
    const started = process.cpuUsage();
    const { document } = composeFormat.read(sourceOf('compose.yml', text), { text: () => text });
    expect(document.services.map(({ name }) => name)).toEqual(['a']);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1_000_000).toBeLessThan(5);
  });
});
