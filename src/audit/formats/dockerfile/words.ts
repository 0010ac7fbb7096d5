/**
 * The words of an instruction: shell words, or the strings of a JSON list, with lines that a backslash continues and
 * comment lines between them. Heredocs are left as words.
 */
import type { Span } from '../../source.ts';

export interface Word {
  /** Without quotes. */
  text: string;
  /** With its quotes. */
  span: Span;
}

const MAX_WORDS = 2_000;

export function wordsOf(
  text: string,
  start: number,
  end: number,
): { words: Word[]; flags: (readonly [string, string])[] } {
  const words = jsonWords(text, start, end) ?? shellWords(text, start, end);
  const flags: (readonly [string, string])[] = [];
  while (words[0]?.text.startsWith('--')) {
    const flag = words.shift()?.text.slice(2) ?? '';
    const equals = flag.indexOf('=');
    flags.push(equals < 0 ? [flag, ''] : [flag.slice(0, equals), flag.slice(equals + 1)]);
  }
  // `COPY --chown=a:b ["src", "dest"]`
  const [first] = words;
  if (flags.length > 0 && first?.text.startsWith('[')) {
    const list = jsonWords(text, first.span.start, end);
    if (list) return { words: list, flags };
  }
  return { words, flags };
}

function jsonWords(text: string, start: number, end: number): Word[] | null {
  const open = /\S/.exec(text.slice(start, Math.min(end, start + 1_000)));
  if (!open || text[start + open.index] !== '[') return null;
  const words: Word[] = [];
  let at = start + open.index + 1;
  while (at < end && words.length < MAX_WORDS) {
    const character = text[at];
    if (character === ']') return words;
    if (character === '"') {
      const from = at;
      let value = '';
      for (at += 1; at < end && text[at] !== '"'; at += 1) {
        if (text[at] === '\\') at += 1;
        value += text[at] ?? '';
      }
      if (at >= end) return null;
      at += 1;
      words.push({ text: value, span: { start: from, end: at } });
    } else if (character === ',' || /\s/.test(character ?? '') || character === '\\') at += 1;
    else return null;
  }
  return null;
}

function shellWords(text: string, start: number, end: number): Word[] {
  const words: Word[] = [];
  let at = start;
  let lineBegins = false;
  while (at < end && words.length < MAX_WORDS) {
    const character = text[at] ?? '';
    if (character === '\n' || character === '\r') {
      lineBegins = true;
      at += 1;
    } else if (character === ' ' || character === '\t') {
      at += 1;
    } else if (character === '\\' && continues(text, at)) {
      at += 1;
    } else if (character === '#' && lineBegins) {
      while (at < end && text[at] !== '\n') at += 1;
    } else {
      lineBegins = false;
      const word = readWord(text, at, end);
      words.push(word);
      at = word.span.end;
    }
  }
  return words;
}

/** A backslash with nothing but blanks after it on its line. */
function continues(text: string, at: number): boolean {
  let next = at + 1;
  while (text[next] === ' ' || text[next] === '\t') next += 1;
  return text[next] === '\n' || text[next] === '\r' || next >= text.length;
}

function readWord(text: string, start: number, end: number): Word {
  const parts: string[] = [];
  let at = start;
  let quoted: string | null = null;
  for (; at < end; at += 1) {
    const character = text[at] ?? '';
    if (quoted === null && /\s/.test(character)) break;
    if (character === '\\' && quoted !== "'") {
      if (continues(text, at)) {
        if (quoted === null) break;
        const newline = text.indexOf('\n', at);
        at = newline < 0 ? end : newline;
        continue;
      }
      at += 1;
      parts.push(text[at] ?? '');
    } else if (quoted === null && (character === '"' || character === "'")) {
      quoted = character;
    } else if (character === quoted) quoted = null;
    else parts.push(character);
  }
  return { text: parts.join(''), span: { start, end: Math.min(Math.max(at, start + 1), end) } };
}

export interface Assignment {
  name: string;
  /** Null: `ARG NAME`. */
  value: string | null;
  /** Of the value inside its quotes; of the word where quotes or escapes move characters, or there is no value. */
  span: Span;
  /** The span holds the very value. */
  exact: boolean;
}

/** `ENV A=1 B="2"`, `ENV A one two`, `ARG A=1`. */
export function assignmentsOf(words: readonly Word[], keyword: string, text: string): Assignment[] {
  const [first] = words;
  if (!first) return [];
  const last = words.at(-1) ?? first;
  const raw = (span: Span): string => text.slice(span.start, span.end);
  if (keyword === 'ENV' && !raw(first.span).includes('=')) {
    const [, second] = words;
    if (!second) return [];
    const span = { start: second.span.start, end: last.span.end };
    return [
      unquoted(
        first.text,
        words
          .slice(1)
          .map((word) => word.text)
          .join(' '),
        span,
        text,
      ),
    ];
  }
  return words.map((word) => {
    const equals = raw(word.span).indexOf('=');
    if (equals < 0) return { name: word.text, value: null, span: word.span, exact: false };
    const name = word.text.slice(0, word.text.indexOf('='));
    const value = word.text.slice(word.text.indexOf('=') + 1);
    return unquoted(name, value, { start: word.span.start + equals + 1, end: word.span.end }, text);
  });
}

function unquoted(name: string, value: string, span: Span, text: string): Assignment {
  const quote = /["']/.test(text[span.start] ?? '') ? 1 : 0;
  const inner = { start: span.start + quote, end: span.end - quote };
  const exact = text.slice(inner.start, inner.end) === value && value !== '';
  return exact ? { name, value, span: inner, exact } : { name, value, span, exact: false };
}
