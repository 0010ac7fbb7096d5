import { afterEach, describe, expect, it } from 'vitest';
import type { GuardedBy, Target } from '../../../config/index.ts';
import type { OutsiderRequest } from '../../../core/story.ts';
import { createScope, systemEnvironment } from '../../../net/index.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../../probe/testing/http-server.ts';
import { bypassAttempts, controlRequest, strangerRequests } from './attempts.ts';
import { askThrough, guardOf } from './index.ts';

const TOKEN = 'made-up-token-of-nobody';
const NOW = new Date('2026-03-02T00:00:00.000Z');
const STRANGER: Reply = [401, { error: { type: 'security_exception' }, status: 401 }];
const REFUSED: Reply = [403, { error: { type: 'forbidden' }, status: 403 }];
const found = (value: number): Reply => [200, { hits: { total: { value, relation: 'eq' }, hits: [] } }];

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface World {
  /** What comes before the right answers of a gateway. */
  answer?: (path: string, authorization: string | undefined) => Reply | undefined;
  guard?: Partial<GuardedBy>;
  observed?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Addresses of the gateway in scope. */
  addresses?: string[];
}

async function through({ answer, guard, observed, env = { CONTROL: TOKEN }, addresses = ['127.0.0.1'] }: World = {}) {
  const server = await httpServer((path, { headers: { authorization } }) => {
    const changed = answer?.(path, authorization);
    if (changed) return changed;
    if (authorization !== `Bearer ${TOKEN}`) return STRANGER;
    return path === controlRequest('orders').path ? found(3) : REFUSED;
  });
  servers.push(server);
  const scope = await createScope(
    [{ host: 'search.example', addresses, resolve: 'listed', authority: 'loopback' }],
    systemEnvironment([]),
  );
  const guardedBy: GuardedBy = {
    host: 'search.example',
    port: server.port,
    tls: false,
    index: 'orders',
    scheme: 'Bearer',
    credentials: { env: 'CONTROL' },
    policy: '/guard.yaml',
    ...guard,
  };
  const seen = await askThrough(guardedBy, {
    scope,
    observedRoles: new Map(observed ? [['/guard.yaml', observed]] : []),
    env,
    now: () => NOW,
  });
  expect(JSON.stringify(seen)).not.toContain(TOKEN);
  return { seen, server };
}

describe('what is asked at a gateway', () => {
  it('finds the stranger stopped, the control answered and every attempt refused', async () => {
    const { seen, server } = await through();
    const tried = bypassAttempts('orders').length;
    expect(seen).toMatchObject({
      gateway: `search.example:${server.port}`,
      stranger: { asked: strangerRequests('orders').length + 1, status: 401 },
      control: { ok: true, at: NOW.toISOString() },
      attempts: { tried, refused: tried, narrowed: 0, answered: [], unclear: [] },
      observed: [],
    });
    expect(server.asked.length).toBe(strangerRequests('orders').length + 1 + tried + 2);
  });

  it('asks for no document, and changes nothing', () => {
    for (const { path, body } of [
      ...strangerRequests('orders'),
      ...bypassAttempts('orders'),
      controlRequest('orders'),
    ]) {
      expect(path).toMatch(/^\/[!-~]*$/);
      if (path.includes('_search') && !path.includes('scroll')) {
        expect(path.includes('size=0') || body?.startsWith('{"size":0') || path.includes('source=')).toBe(true);
      }
      expect(path).not.toMatch(/_bulk|_update|_delete|_doc|_reindex|_aliases|_clone/);
    }
  });

  it('takes a narrowed search for no way around, and one with more documents for one', async () => {
    const { seen } = await through({
      answer: (path, authorization) => {
        if (authorization !== `Bearer ${TOKEN}`) return undefined;
        if (path.startsWith('/_all/_search')) return found(3);
        return path.startsWith('/%5Fall/_search') ? found(4) : undefined;
      },
    });
    expect(seen.attempts).toMatchObject({ narrowed: 1, answered: ['encoded _all'], unclear: [] });
  });

  it('does not accept an answer where only a refusal will do, however little it tells', async () => {
    const { seen } = await through({
      answer: (path, authorization) =>
        authorization === `Bearer ${TOKEN}` && path.startsWith('/_cat') ? [200, []] : undefined,
    });
    expect(seen.attempts.answered).toEqual(['_cat/indices']);
  });

  it('takes a limit and a failure for no refusal', async () => {
    const { seen } = await through({
      answer: (path, authorization) => {
        if (authorization !== `Bearer ${TOKEN}`) return undefined;
        if (path.startsWith('/_sql')) return [429, {}];
        return path.startsWith('/_nodes') ? [503, {}] : undefined;
      },
    });
    expect(seen.attempts.unclear).toEqual(['_sql', '_nodes']);
    expect(seen.attempts.answered).toEqual([]);
  });

  it('asks again when it is told to wait, and not for ever', async () => {
    let limited = 0;
    const patient: World = {
      answer: (path, authorization) => {
        if (authorization !== `Bearer ${TOKEN}`) return undefined;
        if (path.startsWith('/_sql') && ++limited < 3) return [429, {}, { 'retry-after': '0' }];
        return path.startsWith('/_nodes') ? [429, {}, { 'retry-after': '0' }] : undefined;
      },
    };
    const { seen, server } = await through(patient);
    expect(seen.attempts.unclear).toEqual(['_nodes']);
    expect(server.asked.filter((one) => one.includes('_nodes'))).toHaveLength(4);
  });

  it('tells a gateway that lets strangers in, or believes a token that nobody signed', async () => {
    const open = await through({
      answer: (path, authorization) => (!authorization && path === '/' ? [200, {}] : undefined),
    });
    expect(open.seen.stranger.status).toBe(200);
    const second = await through({
      answer: (path, authorization) =>
        authorization ? undefined : path === '/' ? [405, {}] : path.startsWith('/_cat') ? [200, []] : undefined,
    });
    expect(second.seen.stranger.status).toBe(200);
    const credulous = await through({
      answer: (_path, authorization) => (authorization?.startsWith('Bearer eyJ') ? found(3) : undefined),
    });
    expect(credulous.seen.stranger.status).toBe(200);
  });

  it('tries nothing when the control is not answered', async () => {
    const { seen } = await through({ env: { CONTROL: 'another-made-up-token' } });
    expect(seen.control).toMatchObject({ ok: false, detail: expect.stringMatching(/answered 401/) });
    expect(seen.attempts.tried).toBe(0);
  });

  it('does not believe refusals of a token that ended in between', async () => {
    let controls = 0;
    const { seen } = await through({
      answer: (path, authorization) => {
        if (authorization !== `Bearer ${TOKEN}` || path !== controlRequest('orders').path) return undefined;
        return ++controls > 1 ? STRANGER : undefined;
      },
    });
    expect(seen.control.ok).toBe(false);
  });

  it.each([
    ['the gateway’s host is not in scope', { guard: { host: 'other.example' } }, /not in scope/],
    ['nothing listens', { guard: { port: 1 } }, /refused|answered/],
    ['the token is not there', { env: {} }, /CONTROL is not set/],
    ['the token has two lines', { env: { CONTROL: `${TOKEN}\r\nx-other: 1` } }, /one line of plain text/],
  ] satisfies [string, World, RegExp][])('says so when %s', async (_what, world, why) => {
    const { seen } = await through(world);
    expect(seen.control.ok).toBe(false);
    expect(seen.control.detail).toMatch(why);
  });

  it('sends an API key as one', async () => {
    const { seen } = await through({
      guard: { scheme: 'ApiKey' },
      answer: (path, authorization) => {
        if (authorization !== `ApiKey ${TOKEN}`) return undefined;
        return path === controlRequest('orders').path ? found(3) : REFUSED;
      },
    });
    expect(seen.control.ok).toBe(true);
  });

  it('knows nothing of watched roles without a policy, and names them with one', async () => {
    expect((await through({ observed: ['customer'] })).seen.observed).toEqual(['customer']);
    expect((await through({ guard: { policy: undefined as never } })).seen.observed).toBeNull();
  });
});

describe('the gateway of a story', () => {
  const target: Target = {
    host: 'search.example',
    addresses: ['127.0.0.1'],
    resolve: 'listed',
    authority: 'loopback',
    ports: [],
    controls: [],
    guardedBy: {
      host: 'search.example',
      port: 9443,
      tls: true,
      index: 'orders',
      scheme: 'Bearer',
      credentials: { env: 'CONTROL' },
    },
  };
  const asked = {
    address: '127.0.0.1',
    port: 9200,
    verdict: 'refused' as const,
    vantage: 'office',
    exchanges: [],
  } satisfies Partial<OutsiderRequest>;

  it('is that of the search engine at the same host, and of no other store there', () => {
    expect(guardOf([{ ...asked, host: 'Search.example', service: 'opensearch' }], [target])).toBe(target.guardedBy);
    expect(guardOf([{ ...asked, host: 'search.example', service: 'redis' }], [target])).toBeUndefined();
    expect(guardOf([{ ...asked, host: 'other.example', service: 'elasticsearch' }], [target])).toBeUndefined();
  });
});
