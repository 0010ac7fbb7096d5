/** What differs between the products and versions that stand behind the guard, as far as the operations care. */

import { OPERATIONS } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { ParsedRequest } from '../../../contract/request.ts';
import type { Dialect, StoreContext, UpstreamAnswer } from '../../../contract/store.ts';
import { isJsonObject, parseAnswer } from '../../../json/index.ts';

export function isElasticsearch(dialect: Dialect): boolean {
  return dialect === 'elasticsearch-7' || dialect === 'elasticsearch-8' || dialect === 'elasticsearch-9';
}

/** Version 7 puts `_type` into every document that it shows. */
export function showsTypes(dialect: Dialect): boolean {
  return dialect === 'elasticsearch-7';
}

/** Versions of the REST API that a client may ask for with the vendor media type; what is sent onward is ours anyway. */
const COMPATIBLE: Readonly<Record<Dialect, readonly string[]>> = {
  'elasticsearch-7': [],
  'elasticsearch-8': ['8', '9'],
  'elasticsearch-9': ['8', '9'],
  'opensearch-2': [],
  'opensearch-3': [],
};

/** @throws Refusal `malformed_request` for a version that this store does not speak (B030) */
export function checkCompatible({ compatibleWith }: ParsedRequest, dialect: Dialect): void {
  if (compatibleWith !== null && !COMPATIBLE[dialect].includes(compatibleWith))
    throw new Refusal('malformed_request', 'headers.compatible-with: not a version of this store');
}

/** The dialect of what the gateway answers by itself: that of the first upstream where the principal may do anything. */
export function ownDialect(context: StoreContext): Dialect {
  for (const operation of OPERATIONS) {
    const grant = context.access.all(operation)[0];
    if (grant !== undefined) return context.dialectOf(grant.upstream);
  }
  return 'elasticsearch-8';
}

/** Reads a store's answer to `GET /`. Undefined for a product or version that the guard does not speak. */
export function detectDialect(answer: UpstreamAnswer): Dialect | undefined {
  if (answer.status !== 200) return undefined;
  const root = parseAnswer(answer.body);
  if (!isJsonObject(root) || !isJsonObject(root.version)) return undefined;
  const { number, distribution } = root.version;
  if (typeof number !== 'string') return undefined;
  const parts = /^(\d{1,2})\.(\d{1,3})\./.exec(number);
  const major = Number(parts?.[1]);
  const minor = Number(parts?.[2]);
  if (distribution === 'opensearch') return major === 2 ? 'opensearch-2' : major === 3 ? 'opensearch-3' : undefined;
  if (distribution !== undefined) return undefined;
  // The grammar is that of 7.17; what came before lacks parts of it (points in time, `fields`).
  if (major === 7) return minor >= 17 ? 'elasticsearch-7' : undefined;
  return major === 8 ? 'elasticsearch-8' : major === 9 ? 'elasticsearch-9' : undefined;
}
