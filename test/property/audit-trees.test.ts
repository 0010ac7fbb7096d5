/** Whole trees of mutated files that refer to each other: nothing throws, nothing depends on the order of files. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AuditResult, auditPaths, auditText, type FormatName, prepareFormats } from '../../src/audit/index.ts';
import { applyPatches, planFixes } from '../../src/audit/patch.ts';
import { withReach } from '../../src/audit/system/reach.ts';
import { REACHES } from '../../src/core/exposure.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import type { Seed } from './audit-seeds/seed.ts';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'audit-seeds');
const SEEDS: readonly Seed[] = (
  await Promise.all(
    readdirSync(FOLDER)
      .filter((name) => name !== 'seed.ts')
      .sort()
      .map(async (name) => (await import(pathToFileURL(join(FOLDER, name)).href)) as { seeds: readonly Seed[] }),
  )
).flatMap(({ seeds }) => seeds);

/** What a file of a format is called. */
const NAMES: Partial<Record<FormatName, string>> = {
  'docker-compose': 'docker-compose.yml',
  dockerfile: 'Dockerfile',
  terraform: 'main.tf',
  'supabase-sql': 'supabase/migrations/1_x.sql',
  'supabase-config': 'supabase/config.toml',
  'firestore.rules': 'firestore.rules',
  'storage.rules': 'storage.rules',
  'helm-values': 'values.yaml',
  kubernetes: 'k8s.yaml',
  ci: '.github/workflows/x.yml',
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  'firebase-rtdb': 'database.rules.json',
  'app-settings': '.env',
};

/** Files that refer to others and to themselves, in circles. */
const CIRCLES: readonly (readonly [path: string, text: string])[] = [
  [
    'docker-compose.yml',
    'include: [docker-compose.yml, ../a/docker-compose.yml, b/docker-compose.yml]\nservices:\n  es:\n    extends: {service: es}\n    image: elasticsearch:7.17.9\n    ports: ["9200:9200"]\n    volumes: ["./:/etc/elasticsearch", "./redis.conf:/etc/redis.conf"]\n  db:\n    extends: {file: docker-compose.override.yml, service: db}\n    image: postgres:16\n    volumes: ["./pg_hba.conf:/etc/pg_hba.conf", "./postgresql.conf:/etc/postgresql.conf"]\n',
  ],
  [
    'docker-compose.override.yml',
    'services:\n  db:\n    extends: {file: docker-compose.yml, service: db}\n    ports: ["5432:5432"]\n    env_file: [.env, ./.env]\n',
  ],
  [
    'nginx.conf',
    'http {\n  include nginx.conf;\n  include *.conf;\n  upstream u { server u; }\n  server { listen 80; location / { proxy_pass http://u; } }\n  server { listen 81; location / { proxy_pass http://127.0.0.1:81; } }\n}\n',
  ],
  ['haproxy.cfg', 'defaults\n  mode http\nlisten a\n  bind *:80\n  server a 127.0.0.1:80\n  default_backend a\n'],
  [
    'postgresql.conf',
    "listen_addresses = '*'\nssl = off\nshared_buffers = 128MB\ninclude 'postgresql.conf'\ninclude_dir '.'\nhba_file = 'pg_hba.conf'\n",
  ],
  ['pg_hba.conf', 'host all @pg_hba.conf 0.0.0.0/0 trust\ninclude pg_hba.conf\ninclude_dir .\n'],
  ['redis.conf', 'bind 0.0.0.0\nprotected-mode no\ninclude redis.conf\ninclude ./*.conf\naclfile users.acl\n'],
  ['my.cnf', '[mysqld]\nbind-address=0.0.0.0\n!include my.cnf\n!includedir .\n'],
  [
    'nftables.conf',
    'include "nftables.conf"\ntable inet f {\n  chain a { jump b; }\n  chain b { jump a; jump b; }\n  chain input { type filter hook input priority 0; policy drop; jump a; tcp dport 5432 accept; }\n}\n',
  ],
  [
    'main.tf',
    'module "a" {\n  source = "./"\n}\nmodule "b" {\n  source = "../a"\n}\nlocals {\n  a = local.b\n  b = local.a\n}\nresource "aws_db_instance" "db" {\n  engine = local.a\n  publicly_accessible = true\n}\n',
  ],
  [
    'cm.yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  redis.conf: |\n    bind 0.0.0.0\n    protected-mode no\n    include redis.conf\n  docker-compose.yml: |\n    services:\n      db:\n        image: postgres:16\n        ports: ["5432:5432"]\n        volumes: ["./pg_hba.conf:/x/pg_hba.conf"]\n',
  ],
  [
    'ufw.txt',
    'Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n5432/tcp                   ALLOW IN    Anywhere\n',
  ],
  ['.env', 'A=${B}${B}\nB=${A}${A}\nDB_CONNECTION=mysql\nDB_PASSWORD=changeit-example\n'],
];

const NASTY = [
  '"',
  "'",
  '\\',
  '\r\n',
  '\0',
  '${',
  '}',
  '{',
  '- ',
  ': ',
  '#',
  '@',
  '*',
  '../',
  'include ',
  '=',
  '---\n',
];

function mutated(text: string): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(text.length), fc.nat(8), fc.oneof(fc.constantFrom(...NASTY), fc.constant('')));
  return fc.array(edit, { maxLength: 3 }).map((edits) => {
    let now = text;
    for (const [at, cut, insert] of edits) now = now.slice(0, at) + insert + now.slice(at + cut);
    // A line that begins like the head of a file would begin another one.
    return `${now.replaceAll('=== ', '== ')}\n`;
  });
}

const pieces: readonly (readonly [string, string])[] = [
  ...SEEDS.map(({ format, text }) => [NAMES[format] ?? format.replace('iptables-save', 'rules.v4'), text] as const),
  ...CIRCLES,
];

type Files = readonly (readonly [path: string, text: string])[];

const files: fc.Arbitrary<Files> = fc
  .array(
    fc.tuple(fc.constantFrom('', 'a/', 'a/b/', 'c/'), fc.nat(pieces.length - 1)).chain(([folder, at]) => {
      const [name, text] = pieces[at] ?? ['x', ''];
      return fc.tuple(fc.constant(`${folder}${name}`), mutated(text));
    }),
    { minLength: 2, maxLength: 14 },
  )
  // One file per path, in the order that a folder is read in.
  .map((list) => [...new Map(list)].sort(([a], [b]) => (a < b ? -1 : 1)));

const textOf = (list: Files): string => list.map(([path, text]) => `=== ${path}\n${text}`).join('');

/** What the order of files must not decide. */
function essence({ report }: AuditResult): unknown {
  return {
    findings: report.findings.map(({ fingerprint, severity, reach }) => [fingerprint, severity, reach]).sort(),
    exposures: report.exposures.map(({ id, reach, severity, login }) => [id, reach, severity, login]).sort(),
  };
}

beforeAll(() => prepareFormats());

describe('trees of many files', () => {
  it('are read without failing, the same each time, with positions inside their files', () => {
    fc.assert(
      fc.property(files, (list) => {
        const started = process.cpuUsage();
        const first = auditText(textOf(list), { experimental: true });
        const { user, system } = process.cpuUsage(started);
        expect((user + system) / 1_000_000).toBeLessThan(10);
        expect(auditText(textOf(list), { experimental: true })).toEqual(first);
        const texts = new Map(list);
        const { findings, exposures } = first.report;
        for (const { evidence } of findings) {
          for (const one of evidence) {
            if (one.kind !== 'setting' && one.kind !== 'file') continue;
            const lines = texts.get(one.path)?.split('\n');
            expect(lines, one.path).toBeDefined();
            const line = lines?.[(one.line ?? 1) - 1];
            expect(line, `${one.path}:${one.line}`).toBeDefined();
            if (one.kind === 'setting') expect((one.column ?? 1) - 1).toBeLessThanOrEqual(line?.length ?? 0);
          }
        }
        expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
        expect(new Set(exposures.map(({ id }) => id)).size).toBe(exposures.length);
        for (const { links, file } of exposures) {
          expect(texts.has(file), file).toBe(true);
          for (const one of links.flatMap(({ evidence }) => evidence)) {
            if (one.kind === 'file' || one.kind === 'setting') expect(texts.has(one.path), one.path).toBe(true);
          }
        }
        for (const { reach, links } of exposures) {
          if (reach === 'not-reachable') expect(links.some(({ state }) => state === 'closed')).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('say the same whatever order their files come in', () => {
    fc.assert(
      fc.property(files, (list) => {
        expect(essence(auditText(textOf(list.toReversed())))).toEqual(essence(auditText(textOf(list))));
      }),
      { numRuns: 100 },
    );
  });

  it('weigh a finding less, never more, for what other files say of the way to it', () => {
    let lessened = 0;
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.constantFrom(...REACHES)), (list, reaches) => {
        const { findings, exposures } = auditText(textOf(list)).report;
        const turned = exposures.map((exposure) => ({ ...exposure, reach: reaches.next().value }));
        for (const [at, { severity }] of withReach(findings, turned).entries()) {
          const before = SEVERITIES.indexOf(findings[at]?.severity ?? 'info');
          expect(SEVERITIES.indexOf(severity)).toBeGreaterThanOrEqual(before);
          if (SEVERITIES.indexOf(severity) > before) lessened += 1;
        }
      }),
      { numRuns: 60 },
    );
    expect(lessened).toBeGreaterThan(0);
  });

  it('take the patches of their findings', { timeout: 240_000 }, async () => {
    let patched = 0;
    await fc.assert(
      fc.asyncProperty(files, async (list) => {
        const folder = mkdtempSync(join(tmpdir(), 'postern-trees-'));
        try {
          for (const [path, text] of list) {
            mkdirSync(dirname(join(folder, path)), { recursive: true });
            writeFileSync(join(folder, path), text);
          }
          const before = await auditPaths(folder);
          const plan = await planFixes(folder, before.outcome.findings, { before });
          applyPatches(folder, plan.changes);
          const left = new Set((await auditPaths(folder)).outcome.findings.map(({ fingerprint }) => fingerprint));
          const known = new Set(before.outcome.findings.map(({ fingerprint }) => fingerprint));
          expect([...left].filter((one) => !known.has(one))).toEqual([]);
          const cleared = plan.changes.flatMap(({ patches }) => patches.flatMap((patch) => patch.findings));
          expect(cleared.filter((one) => left.has(one))).toEqual([]);
          patched += cleared.length;
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      }),
      { numRuns: 12 },
    );
    expect(patched).toBeGreaterThan(0);
  });
});
