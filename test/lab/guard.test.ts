/** The guard in front of the range's search service: the range's own policy, the real gateway, and what `verify` sees. */
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { nameGuard } from '../../lab/demo/guard.ts';
import { type Range, startRange } from '../../lab/index.ts';
import { type RangeAddresses, whyNotFree } from '../../lab/range/addresses.ts';
import { createShop } from '../../lab/seed/shop.ts';
import { askThrough } from '../../src/check/verify/through/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { ReceiptThrough } from '../../src/core/contract/receipt.ts';
import { isObserved, lint, loadPolicy } from '../../src/guard/policy/index.ts';
import { startGateway } from '../../src/guard/run/gateway.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';

let pairs = 0;
function ownAddresses(): RangeAddresses {
  pairs++;
  return { outside: `127.83.${60 + pairs}.1`, inside: `127.83.${60 + pairs}.2` };
}

const missing = await whyNotFree('127.83.61.1', 0);
if (missing !== undefined) console.warn(`SKIPPED: the guard of the practice range is not tested: ${missing}`);

interface Guarded {
  range: Range;
  token: string;
  ask(path: string, options?: { token?: string; body?: unknown }): Promise<{ status: number; json: unknown }>;
  through(): Promise<ReceiptThrough>;
}

/** @param change of the policy's text, before the gateway starts */
async function guarded(change: (policy: string) => string = (policy) => policy): Promise<Guarded> {
  const addresses = ownAddresses();
  const range = await startRange(undefined, { addresses, only: ['search'] });
  onTestFinished(() => range.stop());
  const yml = join(range.dir, 'deploy', 'elasticsearch', 'elasticsearch.yml');
  await writeFile(yml, (await readFile(yml, 'utf8')).replace('enabled: false', 'enabled: true'));
  await range.restart();
  const path = join(range.dir, 'guard', 'guard.yaml');
  await writeFile(path, change(await readFile(path, 'utf8')));
  const policy = await loadPolicy(path);
  const gateway = await startGateway(policy, { worker: { index: 0, count: 1 }, log: () => {}, env: {} });
  onTestFinished(() => gateway.close(0));
  // The keys of the issuer are read while it already listens.
  await vi.waitFor(() => expect(gateway.notReady()).toBeUndefined(), { timeout: 10_000 });
  const token = (await readFile(join(range.dir, 'secrets', 'customer-token'), 'utf8')).trim();

  const ask: Guarded['ask'] = (target, { token: sent, body } = {}) =>
    new Promise((done, failed) => {
      const headers: Record<string, string> = {
        ...(sent !== undefined && { authorization: `Bearer ${sent}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const method = body === undefined ? 'GET' : 'POST';
      const client = request({ host: addresses.outside, port: 9280, path: target, method, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, json: JSON.parse(Buffer.concat(chunks).toString() || 'null') }),
        );
      });
      client.once('error', failed);
      client.end(body === undefined ? undefined : JSON.stringify(body));
    });

  const through = async () => {
    expect(await nameGuard(range.configPath)).toHaveLength(5);
    const { targets } = await loadConfig(range.configPath, { named: true });
    const guardedBy = targets.flatMap((target) => target.guardedBy ?? [])[0];
    if (!guardedBy) throw new Error('the range names no gateway');
    const watched = policy.roles.filter((role) => isObserved(role, Date.now())).map(({ name }) => name);
    return askThrough(guardedBy, {
      scope: await createScope(
        [{ host: guardedBy.host, addresses: [addresses.outside], resolve: 'listed', authority: 'loopback' }],
        systemEnvironment([]),
      ),
      observedRoles: new Map([[path, watched]]),
      env: {},
      now: () => new Date(),
    });
  };
  return { range, token, ask, through };
}

describe.skipIf(missing !== undefined)('the guard of the practice range', () => {
  test('shows a customer the own orders with a masked phone, and a stranger nothing', async () => {
    const { token, ask } = await guarded();
    const { status, json } = await ask('/orders/_search?sort=order_id', { token });
    expect(status).toBe(200);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const own = createShop().orders.filter(({ customer_id }) => customer_id === claims.customer);
    expect(own.length).toBeGreaterThan(1);
    expect(json).toMatchObject({
      hits: {
        total: { value: own.length },
        hits: own.map(({ order_id, phone }) => ({
          _source: { order_id, customer_id: claims.customer, phone: `***${phone.slice(-4)}` },
        })),
      },
    });
    const shown = JSON.stringify(json);
    for (const { phone, email, card_last4, shipping_address } of own) {
      for (const hidden of [phone, email, `"${card_last4}"`, shipping_address.street])
        expect(shown).not.toContain(hidden);
    }
    expect((await ask('/orders/_search')).status).toBe(401);
    expect((await ask('/customers/_search', { token })).status).toBe(403);
  });

  test('serves the grammar of the guard: queries, sorting, aggregations, counts, documents by id', async () => {
    const { token, ask } = await guarded();
    const search = async (body: object) => (await ask('/orders/_search', { token, body })).json;
    const all = await search({ query: { match_all: {} }, size: 10, track_total_hits: true });
    const total = Number(Reflect.get(Object(Reflect.get(Object(Reflect.get(Object(all), 'hits')), 'total')), 'value'));
    expect(total).toBeGreaterThan(1);
    const wide = {
      bool: {
        must: [{ range: { order_id: { gte: 1 } } }, { exists: { field: 'status' } }],
        should: [{ prefix: { status: 'p' } }, { match: { 'items.title': 'jacket' } }],
        must_not: [{ term: { currency: 'USD' } }],
        minimum_should_match: 0,
      },
    };
    expect(await search({ query: wide, sort: [{ placed_at: 'desc' }] })).toMatchObject({
      hits: { total: { value: total } },
    });
    const aggs = { states: { terms: { field: 'status' }, aggs: { sum: { sum: { field: 'total' } } } } };
    expect(await search({ size: 0, aggs })).toMatchObject({ aggregations: { states: { buckets: expect.any(Array) } } });
    expect((await ask('/orders/_count', { token })).json).toMatchObject({ count: total });
    const id = String(Reflect.get(Object(Reflect.get(Object(Reflect.get(Object(all), 'hits')), 'hits')), '0')?._id);
    expect(await ask(`/orders/_doc/${id}`, { token })).toMatchObject({ status: 200, json: { found: true } });
    const other = createShop().orders.findIndex(({ order_id }) => String(order_id) !== id) + 1;
    expect(await ask(`/orders/_doc/${other}`, { token })).toMatchObject({ status: 404, json: { found: false } });
    const both = { ids: [id, String(other)] };
    expect((await ask('/orders/_mget', { token, body: both })).json).toMatchObject({
      docs: [{ found: true }, { found: false }],
    });
  });

  test('is what verify finds: strangers stopped, the customer answered, no way around', async () => {
    const { through, token } = await guarded();
    const seen = await through();
    expect(seen.stranger.status).toBe(401);
    expect(seen.control.ok).toBe(true);
    expect(seen.attempts).toMatchObject({ answered: [], unclear: [] });
    expect(seen.attempts.refused + seen.attempts.narrowed).toBe(seen.attempts.tried);
    expect(seen.attempts.refused).toBeGreaterThan(seen.attempts.narrowed);
    expect(seen.observed).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  test('is told to be only watched while its role is', async () => {
    const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    const watched = await guarded((policy) =>
      policy.replace('    limits: { rate', `    observe: { until: ${until} }\n    limits: { rate`),
    );
    expect((await watched.through()).observed).toEqual(['customer']);
  });

  test('has a policy that the lint has no error for, in a range of the usual addresses, too', async () => {
    const { range } = await guarded();
    const own = await loadPolicy(join(range.dir, 'guard', 'guard.yaml'));
    const template = join(import.meta.dirname, '../../lab/template/guard/guard.yaml');
    for (const policy of [own, await loadPolicy(template)]) {
      expect(lint(policy, {}).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  test('gives every start keys of its own, and keeps the one that signs nowhere', async () => {
    const first = await guarded();
    const second = await guarded();
    const jwks = ({ range }: Guarded) => readFile(join(range.dir, 'guard', 'jwks.json'), 'utf8');
    expect(await jwks(first)).not.toBe(await jwks(second));
    expect(await jwks(first)).not.toContain('"d"');
    expect((await second.ask('/orders/_search', { token: first.token })).status).toBe(401);
  });
});
