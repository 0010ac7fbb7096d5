/**
 * JSON with positions, as the syntax tree of Terraform: `.tf.json`, plans, policy documents in strings.
 *
 * Source: RFC 8259. Own, because it must not fail on nesting, and a policy in a template has holes where values are not
 * known (`HOLE`), inside strings and in place of values.
 */
import type { Expression, ObjectEntry, Template } from './syntax.ts';
import { HOLE } from './values.ts';

const DEEPEST = 100;

export interface JsonOptions {
  /** Reads a string with `${` in it as a template: the text between the quotes. */
  template?: (from: number, to: number) => Template | null;
}

/** The value of the text; an offset where it is no JSON. */
export function parseJson(text: string, options: JsonOptions = {}): Expression | number {
  const reader = new JsonReader(text, options);
  const value = reader.value(0);
  if (value === null) return reader.at;
  reader.blank();
  return reader.at < text.length ? reader.at : value;
}

class JsonReader {
  at = 0;
  readonly #text: string;
  readonly #options: JsonOptions;

  constructor(text: string, options: JsonOptions) {
    this.#text = text;
    this.#options = options;
    if (text.charCodeAt(0) === 0xfeff) this.at = 1;
  }

  blank(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at += 1;
    }
  }

  value(depth: number): Expression | null {
    this.blank();
    const start = this.at;
    const unit = this.#text[start];
    if (depth > DEEPEST) return null;
    if (unit === '"') return this.#string();
    if (unit === '{') return this.#object(start, depth);
    if (unit === '[') return this.#list(start, depth);
    if (unit === HOLE) {
      this.at += 1;
      return { kind: 'opaque', start, end: this.at };
    }
    WORD.lastIndex = start;
    const word = WORD.exec(this.#text)?.[0];
    if (word === undefined) return null;
    this.at += word.length;
    const value = word === 'null' ? null : word === 'true' ? true : word === 'false' ? false : Number(word);
    return { kind: 'literal', value, start, end: this.at };
  }

  #object(start: number, depth: number): Expression | null {
    const entries: ObjectEntry[] = [];
    this.at += 1;
    for (;;) {
      this.blank();
      if (this.#text[this.at] === '}') break;
      const key = this.#text[this.at] === '"' ? this.#string() : null;
      if (key === null) return null;
      this.blank();
      if (this.#text[this.at] !== ':') return null;
      this.at += 1;
      const value = this.value(depth + 1);
      if (value === null) return null;
      entries.push({ key, value });
      if (!this.#more('}')) return null;
    }
    this.at += 1;
    return { kind: 'object', entries, start, end: this.at };
  }

  #list(start: number, depth: number): Expression | null {
    const items: Expression[] = [];
    this.at += 1;
    for (;;) {
      this.blank();
      if (this.#text[this.at] === ']') break;
      const item = this.value(depth + 1);
      if (item === null) return null;
      items.push(item);
      if (!this.#more(']')) return null;
    }
    this.at += 1;
    return { kind: 'list', items, start, end: this.at };
  }

  /** A comma, or the end without passing it. A comma before the end is what templates leave behind. */
  #more(close: string): boolean {
    this.blank();
    if (this.#text[this.at] === ',') {
      this.at += 1;
      return true;
    }
    return this.#text[this.at] === close;
  }

  #string(): Expression | null {
    const start = this.at;
    let escaped = false;
    for (this.at += 1; ; this.at += 1) {
      const code = this.#text.charCodeAt(this.at);
      if (Number.isNaN(code) || code === 10) return null;
      if (code === 34) break;
      if (code === 92) {
        escaped = true;
        this.at += 1;
      }
    }
    this.at += 1;
    const raw = this.#text.slice(start + 1, this.at - 1);
    if (this.#options.template !== undefined && raw.includes('${')) {
      return this.#options.template(start + 1, this.at - 1) ?? { kind: 'opaque', start, end: this.at };
    }
    const value = escaped ? unescaped(this.#text.slice(start, this.at)) : raw;
    return value === null ? null : { kind: 'literal', value, start, end: this.at };
  }
}

const WORD = /null|true|false|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function unescaped(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted.replaceAll('\t', '\\t').replaceAll('\r', ''));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
