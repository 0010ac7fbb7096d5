/** Trees of several files, joined: who gets to which store, through which lines, and what that does to findings. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type AuditResult, auditText, prepareFormats } from '../../src/audit/index.ts';
import type { Exposure } from '../../src/core/exposure.ts';

beforeAll(() => prepareFormats());

function tree(files: Readonly<Record<string, string>>): AuditResult {
  return auditText(
    Object.entries(files)
      .map(([path, text]) => `=== ${path}\n${text}`)
      .join(''),
  );
}

function only(result: AuditResult, service: string): Exposure {
  const found = result.report.exposures.filter((one) => one.service === service);
  expect(found.map(({ name }) => name)).toHaveLength(1);
  const [first] = found;
  if (!first) throw new Error('no exposure');
  return first;
}

/** `file:line state` of each link. */
function chain({ links }: Exposure): string[] {
  return links.map(({ state, evidence: [place] }) =>
    place?.kind === 'file' || place?.kind === 'setting' ? `${place.path}:${place.line} ${state}` : state,
  );
}

const COMPOSE = (port: string) =>
  `services:\n  cache:\n    image: redis:7.2\n    command: redis-server /etc/redis/redis.conf\n    ports:\n      - "${port}"\n    volumes:\n      - ./redis/redis.conf:/etc/redis/redis.conf:ro\n`;
const REDIS_OPEN = 'bind * -::*\nprotected-mode no\nappendonly yes\n';
const DOCKER_USER = (rule: string) =>
  `*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n${rule}-A DOCKER-USER -j DROP\nCOMMIT\n`;

describe('compose, a packet filter and the store’s own file', () => {
  const files = (rule: string) => ({
    'deploy/compose.yml': COMPOSE('6379:6379'),
    'deploy/redis/redis.conf': REDIS_OPEN,
    'deploy/firewall/rules.v4': DOCKER_USER(rule),
    'deploy/firewall/rules.v6': DOCKER_USER(''),
  });

  it('are one chain, with the line of each', () => {
    const result = tree(files('-A DOCKER-USER -p tcp -m conntrack --ctorigdstport 6379 -j RETURN\n'));
    const redis = only(result, 'redis');
    expect(redis).toMatchObject({ reach: 'reachable', login: 'off', severity: 'critical', version: '7.2' });
    expect(chain(redis)).toEqual([
      'deploy/compose.yml:6 open',
      'deploy/firewall/rules.v4:6 open',
      // The file asks for no password by not saying so: what runs it is named.
      'deploy/compose.yml:3 open',
    ]);
    const about = result.report.findings.filter(({ fingerprint }) => redis.findings.includes(fingerprint));
    expect(about.map(({ file }) => file)).toContain('deploy/redis/redis.conf');
    expect(about.every(({ reach }) => reach === 'reachable')).toBe(true);
  });

  it('weigh less where the filter shuts the port, and the filter is the evidence', () => {
    const open = tree(files('-A DOCKER-USER -p tcp -m conntrack --ctorigdstport 6379 -j RETURN\n'));
    const shut = tree(files(''));
    const redis = only(shut, 'redis');
    expect(redis).toMatchObject({ reach: 'not-reachable', login: 'off', severity: 'medium' });
    expect(chain(redis).slice(0, 2)).toEqual(['deploy/compose.yml:6 open', 'deploy/firewall/rules.v4:6 closed']);
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    const before = new Map(open.report.findings.map((one) => [one.fingerprint, one]));
    const lower = shut.report.findings.filter((one) => {
      const earlier = before.get(one.fingerprint);
      return earlier && order.indexOf(one.severity) > order.indexOf(earlier.severity);
    });
    expect(lower.length).toBeGreaterThan(0);
    for (const { evidence, reach } of lower) {
      expect(reach).toBe('not-reachable');
      expect(evidence).toContainEqual(expect.objectContaining({ path: 'deploy/firewall/rules.v4', line: 6 }));
    }
  });

  it('end at loopback, whatever the filter says', () => {
    const redis = only(
      tree({ 'compose.yml': COMPOSE('127.0.0.1:6379:6379'), 'redis/redis.conf': REDIS_OPEN }),
      'redis',
    );
    expect(redis.reach).toBe('not-reachable');
    expect(chain(redis)[0]).toBe('compose.yml:6 closed');
  });

  it('are unknown where nobody says which rule set is meant', () => {
    const two = tree({
      'shop/compose.yml': COMPOSE('6379:6379'),
      'shop/redis/redis.conf': REDIS_OPEN,
      'shop/old/rules.v4': DOCKER_USER(''),
      'shop/new/rules.v4': DOCKER_USER(''),
    });
    expect(only(two, 'redis').unknowns.join()).toContain('several iptables-save rule sets');
  });
});

describe('a proxy in front of a store that publishes nothing', () => {
  const compose =
    'services:\n  elasticsearch:\n    image: elasticsearch:7.17.9\n    environment:\n      xpack.security.enabled: "false"\n';
  const nginx = (login: string) =>
    `server {\n  listen 443 ssl;\n  location /search/ {\n${login}    proxy_pass http://elasticsearch:9200/;\n  }\n}\n`;

  it('is the way in, unless it asks for a login', () => {
    const open = only(tree({ 'compose.yml': compose, 'nginx/shop.conf': nginx('') }), 'elasticsearch');
    expect(open).toMatchObject({ reach: 'reachable', login: 'off', severity: 'critical' });
    expect(chain(open)[0]).toMatch(/^nginx\/shop\.conf:\d+ open$/);
    const login = '    auth_basic "shop";\n    auth_basic_user_file /etc/nginx/htpasswd;\n';
    const asked = only(tree({ 'compose.yml': compose, 'nginx/shop.conf': nginx(login) }), 'elasticsearch');
    expect(asked.reach).toBe('not-reachable');
  });
});

describe('a managed database and its security group', () => {
  const terraform = (cidr: string, open: boolean) =>
    `resource "aws_security_group" "db" {\n  ingress {\n    from_port   = 5432\n    to_port     = 5432\n    protocol    = "tcp"\n    cidr_blocks = ["${cidr}"]\n  }\n}\n\nresource "aws_db_instance" "shop" {\n  engine                 = "postgres"\n  engine_version         = "16.3"\n  instance_class         = "db.t4g.micro"\n  publicly_accessible    = ${open}\n  vpc_security_group_ids = [aws_security_group.db.id]\n}\n`;

  it('are one chain across resources', () => {
    const reached = only(tree({ 'main.tf': terraform('0.0.0.0/0', true) }), 'postgresql');
    expect(reached.reach).toBe('reachable');
    expect(chain(reached).slice(0, 2)).toEqual(['main.tf:14 open', expect.stringMatching(/^main\.tf:\d+ open$/)]);
    expect(only(tree({ 'main.tf': terraform('10.0.0.0/8', true) }), 'postgresql').reach).toBe('not-reachable');
    expect(only(tree({ 'main.tf': terraform('0.0.0.0/0', false) }), 'postgresql').reach).toBe('not-reachable');
  });
});

describe('a store in Kubernetes', () => {
  const manifests = (type: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: cache }\nspec:\n  selector: { matchLabels: { app: cache } }\n  template:\n    metadata: { labels: { app: cache } }\n    spec:\n      containers:\n        - name: redis\n          image: redis:7.2\n---\napiVersion: v1\nkind: Service\nmetadata: { name: cache }\nspec:\n  type: ${type}\n  selector: { app: cache }\n  ports: [{ port: 6379 }]\n`;
  const policy =
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: cache }\nspec:\n  podSelector: { matchLabels: { app: cache } }\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector: { matchLabels: { app: api } }\n';

  it('is reached by its Service, unless a policy shuts it', () => {
    expect(only(tree({ 'k8s/cache.yaml': manifests('LoadBalancer') }), 'redis')).toMatchObject({
      reach: 'reachable',
      login: 'off',
      severity: 'critical',
    });
    expect(only(tree({ 'k8s/cache.yaml': manifests('ClusterIP') }), 'redis').reach).toBe('not-reachable');
    const shut = only(tree({ 'k8s/cache.yaml': manifests('LoadBalancer'), 'k8s/policy.yaml': policy }), 'redis');
    expect(shut.reach).not.toBe('reachable');
    expect(chain(shut).join()).toContain('k8s/policy.yaml');
  });
});

describe('what a store holds', () => {
  it('is told by migrations beside it', () => {
    const result = tree({
      'compose.yml':
        'services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n    ports: ["5432:5432"]\n',
      'db/migrations/001.sql': 'create table public.customers (id uuid primary key, email text, phone text);\n',
    });
    const database = only(result, 'postgresql');
    expect(database.datasets).toContainEqual({
      name: expect.stringContaining('customers'),
      fields: ['id', 'email', 'phone'],
    });
  });
});
