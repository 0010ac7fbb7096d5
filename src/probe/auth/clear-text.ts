import { PosternError } from '../../core/errors.ts';
import { isLoopbackText } from '../../net/address.ts';
import type { Connection } from '../../net/connection.ts';

/** True when what is written cannot be read on the way: TLS, or it never leaves this machine. */
export function isPrivate(connection: Connection): boolean {
  return connection.tls !== undefined || isLoopbackText(connection.address);
}

/**
 * Stops before an owner's password would cross a network in clear.
 * @throws PosternError `E_PROBE_IO`
 */
export function requirePrivate(connection: Connection, what: string): void {
  if (isPrivate(connection)) return;
  throw new PosternError('E_PROBE_IO', `the positive control was not run: ${what} would cross the network in clear`, {
    hint: 'Enable TLS on the store, or give the control a trustedAddress on loopback.',
  });
}
