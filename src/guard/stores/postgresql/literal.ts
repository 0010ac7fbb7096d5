/**
 * Values as the database reads them. What a column's type cannot be equal to is left out of a comparison instead of being
 * sent: a text with NUL, a UUID that is none, a number of a thousand digits.
 */
import { printDate, readDate } from '../../document/index.ts';
import { type Json, JsonNumber, type JsonScalar } from '../../json/value.ts';
import { digitsOf, isStorable, type Sql, type SqlType, type Values } from './print.ts';

/** Of a column, as far as comparing goes. */
export type Kind = 'text' | 'uuid' | 'number' | 'boolean' | 'date';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** The digits that the filter's own evaluation reads too. */
const NUMBER = /^-?\d{1,64}(?:\.\d{1,64})?(?:[eE][+-]?\d{1,3})?$/;
const INTEGER = /^-?\d{1,18}$/;
const MOMENT = /^(\d{4})(-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)Z$/;

/** @returns undefined: no value of the kind */
export function literal(kind: Kind, value: Json): string | undefined {
  switch (kind) {
    case 'text':
      return typeof value === 'string' && isStorable(value) ? value : undefined;
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'date':
      return typeof value === 'string' || typeof value === 'number' ? moment(String(value)) : undefined;
    default: {
      const digits = typeof value === 'string' ? value : isNumber(value) ? digitsOf(value) : undefined;
      return digits !== undefined && NUMBER.test(digits) ? digits : undefined;
    }
  }
}

function isNumber(value: Json): value is JsonScalar {
  return typeof value === 'number' || value instanceof JsonNumber;
}

function moment(text: string): string | undefined {
  const span = readDate(text);
  // Years 0 to 9999: beyond, the ISO form has a sign and more digits.
  if (span === undefined || span.from < -62_167_219_200_000 || span.from >= 253_402_300_800_000) return undefined;
  const [, year, rest] = MOMENT.exec(text) ?? MOMENT.exec(printDate(span.from)) ?? [];
  if (year === undefined || rest === undefined) return undefined;
  // There is no year 0 in PostgreSQL: it is called 1 BC.
  return year === '0000' ? `0001${rest}+00 BC` : `${year}${rest}+00`;
}

/** Whole numbers are compared as such, so that an index over a column of integers serves. */
export function sqlType(kind: Kind, literals: readonly string[]): SqlType {
  switch (kind) {
    case 'number':
      return literals.every((digits) => INTEGER.test(digits)) ? 'bigint' : 'numeric';
    case 'date':
      return 'timestamptz';
    default:
      return kind;
  }
}

export function parameter(values: Values, kind: Kind, value: string): Sql {
  return values.one(value, sqlType(kind, [value]));
}
