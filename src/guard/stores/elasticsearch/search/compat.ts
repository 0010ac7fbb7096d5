/**
 * Options that trusted services may use beside the strict ones. Still a closed list, still printed anew; never a script,
 * never another index.
 */
import { isJsonObject, type Json, jsonObject } from '../../../json/value.ts';
import { data } from '../aggregations/loose.ts';
import { checkQuery } from '../query/index.ts';
import { flagOf, integerOf, listedField, listOf, numberOf, objectOf, refuse, textOf } from './options.ts';
import type { SearchScope } from './scope.ts';

type CompatReader = (json: Json, scope: SearchScope, at: string) => Json;

const MAX_VALUES = 4096;

const flag: CompatReader = (json, _scope, at) => flagOf(json, at);

const READERS: ReadonlyMap<string, CompatReader> = new Map<string, CompatReader>([
  ['explain', flag],
  ['version', flag],
  ['seq_no_primary_term', flag],
  ['track_scores', flag],
  ['profile', flag],
  ['terminate_after', (json, _scope, at) => integerOf(json, at, 0, 0x7fffffff)],
  ['slice', slice],
  ['suggest', suggest],
  ['rescore', rescore],
  ['knn', knn],
]);

/** @returns false for an option that trusted services have not either @throws Refusal */
export function compileCompat(name: string, json: Json, scope: SearchScope, printed: Map<string, Json>): boolean {
  const reader = READERS.get(name);
  if (reader === undefined) return false;
  printed.set(name, reader(json, scope, name));
  return true;
}

function pick(json: Json, readers: Readonly<Record<string, CompatReader>>, scope: SearchScope, at: string): Json {
  return jsonObject(
    Object.entries(objectOf(json, at)).map(([key, value]): [string, Json] => {
      const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
      if (reader === undefined) throw refuse(at, 'unknown key');
      return [key, reader(value, scope, `${at}.${key}`)];
    }),
  );
}

function slice(json: Json, scope: SearchScope, at: string): Json {
  const part: CompatReader = (value, _scope, where) => integerOf(value, where, 0, 1024);
  return pick(json, { id: part, max: part, field: fieldName }, scope, at);
}

const fieldName: CompatReader = (json, scope, at) => {
  listedField(json, scope.fields, at);
  return json;
};

/** Suggesters over literal fields. `collate` holds a template that is a script, so it does not exist. */
function suggest(json: Json, scope: SearchScope, at: string): Json {
  const words: CompatReader = (value, _scope, where) => textOf(value, where, 4096);
  const options: CompatReader = (value) => data(value, { left: 200 }, 0);
  const entries = Object.entries(objectOf(json, at)).map(([name, value]): [string, Json] =>
    name === 'text'
      ? [name, words(value, scope, at)]
      : [
          name,
          pick(
            value,
            { text: words, prefix: words, regex: words, term: options, phrase: options, completion: options },
            scope,
            at,
          ),
        ],
  );
  return jsonObject(entries);
}

function rescore(json: Json, scope: SearchScope, at: string): Json {
  const query: CompatReader = (value, inner, where) => checkQuery(objectOf(value, where), inner.query);
  const weight: CompatReader = (value, _scope, where) => numberOf(value, where);
  const mode: CompatReader = (value, _scope, where) => textOf(value, where, 16);
  const one = (value: Json): Json =>
    pick(
      value,
      {
        window_size: (size, _scope, where) => integerOf(size, where, 1, 10_000),
        query: (value, inner, where) =>
          pick(
            value,
            { rescore_query: query, query_weight: weight, rescore_query_weight: weight, score_mode: mode },
            inner,
            where,
          ),
      },
      scope,
      at,
    );
  return Array.isArray(json) ? listOf(json, at, 8).map(one) : one(json);
}

/** The vector itself; a model that makes one does not exist here. `filter` is a query like any other. */
function knn(json: Json, scope: SearchScope, at: string): Json {
  const count: CompatReader = (value, _scope, where) => integerOf(value, where, 1, 10_000);
  const number: CompatReader = (value, _scope, where) => numberOf(value, where);
  const filter: CompatReader = (value, inner) =>
    Array.isArray(value) ? value.map((query) => checkQuery(query, inner.query)) : checkQuery(value, inner.query);
  const one = (value: Json): Json =>
    pick(
      value,
      {
        field: fieldName,
        query_vector: (vector, _scope, where) => listOf(vector, where, MAX_VALUES).map((item) => numberOf(item, where)),
        k: count,
        num_candidates: count,
        similarity: number,
        boost: number,
        filter,
      },
      scope,
      at,
    );
  return Array.isArray(json) ? listOf(json, at, 8).map(one) : isJsonObject(json) ? one(json) : one(null);
}
