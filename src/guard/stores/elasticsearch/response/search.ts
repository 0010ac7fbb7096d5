/**
 * Answers to searches, read by what was asked: `took`, `timed_out`, `_shards` (numbers only, B185), `hits`,
 * `aggregations`. What else a store says is dropped.
 */
import { Refusal } from '../../../contract/refusal.ts';
import type { DocumentKey, UpstreamAnswer } from '../../../contract/store.ts';
import { parseAnswer } from '../../../json/answer.ts';
import { bareObject } from '../../../json/bare.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject } from '../../../json/value.ts';
import { projectAggregations } from '../aggregations/project.ts';
import { aggregatedDocuments } from './aggregated-documents.ts';
import { projectHit, scoreOf } from './hit.ts';
import { PrintedList } from './printed.ts';
import { firstOf, type Projection } from './projection.ts';
import { scanHits } from './scan.ts';

export interface ProjectedSearch {
  readonly json: JsonObject;
  readonly documents: readonly DocumentKey[];
  /** The store's own ids, which never leave unsealed. */
  readonly scrollId?: string;
  readonly pitId?: string;
  /** Trusted services only: the store's own bytes, where they say the same as `json`. */
  readonly bytes?: Uint8Array;
}

/** Answers above it are read hit by hit. Bytes. */
export const LARGE_ANSWER = 4 * 1024 * 1024;

/**
 * @param answer of status 200
 * @throws Refusal `upstream_answer`, `post_check`, `too_costly`
 */
export function projectSearch(
  answer: UpstreamAnswer,
  projection: Projection,
  large: number = LARGE_ANSWER,
): ProjectedSearch {
  requireJson(answer);
  if (answer.body.length > large) {
    const { skeleton, hits } = scanHits(answer.body);
    return projectSearchJson(parseAnswer(skeleton), projection, hits);
  }
  const json = parseAnswer(answer.body);
  const projected = projectSearchJson(json, projection);
  const unchanged = !projection.strict && projection.prefix === '' && !projection.parts.totalAsInt;
  const own = unchanged && projected.scrollId === undefined && projected.pitId === undefined;
  return own && isJsonObject(json) && isKnown(json) ? { ...projected, json, bytes: answer.body } : projected;
}

/** For answers inside others (`_msearch`). `hits`, when given, stand for the empty `hits.hits` of the answer. */
export function projectSearchJson(answer: Json, projection: Projection, hits?: Iterable<Json>): ProjectedSearch {
  const found = isJsonObject(answer) ? answer.hits : undefined;
  if (!isJsonObject(answer) || !isJsonObject(found)) throw new Refusal('upstream_answer', 'no hits');
  const { strict, parts } = projection;
  const json = bareObject();
  const documents: DocumentKey[] = [];
  copyNumber(answer, 'took', json);
  copyFlag(answer, 'timed_out', json);
  copyFlag(answer, 'terminated_early', json);
  json._shards = shardsOf(answer._shards, strict);
  const shown = bareObject();
  const total = totalOf(found.total, parts.totalAsInt);
  if (total !== undefined) shown.total = total;
  shown.max_score = maxScoreOf(found.max_score, projection);
  shown.hits = projectHits(hits ?? found.hits, projection, documents, hits !== undefined);
  json.hits = shown;
  const aggregations = answer.aggregations;
  if (projection.aggregations !== null) {
    const figures = projectAggregations(aggregations, projection.aggregations, parts.typedKeys, projection.buckets);
    json.aggregations = figures;
    documents.push(...aggregatedDocuments(firstOf(projection.grants).index, figures, countOf(found.total)));
  } else if (!strict) {
    for (const name of TRUSTED) if (isJsonObject(answer[name])) json[name] = answer[name];
  }
  const scrollId = answer._scroll_id;
  const pitId = answer.pit_id;
  return {
    json,
    documents,
    ...(typeof scrollId === 'string' ? { scrollId } : {}),
    ...(typeof pitId === 'string' ? { pitId } : {}),
  };
}

/** How many matched, where that was counted to the end. */
function countOf(total: Json | undefined): number | undefined {
  if (typeof total === 'number') return total;
  return isJsonObject(total) && total.relation === 'eq' && typeof total.value === 'number' ? total.value : undefined;
}

/** Parts of answers that trusted services may ask for. */
const TRUSTED = ['aggregations', 'suggest', 'profile'] as const;
const KNOWN: ReadonlySet<string> = new Set(['took', 'timed_out', 'terminated_early', '_shards', 'hits', ...TRUSTED]);

function isKnown(json: JsonObject): boolean {
  for (const key in json) if (!KNOWN.has(key)) return false;
  const shards = json._shards;
  return isJsonObject(shards) && shards.failures === undefined;
}

export function requireJson(answer: UpstreamAnswer): void {
  const type = answer.headers['content-type'] ?? '';
  if (!type.startsWith('application/json') && !type.startsWith('application/vnd.elasticsearch+json')) {
    throw new Refusal('upstream_answer', 'not JSON');
  }
}

/** @param print one hit at a time, so that no more than one is held as a tree */
function projectHits(
  hits: Json | Iterable<Json> | undefined,
  projection: Projection,
  documents: DocumentKey[],
  print: boolean,
): Json[] {
  if (typeof hits !== 'object' || hits === null || !(Symbol.iterator in hits)) {
    throw new Refusal('upstream_answer', 'hits: not a list');
  }
  const result: Json[] = print ? new PrintedList() : [];
  for (const hit of hits) {
    if (result.length === projection.parts.size) throw new Refusal('post_check', 'hits: more than were asked for');
    const { json, document } = projectHit(hit, projection);
    documents.push(document);
    if (result instanceof PrintedList) result.add(json);
    else result.push(json);
  }
  return result;
}

/** `skipped` tells of values that no visible document need have, so strict answers count none. */
export function shardsOf(json: Json | undefined, strict: boolean): JsonObject {
  const shards = bareObject();
  if (!isJsonObject(json)) return shards;
  for (const name of ['total', 'successful', 'skipped', 'failed']) {
    if (typeof json[name] === 'number') shards[name] = strict && name === 'skipped' ? 0 : json[name];
  }
  return shards;
}

function totalOf(json: Json | undefined, asInt: boolean): Json | undefined {
  if (!isJsonObject(json)) return asInt ? -1 : undefined;
  const { value, relation } = json;
  if (typeof value !== 'number') throw new Refusal('upstream_answer', 'hits.total: no number');
  if (asInt) return value;
  const total = bareObject();
  total.value = value;
  total.relation = relation === 'gte' ? 'gte' : 'eq';
  return total;
}

function maxScoreOf(json: Json | undefined, projection: Projection): Json {
  if (projection.strict) return scoreOf(json, firstOf(projection.grants));
  return typeof json === 'number' || json instanceof JsonNumber ? json : null;
}

function copyNumber(from: JsonObject, name: string, to: Record<string, Json>): void {
  if (typeof from[name] === 'number') to[name] = from[name];
}

function copyFlag(from: JsonObject, name: string, to: Record<string, Json>): void {
  if (typeof from[name] === 'boolean') to[name] = from[name];
}
