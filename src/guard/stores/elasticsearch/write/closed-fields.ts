/** The closed list of fields, over a document that a client sent. Unknown is refused, and no name is echoed. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { checkFieldValue } from './field-value.ts';
import { holdsObjects, type WriteNode } from './write-tree.ts';

/** Objects in a list under a nested field. */
const MAX_OBJECTS = 1024;

/** Recursion is bounded by the depth of the policy's paths. @throws Refusal `malformed_body` */
export function checkClosedFields(document: JsonObject, node: WriteNode): void {
  for (const key in document) {
    const child = node.children.get(key);
    if (child === undefined) throw new Refusal('malformed_body', 'document: a field that may not be written');
    checkMember(document[key]!, child);
  }
}

function checkMember(value: Json, node: WriteNode): void {
  const { field, set } = node;
  // What the gateway sets is compared when it is set.
  if (set !== undefined) return;
  if (field === undefined) {
    // A list, or null, here would replace what stands beside the writable members.
    if (!isJsonObject(value)) throw new Refusal('malformed_body', 'document: not an object where one is expected');
    checkClosedFields(value, node);
  } else if (holdsObjects(field)) {
    checkObjects(value, node);
  } else {
    checkFieldValue(field, value);
  }
}

function checkObjects(value: Json, node: WriteNode): void {
  if (value === null) return;
  const objects = Array.isArray(value) ? value : [value];
  if (objects.length > MAX_OBJECTS) throw new Refusal('malformed_body', 'document: too many objects in a list');
  for (const object of objects) {
    if (!isJsonObject(object)) throw new Refusal('malformed_body', 'document: not an object where one is expected');
    checkClosedFields(object, node);
  }
}
