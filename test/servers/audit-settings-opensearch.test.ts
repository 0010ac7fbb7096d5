/** What the rules of opensearch.yml and of the Security plug-in's files claim, asked of OpenSearch itself. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificate } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, startSearch, until } from './harness/search.ts';

const installed = requireSearch('opensearch-2');
const security = requireSearch('opensearch-security');
const EVIL = 'https://evil.example';
/** Accounts of the shipped file: their passwords are their names. */
const SHIPPED = ['admin', 'anomalyadmin', 'kibanaserver', 'kibanaro', 'logstash', 'readall', 'snapshotrestore'];
const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));
const nodes: SearchNode[] = [];

const TRANSPORT = [
  'plugins.security.ssl.transport.pemcert_filepath: server.crt',
  'plugins.security.ssl.transport.pemkey_filepath: server.key',
  'plugins.security.ssl.transport.pemtrustedcas_filepath: server.crt',
  'plugins.security.nodes_dn: ["CN=store.example.org"]',
  'plugins.security.authcz.admin_dn: ["CN=admin.example.org"]',
];
const HTTPS = [
  'plugins.security.ssl.http.enabled: true',
  'plugins.security.ssl.http.pemcert_filepath: server.crt',
  'plugins.security.ssl.http.pemkey_filepath: server.key',
  'plugins.security.ssl.http.pemtrustedcas_filepath: server.crt',
];

type Edits = Readonly<Record<string, (text: string) => string>>;

async function start(settings: readonly string[], edits: Edits = {}): Promise<SearchNode> {
  const node = await startSearch('opensearch-2', {
    settings,
    prepare: (home) => {
      cpSync(security ?? '', join(home, 'plugins/opensearch-security'), { recursive: true });
      cpSync(join(security ?? '', 'config'), join(home, 'config/opensearch-security'), { recursive: true });
      certificate(join(home, 'config'));
      for (const [name, edit] of Object.entries(edits)) {
        const file = join(home, 'config/opensearch-security', name);
        writeFileSync(file, edit(readFileSync(file, 'utf8')));
      }
    },
  });
  nodes.push(node);
  return node;
}

interface Asked extends http.RequestOptions {
  /** Name and password. */
  as?: readonly [name: string, password: string];
  json?: unknown;
  tls?: https.RequestOptions;
}

interface Answer {
  status: number;
  body: string;
  headers: http.IncomingHttpHeaders;
}

function ask(port: number, path: string, { as, json, tls, ...options }: Asked = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const all = {
      host: '127.0.0.1',
      port,
      path,
      agent: false,
      ...(as && { auth: as.join(':') }),
      ...options,
      headers: { 'content-type': 'application/json', ...options.headers },
    };
    const answered = (response: http.IncomingMessage): void => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, body, headers: response.headers }));
    };
    // The certificates are the test's own.
    const request = tls
      ? https.request({ ...all, rejectUnauthorized: false, ...tls }, answered)
      : http.request(all, answered);
    request.on('error', fail).end(json === undefined ? undefined : JSON.stringify(json));
  });
}

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = net.connect(port, host, () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}

/** Until the plug-in has read its users. */
async function ready(port: number, asked: Asked = {}): Promise<void> {
  await until(async () => (await ask(port, '/', asked)).status !== 503);
}

describe.skipIf(!installed || !security)('settings of a real OpenSearch', { timeout: 240_000 }, () => {
  afterAll(async () => {
    for (const node of nodes) await node.stop();
  });

  // audit/opensearch-open-without-login, audit/opensearch-listens-everywhere, audit/opensearch-security-disabled, audit/opensearch-transport-port-open, audit/opensearch-cors-any-origin, audit/opensearch-deletes-by-wildcard
  it.skipIf(address === undefined)(
    'open: every address without a login, every origin, every index in one request',
    async () => {
      const host = address ?? '';
      const { port, transportPort } = await start([
        'plugins.security.disabled: true',
        'network.host: 0.0.0.0',
        'http.cors.enabled: true',
        'http.cors.allow-origin: "*"',
        'action.destructive_requires_name: false',
      ]);
      expect((await ask(port, '/_search', { host })).status).toBe(200);
      expect(await connects(transportPort, host)).toBe(true);
      const { headers } = await ask(port, '/', { headers: { origin: EVIL } });
      expect(headers['access-control-allow-origin']).toBe('*');
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      expect((await ask(port, '/shop', { method: 'PUT' })).status).toBe(200);
      expect((await ask(port, '/*', { method: 'DELETE' })).status).toBe(200);
      expect((await ask(port, '/shop')).status).toBe(404);
    },
  );

  // audit/opensearch-demo-password, audit/opensearch-users-from-files, audit/opensearch-http-without-tls, audit/opensearch-role-for-everything, audit/opensearch-deletes-by-wildcard, audit/opensearch-cors-any-origin-with-credentials, audit/opensearch-audit-log-off, audit/opensearch-audit-log-holds-passwords, audit/opensearch-audit-switched-off, audit/opensearch-login-rules-changed-by-api, audit/opensearch-anonymous-access, audit/opensearch-listens-everywhere
  it('with the shipped users, rights over everything, rules that its API changes and a log that keeps passwords', async () => {
    const hash = /^readall:\n\s+hash: "([^"]+)"/m.exec(
      readFileSync(join(security ?? '', 'config/internal_users.yml'), 'utf8'),
    )?.[1];
    const { port, transportPort } = await start(
      [
        ...TRANSPORT,
        'network.host: _local_',
        'plugins.security.allow_default_init_securityindex: true',
        'plugins.security.restapi.roles_enabled: [all_access]',
        'plugins.security.unsupported.restapi.allow_securityconfig_modification: true',
        'plugins.security.audit.type: internal_opensearch',
        'http.cors.enabled: true',
        'http.cors.allow-origin: /.*/',
        'http.cors.allow-credentials: true',
        'action.destructive_requires_name: true',
      ],
      {
        'internal_users.yml': (text) => `${text}\nwide:\n  hash: "${hash}"\nnarrow:\n  hash: "${hash}"\n`,
        'roles.yml': (text) =>
          `${text}\nwide:\n  index_permissions:\n    - index_patterns: ["*"]\n      allowed_actions: ["*"]\nnarrow:\n  index_permissions:\n    - index_patterns: ["narrow"]\n      allowed_actions: ["*"]\n`,
        'roles_mapping.yml': (text) => `${text}\nwide:\n  users: [wide]\nnarrow:\n  users: [narrow]\n`,
        'audit.yml': (text) => text.replace(/exclude_sensitive_headers: true/, 'exclude_sensitive_headers: false'),
      },
    );
    await ready(port);
    const admin = { as: ['admin', 'admin'] } as const;
    const api = (name: string, path: string, value: unknown) =>
      ask(port, `/_plugins/_security/api/${name}`, {
        ...admin,
        method: 'PATCH',
        // `add` replaces what is there, too.
        json: [{ op: 'add', path, value }],
      });

    if (address !== undefined) {
      expect([await connects(port, address), await connects(transportPort, address)]).toEqual([false, false]);
    }
    // The passwords went in clear.
    for (const name of SHIPPED) {
      const { status, body } = await ask(port, '/_plugins/_security/authinfo', { as: [name, name] });
      expect([status, JSON.parse(body).user_name]).toEqual([200, name]);
    }
    expect((await ask(port, '/_search')).status).toBe(401);
    const seen = await ask(port, '/', { ...admin, headers: { origin: EVIL } });
    expect(seen.headers['access-control-allow-origin']).toBe(EVIL);
    expect(seen.headers['access-control-allow-credentials']).toBe('true');

    await ask(port, '/orders/_doc/1?refresh=true', { ...admin, method: 'PUT', json: { n: 1 } });
    const role = await ask(port, '/_plugins/_security/authinfo', { as: ['narrow', 'readall'] });
    expect(JSON.parse(role.body).roles).not.toContain('all_access');
    expect((await ask(port, '/orders/_search', { as: ['narrow', 'readall'] })).status).toBe(403);
    expect((await ask(port, '/orders', { as: ['narrow', 'readall'], method: 'DELETE' })).status).toBe(403);
    expect((await ask(port, '/orders/_search', { as: ['wide', 'readall'] })).status).toBe(200);
    const all = await ask(port, '/ord*', { ...admin, method: 'DELETE' });
    expect(all.status).toBe(400);
    expect(all.body).toContain('Wildcard expressions or all indices are not allowed');
    expect((await ask(port, '/orders', { as: ['wide', 'readall'], method: 'DELETE' })).status).toBe(200);

    const logged = async () => {
      await ask(port, '/security-auditlog-*/_refresh', { ...admin, method: 'POST' });
      const { body } = await ask(port, '/security-auditlog-*/_search?size=500&q=audit_category:FAILED_LOGIN', admin);
      return JSON.parse(body).hits?.hits as { _source: Record<string, Record<string, unknown>> }[] | undefined;
    };
    const refused = async (name: string) => {
      await ask(port, '/orders/_search', { as: [name, 'made-up-wrong'] });
    };
    const of = async (name: string) =>
      ((await logged()) ?? []).filter(({ _source }) => String(_source.audit_request_effective_user) === name);
    await refused('first');
    await until(async () => (await of('first')).length > 0);
    expect(JSON.stringify(await of('first'))).toContain('Authorization');
    expect((await api('audit', '/config/audit/exclude_sensitive_headers', true)).status).toBe(200);
    await refused('second');
    await until(async () => (await of('second')).length > 0);
    expect(JSON.stringify(await of('second'))).not.toContain('Authorization');
    expect((await api('audit', '/config/enabled', false)).status).toBe(200);
    await refused('third');
    // What comes later is there, and this is not.
    expect((await api('audit', '/config/enabled', true)).status).toBe(200);
    await refused('fourth');
    await until(async () => (await of('fourth')).length > 0);
    expect(await of('third')).toEqual([]);

    const changed = await api('securityconfig', '/config/dynamic/http/anonymous_auth_enabled', true);
    expect(changed.status, changed.body).toBe(200);
    await until(async () => (await ask(port, '/_plugins/_security/authinfo')).status === 200);
    const { body } = await ask(port, '/_plugins/_security/authinfo');
    expect(JSON.parse(body).user_name).toBe('opendistro_security_anonymous');
  });

  // audit/opensearch-password-not-checked, audit/opensearch-cors-any-origin, audit/opensearch-powerful-role-for-everybody, audit/opensearch-http-without-tls, audit/opensearch-audit-log-off, audit/opensearch-login-rules-changed-by-api
  it('with a backend that checks no password, a powerful role for everybody, TLS, and no log', async () => {
    const { port } = await start(
      [
        ...TRANSPORT,
        ...HTTPS,
        'plugins.security.allow_default_init_securityindex: true',
        'plugins.security.restapi.roles_enabled: [all_access]',
        'http.cors.enabled: true',
        'http.cors.allow-origin: "https://app.example"',
      ],
      {
        'config.yml': (text) => text.replace(/(basic_internal_auth_domain:[\s\S]*?type: )intern/, '$1noop'),
        'roles_mapping.yml': (text) => text.replace(/^all_access:\n/m, 'all_access:\n  users: ["*"]\n'),
      },
    );
    const tls = {};
    await ready(port, { tls });
    await expect(ask(port, '/')).rejects.toThrow();
    const { status, body } = await ask(port, '/_plugins/_security/authinfo', { as: ['admin', 'made-up'], tls });
    expect([status, JSON.parse(body).user_name]).toEqual([200, 'admin']);
    expect(JSON.parse(body).roles).toContain('all_access');
    expect((await ask(port, '/_search', { tls })).status).toBe(401);
    const foreign = { as: ['admin', 'made-up'], tls, headers: { origin: EVIL } } as const;
    expect((await ask(port, '/_search', foreign)).status).toBe(403);
    const change = await ask(port, '/_plugins/_security/api/securityconfig', {
      as: ['admin', 'made-up'],
      tls,
      method: 'PATCH',
      json: [{ op: 'add', path: '/config/dynamic/http/anonymous_auth_enabled', value: true }],
    });
    expect(change.status).toBe(403);
    const indices = await ask(port, '/_cat/indices?expand_wildcards=all', { as: ['admin', 'made-up'], tls });
    expect(indices.body).toContain('.opendistro_security');
    expect(indices.body).not.toContain('security-auditlog');
  });

  // audit/opensearch-users-from-files
  it('reads its files into an empty node only where that is switched on', async () => {
    const { port } = await start(TRANSPORT);
    const answer = await ask(port, '/', { as: ['admin', 'admin'] });
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('not initialized');
  });

  // audit/opensearch-demo-certificates
  it('lets in who has the published key of its demo certificates, unless they are refused', async () => {
    const demo = (unsafe: boolean) =>
      startSearch('opensearch-2', {
        settings: [],
        prepare: (home) => {
          cpSync(security ?? '', join(home, 'plugins/opensearch-security'), { recursive: true });
          cpSync(join(security ?? '', 'config'), join(home, 'config/opensearch-security'), { recursive: true });
          execFileSync(
            'bash',
            [join(home, 'plugins/opensearch-security/tools/install_demo_configuration.sh'), '-y', '-i'],
            {
              env: {
                PATH: process.env.PATH ?? '',
                OPENSEARCH_JAVA_HOME: javaHome(),
                OPENSEARCH_INITIAL_ADMIN_PASSWORD: 'Made-Up-Example-Pass-1',
              },
            },
          );
          const file = join(home, 'config/opensearch.yml');
          const text = readFileSync(file, 'utf8');
          expect(text).toContain('plugins.security.allow_unsafe_democertificates: true');
          if (!unsafe) writeFileSync(file, text.replace('democertificates: true', 'democertificates: false'));
        },
      });
    const node = await demo(true);
    nodes.push(node);
    const file = (name: string) => readFileSync(join(node.home, 'config', name));
    const tls = { cert: file('kirk.pem'), key: file('kirk-key.pem') };
    const users = () => ask(node.port, '/_plugins/_security/api/internalusers', { tls });
    await until(async () => (await users()).status === 200);
    expect(Object.keys(JSON.parse((await users()).body))).toContain('admin');
    expect((await ask(node.port, '/_plugins/_security/api/internalusers', { tls: {} })).status).toBe(401);
    await expect(demo(false)).rejects.toThrow(/[Dd]emo certificates/);
  });
});
