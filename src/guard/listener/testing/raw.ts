/** Raw sockets against a listener of our own, for tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, RawRequest } from '../../contract/request.ts';
import { readRequest } from '../../http/read-request.ts';
import type { ListenerConfig } from '../../policy/listener-config.ts';
import type { ListenerOptions } from '../options.ts';
import { createListener, type Listener } from '../server.ts';

export interface Standing {
  readonly listener: Listener;
  readonly port: number;
  /** Every request that was handed over and read: `METHOD target body`. */
  readonly handled: string[];
  /** Codes of `onMalformed`. */
  readonly malformed: string[];
}

export const PLAIN: ListenerConfig = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: 'http://127.0.0.1',
  tls: null,
  http2: false,
};

/** A listener whose guard answers every request that can be read with what it read. */
export async function standing(
  options: ListenerOptions = {},
  config: ListenerConfig = PLAIN,
  answer: (raw: RawRequest) => Promise<Answer> | Answer = echo,
): Promise<Standing> {
  const handled: string[] = [];
  const malformed: string[] = [];
  const listener = createListener(
    config,
    (raw) => {
      readRequest(raw);
      handled.push(`${raw.method} ${raw.target} ${Buffer.from(raw.body).toString('latin1')}`);
      return answer(raw);
    },
    { checkInterval: 50, onMalformed: (code) => malformed.push(code), ...options },
  );
  await listener.listen();
  return { listener, port: listener.address()?.port ?? 0, handled, malformed };
}

export function echo(raw: RawRequest): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: raw.method, target: raw.target, length: raw.body.byteLength }),
  };
}

/**
 * Sends parts (each in a packet of its own) and reads until the server ends the connection, or until nothing more comes for
 * `quiet` ms; for the first byte it waits longer, since the machine may be busy.
 */
export function exchange(port: number, parts: readonly (string | Uint8Array)[], quiet = 200): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(received).toString('latin1'), closed });
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(false), received.length === 0 ? 5 * quiet : quiet);
    };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      received.push(chunk);
      wait();
    });
    socket.on('error', () => finish(true));
    socket.on('end', () => finish(true));
    socket.on('connect', () => {
      wait();
      sendAll(socket, parts);
    });
  });
}

function sendAll(socket: Socket, parts: readonly (string | Uint8Array)[]): void {
  const [first, ...rest] = parts;
  if (first === undefined) return;
  const bytes = typeof first === 'string' ? Buffer.from(first, 'latin1') : first;
  socket.write(bytes, () => setImmediate(() => sendAll(socket, rest)));
}

export interface Exchange {
  readonly text: string;
  /** The server ended the connection. */
  readonly closed: boolean;
}

/** Status codes of the answers in order. */
export function statuses({ text }: Exchange): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

export interface TestCertificates {
  readonly folder: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** An authority, a server's and a client's certificate, made for the test. */
export function certificates(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'postern-listener-'));
  const at = (name: string) => join(folder, name);
  authority(folder, 'ca');
  signed(folder, 'ca', 'server', 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  signed(folder, 'ca', 'client', 'subjectAltName=DNS:device-1.example.org,URI:spiffe://example.org/device-1');
  return {
    folder,
    ca: at('ca.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
    clientCertificate: at('client.pem'),
    clientKey: at('client.key'),
  };
}

export function authority(folder: string, name: string): void {
  openssl(folder, 'req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
}

export function signed(folder: string, by: string, name: string, extension: string): void {
  openssl(folder, 'req', ...KEY, '-new', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(join(folder, `${name}.ext`), `${extension}\n`);
  const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
  openssl(folder, 'x509', '-req', ...files, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2');
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

function openssl(folder: string, ...parameters: string[]): void {
  execFileSync('openssl', parameters, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
