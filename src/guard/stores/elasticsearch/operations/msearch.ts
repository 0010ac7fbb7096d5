/**
 * `_msearch`: pairs of a header line and a body, decided item by item. A refused item is answered by an error in its
 * place, and the rest runs (B033). What all items together may ask for is limited too (B137).
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, StoreReply, Upstream } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, parseNdjson } from '../../../json/index.ts';
import { resolveIndices } from '../indices.ts';
import { isFlag } from '../parameters.ts';
import { reply } from '../response/index.ts';
import { type CompiledSearch, compileSearch } from '../search/index.ts';
import type { Call } from './call.ts';
import { refusedItem } from './errors.ts';
import { planOf } from './plan.ts';
import { scopeOf } from './search.ts';
import { sendSearches } from './searches.ts';

type Item = { readonly grants: readonly Grant[]; readonly compiled: CompiledSearch } | { readonly refusal: Refusal };

/** Whatever a rule permits: keeps the plan small. */
const MOST_ITEMS = 1000;

export function planMsearch(call: Call, context: StoreContext): Plan {
  const lines = parseNdjson(call.request.body);
  if (lines.length === 0 || lines.length % 2 !== 0) throw new Refusal('malformed_body', 'msearch: not pairs of lines');
  if (lines.length / 2 > MOST_ITEMS) throw new Refusal('too_costly', 'msearch: too many items');
  const items: Item[] = [];
  let upstream: string | undefined;
  for (let i = 0; i < lines.length; i += 2) {
    const item = itemOf(lines[i]!, lines[i + 1]!, upstream, call, context);
    if ('grants' in item) upstream ??= item.grants[0]!.upstream;
    items.push(item);
  }
  const grants = items.flatMap((item) => ('grants' in item ? item.grants : []));
  // Nothing would be sent: the request as a whole is what the first item is.
  if (upstream === undefined) throw items.flatMap((item) => ('refusal' in item ? [item.refusal] : []))[0]!;
  checkSum(items, grants);
  const dialect = context.dialectOf(upstream);
  return planOf(
    'msearch',
    grants,
    async (store) => {
      const answered = await runItems(store, items);
      if (answered.responses === null) return answered.reply;
      const { took, responses, documents } = answered;
      const refused = items.some((item) => 'refusal' in item);
      return reply(
        200,
        { took, responses },
        {
          dialect,
          documents,
          outcome: refused ? 'refused-in-part' : 'answered',
        },
      );
    },
    ['search'],
  );
}

type Answered =
  | { readonly responses: readonly JsonObject[]; readonly took: number; readonly documents: readonly string[] }
  | { readonly responses: null; readonly reply: StoreReply };

async function runItems(upstream: Upstream, items: readonly Item[]): Promise<Answered> {
  const searches = items.flatMap((item) =>
    'grants' in item ? [{ indices: item.grants.map(({ index }) => index), compiled: item.compiled }] : [],
  );
  const answers = await sendSearches(upstream, searches);
  if (!answers.whole) return { responses: null, reply: answers.reply };
  const documents: string[] = [];
  let took = 0;
  let next = 0;
  const responses = items.map((item): JsonObject => {
    if ('refusal' in item) return refusedItem(item.refusal);
    const answer = answers.each[next++]!;
    if (!answer.found) return answer.json;
    const projected = answer.project(item.compiled.projection);
    for (const document of projected.documents) documents.push(document);
    if (typeof projected.json.took === 'number') took = Math.max(took, projected.json.took);
    return { ...projected.json, status: 200 };
  });
  return { responses, took, documents };
}

/** @param upstream that earlier items are sent to: one request goes to one store */
function itemOf(
  header: Json,
  body: Json,
  upstream: string | undefined,
  { request, parameters }: Call,
  context: StoreContext,
): Item {
  if (!isJsonObject(header) || !isJsonObject(body)) throw new Refusal('malformed_body', 'msearch: a line is no object');
  try {
    if (body.pit !== undefined) throw new Refusal('unsupported_option', 'msearch: a point in time');
    const index = indexOf(header) ?? parameters.get('index');
    const grants = resolveIndices(index, 'msearch', context.access);
    if (upstream !== undefined && grants[0]!.upstream !== upstream)
      throw new Refusal('forbidden', 'msearch: indices of several stores');
    return { grants, compiled: compileSearch(body, request.query, scopeOf(grants, context, 'msearch')) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

/** The index expression of a header line, which goes before that of the path; every other member must be known, and means nothing. */
function indexOf(header: JsonObject): string | undefined {
  for (const key in header) {
    if (key === 'index') continue;
    if (!HARMLESS.has(key)) throw new Refusal('unsupported_option', 'msearch: unknown member of a header line');
    const value = header[key];
    const expected =
      key === 'search_type'
        ? value === 'query_then_fetch'
        : key === 'expand_wildcards'
          ? isExpansion(value)
          : isTruth(value);
    if (!expected) throw new Refusal('unsupported_option', 'msearch: a member of a header line has no such value');
  }
  const { index } = header;
  if (index === undefined || index === null) return undefined;
  if (typeof index === 'string') return index;
  if (!Array.isArray(index)) throw new Refusal('malformed_index', 'msearch: neither a name nor a list');
  if (index.length === 0) return undefined;
  return index
    .map((name: Json) => {
      if (typeof name !== 'string' || name.includes(',')) throw new Refusal('malformed_index', 'msearch: not a name');
      return name;
    })
    .join(',');
}

const HARMLESS: ReadonlySet<string> = new Set([
  'search_type',
  'ignore_unavailable',
  'allow_no_indices',
  'expand_wildcards',
  'ignore_throttled',
  'ccs_minimize_roundtrips',
  'request_cache',
]);

function isTruth(value: Json | undefined): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && isFlag(value));
}

function isExpansion(value: Json | undefined): boolean {
  const list = Array.isArray(value) ? value : [value];
  return list.every((one) => one === 'open' || one === 'hidden' || one === 'all');
}

/** Items and hits of the whole request, by the narrowest rule that is in it. */
function checkSum(items: readonly Item[], grants: readonly Grant[]): void {
  if (items.length > Math.min(...grants.map(({ limits }) => limits.items)))
    throw new Refusal('too_costly', 'msearch: too many items');
  let hits = 0;
  for (const item of items) if ('grants' in item) hits += item.compiled.size;
  if (hits > Math.min(...grants.map(({ limits }) => limits.window)))
    throw new Refusal('too_costly', 'msearch: too many hits in all');
}
