import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditPaths, auditText } from '../../src/audit/index.ts';
import { planFixes } from '../../src/audit/patch.ts';

interface Sample {
  name: string;
  /** Lines that belong together; they keep their order. */
  lines: string[];
}

const comment = fc.constantFrom('# one', '#two', '#   three: "x"', '# ports: ["9200:9200"]', "# it's", '');

/** Lines with comments strewn between them, an ending, with or without a newline at the end. */
function laidOut(lines: readonly string[], comments: readonly string[], eol: string, last: boolean): string {
  const all = lines.flatMap((line, index) => [...(comments[index] === undefined ? [] : [comments[index]]), line]);
  return all.join(eol) + (last ? eol : '');
}

const host = fc.constantFrom('', '0.0.0.0:', '[::]:', '${BIND:-0.0.0.0}:', '127.0.0.1:', '${NONE}:');
const port = fc.tuple(
  host,
  fc.constantFrom('9200', '${P:-9200}', '9200-9201'),
  fc.constantFrom('"', "'"),
  fc.constantFrom('', ' # why', '\t'),
);
const compose: fc.Arbitrary<Sample> = fc
  .record({
    ports: fc.array(port, { minLength: 1, maxLength: 4 }),
    long: fc.boolean(),
    security: fc.constantFrom(
      '',
      'xpack.security.enabled=false',
      '"xpack.security.enabled=false"',
      'xpack.security.enabled=true',
    ),
    trust: fc.boolean(),
    password: fc.constantFrom('postgres', 'made-up-literal-77', '${PG:?}', '${PG:-postgres}'),
  })
  .map(({ ports, long, security, trust, password }) => ({
    name: 'compose.yml',
    lines: [
      'services:',
      '  es:',
      '    image: elasticsearch:8.15.0',
      '    environment:',
      '      - discovery.type=single-node',
      ...(security ? [`      - ${security}`] : []),
      '    ports:',
      ...ports.map(
        ([address, range, quote, after]) =>
          `      - ${quote}${address}${range}:${range.includes('-9201') ? '9200-9201' : '9200'}${quote}${after}`,
      ),
      ...(long ? ['      - target: 9300', '        published: 9300   # transport', '        mode: host'] : []),
      '  db:',
      '    image: postgres:16',
      '    environment:',
      `      POSTGRES_PASSWORD: ${password}`,
      ...(trust ? ['      POSTGRES_HOST_AUTH_METHOD: trust'] : []),
    ],
  }));

const row = fc
  .tuple(
    fc.constantFrom('host', 'hostssl', 'hostnossl'),
    fc.constantFrom('all', 'shop,"a b"', 'replication'),
    fc.constantFrom('all', 'app', 'postgres'),
    fc.constantFrom(
      '0.0.0.0/0',
      '10.0.0.0/8',
      '127.0.0.1/32',
      'all',
      '10.1.0.0 255.255.0.0',
      '2001:db8::/32',
      'samenet',
    ),
    fc.constantFrom('trust', 'md5', 'password', 'ident', 'reject', 'scram-sha-256', 'ldap ldapserver=h'),
    fc.constantFrom(' ', '\t', '    '),
  )
  .map(([type, database, user, address, method, blank]) => [type, database, user, address, method].join(blank));
const hba: fc.Arbitrary<Sample> = fc
  .array(row, { minLength: 1, maxLength: 6 })
  .map((lines) => ({ name: 'pg_hba.conf', lines: ['local all all trust', ...lines] }));

const redis: fc.Arbitrary<Sample> = fc
  .subarray(
    [
      'bind 0.0.0.0',
      'bind * -::*',
      'protected-mode no',
      'Protected-Mode "no"',
      'enable-module-command yes',
      'enable-protected-configs yes',
      'requirepass foobared',
      'port 6379',
    ],
    { minLength: 1 },
  )
  .map((lines) => ({ name: 'redis.conf', lines: ['appendonly yes', ...lines] }));

const postgresql: fc.Arbitrary<Sample> = fc
  .subarray(
    [
      "listen_addresses = '*'",
      "listen_addresses='0.0.0.0, ::'\t# all",
      'password_encryption md5',
      "password_encryption = 'md5'",
      "ssl_min_protocol_version = 'TLSv1'",
      'ssl = off',
      "ssl_cert_file = 'a'",
      "ssl_key_file = 'b'",
    ],
    { minLength: 1 },
  )
  .map((lines) => ({ name: 'postgresql.conf', lines: ['max_connections = 10', ...lines] }));

const sample = fc.oneof(compose, hba, redis, postgresql);
const layout = fc.record({
  comments: fc.array(comment, { maxLength: 20 }),
  eol: fc.constantFrom('\n', '\r\n'),
  last: fc.boolean(),
});

describe('patches of audit', () => {
  it('clear their findings, raise nothing, and leave every other line, ending and comment alone', async () => {
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(sample, layout, async ({ name, lines }, { comments, eol, last }) => {
        const root = mkdtempSync(join(tmpdir(), 'postern-property-'));
        try {
          const before = laidOut(lines, comments, eol, last);
          writeFileSync(join(root, name), before);
          const { report, outcome } = await auditPaths(root);
          const plan = await planFixes(root, outcome.findings);
          expect(plan.refused.filter(({ code }) => code !== 'PATCH_OVERLAP')).toEqual([]);
          const [change] = plan.changes;
          if (!change) return;
          planned += 1;
          // Independently of how patches are made: lines on which nothing was found are the same lines.
          const found = new Set(report.findings.map(({ line }) => line));
          const all = before.split('\n');
          // A port that is written twice is published once: one finding, and both lines are mended.
          const isPort = (line: string): boolean => /:\d+(?:-\d+)?["']?\s*(?:#[^\n]*)?$/.test(line);
          const twice = all.some((line, index) => found.has(index + 1) && isPort(line));
          const kept = all.filter(
            (line, index) => !found.has(index + 1) && !found.has(index) && !(twice && isPort(line)),
          );
          const after = change.after.split('\n');
          let at = 0;
          for (const line of kept) {
            const next = after.indexOf(line, at);
            expect(next, JSON.stringify(line)).toBeGreaterThanOrEqual(at);
            at = next + 1;
          }
          expect(change.after.replaceAll('\r\n', '').includes('\r')).toBe(false);
          if (eol === '\r\n') expect(/[^\r]\n/.test(change.after)).toBe(false);
          else expect(change.after).not.toContain('\r');
          // A removed last line takes its own characters only; the ending of the line before it stays.
          const lastLine = before.split('\n').length;
          if (last || !found.has(lastLine)) expect(change.after.endsWith('\n')).toBe(last);
          for (const text of comments.slice(0, lines.length)) expect(change.after).toContain(text);
          // And the result, audited on its own, has none of the findings.
          const left = new Set(
            auditText(change.after, { path: name }).report.findings.map(({ fingerprint }) => fingerprint),
          );
          for (const { findings } of change.patches)
            for (const finding of findings) expect(left.has(finding)).toBe(false);
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      }),
      { numRuns: 250 },
    );
    expect(planned).toBeGreaterThan(100);
  });

  it('have findings whose fingerprints survive comments, blank lines, endings and lines before them', () => {
    fc.assert(
      fc.property(sample, layout, layout, ({ name, lines }, one, other) => {
        const prints = ({ comments, eol, last }: typeof one) =>
          auditText(laidOut(lines, comments, eol, last), { path: name })
            .report.findings.map(({ fingerprint }) => fingerprint)
            .sort();
        const first = prints(one);
        expect(prints(other)).toEqual(first);
        expect(new Set(first).size).toBe(first.length);
      }),
      { numRuns: 300 },
    );
  });
});
