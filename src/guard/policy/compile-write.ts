import type { FieldType, FilterValue, WriteField, WriteRules } from '../contract/grant.ts';
import { filterValueOf } from './claim-path.ts';
import { compilePattern } from './pattern.ts';
import type { Path, Problems } from './problems.ts';
import type { RuleFile } from './schema/role.ts';

type WriteFile = NonNullable<RuleFile['write']>;
type WriteFieldFile = NonNullable<WriteFile['fields']>[string];

const NUMBERS: readonly FieldType[] = [
  'long',
  'integer',
  'short',
  'byte',
  'double',
  'float',
  'half_float',
  'scaled_float',
];

export function compileWrite(
  file: WriteFile | undefined,
  mode: 'strict' | 'compat',
  path: Path,
  problems: Problems,
): WriteRules {
  const at = [...path, 'write'];
  const given = file?.fields;
  const fields = given === undefined ? new Map<string, WriteField>() : writeFields(given, [...at, 'fields'], problems);
  const set = new Map<string, FilterValue>();
  for (const [name, value] of Object.entries(file?.set ?? {})) {
    const compiled = filterValueOf(value, [...at, 'set', name], problems);
    if (compiled) set.set(name, compiled);
    if (fields.has(name)) {
      problems.addKey([...at, 'fields'], name, 'is also under `set`', 'The gateway sets it: leave it out of `fields`.');
    }
  }
  for (const [index, name] of (file?.required ?? []).entries()) {
    if (fields.has(name) || set.has(name) || (given === undefined && mode === 'compat')) continue;
    problems.add([...at, 'required', index], `${name} can neither be sent nor is it set`, 'List it under `fields`.');
  }
  return Object.freeze({
    fields: given === undefined && mode === 'compat' ? null : fields,
    set,
    required: Object.freeze([...(file?.required ?? [])]),
  });
}

function writeFields(file: NonNullable<WriteFile['fields']>, path: Path, problems: Problems): Map<string, WriteField> {
  const fields = new Map<string, WriteField>();
  for (const [name, value] of Object.entries(file)) fields.set(name, writeField(value, [...path, name], problems));
  for (const [name, { type }] of fields) {
    if (type !== 'object' && type !== 'nested') continue;
    if ([...fields.keys()].some((other) => other.startsWith(`${name}.`))) continue;
    problems.addKey(path, name, `no member of this ${type} is listed`, 'List each permitted member by its full name.');
  }
  return fields;
}

function writeField(file: WriteFieldFile, path: Path, problems: Problems): WriteField {
  if (typeof file === 'string') return Object.freeze({ type: file });
  const { type, maxLength, minimum, maximum, oneOf } = file;
  const isText = type === 'text' || type === 'keyword';
  const isNumber = NUMBERS.includes(type);
  if (!isText && (maxLength !== undefined || file.pattern !== undefined)) {
    problems.add(path, `maxLength and pattern are for text and keyword, not for ${type}`, 'Leave them out.');
  }
  if (!isNumber && (minimum !== undefined || maximum !== undefined)) {
    problems.add(path, `minimum and maximum are for numbers, not for ${type}`, 'Leave them out.');
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    problems.add([...path, 'minimum'], 'is greater than maximum', 'No value could be written.');
  }
  for (const [index, value] of (oneOf ?? []).entries()) {
    const fits = isNumber
      ? typeof value === 'number'
      : type === 'boolean'
        ? typeof value === 'boolean'
        : typeof value === 'string';
    if (!fits)
      problems.add([...path, 'oneOf', index], `is not a value of ${type}`, 'Write a value of the field’s type.');
  }
  const pattern =
    file.pattern === undefined ? undefined : compilePattern(file.pattern, maxLength, [...path, 'pattern'], problems);
  return Object.freeze({
    type,
    ...(maxLength !== undefined && { maxLength }),
    ...(pattern && { pattern }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(oneOf && { oneOf: Object.freeze([...oneOf]) }),
  });
}
