/** What the rules of elasticsearch.yml claim, asked of Elasticsearch 8 itself: started with a setting and without it. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { certificate } from './harness/daemon.ts';
import { javaHome, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const seven = requireSearch('elasticsearch-7');
const eight = requireSearch('elasticsearch-8');
const OWNER = { username: 'postern-control', password: 'made-up-pass-1' };
/** Another address of this machine: what comes from it is not loopback. */
const address = execFileSync('hostname', ['-I'], { encoding: 'utf8' })
  .split(/\s+/)
  .find((one) => /^\d+(?:\.\d+){3}$/.test(one));
const EVIL = { origin: 'https://evil.example' };
const nodes: SearchNode[] = [];

async function start(settings: readonly string[], scheme: 'http' | 'https' = 'http'): Promise<SearchNode> {
  const node = await startSearch('elasticsearch-8', {
    settings,
    scheme,
    login: OWNER,
    prepare: (home) => {
      certificate(join(home, 'config'));
      execFileSync(
        join(home, 'bin/elasticsearch-users'),
        ['useradd', OWNER.username, '-p', OWNER.password, '-r', 'superuser'],
        { stdio: 'ignore', env: { ...process.env, ES_JAVA_HOME: javaHome() } },
      );
    },
  });
  nodes.push(node);
  return node;
}

interface Answer {
  status: number;
  body: string;
  headers: http.IncomingHttpHeaders;
}

function ask(port: number, path: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    request.on('error', fail).end();
  });
}

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = net.connect(port, host);
    socket.on('connect', () => done(true)).on('error', () => done(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** What a node says first on its transport port to a greeting in clear: nothing that TLS would send. */
function plainTransport(port: number): Promise<string> {
  return new Promise((done) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    let said = '';
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
    });
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => done(said));
  });
}

describe.skipIf(!eight || address === undefined)('settings of a real Elasticsearch 8', { timeout: 240_000 }, () => {
  const host = address ?? '';
  afterAll(async () => {
    for (const node of nodes) await node.stop();
  });

  // audit/elasticsearch-open-without-login, audit/elasticsearch-listens-everywhere, audit/elasticsearch-security-disabled, audit/elasticsearch-transport-port-open, audit/elasticsearch-cors-any-origin, audit/elasticsearch-deletes-by-wildcard
  it('open: every address without a login, every origin, every index in one request', async () => {
    const { port, transportPort } = await start([
      'network.host: 0.0.0.0',
      'xpack.security.enabled: false',
      'http.cors.enabled: true',
      'http.cors.allow-origin: "*"',
      'action.destructive_requires_name: false',
    ]);
    expect((await ask(port, '/_search', { host })).status).toBe(200);
    expect(await connects(transportPort, host)).toBe(true);
    expect((await ask(port, '/_search', { headers: EVIL })).headers['access-control-allow-origin']).toBe('*');
    expect((await ask(port, '/shop', { method: 'PUT' })).status).toBe(200);
    expect((await ask(port, '/*', { method: 'DELETE' })).status).toBe(200);
    expect((await ask(port, '/shop')).status).toBe(404);
  });

  // audit/elasticsearch-open-without-login, audit/elasticsearch-listens-everywhere, audit/elasticsearch-security-disabled, audit/elasticsearch-cors-any-origin, audit/elasticsearch-deletes-by-wildcard, audit/elasticsearch-http-without-tls, audit/elasticsearch-transport-without-tls, audit/elasticsearch-audit-log-off
  it('closed: loopback, a login, a named origin, indices by name; in clear and with an audit log that a basic licence leaves empty', async () => {
    const { port, transportPort, home, as } = await start([
      'network.host: _local_',
      'xpack.security.enabled: true',
      'xpack.security.enrollment.enabled: false',
      'xpack.security.transport.ssl.enabled: false',
      'xpack.security.audit.enabled: true',
      'http.cors.enabled: true',
      'http.cors.allow-origin: "https://app.example"',
      'action.destructive_requires_name: true',
    ]);
    expect([await connects(port, host), await connects(transportPort, host)]).toEqual([false, false]);
    expect((await ask(port, '/_search')).status).toBe(401);
    expect((await ask(port, '/_security/user')).status).toBe(401);
    const login = { auth: `${OWNER.username}:${OWNER.password}` };
    expect((await ask(port, '/_search', { ...login, headers: EVIL })).status).toBe(403);
    const owner = as(OWNER);
    await owner('PUT', '/shop');
    await expect(owner('DELETE', '/*')).rejects.toThrow(/400.*Wildcard expressions or all indices are not allowed/);
    // The password went in clear.
    expect(await owner('GET', '/shop')).toHaveProperty('shop');
    expect(await plainTransport(transportPort)).toContain('This is not an HTTP port');
    const logs = readdirSync(join(home, 'logs'));
    expect(logs).toContain('postern-test_audit.json');
    expect(readFileSync(join(home, 'logs/postern-test.log'), 'utf8')).toMatch(/audit.*(?:license|basic)/i);
  });

  // audit/elasticsearch-anonymous-role, audit/elasticsearch-cors-any-origin-with-credentials, audit/elasticsearch-http-without-tls, audit/elasticsearch-transport-port-open
  it('an anonymous superuser, an origin that may send the login, TLS, and the nodes’ port on loopback', async () => {
    const {
      port,
      transportPort,
      ask: asked,
    } = await start(
      [
        'network.host: 0.0.0.0',
        'transport.host: 127.0.0.1',
        'xpack.security.enabled: true',
        'xpack.security.enrollment.enabled: false',
        'xpack.security.http.ssl.enabled: true',
        'xpack.security.http.ssl.key: server.key',
        'xpack.security.http.ssl.certificate: server.crt',
        'xpack.security.authc.anonymous.roles: superuser',
        'http.cors.enabled: true',
        'http.cors.allow-origin: /.*/',
        'http.cors.allow-credentials: true',
      ],
      'https',
    );
    expect([await connects(port, host), await connects(transportPort, host)]).toEqual([true, false]);
    await expect(ask(port, '/')).rejects.toThrow();
    expect(await asked('GET', '/_cluster/health')).toHaveProperty('status');
    const curl = (...args: string[]) =>
      execFileSync('curl', ['-sk', ...args, `https://127.0.0.1:${port}/_security/user`], { encoding: 'utf8' });
    expect(JSON.parse(curl())).toHaveProperty('elastic');
    const headers = curl('-o', '/dev/null', '-D', '-', '-H', `Origin: ${EVIL.origin}`);
    expect(headers).toMatch(/access-control-allow-origin: https:\/\/evil\.example/i);
    expect(headers).toMatch(/access-control-allow-credentials: true/i);
  });

  // audit/elasticsearch-transport-without-tls
  it('refuses to start with logins on a network address and no TLS between nodes', async () => {
    await expect(
      start([
        'network.host: 0.0.0.0',
        'discovery.type: multi-node',
        'xpack.security.enabled: true',
        'xpack.security.enrollment.enabled: false',
        'xpack.security.transport.ssl.enabled: false',
      ]),
    ).rejects.toThrow(/Transport SSL must be enabled/);
  });
});

describe.skipIf(!seven)('settings of a real Elasticsearch 7', { timeout: 240_000 }, () => {
  // audit/elasticsearch-default-password-accepted
  it('has no default password to accept, although the setting is still known', async () => {
    const node = await startSearch('elasticsearch-7', {
      settings: ['xpack.security.enabled: true', 'xpack.security.authc.accept_default_password: true'],
    });
    try {
      expect((await ask(node.port, '/_search', { auth: 'elastic:changeme' })).status).toBe(401);
    } finally {
      await node.stop();
    }
  });
});
