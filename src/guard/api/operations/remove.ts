import { Refusal } from '../../contract/refusal.ts';
import type { ParsedRequest } from '../../contract/request.ts';
import type { StoreReply } from '../../contract/store.ts';
import { absent, answer, type Call } from '../compiled.ts';
import { readId } from '../document-id.ts';
import { matchesTag, readTags } from '../etag.ts';
import { scopeOf } from '../scope.ts';

/** @throws Refusal `malformed_request` */
export function remove(call: Call, { headers }: ParsedRequest): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const id = readId(resource, call.id);
  const like = readTags(headers.get('if-match'), true);
  return async () => {
    if (id === undefined) return absent(call);
    const scope = await scopeOf(resource, context.principal.claims, options.vault);
    const store = compiled.store();
    let version: string | null = null;
    if (like !== undefined && like !== '*') {
      const found = await store.get(scope, id);
      if (found === undefined) return absent(call);
      if (!matchesTag(like, compiled.etag(found))) throw new Refusal('precondition');
      version = found.version;
    }
    const removed = await store.remove(scope, id, version);
    if (removed === 'absent') return absent(call);
    if (removed === 'changed') throw new Refusal(version === null ? 'conflict' : 'precondition');
    return answer(call, 204, undefined);
  };
}
