import { readFile, stat } from 'node:fs/promises';
import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type ErrorCode, PosternError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';

/** 1-based. */
export interface Position {
  line: number;
  column: number;
}

export interface YamlFile {
  path: string;
  /** Plain values. */
  value: unknown;
  /** 1-based place of the value at a path of keys and indexes, or of the nearest thing around it. */
  positionOf(path: readonly PropertyKey[]): Position;
  /** 1-based place of a key itself. */
  positionOfKey(path: readonly PropertyKey[], key: string): Position;
}

/**
 * Reads one small YAML file, keeping positions.
 *
 * @param invalid the code for a file that is not valid
 * @throws PosternError `invalid`, or `E_INPUT_LIMIT`, or `E_INPUT_NOT_FOUND`
 */
export async function readYamlFile(path: string, invalid: ErrorCode): Promise<YamlFile> {
  return parseYaml(path, await readBounded(path), invalid);
}

async function readBounded(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > LIMITS.configBytes) {
      throw new PosternError('E_INPUT_LIMIT', `${path} is larger than ${LIMITS.configBytes} bytes`, { at: { path } });
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof PosternError) throw cause;
    throw new PosternError('E_INPUT_NOT_FOUND', `${path} cannot be read`, { at: { path }, cause });
  }
}

export function parseYaml(path: string, text: string, invalid: ErrorCode): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const place = (offset: number | undefined): Position => {
    const { line, col } = lines.linePos(Math.min(offset ?? 0, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [error] = document.errors;
  if (error) {
    throw new PosternError(invalid, `not valid YAML: ${unquoted(error.message)}`, {
      at: { path, ...place(error.pos[0]) },
      hint: 'Correct the YAML at this place. Indentation is by spaces, and a key stands once in its map.',
    });
  }
  return {
    path,
    value: plain(document, path, invalid),
    positionOf: (keys) => place(startOf(nodeAt(document, keys))),
    positionOfKey: (keys, key) => place(keyStart(nodeAt(document, keys), key)),
  };
}

function plain(document: Document, path: string, invalid: ErrorCode): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new PosternError(invalid, `not usable YAML: ${unquoted(String(cause))}`, {
      at: { path, line: 1, column: 1 },
      hint: 'Write the values out instead of using many aliases.',
      cause,
    });
  }
}

/** The node at the path, or the innermost one that exists on the way. */
function nodeAt(document: Document, keys: readonly PropertyKey[]): Node | undefined {
  let node: unknown = document.contents;
  for (const key of keys) {
    if (!isCollection(node)) break;
    const next: unknown = node.get(key, true);
    if (next === undefined || next === null) break;
    node = next;
  }
  return isScalar(node) || isCollection(node) ? node : undefined;
}

function startOf(node: Node | undefined): number | undefined {
  return node?.range?.[0];
}

function keyStart(node: Node | undefined, key: string): number | undefined {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key) return startOf(pair.key);
    }
  }
  return startOf(node);
}

/** The library's message without what it quotes: the file may be another one, named by mistake, that holds passwords. */
function unquoted(message: string): string {
  const sentence = message.replace(/^\w*Error: /, '').split(/[:\n"]| escape sequence /)[0] ?? '';
  return sentence.trim() || 'it cannot be read';
}
