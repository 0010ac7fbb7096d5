/** Values of query parameters and paths: text that is read as one typed scalar, or not at all. Nothing in it is a pattern. */
import type { ResourceSchema, ResourceType } from '../contract/resource.ts';
import { readDateTime } from './date-time.ts';

/** Characters of one value. Lucene's longest term is 32,766 bytes: what is longer is equal to nothing. */
const MAX_TEXT = 1024;
const INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;
const NUMBER = /^-?(?:0|[1-9]\d{0,19})(?:\.\d{1,20})?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type Scalar = string | number | boolean;

/** @returns undefined for what is no value of the type */
export function readText(type: ResourceType, text: string): Scalar | undefined {
  switch (type) {
    case 'keyword':
    case 'text':
      return text === '' || text.length > MAX_TEXT ? undefined : text;
    case 'integer':
      return INTEGER.test(text) ? safe(Number(text)) : undefined;
    case 'number':
      return readNumber(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'date':
      return readDateTime(text);
    case 'uuid':
      return readUuid(text);
    case 'object':
      return undefined;
  }
}

/** As `readText`, and one of the values that the field can have. */
export function readTextOf({ type, oneOf }: ResourceSchema, text: string): Scalar | undefined {
  const value = readText(type, text);
  return value === undefined || oneOf === null || oneOf.includes(value) ? value : undefined;
}

/** In lower case, as the stores print it. */
export function readUuid(text: string): string | undefined {
  return text.length === 36 && UUID.test(text) ? text.toLowerCase() : undefined;
}

/** Decimals of as many digits as a double is ever printed with; with more, two different numbers would be one. */
function readNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const digits = text.replace(/^-?0*\.?0*|\.|-/g, '');
  if (digits.length > 17) return undefined;
  const value = Number(text);
  return text.includes('.') ? value : safe(value);
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
