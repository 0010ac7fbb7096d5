import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExposed } from '../src/core/verdict.ts';
import { services } from '../src/probe/index.ts';
import { askPort } from '../src/probe/testing/ask.ts';

const DEADLINE = 500;
const servers: Server[] = [];
const timers: NodeJS.Timeout[] = [];

afterAll(() => {
  for (const timer of timers) clearInterval(timer);
  for (const server of servers) server.close();
});

async function listen(serve: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Answers every request with these bytes. */
const says = (bytes: string | Buffer) => (socket: Socket) => {
  socket.on('data', () => {
    socket.write(bytes);
  });
};

function http(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Repeatable noise without a library. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x2545f491;
  for (let n = 0; n < length; n++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[n] = state & 0xff;
  }
  return bytes;
}

/** One byte, then one more every so often, forever. */
const drips = (start: string) => (socket: Socket) => {
  socket.on('data', () => {
    socket.write(start);
    const timer = setInterval(() => socket.write('1'), 50);
    timers.push(timer);
    socket.on('close', () => clearInterval(timer));
  });
};

/** A gigabyte, as fast as the other side takes it. */
const floods = (head: string) => (socket: Socket) => {
  const chunk = Buffer.alloc(1024 * 1024, 0x31);
  socket.once('data', () => {
    socket.write(head);
    let left = 1024;
    const more = () => {
      while (left-- > 0) if (!socket.write(chunk)) return;
      socket.end();
    };
    socket.on('drain', more);
    more();
  });
};

const BANNER = JSON.stringify({ tagline: 'You Know, for Search', couchdb: 'Welcome', version: { number: '7.10.2' } });
const BEHAVIOURS: Record<string, (socket: Socket) => void> = {
  'sends garbage': says(noise(4_096)),
  'greets with garbage': (socket) => void socket.write(noise(200)),
  hangs: () => {},
  'drips a byte now and then': drips('H'),
  'drips the body of an answer': drips('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n['),
  'drips headers without an end': drips('HTTP/1.1 200 OK\r\nx-long: 1'),
  'sends a gigabyte of one digit': floods(''),
  'sends a gigabyte of HTTP body': floods('HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n'),
  'sends a gigabyte as one RESP string': floods('$1073741824\r\n'),
  'sends endless informational answers': (socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(2_000)));
  },
  'closes at once': (socket) => socket.destroy(),
  'resets after the first request': (socket) => socket.once('data', () => socket.resetAndDestroy()),
  'closes within its answer': (socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"tagline":"You Know'));
  },
  'speaks SSH': (socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  'speaks SMTP': (socket) => {
    socket.write('220 mail.example.org ESMTP\r\n');
    says('502 5.5.2 Error: command not recognized\r\n')(socket);
  },
  echoes: (socket) => void socket.pipe(socket),
  'answers everything with an empty page': says(http('200 OK', '<html></html>')),
  'answers everything with the same banner': says(http('200 OK', BANNER)),
  'answers everything with an empty list': says(http('200 OK', '[]')),
  'answers everything with null': says(http('200 OK', 'null')),
  'answers everything with deep JSON': says(http('200 OK', '['.repeat(200_000))),
  'answers everything with +OK': says('+OK\r\n'),
  'answers everything with +PONG and a banner': says(`+PONG\r\n${http('200 OK', BANNER)}`),
  'answers everything with a server error': says(http('503 Service Unavailable', '{}')),
};

describe.each(Object.entries(BEHAVIOURS))('a server that %s', (_name, serve) => {
  let port: number;
  beforeAll(async () => {
    port = await listen(serve);
  });

  it('is never taken for an open store, never hangs a probe and never fills memory', async () => {
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const asked = [undefined, ...services.map((service) => service.id)];
    const results = await Promise.all(asked.map((service) => askPort(port, service, DEADLINE)));
    for (const [n, { verdict, reason, datasets }] of results.entries()) {
      expect.soft(isExposed(verdict), `${asked[n] ?? 'ladder'}: ${verdict}, ${reason}`).toBe(false);
      expect.soft(['unidentified', 'inconclusive', 'secured']).toContain(verdict);
      expect.soft(datasets).toEqual([]);
    }
    // Each service takes at most twice its deadline (the TLS retry); the ladder adds them up.
    expect(performance.now() - start).toBeLessThan(asked.length * 3 * DEADLINE + 5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('a server that sends elsewhere', () => {
  it.each(['301 Moved Permanently', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect'])(
    'with %s is not followed, within the scope or out of it',
    async (status) => {
      let elsewhere = 0;
      const outside = await listen(() => elsewhere++, '127.0.0.9');
      const port = await listen(says(http(status, '', `location: http://127.0.0.9:${outside}/\r\n`)));
      for (const service of services.filter((one) => one.transport === 'http')) {
        expect(isExposed((await askPort(port, service.id, DEADLINE)).verdict)).toBe(false);
      }
      await askPort(port, undefined, DEADLINE);
      expect(elsewhere).toBe(0);
    },
  );
});
