import { resolveTxt } from 'node:dns/promises';
import type { AuthorityEnvironment } from './authority.ts';

/** The system's clock and resolver. @param trustedKeys raw Ed25519 public keys, base64url, as pinned in postern.yaml */
export function systemEnvironment(trustedKeys: readonly string[]): AuthorityEnvironment {
  return { now: () => new Date(), resolveTxt: (name) => resolveTxt(name), trustedKeys };
}
