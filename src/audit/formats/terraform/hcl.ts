/**
 * A reader for HCL, the language of `.tf` and `.tfvars` files.
 *
 *   body       = { name "=" expression newline | name { label } "{" body "}" newline }
 *   expression = operation [ "?" expression ":" expression ]
 *   operation  = term { ( "||" "&&" "==" "!=" "<" ">" "<=" ">=" "+" "-" "*" "/" "%" ) term }, by precedence
 *   term       = literal | template | heredoc | list | object | for | name | name "(" args ")" | "(" expression ")"
 *                followed by { "." name | "[" expression "]" | "[*]" | ".*" }
 *
 * Source: HCL native syntax specification (hashicorp/hcl, hclsyntax/spec.md). Newlines end an expression, except within
 * parentheses and brackets. An error costs the file only the block it stands in.
 */
import { ESCAPES, heredocAt, lineAfter } from './heredoc.ts';
import type {
  Block,
  Body,
  Expression,
  Node,
  ObjectEntry,
  Parsed,
  Setting,
  Template,
  TemplateText,
  Trouble,
} from './syntax.ts';

/** Deeper than anything people write, far from the depth at which a stack ends. */
const DEEPEST = 80;
/** Operators or accesses in one chain. */
const LONGEST_CHAIN = 200;
const MOST_TROUBLES = 20;
const MOST_NODES = 2_000_000;

class HclError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.name = 'HclError';
    this.offset = offset;
  }
}

/** Never throws: what is no HCL becomes a trouble, and reading goes on at the next top-level block. */
export function parseHcl(text: string): Parsed {
  const body: Body = { settings: new Map(), blocks: [] };
  const troubles: Trouble[] = [];
  const reader = new Reader(text);
  for (;;) {
    try {
      reader.into(body);
      break;
    } catch (error) {
      if (!(error instanceof HclError)) throw error;
      troubles.push({ offset: Math.min(error.offset, text.length), reason: error.message });
      if (troubles.length >= MOST_TROUBLES || !reader.resume(error.offset)) break;
    }
  }
  return { body, troubles };
}

/** The text of a JSON string as a template; null where it is none. */
export function parseTemplate(text: string, from: number, to: number): Template | null {
  try {
    const parts = new Reader(text).templateAt(from, to);
    return { kind: 'template', parts, start: from - 1, end: to + 1 };
  } catch (error) {
    if (error instanceof HclError) return null;
    throw error;
  }
}

const TOP_LEVEL =
  /^(?:resource|data|variable|locals|module|output|provider|terraform|moved|import|removed|check)\b[^\n=]*\{/gm;

const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #nodes = 0;
  /** Newlines are blanks here. */
  #wrapped = false;

  constructor(text: string) {
    this.#text = text;
    if (text.charCodeAt(0) === 0xfeff) this.#at = 1;
  }

  into(body: Body): void {
    this.#depth = 0;
    this.#wrapped = false;
    this.#body(body, true);
  }

  templateAt(from: number, to: number): (TemplateText | Expression)[] {
    this.#at = from;
    return this.#template(() => this.#at >= to, true);
  }

  /** Goes to the next line that begins a top-level block. */
  resume(offset: number): boolean {
    TOP_LEVEL.lastIndex = Math.max(offset, this.#at);
    const next = TOP_LEVEL.exec(this.#text);
    if (next === null) return false;
    this.#at = next.index;
    return true;
  }

  #body(body: Body, top: boolean): void {
    for (;;) {
      this.#blank(true);
      const code = this.#code();
      if (top ? Number.isNaN(code) : code === 125) return;
      const start = this.#at;
      const name = this.#name() ?? this.#fail('a name was expected');
      const named = { start, end: this.#at };
      this.#blank(false);
      if (this.#code() === 61 && this.#text.charCodeAt(this.#at + 1) !== 61) {
        this.#at += 1;
        const setting: Setting = { name, at: named, value: this.#expression() };
        if (!body.settings.has(name)) body.settings.set(name, setting);
      } else body.blocks.push(this.#block(name, named));
      this.#blank(false);
      const after = this.#code();
      if (after !== 10 && after !== 125 && !Number.isNaN(after)) this.#fail('the end of the line was expected');
    }
  }

  #block(type: string, named: Node): Block {
    this.#enter();
    const labels: (Node & { text: string })[] = [];
    let end = named.end;
    for (;;) {
      this.#blank(false);
      const start = this.#at;
      const code = this.#code();
      if (code === 123) break;
      const label = code === 34 ? this.#quotedText() : (this.#name() ?? this.#fail('`=` or a block was expected'));
      end = this.#at;
      labels.push({ text: label, start, end });
      if (labels.length > 8) this.#fail('a block was expected');
    }
    this.#at += 1;
    const open = this.#at;
    const body: Body = { settings: new Map(), blocks: [] };
    const wrapped = this.#wrapped;
    this.#wrapped = false;
    this.#body(body, false);
    this.#wrapped = wrapped;
    this.#at += 1;
    this.#depth -= 1;
    return { type, labels, header: { start: named.start, end }, open, body, start: named.start, end: this.#at };
  }

  #expression(): Expression {
    this.#enter();
    const condition = this.#operation(this.#term(), 1);
    let found = condition;
    this.#blank(this.#wrapped);
    if (this.#code() === 63) {
      this.#at += 1;
      // HCL lets the branches stand on lines of their own only within brackets; being lenient costs nothing.
      this.#blank(true);
      const then = this.#expression();
      this.#blank(true);
      this.#expect(58, '`:` was expected');
      this.#blank(true);
      const other = this.#expression();
      found = { kind: 'conditional', if: condition, then, else: other, start: condition.start, end: other.end };
    }
    this.#depth -= 1;
    return found;
  }

  #operation(first: Expression, least: number): Expression {
    let left = first;
    for (let count = 0; ; count += 1) {
      if (count > LONGEST_CHAIN) this.#fail('too many operators in a row');
      const operator = this.#operator();
      const precedence = PRECEDENCE[operator] ?? 0;
      if (precedence < least) return left;
      this.#at += operator.length;
      let right = this.#term();
      while ((PRECEDENCE[this.#operator()] ?? 0) > precedence) right = this.#operation(right, precedence + 1);
      left = { kind: 'binary', operator, left, right, start: left.start, end: right.end };
    }
  }

  #operator(): string {
    this.#blank(this.#wrapped);
    const two = this.#text.slice(this.#at, this.#at + 2);
    if (PRECEDENCE[two] !== undefined) return two;
    const one = two.slice(0, 1);
    return PRECEDENCE[one] !== undefined && two !== '=>' ? one : '';
  }

  #term(): Expression {
    if (++this.#nodes > MOST_NODES) this.#fail('too many values');
    this.#blank(this.#wrapped);
    const start = this.#at;
    const code = this.#code();
    if (code === 33 || code === 45) {
      this.#enter();
      this.#at += 1;
      const of = this.#term();
      this.#depth -= 1;
      if (code === 45 && of.kind === 'literal' && typeof of.value === 'number')
        return { ...of, value: -of.value, start };
      return { kind: 'unary', operator: code === 33 ? '!' : '-', of, start, end: of.end };
    }
    return this.#accesses(this.#primary(start, code));
  }

  #primary(start: number, code: number): Expression {
    if (code === 34) return this.#quoted(start);
    if (code >= 48 && code <= 57) return this.#number(start);
    if (code === 91) return this.#list(start);
    if (code === 123) return this.#object(start);
    if (code === 40) {
      this.#at += 1;
      const inner = this.#within(() => {
        const found = this.#expression();
        this.#blank(true);
        return found;
      });
      this.#expect(41, '`)` was expected');
      return inner;
    }
    if (code === 60 && this.#text.charCodeAt(this.#at + 1) === 60) return this.#heredoc(start);
    const name = this.#name(true) ?? this.#fail('a value was expected');
    const literal = LITERALS.get(name);
    if (literal !== undefined) return { kind: 'literal', value: literal, start, end: this.#at };
    if (this.#code() === 40) return this.#call(name, start);
    return { kind: 'root', name, start, end: this.#at };
  }

  #accesses(first: Expression): Expression {
    let of = first;
    for (let count = 0; ; count += 1) {
      if (count > LONGEST_CHAIN) this.#fail('too many accesses in a row');
      const code = this.#code();
      const { start } = of;
      if (code === 46 && this.#text.charCodeAt(this.#at + 1) !== 46) {
        this.#at += 1;
        if (this.#code() === 42) {
          this.#at += 1;
          return this.#splat(of);
        }
        const digits = this.#digits();
        const name = digits ?? this.#name() ?? this.#fail('a name was expected');
        const end = this.#at;
        if (digits === null) of = { kind: 'attribute', of, name, start, end };
        else of = { kind: 'index', of, key: { kind: 'literal', value: Number(digits), start: end, end }, start, end };
      } else if (code === 91) {
        this.#at += 1;
        this.#blank(true);
        if (this.#code() === 42) {
          this.#at += 1;
          this.#blank(true);
          this.#expect(93, '`]` was expected');
          return this.#splat(of);
        }
        const key = this.#index();
        of = { kind: 'index', of, key, start, end: this.#at };
      } else return of;
    }
  }

  #index(): Expression {
    const key = this.#within(() => {
      const found = this.#expression();
      this.#blank(true);
      return found;
    });
    this.#expect(93, '`]` was expected');
    return key;
  }

  #splat(of: Expression): Expression {
    const path: (string | Expression)[] = [];
    for (;;) {
      if (path.length > LONGEST_CHAIN) this.#fail('too many accesses in a row');
      const code = this.#code();
      if (code === 46 && this.#text.charCodeAt(this.#at + 1) !== 46) {
        this.#at += 1;
        path.push(this.#name() ?? this.#digits() ?? this.#fail('a name was expected'));
      } else if (code === 91) {
        this.#at += 1;
        this.#blank(true);
        if (this.#code() === 42) {
          this.#at += 1;
          this.#expect(93, '`]` was expected');
          path.push('*');
        } else path.push(this.#index());
      } else return { kind: 'splat', of, path, start: of.start, end: this.#at };
    }
  }

  #call(name: string, start: number): Expression {
    this.#at += 1;
    const args: Expression[] = [];
    let expand = false;
    this.#within(() => {
      for (;;) {
        this.#blank(true);
        if (this.#code() === 41) break;
        args.push(this.#expression());
        this.#blank(true);
        if (this.#text.startsWith('...', this.#at)) {
          expand = true;
          this.#at += 3;
          this.#blank(true);
        }
        if (this.#code() === 44) this.#at += 1;
        else if (this.#code() !== 41) this.#fail('`,` or `)` was expected');
      }
    });
    this.#at += 1;
    return { kind: 'call', name, args, expand, start, end: this.#at };
  }

  #list(start: number): Expression {
    this.#at += 1;
    const items: Expression[] = [];
    const loop = this.#within((): Expression | null => {
      this.#blank(true);
      if (this.#word('for')) return this.#for(start, false);
      for (;;) {
        this.#blank(true);
        if (this.#code() === 93) return null;
        items.push(this.#expression());
        this.#blank(true);
        if (this.#code() === 44) this.#at += 1;
        else if (this.#code() !== 93) this.#fail('`,` or `]` was expected');
      }
    });
    this.#at += 1;
    return loop === null ? { kind: 'list', items, start, end: this.#at } : { ...loop, end: this.#at };
  }

  #object(start: number): Expression {
    this.#at += 1;
    this.#blank(true);
    if (this.#word('for')) {
      const loop = this.#within(() => this.#for(start, true));
      this.#at += 1;
      return { ...loop, end: this.#at };
    }
    const wrapped = this.#wrapped;
    this.#wrapped = false;
    const entries: ObjectEntry[] = [];
    for (;;) {
      this.#blank(true);
      if (this.#code() === 125) break;
      const computed = this.#code() === 40;
      const key = this.#expression();
      this.#blank(false);
      const code = this.#code();
      if (code !== 61 && code !== 58) this.#fail('`=` or `:` was expected');
      this.#at += 1;
      this.#blank(true);
      const value = this.#expression();
      const { start: from, end } = key;
      const named = key.kind === 'root' && !computed;
      entries.push({ key: named ? { kind: 'literal', value: key.name, start: from, end } : key, value });
      this.#blank(false);
      const after = this.#code();
      if (after === 44) this.#at += 1;
      else if (after !== 10 && after !== 125) this.#fail('`,` or a new line was expected');
    }
    this.#at += 1;
    this.#wrapped = wrapped;
    return { kind: 'object', entries, start, end: this.#at };
  }

  #for(start: number, object: boolean): Expression {
    const names: string[] = [];
    for (;;) {
      this.#blank(true);
      names.push(this.#name() ?? this.#fail('a name was expected'));
      this.#blank(true);
      if (this.#code() !== 44) break;
      this.#at += 1;
      if (names.length > 2) this.#fail('a `for` has two names at most');
    }
    if (!this.#word('in')) this.#fail('`in` was expected');
    const source = this.#expression();
    this.#blank(true);
    this.#expect(58, '`:` was expected');
    let value = this.#expression();
    let key: Expression | null = null;
    this.#blank(true);
    if (object) {
      if (!this.#text.startsWith('=>', this.#at)) this.#fail('`=>` was expected');
      this.#at += 2;
      key = value;
      value = this.#expression();
      this.#blank(true);
    }
    const grouped = this.#text.startsWith('...', this.#at);
    if (grouped) this.#at += 3;
    this.#blank(true);
    const condition = this.#word('if') ? this.#expression() : null;
    this.#blank(true);
    if (this.#code() !== (object ? 125 : 93)) this.#fail('the end of the `for` was expected');
    return { kind: 'for', names, in: source, key, value, condition, grouped, start, end: this.#at };
  }

  #number(start: number): Expression {
    NUMBER.lastIndex = start;
    const text = NUMBER.exec(this.#text)?.[0] ?? '';
    this.#at = start + text.length;
    return { kind: 'literal', value: Number(text), start, end: this.#at };
  }

  /** A label, or another quoted text that is no template. */
  #quotedText(): string {
    const found = this.#quoted(this.#at);
    return found.kind === 'literal' ? String(found.value) : this.#text.slice(found.start + 1, found.end - 1);
  }

  #quoted(start: number): Expression {
    this.#at = start + 1;
    const parts = this.#template((code) => code === 34, true);
    this.#at += 1;
    const end = this.#at;
    if (parts.length === 0) return { kind: 'literal', value: '', start, end };
    const [only] = parts;
    if (parts.length === 1 && only?.kind === 'text') return { kind: 'literal', value: only.value, start, end };
    return { kind: 'template', parts, start, end };
  }

  #heredoc(start: number): Expression {
    const found = heredocAt(this.#text, start) ?? this.#fail('a heredoc has no end');
    this.#at = found.from;
    const parts = this.#template(() => this.#at >= found.to, false);
    this.#at = found.end;
    return { kind: 'template', parts: found.flush ? found.flushed(parts) : parts, start, end: found.end };
  }

  /** Text and interpolations up to where `done` says; a quoted one ends at its line's end. */
  #template(done: (code: number) => boolean, quoted: boolean): (TemplateText | Expression)[] {
    const parts: (TemplateText | Expression)[] = [];
    const text = this.#text;
    let value = '';
    let exact = true;
    let from = this.#at;
    let run = this.#at;
    const flush = (): void => {
      value += text.slice(run, this.#at);
      if (value !== '') parts.push({ kind: 'text', value, exact, start: from, end: this.#at });
      value = '';
      exact = true;
    };
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (done(code)) break;
      if (Number.isNaN(code) || (quoted && code === 10)) this.#fail('a string has no end');
      if (quoted && code === 92) {
        value += text.slice(run, this.#at);
        const unescaped = this.#escape();
        value += unescaped;
        run = this.#at;
        exact = false;
      } else if ((code === 36 || code === 37) && text.charCodeAt(this.#at + 1) === 123) {
        flush();
        parts.push(this.#interpolation(code));
        from = this.#at;
        run = from;
      } else if ((code === 36 || code === 37) && text.charCodeAt(this.#at + 1) === code && text[this.#at + 2] === '{') {
        // `$${` is a dollar sign and a brace.
        value += `${text.slice(run, this.#at)}${text[this.#at] ?? ''}{`;
        this.#at += 3;
        run = this.#at;
        exact = false;
      } else this.#at += 1;
    }
    flush();
    return parts;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const hex = /^(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/.exec(this.#text.slice(this.#at + 1, this.#at + 10))?.[0];
    if (hex !== undefined) {
      this.#at += hex.length + 1;
      const point = Number.parseInt(hex.slice(1), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '';
    }
    const plain = ESCAPES[letter];
    if (plain === undefined) this.#fail('an unknown escape in a string');
    this.#at += 2;
    return plain ?? '';
  }

  #interpolation(sign: number): Expression {
    const start = this.#at;
    this.#at += 2;
    if (this.#code() === 126) this.#at += 1;
    if (sign === 37) {
      // A directive (`%{ if … }`): what it makes of the text is not told.
      const end = this.#text.indexOf('}', this.#at);
      if (end < 0) this.#fail('a directive has no end');
      this.#at = end + 1;
      return { kind: 'opaque', start, end: this.#at };
    }
    const inner = this.#within(() => {
      const found = this.#expression();
      this.#blank(true);
      return found;
    });
    if (this.#code() === 126) this.#at += 1;
    this.#expect(125, '`}` was expected');
    return inner;
  }

  #within<T>(read: () => T): T {
    const wrapped = this.#wrapped;
    this.#wrapped = true;
    const found = read();
    this.#wrapped = wrapped;
    return found;
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at) || isNamePart(this.#text.charCodeAt(this.#at + word.length)))
      return false;
    this.#at += word.length;
    return true;
  }

  #name(scoped = false): string | null {
    const start = this.#at;
    if (!isNameStart(this.#code())) return null;
    while (isNamePart(this.#code())) this.#at += 1;
    if (scoped && this.#text.startsWith('::', this.#at)) {
      this.#at += 2;
      this.#enter();
      this.#name(true);
      this.#depth -= 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #digits(): string | null {
    const start = this.#at;
    while (this.#code() >= 48 && this.#code() <= 57) this.#at += 1;
    return this.#at > start ? this.#text.slice(start, this.#at) : null;
  }

  /** Passes over blanks and comments; over newlines only where they mean nothing. */
  #blank(newlines: boolean): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 32 || code === 9 || code === 13 || (newlines && code === 10)) this.#at += 1;
      else if (code === 35 || (code === 47 && text.charCodeAt(this.#at + 1) === 47))
        this.#at = lineAfter(text, this.#at);
      else if (code === 47 && text.charCodeAt(this.#at + 1) === 42) {
        const end = text.indexOf('*/', this.#at + 2);
        if (end < 0) this.#fail('a comment has no end');
        this.#at = end + 2;
      } else return;
    }
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #expect(code: number, message: string): void {
    if (this.#code() !== code) this.#fail(message);
    this.#at += 1;
  }

  #enter(): void {
    if (++this.#depth > DEEPEST) this.#fail(`nested deeper than ${DEEPEST}`);
  }

  #fail(message: string): never {
    throw new HclError(message, this.#at);
  }
}

const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 0xaa;
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || (code >= 48 && code <= 57) || code === 45;
}
