import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { baseOf } from './api-schema.ts';
import { loadConfig, type Target } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-api-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load(lines: string): Promise<Target | undefined> {
  const text = `version: 1\ntargets:\n  - host: api.example.com\n    addresses: [203.0.113.7]\n    authority: dns-txt\n${lines}`;
  writeFileSync(join(folder, 'postern.yaml'), text);
  return (await loadConfig(folder, { named: true })).targets[0];
}

const ACCOUNTS = '    accounts:\n      - { name: alice, tokenFile: a.token }\n      - { name: bob, cookieEnv: BOB }\n';
const api = (text: string) => `    api: ${text}\n${ACCOUNTS}`;

describe('an API and its accounts', () => {
  it('has absolute paths, a port by its scheme, and one old app per version', async () => {
    const target = await load(
      api(
        '{ baseUrl: "https://api.example.com/v2", openapi: api.yaml, endpoints: [{ path: "/orders/{id}", list: /orders, owner: { field: customer.id } }], oldApp: { headers: { X-App-Version: "<version>" }, versions: [1.2.0, 1.3.0] } }',
      ),
    );
    expect(target?.api).toEqual({
      port: 443,
      tls: true,
      prefix: '/v2',
      endpoints: [{ path: '/orders/{id}', list: '/orders', ownerField: 'customer.id', public: false }],
      openapi: join(folder, 'api.yaml'),
      most: 10,
      oldApps: [
        { name: 'the app 1.2.0', headers: { 'x-app-version': '1.2.0' } },
        { name: 'the app 1.3.0', headers: { 'x-app-version': '1.3.0' } },
      ],
    });
    expect(target?.accounts).toEqual([
      {
        name: 'alice',
        headers: { authorization: { scheme: 'Bearer', secret: { file: join(folder, 'a.token') } } },
        ids: {},
      },
      { name: 'bob', headers: { cookie: { secret: { env: 'BOB' } } }, ids: {} },
    ]);
  });

  it('may name its port instead, and ids and passwords of accounts', async () => {
    const target = await load(
      `    api: { port: 8080, tls: false, endpoints: [{ path: "/o?id={id}" }] }
    accounts:
      - { name: alice, username: alice, passwordEnv: PW, ids: { "/o?id={id}": [17, x-1] } }
      - { name: bob, headers: { X-Api-Key: { file: bob.key } } }
      - { name: desk, tokenEnv: DESK, service: elasticsearch, port: 9200 }
`,
    );
    expect(target?.api).toMatchObject({ port: 8080, tls: false, prefix: undefined });
    expect(target?.accounts).toEqual([
      {
        name: 'alice',
        headers: {},
        login: { username: 'alice', password: { env: 'PW' } },
        ids: { '/o?id={id}': ['17', 'x-1'] },
      },
      {
        name: 'bob',
        headers: { 'x-api-key': { secret: { file: join(folder, 'bob.key') } } },
        ids: {},
      },
      {
        name: 'desk',
        headers: { authorization: { scheme: 'Bearer', secret: { env: 'DESK' } } },
        ids: {},
        service: 'elasticsearch',
        port: 9200,
      },
    ]);
  });

  const one = 'endpoints: [{ path: "/orders/{id}" }]';
  it.each([
    ['the host of another', api(`{ baseUrl: "https://other.example.com", ${one} }`), /not the host of this target/],
    ['a login in the address', api(`{ baseUrl: "https://a:b@api.example.com", ${one} }`), /expected scheme, host/],
    ['two addresses', api(`{ baseUrl: "https://api.example.com", port: 80, ${one} }`), /from one place/],
    ['no endpoint', api('{ port: 443 }'), /name endpoints/],
    ['no place for the id', api('{ port: 443, endpoints: [{ path: /orders }] }'), /one place for the id/],
    ['two places for ids', api('{ port: 443, endpoints: [{ path: "/a/{b}/c/{d}" }] }'), /one place for the id/],
    ['a line break in a path', api('{ port: 443, endpoints: [{ path: "/a\\n/{b}" }] }'), /one place for the id/],
    [
      'a header of HTTP itself',
      api(`{ port: 443, ${one}, oldApp: { headers: { Host: x } } }`),
      /not for a configuration to set/,
    ],
    [
      'a method in disguise',
      api(`{ port: 443, ${one}, oldApp: { headers: { X-HTTP-Method-Override: DELETE } } }`),
      /not for a configuration/,
    ],
    [
      'an old app without a sign',
      api(`{ port: 443, ${one}, oldApp: { versions: [1.0] } }`),
      /version|known by its headers/,
    ],
    ['one account', `    api: { port: 443, ${one} }\n    accounts: [{ name: alice, tokenEnv: A }]\n`, /list two/],
    [
      'the same name twice',
      `    accounts: [{ name: alice, tokenEnv: A, service: s3 }, { name: alice, tokenEnv: B, service: s3 }]\n`,
      /the same name/,
    ],
    [
      'an e-mail address as a name',
      `    accounts: [{ name: alice@shop.example, tokenEnv: A, service: s3 }]\n`,
      /short name/,
    ],
    ['no way in', `    accounts: [{ name: alice, service: s3 }]\n`, /has a way in/],
    ['a token in the file', `    accounts: [{ name: alice, token: made-up-secret, service: s3 }]\n`, /token/],
    [
      'a header value in the file',
      `    accounts: [{ name: alice, headers: { X-Api-Key: made-up-secret }, service: s3 }]\n`,
      /expected|object/i,
    ],
    [
      'two authorizations',
      `    accounts: [{ name: alice, tokenEnv: A, tokenFile: b, service: s3 }]\n`,
      /from one place/,
    ],
    ['a password without a name', `    accounts: [{ name: alice, passwordEnv: A, service: s3 }]\n`, /belong together/],
  ])('refuses %s', async (_what, lines, message) => {
    const error = await load(lines).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'E_CONFIG_INVALID', at: { line: expect.any(Number) } });
    expect(String((error as Error).message)).toMatch(message);
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain('made-up-secret');
  });

  it('reads addresses in their parts', () => {
    expect(baseOf('http://[::1]:8080/')).toEqual({ host: '::1', port: 8080, tls: false, prefix: '' });
    for (const wrong of ['ftp://x', 'https://x:0', 'https://x/?a', 'https://x/%2e', 'x'])
      expect(baseOf(wrong)).toBeUndefined();
  });
});
