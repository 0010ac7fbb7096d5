/** The body of `_update`: a partial document, and nothing that computes (B164). */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';

export interface UpdateBody {
  readonly document: JsonObject;
  readonly detectNoop: boolean | undefined;
}

/** @throws Refusal `malformed_body`, `unsupported_option` */
export function readUpdate(body: Json | undefined): UpdateBody {
  if (!isJsonObject(body)) throw new Refusal('malformed_body', 'update: not an object');
  for (const key in body)
    if (key !== 'doc' && key !== 'detect_noop')
      // `script`, `upsert`, `scripted_upsert`, `doc_as_upsert`, `_source`, and what comes with later versions.
      throw new Refusal('unsupported_option', 'update: something beside `doc`');
  const { doc, detect_noop: detectNoop } = body;
  if (!isJsonObject(doc)) throw new Refusal('malformed_body', 'update.doc: not an object');
  if (detectNoop !== undefined && typeof detectNoop !== 'boolean')
    throw new Refusal('malformed_body', 'update.detect_noop: not a boolean');
  return { document: doc, detectNoop };
}
