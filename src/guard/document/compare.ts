import type { BoundFilter } from '../contract/grant.ts';
import { type Json, JsonNumber } from '../json/value.ts';
import { readDate } from './date.ts';

/** Undefined: it cannot be told. */
export type Compared = boolean | undefined;

/** A keyword field indexes the text of any scalar as it stands in the document: `5` is `"5"`, `1.0` is `"1.0"`. */
export function equalKeyword(wanted: Json, value: Json): Compared {
  const text = textOf(value);
  return typeof wanted !== 'string' || text === undefined ? undefined : text === wanted;
}

export function equalNumber(wanted: Json, value: Json): Compared {
  const order = compareNumber(value, wanted);
  return order === undefined ? undefined : order === 0;
}

/** `"true"`, `"false"` and `""` (false) are booleans to the stores. */
export function equalBoolean(wanted: Json, value: Json): Compared {
  const given = value === 'true' ? true : value === 'false' || value === '' ? false : value;
  return typeof given !== 'boolean' || typeof wanted !== 'boolean' ? undefined : given === wanted;
}

/** Negative, zero or positive, over all digits. Numeric fields read numbers in strings (`coerce`). */
export function compareNumber(left: Json, right: Json): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [digitsOf(left), digitsOf(right)];
  if (a === undefined || b === undefined) return undefined;
  if (INTEGER.test(a) && INTEGER.test(b)) {
    const [x, y] = [BigInt(a), BigInt(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return Number(a) - Number(b);
}

const INTEGER = /^-?\d{1,64}$/;
const NUMBER = /^-?\d{1,64}(?:\.\d{1,64})?(?:[eE][+-]?\d{1,3})?$/;

function digitsOf(value: Json): string | undefined {
  const text =
    typeof value === 'number'
      ? String(value)
      : value instanceof JsonNumber
        ? value.raw
        : typeof value === 'string'
          ? value
          : '';
  return NUMBER.test(text) ? text : undefined;
}

function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof JsonNumber ? value.raw : undefined;
}

type Bounds = Extract<BoundFilter, { kind: 'range' }>['bounds'];

export function withinNumber({ gt, gte, lt, lte }: Bounds, value: Json): Compared {
  // One bound is enough to tell whether this is a number at all.
  if (compareNumber(value, gt ?? gte ?? lt ?? lte ?? '') === undefined) return undefined;
  return (
    (gt === undefined || orderOf(value, gt) > 0) &&
    (gte === undefined || orderOf(value, gte) >= 0) &&
    (lt === undefined || orderOf(value, lt) < 0) &&
    (lte === undefined || orderOf(value, lte) <= 0)
  );
}

/** NaN, with which every comparison is false, where there is no order. */
function orderOf(value: Json, bound: string | number): number {
  return compareNumber(value, bound) ?? Number.NaN;
}

interface Moments {
  readonly gt: number;
  readonly gte: number;
  readonly lt: number;
  readonly lte: number;
}

/** A filter is bound once and held against many documents. */
const moments = new WeakMap<Bounds, Moments>();

export function withinDate(bounds: Bounds, value: Json): Compared {
  const text = typeof value === 'boolean' ? undefined : textOf(value);
  // A value is stored as its first moment: `2026-01-01` is midnight.
  const at = text === undefined ? undefined : readDate(text)?.from;
  if (at === undefined) return undefined;
  const { gt, gte, lt, lte } = moments.get(bounds) ?? momentsOf(bounds);
  return at > gt && at >= gte && at < lt && at <= lte;
}

/** Bounds are full dates of the binder's own; with a bound that is none every comparison is false. */
function momentsOf(bounds: Bounds): Moments {
  const momentOf = (bound: string | number | undefined, open: number): number =>
    bound === undefined ? open : typeof bound === 'number' ? bound : (readDate(bound)?.from ?? Number.NaN);
  const all = {
    gt: momentOf(bounds.gt, Number.NEGATIVE_INFINITY),
    gte: momentOf(bounds.gte, Number.NEGATIVE_INFINITY),
    lt: momentOf(bounds.lt, Number.POSITIVE_INFINITY),
    lte: momentOf(bounds.lte, Number.POSITIVE_INFINITY),
  };
  moments.set(bounds, all);
  return all;
}
