import { readFileSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../core/testing/openssl.ts';
import type { RawRequest } from '../contract/request.ts';
import type { ListenerConfig } from '../policy/listener-config.ts';
import type { ListenerOptions } from './options.ts';
import { certificates, echo, PLAIN, type Standing, standing, type TestCertificates } from './testing/raw.ts';

let files: TestCertificates;
let config: ListenerConfig;
let server: Standing;
let client: ClientHttp2Session;

beforeAll(() => {
  files = certificates();
  const tls = { ...files, minVersion: 'TLSv1.2', clientCertificates: 'none', clientCa: null } as const;
  config = { ...PLAIN, tls, http2: true, publicUrl: 'https://search.example.org' };
});
afterAll(() => rmSync(files.folder, { recursive: true, force: true }));
afterEach(async () => {
  client.destroy();
  await server.listener.close();
});

async function start(options: ListenerOptions = {}, answer = echo as Parameters<typeof standing>[2]): Promise<void> {
  server = await standing(options, config, answer);
  client = connect(`https://localhost:${server.port}`, { ca: readFileSync(files.ca) });
  client.on('error', () => undefined);
  await new Promise((resolve) => client.once('remoteSettings', resolve));
}

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly code: number;
}

function ask(headers: Record<string, string>, body?: string | Buffer): Promise<Got> {
  return new Promise((resolve) => {
    const stream = client.request({ ':path': '/a', ...headers }, { endStream: body === undefined });
    let seen: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on('response', (response) => {
      seen = response;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () =>
      resolve({ headers: seen, text: Buffer.concat(chunks).toString(), code: stream.rstCode ?? 0 }),
    );
    if (body !== undefined) stream.end(body);
  });
}

const JSON_TYPE = { ':method': 'POST', 'content-type': 'application/json' };

describe.skipIf(!hasOpenssl)('a stream', () => {
  it('is handed over as a request, without pseudo-headers', async () => {
    let seen: RawRequest | undefined;
    await start({}, (raw) => {
      seen = raw;
      return echo(raw);
    });
    const { headers, text } = await ask({ ...JSON_TYPE, ':path': '/p/_search?size=1', 'x-a': '1' }, '{}');
    expect(headers[':status']).toBe(200);
    expect(headers['content-length']).toBe(String(text.length));
    expect(seen).toMatchObject({
      method: 'POST',
      target: '/p/_search?size=1',
      protocol: '2',
      origin: 'https://search.example.org',
    });
    expect(seen?.headers).toEqual(['content-type', 'application/json', 'x-a', '1', 'host', `localhost:${server.port}`]);
    expect(Buffer.from(seen?.body ?? []).toString()).toBe('{}');
  });

  it('runs beside others of its connection', async () => {
    const waiting: (() => void)[] = [];
    await start({}, async (raw) => {
      if (raw.target !== '/last') await new Promise<void>((resolve) => waiting.push(resolve));
      else for (const go of waiting) go();
      return echo(raw);
    });
    const first = [ask({ ':path': '/1' }), ask({ ':path': '/2' })];
    await ask({ ':path': '/last' });
    expect((await Promise.all(first)).map(({ headers }) => headers[':status'])).toEqual([200, 200]);
  });

  it('is refused for a host that is not its authority, for an odd expectation and for CONNECT', async () => {
    await start();
    expect((await ask({ ':authority': 'localhost', host: 'other' })).headers[':status']).toBe(400);
    expect((await ask({ expect: 'x' })).headers[':status']).toBe(400);
    expect((await ask({ ':scheme': 'http' })).headers[':status']).toBe(400);
    expect(server.handled).toEqual([]);
  });

  it('is asked to continue only when it may', async () => {
    await start({ maxBodyBytes: 100 });
    const continued: boolean[] = [];
    for (const length of [2, 101]) {
      const stream = client.request({ ...JSON_TYPE, ':path': '/a', expect: '100-continue', 'content-length': length });
      let told = false;
      stream.on('continue', () => {
        told = true;
        stream.end('{}');
      });
      stream.on('error', () => undefined);
      const status = await new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])));
      continued.push(told);
      expect(status).toBe(length === 2 ? 200 : 413);
      stream.close();
    }
    expect(continued).toEqual([true, false]);
  });

  it('has a bounded body, declared or not', async () => {
    await start({ maxBodyBytes: 1000 });
    expect((await ask({ ...JSON_TYPE, 'content-length': '1001' }, Buffer.alloc(1001))).headers[':status']).toBe(413);
    expect((await ask(JSON_TYPE, Buffer.alloc(5000))).headers[':status']).toBe(413);
    expect((await ask(JSON_TYPE, Buffer.alloc(1000))).headers[':status']).toBe(200);
  });

  it('has a bounded header section', async () => {
    await start();
    const { headers, code } = await ask({ 'x-a': 'a'.repeat(20_000) });
    expect(headers[':status'] ?? code).not.toBe(200);
    expect(server.handled).toEqual([]);
  });

  it('to HEAD gets the head alone', async () => {
    await start();
    const { headers, text } = await ask({ ':method': 'HEAD' });
    expect(headers['content-length']).toBe('42');
    expect(text).toBe('');
  });
});

describe.skipIf(!hasOpenssl)('a connection', () => {
  it('says what it allows: 100 streams, no push, 16 KiB of headers', async () => {
    await start();
    expect(client.remoteSettings).toMatchObject({ maxConcurrentStreams: 100, maxHeaderListSize: 16_384 });
  });

  it('ends when the client opens streams to reset them (CVE-2023-44487)', async () => {
    let running = 0;
    await start({}, async (raw) => {
      running++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return echo(raw);
    });
    const socket = connectTls({
      host: '127.0.0.1',
      port: server.port,
      ALPNProtocols: ['h2'],
      servername: 'localhost',
      ca: readFileSync(files.ca),
    });
    socket.on('error', () => undefined);
    socket.resume();
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const flood = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0)];
    for (let id = 1; id < 2000; id += 2) {
      // :method GET, :scheme https, :path /, :authority a
      flood.push(frame(HEADERS, END_STREAM | END_HEADERS, id, Buffer.from([0x82, 0x87, 0x84, 0x41, 1, 0x61])));
      flood.push(frame(RST_STREAM, 0, id, Buffer.from([0, 0, 0, constants.NGHTTP2_CANCEL])));
    }
    socket.write(Buffer.concat(flood));
    await ended;
    expect(server.malformed).toContain('resets');
    expect(running).toBeLessThanOrEqual(400);
  });
});

const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const END_STREAM = 1;
const END_HEADERS = 4;

/** RFC 9113, 4.1: length (24), type (8), flags (8), stream (32), payload. */
function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.byteLength, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
