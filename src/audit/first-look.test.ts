/** What a first look at foreign trees went wrong on: places, assets, and what is no store. */
import { beforeAll, describe, expect, it } from 'vitest';
import { auditText, prepareFormats } from './index.ts';

beforeAll(async () => {
  await prepareFormats(['terraform']);
});

describe('findings about resources of a module of several files', () => {
  const text =
    '=== infra/a-names.tf\nlocals {\n  name = "shop"\n}\n=== infra/database.tf\nresource "aws_db_instance" "shop" {\n  engine              = "mysql"\n  publicly_accessible = true\n  storage_encrypted   = false\n}\n';

  it('have the file that declares the resource in their asset, and are part of its exposure', () => {
    const { report, outcome } = auditText(text);
    const asset = 'config:infra/database.tf/aws_db_instance.shop';
    const about = report.findings.filter((finding) => finding.asset === asset);
    expect(about.map(({ rule }) => rule)).toContain('audit/terraform-database-not-encrypted');
    const [exposure] = report.exposures ?? [];
    expect(exposure).toMatchObject({ store: asset, file: 'infra/database.tf', line: 1 });
    expect(exposure?.findings.slice().sort()).toEqual(about.map(({ fingerprint }) => fingerprint).sort());
    const assets = new Set(outcome.assets.map(({ id }) => id));
    expect(report.findings.filter((finding) => !assets.has(finding.asset))).toEqual([]);
  });

  it('are patched in line with what follows', () => {
    const aligned = auditText(text).report.findings.flatMap(({ patches = [] }) =>
      patches.flatMap(({ edits }) => edits),
    );
    expect(aligned.map((edit) => edit.text)).toContain('\n  deletion_protection = true');
  });
});

describe('what a search domain asks', () => {
  const domain = (rest: string): string =>
    `=== es.tf\nresource "aws_opensearch_domain" "s" {\n  engine_version = "OpenSearch_2.11"\n${rest}}\n`;
  const open =
    '  access_policies = jsonencode({ Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "es:*", Resource = "*" }] })\n';

  it('is told by its policy, its address and its access control', () => {
    const seen = (rest: string): unknown =>
      auditText(domain(rest)).report.exposures?.map(({ reach, login }) => `${reach} ${login}`);
    expect(seen(open)).toEqual(['reachable off']);
    expect(seen(`${open}  vpc_options {\n    subnet_ids = ["s-1"]\n  }\n`)).toEqual(['not-reachable off']);
    expect(seen(`${open}  advanced_security_options {\n    enabled = true\n  }\n`)).toEqual(['reachable on']);
    expect(seen('')).toEqual(['reachable unknown']);
  });
});

describe('evidence in a text inside another file', () => {
  it('names the file', () => {
    const text =
      '=== k8s/redis.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: redis\ndata:\n  redis.conf: |\n    bind 0.0.0.0\n    protected-mode no\n    port 6379\n';
    const { report } = auditText(text);
    const [exposure] = report.exposures ?? [];
    expect(exposure?.file).toBe('k8s/redis.yaml');
    expect(exposure?.links.flatMap(({ evidence }) => evidence)).toMatchObject([
      { path: 'k8s/redis.yaml', line: 7 },
      { path: 'k8s/redis.yaml', line: 8 },
    ]);
  });
});

describe('what is not claimed', () => {
  it('a Logstash is no Elasticsearch', () => {
    const text =
      '=== logstash.yml\nhttp.host: "0.0.0.0"\nxpack.monitoring.enabled: false\npath.config: /usr/share/logstash/pipeline\n';
    expect(auditText(text).report.files).toEqual([]);
  });

  it('a Redis whose protected mode may be in force is not open for sure', () => {
    const login = (text: string): unknown => auditText(text, { path: 'redis.conf' }).report.exposures?.[0]?.login;
    expect(login('bind 0.0.0.0\nport 6379\n')).toBe('unknown');
    expect(login('bind 0.0.0.0\nprotected-mode no\nport 6379\n')).toBe('off');
  });

  it('an image that only its name tells about has no default that is known', () => {
    const login = (image: string): unknown =>
      auditText(`services:\n  db:\n    image: ${image}\n    ports: ["6379:6379"]\n`, { path: 'compose.yml' }).report
        .exposures?.[0]?.login;
    expect(login('redis:7.2')).toBe('off');
    expect(login('example/redis:7.2')).toBe('unknown');
  });
});

describe('a published port that passes a firewall', () => {
  it('is one finding, with the worse severity and the patch', () => {
    const text =
      '=== docker-compose.yml\nservices:\n  cache:\n    image: redis:7.2\n    ports:\n      - "6379:6379"\n=== ufw-status.txt\nStatus: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    Anywhere\n';
    const about = auditText(text).report.findings.filter(
      ({ line, file }) => file === 'docker-compose.yml' && line === 5,
    );
    expect(about).toMatchObject([{ rule: 'audit/published-past-firewall', severity: 'critical' }]);
    expect(about[0]?.patches?.[0]?.edits).toMatchObject([{ text: '127.0.0.1:' }]);
  });
});
