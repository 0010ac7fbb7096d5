/**
 * The grammar of nginx' configuration (ngx_conf_read_token in src/core/ngx_conf_file.c):
 *
 *   directive = word { word } ( ";" | "{" { directive } "}" )
 *
 * Blanks separate words; `#` begins a comment where a word may begin; `"…"` and `'…'` hold a word together and end it; a
 * backslash takes the next character as it is; `${` does not open a block. `…_by_lua_block { … }` holds Lua, whose braces
 * balance. Templates of Jinja and ERB (`{{ … }}`, `{% … %}`, `<% … %>`) are stepped over, and then the file is not whole.
 */
import type { Source, Span } from '../../source.ts';

export interface NginxWord {
  value: string;
  /** With its quotes. */
  span: Span;
}

export interface NginxDirective {
  name: string;
  nameSpan: Span;
  arguments: readonly NginxWord[];
  /** What stands between its braces; null where it ends with `;`. */
  block: NginxDirective[] | null;
  /** Name to last word. */
  span: Span;
  /** With `;`, or with the block. */
  whole: Span;
  /** Behind `{`; where the block's text begins. */
  inside: number;
  source: Source;
}

export interface Parsed {
  directives: NginxDirective[];
  /** Where something was not understood, and what; the first few. */
  problems: { at: number; reason: string }[];
}

const MOST_DIRECTIVES = 100_000;
const DEEPEST = 60;
const LONGEST_WORD = 65_536;

interface Open {
  list: NginxDirective[];
  owner: NginxDirective | null;
}

export function parseNginx(source: Source): Parsed {
  const { text } = source;
  const root: NginxDirective[] = [];
  const stack: Open[] = [{ list: root, owner: null }];
  const problems: Parsed['problems'] = [];
  const problem = (at: number, reason: string): void => {
    if (problems.length < 10) problems.push({ at, reason });
  };
  let words: NginxWord[] = [];
  let count = 0;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const finish = (end: number, opens: boolean): NginxDirective | undefined => {
    const [name, ...rest] = words;
    words = [];
    if (!name) {
      problem(end, opens ? 'a block without a name' : 'a `;` that ends nothing');
      return undefined;
    }
    count += 1;
    const last = rest.at(-1) ?? name;
    const directive: NginxDirective = {
      name: name.value,
      nameSpan: name.span,
      arguments: rest,
      block: opens ? [] : null,
      span: { start: name.span.start, end: last.span.end },
      whole: { start: name.span.start, end: end + 1 },
      inside: end + 1,
      source,
    };
    stack.at(-1)?.list.push(directive);
    return directive;
  };
  while (at < text.length) {
    const unit = text[at] ?? '';
    if (BLANK.has(unit)) at += 1;
    else if (unit === '#') {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline;
    } else if (unit === ';') {
      finish(at, false);
      at += 1;
    } else if (text.startsWith('{%', at) || text.startsWith('{#', at) || text.startsWith('<%', at)) {
      const end = text.indexOf(unit === '<' ? '%>' : `${text[at + 1]}}`, at + 2);
      problem(at, 'a template; what it becomes is not known');
      at = end < 0 ? text.length : end + 2;
    } else if (unit === '{' && text[at + 1] !== '{') {
      const directive = finish(at, true);
      at += 1;
      if (directive !== undefined && /_by_lua_block$|^set_by_lua_block$/.test(directive.name)) {
        at = endOfLua(text, at);
        directive.whole.end = at;
      } else if (stack.length > DEEPEST) {
        problem(at, 'blocks nested too deep');
        break;
      } else {
        stack.push({ list: directive?.block ?? [], owner: directive ?? null });
      }
    } else if (unit === '}') {
      if (words.length > 0) problem(words[0]?.span.start ?? at, 'a directive without `;`');
      words = [];
      if (stack.length > 1) {
        const { owner } = stack.pop() ?? { owner: null };
        if (owner) owner.whole.end = at + 1;
      } else problem(at, 'a `}` that closes nothing');
      at += 1;
    } else {
      const word = readWord(text, at);
      if (word === null) {
        problem(at, 'a quote that does not end, or a word without end');
        break;
      }
      if (word.template) problem(at, 'a template; what it becomes is not known');
      if (words.length < 2_000) words.push(word.word);
      at = Math.max(word.word.span.end, at + 1);
    }
    if (count > MOST_DIRECTIVES) {
      problem(at, `more than ${MOST_DIRECTIVES} directives`);
      break;
    }
  }
  if (words.length > 0) problem(words[0]?.span.start ?? 0, 'a directive without `;`');
  if (stack.length > 1) problem(stack.at(-1)?.owner?.span.start ?? 0, 'a block that is not closed');
  return { directives: root, problems };
}

const BLANK = new Set([' ', '\t', '\r', '\n']);

function readWord(text: string, start: number): { word: NginxWord; template: boolean } | null {
  const quote = text[start];
  const parts: string[] = [];
  let at = start;
  let from = start;
  if (quote === '"' || quote === "'") {
    at += 1;
    from = at;
    for (; at < text.length; at += 1) {
      const unit = text[at];
      if (unit === '\\') {
        parts.push(text.slice(from, at), escaped(text[at + 1] ?? ''));
        at += 1;
        from = at + 1;
      } else if (unit === quote) {
        parts.push(text.slice(from, at));
        return { word: { value: parts.join(''), span: { start, end: at + 1 } }, template: false };
      }
      if (at - start > LONGEST_WORD) return null;
    }
    return null;
  }
  let template = false;
  for (; at < text.length; at += 1) {
    const unit = text[at] ?? '';
    if (unit === '\\') {
      parts.push(text.slice(from, at), escaped(text[at + 1] ?? ''));
      at += 1;
      from = at + 1;
    } else if (unit === '{' && text[at + 1] === '{') {
      const end = text.indexOf('}}', at + 2);
      if (end < 0) return null;
      template = true;
      at = end + 1;
    } else if (unit === '$' && text[at + 1] === '{') {
      at += 1;
    } else if (BLANK.has(unit) || unit === ';' || unit === '{') break;
    if (at - start > LONGEST_WORD) return null;
  }
  parts.push(text.slice(from, Math.min(at, text.length)));
  return { word: { value: parts.join(''), span: { start, end: Math.min(at, text.length) } }, template };
}

/** `\.` of a regular expression keeps its backslash; nginx takes it away before quotes and turns `\t \r \n`. */
function escaped(unit: string): string {
  if (unit === '"' || unit === "'" || unit === '\\') return unit;
  if (unit === 't') return '\t';
  if (unit === 'r') return '\r';
  if (unit === 'n') return '\n';
  return `\\${unit}`;
}

/** Past the `}` that closes a block of Lua; strings, long brackets and comments may hold braces. */
function endOfLua(text: string, start: number): number {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    const unit = text[at];
    if (unit === '-' && text[at + 1] === '-') {
      if (text.startsWith('--[[', at)) at = past(text, ']]', at + 4) - 1;
      else at = past(text, '\n', at) - 1;
    } else if (unit === '[' && text[at + 1] === '[') at = past(text, ']]', at + 2) - 1;
    else if (unit === '"' || unit === "'") {
      for (at += 1; at < text.length && text[at] !== unit && text[at] !== '\n'; at += 1) if (text[at] === '\\') at += 1;
    } else if (unit === '{') depth += 1;
    else if (unit === '}' && --depth === 0) return at + 1;
  }
  return text.length;
}

function past(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at + what.length;
}
