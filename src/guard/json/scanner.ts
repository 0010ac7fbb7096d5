/**
 * One pass over the characters of a JSON text (RFC 8259). What this reads has one meaning only: no comments, no duplicate
 * keys (compared after decoding), no lone surrogates, nothing after the value. Objects have no prototype.
 */
import { Refusal } from '../contract/refusal.ts';
import { bareObject, keepSparse } from './bare.ts';
import { keyFrom } from './keys.ts';
import { MAX_NUMBER_LENGTH, numberOf } from './number.ts';
import { hasLoneSurrogate } from './surrogate.ts';
import type { JsonText } from './text.ts';
import { type Json, JsonNumber } from './value.ts';

export interface ScanRules {
  /** Open arrays and objects at once. */
  readonly maxDepth: number;
  /** Characters of one number. */
  readonly maxNumber: number;
  /**
   * Refuses what no honest request holds and a stored document may: keys that name something on a prototype
   * (`__proto__`, `constructor`, `prototype`), half surrogate pairs, numbers outside what a double spans.
   */
  readonly refuseOddities: boolean;
}

/** Arrays and objects that a text, or several together, may still open. */
export interface ScanBudget {
  left: number;
}

/**
 * Of one body. An array of one number takes four bytes to say and 150 to hold: ten megabytes of them were a gigabyte and
 * four seconds. No document of a store, and no bulk of them, has this many.
 */
const MAX_CONTAINERS = 300_000;
/** Keys of one object of a client: no index has so many fields, and a table of a million keys takes seconds to fill. */
const MAX_KEYS = 20_000;

export function clientBudget(): ScanBudget {
  return { left: MAX_CONTAINERS };
}

const UNBOUNDED: ScanBudget = { left: Number.POSITIVE_INFINITY };

/** For bodies of clients. */
export const CLIENT_RULES: ScanRules = { maxDepth: 32, maxNumber: MAX_NUMBER_LENGTH, refuseOddities: true };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
/** No code unit: the end of the text. */
const END = -1;

/** Digits that a double holds and prints without a second look. */
const SAFE_DIGITS = 15;

/** @throws Refusal `malformed_json`, `too_large` */
export function scanJson(source: JsonText, rules: ScanRules, budget: ScanBudget = UNBOUNDED): Json {
  return new Scanner(source, rules, budget).document();
}

class Scanner {
  readonly #text: string;
  readonly #units: JsonText['units'];
  readonly #rules: ScanRules;
  readonly #budget: ScanBudget;
  #at = 0;
  #depth = 0;

  constructor(source: JsonText, rules: ScanRules, budget: ScanBudget) {
    this.#text = source.text;
    this.#units = source.units;
    this.#rules = rules;
    this.#budget = budget;
  }

  document(): Json {
    const value = this.#value(this.#skip());
    if (this.#skip() !== END) throw this.#malformed('something follows the value');
    return value;
  }

  /** Moves past white space (only these four characters) and tells the unit there. */
  #skip(): number {
    let code = this.#units[this.#at] ?? END;
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#at += 1;
      code = this.#units[this.#at] ?? END;
    }
    return code;
  }

  #value(code: number): Json {
    switch (code) {
      case QUOTE:
        return this.#string();
      case OPEN_BRACE:
        return this.#object();
      case OPEN_BRACKET:
        return this.#array();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number(code);
    }
  }

  #word(word: string, value: boolean | null): boolean | null {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed('no value');
    this.#at += word.length;
    return value;
  }

  #object(): Json {
    const object = bareObject();
    let sparse = false;
    let keys = 0;
    this.#enter();
    let code = this.#skip();
    if (code === CLOSE_BRACE) {
      this.#leave();
      return object;
    }
    for (;;) {
      if (code !== QUOTE) throw this.#malformed('a key is not a string');
      const key = this.#key();
      if (key in object) throw this.#malformed('a key is there twice');
      if (this.#rules.refuseOddities && namesPrototype(key)) throw this.#malformed('a key is not permitted');
      keys += 1;
      if (keys > MAX_KEYS && this.#rules.refuseOddities) throw new Refusal('too_large', 'an object of too many keys');
      if (!sparse && isDigit(key.charCodeAt(0))) {
        keepSparse(object);
        sparse = true;
      }
      if (this.#skip() !== COLON) throw this.#malformed('a key without a value');
      this.#at += 1;
      object[key] = this.#value(this.#skip());
      code = this.#skip();
      if (code === CLOSE_BRACE) {
        this.#leave();
        return object;
      }
      if (code !== COMMA) throw this.#malformed('an object is not closed');
      this.#at += 1;
      code = this.#skip();
    }
  }

  #array(): Json {
    const array: Json[] = [];
    this.#enter();
    let code = this.#skip();
    if (code === CLOSE_BRACKET) {
      this.#leave();
      return array;
    }
    for (;;) {
      array.push(this.#value(code));
      code = this.#skip();
      if (code === CLOSE_BRACKET) {
        this.#leave();
        return array;
      }
      if (code !== COMMA) throw this.#malformed('an array is not closed');
      this.#at += 1;
      code = this.#skip();
    }
  }

  /** Before anything inside is read: recursion never goes deeper than the rules say. */
  #enter(): void {
    this.#depth += 1;
    if (this.#depth > this.#rules.maxDepth) throw this.#malformed('too deep');
    this.#budget.left -= 1;
    if (this.#budget.left < 0) throw new Refusal('too_large', 'too many arrays and objects');
    this.#at += 1;
  }

  #leave(): void {
    this.#depth -= 1;
    this.#at += 1;
  }

  #key(): string {
    const units = this.#units;
    const start = this.#at + 1;
    let at = start;
    let hash = 0;
    let code = units[at] ?? END;
    while (code >= 0x20 && code !== QUOTE && code !== BACKSLASH) {
      hash = (hash * 31 + code) | 0;
      at += 1;
      code = units[at] ?? END;
    }
    if (code !== QUOTE) return this.#string();
    this.#at = at + 1;
    return keyFrom(this.#text, units, start, at, hash);
  }

  #string(): string {
    const units = this.#units;
    const start = this.#at + 1;
    let at = start;
    let code = units[at] ?? END;
    while (code >= 0x20 && code !== QUOTE && code !== BACKSLASH) {
      at += 1;
      code = units[at] ?? END;
    }
    if (code === QUOTE) {
      this.#at = at + 1;
      return this.#text.slice(start, at);
    }
    while (code >= 0x20 && code !== QUOTE) {
      at += code === BACKSLASH ? 2 : 1;
      code = units[at] ?? END;
    }
    if (code !== QUOTE) throw this.#malformed('a string is not closed');
    this.#at = at + 1;
    return this.#unescape(this.#text.slice(start - 1, at + 1));
  }

  /** A string with escapes, in its quotes: the engine's own reader knows the escapes, and lets lone surrogates pass. */
  #unescape(quoted: string): string {
    let value: unknown;
    try {
      value = JSON.parse(quoted);
    } catch {
      throw this.#malformed('an escape is malformed');
    }
    if (typeof value !== 'string') throw this.#malformed('an escape is malformed');
    if (this.#rules.refuseOddities && hasLoneSurrogate(value)) throw this.#malformed('half a surrogate pair');
    return value;
  }

  #number(first: number): Json {
    const units = this.#units;
    const start = this.#at;
    const negative = first === MINUS;
    const digits = negative ? start + 1 : start;
    let at = digits;
    let code = negative ? (units[at] ?? END) : first;
    if (!(code >= ZERO && code <= NINE)) throw this.#malformed('no value');
    let value = 0;
    if (code === ZERO) {
      at += 1;
      code = units[at] ?? END;
      if (code >= ZERO && code <= NINE) throw this.#malformed('a number starts with 0');
    }
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      at += 1;
      code = units[at] ?? END;
    }
    const whole = code !== POINT && code !== LOWER_E && code !== UPPER_E;
    if (whole && at - digits <= SAFE_DIGITS && (value !== 0 || !negative)) {
      this.#at = at;
      return negative ? -value : value;
    }
    return this.#longNumber(start, at);
  }

  /** A number with more than a few digits: `at` is where its whole part ends. */
  #longNumber(start: number, whole: number): Json {
    const units = this.#units;
    let at = whole;
    if (units[at] === POINT) at = this.#digits(at + 1);
    const exponent = units[at];
    if (exponent === LOWER_E || exponent === UPPER_E) {
      const sign = units[at + 1];
      at = this.#digits(at + (sign === PLUS || sign === MINUS ? 2 : 1));
    }
    this.#at = at;
    if (at - start > this.#rules.maxNumber) throw this.#malformed('a number has too many digits');
    const raw = this.#text.slice(start, at);
    const number = numberOf(raw);
    if (number !== undefined) return number;
    if (this.#rules.refuseOddities) throw this.#malformed('a number is out of range');
    return new JsonNumber(raw);
  }

  /** Where the run of digits ends that must stand at `start`. */
  #digits(start: number): number {
    let at = start;
    let code = this.#units[at] ?? END;
    while (code >= ZERO && code <= NINE) {
      at += 1;
      code = this.#units[at] ?? END;
    }
    if (at === start) throw this.#malformed('a number lacks digits');
    return at;
  }

  #malformed(problem: string): Refusal {
    return new Refusal('malformed_json', `character ${this.#at}: ${problem}`);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function namesPrototype(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}
