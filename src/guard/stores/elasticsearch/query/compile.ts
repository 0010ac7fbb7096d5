/**
 * The query that goes to the store: the document filter around what the client asked, in every position that selects
 * documents. Guarding a guarded query changes nothing: the wrapper of this very principal is taken off first.
 */
import { equalJson } from '../../../json/equal.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';
import { filterQuery } from '../filter/print.ts';
import type { QueryContext } from './context.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';

/**
 * @param user undefined: the request has no query, which means every document
 * @returns the emitted query, the document filter in it
 * @throws Refusal `unsupported_query`, `forbidden`, `too_costly`
 */
export function compileQuery(user: Json | undefined, context: QueryContext): JsonObject {
  const filter = context.filter === null ? null : filterQuery(context.filter);
  const asked = user === undefined ? undefined : unwrapped(user, filter, context);
  return wrapped(asked === undefined ? undefined : checkQuery(asked, context), filter, context);
}

/** Reads and reprints a query that stands beside the main one (a filter aggregation, `post_filter`, `highlight_query`). */
export function checkQuery(user: Json, context: QueryContext, at = 'query'): JsonObject {
  return printQuery(parseQuery(user, context, { at, depth: 0 }));
}

/** A constant score says nothing about hidden documents; relevance counts terms over all of them. */
function isConstant(context: QueryContext): boolean {
  return context.scoring === 'constant' && !(context.mode === 'compat' && context.filter === null);
}

function wrapped(user: JsonObject | undefined, filter: JsonObject | null, context: QueryContext): JsonObject {
  if (isConstant(context)) {
    const inner =
      filter === null ? (user ?? EVERYTHING) : { bool: { filter: user === undefined ? [filter] : [filter, user] } };
    return { constant_score: { filter: inner } };
  }
  if (filter === null) return user ?? EVERYTHING;
  return { bool: user === undefined ? { filter: [filter] } : { filter: [filter], must: [user] } };
}

const EVERYTHING: JsonObject = Object.freeze({ match_all: Object.freeze({}) });

/** What is inside the wrapper that `wrapped` makes, if that is what this is; undefined: the wrapper with no query in it. */
function unwrapped(user: Json, filter: JsonObject | null, context: QueryContext): Json | undefined {
  if (isConstant(context)) {
    const inner = onlyMember(onlyMember(user, 'constant_score'), 'filter');
    if (inner === undefined) return user;
    if (filter === null) return inner;
    const list = onlyMember(onlyMember(inner, 'bool'), 'filter');
    if (!isFilterFirst(list, filter) || list.length > 2) return user;
    return list[1];
  }
  if (filter === null) return user;
  const bool = onlyMember(user, 'bool');
  if (!isJsonObject(bool) || !isFilterFirst(bool.filter, filter) || bool.filter.length !== 1) return user;
  const keys = Object.keys(bool);
  if (keys.length === 1) return undefined;
  const must = Object.hasOwn(bool, 'must') ? bool.must : undefined;
  return keys.length === 2 && Array.isArray(must) && must.length === 1 ? must[0] : user;
}

function onlyMember(value: Json | undefined, key: string): Json | undefined {
  if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
  return Object.keys(value).length === 1 ? value[key] : undefined;
}

function isFilterFirst(list: Json | undefined, filter: JsonObject): list is readonly Json[] {
  const first = Array.isArray(list) ? list[0] : undefined;
  return first !== undefined && equalJson(first, filter);
}
