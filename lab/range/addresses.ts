/**
 * Where the range listens. The whole of 127.0.0.0/8 is loopback (RFC 1122, 3.2.1.3); Linux and Windows answer on all
 * of it, macOS on 127.0.0.1 alone. One address plays the side of the machine that faces the internet, one the inside.
 */
import { createServer } from 'node:net';

export interface RangeAddresses {
  /** What a port published on all interfaces is reached at by a stranger. */
  outside: string;
  /** What a port published on 127.0.0.1 is reached at by the owner. */
  inside: string;
}

export const USUAL: RangeAddresses = { outside: '127.83.0.1', inside: '127.83.0.2' };
/** Where only one IPv4 loopback address exists, the IPv6 one is the inside. */
export const FALLBACK: RangeAddresses = { outside: '127.0.0.1', inside: '::1' };

/** The usual pair where it can be bound, else the fallback. */
export async function chooseAddresses(): Promise<RangeAddresses> {
  const refused = (await whyNotFree(USUAL.outside, 0)) ?? (await whyNotFree(USUAL.inside, 0));
  return refused === undefined ? USUAL : FALLBACK;
}

/** Undefined when `address:port` can be listened on, else the reason in words. */
export async function whyNotFree(address: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port, exclusive: true }, resolve);
    });
    return undefined;
  } catch (error) {
    return listenFailure(error, address, port);
  } finally {
    await new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  }
}

export function listenFailure(error: unknown, address: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is taken by another program`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no loopback address ${address}`;
  if (code === 'EACCES') return `this user may not listen on ${address}:${port}`;
  return `cannot listen on ${address}:${port} (${code})`;
}
