import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PosternError } from '../core/errors.ts';
import { loadConfig } from './load.ts';

function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'postern-config-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

async function failure(yaml: string): Promise<PosternError> {
  const error = await loadConfig(project({ 'postern.yaml': yaml })).catch((thrown: unknown) => thrown);
  if (error instanceof PosternError) return error;
  throw new Error('the configuration was accepted');
}

const FULL = `version: 1
project: bluemarket
vantage: office
packages: [app/*.apk, missing.ipa]
configuration: [deploy]
targets:
  - host: shop-search.example
    addresses: [203.0.113.7, '2001:db8::/64']
    authority: dns-txt
    ports: [9201]
    configuredBy: deploy/docker-compose.yml
    controls:
      - service: elasticsearch
        port: 9200
        username: postern-control
        passwordFile: secrets/es-control
      - service: mqtt
        trustedAddress: '[::1]:1883'
  - host: shop.example
    addresses: [127.83.0.1]
    authority: loopback
  - host: my-project.firebaseio.com
    authority: { provider: firebase, project: my-project }
  - host: partner.example
    addresses: [198.51.100.0/28]
    authority: { statement: scope-statement.json }
failOn: critical
`;

describe('loadConfig', () => {
  it('finds the file upward and resolves every path against its folder', async () => {
    const root = project({ 'postern.yaml': FULL, 'app/b.apk': '', 'app/a.apk': '', 'deploy/x.yml': '' });
    const config = await loadConfig(join(root, 'app'));
    expect(config.root).toBe(root);
    expect(config.packages).toEqual([join(root, 'app/a.apk'), join(root, 'app/b.apk'), join(root, 'missing.ipa')]);
    expect(config.configuration).toEqual([join(root, 'deploy')]);
    expect(config.keys).toEqual({
      redaction: join(root, '.postern/redaction.key'),
      signing: join(root, '.postern/signing.key'),
    });
    expect(config.ignore).toBe(join(root, '.postern-ignore.yaml'));
    expect(config.failOn).toBe('critical');
    expect(config.targets[0]).toEqual({
      host: 'shop-search.example',
      addresses: ['203.0.113.7', '2001:db8::/64'],
      resolve: 'dns',
      authority: 'dns-txt',
      ports: [9201],
      buckets: [],
      datasets: [],
      identifiers: {},
      configuredBy: join(root, 'deploy/docker-compose.yml'),
      controls: [
        {
          kind: 'authorized',
          service: 'elasticsearch',
          port: 9200,
          username: 'postern-control',
          password: { file: join(root, 'secrets/es-control') },
        },
        { kind: 'trusted-vantage', service: 'mqtt', at: { host: '::1', port: 1883 } },
      ],
    });
    expect(config.targets[1]?.resolve).toBe('listed');
    expect(config.targets[2]?.addresses).toEqual([]);
    expect(config.targets[3]?.authority).toEqual({ statement: join(root, 'scope-statement.json') });
  });

  it('fills in defaults for all but the version', async () => {
    const config = await loadConfig(project({ 'postern.yaml': 'version: 1\n' }));
    expect(config).toMatchObject({ packages: [], targets: [], failOn: 'high', emptyPassword: false });
  });

  it('says E_CONFIG_NOT_FOUND for a named file that is not there', async () => {
    await expect(loadConfig('/nonexistent/postern.yaml', { named: true })).rejects.toMatchObject({
      code: 'E_CONFIG_NOT_FOUND',
    });
  });

  it.each([
    ['version: 1\npakages: []\n', 2, 1, 'unknown key "pakages"', 'Did you mean "packages"?'],
    ['project: x\n', 1, 1, 'version: is missing', 'version: 1'],
    [
      'version: 1\ntargets:\n  - host: x.example\n    adresses: []\n    authority: dns-txt\n',
      4,
      5,
      'adresses',
      'addresses',
    ],
    [
      'version: 1\ntargets:\n  - host: https://x.example\n    addresses: [203.0.113.1]\n    authority: dns-txt\n',
      3,
      11,
      'targets[0].host',
      'host alone',
    ],
    [
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [203.0.113.300]\n    authority: dns-txt\n',
      4,
      17,
      'addresses[0]',
      '203.0.113.7',
    ],
    [
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [0.0.0.0/0]\n    authority: dns-txt\n',
      4,
      17,
      'wider',
      'For example',
    ],
    [
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [203.0.113.1]\n    authority: trust-me\n',
      5,
      16,
      'expected loopback',
      'why you may ask',
    ],
    [
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [203.0.113.1]\n',
      3,
      5,
      'authority: is missing',
      'why you may ask',
    ],
    ['version: 1\ntargets:\n  - host: x.example\n    authority: dns-txt\n', 3, 5, 'a name alone', 'For example'],
    [
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [127.0.0.0/8]\n    authority: loopback\n',
      4,
      16,
      'not a range',
      'For example',
    ],
    ['version: 1\nfailOn: hihg\n', 2, 9, 'failOn', 'critical, high'],
    ['version: 1\nversion: 1\n', 2, 1, 'unique', 'YAML'],
    ['version: 1\npackages: [a\n', 3, 1, 'not valid YAML', 'YAML'],
    ['- a\n', 1, 1, 'the file', '`version: 1`'],
  ])('says where and what to do: %j', async (yaml, line, column, message, hint) => {
    const error = await failure(yaml);
    expect(error.code).toBe('E_CONFIG_INVALID');
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
    expect(error.at).toMatchObject({ line, column });
  });

  it('refuses a secret in the file and does not repeat it', async () => {
    const error = await failure(
      'version: 1\ntargets:\n  - host: x.example\n    addresses: [203.0.113.1]\n    authority: dns-txt\n    controls:\n      - service: redis\n        password: made-up-secret\n',
    );
    expect(error.at).toMatchObject({ line: 8, column: 9 });
    expect(error.hint).toContain('passwordFile');
    expect(`${error.message} ${error.hint}`).not.toContain('made-up-secret');
  });

  describe('of a store behind a gateway', () => {
    const guarded = (guardedBy: string) =>
      `version: 1\ntargets:\n  - host: x.example\n    addresses: [203.0.113.1]\n    authority: dns-txt\n    guardedBy: ${guardedBy}\n`;

    it('knows the gateway and where its credentials stand', async () => {
      const root = mkdtempSync(join(tmpdir(), 'postern-guarded-'));
      const file = join(root, 'postern.yaml');
      writeFileSync(
        file,
        guarded('{ url: "https://X.example:9443", index: orders, tokenFile: secrets/token, policy: guard.yaml }'),
      );
      expect((await loadConfig(file, { named: true })).targets[0]?.guardedBy).toEqual({
        host: 'X.example',
        port: 9443,
        tls: true,
        index: 'orders',
        scheme: 'Bearer',
        credentials: { file: join(root, 'secrets/token') },
        policy: join(root, 'guard.yaml'),
      });
      writeFileSync(file, guarded('{ url: "http://x.example", index: orders, apiKeyEnv: KEY }'));
      expect((await loadConfig(file, { named: true })).targets[0]?.guardedBy).toEqual({
        host: 'x.example',
        port: 80,
        tls: false,
        index: 'orders',
        scheme: 'ApiKey',
        credentials: { env: 'KEY' },
      });
    });

    it.each([
      ['{ url: "https://other.example", index: orders, tokenEnv: T }', 'no target of this file'],
      ['{ url: "https://x.example/path", index: orders, tokenEnv: T }', 'scheme, host and port alone'],
      ['{ url: "https://user:made-up@x.example", index: orders, tokenEnv: T }', 'scheme, host and port alone'],
      ['{ url: "https://x.example", index: "orders,*", tokenEnv: T }', 'the name of one index'],
      ['{ url: "https://x.example", index: orders }', 'one of tokenFile'],
      ['{ url: "https://x.example", index: orders, tokenEnv: T, apiKeyEnv: K }', 'one of tokenFile'],
      ['{ url: "https://x.example", index: orders, token: made-up }', 'unknown key "token"'],
      ['{ url: "https://x.example", indx: orders, tokenEnv: T }', 'unknown key "indx"'],
    ])('refuses %s', async (guardedBy, message) => {
      const error = await failure(guarded(guardedBy));
      expect(error.message).toContain(message);
      expect(error.at).toMatchObject({ line: 6 });
      expect(`${error.message} ${error.hint}`).not.toContain('made-up');
    });
  });

  it('lists further problems with their places', async () => {
    const error = await failure('version: 2\nfailOn: 3\npackages: x\n');
    expect(error.at).toMatchObject({ line: 1 });
    expect(error.hint).toContain('postern.yaml:2:9: failOn');
    expect(error.hint).toContain('postern.yaml:3:11: packages');
  });

  it('refuses a bomb of aliases', async () => {
    const bomb = `version: 1\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (name) => {
      const before = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]\n`;
    })}`;
    expect((await failure(bomb)).message).toContain('alias');
  });
});
