import { describe, expect, it } from 'vitest';
import { flag, readCommand, splitWords } from '../../containers/command.ts';
import { readImage } from '../../containers/image.ts';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { interpolate, splitOutside } from './interpolate.ts';
import { composeFormat } from './read.ts';

function read(text: string, siblings: Record<string, string> = {}) {
  const source = sourceOf('deploy/compose.yml', text);
  return composeFormat.read(source, { text: (path) => siblings[path] ?? null });
}

function service(lines: readonly string[], siblings: Record<string, string> = {}) {
  const reading = read(
    `services:\n  db:\n    image: redis:7\n${lines.map((line) => `    ${line}\n`).join('')}`,
    siblings,
  );
  const [first] = reading.document.services;
  if (!first) throw new Error('no service was read');
  return { ...first, skips: reading.skips };
}

describe('ports of a compose service', () => {
  const cases: [
    string,
    { hostIp: string | null; hostPort: number | null; containerPort: number; allInterfaces: boolean },
  ][] = [
    ['"9200:9200"', { hostIp: null, hostPort: 9200, containerPort: 9200, allInterfaces: true }],
    ['9201:9200', { hostIp: null, hostPort: 9201, containerPort: 9200, allInterfaces: true }],
    ['9200', { hostIp: null, hostPort: null, containerPort: 9200, allInterfaces: true }],
    ['"127.0.0.1:9200:9200"', { hostIp: '127.0.0.1', hostPort: 9200, containerPort: 9200, allInterfaces: false }],
    ['"0.0.0.0:9200:9200"', { hostIp: '0.0.0.0', hostPort: 9200, containerPort: 9200, allInterfaces: true }],
    ['"[::1]:9200:9200"', { hostIp: '::1', hostPort: 9200, containerPort: 9200, allInterfaces: false }],
    ['"[::]:9200:9200"', { hostIp: '::', hostPort: 9200, containerPort: 9200, allInterfaces: true }],
    ['"9200-9300:9200-9300/tcp"', { hostIp: null, hostPort: 9200, containerPort: 9200, allInterfaces: true }],
    ['127.0.0.1::9200', { hostIp: '127.0.0.1', hostPort: null, containerPort: 9200, allInterfaces: false }],
    ['"${PORT:-9210}:9200"', { hostIp: null, hostPort: 9210, containerPort: 9200, allInterfaces: true }],
    [
      '"${BIND:-127.0.0.1}:9200:9200"',
      { hostIp: '127.0.0.1', hostPort: 9200, containerPort: 9200, allInterfaces: false },
    ],
    [
      '"${BIND:-0.0.0.0}:${PORT:-9200}:9200"',
      { hostIp: '0.0.0.0', hostPort: 9200, containerPort: 9200, allInterfaces: true },
    ],
    [
      '"${PORT:-127.0.0.1:9210}:9200"',
      { hostIp: '127.0.0.1', hostPort: 9210, containerPort: 9200, allInterfaces: false },
    ],
    ['"${PORT:-0.0.0.0:9210}:9200"', { hostIp: '0.0.0.0', hostPort: 9210, containerPort: 9200, allInterfaces: true }],
    ['"${BIND}:9200:9200"', { hostIp: null, hostPort: 9200, containerPort: 9200, allInterfaces: false }],
    ['{ target: 9200, published: 9200 }', { hostIp: null, hostPort: 9200, containerPort: 9200, allInterfaces: true }],
    [
      '{ target: 9200, published: "9200", host_ip: 127.0.0.1 }',
      { hostIp: '127.0.0.1', hostPort: 9200, containerPort: 9200, allInterfaces: false },
    ],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${text}`, () => {
      expect(service(['ports:', `  - ${text}`]).ports).toMatchObject([expected]);
    });
  }

  it('takes variables from the .env beside the file', () => {
    const { ports } = service(['ports:', '  - "${BIND}:9200:9200"'], { 'deploy/.env': '# where\nBIND=0.0.0.0\n' });
    expect(ports).toMatchObject([{ hostIp: '0.0.0.0', allInterfaces: true }]);
  });

  it('says when a port cannot be told', () => {
    const { ports, skips } = service(['ports:', '  - "${PORTS}"']);
    expect(ports).toEqual([]);
    expect(skips).toMatchObject([{ code: 'COMPOSE_PORT', subject: 'deploy/compose.yml:5', severity: 'incomplete' }]);
  });

  it('reads ports through anchors and merge keys', () => {
    const text =
      'x-store: &store\n  image: redis:7\n  ports: &ports ["6379:6379"]\nservices:\n  a:\n    <<: *store\n  b:\n    image: redis:7\n    ports: *ports\n';
    expect(read(text).document.services.map(({ ports }) => ports[0]?.containerPort)).toEqual([6379, 6379]);
  });
});

describe('environment of a compose service', () => {
  it('reads the map and the list form alike', () => {
    const map = service([
      'environment:',
      '  A: one',
      '  B: "two"',
      '  C: ${X:-three}',
      '  D:',
      '  E: ${Y}',
      '  F: false',
    ]);
    const list = service([
      'environment:',
      '  - A=one',
      '  - "B=two"',
      '  - C=${X:-three}',
      '  - D',
      '  - E=${Y}',
      '  - F=false',
    ]);
    const expected = [
      { name: 'A', value: 'one', source: 'literal' },
      { name: 'B', value: 'two', source: 'literal' },
      { name: 'C', value: 'three', source: 'default' },
      { name: 'D', value: null, source: 'unknown' },
      { name: 'E', value: null, source: 'unknown' },
      { name: 'F', value: 'false', source: 'literal' },
    ];
    expect(map.environment).toMatchObject(expected);
    expect(list.environment).toMatchObject(expected);
  });

  it('knows the names of an env_file and says when one is missing', () => {
    const found = service(['env_file: [.store.env]'], { 'deploy/.store.env': 'export A=1\n# B=2\n' });
    expect([...found.environmentFiles]).toEqual(['A']);
    expect(found.environmentComplete).toBe(true);
    expect(service(['env_file: .store.env']).environmentComplete).toBe(false);
    expect(service(['env_file: ../../outside.env'], { '../outside.env': 'A=1' }).environmentComplete).toBe(false);
  });
});

describe('other parts of a compose service', () => {
  it('reads mounts relative to the audited folder, of volumes and of configs', () => {
    const text =
      'services:\n  db:\n    image: redis:7\n    volumes:\n      - ./redis.conf:/etc/redis.conf:ro\n      - data:/data\n      - { type: bind, source: ../shared, target: /shared }\n      - /etc/passwd:/x\n    configs: [redis]\nconfigs:\n  redis: { file: ./other.conf }\n';
    expect(read(text).document.services[0]?.mounts.map(({ path, target }) => [path, target])).toEqual([
      ['deploy/redis.conf', '/etc/redis.conf'],
      [null, '/data'],
      ['shared', '/shared'],
      [null, '/x'],
      ['deploy/other.conf', '/redis'],
    ]);
  });

  it('finds flags in strings, lists and shell scripts', () => {
    const inString = service(['command: redis-server --requirepass "a b" --port 1']);
    const inList = service(['command: ["redis-server", "--requirepass=ab"]']);
    const inScript = service(['command: ["sh", "-c", "exec redis-server --requirepass $$(cat /run/x)"]']);
    expect(flag(inString.command, '--requirepass')).toBe('a b');
    expect(flag(inList.command, '--requirepass')).toBe('ab');
    expect(flag(inScript.command, '--requirepass')).toBe('$$(cat');
    expect(flag(readCommand(null), '--requirepass')).toBeNull();
    expect(splitWords(`a 'b c' "d \\" e" f\\ g`)).toEqual(['a', 'b c', 'd " e', 'f g']);
  });

  it('follows extends within the file and says when it leads to another', () => {
    const text =
      'services:\n  base:\n    image: redis:7\n    ports: ["6379:6379"]\n  a:\n    extends: { service: base }\n  b:\n    extends: { file: other.yml, service: base }\n    image: redis:7\n';
    const { document, skips } = read(text);
    expect(document.services[1]).toMatchObject({ image: { engine: 'redis' }, ports: [{ containerPort: 6379 }] });
    expect(skips).toMatchObject([{ code: 'CONFIG_INCLUDE', subject: 'deploy/compose.yml:8' }]);
  });

  it('reports duplicate keys and goes on', () => {
    const { document, skips, status } = read('services:\n  db:\n    image: redis:6\n    image: redis:7\n');
    expect(document.services[0]?.image?.version).toBe('7');
    expect(skips).toMatchObject([{ code: 'YAML_DUPLICATE_KEY', subject: 'deploy/compose.yml:4:5' }]);
    expect(status).toBe('partial');
  });
});

describe('images', () => {
  const cases: [string, string | null, string | null, string][] = [
    ['elasticsearch:7.17.9', 'elasticsearch', '7.17.9', 'official'],
    ['docker.elastic.co/elasticsearch/elasticsearch:8.15.0', 'elasticsearch', '8.15.0', 'official'],
    ['registry.example.org:5000/library/redis:7.2-alpine', 'redis', '7.2', 'official'],
    ['localhost/redis', 'redis', null, 'official'],
    ['postgres@sha256:0123', 'postgresql', null, 'official'],
    ['postgres:16-alpine@sha256:0123', 'postgresql', '16', 'official'],
    ['bitnami/postgresql:16.2.0', 'postgresql', '16.2.0', 'bitnami'],
    ['bitnamilegacy/mongodb:7.0', 'mongodb', '7.0', 'bitnami'],
    ['pgvector/pgvector:0.8.0-pg17', 'postgresql', '17', 'other'],
    ['timescale/timescaledb:latest-pg16', 'postgresql', '16', 'other'],
    ['mongo:latest', 'mongodb', null, 'official'],
    ['mongo-express:1.0.2', null, '1.0.2', 'other'],
    ['example/my-redis:1', null, '1', 'other'],
    ['example/redis:1', 'redis', null, 'unknown'],
    ['registry.example.org/team/postgres:1.2', 'postgresql', null, 'unknown'],
    ['example/redis/exporter:1', null, '1', 'other'],
    ['prom/mysqld-exporter', null, null, 'other'],
    ['oliver006/redis_exporter:v1.62', null, '1.62', 'other'],
  ];
  for (const [reference, engine, version, publisher] of cases) {
    it(`knows what runs in ${reference}`, () => {
      expect(readImage(reference, true)).toMatchObject({ engine, version, publisher });
    });
  }

  it('keep their engine when only the tag is a variable', () => {
    const known = read(
      'services:\n  a:\n    image: docker.elastic.co/elasticsearch/elasticsearch:${V}\n  b:\n    image: ${REGISTRY}/library/redis:7\n',
    );
    expect(known.document.services.map(({ image }) => [image?.engine, image?.version])).toEqual([
      ['elasticsearch', null],
      ['redis', '7'],
    ]);
  });
});

describe('images that are built', () => {
  it('are known by what the last stage of their Dockerfile stands on', () => {
    const siblings = {
      'deploy/.env': 'ES=7.17.9\n',
      'deploy/es/Dockerfile': 'ARG V\nFROM elasticsearch:${V} AS base\nRUN true\nFROM base\n',
      'deploy/app/Dockerfile': 'FROM postgres:16 AS tools\nFROM node:22\nCOPY --from=tools /x /x\n',
    };
    const text =
      'services:\n  es:\n    build:\n      context: es/\n      args:\n        V: ${ES}\n    ports: ["9200:9200"]\n  app:\n    build: ./app\n';
    const { services } = read(text, siblings).document;
    expect(services.map(({ image }) => [image?.engine, image?.version])).toEqual([
      ['elasticsearch', '7.17.9'],
      [null, '22'],
    ]);
    expect(services[0]?.environmentComplete).toBe(false);
  });
});

describe('interpolation', () => {
  const variables = new Map([
    ['SET', 'value'],
    ['EMPTY', ''],
  ]);
  const cases: [string, string, boolean][] = [
    ['plain', 'plain', true],
    ['$SET-$$x', 'value-$x', true],
    ['${SET}${EMPTY}', 'value', true],
    ['${NONE}', '', false],
    ['${NONE:-a}${EMPTY:-b}${EMPTY-c}', 'ab', true],
    ['${NONE:-${ALSO:-deep}}', 'deep', true],
    ['${NONE:?needed}', '', false],
    ['${SET:+alt}', 'alt', true],
    ['${broken', '${broken', true],
    ['a$', 'a$', true],
  ];
  for (const [raw, text, known] of cases) {
    it(`turns ${raw} into ${JSON.stringify(text)}`, () => {
      expect(interpolate(raw, variables)).toMatchObject({ text, known });
    });
  }

  it('splits only outside braces and brackets', () => {
    expect(splitOutside('${A:-1}:[::1]:x', ':').map(({ text }) => text)).toEqual(['${A:-1}', '[::1]', 'x']);
  });
});

describe('recognition of compose files', () => {
  it('goes by content', () => {
    expect(recognise('stack.yml', 'version: "3"\nservices:\n  db:\n    image: redis\n')).toBe('docker-compose');
    expect(recognise('prod', '{"services": {"db": {"image": "redis"}}}')).toBe('docker-compose');
    expect(recognise('config/services.yaml', 'services:\n  App\\Mailer:\n    class: App\\Mailer\n')).toBeNull();
    expect(
      recognise('.github/workflows/ci.yml', 'jobs:\n  test:\n    services:\n      db:\n        image: postgres\n'),
    ).toBeNull();
  });

  it('judges what is beside broken YAML and says so', () => {
    const { report } = auditText('services:\n  db:\n    image: redis:7\n    ports: ["6379:6379"]\n  bad: [\n', {
      path: 'compose.yml',
    });
    expect(report.findings.map(({ rule }) => rule)).toContain('audit/compose-store-published');
    expect(report.files).toMatchObject([{ status: 'partial' }]);
    expect(report.skips.some(({ code, severity }) => code === 'YAML_SYNTAX' && severity === 'incomplete')).toBe(true);
  });
});
