import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorOf, parseWith } from '../../config/parse-with.ts';
import { parseYaml, type YamlFile } from '../../config/yaml-file.ts';
import { PosternError } from '../../core/errors.ts';
import { LIMITS } from '../../core/limits.ts';
import { advisePolicy } from './advice.ts';
import { compilePolicy } from './compile.ts';
import type { Policy } from './policy.ts';
import { type Path, showPath } from './problems.ts';
import { policySchema } from './schema/policy.ts';

export interface ParseOptions {
  /** ms since the epoch; default: now. */
  readonly now?: number;
}

const MAX_DEPTH = 64;

/**
 * Reads and compiles guard.yaml.
 *
 * @throws PosternError `E_POLICY_INVALID` with line and column, `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT`
 */
export async function loadPolicy(path: string, options: ParseOptions = {}): Promise<Policy> {
  return parsePolicy(resolve(path), await readPolicyText(resolve(path)), options);
}

/** @throws PosternError `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT` */
export async function readPolicyText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= LIMITS.configBytes) return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PosternError('E_INPUT_NOT_FOUND', `${path} cannot be read`, { at: { path }, cause });
  }
  throw new PosternError('E_INPUT_LIMIT', `${path} is larger than ${LIMITS.configBytes} bytes`, { at: { path } });
}

/**
 * Compiles the text of a guard.yaml.
 *
 * @param path absolute; paths in the file are relative to its folder
 * @throws PosternError `E_POLICY_INVALID` with line and column
 */
export function parsePolicy(path: string, text: string, options: ParseOptions = {}): Policy {
  return withinDepth(path, () => {
    const source = parseYaml(path, text, 'E_POLICY_INVALID');
    checkPlain(source);
    const file = parseWith(source, policySchema, 'E_POLICY_INVALID', advisePolicy);
    return compilePolicy(file, source, text, options.now ?? Date.now());
  });
}

/** A file of thousands of brackets exhausts the stack of the YAML reader, which is no defect of ours to report as one. */
export function withinDepth<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const options = { at: { path, line: 1, column: 1 }, hint: 'Write it flatter.', cause };
    throw new PosternError('E_POLICY_INVALID', 'the file is nested too deeply', options);
  }
}

/** Refuses what the schema would not see: places still to be filled in, keys of JavaScript's own, great depth. */
function checkPlain(file: YamlFile): void {
  const problems: Parameters<typeof errorOf>[2][number][] = [];
  const waiting: { value: unknown; path: Path }[] = [{ value: file.value, path: [] }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && /^TODO\b/.test(value)) {
      const message = `${showPath(path)}: is still to be filled in`;
      problems.push({
        ...file.positionOf(path),
        misspelt: false,
        message,
        hint: 'Replace the TODO by your own value.',
      });
    }
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH) throw new RangeError('depth');
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') {
        const message = 'a key may not be called __proto__';
        problems.push({ ...file.positionOfKey(path, key), misspelt: false, message, hint: 'Choose another name.' });
      }
      waiting.push({ value: inner, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
  if (problems.length > 0) throw errorOf(file, 'E_POLICY_INVALID', problems);
}
