import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../core/testing/openssl.ts';
import { certificates } from '../listener/testing/raw.ts';
import { getDocument, mayFetch } from './fetch.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address() as AddressInfo;
  return new URL(`http://127.0.0.1:${address.port}/jwks.json`);
}

describe('a document of an issuer', () => {
  it('is read with the age that the answer gives', async () => {
    const url = await serve((_, response) =>
      response.setHeader('cache-control', 'public, max-age=600').end('{"keys":[]}'),
    );
    const { bytes, maxAge } = await getDocument(url);
    expect(Buffer.from(bytes).toString()).toBe('{"keys":[]}');
    expect(maxAge).toBe(600_000);
  });

  it.each([
    ['no-store', 0],
    ['max-age=600, no-cache', 0],
    ['private', null],
  ])('with Cache-Control %s is kept for %j ms', async (value, expected) => {
    const url = await serve((_, response) => response.setHeader('cache-control', value).end('{}'));
    expect((await getDocument(url)).maxAge).toBe(expected);
  });

  it('is not looked for where the answer redirects to', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(getDocument(url)).rejects.toThrow('status 302');
    expect(asked).toEqual(['/jwks.json']);
  });

  it('is refused above 1 MiB, announced or not', async () => {
    const announced = await serve((_, response) => response.setHeader('content-length', 2 ** 21).end('x'));
    await expect(getDocument(announced)).rejects.toThrow();
    const endless = await serve((_, response) => {
      const piece = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    await expect(getDocument(endless)).rejects.toThrow('too large');
  });

  it.skipIf(!hasOpenssl)('is refused over TLS from somebody whom no authority vouches for', async () => {
    const { certificate, key } = certificates();
    const server = createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_, response) =>
      response.end('{"keys":[]}'),
    );
    servers.push(server.listen(0, '127.0.0.1'));
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address() as AddressInfo;
    await expect(getDocument(new URL(`https://127.0.0.1:${address.port}/`))).rejects.toThrow(
      /certificate|self-signed/i,
    );
  });

  it('is refused when it ends early', async () => {
    const url = await serve((_, response) => {
      response.setHeader('content-length', 100);
      response.write('{"keys":');
      response.socket?.end();
    });
    await expect(getDocument(url)).rejects.toThrow();
  });

  it.each([
    ['https://id.example.org/', true],
    ['http://127.0.0.1:8080/', true],
    ['http://localhost/', true],
    ['http://[::1]/', true],
    ['http://id.example.org/', false],
    ['http://127.0.0.1.example.org/', false],
    ['http://localhost.example.org/', false],
    ['https://user:secret@id.example.org/', false],
    ['file:///etc/passwd', false],
    ['data:application/json,{}', false],
  ])('may come from %s: %j', async (text, allowed) => {
    expect(mayFetch(new URL(text))).toBe(allowed);
    if (!allowed) await expect(getDocument(new URL(text))).rejects.toThrow('only https');
  });
});
