import type { ResourceSchema, ResourceType } from '../contract/resource.ts';
import type { JsonScalar } from '../json/value.ts';
import { compilePattern } from './pattern.ts';
import type { Path, Problems } from './problems.ts';
import type { MemberFile } from './schema/resource.ts';

const MAX_DEPTH = 4;
const TEXTS: readonly ResourceType[] = ['keyword', 'text'];
const NUMBERS: readonly ResourceType[] = ['integer', 'number'];

/** Longest value that a client may send where the policy says nothing: within what an index takes by default. */
const LONGEST: Readonly<Partial<Record<ResourceType, number>>> = { keyword: 512, text: 10_000 };
const MOST_ITEMS = 100;

/** @param written whether clients send it: then every length has an end, said or not */
export function compileValue(
  file: Omit<MemberFile, 'required'> & { readonly required?: boolean },
  path: Path,
  written: boolean,
  problems: Problems,
  depth = 1,
): ResourceSchema {
  const { type, array } = file;
  checkBounds(file, path, problems);
  const maxLength = file.maxLength ?? (written ? LONGEST[type] : undefined) ?? null;
  const pattern =
    file.pattern === undefined
      ? null
      : (compilePattern(file.pattern, file.maxLength, [...path, 'pattern'], problems) ?? null);
  return Object.freeze({
    type,
    array,
    maxItems: array ? (file.maxItems ?? (written ? MOST_ITEMS : null)) : null,
    minLength: file.minLength ?? null,
    maxLength,
    pattern,
    minimum: file.minimum ?? null,
    maximum: file.maximum ?? null,
    oneOf: oneOfOf(file, path, problems),
    members: membersOf(file, path, written, problems, depth),
    required: file.required ?? false,
  });
}

function checkBounds(file: Omit<MemberFile, 'required'>, path: Path, problems: Problems): void {
  const { type, array } = file;
  if (!TEXTS.includes(type)) {
    for (const name of ['minLength', 'maxLength', 'pattern'] as const) {
      if (file[name] !== undefined)
        problems.add([...path, name], `is for keyword and text, not for ${type}`, 'Leave it out.');
    }
  }
  if (!NUMBERS.includes(type)) {
    for (const name of ['minimum', 'maximum'] as const) {
      if (file[name] !== undefined) problems.add([...path, name], `is for numbers, not for ${type}`, 'Leave it out.');
    }
  }
  if (!array && file.maxItems !== undefined) problems.add([...path, 'maxItems'], 'is for lists', 'Add `array: true`.');
  if (file.minLength !== undefined && file.maxLength !== undefined && file.minLength > file.maxLength) {
    problems.add([...path, 'minLength'], 'is greater than maxLength', 'No value would be valid.');
  }
  if (file.minimum !== undefined && file.maximum !== undefined && file.minimum > file.maximum) {
    problems.add([...path, 'minimum'], 'is greater than maximum', 'No value would be valid.');
  }
}

function oneOfOf(file: Omit<MemberFile, 'required'>, path: Path, problems: Problems): readonly JsonScalar[] | null {
  const { type, oneOf } = file;
  if (!oneOf) return null;
  if (type === 'object' || type === 'date' || type === 'uuid' || type === 'text') {
    problems.add([...path, 'oneOf'], `is not for ${type}`, 'Use it with keyword, integer, number or boolean.');
    return null;
  }
  const seen = new Set<unknown>();
  for (const [index, value] of oneOf.entries()) {
    if (!isOf(value, type)) {
      problems.add(
        [...path, 'oneOf', index],
        `is not a value of ${type}`,
        type === 'keyword' ? 'Put text in quotes.' : 'Write a value of the field’s type.',
      );
    }
    if (seen.has(value)) problems.add([...path, 'oneOf', index], 'stands there twice', 'Leave one out.');
    seen.add(value);
  }
  return Object.freeze([...oneOf]);
}

function isOf(value: string | number | boolean, type: ResourceType): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return type === 'boolean' ? typeof value === 'boolean' : typeof value === 'string';
}

function membersOf(
  file: Omit<MemberFile, 'required'>,
  path: Path,
  written: boolean,
  problems: Problems,
  depth: number,
): ResourceSchema['members'] {
  const at = [...path, 'members'];
  if (file.type !== 'object') {
    if (file.members) problems.add(at, `is for objects, not for ${file.type}`, 'Use `type: object`, or leave it out.');
    return null;
  }
  const entries = Object.entries(file.members ?? {});
  if (entries.length === 0) {
    problems.add(path, 'an object needs `members`', 'List each member: what is not listed does not exist.');
  }
  if (depth >= MAX_DEPTH) {
    problems.add(at, `objects are nested deeper than ${MAX_DEPTH}`, 'Write it flatter.');
    return new Map();
  }
  return new Map(
    entries.map(([name, given]) => {
      const member = typeof given === 'string' ? { type: given, array: false, required: false } : given;
      return [name, compileValue(member, [...at, name], written, problems, depth + 1)];
    }),
  );
}
