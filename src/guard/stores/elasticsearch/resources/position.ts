/**
 * The order of a list, and a place in it.
 *
 * Documents of equal values are ordered by `_seq_no`, which every version sorts by. It is unique in one shard only, so
 * two documents of different shards may stand at the same place, and a page may end between them. A position is therefore
 * [values of the order…, seq_no, ids…]: the ids are those that were shown at this very place. The page that follows begins
 * *at* the place (one below it is `search_after`, which excludes) and leaves these ids out: nothing is lost, and nothing
 * comes twice. A document that is written meanwhile moves to a higher seq_no: it may come again, and is never missed.
 *
 * Values are the store's own sort values, given back as they came: of a missing value that is null or the least or
 * greatest number of the field's kind, which no list of ours could know for every mapping.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { ListQuery, ResourceType } from '../../../contract/resource.ts';
import { isJsonScalar, type Json, type JsonObject, type JsonScalar, jsonObject } from '../../../json/value.ts';
import type { StoredHit } from './hits.ts';

/** Shards that can hold a document of one place: an index has at most 1,024. */
const MAX_IDS = 1024;

/** Of an index that has no document with the field yet. */
const UNMAPPED: Readonly<Record<ResourceType, string>> = {
  keyword: 'keyword',
  text: 'keyword',
  uuid: 'keyword',
  object: 'keyword',
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
  date: 'date',
};

export function sortOf(order: ListQuery['order']): readonly JsonObject[] {
  const keys = order.map(({ column, type, descending }) =>
    jsonObject([
      [
        column,
        jsonObject([
          ['order', descending ? 'desc' : 'asc'],
          ...missingLast(type, descending),
          ['unmapped_type', UNMAPPED[type]],
        ]),
      ],
    ]),
  );
  return [...keys, jsonObject([['_seq_no', jsonObject([['order', 'asc']])]])];
}

/**
 * `_last` stands for the least or greatest 64-bit number. Of a date the stores may print that in the field's own format when
 * they weigh which shards to ask, and leave out shards whose documents were not shown yet (seen with Elasticsearch 7.17 and
 * 8.19, OpenSearch 2.19 and 3.4): so dates have an end of their own, in milliseconds whatever the field's resolution is.
 */
function missingLast(type: ResourceType, descending: boolean): readonly (readonly [string, Json])[] {
  if (type !== 'date') return [['missing', '_last']];
  return [
    ['missing', descending ? FIRST_MOMENT : LAST_MOMENT],
    ['numeric_type', 'date'],
  ];
}

/** 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, between which all dates of the API lie. */
const FIRST_MOMENT = -62_135_596_800_000;
const LAST_MOMENT = 253_402_300_799_999;

export interface Place {
  /** For `search_after`. */
  readonly before: readonly JsonScalar[];
  /** Shown at this place already. */
  readonly shown: readonly string[];
}

/** @throws Refusal `malformed_parameter` for what is no position of this order */
export function placeOf(after: readonly JsonScalar[], keys: number): Place {
  const seqNo = after[keys];
  const shown = after.slice(keys + 1);
  if (typeof seqNo !== 'number' || !Number.isSafeInteger(seqNo) || shown.length === 0 || shown.length > MAX_IDS) {
    throw new Refusal('malformed_parameter', 'position: not of this order');
  }
  const ids = shown.filter((id) => typeof id === 'string');
  if (ids.length !== shown.length) throw new Refusal('malformed_parameter', 'position: not of this order');
  return { before: [...after.slice(0, keys), seqNo - 1], shown: ids };
}

/** The position after the last of `hits`. @param from where these hits began */
export function positionAfter(
  hits: readonly StoredHit[],
  keys: number,
  from: readonly JsonScalar[] | null,
): JsonScalar[] {
  const place = sortValues(hits.at(-1), keys);
  const ids: string[] = [];
  for (let at = hits.length - 1; at >= 0; at -= 1) {
    const hit = hits[at];
    if (hit === undefined || !samePlace(sortValues(hit, keys), place)) break;
    ids.unshift(hit.id);
  }
  // The whole page stands at one place, at which the page before had ended.
  if (ids.length === hits.length && from !== null && samePlace(from.slice(0, keys + 1), place)) {
    ids.unshift(...from.slice(keys + 1).filter((id) => typeof id === 'string'));
  }
  return [...place, ...ids];
}

function sortValues(hit: StoredHit | undefined, keys: number): JsonScalar[] {
  const values = (hit?.sort ?? []).filter(isJsonScalar);
  if (values.length !== keys + 1 || typeof values[keys] !== 'number') {
    throw new Refusal('upstream_answer', 'list: a hit without its place');
  }
  return values;
}

function samePlace(a: readonly Json[], b: readonly Json[]): boolean {
  // `_seq_no` is what differs nearly always.
  return a.length === b.length && a.at(-1) === b.at(-1) && a.every((value, at) => sameValue(value, b[at]));
}

function sameValue(a: Json, b: Json | undefined): boolean {
  if (a === b) return true;
  return (
    typeof a === 'object' &&
    a !== null &&
    'raw' in a &&
    typeof b === 'object' &&
    b !== null &&
    'raw' in b &&
    a.raw === b.raw
  );
}
