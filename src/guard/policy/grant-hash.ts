import { createHash } from 'node:crypto';
import { canonicalJson } from '../../crypto/canonical.ts';
import type { Grant } from '../contract/grant.ts';

/**
 * SHA-256 over what a grant decides, hex. Role and position are names for people and are left out: a rule that moved in
 * the file is still the same rule.
 */
export function grantHash(grant: Omit<Grant, 'hash'>): string {
  const { upstream, index, dataStream, mode, filter, idNamespace, scoring, limits } = grant;
  const decides = {
    upstream,
    index,
    dataStream,
    mode,
    operations: [...grant.operations].sort(),
    filter,
    fields: grant.fields && sorted([...grant.fields].map(([name, { type, mask }]) => [name, { type, mask }])),
    write: grant.write && {
      fields:
        grant.write.fields &&
        sorted(
          [...grant.write.fields].map(([name, field]) => [name, { ...field, pattern: field.pattern?.source ?? null }]),
        ),
      set: sorted([...grant.write.set]),
      required: [...grant.write.required].sort(),
    },
    idNamespace,
    scoring,
    limits,
  };
  return createHash('sha256').update(canonicalJson(decides)).digest('hex');
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
