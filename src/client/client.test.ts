import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  BENCH_ORIGIN,
  type Bench,
  type BenchOptions,
  makeBench,
  NO_REQUIREMENT,
} from '../guard/devices/testing/bench.ts';
import { createPaperAttester, paper } from '../guard/devices/testing/paper-attester.ts';
import {
  type Attestation,
  type Client,
  type ClientData,
  type ClientOptions,
  createClient,
  createKey,
  type Enrolment,
  GatewayError,
  keyOf,
  makeProof,
  thumbprint,
} from './index.ts';

const APP = { id: 'org.example.shop', version: '5.2.0', platform: 'ios' } as const;

interface App {
  readonly client: Client;
  readonly stored: { enrolment: Enrolment | null };
  attested: number;
  asserted: number;
  readonly asked: string[];
}

interface AppOptions extends Partial<ClientOptions> {
  readonly fetchOf?: (fetcher: typeof fetch) => typeof fetch;
}

async function install(bench: Bench, options: AppOptions = {}): Promise<App> {
  const key = options.key ?? (await createKey());
  const stored: App['stored'] = { enrolment: null };
  const asked: string[] = [];
  const fetcher: typeof fetch = (input, init) => {
    asked.push(`${init?.method} ${new URL(String(input)).pathname}`);
    return (options.fetchOf?.(bench.fetch) ?? bench.fetch)(input, init);
  };
  const attestKey = crypto.randomUUID();
  const app: Omit<App, 'client'> = { stored, attested: 0, asserted: 0, asked };
  const client = createClient({
    baseUrl: BENCH_ORIGIN,
    key,
    app: APP,
    userToken: () => bench.userToken(),
    async attest(data): Promise<Attestation> {
      app.attested += 1;
      return {
        format: 'app-attest',
        attestation: paper(data.bytes, { key: `${attestKey}${app.attested}` }),
        keyId: 'A'.repeat(44),
      };
    },
    async assert(data) {
      app.asserted += 1;
      const assertion = paper(data.bytes, { key: `${attestKey}${app.attested}`, counter: app.asserted });
      return { format: 'app-attest', assertion };
    },
    storage: {
      load: async () => stored.enrolment,
      save: async (enrolment) => {
        stored.enrolment = enrolment;
      },
    },
    fetch: fetcher,
    now: () => bench.now,
    ...options,
  });
  return Object.assign(app, { client });
}

const bench = (options: Partial<BenchOptions> = {}) => makeBench({ attester: createPaperAttester(), ...options });

describe('the client', () => {
  it.each([false, true])('enrols with the first call and signs each one (nonce asked for: %s)', async (nonce) => {
    const gateway = await bench({ config: { nonce } });
    const app = await install(gateway);
    const { data, status } = await app.client.call<{ device: { app: string } }>('GET', '/v1/orders', {
      query: { status: 'a b', tag: ['x', 'y'], none: undefined },
    });
    expect([status, data.device.app]).toEqual([200, APP.id]);
    await app.client.call('GET', '/v1/orders/1');
    expect(app.attested).toBe(1);
    expect(app.stored.enrolment).toMatchObject({ format: 'app-attest', version: '5.2.0' });
    expect(app.asked.filter((one) => one.startsWith('GET'))).toHaveLength(2);
  });

  it('enrols once for calls at the same time', async () => {
    const gateway = await bench();
    const app = await install(gateway);
    await Promise.all([1, 2, 3].map((n) => app.client.call('GET', `/v1/orders/${n}`)));
    expect(app.attested).toBe(1);
  });

  it('renews its token before it ends, with an assertion', async () => {
    const gateway = await bench();
    const app = await install(gateway);
    await app.client.call('GET', '/v1/orders');
    gateway.now += 571_000;
    await app.client.call('GET', '/v1/orders');
    expect([app.attested, app.asserted]).toEqual([1, 1]);
    expect(app.asked.slice(-3)).toEqual(['POST /device/challenge', 'POST /device/token', 'GET /v1/orders']);
  });

  it('goes on with its enrolment after a restart, and enrols again as a new version', async () => {
    const gateway = await bench();
    const key = await createKey();
    const app = await install(gateway, { key });
    await app.client.call('GET', '/v1/orders');
    const storage = { load: async () => app.stored.enrolment, save: async () => undefined };
    const counting = { attested: 0, asserted: 10 };
    const rowKey = (await gateway.store.devices(null, 1))[0]?.keyId ?? '';
    const again: Partial<ClientOptions> = {
      key: await keyOf(key.pair),
      storage,
      async attest(data) {
        counting.attested += 1;
        return { format: 'app-attest', attestation: paper(data.bytes), keyId: 'A'.repeat(44) };
      },
      assert: async (data) => ({
        format: 'app-attest',
        assertion: paper(data.bytes, { key: rowKey, counter: counting.asserted++ }),
      }),
    };
    await (await install(gateway, again)).client.call('GET', '/v1/orders');
    expect(counting.attested).toBe(0);
    await (await install(gateway, { ...again, app: { ...APP, version: '5.3.0' } })).client.call('GET', '/v1/orders');
    expect(counting.attested).toBe(1);
  });

  it('enrols again when its device was revoked', async () => {
    const gateway = await bench();
    const app = await install(gateway);
    await app.client.call('GET', '/v1/orders');
    await gateway.store.revoke({ platform: 'ios' }, gateway.now);
    expect((await app.client.call('GET', '/v1/orders')).status).toBe(200);
    expect(app.attested).toBe(2);
  });

  it('makes an assertion where an operation asks for one', async () => {
    const gateway = await bench({
      config: { nonce: true },
      requirement: { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete']) },
    });
    const app = await install(gateway);
    const reply = await app.client.call('DELETE', '/v1/orders/1', { query: { a: 'ä b' } });
    expect([reply.status, app.asserted]).toEqual([200, 1]);
    const without = await install(gateway, { assert: undefined });
    await expect(without.client.call('DELETE', '/v1/orders/1')).rejects.toMatchObject({ status: 401 });
  });

  it('is told what was refused, and asks no more often than once', async () => {
    const gateway = await bench({
      requirement: { ...NO_REQUIREMENT, attested: true, minimumVersion: new Map([['ios', '6.0']]) },
    });
    const app = await install(gateway);
    const error = await app.client.call('GET', '/v1/orders').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ status: 403, message: 'this version of the app is not served any more' });
    const gone = await bench();
    const stranger = await install(gone, { userToken: () => 'x' });
    await expect(stranger.client.call('GET', '/v1/orders')).rejects.toMatchObject({ status: 401 });
    expect(stranger.asked).toEqual(['POST /device/challenge']);
  });

  it('gives up where the gateway refuses every token', async () => {
    const gateway = await bench();
    let orders = 0;
    const app = await install(gateway, {
      fetchOf: (fetcher) => async (input, init) => {
        if (!String(input).endsWith('/v1/orders')) return fetcher(input, init);
        orders += 1;
        return new Response('{}', { status: 401, headers: { 'www-authenticate': 'DPoP error="invalid_token"' } });
      },
    });
    await expect(app.client.call('GET', '/v1/orders')).rejects.toMatchObject({ status: 401 });
    expect(orders).toBe(2);
  });

  it('reads problems', async () => {
    const gateway = await bench();
    const problem = {
      type: 'urn:postern:problem:invalid',
      title: 'the content is not valid',
      status: 422,
      errors: [{ pointer: '/status', detail: 'no' }, { detail: 'x' }, 7],
    };
    const app = await install(gateway, {
      fetchOf: (fetcher) => async (input, init) =>
        String(input).includes('/device/')
          ? fetcher(input, init)
          : new Response(JSON.stringify(problem), {
              status: 422,
              headers: { 'content-type': 'application/problem+json', 'x-request-id': 'r1', 'retry-after': '3' },
            }),
    });
    const error = await app.client.call('POST', '/v1/orders', { body: {} }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid',
      status: 422,
      requestId: 'r1',
      retryAfter: 3,
      errors: [{ pointer: '/status', detail: 'no' }, { detail: 'x' }],
    });
  });

  it('signs by the clock of the gateway when that of the device is wrong, also after a restart', async () => {
    const gateway = await bench();
    const key = await createKey();
    const wrong = () => gateway.now - 3 * 3_600_000;
    const app = await install(gateway, { key, now: wrong });
    expect((await app.client.call('GET', '/v1/orders')).status).toBe(200);
    const android = { ...APP, platform: 'android', version: '50200' } as const;
    const stored: { enrolment: Enrolment | null } = { enrolment: null };
    const again: Partial<ClientOptions> = {
      key,
      now: wrong,
      app: android,
      attest: async (data) => ({ format: 'play-integrity', attestation: paper(data.bytes) }),
      storage: {
        load: async () => stored.enrolment,
        save: async (enrolment) => {
          stored.enrolment = enrolment;
        },
      },
    };
    await (await install(gateway, again)).client.call('GET', '/v1/orders');
    // Renews without a challenge: the refused proof is what tells it.
    const restarted = await install(gateway, again);
    expect((await restarted.client.call('GET', '/v1/orders')).status).toBe(200);
    expect(restarted.asked).toEqual([
      'POST /device/token',
      'POST /device/challenge',
      'POST /device/token',
      'GET /v1/orders',
    ]);
  });

  it('signs out', async () => {
    const gateway = await bench();
    const app = await install(gateway);
    await app.client.enrol();
    await app.client.revoke();
    expect(app.stored.enrolment).toBeNull();
    expect((await gateway.store.devices(null, 10)).every(({ revokedAt }) => revokedAt !== null)).toBe(true);
  });

  it('sends its token to its own server alone', async () => {
    const app = await install(await bench());
    await expect(app.client.call('GET', 'https://other.example/v1')).rejects.toThrow('another server');
    await expect(app.client.call('GET', '//other.example/v1')).rejects.toThrow('another server');
    expect(app.asked).toEqual([]);
  });

  it('does not follow a redirect', async () => {
    const server = createServer((_, answer) => answer.writeHead(302, { location: '/elsewhere' }).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const app = await install(await bench(), { baseUrl: `http://127.0.0.1:${address.port}`, fetch });
    await expect(app.client.call('GET', '/v1/orders')).rejects.toThrow();
    server.close();
  });
});

describe('a resource', () => {
  interface Order {
    readonly status: 'open' | 'paid';
    readonly total: number;
  }

  async function shop(answer: (request: Request) => Response | Promise<Response>) {
    const gateway = await bench();
    return install(gateway, {
      fetchOf: (fetcher) => async (input, init) =>
        String(input).includes('/device/') ? fetcher(input, init) : answer(new Request(input, init)),
    });
  }

  it('is listed to its end, page after page, with the same filters', async () => {
    const queries: string[] = [];
    const { client } = await shop((request) => {
      const { searchParams } = new URL(request.url);
      queries.push(searchParams.toString());
      const page = Number(searchParams.get('cursor') ?? 0);
      return Response.json({
        items: [{ id: `${page}`, status: 'open', total: 1 }],
        next: page < 2 ? `${page + 1}` : null,
      });
    });
    const ids: string[] = [];
    for await (const order of client.resource<Order>('/v1/orders').list({ status: 'open', size: 1 }))
      ids.push(order.id);
    expect(ids).toEqual(['0', '1', '2']);
    expect(queries).toEqual(['status=open&size=1', 'status=open&size=1&cursor=1', 'status=open&size=1&cursor=2']);
  });

  it('has its operations', async () => {
    const seen: string[] = [];
    const { client } = await shop(async (request) => {
      const { pathname } = new URL(request.url);
      const told = ['content-type', 'if-match', 'idempotency-key'].map((name) => request.headers.get(name) ?? '-');
      seen.push([request.method, pathname, ...told, await request.text()].join(' '));
      if (request.method === 'DELETE') return new Response(null, { status: 204 });
      if (pathname.endsWith('/count')) return Response.json({ count: 17 });
      return Response.json({ id: 'a/b', status: 'open', total: 1 }, { headers: { etag: '"1"' } });
    });
    const orders = client.resource<Order, { status: 'open' | 'paid' }>('/v1/orders');
    expect((await orders.get('a/b')).etag).toBe('"1"');
    expect((await orders.create({ status: 'open' }, 'k1')).data.id).toBe('a/b');
    await orders.update('1', { status: null }, '"1"');
    await orders.remove('1', '"1"');
    expect(await orders.count({ status: 'open' })).toBe(17);
    expect(seen).toEqual([
      'GET /v1/orders/a%2Fb - - - ',
      'POST /v1/orders application/json - k1 {"status":"open"}',
      'PATCH /v1/orders/1 application/merge-patch+json "1" - {"status":null}',
      'DELETE /v1/orders/1 - "1" - ',
      'GET /v1/orders/count - - - ',
    ]);
  });
});

describe('a key', () => {
  it('cannot be read', async () => {
    const { pair } = await createKey();
    await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow();
    expect(pair.privateKey.extractable).toBe(false);
  });

  it('has the thumbprint of RFC 7638, as RFC 9449 section 6.1 shows it', async () => {
    const publicJwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
    } as const;
    expect(await thumbprint({ publicJwk, sign: async (bytes: ClientData['bytes']) => bytes })).toBe(
      '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    );
  });

  it('makes proofs that name the hash of the token', async () => {
    const proof = await makeProof(await createKey(), {
      method: 'GET',
      url: 'https://a.example/x',
      token: 'abc',
      nonce: 'n',
      now: 5_999,
    });
    const [header = '', claims = ''] = proof.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header)).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256' } });
    expect(JSON.parse(claims)).toMatchObject({
      htm: 'GET',
      htu: 'https://a.example/x',
      iat: 5,
      nonce: 'n',
      ath: 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0',
    });
  });
});
