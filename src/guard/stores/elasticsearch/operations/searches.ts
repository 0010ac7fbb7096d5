/** Several compiled searches as one request to the store, and their answers one by one. */
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreReply, Upstream, UpstreamAnswer } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, parseAnswer } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import {
  errorOf,
  errorReply,
  type ProjectedSearch,
  type Projection,
  projectSearch,
  projectSearchJson,
} from '../response/index.ts';
import type { CompiledSearch } from '../search/index.ts';
import { refusedItem } from './errors.ts';
import { isSuccess } from './plan.ts';

export interface PlannedSearch {
  /** Concrete names. */
  readonly indices: readonly string[];
  readonly compiled: CompiledSearch;
  /** Further parameters of ours. */
  readonly query?: CompiledSearch['query'];
}

export type Answers =
  /** One for each search, in order. */
  | { readonly whole: true; readonly each: readonly SearchAnswer[] }
  /** The store answered none of them. */
  | { readonly whole: false; readonly reply: StoreReply };

export type SearchAnswer =
  | { readonly found: true; project(projection: Projection): ProjectedSearch }
  /** The store's error, rebuilt: of an index that it lacks 404. */
  | { readonly found: false; readonly status: number; readonly json: JsonObject };

/** A single search goes as what it is; several as `_msearch`. */
export async function sendSearches(upstream: Upstream, searches: readonly PlannedSearch[]): Promise<Answers> {
  const [only, ...more] = searches;
  if (only === undefined) return { whole: true, each: [] };
  if (more.length === 0) {
    const answer = await upstream.send(
      authorize({
        method: 'POST',
        segments: [only.indices.join(','), '_search'],
        query: [...only.compiled.query, ...(only.query ?? [])],
        body: only.compiled.body,
      }),
    );
    if (isSuccess(answer))
      return { whole: true, each: [{ found: true, project: (projection) => projectSearch(answer, projection) }] };
    return { whole: true, each: [failed(answer.status, parseAnswer(answer.body))] };
  }
  const lines: Json[] = [];
  for (const search of searches) lines.push(headerOf(search), search.compiled.body);
  // How aggregations are named is said once for all.
  const query = searches.some(({ compiled }) => compiled.query.some(([name]) => name === 'typed_keys'))
    ? ([['typed_keys', 'true']] as const)
    : [];
  const answer = await upstream.send(authorize({ method: 'POST', segments: ['_msearch'], query, lines }));
  if (!isSuccess(answer)) return { whole: false, reply: errorReply(answer) };
  return { whole: true, each: answersIn(answer, searches.length) };
}

/** What a single search has in its path and query stands in the header line. */
function headerOf({ indices, compiled, query = [] }: PlannedSearch): JsonObject {
  const header: Record<string, Json> = Object.create(null);
  header.index = indices;
  for (const [name, value] of [...compiled.query, ...query])
    if (name !== 'typed_keys') header[name] = value === 'true' ? true : value === 'false' ? false : value;
  return header;
}

function answersIn(answer: UpstreamAnswer, count: number): SearchAnswer[] {
  const json = parseAnswer(answer.body);
  const responses = isJsonObject(json) ? json.responses : undefined;
  if (!Array.isArray(responses) || responses.length !== count)
    throw new Refusal('upstream_answer', 'msearch: not an answer for each search');
  return responses.map((response: Json): SearchAnswer => {
    if (!isJsonObject(response)) throw new Refusal('upstream_answer', 'msearch: not an object');
    if (response.error === undefined)
      return { found: true, project: (projection) => projectSearchJson(response, projection) };
    return failed(typeof response.status === 'number' ? response.status : 500, response);
  });
}

/** @throws Refusal for an error that is of all items: the store refuses the gateway itself, or cannot be understood */
function failed(status: number, body: Json): SearchAnswer {
  try {
    return { found: false, ...errorOf(status, body) };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'absent')
      return { found: false, status: error.status, json: refusedItem(error) };
    throw error;
  }
}
