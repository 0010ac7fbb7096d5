/**
 * The printer: the only place that makes a statement. Text is made of our own words, of names from the declaration, which
 * are quoted, and of parameters; every value travels beside the text.
 */
import { createHash } from 'node:crypto';
import { hasLoneSurrogate } from '../../json/surrogate.ts';
import { JsonNumber, type JsonScalar } from '../../json/value.ts';
import type { SqlStatement } from './database.ts';

declare const printed: unique symbol;

/** A piece of a statement's text. Made by `sql`, `name` and `Values` alone. */
export interface Sql {
  readonly [printed]: true;
  readonly text: string;
}

/** Our own words; what stands between them has been printed before. */
export function sql(words: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  let text = words[0] ?? '';
  parts.forEach((part, at) => {
    text += part.text + (words[at + 1] ?? '');
  });
  return piece(text);
}

export function join(parts: readonly Sql[], between: ', ' | ' AND ' | ' OR '): Sql {
  return piece(parts.map(({ text }) => text).join(between));
}

/** A name from the declaration. @throws TypeError for one that PostgreSQL could not have */
export function name(identifier: string): Sql {
  // 63 bytes; what is longer would be cut, and mean another column.
  if (identifier === '' || identifier.includes('\0') || Buffer.byteLength(identifier) > 63) {
    throw new TypeError('a name in the declaration is none that PostgreSQL has');
  }
  return piece(`"${identifier.replaceAll('"', '""')}"`);
}

/** Types that values are cast to: the declaration's, in the database's words. */
export type SqlType = 'text' | 'bigint' | 'numeric' | 'boolean' | 'timestamptz' | 'uuid' | 'jsonb' | 'xid';

/** The parameters of one statement. */
export class Values {
  readonly #values: (string | null)[] = [];

  /** @param value as PostgreSQL reads the type from text */
  one(value: string | null, type: SqlType): Sql {
    return piece(`$${this.#values.push(value)}::${type}`);
  }

  /** A list, as one parameter: statements of lists of any length are the same. */
  list(values: readonly string[], type: SqlType): Sql {
    return piece(`$${this.#values.push(arrayText(values))}::${type}[]`);
  }

  /** No list at all. */
  none(type: SqlType): Sql {
    return piece(`$${this.#values.push(null)}::${type}[]`);
  }

  /** A value that came from a column, of that column's own type. */
  same(value: string): Sql {
    return piece(`$${this.#values.push(value)}`);
  }

  statement(access: SqlStatement['access'], { text }: Sql): SqlStatement {
    const statement = { access, text, values: this.#values, name: nameOf(text) };
    // The brand exists in types only: no other file may claim it (test/arch).
    return statement as unknown as SqlStatement;
  }
}

function piece(text: string): Sql {
  return { text } as unknown as Sql;
}

/** Names of texts that were printed before: hashing costs more than looking up. */
const names = new Map<string, string>();
const MOST_NAMES = 4096;

function nameOf(text: string): string {
  let known = names.get(text);
  if (known === undefined) {
    known = `postern_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    if (names.size >= MOST_NAMES) names.clear();
    names.set(text, known);
  }
  return known;
}

/** PostgreSQL's own form of a list: every item quoted. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

/** Whether a text can be in the database at all: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !hasLoneSurrogate(text);
}

/** Digits of a number, however it is held; undefined for anything else. */
export function digitsOf(value: JsonScalar): string | undefined {
  if (value instanceof JsonNumber) return value.raw;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}
