import { hash } from 'node:crypto';
import type { DeviceRow } from '../guard/contract/device.ts';

/** A device as JSON. Keys are in base64. */
export function encodeDevice(row: DeviceRow): string {
  const { assertionKey } = row;
  return JSON.stringify({ ...row, assertionKey: assertionKey && Buffer.from(assertionKey).toString('base64') });
}

export function decodeDevice(text: string): DeviceRow {
  const row: Omit<DeviceRow, 'assertionKey'> & { readonly assertionKey: string | null } = JSON.parse(text);
  return {
    ...row,
    assertionKey: row.assertionKey === null ? null : new Uint8Array(Buffer.from(row.assertionKey, 'base64')),
  };
}

/** A challenge or token that was used: of any length, and not kept as it was. */
export function usedToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Whether a revocation says anything: one without a criterion would end them all. */
export function matches(
  row: DeviceRow,
  match: Parameters<import('../guard/contract/device.ts').DeviceStore['revoke']>[0],
) {
  return (
    row.revokedAt === null &&
    (match.id === undefined || match.id === row.id) &&
    (match.subject === undefined || match.subject === row.subject) &&
    (match.platform === undefined || match.platform === row.facts.platform) &&
    (match.version === undefined || match.version === row.facts.version)
  );
}
