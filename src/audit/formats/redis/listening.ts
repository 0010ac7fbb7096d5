/** Where Redis waits for connections, by its `bind`, `port` and `tls-port`. */
import ipaddr from 'ipaddr.js';
import type { RedisDirective } from './parse.ts';

/** What `last` of a document is; a view with a container's flags has it too. */
export interface RedisSettings {
  last(name: string): RedisDirective | undefined;
}

export type Listening = 'everywhere' | 'network' | 'loopback';

/** Without `bind` on every address; a leading `-` marks an address that may be missing. */
export function listening(settings: RedisSettings): Listening {
  const { port, tlsPort } = portsOf(settings);
  if (port === 0 && tlsPort === 0) return 'loopback';
  const bind = settings.last('bind');
  const addresses = bind?.arguments.map(({ value }) => value.replace(/^-/, '')) ?? [];
  if (bind && addresses.every((address) => address === '')) return 'loopback';
  if (!bind || addresses.some(isWildcard)) return 'everywhere';
  return addresses.every(isLoopback) ? 'loopback' : 'network';
}

export function portsOf(settings: RedisSettings): { port: number; tlsPort: number } {
  const number = (name: string, otherwise: number): number => {
    const value = settings.last(name)?.arguments[0]?.value ?? '';
    return /^\d{1,5}$/.test(value) ? Number(value) : otherwise;
  };
  return { port: number('port', 6379), tlsPort: number('tls-port', 0) };
}

function isWildcard(address: string): boolean {
  return (
    address === '*' || address === '::*' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unspecified')
  );
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || (ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback');
}
