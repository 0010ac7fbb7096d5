import { sameBytes, sha256 } from './sha256.ts';

/** The `<TeamID>.<bundle id>` of the list whose SHA-256 this is. */
export function matchingAppId(hash: Uint8Array, appIds: readonly string[]): string | undefined {
  return appIds.find((appId) => sameBytes(sha256(Buffer.from(appId, 'utf8')), hash));
}
