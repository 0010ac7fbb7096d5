import { createHash } from 'node:crypto';

/**
 * Identity of a finding or story: a hash of rule, asset and locator – never of the message – so that it survives
 * rescans, renames of unrelated things and re-imports. The parts are length-prefixed, so no two lists collide.
 *
 * @param locator what tells two findings of one rule on one asset apart: a setting's pointer, an entry, a host. Never a
 *   line number, which moves when a comment is added.
 * @returns 32 hexadecimal digits
 */
export function fingerprint(rule: string, asset: string, ...locator: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of [rule, asset, ...locator]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}
