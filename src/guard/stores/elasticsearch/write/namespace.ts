/**
 * Ids in a namespace: `<namespace>:<id>` in the store, `<id>` for the client. A namespace holds no colon, so the first
 * colon ends it and no two namespaces can meet (`a` with `b:c`, `a:b` with `c`).
 */
import { Refusal } from '../../../contract/refusal.ts';
import { hasLoneSurrogate } from '../../../json/surrogate.ts';

/** Of an id in the store, in UTF-8; the stores' own limit. */
const MAX_ID_BYTES = 512;

/**
 * The id in the store.
 *
 * @param prefix the namespace with its colon, or nothing
 * @throws Refusal `malformed_request` for an id that is empty, too long, no valid Unicode, a path step, or that begins with
 *   the namespace already (so that guarding twice changes nothing)
 */
export function withPrefix(prefix: string, id: string): string {
  if (id === '' || id === '.' || id === '..') throw malformed('id: empty, or a step of a path');
  if (prefix !== '' && id.startsWith(prefix)) throw malformed('id: holds the namespace already');
  const stored = prefix + id;
  if (stored.length > MAX_ID_BYTES || Buffer.byteLength(stored) > MAX_ID_BYTES) throw malformed('id: too long');
  if (hasLoneSurrogate(id)) throw malformed('id: not Unicode');
  return stored;
}

export function withoutPrefix(prefix: string, stored: string): string | undefined {
  return stored.length > prefix.length && stored.startsWith(prefix) ? stored.slice(prefix.length) : undefined;
}

function malformed(detail: string): Refusal {
  return new Refusal('malformed_request', detail);
}
