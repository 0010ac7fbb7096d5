import type { z } from 'zod';
import { type ErrorCode, PosternError } from '../core/errors.ts';
import { nearest } from './nearest.ts';
import type { Position, YamlFile } from './yaml-file.ts';

/** One thing wrong with a file, where, and what to do about it. */
export interface Problem extends Position {
  message: string;
  hint: string;
  /** An unknown key explains why others are missing, so it is told first. */
  misspelt: boolean;
}

/** What to do about the value at a path, where `*` stands for an index; undefined for the general advice. */
export type Advise = (path: string) => string | undefined;

/**
 * The file's value as the schema gives it.
 *
 * @param advise what to do about a problem, by the path of its value (`targets.*.authority`)
 * @throws PosternError `invalid` at the first problem; further ones are listed in the hint
 */
export function parseWith<T extends z.ZodType>(
  file: YamlFile,
  schema: T,
  invalid: ErrorCode,
  advise: Advise,
): z.infer<T> {
  const parsed = schema.safeParse(file.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap(narrowed);
  throw errorOf(
    file,
    invalid,
    issues.flatMap((issue) => problemsOf(file, schema, issue, advise)),
  );
}

/** One error at the first problem, with up to nine more in its hint. */
export function errorOf(file: YamlFile, invalid: ErrorCode, problems: readonly Problem[]): PosternError {
  const [first, ...others] = [...problems].sort(
    (a, b) => Number(b.misspelt) - Number(a.misspelt) || a.line - b.line || a.column - b.column,
  );
  if (!first) return new PosternError(invalid, 'not valid', { at: { path: file.path } });
  const more = others.slice(0, 9).map((p) => `\n  ${file.path}:${p.line}:${p.column}: ${p.message}. ${p.hint}`);
  return new PosternError(invalid, first.message, {
    at: { path: file.path, line: first.line, column: first.column },
    hint: `${first.hint}${more.join('')}`,
  });
}

/** Of a union without a sentence of its own, the issues of the one alternative that the value was meant to be. */
function narrowed(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.message !== 'Invalid input') return [issue];
  const meant = issue.errors.filter((errors) =>
    errors.every(({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value')),
  );
  const [only] = meant;
  if (only === undefined || meant.length > 1) return [issue];
  return only.flatMap((inner) => narrowed({ ...inner, path: [...issue.path, ...inner.path] }));
}

function problemsOf(file: YamlFile, schema: z.ZodType, issue: z.core.$ZodIssue, advise: Advise): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? '*' : String(key))).join('.');
  const shown = showPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return {
        ...file.positionOfKey(issue.path, key),
        misspelt: true,
        message: `unknown key "${printable(key)}"${shown ? ` in ${shown}` : ''}`,
        hint:
          advise(path ? `${path}.${key}` : key) ??
          (near ? `Did you mean "${near}"?` : `Known here: ${known.join(', ')}.`),
      };
    });
  }
  const key = issue.path.at(-1);
  if (issue.code === 'invalid_key' && typeof key === 'string') {
    return [
      {
        ...file.positionOfKey(issue.path.slice(0, -1), key),
        misspelt: false,
        message: `${shown}: ${issue.issues[0]?.message ?? 'is not a name that is allowed here'}`,
        hint: advise(path) ?? 'Correct the name.',
      },
    ];
  }
  return [
    {
      ...file.positionOf(issue.path),
      misspelt: false,
      message: `${shown || 'the file'}: ${sentence(issue, valueAt(file.value, issue.path))}`,
      hint: advise(path) ?? 'Correct the value.',
    },
  ];
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'is missing';
  return issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

/** `targets[0].authority`. */
function showPath(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`)).join('');
}

/** Keys that the schema knows at a path, read through its wrappers and every alternative of its unions. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here = alternatives(schema);
  for (const key of path) here = here.flatMap((one) => alternatives(member(one._zod.def, key)));
  return [...new Set(here.flatMap(({ _zod: { def } }) => (isObjectDef(def) ? Object.keys(def.shape) : [])))];
}

function member(def: z.core.$ZodTypeDef, key: PropertyKey): z.core.$ZodType | undefined {
  if (isObjectDef(def)) return def.shape[String(key)];
  if (isArrayDef(def)) return typeof key === 'number' ? def.element : undefined;
  return isRecordDef(def) ? def.valueType : undefined;
}

function alternatives(schema: z.core.$ZodType | undefined): z.core.$ZodType[] {
  let here = schema;
  while (here && 'innerType' in here._zod.def) here = (here._zod.def as z.core.$ZodOptionalDef).innerType;
  if (!here) return [];
  const { def } = here._zod;
  return isUnionDef(def) ? def.options.flatMap(alternatives) : [here];
}

function isObjectDef(def: z.core.$ZodTypeDef): def is z.core.$ZodObjectDef {
  return def.type === 'object';
}

function isArrayDef(def: z.core.$ZodTypeDef): def is z.core.$ZodArrayDef {
  return def.type === 'array';
}

function isRecordDef(def: z.core.$ZodTypeDef): def is z.core.$ZodRecordDef {
  return def.type === 'record';
}

function isUnionDef(def: z.core.$ZodTypeDef): def is z.core.$ZodUnionDef {
  return def.type === 'union';
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}
