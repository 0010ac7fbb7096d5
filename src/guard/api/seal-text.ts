/** Encrypted fields hold one text: of a text field the text itself, of every other field its value as JSON. */
import type { ResourceSchema } from '../contract/resource.ts';
import { parseJson, printJson } from '../json/index.ts';
import type { Json } from '../json/value.ts';

function isText({ type, array }: ResourceSchema): boolean {
  return !array && (type === 'keyword' || type === 'text' || type === 'date' || type === 'uuid');
}

export function textOfValue(schema: ResourceSchema, value: Json): string {
  return isText(schema) && typeof value === 'string' ? value : printJson(value);
}

/** @returns undefined for a text that is no value (the declaration had another type when it was sealed) */
export function valueOfText(schema: ResourceSchema, text: string): Json | undefined {
  if (isText(schema)) return text;
  try {
    return parseJson(Buffer.from(text));
  } catch {
    return undefined;
  }
}

/** The texts that an equality is about: the value's, or each of its items'. */
export function comparedTexts(schema: ResourceSchema, value: Json): readonly string[] {
  if (value === null) return [];
  const item = schema.array ? { ...schema, array: false } : schema;
  return (Array.isArray(value) && schema.array ? value : [value]).map((one) => textOfValue(item, one));
}
