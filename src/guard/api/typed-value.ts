/**
 * Values of a store as the API shows them: of the declared type and nothing else. A store may hold what no client of the API
 * wrote – a number as text, one value where a list is declared, members that nobody declared; what can be read as the type is,
 * the rest is not shown.
 */
import type { ResourceSchema, ResourceType } from '../contract/resource.ts';
import { printDate } from '../document/index.ts';
import { isJsonObject, type Json, JsonNumber } from '../json/value.ts';

/** @returns undefined for what is no value of the type; null stays null */
export type Show = (value: Json) => Json | undefined;

export function compileShow(schema: ResourceSchema): Show {
  const item = schema.type === 'object' ? objectShow(schema) : scalarShow(schema.type);
  if (schema.array) {
    return (value) => {
      if (value === null) return null;
      const shown: Json[] = [];
      for (const one of Array.isArray(value) ? value : [value]) {
        const typed = item(one);
        if (typed !== undefined && typed !== null) shown.push(typed);
      }
      return shown;
    };
  }
  // To a search index a list of one is the one.
  return (value) => (Array.isArray(value) ? (value.length === 1 ? item(value[0]!) : undefined) : item(value));
}

function objectShow({ members }: ResourceSchema): Show {
  const shows = [...(members ?? [])].map(([name, schema]) => [name, compileShow(schema)] as const);
  return (value) => {
    if (value === null) return null;
    if (!isJsonObject(value)) return undefined;
    const shown: Record<string, Json> = Object.create(null);
    for (const [name, show] of shows) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      const typed = member === undefined || member === null ? undefined : show(member);
      if (typed !== undefined) shown[name] = typed;
    }
    return shown;
  };
}

function scalarShow(type: ResourceType): Show {
  switch (type) {
    case 'integer':
    case 'number':
      return (value) =>
        typeof value === 'number' || value === null || value instanceof JsonNumber ? value : numberIn(value);
    case 'boolean':
      return (value) =>
        typeof value === 'boolean' || value === null
          ? value
          : value === 'true'
            ? true
            : value === 'false'
              ? false
              : undefined;
    case 'date':
      return (value) =>
        typeof value === 'string' || value === null
          ? value
          : typeof value === 'number' && Math.abs(value) <= 8.64e15
            ? printDate(value)
            : undefined;
    default:
      return (value) =>
        typeof value === 'string' || value === null
          ? value
          : value instanceof JsonNumber
            ? value.raw
            : typeof value === 'object'
              ? undefined
              : String(value);
  }
}

function numberIn(value: Json): Json | undefined {
  if (typeof value !== 'string' || !/^-?(?:0|[1-9]\d{0,63})(?:\.\d{1,63})?$/.test(value)) return undefined;
  const number = Number(value);
  return String(number) === value ? number : new JsonNumber(value);
}
