/** Bodies of creations and updates: an object of declared, writable members and nothing else (no mass assignment). */
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest } from '../contract/request.ts';
import type { Resource, ResourceField } from '../contract/resource.ts';
import { MERGE_PATCH } from '../contract/rest.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../json/index.ts';
import { ownColumns } from './columns.ts';
import { mergePatch } from './merge-patch.ts';
import { normalise } from './normalise.ts';
import { RouteRefusal } from './problem.ts';
import { comparedTexts } from './seal-text.ts';
import { type Check, checkMembers, compileSchema, Problems, requireMembers } from './validate.ts';

/** Values by API name, in the form that is stored; null clears. */
export type Values = ReadonlyMap<string, Json>;

/** An update that was read: its values depend on the document that it is for. */
export interface Patch {
  /** The members that it names. */
  readonly fields: ReadonlySet<string>;
  /**
   * @param current values by API name @returns new values of the members that it names
   * @throws Refusal `invalid`
   */
  apply(current: ReadonlyMap<string, Json>): Values;
}

export interface BodyReader {
  /** @throws Refusal `malformed_body`, `malformed_json`, `unsupported_media`, `too_large`, `invalid` */
  create(request: ParsedRequest): Values;
  /** @throws Refusal as `create` */
  update(request: ParsedRequest): Patch;
}

export function createBodyReader(resource: Resource): BodyReader {
  const own = ownColumns(resource);
  // Whatever a declaration says, nobody sends an owner.
  const fields = [...resource.fields.values()].filter(({ column }) => !own.has(column));
  const onCreate = checksOf(fields.filter(({ write }) => write.has('create')));
  const writable = fields.filter(({ write }) => write.has('update'));
  const onUpdate = checksOf(writable);
  // Whether the members of an object are there is known after the merge.
  const onPatch = new Map<string, Check>(
    writable.map((field) => [field.name, isMerged(field) ? shapeOf(field) : onUpdate.get(field.name)!]),
  );
  const required = fields.filter((field) => field.required && field.write.has('create')).map(({ name }) => name);
  return {
    create(request) {
      const body = objectOf(request, resource, 'json');
      const problems = new Problems();
      const checked = checkMembers(body, '', problems, onCreate);
      requireMembers(required, body, '', problems);
      refuseProblems(problems);
      return new Map(checked);
    },
    update(request) {
      const body = objectOf(request, resource, 'merge-patch');
      const problems = new Problems();
      const checked = new Map(checkMembers(body, '', problems, onPatch));
      refuseProblems(problems);
      return {
        fields: new Set(checked.keys()),
        apply(current) {
          const merged = new Map<string, Json>();
          for (const [name, value] of checked) {
            const field = resource.fields.get(name);
            merged.set(name, field && isMerged(field) ? mergePatch(current.get(name) ?? null, value) : value);
          }
          const found = new Problems();
          const fits = checkMembers(Object.fromEntries(merged), '', found, onUpdate);
          refuseProblems(found);
          return new Map(fits);
        },
      };
    },
  };
}

function isMerged({ schema }: ResourceField): boolean {
  return schema.type === 'object' && !schema.array;
}

/** An object, or null where the field may be. */
function shapeOf({ nullable }: ResourceField): Check {
  return (value, pointer, problems) =>
    isJsonObject(value) || (nullable && value === null) ? value : problems.add(pointer, 'must be an object');
}

function checksOf(fields: readonly ResourceField[]): ReadonlyMap<string, Check> {
  return new Map(fields.map((field) => [field.name, checkOf(field)]));
}

function checkOf(field: ResourceField): Check {
  const check = compileSchema(field.schema);
  return (value, pointer, problems) => {
    if (value === null) return field.nullable ? null : problems.add(pointer, 'must not be null');
    const checked = check(value, pointer, problems);
    const lookup = field.encryption?.lookup ?? null;
    if (checked === undefined || lookup === null) return checked;
    // What could never be found again is refused now.
    const found = comparedTexts(field.schema, checked).every((text) => normalise(lookup, text) !== undefined);
    return found ? checked : problems.add(pointer, `must be a value that can be looked up (${lookup})`);
  };
}

function refuseProblems({ list }: Problems): void {
  const [first] = list;
  if (first !== undefined) throw new Refusal('invalid', 'body: does not fit the declaration', { problems: list });
}

function objectOf({ body, bodyType }: ParsedRequest, { maxBody }: Resource, type: 'json' | 'merge-patch'): JsonObject {
  if (body.length === 0) throw new Refusal('malformed_body', 'body: missing');
  if (bodyType !== type) {
    throw type === 'json'
      ? new Refusal('unsupported_media', 'body: not declared as JSON')
      : new RouteRefusal('unsupported_media', 'body: not declared as a merge patch', { 'accept-patch': MERGE_PATCH });
  }
  const json = parseJson(body, { maxBytes: maxBody });
  if (!isJsonObject(json)) throw new Refusal('malformed_body', 'body: not an object');
  return json;
}
