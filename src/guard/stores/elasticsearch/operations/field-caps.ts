/**
 * `_field_caps`: what the policy says of the fields, and nothing of what the mapping holds (B157). No request is sent for
 * a rule that lists its fields; for a trusted service that sees whole documents the store is asked, and its answer read
 * by name.
 */
import type { FieldRule, Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, UpstreamAnswer } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, parseAnswer } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import { matchesGlob, resolveIndices } from '../indices.ts';
import { errorReply, grantOf, reply } from '../response/index.ts';
import type { Call } from './call.ts';
import { bodyOf, isSuccess, planOf } from './plan.ts';

const MOST_PATTERNS = 1000;

export function planFieldCaps(call: Call, context: StoreContext): Plan {
  const grants = resolveIndices(call.parameters.get('index'), 'field_caps', context.access);
  const first = grants[0]!;
  const patterns = patternsOf(bodyOf(call.request), call.request.query.get('fields'));
  const dialect = context.dialectOf(first.upstream);
  const { fields } = first;
  if (fields !== null) {
    const json = { indices: grants.map(({ index }) => index), fields: capabilities(fields.values(), patterns) };
    return { ...planOf('field_caps', grants, async () => reply(200, json, { dialect })), upstream: null };
  }
  const request = authorize({
    method: 'GET',
    segments: [grants.map(({ index }) => index).join(','), '_field_caps'],
    query: [['fields', patterns.join(',')]],
  });
  return planOf('field_caps', grants, async (upstream) => {
    const answer = await upstream.send(request);
    return isSuccess(answer) ? reply(200, readAnswer(answer, grants), { dialect }) : errorReply(answer, { dialect });
  });
}

function capabilities(fields: Iterable<FieldRule>, patterns: readonly string[]): JsonObject {
  const result: Record<string, Json> = Object.create(null);
  for (const field of fields) {
    if (!patterns.some((pattern) => matchesGlob(pattern, field.name))) continue;
    // A masked field can be seen and not be asked for.
    const usable = field.mask === null && field.type !== 'object' && field.type !== 'nested';
    const aggregatable = usable && field.type !== 'text';
    result[field.name] = {
      [field.type]: { type: field.type, metadata_field: false, searchable: usable, aggregatable },
    };
  }
  return result;
}

function patternsOf(body: JsonObject | undefined, parameter: string | undefined): string[] {
  for (const key in body) if (key !== 'fields') throw new Refusal('unsupported_option', 'field_caps: unknown option');
  const said = body?.fields ?? parameter;
  if (said === undefined || (body?.fields !== undefined && parameter !== undefined))
    throw new Refusal('malformed_body', 'field_caps: the fields are not said, or twice');
  const list = typeof said === 'string' ? said.split(',') : said;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_PATTERNS)
    throw new Refusal('malformed_body', 'field_caps: not a short list of fields');
  return list.map((name: Json) => {
    if (typeof name !== 'string' || !/^[\w@.*-]{1,256}$/.test(name))
      throw new Refusal('malformed_body', 'field_caps: not a name');
    return name;
  });
}

/** @throws Refusal `post_check` for an answer that speaks of other indices */
function readAnswer(answer: UpstreamAnswer, grants: readonly Grant[]): JsonObject {
  const json = parseAnswer(answer.body);
  if (!isJsonObject(json) || !Array.isArray(json.indices) || !isJsonObject(json.fields))
    throw new Refusal('upstream_answer', 'field_caps: not of the expected shape');
  for (const index of json.indices)
    if (typeof index !== 'string' || grantOf(index, grants) === undefined)
      throw new Refusal('post_check', 'field_caps: of another index');
  const fields: Record<string, Json> = Object.create(null);
  for (const [name, types] of Object.entries(json.fields)) {
    if (!isJsonObject(types)) continue;
    const shown: Record<string, Json> = Object.create(null);
    for (const [type, value] of Object.entries(types)) {
      if (!isJsonObject(value)) continue;
      shown[type] = {
        type,
        metadata_field: value.metadata_field === true,
        searchable: value.searchable === true,
        aggregatable: value.aggregatable === true,
      };
    }
    fields[name] = shown;
  }
  return { indices: grants.map(({ index }) => index), fields };
}
