/** What clients do to a listener on purpose or by accident: too slow, too many, too large, gone. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createListener } from '../../src/guard/listener/server.ts';
import { echo, exchange, PLAIN, type Standing, standing, statuses } from '../../src/guard/listener/testing/raw.ts';

let server: Standing;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.listener.close();
});

const HEAD = 'Host: a\r\nContent-Type: application/json\r\n';
const GET = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';

async function open(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the server ends the connection. */
async function toEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

describe('a slow client', () => {
  it.each([
    ['says nothing', ''],
    ['drips its headers', 'GET /a HTTP/1.1\r\nX-a: '],
    ['drips its body', `POST /a HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\n`],
    ['drips its chunks', `POST /a HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`],
  ])('that %s is told so and cut, while others are served', async (what, start) => {
    server = await standing({ headersTimeout: 200, requestTimeout: 400, keepAliveTimeout: 300 });
    const socket = await open();
    socket.write(start);
    const drip = setInterval(() => socket.writable && socket.write(what.includes('chunks') ? '1\r\na\r\n' : 'a'), 20);
    if (start === '') clearInterval(drip);
    const end = toEnd(socket);
    expect(statuses(await exchange(server.port, [GET], 50))).toEqual([200]);
    expect(await end).toContain('HTTP/1.1 408 ');
    clearInterval(drip);
    expect(server.handled).toEqual(['GET /a ']);
  });

  it('that leaves its connection unused is cut after the keep-alive time', async () => {
    server = await standing({ keepAliveTimeout: 50 });
    const socket = await open();
    const end = toEnd(socket);
    socket.write(GET);
    expect(statuses({ text: await end, closed: true })).toEqual([200]);
  });

  it('that takes none of its answer is cut', async () => {
    const body = Buffer.alloc(32 * 1024 * 1024, 0x61);
    server = await standing({ answerTimeout: 200 }, undefined, () => ({ status: 200, headers: {}, body }));
    const socket = await open();
    socket.pause();
    socket.write(GET);
    while (server.listener.connections === 0) await delay(10);
    while (server.listener.connections > 0) await delay(20);
    expect(server.listener.connections).toBe(0);
  });
});

describe('too much', () => {
  it('of headers is 431', async () => {
    server = await standing();
    const answer = await exchange(server.port, [`GET /a HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`]);
    expect(statuses(answer)).toEqual([431]);
    expect(answer.closed).toBe(true);
    expect(server.handled).toEqual([]);
  });

  it('many headers are 431, also where the last of thousands would decide', async () => {
    server = await standing();
    const text = `GET /a HTTP/1.1\r\nHost: a\r\n${'a:\r\n'.repeat(3000)}Host: b\r\n\r\n`;
    expect(statuses(await exchange(server.port, [text]))).toEqual([431]);
  });

  it('of a target is 400', async () => {
    server = await standing();
    expect(statuses(await exchange(server.port, [GET.replace('/a', `/${'a'.repeat(9000)}`)]))).toEqual([400]);
  });

  it('of a body is 413, before it is read where it is declared', async () => {
    server = await standing({ maxBodyBytes: 100_000 });
    const declared = `POST /a HTTP/1.1\r\n${HEAD}Content-Length: 100001\r\n\r\n`;
    const first = await exchange(server.port, [declared]);
    expect(statuses(first)).toEqual([413]);
    // The client is in the middle of sending: it reads the answer all the same.
    const all = await exchange(server.port, [declared, Buffer.alloc(100_001, 0x7b)], 400);
    expect(statuses(all)).toEqual([413]);
    const chunked = `POST /a HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n`;
    const chunk = `8000\r\n${'{'.repeat(0x8000)}\r\n`;
    expect(statuses(await exchange(server.port, [chunked, chunk, chunk, chunk, chunk, chunk], 400))).toEqual([413]);
    expect(server.handled).toEqual([]);
  });

  it('of bodies together is 503, and they are forgotten when their clients go', async () => {
    server = await standing({ maxBodyBytesInFlight: 100_000 });
    const first = await open();
    first.write(`POST /a HTTP/1.1\r\n${HEAD}Content-Length: 99000\r\n\r\n${'{'.repeat(80_000)}`);
    await delay(100);
    const body = `POST /b HTTP/1.1\r\n${HEAD}Content-Length: 30000\r\n\r\n${'{'.repeat(30_000)}`;
    expect(statuses(await exchange(server.port, [body]))).toEqual([503]);
    first.destroy();
    while (server.listener.connections > 0) await delay(10);
    expect(statuses(await exchange(server.port, [body]))).toEqual([200]);
  });

  it('of a chunk extension is refused', async () => {
    server = await standing();
    const text = `POST /a HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\n`;
    expect(statuses(await exchange(server.port, [text]))).toEqual([413]);
  });
});

describe('too many connections', () => {
  it('from one address are cut', async () => {
    server = await standing({ maxConnectionsPerAddress: 3 });
    for (let at = 0; at < 3; at++) await open();
    expect((await exchange(server.port, [GET])).closed).toBe(true);
    expect(server.malformed).toContain('connections');
    sockets.pop()?.destroy();
    while (server.listener.connections > 2) await delay(10);
    expect(statuses(await exchange(server.port, [GET]))).toEqual([200]);
  });

  it('in all are cut', async () => {
    server = await standing({ maxConnections: 3 });
    for (let at = 0; at < 3; at++) await open();
    expect((await exchange(server.port, [GET])).closed).toBe(true);
  });

  it('that are idle, 10,000 of them, leave the others served, and go when their time is up', async () => {
    const files = Number(execFileSync('sh', ['-c', 'ulimit -n']).toString());
    const many = Math.min(10_000, Number.isNaN(files) ? 10_000 : files - 1000);
    if (many < 10_000) console.warn(`only ${many} idle connections: the limit of open files is ${files}`);
    server = await standing({ maxConnectionsPerAddress: 20_000, headersTimeout: 6000 });
    const script = `const net = require('node:net'); let open = 0, next = 0;
      const one = () => { if (next++ < ${many}) net.connect(${server.port}, '127.0.0.1', () => {
        one(); if (++open === ${many}) console.log('open'); }).on('error', () => undefined).resume(); };
      for (let at = 0; at < 200; at++) one();`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    while (server.listener.connections < many) await delay(20);
    const begun = performance.now();
    expect(statuses(await exchange(server.port, [GET], 20))).toEqual([200]);
    expect(performance.now() - begun).toBeLessThan(1000);
    while (server.listener.connections > 0) await delay(50);
    child.kill('SIGKILL');
    expect(server.listener.connections).toBe(0);
  }, 30_000);
});

describe('the end of a listener', () => {
  it('lets running requests finish, cuts idle connections and takes no new ones', async () => {
    let finish: () => void = () => undefined;
    server = await standing({}, undefined, async (raw) => {
      if (raw.target === '/slow') await new Promise<void>((resolve) => (finish = resolve));
      return echo(raw);
    });
    const idle = await open();
    const idleEnd = toEnd(idle);
    idle.write(GET);
    const busy = await open();
    const busyEnd = toEnd(busy);
    busy.write(GET.replace('/a', '/slow'));
    while (server.handled.length < 2) await delay(10);
    const closed = server.listener.close(5000);
    await idleEnd;
    expect((await exchange(server.port, [GET])).text).toBe('');
    finish();
    const text = await busyEnd;
    expect(text).toContain('"/slow"');
    expect(text).toContain('connection: close');
    await closed;
  });

  it('comes after the grace at the latest', async () => {
    server = await standing({}, undefined, () => new Promise(() => undefined));
    const busy = await open();
    busy.write(GET);
    while (server.handled.length === 0) await delay(10);
    const begun = performance.now();
    await server.listener.close(200);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe('plain HTTP', () => {
  it('is for loopback, unless the policy says otherwise', () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'search.example.org']) {
      expect(() => createListener({ ...PLAIN, host }, echo)).toThrow(/loopback/);
      expect(() => createListener({ ...PLAIN, host }, echo, { insecure: true })).not.toThrow();
    }
    for (const host of ['127.0.0.1', '127.3.2.1', '::1', 'localhost']) {
      expect(() => createListener({ ...PLAIN, host }, echo)).not.toThrow();
    }
  });
});
