/** Whether a document that a client sent may be written, and what it becomes. */
import { Refusal } from '../../../contract/refusal.ts';
import type { JsonObject } from '../../../json/index.ts';
import { holds, valuesAt } from '../filter/index.ts';
import { checkClosedFields } from './closed-fields.ts';
import { isAmbiguous } from './filter-fields.ts';
import type { WriteScope } from './scope.ts';
import { withSetFields } from './set-fields.ts';

/**
 * A whole or partial document, checked field by field, with the fields that the gateway sets.
 *
 * @throws Refusal `malformed_body` for a field or value that may not be written; `forbidden` for another value than the
 *   policy sets, and for more than one value in a field that the filter reads
 */
export function checkSent(document: JsonObject, scope: WriteScope): JsonObject {
  if (scope.fields !== null) checkClosedFields(document, scope.fields);
  const result = withSetFields(document, scope.set);
  if (isAmbiguous(result, scope.bound)) throw new Refusal('forbidden', 'document: several values for a filter field');
  return result;
}

/** The document as it will stand in the store. @throws Refusal `malformed_body`, `forbidden` */
export function checkResult(document: JsonObject, scope: WriteScope): JsonObject {
  for (const path of scope.required)
    if (valuesAt(document, path).length === 0)
      throw new Refusal('malformed_body', 'document: a required field is missing');
  if (!satisfies(document, scope)) throw new Refusal('forbidden', 'document: outside the filter');
  return document;
}

/** Whether the principal sees the document. */
export function satisfies(document: JsonObject, { bound }: WriteScope): boolean {
  return bound === null || holds(bound, document);
}
