import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../core/finding.ts';
import { auditPaths } from './index.ts';
import { applyPatches, planFixes, renderDiff } from './patch.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'postern-audit-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function findings(...rules: string[]): Promise<Finding[]> {
  const { outcome } = await auditPaths(root);
  return outcome.findings.filter(({ rule }) => rules.length === 0 || rules.includes(rule));
}

/** The file's text after every patch of these rules. */
async function fixed(path: string, text: string, ...rules: string[]): Promise<string | undefined> {
  write({ [path]: text });
  const plan = await planFixes(root, await findings(...rules));
  expect(plan.refused).toEqual([]);
  return plan.changes.find((change) => change.path === path)?.after;
}

describe('patches', () => {
  const published: [string, string][] = [
    ['    ports:\n      - "9200:9200" # http\n', '    ports:\n      - "127.0.0.1:9200:9200" # http\n'],
    ["    ports: ['9200:9200', 9300]\n", '    ports: [\'127.0.0.1:9200:9200\', "127.0.0.1::9300"]\n'],
    [
      '    ports:\n      - 0.0.0.0:9200-9201:9200-9201/tcp\n',
      '    ports:\n      - 127.0.0.1:9200-9201:9200-9201/tcp\n',
    ],
    ['    ports:\n      - "[::]:9200:9200"\n', '    ports:\n      - "127.0.0.1:9200:9200"\n'],
    [
      '    ports:\n      - "${BIND:-0.0.0.0}:${PORT:-9200}:9200"\n',
      '    ports:\n      - "${BIND:-127.0.0.1}:${PORT:-9200}:9200"\n',
    ],
    ['    ports:\n      - "${PORT:-9200}:9200"\n', '    ports:\n      - "127.0.0.1:${PORT:-9200}:9200"\n'],
    [
      '    ports:\n      - target: 9200\n        published: 9200 # http\n        mode: host\n',
      '    ports:\n      - target: 9200\n        published: 9200 # http\n        host_ip: 127.0.0.1\n        mode: host\n',
    ],
    [
      '    ports:\n      - published: "9200"\n        target: 9200\n',
      '    ports:\n      - published: "9200"\n        host_ip: 127.0.0.1\n        target: 9200\n',
    ],
    [
      '    ports: [{ target: 9200, published: 9200 }]\n',
      '    ports: [{ target: 9200, published: 9200, host_ip: 127.0.0.1 }]\n',
    ],
    [
      '    ports:\n      - { target: 9200, host_ip: "0.0.0.0" }\n',
      '    ports:\n      - { target: 9200, host_ip: "127.0.0.1" }\n',
    ],
  ];
  for (const [before, after] of published) {
    it(`publish on loopback only: ${before.trim().replace(/\s+/g, ' ')}`, async () => {
      const head = '# shop\nservices:\n  es:\n    image: elasticsearch:8.15.0\n';
      expect(await fixed('compose.yml', head + before, 'audit/compose-store-published')).toBe(head + after);
      const windows = (head + before).replaceAll('\n', '\r\n').replace(/\r\n$/, '');
      expect(await fixed('compose.yml', windows, 'audit/compose-store-published')).toBe(
        (head + after).replaceAll('\n', '\r\n').replace(/\r\n$/, ''),
      );
    });
  }

  const small: [string, string, string, string, string][] = [
    [
      'compose.yml',
      'audit/compose-elasticsearch-without-login',
      'services:\n  es:\n    image: elasticsearch:7.17.9\n    environment:\n      discovery.type: single-node # one\n',
      '      discovery.type: single-node # one\n',
      '      discovery.type: single-node # one\n      xpack.security.enabled: "true"\n',
    ],
    [
      'compose.yml',
      'audit/compose-elasticsearch-without-login',
      'services:\n  es:\n    image: elasticsearch:7.17.9\n    environment:\n    - discovery.type=single-node',
      '    - discovery.type=single-node',
      '    - discovery.type=single-node\n    - xpack.security.enabled=true',
    ],
    [
      'compose.yml',
      'audit/compose-elasticsearch-without-login',
      "services:\n  es:\n    image: elasticsearch:8.1.0\n    environment: ['xpack.security.enabled=false']\n",
      'enabled=false',
      'enabled=true',
    ],
    [
      'compose.yml',
      'audit/compose-postgresql-trust',
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_DB: shop\n      POSTGRES_HOST_AUTH_METHOD: trust # for now\n      TZ: UTC\n',
      '      POSTGRES_HOST_AUTH_METHOD: trust # for now\n',
      '',
    ],
    [
      'compose.yml',
      'audit/compose-postgresql-trust',
      'services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_HOST_AUTH_METHOD=trust\n',
      '=trust',
      '=scram-sha-256',
    ],
    [
      'compose.yml',
      'audit/compose-well-known-password',
      'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: "postgres"\n',
      '"postgres"',
      '"${POSTGRES_PASSWORD:?}"',
    ],
    [
      'elasticsearch.yml',
      'audit/elasticsearch-security-disabled',
      "xpack:\n  security: { enabled: 'false' } # off\n",
      "'false'",
      "'true'",
    ],
    [
      'elasticsearch.yml',
      'audit/elasticsearch-open-without-login',
      'cluster.name: x\nnetwork.host: "0.0.0.0"\nxpack.security.enabled: false\n',
      '"0.0.0.0"',
      '"_local_"',
    ],
    [
      'redis.conf',
      'audit/redis-protected-mode-off',
      'bind 0.0.0.0\nprotected-mode   no\nappendonly yes\n',
      'mode   no',
      'mode   yes',
    ],
    ['redis.conf', 'audit/redis-listens-everywhere', 'bind * -::*\nappendonly yes', '* -::*', '127.0.0.1 -::1'],
    ['postgresql.conf', 'audit/postgresql-listens-everywhere', "listen_addresses = '*'\t# all\n", "'*'", "'localhost'"],
    ['postgresql.conf', 'audit/postgresql-md5-passwords', 'password_encryption = md5\t# old\n', 'md5', 'scram-sha-256'],
    [
      'pg_hba.conf',
      'audit/pg-hba-trust-from-network',
      'host\tall\tall\t0.0.0.0/0\ttrust # all\n',
      'trust',
      'scram-sha-256',
    ],
    ['pg_hba.conf', 'audit/pg-hba-trust-local', 'local  all  all  trust', 'trust', 'peer'],
  ];
  for (const [path, rule, text, from, to] of small) {
    it(`of ${rule} change ${JSON.stringify(from.trim())} and nothing else`, async () => {
      expect(text.split(from)).toHaveLength(2);
      expect(await fixed(path, text, rule)).toBe(text.replace(from, () => to));
      const windows = text.replaceAll('\n', '\r\n');
      expect(await fixed(path, windows, rule)).toBe(text.replace(from, () => to).replaceAll('\n', '\r\n'));
    });
  }

  it('of several findings on one file are merged, and the same edit is made once', async () => {
    write({
      'compose.yml':
        'x-p: &p\n  ports: ["9200:9200"]\nservices:\n  a:\n    image: elasticsearch:8.1.0\n    <<: *p\n  b:\n    image: redis:7\n    command: redis-server --requirepass ${P:?}\n    <<: *p\n',
      'pg_hba.conf': 'host all all 10.0.0.0/8 trust\nhost all all 0.0.0.0/0 trust\n',
    });
    const plan = await planFixes(
      root,
      await findings('audit/compose-store-published', 'audit/pg-hba-trust-from-network'),
    );
    expect(plan.refused).toEqual([]);
    expect(plan.changes.map(({ path, patches }) => [path, patches.map((patch) => patch.findings.length)])).toEqual([
      ['compose.yml', [2]],
      ['pg_hba.conf', [1, 1]],
    ]);
    expect(plan.changes[1]?.after).toBe(
      'host all all 10.0.0.0/8 scram-sha-256\nhost all all 0.0.0.0/0 scram-sha-256\n',
    );
  });

  it('that overlap are not both applied, and the second says why', async () => {
    write({ 'pg_hba.conf': 'host all all 0.0.0.0/0 trust\n' });
    const [finding] = await findings('audit/pg-hba-trust-from-network');
    const [patch] = finding?.patches ?? [];
    if (!finding || !patch) throw new Error('no patch');
    const rival = {
      ...finding,
      fingerprint: 'f'.repeat(32),
      patches: [{ ...patch, edits: patch.edits.map((edit) => ({ ...edit, text: 'md5' })) }],
    };
    const plan = await planFixes(root, [finding, rival]);
    expect(plan.changes).toHaveLength(1);
    expect(plan.refused).toMatchObject([{ code: 'PATCH_OVERLAP', findings: [rival.fingerprint] }]);
  });

  it('that do not clear their finding, or break the file, or raise another, are refused', async () => {
    write({ 'elasticsearch.yml': 'cluster.name: x\nxpack.security.enabled: false\n' });
    const [finding] = await findings('audit/elasticsearch-security-disabled');
    const [patch] = finding?.patches ?? [];
    if (!finding || !patch) throw new Error('no patch');
    const attempt = async (text: string) => {
      const edits = patch.edits.map((edit) => ({ ...edit, text }));
      const plan = await planFixes(root, [{ ...finding, patches: [{ ...patch, edits }] }]);
      expect(plan.changes).toEqual([]);
      return plan.refused.map(({ code, reason }) => [code, reason]);
    };
    expect(await attempt('"false"')).toEqual([['E_PATCH_INEFFECTIVE', 'the finding would still be raised']]);
    expect(await attempt('[')).toEqual([['E_PATCH_INEFFECTIVE', expect.stringContaining('could not be read')]]);
    expect(await attempt('true\nscript.inline: true')).toEqual([
      ['E_PATCH_INEFFECTIVE', 'it would raise audit/elasticsearch-inline-scripts'],
    ]);
    const outside = { ...patch, edits: [{ start: 5, end: 9_999, text: '' }] };
    expect((await planFixes(root, [{ ...finding, patches: [outside] }])).refused).toMatchObject([
      { code: 'E_PATCH_INEFFECTIVE' },
    ]);
  });

  it('are stale once the file changed, before planning and before writing', async () => {
    write({ 'pg_hba.conf': 'host all all 0.0.0.0/0 trust\n' });
    const found = await findings('audit/pg-hba-trust-from-network');
    const plan = await planFixes(root, found);
    write({ 'pg_hba.conf': '# new\nhost all all 0.0.0.0/0 trust\n' });
    expect((await planFixes(root, found)).refused).toMatchObject([{ code: 'E_PATCH_STALE' }]);
    expect(() => applyPatches(root, plan.changes)).toThrow(expect.objectContaining({ code: 'E_PATCH_STALE' }));
    expect(readFileSync(join(root, 'pg_hba.conf'), 'utf8')).toBe('# new\nhost all all 0.0.0.0/0 trust\n');
  });

  it('never leave the audited folder', async () => {
    write({ 'in/pg_hba.conf': 'host all all 0.0.0.0/0 trust\n', 'out/pg_hba.conf': 'host all all 0.0.0.0/0 trust\n' });
    symlinkSync(join(root, 'out'), join(root, 'in/link'));
    const { outcome } = await auditPaths(join(root, 'in'));
    expect(outcome.findings.every(({ asset }) => asset === 'config:pg_hba.conf')).toBe(true);
    const [finding] = outcome.findings.filter(({ patches }) => patches);
    for (const path of ['../out/pg_hba.conf', 'link/pg_hba.conf', join(root, 'out/pg_hba.conf')]) {
      const patches = finding?.patches?.map((patch) => ({ ...patch, path }));
      const plan = await planFixes(join(root, 'in'), finding && patches ? [{ ...finding, patches }] : []);
      expect(plan.changes).toEqual([]);
      expect(plan.refused, path).toMatchObject([{ code: 'E_INPUT_NOT_FOUND' }]);
    }
  });

  it('are written whole, keep the mode and the encoding, and show as a unified diff', async () => {
    const file = join(root, 'pg_hba.conf');
    writeFileSync(file, Buffer.from('# caf\xe9\r\nhost all all 0.0.0.0/0 trust', 'latin1'));
    chmodSync(file, 0o640);
    const plan = await planFixes(root, await findings('audit/pg-hba-trust-from-network'));
    expect(renderDiff(plan.changes)).toContain('+host all all 0.0.0.0/0 scram-sha-256');
    expect(renderDiff(plan.changes)).toMatch(/^--- a\/pg_hba\.conf\n\+\+\+ b\/pg_hba\.conf\n@@ /);
    expect(applyPatches(root, plan.changes)).toEqual(['pg_hba.conf']);
    expect(readFileSync(file, 'latin1')).toBe('# caf\xe9\r\nhost all all 0.0.0.0/0 scram-sha-256');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(await findings('audit/pg-hba-trust-from-network')).toEqual([]);
  });

  it('work on a single audited file', async () => {
    write({ 'a/pg_hba.conf': 'host all all 0.0.0.0/0 trust\n' });
    const file = join(root, 'a/pg_hba.conf');
    const { outcome } = await auditPaths(file);
    const plan = await planFixes(
      file,
      outcome.findings.filter(({ rule }) => rule === 'audit/pg-hba-trust-from-network'),
    );
    expect(applyPatches(file, plan.changes)).toEqual(['pg_hba.conf']);
    expect(readFileSync(file, 'utf8')).toContain('scram-sha-256');
  });
});
