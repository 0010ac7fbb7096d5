import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';

function told(
  text: string,
): { where: string; severity: string; message: string; edits: number; blastRadius: string }[] {
  return auditText(text, { path: 'compose.yml' })
    .report.findings.filter(({ rule }) => /^audit\/compose-(?:literal|well-known)-password$/.test(rule))
    .map(({ evidence: [first], severity, message, patches = [] }) => ({
      where: first.kind === 'setting' ? first.pointer : '',
      severity,
      message,
      edits: patches.flatMap(({ edits }) => edits).length,
      blastRadius: patches[0]?.blastRadius ?? '',
    }));
}

const db = (password: string, rest = ''): string =>
  `services:\n  db:\n    image: postgres:16\n${rest}    environment:\n      POSTGRES_PASSWORD: ${password}\n`;

describe('a password in a compose file', () => {
  it('is one finding at its store, whoever else uses it, and one patch for all', () => {
    const text = `${db('correct-horse-example-1')}  api:\n    image: example/api:1\n    environment:\n      DB_PASSWORD: correct-horse-example-1\n  job:\n    image: example/job:1\n    environment:\n      DB_PASSWORD: correct-horse-example-1\n`;
    expect(told(text)).toEqual([
      {
        where: 'services.db.environment.POSTGRES_PASSWORD',
        severity: 'low',
        message: 'A password stands in the file as it is. Used by `api`, `job`, too.',
        edits: 3,
        blastRadius: expect.stringContaining('until POSTGRES_PASSWORD is set'),
      },
    ]);
  });

  it('weighs by who gets to the store', () => {
    const severities = (password: string): string[] =>
      ['', '    ports: ["127.0.0.1:5432:5432"]\n', '    ports: ["5432:5432"]\n'].flatMap((ports) =>
        told(db(password, ports)).map(({ severity }) => severity),
      );
    expect(severities('correct-horse-example-1')).toEqual(['low', 'low', 'high']);
    expect(severities('postgres')).toEqual(['medium', 'medium', 'critical']);
  });

  it('of an administrator is not given to the application', () => {
    const text =
      'services:\n  db:\n    image: mysql:8.4\n    environment:\n      MYSQL_ROOT_PASSWORD: example-of-both-1\n      MYSQL_PASSWORD: example-of-both-1\n  app:\n    image: example/app:1\n    environment:\n      DB_PASSWORD: example-of-both-1\n';
    expect(told(text).map(({ where, edits }) => [where, edits])).toEqual([
      ['services.db.environment.MYSQL_ROOT_PASSWORD', 1],
      ['services.db.environment.MYSQL_PASSWORD', 2],
    ]);
  });

  it('that can be guessed in one place can be in all', () => {
    const text =
      'services:\n  store:\n    image: postgres:16\n    environment:\n      POSTGRES_USER: shop\n      POSTGRES_PASSWORD: shop\n  api:\n    image: example/api:1\n    environment:\n      DB_PASSWORD: shop\n';
    expect(told(text)).toMatchObject([{ severity: 'medium', edits: 2 }]);
  });

  it('gets a variable of its own where two stores name theirs alike', () => {
    const text = `${db('example-of-one-1')}  other-db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: example-of-two-2\n`;
    expect(told(text).map(({ blastRadius }) => /until (\w+) is set/.exec(blastRadius)?.[1])).toEqual([
      'DB_POSTGRES_PASSWORD',
      'OTHER_DB_POSTGRES_PASSWORD',
    ]);
  });

  it('in a connection string is the same finding, and part of its patch', () => {
    const text = `${db('example-of-url-1')}  api:\n    image: example/api:1\n    environment:\n      DATABASE_URL: postgres://shop:example-of-url-1@db/shop\n`;
    expect(told(text)).toMatchObject([{ where: 'services.db.environment.POSTGRES_PASSWORD', edits: 2 }]);
    expect(JSON.stringify(told(text))).not.toContain('example-of-url-1');
  });

  it('in a connection string alone is found at the password', () => {
    const text =
      'services:\n  api:\n    image: example/api:1\n    environment:\n      - DATABASE_URL=postgres://shop:example-of-url-1@db.example/shop\n      - CACHE=redis://:@cache:6379/0\n      - OTHER=postgres://shop:$${SECRET}@db.example/shop\n';
    const { findings } = auditText(text, { path: 'compose.yml' }).report;
    expect(findings).toMatchObject([
      { rule: 'audit/compose-literal-password', severity: 'medium', line: 5, column: 38 },
    ]);
  });

  it('that stands where no patch reaches is said', () => {
    const text = `${db('example-of-url-1')}  api:\n    image: example/api:1\n    command: ["run", "x://shop:example-of-url-1@db/shop"]\n`;
    expect(told(text)[0]?.blastRadius).toContain('the connection string at compose.yml:8 as well');
  });

  it('in a merged mapping is one finding', () => {
    const text =
      'x-env: &env\n  POSTGRES_PASSWORD: example-of-all-1\nservices:\n  db:\n    image: postgres:16\n    environment: *env\n  api:\n    image: example/api:1\n    environment:\n      <<: *env\n';
    expect(told(text)).toMatchObject([{ where: 'services.db.environment.POSTGRES_PASSWORD', edits: 1 }]);
  });
});

describe('a port in the network of another service', () => {
  it('belongs to the service that was given it, also where both run one engine', () => {
    const text =
      'services:\n  es:\n    image: elasticsearch:8.15.0\n    ports: ["9200:9200"]\n  setup:\n    image: elasticsearch:8.15.0\n    network_mode: service:es\n';
    const { findings } = auditText(text, { path: 'compose.yml' }).report;
    expect(findings.filter(({ rule }) => rule === 'audit/compose-store-published')).toMatchObject([
      { asset: 'config:compose.yml/es' },
    ]);
  });
});
