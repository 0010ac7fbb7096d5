import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../core/limits.ts';
import { hasOpenssl } from '../core/testing/openssl.ts';
import { type AllowList, allowExactly, allowHttp, allowText } from './allow-list.ts';
import { scopeTxtRecord } from './authority.ts';
import { deadlineIn } from './deadline.ts';
import { createDialer, type Dialer } from './dialer.ts';
import { systemEnvironment } from './environment.ts';
import { Peer, type PeerOptions } from './peer.ts';
import { createScope } from './scope.ts';

const servers: Server[] = [];
const peers: Peer[] = [];
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
  for (const server of servers.splice(0)) server.close();
});

const PING = allowText(['PING'], [/PING\r\n/]);
const ROOT = allowHttp(['GET /'], [/\//, /\/again/]);

/** A peer that talks to a server of the test; what reached the server is in `received`. */
async function peerOf(allow: AllowList, serve: (socket: Socket) => void, options: Partial<PeerOptions> = {}) {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {}).on('data', (chunk) => received.push(chunk));
    serve(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const scope = await createScope(
    [{ host: 'shop.example', addresses: ['127.0.0.1'], resolve: 'listed', authority: 'loopback' }],
    systemEnvironment([]),
  );
  const [target] = scope.targets;
  const dialer = createDialer();
  if (target === undefined) throw new Error('no target');
  const [at] = (await dialer.resolve(target)).addresses;
  if (at === undefined) throw new Error('no address');
  const base = {
    dialer,
    target,
    at,
    port: bound.port,
    allow,
    deadline: deadlineIn(2_000),
    firstByteMs: 2_000,
    tls: false,
  };
  const peer = new Peer({ ...base, ...options });
  peers.push(peer);
  return { peer, received: () => Buffer.concat(received).toString('latin1'), port: bound.port };
}

const http = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('a connection', () => {
  it('sends nothing of a request that the allow-list does not have', async () => {
    const { peer, received } = await peerOf(PING, (socket) => socket.on('data', () => socket.write('+PONG\r\n')));
    const connection = await peer.connect();
    for (const bytes of ['FLUSHALL\r\n', 'PING\r\nFLUSHALL\r\n', 'PING', '']) {
      await expect(connection.write(Buffer.from(bytes))).rejects.toMatchObject({ code: 'E_PROBE_FORBIDDEN' });
    }
    await connection.write(Buffer.from('PING\r\n'));
    expect((await connection.readUntil('\r\n', 64)).toString()).toBe('+PONG\r\n');
    expect(received()).toBe('PING\r\n');
  });

  it('sends the bytes that were judged, even when the plug-in changes them afterwards', async () => {
    const { peer, received } = await peerOf(PING, (socket) => socket.once('data', () => socket.end('.')));
    const connection = await peer.connect();
    const bytes = Buffer.from('PING\r\n');
    const written = connection.write(bytes);
    bytes.write('QUIT\r\n');
    await written;
    await connection.read(1);
    expect(received()).toBe('PING\r\n');
  });

  it('reads exactly, up to a mark, and whatever there is', async () => {
    const { peer } = await peerOf(PING, (socket) => socket.end('abcdef\r\nrest'));
    const connection = await peer.connect();
    expect((await connection.read(2)).toString()).toBe('ab');
    expect((await connection.readUntil('\r\n', 10)).toString()).toBe('cdef\r\n');
    expect((await connection.readSome(2)).toString()).toBe('re');
    expect((await connection.readSome(20)).toString()).toBe('st');
    expect(await connection.readSome(20)).toHaveLength(0);
    await expect(connection.read(1)).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });

  it('stops at its byte budget, at a line that does not end, and at its deadline', async () => {
    const flood = (socket: Socket) => {
      const chunk = Buffer.alloc(65_536, 0x61);
      const more = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    };
    const endless = await (await peerOf(PING, flood)).peer.connect();
    await expect(endless.readUntil('\n', 1_000)).rejects.toThrow(/longer than 1000 bytes/);
    const greedy = await (await peerOf(PING, flood)).peer.connect();
    await expect(greedy.read(LIMITS.answerBytes + 1)).rejects.toThrow(/longer than/);
    const silent = await (await peerOf(PING, () => {}, { deadline: deadlineIn(60) })).peer.connect();
    await expect(silent.read(1)).rejects.toThrow(/deadline/);
  });

  it('recognises a TLS alert, and a close without a word', async () => {
    const alert = await peerOf(PING, (socket) =>
      socket.once('data', () => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70]))),
    );
    const one = await alert.peer.connect();
    await one.write(Buffer.from('PING\r\n'));
    await expect(one.read(1)).rejects.toThrow(/TLS alert/);
    expect(alert.peer.signs.wantsTls).toBe(true);
    const closes = await peerOf(PING, (socket) => socket.once('data', () => socket.end()));
    const two = await closes.peer.connect();
    await two.write(Buffer.from('PING\r\n'));
    await expect(two.read(1)).rejects.toThrow(/closed/);
    expect(closes.peer.signs.closedSilently).toBe(true);
  });

  it('takes nothing in clear for an answer once TLS was asked for (CVE-2021-23222)', async () => {
    const { peer } = await peerOf(PING, (socket) => socket.once('data', () => socket.write('Sinjected')));
    const connection = await peer.connect();
    await connection.write(Buffer.from('PING\r\n'));
    expect((await connection.read(1)).toString()).toBe('S');
    await expect(connection.startTls()).rejects.toThrow(/in clear/);
  });

  it('ends when the run is stopped', async () => {
    const stop = new AbortController();
    const { peer } = await peerOf(PING, () => {}, { deadline: deadlineIn(30_000, stop.signal) });
    const connection = await peer.connect();
    const reading = connection.read(1);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'E_PROBE_IO' });
  });
});

describe('an HTTP session', () => {
  it('sends nothing of a request that the allow-list does not have', async () => {
    const { peer, received } = await peerOf(ROOT, (socket) => socket.on('data', () => socket.write(http('ok'))));
    const session = peer.http();
    for (const path of ['/_search', '/?x', '//', 'http://elsewhere/', '/ HTTP/1.1\r\nx: y', '/\r\n']) {
      await expect(session.get(path)).rejects.toMatchObject({ code: 'E_PROBE_FORBIDDEN' });
    }
    await expect(session.get('/', { headers: { authorization: 'x' } })).rejects.toMatchObject({
      code: 'E_PROBE_FORBIDDEN',
    });
    await expect(session.get('/', { headers: { cookie: 'x' } })).rejects.toMatchObject({ code: 'E_PROBE_FORBIDDEN' });
    expect(received()).toBe('');
  });

  it('posts what its list has word for word, body and all, and nothing by a list of a probe', async () => {
    const exact = allowExactly([
      { describes: 'a search', path: '/orders/_search', body: '{"size":0}' },
      { describes: 'the banner', path: '/' },
    ]);
    const { peer, received } = await peerOf(exact, (socket) => socket.on('data', () => socket.write(http('{}'))));
    const session = peer.http();
    const forbidden = { code: 'E_PROBE_FORBIDDEN' };
    await expect(session.post('/orders/_search', '{"size":1}')).rejects.toMatchObject(forbidden);
    await expect(session.post('/', '')).rejects.toMatchObject(forbidden);
    await expect(session.get('/orders/_search')).rejects.toMatchObject(forbidden);
    await expect(session.head('/')).rejects.toMatchObject(forbidden);
    expect(received()).toBe('');
    expect((await session.post('/orders/_search', '{"size":0}')).status).toBe(200);
    expect(received()).toMatch(/^POST \/orders\/_search HTTP\/1\.1\r\n/);
    expect(received()).toMatch(/content-type: application\/json\r\ncontent-length: 10\r\n/i);
    expect(received().endsWith('\r\n\r\n{"size":0}')).toBe(true);
    const probe = await peerOf(ROOT, () => {});
    await expect(probe.peer.http().post('/', '{}')).rejects.toMatchObject(forbidden);
    expect(probe.received()).toBe('');
  });

  it('never sends an owner’s password in clear over a network', async () => {
    const addresses = ['203.0.113.7'];
    const scope = await createScope([{ host: 'shop.example', addresses, resolve: 'listed', authority: 'dns-txt' }], {
      ...systemEnvironment([]),
      resolveTxt: async () => [[scopeTxtRecord(addresses)]],
    });
    const [target] = scope.targets;
    if (target === undefined) throw new Error('no target');
    const dialed: string[] = [];
    const real = createDialer();
    const dialer = {
      ...real,
      dial: async (...[, at]: Parameters<typeof real.dial>) => {
        dialed.push(at.address);
        return { state: 'refused' as const };
      },
    };
    const [at] = (await dialer.resolve(target)).addresses;
    if (at === undefined) throw new Error('no address');
    const base = { dialer, target, at, port: 9200, allow: ROOT, deadline: deadlineIn(2_000), firstByteMs: 2_000 };
    const headers = { authorization: 'Basic made-up' };
    const clear = new Peer({ ...base, tls: false, credentials: true });
    await expect(clear.http().get('/', { headers })).rejects.toThrow('in clear');
    expect(dialed).toEqual([]);
    await expect(clear.http().get('/')).rejects.toThrow('refused');
    await expect(new Peer({ ...base, tls: true, credentials: true }).http().get('/', { headers })).rejects.toThrow(
      'refused',
    );
    expect(dialed).toEqual(addresses.concat(addresses));
  });

  it.skipIf(!hasOpenssl)(
    'sends the credentials of a control to a certificate that is trusted here, and to no other',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'postern-peer-'));
      const openssl =
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=shop.example -keyout key.pem -out cert.pem';
      execFileSync('openssl', openssl.split(' '), { cwd: folder, stdio: 'ignore' });
      const received: Buffer[] = [];
      const server = createTlsServer({
        key: readFileSync(join(folder, 'key.pem')),
        cert: readFileSync(join(folder, 'cert.pem')),
      });
      server.on('secureConnection', (socket) =>
        socket
          .on('error', () => {})
          .on('data', (chunk) => {
            received.push(chunk);
            socket.write(http('{}'));
          }),
      );
      rmSync(folder, { recursive: true, force: true });
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const bound = server.address();
      if (bound === null || typeof bound === 'string') throw new Error('no port');
      const addresses = ['203.0.113.7'];
      const scope = await createScope([{ host: 'shop.example', addresses, resolve: 'listed', authority: 'dns-txt' }], {
        ...systemEnvironment([]),
        resolveTxt: async () => [[scopeTxtRecord(addresses)]],
      });
      const [target] = scope.targets;
      if (target === undefined) throw new Error('no target');
      // The address is one of the network; what answers there stands on this machine.
      const dialer: Dialer = {
        ...createDialer(),
        dial: async () => {
          const socket = connect(bound.port, '127.0.0.1');
          await once(socket, 'connect');
          return { state: 'open', socket };
        },
      };
      const [at] = (await dialer.resolve(target)).addresses;
      if (at === undefined) throw new Error('no address');
      const base = {
        dialer,
        target,
        at,
        port: 443,
        allow: ROOT,
        deadline: deadlineIn(5_000),
        firstByteMs: 5_000,
        tls: true,
      };
      const strict = new Peer({ ...base, credentials: true, verified: true });
      const lenient = new Peer(base);
      peers.push(strict, lenient);
      const headers = { authorization: 'Bearer made-up' };
      await expect(strict.http().get('/', { headers })).rejects.toThrow(/not trusted here/);
      expect(received).toEqual([]);
      expect((await lenient.http().get('/')).status).toBe(200);
    },
  );

  it('names the host of the scope entry, and keeps one connection', async () => {
    let connections = 0;
    const { peer, received, port } = await peerOf(ROOT, (socket) => {
      connections++;
      socket.on('data', () => socket.write(http('ok')));
    });
    const session = peer.http();
    expect((await session.get('/')).body.toString()).toBe('ok');
    expect((await session.get('/again')).status).toBe(200);
    expect(connections).toBe(1);
    expect(received()).toContain(`host: shop.example:${port}\r\n`);
  });

  it('dials again, to the same address, when the peer closes after an answer', async () => {
    const { peer } = await peerOf(ROOT, (socket) =>
      socket.once('data', () => socket.end(http('ok', 'connection: close\r\n'))),
    );
    const session = peer.http();
    for (const path of ['/', '/again', '/']) expect((await session.get(path)).body.toString()).toBe('ok');
  });

  it('cuts a body at its cap and says so', async () => {
    const { peer } = await peerOf(ROOT, (socket) => socket.on('data', () => socket.write(http('x'.repeat(5_000)))));
    const answer = await peer.http().get('/', { maxBytes: 100 });
    expect(answer).toMatchObject({ status: 200, truncated: true });
    expect(answer.body).toHaveLength(100);
  });

  it('gives a redirect as an answer', async () => {
    const reply = 'HTTP/1.1 302 Found\r\nlocation: http://127.0.0.9/\r\ncontent-length: 0\r\n\r\n';
    const { peer } = await peerOf(ROOT, (socket) => socket.on('data', () => socket.write(reply)));
    expect(await peer.http().get('/')).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.9/' } });
  });

  it('joins repeated headers and is not confused by their names', async () => {
    const reply = http(
      '',
      '__proto__: x\r\nset-cookie: a\r\nset-cookie: b\r\nwww-authenticate: Basic\r\nwww-authenticate: Digest\r\n',
    );
    const { peer } = await peerOf(ROOT, (socket) => socket.on('data', () => socket.write(reply)));
    const { headers } = await peer.http().get('/');
    expect(headers['set-cookie']).toBe('a, b');
    expect(headers['www-authenticate']).toBe('Basic, Digest');
  });

  it.each([['400 The plain HTTP request was sent to HTTPS port'], ['Client sent an HTTP request to an HTTPS server.']])(
    'hears that the port wants TLS: %s',
    async (text) => {
      const reply = `HTTP/1.1 400 Bad Request\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
      const { peer } = await peerOf(ROOT, (socket) => socket.on('data', () => socket.write(reply)));
      expect((await peer.http().get('/')).status).toBe(400);
      expect(peer.signs.wantsTls).toBe(true);
    },
  );

  it('knows an answer that is not HTTP', async () => {
    const { peer } = await peerOf(ROOT, (socket) =>
      socket.on('data', () => socket.write("-ERR unknown command 'GET'\r\n")),
    );
    await expect(peer.http().get('/')).rejects.toThrow('The answer is not HTTP.');
    expect(peer.signs).toMatchObject({ notHttp: true, spoke: true, wantsTls: false });
  });
});
