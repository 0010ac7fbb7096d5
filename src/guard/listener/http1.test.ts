import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { echo, exchange, type Standing, standing, statuses } from './testing/raw.ts';

let server: Standing | undefined;
afterEach(async () => {
  await server?.listener.close();
  server = undefined;
});

const HEAD = 'Host: a\r\nContent-Type: application/json\r\n';
const post = (body: string, more = '') =>
  `POST /a HTTP/1.1\r\n${HEAD}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

describe('a request', () => {
  it('is handed over as it was sent, with its peer', async () => {
    let seen: unknown;
    server = await standing({}, undefined, (raw) => {
      seen = { ...raw, body: Buffer.from(raw.body).toString() };
      return echo(raw);
    });
    await exchange(server.port, [
      `POST /A%2fb?x=%20 HTTP/1.1\r\nhOST: a\r\nX-a: 1\r\nx-A: 2\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    ]);
    expect(seen).toEqual({
      method: 'POST',
      target: '/A%2fb?x=%20',
      headers: ['hOST', 'a', 'X-a', '1', 'x-A', '2', 'Content-Type', 'application/json', 'Content-Length', '2'],
      body: '{}',
      peer: { address: '127.0.0.1', port: expect.any(Number) },
      protocol: '1.1',
      origin: 'http://127.0.0.1',
    });
  });

  it('arrives whole however it is cut', async () => {
    server = await standing();
    const text = post('{"query":{"match_all":{}}}');
    const answer = await exchange(server.port, [...text]);
    expect(statuses(answer)).toEqual([200]);
    expect(server.handled).toEqual(['POST /a {"query":{"match_all":{}}}']);
  });

  it('may be chunked, and its trailers are nothing (B197)', async () => {
    let headers: readonly string[] = [];
    server = await standing({}, undefined, (raw) => {
      headers = raw.headers;
      return echo(raw);
    });
    const text = `POST /a HTTP/1.1\r\n${HEAD}Trailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nAuthorization: Bearer x\r\n\r\n`;
    expect(statuses(await exchange(server.port, [text]))).toEqual([200]);
    expect(server.handled).toEqual(['POST /a {}']);
    expect(headers).not.toContain('Bearer x');
  });

  it('that waits to continue is told to, after its head was checked (B195)', async () => {
    server = await standing({ maxBodyBytes: 100 });
    const waiting = `POST /a HTTP/1.1\r\n${HEAD}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`;
    expect(statuses(await exchange(server.port, [waiting, '{}']))).toEqual([100, 200]);
    const large = waiting.replace('Content-Length: 2', 'Content-Length: 101');
    expect(statuses(await exchange(server.port, [large]))).toEqual([413]);
  });

  it('may be compressed once, within bounds (B070)', async () => {
    server = await standing({ maxBodyBytes: 100_000 });
    const compressed = (body: Buffer) => [
      `POST /a HTTP/1.1\r\n${HEAD}Content-Encoding: gzip\r\nContent-Length: ${body.byteLength}\r\n\r\n`,
      body,
    ];
    expect(statuses(await exchange(server.port, compressed(gzipSync('{"size":1}'))))).toEqual([200]);
    expect(server.handled).toEqual(['POST /a {"size":1}']);
    expect(statuses(await exchange(server.port, compressed(gzipSync(Buffer.alloc(200_000)))))).toEqual([413]);
    expect(statuses(await exchange(server.port, compressed(Buffer.from('{}'))))).toEqual([400]);
  });

  it('is not inflated where that is switched off (B070)', async () => {
    server = await standing({ inflate: false });
    const body = gzipSync('{}');
    const head = `POST /a HTTP/1.1\r\n${HEAD}Content-Encoding: gzip\r\nContent-Length: ${body.byteLength}\r\n\r\n`;
    expect(statuses(await exchange(server.port, [head, body]))).toEqual([415]);
  });
});

describe('requests of one connection', () => {
  it('run one after the other and are answered in order (B196)', async () => {
    const events: string[] = [];
    server = await standing({}, undefined, async (raw) => {
      events.push(`begin ${raw.target}`);
      await new Promise((resolve) => setTimeout(resolve, raw.target === '/1' ? 20 : 0));
      events.push(`end ${raw.target}`);
      return echo(raw);
    });
    const answer = await exchange(server.port, [get('/1') + get('/2') + post('{}')]);
    expect(events).toEqual(['begin /1', 'end /1', 'begin /2', 'end /2', 'begin /a', 'end /a']);
    expect([...answer.text.matchAll(/"target":"(\/\w)"/g)].map((match) => match[1])).toEqual(['/1', '/2', '/a']);
  });

  it('wait in a bounded number', async () => {
    server = await standing({}, undefined, async (raw) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return echo(raw);
    });
    const answer = await exchange(server.port, [get('/1').repeat(100)]);
    expect(answer.closed).toBe(true);
    expect(statuses(answer).filter((code) => code === 200).length).toBeLessThanOrEqual(33);
    expect(statuses(answer).at(-1)).toBe(503);
    expect(server.malformed).toContain('pipeline');
  });

  it('are not overtaken by the answer to malformed bytes behind them', async () => {
    server = await standing({}, undefined, async (raw) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return echo(raw);
    });
    const answer = await exchange(server.port, [`${get('/1')}${get('/2')}GARBAGE\r\n\r\n`]);
    expect(statuses(answer)).toEqual([200, 200, 400]);
    expect(answer.closed).toBe(true);
  });

  it('end with the answer that closes the connection', async () => {
    server = await standing({}, undefined, (raw) => ({ ...echo(raw), close: true }));
    const answer = await exchange(server.port, [get('/1') + get('/2')]);
    expect(statuses(answer)).toEqual([200]);
    expect(answer.closed).toBe(true);
    expect(answer.text).toContain('connection: close');
    expect(server.handled).toEqual(['GET /1 ']);
  });
});

describe('an answer', () => {
  it('says its length and nothing of the server', async () => {
    server = await standing();
    const { text } = await exchange(server.port, [get('/a')]);
    expect(text).toContain('content-length: 41');
    expect(text).not.toMatch(/^(?:server|x-powered-by|transfer-encoding):/im);
  });

  it('to HEAD has the head of the answer and no body', async () => {
    server = await standing();
    const { text } = await exchange(server.port, ['HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n', get('/b')]);
    expect(text).toContain('content-length: 42');
    expect(text.match(/\{/g)).toHaveLength(1);
  });

  it('without a body says so', async () => {
    server = await standing({}, undefined, () => ({ status: 200, headers: {}, body: '' }));
    expect((await exchange(server.port, [get('/a')])).text).toContain('content-length: 0');
    const { text } = await exchange(server.port, ['HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n']);
    expect(text).not.toContain('content-length');
  });

  it('is 500 when the guard throws, synchronously or later, and says nothing of why', async () => {
    server = await standing({}, undefined, (raw) => {
      if (raw.target === '/now') throw new Error('CANARY-1');
      return Promise.reject(new Error('CANARY-2'));
    });
    const { text } = await exchange(server.port, [get('/now') + get('/later')]);
    expect(text.match(/HTTP\/1\.1 500/g)).toHaveLength(2);
    expect(text).not.toContain('CANARY');
  });

  it('that HTTP cannot carry ends the connection and nothing else', async () => {
    server = await standing({}, undefined, (raw) => ({
      status: 200,
      headers: { 'x-a': raw.target === '/bad' ? 'a\r\nb: c' : 'a' },
      body: 'fine',
    }));
    expect((await exchange(server.port, [get('/bad')])).text).toBe('');
    expect((await exchange(server.port, [get('/good')])).text).toContain('fine');
  });

  it('carries bytes as they are', async () => {
    const body = new TextEncoder().encode('{"name":"Zoë"}');
    server = await standing({}, undefined, () => ({ status: 200, headers: {}, body }));
    const { text } = await exchange(server.port, [get('/a')]);
    expect(Buffer.from(text, 'latin1').toString()).toContain('content-length: 15\r\n');
    expect(Buffer.from(text, 'latin1').toString()).toContain('{"name":"Zoë"}');
  });
});

describe('what the listener refuses by itself', () => {
  it('is counted, since no journal sees it', async () => {
    server = await standing({ maxBodyBytes: 100 });
    const { port, malformed } = server;
    await exchange(port, [`POST /a HTTP/1.1\r\n${HEAD}Content-Length: 101\r\n\r\n`]);
    await exchange(port, [post('{}', 'Content-Encoding: deflate\r\n')]);
    await exchange(port, [post('no gzip', 'Content-Encoding: gzip\r\n')]);
    await exchange(port, [`POST /a HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n70\r\n${'x'.repeat(112)}\r\n`]);
    expect(malformed).toEqual(['too_large', 'unsupported_media', 'malformed_body', 'too_large']);
    expect(server.handled).toEqual([]);
  });
});
