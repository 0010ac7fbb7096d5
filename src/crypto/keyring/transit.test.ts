import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PosternError } from '../../core/errors.ts';
import { openEpochKeys } from './epoch-keys.ts';
import { openRootKey } from './open-root-key.ts';
import type { RootKey, TransitOptions } from './root-key.ts';
import { startTransitStandIn, type TransitStandIn } from './testing/transit-stand-in.ts';
import { openTransitRoot } from './transit.ts';

const CONTEXT = 'postern vault index key 1 vvvvvvvvvvvvvvvvvvvvvv';
const SECRET = 'a key that is wrapped';

const standIns: TransitStandIn[] = [];
const roots: RootKey[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const root of roots.splice(0)) root.close();
  for (const standIn of standIns.splice(0)) await standIn.close();
});

async function start(changed: Partial<TransitStandIn> = {}): Promise<TransitStandIn> {
  const standIn = await startTransitStandIn();
  standIns.push(standIn);
  return Object.assign(standIn, changed);
}

function optionsOf(url: string, changed: Partial<TransitOptions> = {}): TransitOptions {
  return {
    kind: 'transit',
    url,
    mount: 'transit',
    key: 'postern',
    token: { env: 'TOKEN' },
    namespace: null,
    ca: null,
    ...changed,
  };
}

async function open(standIn: TransitStandIn, changed: Partial<TransitOptions> = {}): Promise<RootKey> {
  const root = await openTransitRoot(optionsOf(standIn.url, changed), async () => 'stand-in-token', { pause: 1 });
  roots.push(root);
  return root;
}

async function errorOf(work: Promise<unknown>): Promise<PosternError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof PosternError && error.code === 'E_KEY') return error;
  throw error ?? new Error('nothing was thrown');
}

describe('a root key in a transit engine', () => {
  it('wraps and unwraps there, with the token, the namespace and the context', async () => {
    const standIn = await start();
    const root = await open(standIn, { namespace: 'team/one' });
    expect(root.id).toBe('transit:team/one/transit/postern');
    const wrapped = await root.wrap(Buffer.from(SECRET), CONTEXT);
    expect(Buffer.from(wrapped).toString()).toMatch(/^vault:v1:/);
    expect(Buffer.from(await root.unwrap(wrapped, CONTEXT)).toString()).toBe(SECRET);
    expect(standIn.headers).toMatchObject({ 'x-vault-token': 'stand-in-token', 'x-vault-namespace': 'team/one' });
    expect(standIn.requests.at(-1)).toBe('POST /v1/transit/decrypt/postern');
  });

  it.each([false, true])(
    'unwraps nothing in another context (a server that ignores it: %s)',
    async (ignoresAssociatedData) => {
      const standIn = await start({ ignoresAssociatedData });
      const root = await open(standIn);
      const wrapped = await root.wrap(Buffer.from(SECRET), CONTEXT);
      const error = await errorOf(root.unwrap(wrapped, `${CONTEXT} 2`));
      expect(error.message).toContain(ignoresAssociatedData ? 'did not wrap this' : 'refused (status 400)');
      expect(Buffer.from(await root.unwrap(wrapped, CONTEXT)).toString()).toBe(SECRET);
    },
  );

  it('asks the service nothing about what it never wrote', async () => {
    const standIn = await start();
    const root = await open(standIn);
    const before = standIn.requests.length;
    for (const wrapped of ['', 'vault:', 'vault:v1:', 'vault:v1:a b', '{"a":1}', 'vault:v1:AAAA\n']) {
      expect((await errorOf(root.unwrap(Buffer.from(wrapped), CONTEXT))).message).toContain('did not wrap this');
    }
    expect(standIn.requests.length).toBe(before);
  });

  it('holds the keys of a vault', async () => {
    const standIn = await start();
    const folder = join(mkdtempSync(join(tmpdir(), 'postern-transit-')), 'keys');
    const read = async () => 'stand-in-token';
    const first = await openEpochKeys(folder, await openRootKey(optionsOf(standIn.url), read), { epochMs: 1000 });
    const second = await openEpochKeys(folder, await openRootKey(optionsOf(standIn.url), read), { epochMs: 1000 });
    expect(second.derive('a')).toEqual(first.derive('a'));
    first.close();
    second.close();
  });

  it('reads the token again for every request, so that it can be replaced', async () => {
    const standIn = await start();
    let token = 'stand-in-token';
    const root = await openTransitRoot(optionsOf(standIn.url), async () => `${token}\n`, { pause: 1 });
    roots.push(root);
    standIn.token = 'another';
    expect((await errorOf(root.wrap(Buffer.from(SECRET), CONTEXT))).hint).toContain('token has ended');
    token = 'another';
    await root.wrap(Buffer.from(SECRET), CONTEXT);
    token = 'two\nlines';
    expect((await errorOf(root.wrap(Buffer.from(SECRET), CONTEXT))).message).toContain('is not a token');
  });
});

describe('a service that cannot help', () => {
  it.each([
    [307, 'standby'],
    [400, 'more than data'],
    [403, 'token has ended'],
    [404, 'no such mount'],
    [429, 'slow down'],
    [503, 'sealed'],
    [599, 'own log'],
  ])('with status %i is an error that says what to do, and not what it answered', async (status, hint) => {
    const standIn = await start();
    const root = await open(standIn);
    standIn.fault = (_, response) => {
      response
        .writeHead(status, { location: 'https://elsewhere.example.org/' })
        .end('{"errors":["quoted stand-in-token"]}');
      return true;
    };
    const before = standIn.requests.length;
    const error = await errorOf(root.wrap(Buffer.from(SECRET), CONTEXT));
    expect(error.message).toBe(`the key service refused (status ${status})`);
    expect(error.hint).toContain(hint);
    expect(standIn.requests.length - before).toBe(status >= 500 || status === 429 ? 3 : 1);
    expect(`${error.stack}`).not.toContain('stand-in-token');
  });

  it('for a moment is asked again', async () => {
    const standIn = await start();
    const root = await open(standIn);
    let failures = 2;
    standIn.fault = (request, response) => {
      if (failures-- <= 0) return false;
      if (failures === 1) request.socket.destroy();
      else response.writeHead(502).end();
      return true;
    };
    await root.wrap(Buffer.from(SECRET), CONTEXT);
    expect(failures).toBe(-1);
  });

  it.each([
    ['no JSON', 'not json'],
    ['no object', '[]'],
    ['nothing in it', '{"data":{}}'],
    ['a ciphertext that is a number', '{"data":{"ciphertext":7}}'],
    ['a ciphertext of something else', '{"data":{"ciphertext":"plain"}}'],
    ['too much', `{"data":{"ciphertext":"vault:v1:${'A'.repeat(70_000)}"}}`],
  ])('because it answers %s is an error', async (_, text) => {
    const standIn = await start();
    const root = await open(standIn);
    standIn.fault = (_request, response) => {
      response.end(text);
      return true;
    };
    expect((await errorOf(root.wrap(Buffer.from(SECRET), CONTEXT))).message).toContain('not of its protocol');
  });

  it('because nobody listens, or an answer ends early, is an error that names the host', async () => {
    const standIn = await start();
    const root = await open(standIn);
    standIn.fault = (_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('{"data"');
      response.socket?.end();
      return true;
    };
    expect((await errorOf(root.wrap(Buffer.from(SECRET), CONTEXT))).message).toContain('cannot be reached');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    const closed = openTransitRoot(optionsOf(`http://127.0.0.1:${port}`), async () => 't', { pause: 1 });
    expect((await errorOf(closed)).message).toBe(
      `the key service at 127.0.0.1:${port} cannot be reached (ECONNREFUSED)`,
    );
  });

  it.each(['at all', 'to its end'])('because it does not answer %s is given up after a while', async (how) => {
    const standIn = await start();
    standIn.fault = (request, response) => {
      if (request.method === 'GET') return false;
      if (how === 'to its end') response.writeHead(200).write('{');
      return true;
    };
    const work = openTransitRoot(optionsOf(standIn.url), async () => 'stand-in-token', { pause: 1, timeout: 50 });
    expect((await errorOf(work)).message).toMatch(/cannot be reached \((ABORT_ERR|TimeoutError|ECONNRESET|23)\)/);
    expect(standIn.requests.filter((line) => line.includes('encrypt'))).toHaveLength(3);
  });

  it('is found out when the key is opened: a token that may only encrypt', async () => {
    const standIn = await start();
    standIn.fault = (request, response) => {
      if (!request.url?.includes('/decrypt/')) return false;
      response.writeHead(403).end('{}');
      return true;
    };
    expect((await errorOf(open(standIn))).hint).toContain('decrypt/<key>');
  });
});

describe('where a transit engine may be', () => {
  it.each([
    'http://192.0.2.1:8200',
    'http://vault.example.org',
    'ftp://127.0.0.1',
    'https://user:secret@vault.example.org',
    'https://vault.example.org/?a=b',
    'vault.example.org:8200',
    '',
  ])('is not %s', async (url) => {
    const error = await errorOf(openTransitRoot(optionsOf(url), async () => 't'));
    expect(error.message).toMatch(/not https|has a query/);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    { mount: '../sys' },
    { mount: 'a/../../sys' },
    { mount: '' },
    { mount: 'a?b' },
    { mount: '/transit' },
    { key: 'a/b' },
    { key: '..' },
    { key: '' },
    { key: 'a%2fb' },
  ])('is not under %j', async (changed) => {
    const standIn = await start();
    await errorOf(open(standIn, changed));
    expect(standIn.requests.filter((line) => !line.includes('lookup-self'))).toEqual([]);
  });
});

describe('the token of a transit engine', () => {
  it('that does not end is nobody’s trouble', async () => {
    const root = await open(await start());
    expect(root.trouble()).toBeNull();
  });

  it('that cannot be renewed is told in time', async () => {
    const root = await open(await start({ ttl: 3600 }));
    expect(root.trouble()).toContain('ends in 3600 s and cannot be renewed');
  });

  it('is renewed when half of its time is over, and trouble is told until it works again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const standIn = await start({ ttl: 3600, renewable: true });
    const root = await open(standIn);
    const renewals = () => standIn.requests.filter((line) => line.includes('renew-self')).length;
    expect(root.trouble()).toBeNull();
    await vi.advanceTimersByTimeAsync(1_799_000);
    expect(renewals()).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect.poll(renewals).toBe(1);
    await expect.poll(() => vi.getTimerCount()).toBe(1);
    standIn.fault = (_, response) => {
      response.writeHead(403).end();
      return true;
    };
    await vi.advanceTimersByTimeAsync(1_800_000);
    await expect.poll(() => root.trouble()).toContain('cannot be renewed: the key service refused (status 403)');
    standIn.fault = null;
    await vi.advanceTimersByTimeAsync(60_000);
    await expect.poll(() => root.trouble()).toBeNull();
    expect(renewals()).toBe(2);
    root.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that may not look itself up is used, and said to be renewed by nobody', async () => {
    const standIn = await start();
    standIn.fault = (request, response) => {
      if (!request.url?.includes('/auth/')) return false;
      response.writeHead(403).end('{}');
      return true;
    };
    const root = await open(standIn);
    await root.wrap(Buffer.from(SECRET), CONTEXT);
    expect(root.trouble()).toContain('may not look itself up');
  });
});
