import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../core/testing/openssl.ts';
import type { Peer } from '../contract/principal.ts';
import type { ListenerConfig, ListenerTls } from '../policy/listener-config.ts';
import type { ListenerOptions } from './options.ts';
import {
  authority,
  certificates,
  echo,
  PLAIN,
  type Standing,
  signed,
  standing,
  type TestCertificates,
} from './testing/raw.ts';

let files: TestCertificates;
let server: Standing | undefined;
let peer: Peer | undefined;

beforeAll(() => {
  files = certificates();
  authority(files.folder, 'stranger');
  signed(files.folder, 'stranger', 'forged', 'subjectAltName=DNS:device-1.example.org');
});
afterAll(() => rmSync(files.folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.listener.close();
  peer = undefined;
});

function configOf(given: Partial<ListenerTls> = {}, http2 = false): ListenerConfig {
  const tls = { ...files, minVersion: 'TLSv1.2', clientCertificates: 'none', clientCa: null, ...given } as const;
  return { ...PLAIN, tls, http2 };
}

async function start(config: ListenerConfig, options: ListenerOptions = {}): Promise<Standing> {
  server = await standing(options, config, (raw) => {
    peer = raw.peer;
    return echo(raw);
  });
  return server;
}

/** @returns the status, or the error's code */
function ask(port: number, given: ConnectionOptions = {}, agent?: Agent): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      { host: 'localhost', port, path: '/a', ca: readFileSync(files.ca), ...given, ...(agent && { agent }) },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
      },
    );
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    asked.end();
  });
}

const pair = (name: string) => ({
  cert: readFileSync(join(files.folder, `${name}.pem`)),
  key: readFileSync(join(files.folder, `${name}.key`)),
});

describe.skipIf(!hasOpenssl)('a client certificate', () => {
  it('is shown when it was verified, with its names', async () => {
    const { port } = await start(configOf({ clientCertificates: 'required', clientCa: files.ca }));
    expect(await ask(port, pair('client'))).toBe(200);
    const { raw, fingerprint256 } = new X509Certificate(pair('client').cert);
    expect(peer?.certificate).toMatchObject({
      thumbprint: Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
      subject: 'client',
      names: ['DNS:device-1.example.org', 'URI:spiffe://example.org/device-1'],
    });
    expect(Buffer.from(peer?.certificate?.raw ?? []).equals(raw)).toBe(true);
  });

  it('of a stranger is none: the handshake fails where one is required, and nothing is shown where it is optional', async () => {
    const first = await start(configOf({ clientCertificates: 'required', clientCa: files.ca }));
    expect(await ask(first.port, pair('forged'))).not.toBe(200);
    expect(await ask(first.port)).not.toBe(200);
    await first.listener.close();
    const { port } = await start(configOf({ clientCertificates: 'optional', clientCa: files.ca }));
    expect(await ask(port, pair('forged'))).toBe(200);
    expect(peer?.certificate).toBeUndefined();
    expect(await ask(port)).toBe(200);
    expect(peer?.certificate).toBeUndefined();
  });

  it('is shown over HTTP/1.1 on a listener of both protocols too', async () => {
    const { port } = await start(configOf({ clientCertificates: 'optional', clientCa: files.ca }, true));
    expect(await ask(port, pair('client'))).toBe(200);
    expect(peer?.certificate?.subject).toBe('client');
  });

  it('is not asked for where the policy says none', async () => {
    const { port } = await start(configOf());
    expect(await ask(port, pair('client'))).toBe(200);
    expect(peer?.certificate).toBeUndefined();
  });
});

describe.skipIf(!hasOpenssl)('TLS', () => {
  it('is 1.2 or newer, with forward secrecy', async () => {
    const { port } = await start(configOf());
    expect(await ask(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).not.toBe(200);
    expect(await ask(port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:AES256-GCM-SHA384' })).not.toBe(200);
    expect(await ask(port, { maxVersion: 'TLSv1.2' })).toBe(200);
    await server?.listener.close();
    const strict = await start(configOf({ minVersion: 'TLSv1.3' }));
    expect(await ask(strict.port, { maxVersion: 'TLSv1.2' })).not.toBe(200);
    expect(await ask(strict.port)).toBe(200);
  });

  it('refuses a key that is not the certificate’s before it listens', async () => {
    await expect(start(configOf({ key: files.clientKey }))).rejects.toMatchObject({ code: 'E_POLICY_INVALID' });
    await expect(start(configOf({ key: '/nowhere' }))).rejects.toMatchObject({ code: 'E_POLICY_INVALID' });
    server = undefined;
  });
});

describe.skipIf(!hasOpenssl)('certificates that change', () => {
  const at = (name: string) => join(files.folder, 'live', name);
  const use = (name: string) => {
    mkdirSync(join(files.folder, 'live'), { recursive: true });
    copyFileSync(join(files.folder, `${name}.pem`), at('cert.pem'));
    copyFileSync(join(files.folder, `${name}.key`), at('key.pem'));
  };

  it.each([false, true])('are used for new connections, while the old ones stay (http2: %s)', async (http2) => {
    signed(files.folder, 'ca', 'second', 'subjectAltName=DNS:localhost');
    use('server');
    const { listener, port } = await start(configOf({ certificate: at('cert.pem'), key: at('key.pem') }, http2));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(port, {}, agent)).toBe(200);
    const before = peer?.port;
    use('second');
    listener.reloadTls();
    expect(await subjectAt(port)).toBe('second');
    expect(await ask(port, {}, agent)).toBe(200);
    expect(peer?.port).toBe(before);
    agent.destroy();
  });

  it('stay when the new ones cannot be used, and are noticed by themselves', async () => {
    use('server');
    let tell: (error: Error | null) => void = () => undefined;
    const { listener, port } = await start(configOf({ certificate: at('cert.pem'), key: at('key.pem') }), {
      certificateInterval: 10,
      onCertificates: (error) => tell(error),
    });
    const told = () =>
      new Promise<Error | null>((resolve) => {
        tell = resolve;
      });
    let next = told();
    writeFileSync(at('key.pem'), 'half');
    expect(await next).toBeInstanceOf(Error);
    expect(() => listener.reloadTls()).toThrow();
    expect(await subjectAt(port)).toBe('server');
    next = told();
    use('second');
    let outcome = await next;
    // A look between the two copies sees a pair that does not belong together.
    while (outcome !== null) outcome = await told();
    expect(await subjectAt(port)).toBe('second');
  });
});

function subjectAt(port: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { host: '127.0.0.1', port, servername: 'localhost', ca: readFileSync(files.ca) },
      () => {
        const subject: unknown = socket.getPeerCertificate().subject.CN;
        socket.destroy();
        resolve(typeof subject === 'string' ? subject : undefined);
      },
    );
    socket.on('error', reject);
  });
}
