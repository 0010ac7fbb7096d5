/**
 * `.env` and `env_file`: `NAME=value` lines, `#` comments, optional `export`, quotes around a value.
 * https://docs.docker.com/reference/compose-file/interpolation/ and …/services/#env_file
 */
import { linesOf } from '../../source.ts';

const MAX_VARIABLES = 5_000;
const MAX_LINE = 65_536;

export interface DotenvLine {
  name: string;
  value: string;
  /** Of the value inside its quotes, in the line. */
  start: number;
  end: number;
  /** In single quotes, where nothing is put in. */
  single: boolean;
}

/** One line; null when it sets nothing. */
export function readDotenvLine(line: string): DotenvLine | null {
  if (line.length > MAX_LINE) return null;
  const match = /^\ufeff?[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:]/.exec(line);
  if (!match) return null;
  let start = match[0].length;
  while (line[start] === ' ' || line[start] === '\t') start += 1;
  const name = match[1] ?? '';
  const quote = line[start];
  if (quote === '"' || quote === "'") {
    const close = line.indexOf(quote, start + 1);
    if (close > 0) {
      return { name, value: line.slice(start + 1, close), start: start + 1, end: close, single: quote === "'" };
    }
  }
  // A comment begins at a `#` after a blank.
  let end = line.length;
  for (let at = line.indexOf('#', start); at >= 0; at = line.indexOf('#', at + 1)) {
    if (at === start || /\s/.test(line[at - 1] ?? '')) {
      end = at;
      break;
    }
  }
  const value = line.slice(start, end).trimEnd();
  return { name, value, start, end: start + value.length, single: false };
}

export function readDotenv(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of linesOf(text)) {
    if (variables.size >= MAX_VARIABLES) break;
    const read = readDotenvLine(line.text);
    if (read) variables.set(read.name, read.value);
  }
  return variables;
}
