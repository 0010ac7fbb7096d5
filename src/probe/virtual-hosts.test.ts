/** Two names on one address and port, told apart by SNI (RFC 6066 section 3) and by the Host header. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../core/testing/openssl.ts';
import { createScope, systemEnvironment } from '../net/index.ts';
import { probe } from './index.ts';
import type { ProbeResult } from './service.ts';

const NAMES = ['open.example', 'shut.example'] as const;
type Name = (typeof NAMES)[number];

interface Pair {
  key: Buffer;
  cert: Buffer;
}

/** A certificate of its own for the name. */
function certificateOf(folder: string, name: string): Pair {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name} -keyout ${key} -out ${cert}`;
  execFileSync('openssl', options.split(' '), { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** An open CouchDB for one name, one that asks for a login for the other. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const name = (request.socket as TLSSocket & { servername?: string | false }).servername;
  const open: Record<string, unknown> = {
    '/': { couchdb: 'Welcome', version: '1.6.1' },
    '/_all_dbs': ['orders'],
    '/_session': { userCtx: { name: null, roles: ['_admin'] } },
    '/orders': { doc_count: 3 },
  };
  const shut: Record<string, unknown> = { '/': open['/'] };
  const table = name === 'open.example' ? open : shut;
  const found = table[request.url ?? ''];
  const status = found !== undefined ? 200 : name === 'open.example' ? 404 : 401;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ?? { error: status === 401 ? 'unauthorized' : 'not_found' }));
}

describe.skipIf(!hasOpenssl)('two virtual hosts on one address, over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sni-'));
  const servers: Server[] = [];
  let certificates: Record<Name, Pair>;
  beforeAll(() => {
    certificates = {
      'open.example': certificateOf(folder, 'open.example'),
      'shut.example': certificateOf(folder, 'shut.example'),
    };
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** @param named how each connection named the host it wants */
  async function serve(named: (string | undefined)[]): Promise<number> {
    const server = createServer(
      {
        // Whoever does not say for whom the handshake is gets the host that is shut.
        ...certificates['shut.example'],
        SNICallback: (name, done) => {
          const pair = NAMES.includes(name as Name) ? certificates[name as Name] : undefined;
          done(null, createSecureContext(pair ?? certificates['shut.example']));
        },
      },
      answer,
    );
    server.on('secureConnection', (socket: TLSSocket & { servername?: string | false }) =>
      named.push(socket.servername || undefined),
    );
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  async function ask(hosts: readonly string[], port: number): Promise<Map<string, ProbeResult>> {
    const entries = hosts.map((host) => ({
      host,
      addresses: ['127.0.0.1'],
      resolve: 'listed' as const,
      authority: 'loopback' as const,
    }));
    const { targets } = await createScope(entries, systemEnvironment([]));
    const asked = targets.map((target) => ({ label: target.host, target, port, service: 'couchdb' }));
    const results = new Map<string, ProbeResult>();
    for await (const one of probe(asked)) results.set(one.host, one);
    return results;
  }

  it('are each told by their own verdict and certificate', async () => {
    const named: (string | undefined)[] = [];
    const results = await ask(NAMES, await serve(named));
    expect(results.get('open.example')).toMatchObject({ verdict: 'anonymous-write', documents: 3 });
    expect(results.get('shut.example')).toMatchObject({ verdict: 'secured', datasets: [] });
    for (const name of NAMES) {
      const { fingerprint256 } = new X509Certificate(certificates[name].cert);
      const seen = results.get(name)?.exchanges.map(({ tls }) => tls?.fingerprint256) ?? [];
      expect(seen.length, name).toBeGreaterThan(0);
      expect(new Set(seen), name).toEqual(new Set([fingerprint256]));
    }
    expect(new Set(named)).toEqual(new Set(NAMES));
  });

  it('show only what stands behind the address where it is asked without a name', async () => {
    const named: (string | undefined)[] = [];
    const results = await ask(['127.0.0.1'], await serve(named));
    expect(results.get('127.0.0.1')).toMatchObject({ verdict: 'secured' });
    expect(new Set(named)).toEqual(new Set([undefined]));
  });
});
