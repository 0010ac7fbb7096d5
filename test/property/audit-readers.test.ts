import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, FORMATS, recognise } from '../../src/audit/formats/index.ts';
import { auditText, type FormatName } from '../../src/audit/index.ts';
import type { Evidence } from '../../src/core/evidence.ts';

/** Vendors' samples in miniature: the seeds that are mutated. */
const SEEDS: Record<FormatName, string> = {
  'docker-compose':
    'x-env: &env\n  A: 1\nservices:\n  es:\n    image: elasticsearch:7.17.9 # old\n    environment:\n      <<: *env\n      xpack.security.enabled: "false"\n    ports:\n      - "9200:9200"\n      - target: 9300\n        published: 9300\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_HOST_AUTH_METHOD=trust\n      - POSTGRES_PASSWORD=postgres\n    ports: ["${BIND:-0.0.0.0}:5432:5432", 5433]\n    volumes: [./pg_hba.conf:/etc/pg_hba.conf]\n',
  'elasticsearch.yml':
    'cluster.name: shop\nnetwork.host: 0.0.0.0\nxpack:\n  security:\n    enabled: false\n    authc.anonymous.roles: [superuser]\nhttp.cors.enabled: true\n',
  'redis.conf':
    '# c\nbind 0.0.0.0\nprotected-mode no\nrequirepass "foo\\x62ared"\nsave \'\'\nrename-command CONFIG ""\ninclude /x\n',
  'postgresql.conf':
    "listen_addresses = '*' # all\npassword_encryption = md5\nssl off\ninclude_dir 'conf.d'\nport=5432\n",
  'pg_hba.conf':
    '# c\nlocal all all peer\nhost all,"x y" all 0.0.0.0/0 trust\nhost all all 10.0.0.0 255.0.0.0 md5\nhostssl all \\\n all ::/0 ldap ldapserver=h\n',
};

/** What each finding of a seed points at. */
const POINTED: Record<FormatName, [string, string][]> = {
  'docker-compose': [
    ['audit/compose-elasticsearch-without-login', '"false"'],
    ['audit/compose-store-published', '"9200:9200"'],
    ['audit/compose-store-published', 'target: 9300\n        published: 9300'],
    ['audit/compose-postgresql-trust', 'trust'],
    ['audit/compose-well-known-password', 'postgres'],
    ['audit/compose-store-published', '"${BIND:-0.0.0.0}:5432:5432"'],
    ['audit/compose-store-published', '5433'],
  ],
  'elasticsearch.yml': [
    ['audit/elasticsearch-open-without-login', '0.0.0.0'],
    ['audit/elasticsearch-security-disabled', 'false'],
    ['audit/elasticsearch-http-without-tls', 'false'],
    ['audit/elasticsearch-anonymous-role', '[superuser]'],
  ],
  'redis.conf': [
    ['audit/redis-listens-everywhere', '0.0.0.0'],
    ['audit/redis-weak-password', '"foo\\x62ared"'],
  ],
  'postgresql.conf': [
    ['audit/postgresql-listens-everywhere', "'*'"],
    ['audit/postgresql-md5-passwords', 'md5'],
    ['audit/postgresql-tls-off', 'off'],
  ],
  'pg_hba.conf': [
    ['audit/pg-hba-trust-from-network', 'trust'],
    ['audit/pg-hba-network-without-tls', 'host'],
    ['audit/pg-hba-open-to-every-address', '0.0.0.0/0'],
    ['audit/pg-hba-superuser-from-network', 'all'],
    ['audit/pg-hba-open-to-every-address', '::/0'],
    ['audit/pg-hba-ldap-without-tls', 'ldap'],
    ['audit/pg-hba-superuser-from-network', 'all'],
  ],
};

/** Cut, repeat, swap and splice pieces of a seed with pieces that parsers stumble over. */
const NASTY = [
  '"',
  "'",
  '\\',
  '\\\n',
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  '&a',
  '*a',
  '<<: *env',
  '${',
  '${A:-',
  '}',
  '[',
  '{',
  '- ',
  '? ',
  ': ',
  '#',
  ',',
  '@',
  '/',
  '::',
  '!!binary ',
  '|\n',
  '>-\n',
  '\t',
  '\ud800',
  '0x',
  '%',
  '---\n',
  '...\n',
];

function mutated(seed: string): fc.Arbitrary<string> {
  const edit = fc.tuple(
    fc.nat(seed.length),
    fc.nat(12),
    fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 6 }), fc.constant('')),
    fc.nat(3),
  );
  return fc.array(edit, { minLength: 1, maxLength: 8 }).map((edits) => {
    let text = seed;
    for (const [at, cut, insert, times] of edits)
      text = text.slice(0, at) + insert.repeat(times) + text.slice(at + cut);
    return text;
  });
}

describe('every reader of audit', () => {
  for (const format of FORMAT_NAMES) {
    it(`takes any mutation of ${format} without failing, and every position lies in the file`, () => {
      fc.assert(
        fc.property(mutated(SEEDS[format]), (text) => {
          const { report, outcome } = auditText(text, { format });
          const lines = text.split('\n');
          for (const finding of report.findings) {
            const [evidence] = finding.evidence;
            expect(evidence.kind).toBe('setting');
            if (evidence.kind !== 'setting') return;
            const line = lines[(evidence.line ?? 0) - 1];
            expect(line).toBeDefined();
            expect((evidence.column ?? 0) - 1).toBeLessThanOrEqual(line?.length ?? 0);
            expect((evidence.endLine ?? 0) - 1).toBeLessThan(lines.length);
          }
          for (const { patches } of outcome.findings) {
            for (const { edits } of patches ?? []) {
              for (const { start, end } of edits) expect(start >= 0 && start <= end && end <= text.length).toBe(true);
            }
          }
        }),
        { numRuns: 600 },
      );
    });

    it(`takes arbitrary text as ${format}`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
          FORMATS[format].recognises('x.yml', text);
          FORMATS[format].recognises('x', text);
          auditText(text, { format });
        }),
        { numRuns: 300 },
      );
    });
  }

  /** Inputs built to cost much: nesting, aliases, one endless line, endless lists. */
  const HOSTILE: Record<string, () => string> = {
    'flow sequences nested 200,000 deep': () => '['.repeat(200_000),
    'block sequences nested 100,000 deep': () => `services: ${'- '.repeat(100_000)}`,
    'flow mappings nested 50,000 deep': () => `services: ${'{a: '.repeat(50_000)}`,
    'explicit keys nested 50,000 deep': () => '? '.repeat(50_000),
    '100,000 anchors on one node': () => `services: ${'&a '.repeat(100_000)}x`,
    'an alias bomb': () => {
      const levels = Array.from(
        { length: 40 },
        (_all, level) =>
          `l${level}: &l${level} [${level === 0 ? 'x' : `${`*l${level - 1}, `.repeat(9)}*l${level - 1}`}]`,
      );
      return `${levels.join('\n')}\nservices:\n  a:\n    image: redis\n    ports: *l39\n    environment: *l39\n`;
    },
    'a mapping bomb through aliases': () => {
      const levels = Array.from(
        { length: 40 },
        (_all, level) => `l${level}: &l${level} {${level === 0 ? 'x: y' : `a: *l${level - 1}, b: *l${level - 1}`}}`,
      );
      return `${levels.join('\n')}\nxpack: *l39\n`;
    },
    'a merge bomb': () => {
      const levels = Array.from(
        { length: 60 },
        (_all, level) =>
          `l${level}: &l${level}\n  k${level}: 1\n${level === 0 ? '' : `  <<: [*l${level - 1}, *l${level - 1}]\n`}`,
      );
      return `${levels.join('')}services:\n  a:\n    <<: *l59\n    image: redis\n`;
    },
    'an anchor that holds itself': () => 'services: &a\n  x: *a\n  y:\n    image: redis\n    ports: &p [*p]\n',
    'one line of 8 MB': () => `services: "${'y'.repeat(8_000_000)}"`,
    'one bare word of 8 MB': () => 'y'.repeat(8_000_000),
    'an open quote and 8 MB': () => `requirepass "${'y '.repeat(4_000_000)}`,
    'a million commas': () => `host ${','.repeat(1_000_000)}`,
    'a million quotes': () => `host ${'"'.repeat(1_000_000)}`,
    '200,000 lines of one key': () => 'xpack.security.enabled: false\n'.repeat(200_000),
    '200,000 records': () => 'host all all 10.0.0.0/8 trust\n'.repeat(200_000),
    '300,000 continued lines': () => '\\\n'.repeat(300_000),
    'an endless interpolation': () => `services:\n  a:\n    image: "${'${A:-'.repeat(100_000)}"\n`,
  };
  for (const [name, make] of Object.entries(HOSTILE)) {
    it(`survives ${name} within seconds`, () => {
      const text = make();
      for (const format of FORMAT_NAMES) {
        // Processor time, so that a busy machine does not decide.
        const started = process.cpuUsage();
        const { report } = auditText(text, { format });
        expect(report.files).toHaveLength(1);
        const { user, system } = process.cpuUsage(started);
        expect((user + system) / 1_000_000).toBeLessThan(15);
      }
      recognise('x.yml', text);
      recognise('x', text);
    });
  }

  it('points each finding of a seed at the very token, whatever the line endings', () => {
    for (const format of FORMAT_NAMES) {
      const [unix, windows] = ['\n', '\r\n'].map((eol) => {
        const text = SEEDS[format].replaceAll('\n', eol);
        return auditText(text, { format }).report.findings.map((finding) => [
          finding.rule,
          shown(text, finding.evidence[0]),
        ]);
      });
      expect(unix).toEqual(windows);
      expect(unix).toEqual(POINTED[format]);
    }
  });
});

/** The text between the positions of a finding. */
function shown(text: string, evidence: Evidence): string {
  if (evidence.kind !== 'setting') throw new Error('not a setting');
  const lines = text.split('\n');
  const start = lines.slice(0, (evidence.line ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const end = lines.slice(0, (evidence.endLine ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0);
  return text.slice(start + (evidence.column ?? 1) - 1, end + (evidence.endColumn ?? 1) - 1).replaceAll('\r', '');
}
