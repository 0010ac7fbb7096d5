/** A schema in words: its type, then its limits. */
import type { Schema } from '../document.ts';

/** `text`, `integer`, `date and time`, `list of text`, `text or null`. */
export function typeText(schema: Schema): string {
  const types = [schema.type ?? []].flat();
  const some = types.filter((type) => type !== 'null').map((type) => oneType(type, schema));
  const name = some.length === 0 ? 'value' : some.join(' or ');
  return types.includes('null') ? `${name} or null` : name;
}

function oneType(type: string, schema: Schema): string {
  if (type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'values'}`;
  if (type === 'string') return FORMATS[schema.format ?? ''] ?? 'text';
  return type === 'boolean' ? 'true or false' : type;
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': 'date and time (RFC 3339)',
  uuid: 'UUID',
  uri: 'URI',
  'uri-reference': 'URI',
};

export function limitsText(schema: Schema): string {
  const { items } = schema;
  const parts = [
    schema.enum && `one of ${schema.enum.map((value) => String(value)).join(', ')}`,
    between(schema.minLength, schema.maxLength, 'characters'),
    isSafe(schema) ? '' : between(schema.minimum, schema.maximum, ''),
    between(schema.minItems, schema.maxItems, 'items'),
    schema.uniqueItems && 'each once',
    schema.pattern !== undefined && `matches ${schema.pattern}`,
    schema.default !== undefined && `${String(schema.default)} unless said`,
    items && limitsText(items) !== '' && `each ${limitsText(items)}`,
  ];
  return parts.filter((part) => typeof part === 'string' && part !== '').join('; ');
}

/** What every whole number of JSON is bounded by says nothing. */
function isSafe({ minimum, maximum }: Schema): boolean {
  return minimum === Number.MIN_SAFE_INTEGER && maximum === Number.MAX_SAFE_INTEGER;
}

function between(least: number | undefined, most: number | undefined, unit: string): string {
  const words = unit === '' ? '' : ` ${unit}`;
  if (least !== undefined && most !== undefined) return `${least} to ${most}${words}`;
  if (least !== undefined) return `at least ${least}${words}`;
  return most === undefined ? '' : `at most ${most}${words}`;
}
