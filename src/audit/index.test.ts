import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_SCHEMA, auditReportSchema } from '../core/contract/audit.ts';
import { auditPaths, auditText } from './index.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'postern-audit-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

async function rules(): Promise<string[]> {
  const { report } = await auditPaths(root);
  return report.findings.map(({ rule, severity }) => `${rule.replace('audit/', '')} ${severity}`);
}

function elasticsearch(version: string, more = ''): string {
  return `services:\n  es:\n    image: elasticsearch:${version}\n    volumes:\n      - ./es.yml:/usr/share/elasticsearch/config/elasticsearch.yml:ro\n${more}`;
}

describe('auditPaths', () => {
  it('gives a report that its schema accepts, and findings in the order of files and lines', async () => {
    write({
      'b/pg_hba.conf': 'host all all 10.0.0.0/8 trust\nhost all all 0.0.0.0/0 trust\n',
      'a/compose.yml': elasticsearch('7.17.9', '    ports: ["9200:9200"]\n'),
    });
    const { report, outcome } = await auditPaths(root);
    expect(report.schema).toBe(AUDIT_SCHEMA);
    expect(auditReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
    const places = report.findings.map(({ file, line }) => `${file}:${String(line).padStart(4, '0')}`);
    expect(places).toEqual([...places].sort());
    expect(report.files.map(({ path, format }) => [path, format])).toEqual([
      ['a/compose.yml', 'docker-compose'],
      ['b/pg_hba.conf', 'pg_hba.conf'],
    ]);
    expect(outcome.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      report.findings.map(({ fingerprint }) => fingerprint),
    );
    const ids = new Set(outcome.assets.map(({ id }) => id));
    for (const { asset } of outcome.findings) expect(ids).toContain(asset);
    for (const { from, to } of outcome.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  });

  it('judges a mounted file by the version and the ports of the service that mounts it', async () => {
    write({
      'es.yml': 'cluster.name: shop\nnetwork.host: 0.0.0.0\n',
      'compose.yml': elasticsearch('7.17.9', '    ports: ["9200:9200"]\n'),
    });
    expect(await rules()).toEqual([
      'compose-store-end-of-life medium',
      'compose-store-published critical',
      'elasticsearch-security-disabled critical',
      'elasticsearch-http-without-tls high',
      'elasticsearch-open-without-login critical',
    ]);
    write({ 'compose.yml': elasticsearch('8.15.0') });
    expect(await rules()).toEqual([]);
    write({ 'compose.yml': elasticsearch('latest') });
    const { report } = await auditPaths(root);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['audit/compose-store-version-not-pinned']);
    expect(report.skips.every(({ code, severity }) => code === 'AUDIT_UNKNOWN' && severity === 'note')).toBe(true);
    expect(report.skips.length).toBeGreaterThan(0);
  });

  it('lets the environment of the container win over the mounted file', async () => {
    write({
      'es.yml': 'cluster.name: shop\nxpack.security.enabled: true\n',
      'compose.yml': elasticsearch('8.15.0', '    environment:\n      xpack.security.enabled: "false"\n'),
    });
    expect(await rules()).toContain('compose-elasticsearch-without-login medium');
    write({
      'es.yml': 'cluster.name: shop\nxpack.security.enabled: false\n',
      'compose.yml': elasticsearch('8.15.0', '    environment:\n      xpack.security.enabled: "true"\n'),
    });
    expect(
      (await rules()).filter((rule) => rule.includes('security-disabled') || rule.includes('without-login')),
    ).toEqual([]);
  });

  it('says unknown when what is mounted was not found', async () => {
    write({ 'compose.yml': elasticsearch('7.17.9') });
    const { report } = await auditPaths(root);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['audit/compose-store-end-of-life']);
    expect(report.skips).toMatchObject([
      { code: 'AUDIT_UNKNOWN', reason: 'the mounted elasticsearch.yml was not found' },
    ]);
  });

  it('knows the store of an override file by the file it overrides, and takes nothing else for granted', async () => {
    write({
      'compose.yml': 'services:\n  db:\n    image: redis:7.2\n    command: redis-server --requirepass ${P:?}\n',
      'compose.override.yml': 'services:\n  db:\n    ports: ["6379:6379"]\n',
      'other/compose.override.yml': 'services:\n  db:\n    ports: ["6379:6379"]\n',
    });
    const { report } = await auditPaths(root);
    expect(report.findings.map(({ rule, file, severity }) => [rule, file, severity])).toEqual([
      ['audit/compose-store-published', 'compose.override.yml', 'high'],
    ]);
  });

  it('tells check what is declared and which file configures which service', async () => {
    write({
      'deploy/compose.yml':
        'services:\n  cache:\n    image: redis:7.2\n    command: redis-server /etc/redis.conf\n    volumes: [./redis:/etc/redis.d, ./redis/r.conf:/etc/redis.conf]\n    ports: ["127.0.0.1:6380:6379"]\n    environment: [TZ=UTC]\n',
      'deploy/redis/r.conf': 'bind * -::*\nprotected-mode no\nappendonly yes\n',
    });
    const { services, outcome } = await auditPaths(root);
    expect(services).toEqual([
      {
        name: 'cache',
        file: 'deploy/compose.yml',
        format: 'docker-compose',
        line: 2,
        asset: 'config:deploy/compose.yml/cache',
        image: 'redis:7.2',
        engine: 'redis',
        version: '7.2',
        published: [
          {
            hostIp: '127.0.0.1',
            hostPort: 6380,
            containerPort: 6379,
            protocol: 'tcp',
            line: 6,
            column: 13,
            pointer: 'services.cache.ports[6380:6379/tcp]',
            allInterfaces: false,
          },
        ],
        mounts: [
          { source: 'deploy/redis', target: '/etc/redis.d' },
          { source: 'deploy/redis/r.conf', target: '/etc/redis.conf' },
        ],
        environment: ['TZ'],
        hostNetwork: false,
      },
    ]);
    const links = outcome.edges.map(({ from, relation, to }) => `${from} ${relation} ${to}`);
    expect(links).toContain('config:deploy/redis/r.conf configures config:deploy/compose.yml/cache');
    expect(links).toContain('config:deploy/compose.yml configures config:deploy/compose.yml/cache');
  });

  it('walks past dependencies, version control, links, binaries and other files in silence', async () => {
    const hba = 'host all all 0.0.0.0/0 trust\n';
    write({
      'node_modules/x/pg_hba.conf': hba,
      '.git/pg_hba.conf': hba,
      'real/pg_hba.conf': hba,
      'blob.conf': Buffer.concat([Buffer.from(hba), Buffer.from([0]), Buffer.from(hba)]),
      'notes.md': hba,
      'empty.conf': '',
    });
    symlinkSync(root, join(root, 'real/loop'));
    symlinkSync(join(root, 'real/pg_hba.conf'), join(root, 'again.conf'));
    const { report } = await auditPaths(root);
    expect(report.files.map(({ path }) => path)).toEqual(['real/pg_hba.conf']);
    expect(report.skips).toEqual([]);
  });

  it('skips configuration in UTF-16, and says so', async () => {
    write({
      'docker-compose.yml': Buffer.from('\ufeffservices:\n  cache:\n    image: redis:7\n', 'utf16le'),
      'logo.dat': Buffer.alloc(9),
    });
    expect((await auditPaths(root)).report.skips).toMatchObject([
      { subject: 'docker-compose.yml', code: 'INPUT_ENCODING', severity: 'incomplete' },
    ]);
  });

  it('says so when a folder holds nothing that is read', async () => {
    write({ 'notes.txt': 'nothing' });
    expect((await auditPaths(root)).report.skips).toMatchObject([
      { code: 'AUDIT_NOTHING_READ', severity: 'incomplete' },
    ]);
  });

  it('skips a file that is too large, and says so', async () => {
    write({ 'big.yml': Buffer.alloc(9 * 1024 * 1024, 'a') });
    expect((await auditPaths(root)).report.skips).toMatchObject([
      { subject: 'big.yml', code: 'INPUT_LIMIT', severity: 'incomplete' },
    ]);
  });

  it('refuses a path that does not exist', async () => {
    await expect(auditPaths(join(root, 'none'))).rejects.toMatchObject({ code: 'E_INPUT_NOT_FOUND' });
  });

  it('stops when it is told to', async () => {
    await expect(auditPaths(root, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('secrets', () => {
  it('appear nowhere in a result', () => {
    const secret = 'zq9-synthetic-Value';
    const texts = [
      `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${secret}\n      OTHER_PASSWORD: \${X:-${secret}}\n`,
      `services:\n  db:\n    image: postgres:16\n    environment:\n      - "POSTGRES_PASSWORD=${secret}"\n      - "PASSWORD ${secret}"\n`,
      `services:\n  db:\n    image: redis:7\n    command: redis-server --requirepass ${secret}\n    environment: { NEO4J_AUTH: neo4j/${secret}, MYSQL_ALLOW_EMPTY_PASSWORD: ${secret} }\n`,
      `services:\n  db:\n    image: mysql:8\n    environment: { MYSQL_ALLOW_EMPTY_PASSWORD: ${secret} }\n`,
      `services:\n  db:\n    image: redis:7\n    environment: { A_PASSWORD: ${secret}, A_PASSWORD: "${secret}" }\n    ports: ["${secret}"]\n  bad: [${secret}\n`,
      `bind 0.0.0.0\nrequirepass ${secret.slice(0, 12)}\nmasterauth ${secret.slice(0, 12)}\nuser default on >${secret.slice(0, 12)}\nx "${secret.slice(0, 12)}\n`,
    ];
    for (const [index, text] of texts.entries()) {
      const result = auditText(text, { format: index === 5 ? 'redis.conf' : 'docker-compose' });
      expect(result.report.findings.length + result.report.skips.length).toBeGreaterThan(0);
      expect(JSON.stringify(result)).not.toContain(secret.slice(0, 12));
    }
  });
});
