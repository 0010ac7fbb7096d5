import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { createValkeyState, type ValkeyOptions, type ValkeyState } from '../../src/db/valkey.ts';
import { Refusal } from '../../src/guard/contract/refusal.ts';
import { createLimits, type Limits, type LimitsEvent, type Spender } from '../../src/guard/limits/index.ts';
import { NO_LIMITS } from '../../src/guard/policy/limits-config.ts';
import {
  type Account,
  certificate,
  type Daemon,
  freePort,
  startDaemon,
  unprivileged,
  workFolder,
} from './harness/daemon.ts';
import { requireServer } from './harness/require-server.ts';

const binary = requireServer('redis-server', ['valkey-server', 'redis-server']);
const key = Buffer.alloc(32, 7);
const daemons = new Set<Daemon>();
const states: ValkeyState[] = [];

afterAll(async () => {
  for (const state of states) await state.close();
  for (const daemon of daemons) await daemon.stop();
});

interface Server {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

async function start(lines: (folder: string, account?: Account) => string[] = () => [], at?: number): Promise<Server> {
  const account = unprivileged('redis', 'valkey');
  const folder = workFolder('guard-limits', account);
  const port = at ?? (await freePort());
  const extra = lines(folder, account);
  const plain = extra.some((line) => line.startsWith('tls-port')) ? 0 : port;
  const file = join(folder, 'store.conf');
  writeFileSync(file, ['bind 127.0.0.1', 'save ""', `dir ${folder}`, `port ${plain}`, ...extra].join('\n'));
  const daemon = await startDaemon({
    name: 'valkey',
    command: binary ?? '',
    args: [file],
    port,
    folder,
    ...(account ? { account } : {}),
  });
  daemons.add(daemon);
  return {
    port,
    folder,
    async stop() {
      daemons.delete(daemon);
      await daemon.stop();
    },
  };
}

async function gateway(options: ValkeyOptions): Promise<ValkeyState> {
  const state = createValkeyState(options);
  states.push(state);
  await state.connected;
  return state;
}

function limitsOf(state: ValkeyState, onEvent?: (event: LimitsEvent) => void): Limits {
  return createLimits({ onFailure: 'refuse', peer: null, device: null }, state.limits, {
    key,
    ...(onEvent && { onEvent }),
  });
}

const url = (server: Server) => `redis://127.0.0.1:${server.port}`;
const documents = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `profiles/${from + i}`);
const hour = (count: number) => ({ count, windowMs: 3_600_000 });

async function refusalOf(work: unknown): Promise<Refusal> {
  const error = await Promise.resolve(work).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refusal)) throw new Error('it was not refused');
  return error;
}

describe.skipIf(!binary)('limits in a real Valkey or Redis', () => {
  it('lets exactly the burst through two gateways that ask at the same time', async () => {
    const server = await start();
    const gateways = [limitsOf(await gateway({ url: url(server) })), limitsOf(await gateway({ url: url(server) }))];
    const limits = { ...NO_LIMITS, rate: { perSecond: 0.01, burst: 20 } };
    const calls = Array.from({ length: 100 }, (_, i) => gateways[i % 2]?.enter('p1', null, null, limits));
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const refused = await refusalOf(gateways[0]?.enter('p1', null, null, limits));
    expect(refused.code).toBe('limited');
    expect(refused.retryAfter).toBeGreaterThan(90);
    expect(refused.retryAfter).toBeLessThanOrEqual(100);
    await gateways[0]?.enter('p2', null, null, limits);
  });

  it('charges a principal nothing for a request that its device may not make', async () => {
    const server = await start();
    const state = await gateway({ url: url(server) });
    const limits = createLimits(
      {
        onFailure: 'refuse',
        peer: null,
        device: { rate: { perSecond: 0.001, burst: 1 }, concurrent: null, documents: null },
      },
      state.limits,
      { key },
    );
    const role = { ...NO_LIMITS, rate: { perSecond: 0.001, burst: 2 } };
    await limits.enter('p', 'device', null, role);
    expect((await refusalOf(limits.enter('p', 'device', null, role))).detail).toContain('device');
    await limits.enter('p', null, null, role);
    expect((await refusalOf(limits.enter('p', null, null, role))).detail).toContain('principal');
  });

  it('counts requests under way over all gateways, and gives a place back when one ends', async () => {
    const server = await start();
    const [a, b] = [limitsOf(await gateway({ url: url(server) })), limitsOf(await gateway({ url: url(server) }))];
    const limits = { ...NO_LIMITS, concurrent: 2 };
    const first = await a.enter('p', null, null, limits);
    await b.enter('p', null, null, limits);
    expect((await refusalOf(a.enter('p', null, null, limits))).code).toBe('limited');
    first.leave();
    first.leave();
    // Both go over one connection, in this order.
    await a.enter('p', null, null, limits);
    expect((await refusalOf(b.enter('p', null, null, limits))).code).toBe('limited');
  });

  it('gives back the place of a gateway that died', async () => {
    const server = await start();
    const limits = { ...NO_LIMITS, concurrent: 1 };
    const dead = await gateway({ url: url(server), ticketMs: 150 });
    await limitsOf(dead).enter('p', null, null, limits);
    await dead.close();
    const other = limitsOf(await gateway({ url: url(server) }));
    await refusalOf(other.enter('p', null, null, limits));
    await expect
      .poll(() =>
        Promise.resolve(other.enter('p', null, null, limits)).then(
          () => 'in',
          () => 'out',
        ),
      )
      .toBe('in');
  });

  it('counts each document once, over all gateways, and refuses as a whole what would exceed the budget', async () => {
    const server = await start();
    const alarms: LimitsEvent[] = [];
    const a = limitsOf(await gateway({ url: url(server) }), (event) => alarms.push(event));
    const b = limitsOf(await gateway({ url: url(server) }));
    await a.spendDocuments('p', documents(0, 60), hour(100));
    await b.spendDocuments('p', documents(30, 90), hour(100));
    const refused = await refusalOf(a.spendDocuments('p', documents(85, 101), hour(100)));
    expect(refused.code).toBe('budget');
    expect(refused.retryAfter).toBeGreaterThan(3500);
    expect(alarms).toEqual([{ kind: 'budget', scope: 'principal', principal: 'p' }]);
    await b.spendDocuments('p', documents(90, 100), hour(100));
    await a.spendDocuments('p', documents(0, 100), hour(100));
    await refusalOf(b.spendDocuments('p', documents(100, 101), hour(100)));
    await b.spendDocuments('other', documents(100, 101), hour(100));
  });

  it('takes an answer from the budgets of principal, device and app version together, or from none', async () => {
    const server = await start();
    const alarms: LimitsEvent[] = [];
    const a = limitsOf(await gateway({ url: url(server) }), (event) => alarms.push(event));
    const b = limitsOf(await gateway({ url: url(server) }));
    const spenders = (device: number): Spender[] => [
      { id: 'p', scope: 'principal', count: 100, windowMs: 3_600_000, counting: 'exact' },
      { id: 'd', scope: 'device', count: device, windowMs: 3_600_000, counting: 'exact' },
    ];
    await a.spendAll(spenders(20), documents(0, 20));
    expect((await refusalOf(b.spendAll(spenders(20), documents(20, 100)))).code).toBe('budget');
    expect(alarms).toEqual([]);
    // Had the principal paid for what the device could not, these would not fit.
    await b.spendDocuments('p', documents(100, 180), hour(100));
    expect((await refusalOf(a.spendAll(spenders(20), documents(0, 21)))).detail).toContain('principal');
    expect(alarms).toEqual([{ kind: 'budget', scope: 'principal', principal: 'p' }]);
  });

  it('estimates within the stated error over two gateways, and never counts a document twice', async () => {
    const server = await start();
    const gateways = [limitsOf(await gateway({ url: url(server) })), limitsOf(await gateway({ url: url(server) }))];
    const version: Spender = { id: 'v', scope: 'version', count: 10_000, windowMs: 3_600_000, counting: 'estimate' };
    let shown = 0;
    let refused: Refusal | undefined;
    for (let page = 0; refused === undefined && page < 200; page++) {
      const one = documents(page * 100, page * 100 + 100);
      refused = await Promise.resolve(gateways[page % 2]?.spendAll([version], one)).then(
        () => undefined,
        (error: unknown) => (error instanceof Refusal ? error : Promise.reject(error)),
      );
      if (refused === undefined) shown += 100;
    }
    expect(refused?.code).toBe('budget');
    // Four standard errors of 0.81 %, and a page.
    expect(Math.abs(shown - 10_000)).toBeLessThan(10_000 * 4 * 0.0081 + 100);
    for (let page = 0; page < 20; page++) {
      await gateways[page % 2]?.spendAll([version], documents(page * 100, page * 100 + 100));
    }
  });

  it('remembers trails and holds of slow theft over all gateways', async () => {
    const server = await start();
    const a = (await gateway({ url: url(server) })).anomalies;
    const b = (await gateway({ url: url(server) })).anomalies;
    expect(await a.add('0:orders', 'p', ['x', 'y'], 60_000, 0)).toBe(2);
    expect(await b.add('0:orders', 'p', ['y', 'z'], 60_000, 0)).toBe(3);
    expect(await b.add('0:orders', 'q', ['y'], 60_000, 0)).toBe(1);
    expect(await b.held('p', 0)).toBeNull();
    await a.hold('p', { action: 'step-up', rule: 2, leftMs: 60_000 }, 0);
    expect(await b.held('p', 0)).toMatchObject({ action: 'step-up', rule: 2 });
    // Shorter, and stricter.
    await b.hold('p', { action: 'block', rule: 0, leftMs: 50_000 }, 0);
    await b.hold('p', { action: 'throttle', rule: 1, leftMs: 90_000 }, 0);
    expect(await a.held('p', 0)).toMatchObject({ action: 'block', rule: 0 });
    await a.hold('q', { action: 'throttle', rule: 1, leftMs: 90_000 }, 0);
    await a.hold('q', { action: 'step-up', rule: 2, leftMs: 60_000 }, 0);
    await b.release('q');
    expect(await a.held('q', 0)).toMatchObject({ action: 'throttle', rule: 1 });
    await b.release('q');
    expect(await a.held('q', 0)).toMatchObject({ action: 'throttle' });
    expect(await a.held('r', 0)).toBeNull();
  });

  it('counts exactly when many requests of one principal arrive at once', async () => {
    const server = await start();
    const gateways = [limitsOf(await gateway({ url: url(server) })), limitsOf(await gateway({ url: url(server) }))];
    const calls = Array.from({ length: 200 }, (_, i) =>
      gateways[i % 2]?.spendDocuments('p', documents(i, i + 1), hour(50)),
    );
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
  });

  it('has room again when documents have left the window', async () => {
    const server = await start();
    const limits = limitsOf(await gateway({ url: url(server) }));
    const budget = { count: 2, windowMs: 300 };
    await limits.spendDocuments('p', documents(0, 2), budget);
    await refusalOf(limits.spendDocuments('p', documents(2, 3), budget));
    await expect
      .poll(() =>
        Promise.resolve(limits.spendDocuments('p', documents(2, 3), budget)).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('keeps its state over a restart of the gateway', async () => {
    const server = await start();
    const first = await gateway({ url: url(server) });
    await limitsOf(first).spendDocuments('p', documents(0, 100), hour(100));
    await first.replay.seen('thumbprint', 'proof', Date.now() + 60_000);
    await first.close();
    const second = await gateway({ url: url(server) });
    expect((await refusalOf(limitsOf(second).spendDocuments('p', documents(100, 101), hour(100)))).code).toBe('budget');
    expect(await second.replay.seen('thumbprint', 'proof', Date.now() + 60_000)).toBe(true);
  });

  it('refuses while the server is away, at once, and goes on when it is back, also with its scripts forgotten', async () => {
    const server = await start();
    const events: string[] = [];
    const state = await gateway({ url: url(server), onEvent: ({ kind }) => events.push(kind) });
    const limits = limitsOf(state);
    const role = { ...NO_LIMITS, concurrent: 5 };
    await limits.enter('p', null, null, role);
    await server.stop();
    await expect.poll(() => limits.ready()).toBe(false);
    const before = performance.now();
    expect((await refusalOf(limits.enter('p', null, null, role))).code).toBe('unavailable');
    expect((await refusalOf(limits.spendDocuments('p', documents(0, 1), hour(1)))).code).toBe('unavailable');
    expect((await refusalOf(state.replay.seen('k', 'j', Date.now() + 1000))).code).toBe('unavailable');
    expect(performance.now() - before).toBeLessThan(400);
    const lenient = createLimits({ onFailure: 'allow', peer: null, device: null }, state.limits, { key });
    await lenient.enter('p', null, null, role);
    await lenient.spendDocuments('p', documents(0, 10), hour(1));
    await start(() => [], server.port);
    await expect.poll(() => limits.ready(), { timeout: 10_000 }).toBe(true);
    await limits.enter('p', null, null, role);
    await limits.spendDocuments('p', documents(0, 1), hour(1));
    expect(events).toEqual(['up', 'down', 'up']);
  });

  it('refuses when the server takes the command and does not answer', async () => {
    const server = await start();
    const state = await gateway({ url: url(server), timeout: 100 });
    const blocker = createClient({ url: url(server) });
    blocker.on('error', () => {});
    await blocker.connect();
    await blocker.sendCommand(['CLIENT', 'PAUSE', '700', 'ALL']);
    const role = { ...NO_LIMITS, concurrent: 1 };
    const limits = limitsOf(state);
    expect((await refusalOf(limits.enter('p', null, null, role))).code).toBe('unavailable');
    // The others do not wait for it as well.
    const before = performance.now();
    await refusalOf(limits.enter('p', null, null, role));
    expect(performance.now() - before).toBeLessThan(50);
    await expect.poll(() => limits.ready(), { timeout: 5000 }).toBe(true);
    // What was counted too late was given back.
    await limits.enter('p', null, null, role);
    blocker.destroy();
  });

  it('refuses from the start when there is no server, and needs none to start', async () => {
    const events: unknown[] = [];
    const state = createValkeyState({
      url: `redis://127.0.0.1:${await freePort()}`,
      onEvent: (event) => events.push(event),
    });
    states.push(state);
    const limits = limitsOf(state);
    await expect.poll(() => events).toEqual([{ kind: 'down', reason: 'ECONNREFUSED' }]);
    expect(limits.ready()).toBe(false);
    expect((await refusalOf(limits.enter('p', null, null, { ...NO_LIMITS, concurrent: 1 }))).code).toBe('unavailable');
  });

  it('says of two equal proofs at once that one was used', async () => {
    const server = await start();
    const [a, b] = [await gateway({ url: url(server) }), await gateway({ url: url(server) })];
    const until = Date.now() + 60_000;
    const answers = await Promise.all([a.replay.seen('k', 'j', until), b.replay.seen('k', 'j', until)]);
    expect([...answers].sort()).toEqual([false, true]);
    expect(await b.replay.seen('other', 'j', until)).toBe(false);
    expect(await b.replay.seen('k', 'j2', Date.now() - 1)).toBe(true);
  });

  it('speaks TLS to a server that its authority vouches for, with a password, and to no other', async () => {
    let cert = '';
    const port = await freePort();
    const secure = await start((folder, account) => {
      const files = certificate(folder, account);
      cert = readFileSync(files.cert, 'utf8');
      const tls = [`tls-cert-file ${files.cert}`, `tls-key-file ${files.key}`, 'tls-auth-clients no'];
      return [`tls-port ${port}`, ...tls, 'requirepass synthetic-1'];
    }, port);
    const address = `rediss://127.0.0.1:${secure.port}`;
    const state = await gateway({ url: address, ca: cert, password: 'synthetic-1' });
    await limitsOf(state).enter('p', null, null, { ...NO_LIMITS, concurrent: 1 });
    for (const options of [
      { url: address, password: 'synthetic-1' },
      { url: address, ca: cert, password: 'wrong' },
      { url: address, ca: cert },
    ]) {
      const refused = createValkeyState(options);
      states.push(refused);
      expect(refused.ready()).toBe(false);
      expect((await refusalOf(refused.replay.seen('k', 'j', Date.now() + 1000))).code).toBe('unavailable');
    }
  });

  it('needs no more rights than its manual says', async () => {
    const manual = readFileSync(new URL('../../docs/guard/limits.md', import.meta.url), 'utf8');
    const rights = /`(~postern:\*[^`]+)`/.exec(manual)?.[1]?.replace(/\s+/g, ' ') ?? '';
    expect(rights).toContain('+evalsha');
    const server = await start(() => ['user default off', `user guard on >synthetic-2 ${rights}`]);
    const state = await gateway({ url: url(server), username: 'guard', password: 'synthetic-2' });
    const limits = limitsOf(state);
    const role = { ...NO_LIMITS, rate: { perSecond: 1, burst: 5 }, concurrent: 1 };
    for (let i = 0; i < 3; i++) (await limits.enter('p', null, null, role)).leave();
    await limits.spendDocuments('p', documents(0, 3), hour(5));
    await refusalOf(limits.spendDocuments('p', documents(3, 9), hour(5)));
    expect(await state.replay.seen('k', 'j', Date.now() + 60_000)).toBe(false);
    const estimated = { id: 'v', scope: 'version', counting: 'estimate', ...hour(5) } as const;
    expect(await state.limits.spend([estimated], documents(0, 3), Date.now())).toMatchObject({ waitMs: 0 });
    expect(await state.limits.spend([estimated], documents(3, 30), Date.now())).toMatchObject({ closed: estimated });
    expect(await state.anomalies.add('0:orders', 'p', ['a', 'b'], 60_000, Date.now())).toBe(2);
    await state.anomalies.hold('p', { action: 'block', rule: 0, leftMs: 60_000 }, Date.now());
    expect(await state.anomalies.held('p', Date.now())).toMatchObject({ action: 'block' });
    await state.anomalies.release('p');
    const until = Date.now() + 60_000;
    expect(await state.idempotency.begin('one', 'print', until)).toBe('new');
    await state.idempotency.done('one');
    expect(await state.idempotency.begin('one', 'print', until)).toBe('same');
    expect(await state.idempotency.begin('two', 'print', until)).toBe('new');
    await state.idempotency.abandon('two');
  });

  it('holds no document, no principal and no proof in clear, and lets every key expire', async () => {
    const server = await start();
    const state = await gateway({ url: url(server) });
    const limits = limitsOf(state);
    await limits.enter('aGFzaA', null, null, { ...NO_LIMITS, rate: { perSecond: 1, burst: 5 }, concurrent: 3 });
    await limits.spendDocuments('aGFzaA', ['profiles/someone@example.org'], hour(5));
    await state.replay.seen('thumbprint', 'proof-1', Date.now() + 60_000);
    const owner = createClient({ url: url(server) });
    await owner.connect();
    const keys = await owner.keys('*');
    expect(keys.sort().map((name) => name.replace(/(proof:).*/, '$1'))).toEqual([
      'postern:{guard}:proof:',
      'postern:{guard}:rate:principal:aGFzaA',
      'postern:{guard}:running:principal:aGFzaA',
      'postern:{guard}:shown:aGFzaA',
    ]);
    for (const name of keys) expect(await owner.pTTL(name)).toBeGreaterThan(0);
    const members = await owner.zRange('postern:{guard}:shown:aGFzaA', 0, -1);
    expect(members).toHaveLength(1);
    expect(members[0]).toMatch(/^[\w-]{11}$/);
    owner.destroy();
  });
});
