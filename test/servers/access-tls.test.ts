/** The access check over TLS, with a certificate that nobody signed: credentials leave for loopback alone then. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createApiStandIn } from '../../lab/api-stand-in/index.ts';
import { probeAccess } from '../../src/probe/index.ts';
import { loopbackTarget } from '../../src/probe/testing/ask.ts';
import { certificate } from './harness/daemon.ts';
import { findProgram } from './harness/require-server.ts';

const TOKENS = { alice: 'made-up-token-of-alice', bob: 'made-up-token-of-bob' };

describe.skipIf(findProgram(['openssl']) === undefined)('the practice API behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-access-tls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is told as in clear, with the facts of the handshake in the evidence', async () => {
    const { key, cert } = certificate(folder);
    const [answer] = createApiStandIn({ tokens: TOKENS }).listeners('request');
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer as RequestListener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const accounts = Object.entries(TOKENS).map(([name, token]) => ({
      name,
      headers: { authorization: `Bearer ${token}` },
      ids: {},
    }));
    const endpoints = [{ path: '/orders/{id}', list: '/orders' }];
    const ask = async (tls: boolean) =>
      await probeAccess(await loopbackTarget(), {
        api: { port, tls, prefix: '/v2', endpoints, oldApps: [], notTested: [] },
        accounts,
      });
    const outcome = await ask(true);
    expect(outcome.access.map(({ as, read }) => [as, read])).toEqual([
      ['stranger', 'no'],
      ['signed-in', 'yes'],
      ['other-user', 'yes'],
    ]);
    expect(outcome.exchanges.every(({ tls }) => tls?.protocol === 'TLSv1.3')).toBe(true);
    const clear = await ask(false);
    expect(clear.access.every(({ read }) => read === 'unknown')).toBe(true);
    server.closeAllConnections();
    server.close();
  });
});
