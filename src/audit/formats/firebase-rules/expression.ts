/**
 * Expressions of the rules languages, by precedence:
 *
 *     ternary := or ('?' ternary ':' ternary)?
 *     or := and ('||' and)* ; and := equal ('&&' equal)*
 *     equal := relation (('==' | '!=' | '===' | '!==') relation)*
 *     relation := sum (('<' | '<=' | '>' | '>=' | 'in' | 'is') sum)*
 *     sum := product (('+' | '-') product)* ; product := unary (('*' | '/' | '%') unary)*
 *     unary := ('!' | '-')* postfix
 *     postfix := primary ('.' name | '[' ternary (':' ternary)? ']' | '(' arguments ')')*
 *     primary := literal | name | '(' ternary ')' | '[' list ']' | '{' map '}' | path
 *     path := ('/' (segment | '$(' ternary ')'))+
 *
 * https://firebase.google.com/docs/rules/rules-language, https://firebase.google.com/docs/reference/rules/rules
 */
import type { Span } from '../../source.ts';
import type { Token } from './tokens.ts';

export type Expression = Span &
  (
    | { kind: 'literal'; value: string | number | boolean | null }
    | { kind: 'name'; name: string }
    | { kind: 'member'; of: Expression; name: string }
    | { kind: 'index'; of: Expression; at: Expression; to?: Expression }
    | { kind: 'call'; of: Expression; arguments: Expression[] }
    | { kind: 'unary'; sign: string; of: Expression }
    | { kind: 'binary'; sign: string; left: Expression; right: Expression }
    | { kind: 'ternary'; if: Expression; then: Expression; else: Expression }
    | { kind: 'list'; items: Expression[] }
    | { kind: 'map'; entries: { key: string; value: Expression }[] }
    | { kind: 'path'; segments: (string | Expression)[] }
    | { kind: 'regex'; source: string }
  );

export class RulesSyntaxError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.name = 'RulesSyntaxError';
    this.at = at;
  }
}

/** Deeper than this no person writes; the stack holds it. */
const MAX_DEPTH = 200;

const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '===', '!=='],
  ['<', '<=', '>', '>=', 'in', 'is'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** A reader over tokens that both grammars (files and expressions) share. */
export class TokenReader {
  #at = 0;
  #depth = 0;
  readonly tokens: readonly Token[];
  readonly #end: number;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.#end = end;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  /** Where the next token starts, or the text ends. */
  get offset(): number {
    return this.peek()?.start ?? this.#end;
  }

  /** Where the token before ended. */
  get before(): number {
    return this.tokens[this.#at - 1]?.end ?? 0;
  }

  isSign(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'sign' && token.text === text;
  }

  isWord(text: string): boolean {
    const token = this.peek();
    return token?.kind === 'name' && token.text === text;
  }

  next(): Token {
    const token = this.peek();
    if (token === undefined) throw new RulesSyntaxError('the text ends too early', this.#end);
    this.#at += 1;
    return token;
  }

  take(text: string): boolean {
    const found = this.isSign(text) || this.isWord(text);
    if (found) this.#at += 1;
    return found;
  }

  expect(text: string): Token {
    if (!this.isSign(text) && !this.isWord(text)) throw new RulesSyntaxError(`expected ${text}`, this.offset);
    return this.next();
  }

  /** A name, a keyword being one too after a dot. */
  word(): Token {
    const token = this.peek();
    if (token?.kind !== 'name') throw new RulesSyntaxError('expected a name', this.offset);
    return this.next();
  }

  /** Runs `body` one level deeper. */
  nested<T>(body: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new RulesSyntaxError('nested too deep', this.offset);
    try {
      return body();
    } finally {
      this.#depth -= 1;
    }
  }

  expression(): Expression {
    return this.nested(() => this.#ternary());
  }

  #ternary(): Expression {
    const condition = this.#binary(0);
    if (!this.take('?')) return condition;
    const then = this.expression();
    this.expect(':');
    const otherwise = this.expression();
    return { kind: 'ternary', if: condition, then, else: otherwise, start: condition.start, end: otherwise.end };
  }

  #binary(level: number): Expression {
    const signs = LEVELS[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    // A chain leans to the left: its depth is bounded too, for whoever walks it.
    for (let count = 0; ; count += 1) {
      const token = this.peek();
      if (token === undefined || token.kind === 'string' || !signs.includes(token.text)) return left;
      if (count > MAX_DEPTH * 4) throw new RulesSyntaxError('too many operators in a row', token.start);
      this.next();
      const right = this.#binary(level + 1);
      left = { kind: 'binary', sign: token.text.slice(0, 2), left, right, start: left.start, end: right.end };
    }
  }

  #unary(): Expression {
    const token = this.peek();
    if (token?.kind === 'sign' && (token.text === '!' || token.text === '-')) {
      this.next();
      const of = this.nested(() => this.#unary());
      return { kind: 'unary', sign: token.text, of, start: token.start, end: of.end };
    }
    return this.#postfix();
  }

  #postfix(): Expression {
    let value = this.#primary();
    for (let count = 0; ; count += 1) {
      if (count > MAX_DEPTH * 2) throw new RulesSyntaxError('too long a chain', this.offset);
      if (this.take('.')) {
        const name = this.word();
        value = { kind: 'member', of: value, name: name.text, start: value.start, end: name.end };
      } else if (this.take('[')) {
        const at = this.expression();
        const to = this.take(':') ? this.expression() : undefined;
        const { end } = this.expect(']');
        value = { kind: 'index', of: value, at, ...(to ? { to } : {}), start: value.start, end };
      } else if (this.take('(')) {
        const list = this.#list(')');
        value = { kind: 'call', of: value, arguments: list, start: value.start, end: this.before };
      } else return value;
    }
  }

  #list(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.isSign(close)) {
      items.push(this.expression());
      if (!this.take(',')) break;
    }
    this.expect(close);
    return items;
  }

  #primary(): Expression {
    if (this.isSign('/')) return this.path();
    const token = this.next();
    const { start, end, text } = token;
    if (token.kind === 'string') return { kind: 'literal', value: text, start, end };
    if (token.kind === 'number') return { kind: 'literal', value: Number(text), start, end };
    if (token.kind === 'regex') return { kind: 'regex', source: text, start, end };
    if (token.kind === 'name') {
      if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', start, end };
      if (text === 'null') return { kind: 'literal', value: null, start, end };
      return { kind: 'name', name: text, start, end };
    }
    if (text === '(') {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (text === '[') return { kind: 'list', items: this.#list(']'), start, end: this.before };
    if (text === '{') return this.#map(start);
    throw new RulesSyntaxError(`unexpected ${text}`, start);
  }

  #map(start: number): Expression {
    const entries: { key: string; value: Expression }[] = [];
    while (!this.isSign('}')) {
      const key = this.next();
      this.expect(':');
      entries.push({ key: key.text, value: this.expression() });
      if (!this.take(',')) break;
    }
    const { end } = this.expect('}');
    return { kind: 'map', entries, start, end };
  }

  /** `/databases/$(database)/documents/users/$(request.auth.uid)`. */
  path(): Expression {
    const start = this.offset;
    const segments: (string | Expression)[] = [];
    while (this.take('/')) {
      // `$(` is one token and a sign: `$` may stand in names.
      if (this.isWord('$') && this.isSign('(', 1)) {
        this.next();
        this.next();
        segments.push(this.expression());
        this.expect(')');
      } else segments.push(this.#segment());
    }
    return { kind: 'path', segments, start, end: this.before };
  }

  /** A plain segment: names, numbers and dashes that touch each other. */
  #segment(): string {
    let text = '';
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      const fits = token.kind === 'name' || token.kind === 'number' || /^[-.:@~%*]$/.test(token.text);
      if (!fits || token.kind === 'string' || (text !== '' && token.start !== this.before)) break;
      text += this.next().text;
    }
    if (text === '') throw new RulesSyntaxError('expected a path segment', this.offset);
    return text;
  }
}
