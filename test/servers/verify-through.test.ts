/**
 * The attempts of `verify` are real: a store without a guard answers them, whoever asks. Through the guard, in front of
 * the same store, none of them shows more than the own search.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CUSTOMER_TOKEN, prepareIssuer } from '../../lab/guard/issuer.ts';
import { askThrough } from '../../src/check/verify/through/index.ts';
import type { ReceiptThrough } from '../../src/core/contract/receipt.ts';
import { loadPolicy } from '../../src/guard/policy/index.ts';
import { type Gateway, startGateway } from '../../src/guard/run/gateway.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';
import { freePort } from './harness/daemon.ts';
import { type Distribution, requireSearch, type SearchNode, startSearch } from './harness/search.ts';

const TEMPLATE = join(import.meta.dirname, '../../lab/template/guard/guard.yaml');
const STORES = [
  ['elasticsearch-8', 'store: elasticsearch', 'version: 8'],
  ['opensearch-2', 'store: opensearch', 'version: 2'],
] as const satisfies readonly (readonly [Distribution, string, string])[];

describe.each(STORES)('verify, through the guard in front of %s', (distribution, store, version) => {
  const installed = requireSearch(distribution);
  let node: SearchNode | undefined;
  let gateway: Gateway | undefined;
  let port = 0;
  const dir = mkdtempSync(join(tmpdir(), 'postern-through-'));

  beforeAll(async () => {
    if (installed === undefined) return;
    // Elasticsearch 8 speaks TLS to users only unless it is told otherwise.
    const settings = distribution === 'elasticsearch-8' ? ['xpack.security.enabled: false'] : [];
    node = await startSearch(distribution, { settings });
    for (const [index, customer] of [
      ['orders', 15],
      ['orders', 16],
      ['customers', 15],
    ] as const) {
      await node.ask('POST', `/${index}/_doc?refresh=true`, {
        customer_id: customer,
        status: 'paid',
        phone: '555-0100',
      });
    }
    await prepareIssuer(dir, 15);
    port = await freePort();
    const policy = readFileSync(TEMPLATE, 'utf8')
      .replace('127.83.0.1:9280', `127.0.0.1:${port}`)
      .replace('127.83.0.2:9200', `127.0.0.1:${node.port}`)
      .replace('store: elasticsearch', store)
      .replace('version: 7', version)
      .replace(/^ {4}credentials:.*\n/m, '');
    writeFileSync(join(dir, 'guard', 'guard.yaml'), policy);
    gateway = await startGateway(await loadPolicy(join(dir, 'guard', 'guard.yaml')), {
      worker: { index: 0, count: 1 },
      log: () => {},
      env: {},
    });
    // The keys of the issuer are read while it already listens.
    await vi.waitFor(() => expect(gateway?.notReady()).toBeUndefined(), { timeout: 10_000 });
  }, 150_000);
  afterAll(async () => {
    await gateway?.close(0);
    await node?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  async function seenAt(asked: number): Promise<ReceiptThrough> {
    const guard = { host: 'search.example', port: asked, tls: false, index: 'orders', scheme: 'Bearer' } as const;
    return askThrough(
      { ...guard, credentials: { file: join(dir, CUSTOMER_TOKEN) } },
      {
        scope: await createScope(
          [{ host: 'search.example', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
          systemEnvironment([]),
        ),
        observedRoles: new Map(),
        env: {},
        now: () => new Date(),
      },
    );
  }

  it.skipIf(installed === undefined)('finds the store itself open, and its ways around real', async () => {
    const { stranger, attempts } = await seenAt(node?.port ?? 0);
    expect(stranger.status).toBe(200);
    const real = [
      'search everywhere',
      'all indices',
      'encoded _all',
      'wildcard',
      'global aggregation',
      'source parameter',
    ];
    expect(attempts.answered).toEqual(expect.arrayContaining([...real, '_mapping']));
  });

  it.skipIf(installed === undefined)('finds none through the guard', async () => {
    const { stranger, control, attempts } = await seenAt(port);
    expect(stranger.status).toBe(401);
    expect(control).toMatchObject({ ok: true });
    expect(attempts).toMatchObject({ answered: [], unclear: [] });
    expect(attempts.refused + attempts.narrowed).toBe(attempts.tried);
  });
});
