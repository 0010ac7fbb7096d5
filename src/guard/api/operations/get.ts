import type { ParsedRequest } from '../../contract/request.ts';
import type { StoreReply } from '../../contract/store.ts';
import { absent, answer, type Call } from '../compiled.ts';
import { readId } from '../document-id.ts';
import { matchesTag, readTags } from '../etag.ts';
import { scopeOf } from '../scope.ts';

/** @throws Refusal `malformed_request` */
export function get(call: Call, { headers }: ParsedRequest): () => Promise<StoreReply> {
  const { compiled, context } = call;
  const { resource, options } = compiled;
  const id = readId(resource, call.id);
  const unlike = readTags(headers.get('if-none-match'), false);
  return async () => {
    if (id === undefined) return absent(call);
    const scope = await scopeOf(resource, context.principal.claims, options.vault);
    const found = await compiled.store().get(scope, id);
    if (found === undefined) return absent(call);
    const etag = compiled.etag(found);
    if (unlike !== undefined && matchesTag(unlike, etag)) return answer(call, 304, undefined, { headers: { etag } });
    const documents = await compiled.decrypt([found]);
    return answer(call, 200, compiled.render(documents[0]!), { headers: { etag }, documents });
  };
}
