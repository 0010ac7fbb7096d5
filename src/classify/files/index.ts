/** A file's data sets, whatever kind it is: told by its first bytes, then by its name. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import type { OwnPattern } from '../values/tally.ts';
import { readJsonList, readJsonMap } from './json.ts';
import { readJsonLines } from './jsonl.ts';
import { readNames } from './keys.ts';
import { type Bytes, FILE_FORMATS, type FileFormat, type ReadFile, type ReadOptions } from './source.ts';
import { readSql } from './sql.ts';
import { readTable } from './table.ts';

export { FILE_FORMATS, type FileFormat, type ReadFile };

const PART = 1 << 18;

/**
 * @param path as the user named it
 * @param options.format instead of telling it by content
 * @throws PosternError `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT`, `E_USAGE` for what cannot be read
 */
export async function readDataFile(
  path: string,
  options: { own?: readonly OwnPattern[]; format?: FileFormat | undefined; shown?: string } = {},
): Promise<ReadFile> {
  const shown = options.shown ?? path;
  const iterator = createReadStream(path, { highWaterMark: PART })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await next(iterator, shown);
  if (first === undefined) throw new PosternError('E_INPUT_UNSUPPORTED', `${shown} is empty`);
  const encoding = utf16Of(first);
  if (encoding === undefined && first.subarray(0, 65_536).includes(0)) {
    throw new PosternError('E_INPUT_UNSUPPORTED', `${shown} is no text`, {
      hint: 'Archives and databases are not read: unpack or export what they hold first.',
    });
  }
  const source = resumed(first, iterator, shown);
  const bytes = encoding === undefined ? source : asUtf8(source, encoding);
  const head = encoding === undefined ? first : Buffer.from(new TextDecoder(encoding).decode(first));
  const read: ReadOptions = {
    path: shown,
    name: basename(path).replace(/\.(?:csv|tsv|jsonl?|ndjson|sql|txt|dump)$/i, ''),
    own: options.own ?? [],
  };
  const format = options.format ?? formatOf(head.toString('utf8', 0, 65_536), path);
  switch (format) {
    case 'jsonl':
      return readJsonLines(bytes, read);
    case 'sql':
      return readSql(bytes, read);
    case 'csv':
      return readTable(bytes, read);
    case 'key-list':
    case 'object-list':
      return readNames(bytes, read, format);
    case 'json':
    case 'elasticsearch-mapping':
    case 'firebase-export':
      return head.toString('utf8', 0, 64).trimStart().startsWith('[')
        ? readJsonList(bytes, read)
        : readJsonMap(bytes, read);
  }
}

async function next(iterator: AsyncIterator<Buffer>, shown: string): Promise<Buffer | undefined> {
  try {
    const { value, done } = await iterator.next();
    return done === true ? undefined : value;
  } catch (cause) {
    throw new PosternError('E_INPUT_NOT_FOUND', `${shown} cannot be read`, { cause });
  }
}

async function* resumed(first: Buffer, iterator: AsyncIterator<Buffer>, shown: string): Bytes {
  try {
    for (let part: Buffer | undefined = first; part !== undefined; part = await next(iterator, shown)) yield part;
  } finally {
    await iterator.return?.();
  }
}

/** Spreadsheets export UTF-16 with a byte order mark; without one nothing tells it. */
function utf16Of(first: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : undefined;
}

async function* asUtf8(bytes: Bytes, encoding: 'utf-16le' | 'utf-16be'): Bytes {
  const decoder = new TextDecoder(encoding);
  for await (const part of bytes) yield Buffer.from(decoder.decode(part, { stream: true }));
  yield Buffer.from(decoder.decode());
}

function formatOf(head: string, path: string): FileFormat {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return 'jsonl';
  if (text.startsWith('[')) return 'json';
  if (text.startsWith('{')) {
    // Two documents, one a line.
    const [line = '', second = ''] = text.split('\n', 2);
    if (second.trimStart().startsWith('{') && isJson(line)) return 'jsonl';
    return 'json';
  }
  if (
    /\.sql$/i.test(path) ||
    /^(?:\s*--[^\n]*\n|\s*\/\*[\s\S]{0,4000}?\*\/;?|\s*\n)*\s*(?:CREATE|INSERT|DROP|SET|BEGIN|PRAGMA|COPY|USE|LOCK)\b/i.test(
      head.slice(0, 8_192),
    )
  )
    return 'sql';
  if (/\.(?:csv|tsv)$/i.test(path)) return 'csv';
  const lines = text
    .split('\n')
    .slice(0, 50)
    .map((line) => line.trim())
    .filter(Boolean);
  const share = (shape: RegExp) => lines.filter((line) => shape.test(line)).length / Math.max(1, lines.length);
  // Keys without a colon stand among the others; a table has a separator in each of its lines.
  const enough = share(/[,;\t|]/) === 0 ? 0.3 : 0.8;
  if (share(/^[^\s,;\t]+:[^\s,;\t]+$/) >= enough) return 'key-list';
  if (share(/^[^\t,;:]+\/[^\t,;:]+$/) >= 0.8) return 'object-list';
  return 'csv';
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
