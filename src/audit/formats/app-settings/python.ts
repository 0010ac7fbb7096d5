/**
 * Literal assignments of a Python settings module: `NAME = 'text'`, `NAME = True`, dictionaries of these, and the fallback
 * of `os.environ.get('NAME', 'text')`. Nothing is run; whatever is not a literal is unknown.
 * https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
 */
import type { Span } from '../../source.ts';
import { nestedGroup } from './group.ts';
import type { AppSetting } from './read.ts';

const MAX_SETTINGS = 5_000;
const MAX_DEPTH = 12;

interface Text {
  value: string;
  span: Span;
  exact: boolean;
}

export function pythonSettings(text: string): AppSetting[] {
  const settings: AppSetting[] = [];
  const add = (pointer: string, name: string, literal: Text, fallback: boolean): void => {
    if (settings.length >= MAX_SETTINGS || literal.span.end <= literal.span.start) return;
    const { value, span, exact } = literal;
    settings.push({ pointer, name, ...nestedGroup(pointer), value, fallback, span, exact });
  };
  const assignment = /^([A-Za-z_]\w{0,100})[ \t]*=(?!=)[ \t]*/gm;
  let end = 0;
  for (const match of text.matchAll(assignment)) {
    if (settings.length >= MAX_SETTINGS) break;
    // Inside a string or a bracket that began before.
    if (match.index < end) continue;
    end = readValue(match.index + match[0].length, match[1] ?? '', match[1] ?? '', 0);
  }
  return settings;

  /** Reads a value, and gives where it ends. */
  function readValue(at: number, pointer: string, name: string, depth: number): number {
    if (text[at] === '{' && depth < MAX_DEPTH) return readDictionary(at + 1, pointer, depth);
    const literal = readString(at);
    if (literal) {
      // `'a' + b`, `'%s' % x`, `'a' 'b'`: more than the literal.
      const next = skipBlanks(literal.after);
      if (isEnd(next, depth)) add(pointer, name, literal.text, false);
      return literal.after;
    }
    const word = /[A-Za-z_][\w.]{0,100}/y;
    word.lastIndex = at;
    const found = word.exec(text)?.[0] ?? '';
    if (found === 'True' || found === 'False' || found === 'None') {
      const span = { start: at, end: at + found.length };
      if (isEnd(skipBlanks(span.end), depth)) add(pointer, name, { value: found, span, exact: true }, false);
      return span.end;
    }
    if (/(?:^|\.)(?:environ\.get|getenv|env|config|env\.str|get_env|env_str)$/.test(found)) {
      return readFallback(at + found.length, pointer, name);
    }
    return at;
  }

  function readDictionary(from: number, pointer: string, depth: number): number {
    let at = from;
    for (let count = 0; count < MAX_SETTINGS; count += 1) {
      at = skipSpace(at);
      if (at >= text.length) return at;
      if (text[at] === '}') return at + 1;
      if (text[at] === ',') {
        at += 1;
        continue;
      }
      const key = readString(at);
      const colon = key ? skipSpace(key.after) : at;
      if (!key || text[colon] !== ':') {
        at = skipExpression(at);
        continue;
      }
      const value = skipSpace(colon + 1);
      const name = key.text.value.slice(0, 100);
      at = skipExpression(readValue(value, `${pointer}.${name}`, name, depth + 1));
    }
    return at;
  }

  /** `('NAME', 'fallback')` and `('NAME', default='fallback')`. */
  function readFallback(from: number, pointer: string, name: string): number {
    if (text[from] !== '(') return from;
    const first = readString(skipSpace(from + 1));
    if (!first) return from;
    let at = skipSpace(first.after);
    if (text[at] !== ',') return at;
    at = skipSpace(at + 1);
    if (text.startsWith('default', at)) {
      at = skipSpace(at + 'default'.length);
      if (text[at] !== '=') return at;
      at = skipSpace(at + 1);
    }
    const literal = readString(at);
    if (!literal) return at;
    if (/[),]/.test(text[skipSpace(literal.after)] ?? '')) add(pointer, name, literal.text, true);
    return literal.after;
  }

  function readString(at: number): { text: Text; after: number } | null {
    const open = /(?:[rRuUbB]{0,2})('''|"""|'|")/y;
    open.lastIndex = at;
    const match = open.exec(text);
    if (!match) return null;
    const quote = match[1] ?? '';
    const start = at + match[0].length;
    let close = start;
    let plain = true;
    while (close < text.length && !text.startsWith(quote, close)) {
      if (text[close] === '\\') {
        plain = false;
        close += 1;
      } else if (quote.length === 1 && text[close] === '\n') return null;
      close += 1;
    }
    if (close >= text.length) return null;
    const span = { start, end: close };
    return { text: { value: text.slice(start, close), span, exact: plain }, after: close + quote.length };
  }

  /** To the comma or bracket that ends an element of a dictionary. */
  function skipExpression(from: number): number {
    let open = 0;
    let at = from;
    while (at < text.length) {
      const character = text[at] ?? '';
      const literal = character === '"' || character === "'" ? readString(at) : null;
      if (literal) {
        at = literal.after;
        continue;
      }
      if (character === '#') {
        const newline = text.indexOf('\n', at);
        at = newline < 0 ? text.length : newline;
        continue;
      }
      if (character === '(' || character === '[' || character === '{') open += 1;
      else if (character === ')' || character === ']' || character === '}') {
        if (open === 0) return character === '}' ? at : at + 1;
        open -= 1;
      } else if (character === ',' && open === 0) return at;
      at += 1;
    }
    return at;
  }

  function isEnd(at: number, depth: number): boolean {
    const character = text[at];
    if (character === undefined || character === '#' || character === '\n' || character === '\r') return true;
    return depth > 0 && (character === ',' || character === '}');
  }

  function skipBlanks(from: number): number {
    let at = from;
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    return at;
  }

  function skipSpace(from: number): number {
    let at = from;
    while (at < text.length) {
      const character = text[at] ?? '';
      if (character === '#') {
        const newline = text.indexOf('\n', at);
        at = newline < 0 ? text.length : newline;
      } else if (/\s/.test(character) || character === '\\') at += 1;
      else break;
    }
    return at;
  }
}
