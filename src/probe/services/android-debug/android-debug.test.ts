import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askPort } from '../../testing/ask.ts';
import { httpServer, type Reply, type TestHttpServer } from '../../testing/http-server.ts';
import { scriptedContext } from '../../testing/scripted.ts';
import { adb } from './adb.ts';
import { androidDebugDatabase } from './index.ts';

const servers: TestHttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: Parameters<typeof httpServer>[0]): Promise<number> {
  const server = await httpServer(answer);
  servers.push(server);
  return server.port;
}

/** RequestHandler.getDBListResponse of amitshekhariitbhu/Android-Debug-Database. */
const LIST = {
  rows: [
    ['shop.db', 'false', 'true'],
    ['jane@example.org.db', 'true', 'true'],
    ['APP_SHARED_PREFERENCES', 'false', 'false'],
  ],
  columns: [],
  isSuccessful: true,
  error: null,
  dbVersion: 0,
};

describe('the Android Debug Database dialogue', () => {
  it('calls a debug build open to writing', async () => {
    const port = await serve((path) => (path === '/getDbList' ? [200, LIST] : [500, '']));
    const result = await askPort(port, 'android-debug');
    expect(result).toMatchObject({ verdict: 'anonymous-write', product: 'android-debug-database' });
    expect(result.datasets.map(({ name }) => name)).toEqual(['shop.db', '*', 'APP_SHARED_PREFERENCES']);
  });

  it('is secured where the library asks for its password', async () => {
    const port = await serve(() => [401, '', { 'www-authenticate': 'Basic realm="Debug database admin pw"' }]);
    expect(await askPort(port, 'android-debug')).toMatchObject({ verdict: 'secured', datasets: [] });
  });

  // RequestHandler.handle, writeServerError and writeUnauthorizedError, byte by byte: lines end with LF alone (println on
  // Android), and refusals have no empty line after their head.
  it.each<[string, boolean, string]>([
    ['open', false, 'anonymous-write'],
    ['closed', true, 'secured'],
  ])('reads the library’s own bytes: %s', async (_what, locked, verdict) => {
    const body = JSON.stringify(LIST);
    const raw = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (head) => {
        const ok = `HTTP/1.0 200 OK\nContent-Type: application/json\nContent-Length: ${body.length}\n\n${body}`;
        const refused = 'HTTP/1.0 401 Unauthorized\nWWW-Authenticate: Basic realm="Debug database admin pw"\n';
        const listed = head.toString('latin1').startsWith('GET /getDbList ');
        socket.end(locked ? refused : listed ? ok : 'HTTP/1.0 500 Internal Server Error\n');
      });
    });
    await new Promise<void>((done) => raw.listen(0, '127.0.0.1', done));
    const address = raw.address();
    try {
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      expect(await askPort(port, 'android-debug')).toMatchObject({ verdict });
    } finally {
      raw.close();
    }
  });

  const page = (body: string) => Buffer.from(`HTTP/1.0 200 OK\nContent-Length: ${body.length}\n\n${body}`);
  const refusal = 'HTTP/1.0 401 Unauthorized\nWWW-Authenticate: Basic realm="Debug database admin pw"\n';
  it.each<[string, (asked: string) => Uint8Array, string]>([
    [
      'open',
      (asked) => (asked.includes('getDbList') ? page(JSON.stringify(LIST)) : Buffer.from('HTTP/1.0 500\n')),
      'anonymous-write',
    ],
    ['closed', () => Buffer.from(refusal), 'secured'],
    ['everywhere', () => page(JSON.stringify(LIST)), 'inconclusive'],
    ['cut', () => page(JSON.stringify(LIST)).subarray(0, 90), 'unidentified'],
    ['garbage', () => Buffer.alloc(300, 0xff), 'unidentified'],
  ])('judges what is %s, without a value', async (_what, answer, verdict) => {
    const context = scriptedContext(androidDebugDatabase.allow, {
      answer: (asked) => answer(asked.toString('latin1')),
    });
    const observation = await androidDebugDatabase.probe(context);
    expect(observation.verdict).toBe(verdict);
    expect(JSON.stringify([observation, context.exchanges])).not.toContain('jane');
  });

  it('believes no server that lists databases everywhere', async () => {
    expect(await askPort(await serve(() => [200, LIST]), 'android-debug')).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each<[string, Reply]>([
    ['a list of others', [200, { ...LIST, rows: [['a', 'b']] }]],
    ['odd rows', [200, { ...LIST, rows: { length: 1 } }]],
    ['a refusal of others', [401, '', { 'www-authenticate': 'Basic realm="x"' }]],
  ])('is not found in %s', async (_what, reply) => {
    expect(await askPort(await serve(() => reply), 'android-debug')).toMatchObject({ verdict: 'unidentified' });
  });
});

/** As protocol.txt of AOSP has it: six little-endian words and a payload. */
function message(command: string, arg0: number, payload: string | Buffer): Buffer {
  const word = Buffer.from(command, 'latin1').readUInt32LE(0);
  const body = Buffer.from(payload);
  const header = Buffer.alloc(24);
  const sum = body.reduce((total, byte) => total + byte, 0);
  for (const [index, value] of [word, arg0, 4096, body.length, sum, (word ^ 0xffffffff) >>> 0].entries()) {
    header.writeUInt32LE(value, index * 4);
  }
  return Buffer.concat([header, body]);
}

const BANNER = message(
  'CNXN',
  0x01000000,
  'device::ro.product.name=canary;ro.product.model=Canary 5;features=shell_v2\0',
);
const isControl = (request: Buffer) => request.readUInt32LE(20) === 0;

async function device(answer: (request: Buffer) => Uint8Array | 'close') {
  const context = scriptedContext(adb.allow, { answer });
  return { context, observation: await adb.probe(context) };
}

describe('the ADB dialogue', () => {
  it('calls a device that connects everybody open to writing, and does not name it', async () => {
    const { context, observation } = await device((request) => (isControl(request) ? 'close' : BANNER));
    expect(observation).toMatchObject({ identified: true, verdict: 'anonymous-write', datasets: [] });
    expect(JSON.stringify([observation, context.exchanges])).not.toMatch(/canary/i);
    expect(context.sent.map((request) => request.toString('latin1').slice(24))).toEqual(['host::\0', 'host::\0']);
  });

  it.each<[string, Buffer]>([
    ['a key', message('AUTH', 1, Buffer.alloc(20, 7))],
    ['TLS', message('STLS', 0x01000000, '')],
  ])('is secured where %s is asked for', async (_what, answer) => {
    expect((await device(() => answer)).observation).toMatchObject({ identified: true, verdict: 'secured' });
  });

  it('believes no peer that answers an invalid message', async () => {
    expect((await device(() => BANNER)).observation).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is not found in another message', async () => {
    expect((await device(() => message('OKAY', 1, ''))).observation).toMatchObject({ identified: false });
    expect((await device(() => message('CNXN', 1, 'hello'))).observation).toMatchObject({ identified: false });
  });

  it.each<[string, Buffer]>([
    ['garbage', Buffer.alloc(64, 0x41)],
    [
      'a length beyond any banner',
      Buffer.concat([BANNER.subarray(0, 12), Buffer.from([255, 255, 255, 127]), BANNER.subarray(16)]),
    ],
    ['a cut message', BANNER.subarray(0, 30)],
  ])('fails on %s', async (_what, bytes) => {
    await expect(device(() => bytes)).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });

  it('has no place for opening a stream', () => {
    expect(adb.allow.permitsBytes(message('OPEN', 1, 'shell:id\0'))).toBe(false);
    expect(adb.allow.permitsBytes(message('CNXN', 1, 'host::features=shell_v2\0'))).toBe(false);
  });
});
