import type { z } from 'zod';
import { type ErrorCode, PosternError } from '../core/errors.ts';
import { nearest } from './nearest.ts';
import type { Position, YamlFile } from './yaml-file.ts';

/** One thing wrong with a file, where, and what to do about it. */
interface Problem extends Position {
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
  const problems = parsed.error.issues
    .flatMap((issue) => problemsOf(file, schema, issue, advise))
    .sort((a, b) => Number(b.misspelt) - Number(a.misspelt) || a.line - b.line || a.column - b.column);
  const [first, ...others] = problems;
  if (!first) throw new PosternError(invalid, 'not valid', { at: { path: file.path } });
  const more = others.slice(0, 9).map((p) => `\n  ${file.path}:${p.line}:${p.column}: ${p.message}. ${p.hint}`);
  throw new PosternError(invalid, first.message, {
    at: { path: file.path, line: first.line, column: first.column },
    hint: `${first.hint}${more.join('')}`,
  });
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

/** Keys that the schema knows at a path, read through its wrappers. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here = unwrap(schema);
  for (const key of path) {
    const { def } = here._zod;
    if (isObjectDef(def)) here = unwrap(def.shape[String(key)]);
    else if (isArrayDef(def)) here = unwrap(def.element);
    else return [];
  }
  return isObjectDef(here._zod.def) ? Object.keys(here._zod.def.shape) : [];
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType {
  let here = schema;
  while (here && 'innerType' in here._zod.def) here = (here._zod.def as z.core.$ZodOptionalDef).innerType;
  if (!here) throw new TypeError('the schema has no such path');
  return here;
}

function isObjectDef(def: z.core.$ZodTypeDef): def is z.core.$ZodObjectDef {
  return def.type === 'object';
}

function isArrayDef(def: z.core.$ZodTypeDef): def is z.core.$ZodArrayDef {
  return def.type === 'array';
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
}
