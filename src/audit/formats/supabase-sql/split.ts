/**
 * Splits SQL into statements as PostgreSQL's own scanner sees them: strings ('…' with '' inside, E'…' with backslashes),
 * quoted names, dollar quotes, comments (nested `/* … *\/`), the data of `COPY … FROM stdin`, and lines for psql (`\…`).
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */
import type { Span } from '../../source.ts';

export interface SplitStatement extends Span {
  /** Its first words, lower-case: `create policy`. */
  head: string;
}

const MAX_STATEMENTS = 100_000;
const TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]{0,62})?\$/y;

/** Where a quoted text, a comment or a dollar quote that starts at `at` ends; `at` itself where none does. */
export function skipQuoted(text: string, at: number): number {
  const character = text[at];
  if (character === "'") {
    const before = text[at - 1];
    const escapes = (before === 'E' || before === 'e') && !/[\w$]/.test(text[at - 2] ?? ' ');
    return stringEnd(text, at, "'", escapes);
  }
  if (character === '"') return stringEnd(text, at, '"', false);
  if (character === '-' && text[at + 1] === '-') {
    const newline = text.indexOf('\n', at);
    return newline < 0 ? text.length : newline + 1;
  }
  if (character === '/' && text[at + 1] === '*') return commentEnd(text, at);
  if (character === '$' && !/[\w$]/.test(text[at - 1] ?? ' ')) {
    TAG.lastIndex = at;
    const tag = TAG.exec(text)?.[0];
    if (tag === undefined) return at;
    const end = text.indexOf(tag, at + tag.length);
    return end < 0 ? text.length : end + tag.length;
  }
  return at;
}

function stringEnd(text: string, start: number, quote: string, escapes: boolean): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return text.length;
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '/' && text[at + 1] === '*') {
      depth += 1;
      at += 1;
    } else if (text[at] === '*' && text[at + 1] === '/') {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

export function split(text: string, from = 0, to = text.length): SplitStatement[] {
  const statements: SplitStatement[] = [];
  let start = -1;
  let at = from;
  while (at < to && statements.length < MAX_STATEMENTS) {
    const character = text[at] ?? '';
    if (character === ';') {
      if (start >= 0) {
        const head = headOf(text, start, at);
        statements.push({ start, end: at, head });
        if (head.startsWith('copy ') && /\bfrom\s{1,10}stdin\b/i.test(text.slice(Math.max(start, at - 300), at)))
          at = dataEnd(text, at);
      }
      start = -1;
      at += 1;
      continue;
    }
    const next = skipQuoted(text, at);
    const comment = next > at && (character === '-' || character === '/');
    // A line for psql ends where the line does.
    if (character === '\\' && start < 0) {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? to : newline + 1;
      continue;
    }
    if (start < 0 && !comment && !/[\s\ufeff]/.test(character)) start = at;
    at = next > at ? next : at + 1;
  }
  if (start >= 0 && start < to) {
    const end = start + text.slice(start, to).trimEnd().length;
    if (end > start) statements.push({ start, end, head: headOf(text, start, end) });
  }
  return statements;
}

function headOf(text: string, start: number, end: number): string {
  return text
    .slice(start, Math.min(end, start + 120))
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

function dataEnd(text: string, at: number): number {
  const end = text.indexOf('\n\\.', at);
  return end < 0 ? text.length : end + 3;
}

/** The expression in brackets behind a word of a statement (`using (…)`), without the brackets. */
export function clauseSpan(text: string, statement: Span, word: 'using' | 'check'): Span | null {
  let depth = 0;
  let seen = false;
  let start = -1;
  for (let at = statement.start; at < statement.end; ) {
    const next = skipQuoted(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    const character = text[at] ?? '';
    if (depth === 0 && /[a-z]/i.test(character) && !/[\w$"]/.test(text[at - 1] ?? ' ')) {
      seen = text.slice(at, at + word.length).toLowerCase() === word && !/\w/.test(text[at + word.length] ?? ' ');
      at += seen ? word.length : 1;
      continue;
    }
    if (character === '(') {
      if (depth === 0 && seen) start = at + 1;
      depth += 1;
    } else if (character === ')') {
      depth -= 1;
      if (depth === 0 && start >= 0) return { start, end: at };
    }
    at += 1;
  }
  return null;
}

/** Offset of a UTF-8 byte in a text. */
export function fromBytes(text: string, bytes: number): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (count >= bytes) return at;
    const code = text.charCodeAt(at);
    if (code < 0x80) count += 1;
    else if (code < 0x800) count += 2;
    else if (code >= 0xd800 && code < 0xdc00) {
      count += 4;
      at += 1;
    } else count += 3;
  }
  return text.length;
}
