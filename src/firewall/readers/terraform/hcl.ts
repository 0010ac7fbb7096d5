/**
 * The part of HCL that security groups are written in: blocks, attributes, and literal values. Every other expression –
 * variables, functions, conditions, templates – is kept as text and is unknown: Terraform alone can evaluate it, and its
 * plan (`terraform show -json`) says the result.
 *
 *   body  = { name "=" value newline | name { label } "{" body "}" }
 *   value = string | number | true | false | null | "[" values "]" | "{" entries "}" | heredoc | any other expression
 *
 * Source: HCL native syntax specification (hashicorp/hcl, hclsyntax/spec.md).
 */
import { Unknown, type Value, type Values } from './model.ts';

const DEEPEST = 40;
const MOST_BLOCKS = 50_000;

export interface HclBlock {
  type: string;
  labels: string[];
  /** Attributes, and blocks in it by their type, each a list. */
  values: Values;
  line: number;
}

/** Thrown where the text is no HCL; the caller turns it into a skip. */
export class HclError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.name = 'HclError';
    this.line = line;
  }
}

interface Token {
  kind: 'name' | 'string' | 'number' | 'punctuation' | 'newline' | 'heredoc' | 'end';
  text: string;
  /** A string with `${…}` or `%{…}` in it. */
  template?: boolean;
  line: number;
}

/** @throws HclError */
export function parseHcl(text: string): HclBlock[] {
  const reader = new Reader(tokensOf(text));
  return reader.blocks();
}

const NAME = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const HEREDOC = /<<-?([A-Za-z_]\w{0,60})\r?\n/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const at = (pattern: RegExp, from: number): RegExpExecArray | null => {
    pattern.lastIndex = from;
    return pattern.exec(text);
  };
  for (let i = 0; i < text.length; ) {
    const unit = text[i] ?? '';
    const name = at(NAME, i);
    const number = name === null ? at(NUMBER, i) : null;
    const heredoc = unit === '<' ? at(HEREDOC, i) : null;
    if (unit === '\n') {
      tokens.push({ kind: 'newline', text: '\n', line: line++ });
      i++;
    } else if (/\s/.test(unit) || unit === '\ufeff') i++;
    else if (unit === '#' || text.startsWith('//', i)) i = endOfLine(text, i);
    else if (text.startsWith('/*', i)) {
      const end = text.indexOf('*/', i + 2);
      if (end < 0) throw new HclError('a comment has no end', line);
      line += linesIn(text, i, end);
      i = end + 2;
    } else if (name !== null) {
      tokens.push({ kind: 'name', text: name[0], line });
      i += name[0].length;
    } else if (number !== null) {
      tokens.push({ kind: 'number', text: number[0], line });
      i += number[0].length;
    } else if (unit === '"') {
      const string = stringAt(text, i, line);
      tokens.push(string.token);
      i = string.end;
    } else if (heredoc !== null) {
      const end = endOfHeredoc(text, i + heredoc[0].length, heredoc[1] ?? '');
      if (end === undefined) throw new HclError('a heredoc has no end', line);
      tokens.push({ kind: 'heredoc', text: '', line });
      line += linesIn(text, i, end);
      i = end;
    } else {
      tokens.push({ kind: 'punctuation', text: unit, line });
      i++;
    }
  }
  tokens.push({ kind: 'end', text: '', line });
  return tokens;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** @returns where the closing word's line ends, before its newline */
function endOfHeredoc(text: string, from: number, word: string): number | undefined {
  for (let start = from; start < text.length; ) {
    const end = endOfLine(text, start);
    if (text.slice(start, end).trim() === word) return end;
    start = end + 1;
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** A quoted string; `${` opens an expression that may hold quotes itself. */
function stringAt(text: string, from: number, line: number): { token: Token; end: number } {
  let value = '';
  let template = false;
  for (let i = from + 1; i < text.length; i++) {
    const unit = text[i] ?? '';
    if (unit === '"') return { token: { kind: 'string', text: value, template, line }, end: i + 1 };
    if (unit === '\n') break;
    if (unit === '\\') {
      value += ESCAPES[text[++i] ?? ''] ?? '';
      continue;
    }
    if ((unit === '$' || unit === '%') && text[i + 1] === '{') {
      // `$${` is a dollar sign and a brace.
      if (text[i - 1] === unit) {
        value += '{';
        i++;
        continue;
      }
      const end = endOfTemplate(text, i + 2);
      if (end === undefined) break;
      template = true;
      value += text.slice(i, end);
      i = end - 1;
      continue;
    }
    value += unit;
  }
  throw new HclError('a string has no end', line);
}

function endOfTemplate(text: string, from: number): number | undefined {
  let depth = 1;
  let quoted = false;
  for (let i = from; i < text.length && text[i] !== '\n'; i++) {
    const unit = text[i];
    if (unit === '\\') i++;
    else if (unit === '"') quoted = !quoted;
    else if (!quoted && unit === '{') depth++;
    else if (!quoted && unit === '}' && --depth === 0) return i + 1;
  }
  return undefined;
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #count = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  blocks(): HclBlock[] {
    const found: HclBlock[] = [];
    this.#body('end', 0, (block) => found.push(block));
    return found;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] ?? { kind: 'end', text: '', line: 0 };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#peek();
    return kind === 'punctuation' && found === text;
  }

  #blank(): void {
    while (this.#peek().kind === 'newline') this.#at++;
  }

  #body(until: 'end' | '}', depth: number, onBlock: (block: HclBlock) => void): Values {
    if (depth > DEEPEST) throw new HclError('blocks are nested too deep', this.#peek().line);
    const values = new Map<string, Value>();
    for (;;) {
      this.#blank();
      const token = this.#peek();
      if (until === 'end' ? token.kind === 'end' : this.#is('}')) break;
      if (token.kind !== 'name') throw new HclError(`a name was expected`, token.line);
      this.#next();
      if (this.#is('=')) {
        this.#next();
        values.set(token.text, this.#value(depth));
        continue;
      }
      const block = this.#block(token, depth);
      onBlock(block);
      values.set(block.type, [...listed(values.get(block.type)), { ...block.values, ...labelled(block) }]);
    }
    if (until === '}') this.#next();
    return Object.fromEntries(values);
  }

  #block(name: Token, depth: number): HclBlock {
    if (++this.#count > MOST_BLOCKS) throw new HclError('there are too many blocks', name.line);
    const labels: string[] = [];
    while (this.#peek().kind === 'string' || this.#peek().kind === 'name') labels.push(this.#next().text);
    if (!this.#is('{')) throw new HclError(`\`=\` or a block was expected`, this.#peek().line);
    this.#next();
    return { type: name.text, labels, values: this.#body('}', depth + 1, () => {}), line: name.line };
  }

  #value(depth: number): Value {
    const from = this.#at;
    const value = this.#literal(depth);
    if (value !== undefined && this.#ends()) return value;
    this.#at = from;
    return this.#expression();
  }

  #ends(): boolean {
    const { kind } = this.#peek();
    return kind === 'newline' || kind === 'end' || [',', ']', '}', ')'].some((text) => this.#is(text));
  }

  #literal(depth: number): Value | undefined {
    if (depth > DEEPEST) throw new HclError('values are nested too deep', this.#peek().line);
    const token = this.#next();
    if (token.kind === 'string') return token.template === true ? new Unknown(inner(token.text)) : token.text;
    if (token.kind === 'heredoc') return new Unknown('a heredoc');
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'name') {
      if (token.text === 'true' || token.text === 'false') return token.text === 'true';
      return token.text === 'null' ? null : undefined;
    }
    if (token.text === '-' && this.#peek().kind === 'number') return -Number(this.#next().text);
    if (token.kind !== 'punctuation') return undefined;
    // `[for …]` and `{for …}` are computed.
    if (token.text === '[') return this.#peek().text === 'for' ? undefined : this.#list(depth + 1);
    return token.text === '{' && this.#peek().text !== 'for' ? this.#entries(depth + 1) : undefined;
  }

  #list(depth: number): Value | undefined {
    const values: Value[] = [];
    for (;;) {
      this.#blank();
      if (this.#is(']')) break;
      values.push(this.#value(depth));
      this.#blank();
      if (this.#is(',')) this.#next();
      else if (!this.#is(']')) return undefined;
    }
    this.#next();
    return values;
  }

  #entries(depth: number): Value | undefined {
    const values = new Map<string, Value>();
    for (;;) {
      this.#blank();
      if (this.#is('}')) break;
      const key = this.#next();
      if (!(this.#is('=') || this.#is(':'))) return undefined;
      this.#next();
      values.set(key.text, this.#value(depth));
      if (this.#is(',')) this.#next();
    }
    this.#next();
    return Object.fromEntries(values);
  }

  /** Anything else, up to where the value ends; brackets hold lines together. */
  #expression(): Unknown {
    const open: string[] = [];
    const parts: string[] = [];
    for (;;) {
      const { kind, text, line } = this.#peek();
      if (kind === 'end') {
        if (open.length > 0) throw new HclError('a bracket has no end', line);
        break;
      }
      const closes = kind === 'punctuation' && [']', '}', ')'].includes(text);
      if (open.length === 0 && (kind === 'newline' || closes || (kind === 'punctuation' && text === ','))) break;
      if (kind === 'punctuation' && CLOSING[text] !== undefined) open.push(CLOSING[text] ?? '');
      else if (closes && open.pop() !== text) throw new HclError('brackets do not fit', line);
      if (open.length > 200) throw new HclError('brackets are nested too deep', line);
      if (kind !== 'newline' && parts.length < 40) parts.push(kind === 'string' ? `"${text}"` : text);
      this.#next();
    }
    return new Unknown(parts.join(''));
  }
}

function listed(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function labelled(block: HclBlock): Values {
  return block.labels.length > 0 ? { '%labels': block.labels } : {};
}

/** `${var.x}` alone is `var.x`. */
function inner(text: string): string {
  return /^\$\{([^{}]*)\}$/.exec(text)?.[1]?.trim() ?? text;
}
