/** `fields`, `docvalue_fields` and `stored_fields`: literal names that are listed and unmasked (B040, B123). */
import { isJsonObject, type Json, jsonObject } from '../../../json/value.ts';
import { EXACT, fieldOf, formatOf, listOf, objectOf, READABLE, refuse, textOf } from './options.ts';
import type { SearchScope } from './scope.ts';

const MAX_FIELDS = 100;

export interface CompiledFields {
  readonly json: Json;
  readonly names: readonly string[];
}

/** @throws Refusal `forbidden`, `unsupported_option` */
export function compileFields(json: Json, scope: SearchScope, at: 'fields' | 'docvalue_fields'): CompiledFields {
  const types = at === 'fields' ? READABLE : EXACT;
  const names: string[] = [];
  const items = listOf(json, at, MAX_FIELDS).map((item): Json => {
    const options = typeof item === 'string' ? jsonObject([['field', item]]) : objectOf(item, at);
    const name =
      scope.strict || scope.fields !== null
        ? fieldOf(options.field, scope.fields, types, at)[0]
        : patternOf(options.field, at);
    names.push(name);
    const read: [string, Json][] = [['field', name]];
    for (const [key, value] of Object.entries(options)) {
      if (key === 'field') continue;
      if (key !== 'format') throw refuse(at, 'unknown key');
      read.push([key, formatOf(value, `${at}.format`)]);
    }
    return read.length === 1 ? name : jsonObject(read);
  });
  return { json: items, names };
}

/** Whole documents may be asked for by pattern. */
function patternOf(json: Json | undefined, at: string): string {
  return textOf(json ?? null, at, 256);
}

/** Only the word that asks for none. */
export function compileStoredFields(json: Json): Json {
  const only = Array.isArray(json) && json.length === 1 ? json[0] : json;
  if (only !== '_none_' || isJsonObject(json)) throw refuse('stored_fields', 'not available');
  return '_none_';
}
