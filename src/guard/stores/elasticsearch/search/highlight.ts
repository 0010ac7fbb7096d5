/**
 * `highlight` (B127): literal listed fields, each only where the query names that very field (`require_field_match`), and no
 * query of its own.
 */
import type { FieldType } from '../../../contract/grant.ts';
import { type Json, type JsonObject, jsonObject } from '../../../json/value.ts';
import { checkQuery } from '../query/index.ts';
import { entryOf, fieldOf, flagOf, integerOf, listOf, objectOf, refuse, textOf, wordOf } from './options.ts';
import type { SearchScope } from './scope.ts';

const HIGHLIGHTED: ReadonlySet<FieldType> = new Set(['text', 'keyword']);
const TYPES: ReadonlySet<string> = new Set(['unified', 'plain', 'fvh']);
const ENCODERS: ReadonlySet<string> = new Set(['default', 'html']);
const ORDERS: ReadonlySet<string> = new Set(['score', 'none']);
const MAX_FIELDS = 50;
const MAX_FRAGMENTS = 100;
const MAX_FRAGMENT = 10_000;

export interface CompiledHighlight {
  readonly json: JsonObject;
  readonly names: readonly string[];
}

/** @throws Refusal `forbidden`, `unsupported_option`, `unsupported_query`, `too_costly` */
export function compileHighlight(json: Json, scope: SearchScope): CompiledHighlight {
  const options = objectOf(json, 'highlight');
  const asked = options.fields;
  const entries = Array.isArray(asked)
    ? listOf(asked, 'highlight.fields', MAX_FIELDS).map((item) => entryOf(item, 'highlight.fields'))
    : Object.entries(objectOf(asked, 'highlight.fields'));
  if (entries.length > MAX_FIELDS) throw refuse('highlight.fields', 'too many');
  const fields: [string, Json][] = [];
  for (const [name, own] of entries) {
    fieldOf(name, scope.fields, HIGHLIGHTED, 'highlight.fields');
    fields.push([name, jsonObject(readOptions(objectOf(own, 'highlight.fields'), scope))]);
  }
  const read = readOptions(options, scope, 'fields');
  read.push(['require_field_match', true], ['fields', fields.map((field) => jsonObject([field]))]);
  return { json: jsonObject(read), names: fields.map(([name]) => name) };
}

function readOptions(options: JsonObject, scope: SearchScope, besides?: string): [string, Json][] {
  const read: [string, Json][] = [];
  for (const [key, value] of Object.entries(options)) {
    if (key === besides) continue;
    const at = `highlight.${key}`;
    if (key === 'number_of_fragments') read.push([key, integerOf(value, at, 0, MAX_FRAGMENTS)]);
    else if (key === 'fragment_size') read.push([key, integerOf(value, at, 0, MAX_FRAGMENT)]);
    else if (key === 'no_match_size') read.push([key, integerOf(value, at, 0, MAX_FRAGMENT)]);
    else if (key === 'pre_tags' || key === 'post_tags') read.push([key, tagsOf(value, at)]);
    else if (key === 'type') read.push([key, wordOf(value, at, TYPES)]);
    else if (key === 'encoder' && besides !== undefined) read.push([key, wordOf(value, at, ENCODERS)]);
    else if (key === 'order') read.push([key, wordOf(value, at, ORDERS)]);
    else if (key === 'require_field_match') {
      // Said once, for all fields, in what is sent.
      if (flagOf(value, at) !== true) throw refuse(at, 'must stay true');
    } else if (key === 'highlight_query' && !scope.strict) read.push([key, checkQuery(value, scope.query)]);
    else throw refuse('highlight', 'unknown key');
  }
  return read;
}

function tagsOf(json: Json, at: string): Json {
  return listOf(typeof json === 'string' ? [json] : json, at, 8).map((tag) => textOf(tag, at, 100));
}
