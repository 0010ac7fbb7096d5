/**
 * One hit: checked against the policy again, then rebuilt from what the policy shows. A hit that should not be here means
 * that the store and the gateway disagree about a filter or an index, so nothing of the answer is shown (B183).
 */
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { DocumentKey } from '../../../contract/store.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, isJsonScalar, type Json, JsonNumber, type JsonObject } from '../../../json/value.ts';
import { holds } from '../filter/index.ts';
import type { Projection } from './projection.ts';
import { sealSort } from './sort-seal.ts';
import { reduceSource } from './source.ts';

export interface ProjectedHit {
  readonly json: JsonObject;
  readonly document: DocumentKey;
}

/** @throws Refusal `post_check`, `upstream_answer` */
export function projectHit(hit: Json, projection: Projection): ProjectedHit {
  if (!isJsonObject(hit)) throw new Refusal('upstream_answer', 'hits: not an object');
  const index = hit._index;
  const id = hit._id;
  if (typeof index !== 'string' || typeof id !== 'string') throw new Refusal('upstream_answer', 'hits: no identity');
  const grant = grantOf(index, projection.grants);
  if (grant === undefined) throw new Refusal('post_check', 'hits: of another index');
  if (!id.startsWith(projection.prefix)) throw new Refusal('post_check', 'hits: of another id namespace');
  const document = `${grant.index}/${id}`;
  if (!projection.strict) {
    const json = projection.prefix === '' ? hit : { ...hit, _id: id.slice(projection.prefix.length) };
    return { json, document };
  }
  return { json: rebuild(hit, grant, id.slice(projection.prefix.length), projection), document };
}

function rebuild(hit: JsonObject, grant: Grant, id: string, projection: Projection): JsonObject {
  const source = hit._source;
  const document = isJsonObject(source) ? source : undefined;
  if (projection.bound !== null && (document === undefined || !holds(projection.bound, document))) {
    throw new Refusal('post_check', 'hits: outside the filter');
  }
  const json = bareObject();
  json._index = grant.index;
  // Elasticsearch 7 and the clients of its time have one type.
  if (hit._type === '_doc') json._type = '_doc';
  json._id = id;
  json._score = scoreOf(hit._score, grant);
  const { parts } = projection;
  if (document !== undefined && parts.selection.shown) json._source = projectSource(document, projection);
  const fields = hit.fields;
  if (projection.fieldsShape !== null && isJsonObject(fields)) {
    const shown = reduceSource(fields, projection.fieldsShape, projection.context);
    for (const _ in shown) {
      json.fields = shown;
      break;
    }
  }
  const highlight = projection.highlight.size > 0 ? hit.highlight : undefined;
  if (isJsonObject(highlight)) addHighlight(json, highlight, projection.highlight);
  const sort = parts.sort === null ? undefined : hit.sort;
  if (parts.sort !== null && Array.isArray(sort)) json.sort = projectSort(sort, parts.sort, projection);
  return json;
}

/** What the projection shows of a document. */
export function projectSource(source: JsonObject, projection: Projection): JsonObject {
  return projection.shape === null ? source : reduceSource(source, projection.shape, projection.context);
}

/** Without relevance every match scores alike, whatever the hidden documents are (B131). */
export function scoreOf(score: Json | undefined, grant: Grant): Json {
  if (typeof score !== 'number' && !(score instanceof JsonNumber)) return null;
  return grant.scoring === 'constant' ? 1 : score;
}

function addHighlight(json: Record<string, Json>, highlight: JsonObject, asked: ReadonlySet<string>): void {
  let shown: Record<string, Json> | undefined;
  for (const name in highlight) {
    const fragments = highlight[name];
    if (!asked.has(name) || !Array.isArray(fragments)) continue;
    shown ??= bareObject();
    shown[name] = fragments.filter((fragment) => typeof fragment === 'string');
  }
  if (shown !== undefined) json.highlight = shown;
}

/** Values past the asked keys are the store's own tie-breakers: document numbers, which count hidden documents too. */
function projectSort(values: readonly Json[], sealed: readonly boolean[], projection: Projection): Json[] {
  const context = projection.context;
  return values.map((value, at) => {
    if (!isJsonScalar(value)) return null;
    return (sealed[at] ?? true) ? sealSort(value, projection.grants, context) : value;
  });
}

/** The grant that an answer's index name belongs to: the index itself, or a backing index of the stream (B027). */
export function grantOf(index: string, grants: readonly Grant[]): Grant | undefined {
  for (const grant of grants) {
    if (grant.index === index || (grant.dataStream && isBackingIndex(index, grant.index))) return grant;
  }
  return undefined;
}

const GENERATION = /^(?:\d{4}\.\d{2}\.\d{2}-)?\d{6,10}$/;
const MOUNTED = ['', 'partial-', 'restored-'];

/** `.ds-<stream>-[yyyy.MM.dd-]<generation>`, also as a mounted snapshot. */
export function isBackingIndex(index: string, stream: string): boolean {
  return MOUNTED.some((mount) => {
    const head = `${mount}.ds-${stream}-`;
    return index.startsWith(head) && GENERATION.test(index.slice(head.length));
  });
}
