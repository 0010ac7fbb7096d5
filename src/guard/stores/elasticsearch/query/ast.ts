import type { Json, JsonObject } from '../../../json/value.ts';
import type { QueryType } from './types.ts';

/**
 * A query after reading. Every part was checked by a grammar of ours: names are from our lists, fields were looked up,
 * options were read one by one by what they may be. Only the printer turns it back into JSON.
 */
export type Query =
  /** `{"match_all":{…}}`, `{"exists":{"field":…}}`, `{"ids":{…}}`: checked options only. */
  | { readonly kind: 'plain'; readonly type: QueryType; readonly options: JsonObject }
  /** `{"term":{"city":{…}}}`: one field and its checked options. */
  | { readonly kind: 'field'; readonly type: QueryType; readonly field: string; readonly options: JsonObject }
  /** `{"terms":{"city":[…],"boost":1}}` */
  | { readonly kind: 'terms'; readonly field: string; readonly values: readonly Json[]; readonly options: JsonObject }
  /** Queries within a query, by the key they stand under. */
  | {
      readonly kind: 'compound';
      readonly type: QueryType;
      readonly inner: ReadonlyMap<string, Query | readonly Query[]>;
      readonly options: JsonObject;
    };
