/** What is sent for one decided write, and as an item of a bulk. */
import type { UpstreamRequest } from '../../../contract/store.ts';
import { type Json, JsonNumber, type JsonObject, jsonObject } from '../../../json/index.ts';
import { authorize } from '../encode.ts';
import type { Condition, Decision, PreparedItem } from './item.ts';

export type Write = Extract<Decision, { kind: 'write' }>;

export interface WriteOptions {
  readonly refresh: 'true' | 'false' | 'wait_for' | undefined;
  readonly detectNoop?: boolean | undefined;
}

export function writeRequest({ scope, storeId }: PreparedItem, write: Write, options: WriteOptions): UpstreamRequest {
  const { index } = scope.grant;
  const query = [...conditionQuery(write.condition), ...refreshQuery(options)];
  switch (write.verb) {
    case 'index':
      return storeId === null
        ? authorize({ method: 'POST', segments: [index, '_doc'], query, body: write.document! })
        : authorize({ method: 'PUT', segments: [index, '_doc', storeId], query, body: write.document! });
    case 'create':
      return storeId === null
        ? authorize({
            method: 'POST',
            segments: [index, '_doc'],
            query: [['op_type', 'create'], ...query],
            body: write.document!,
          })
        : authorize({ method: 'PUT', segments: [index, '_create', storeId], query, body: write.document! });
    case 'update':
      return authorize({
        method: 'POST',
        segments: [index, '_update', storeId!],
        query,
        body: partialBody(write, options.detectNoop),
      });
    case 'delete':
      return authorize({ method: 'DELETE', segments: [index, '_doc', storeId!], query });
  }
}

/** The lines of one item of a bulk. */
export function bulkLines(
  { scope, storeId }: PreparedItem,
  write: Write,
  withIndex: boolean,
  detectNoop: boolean | undefined,
): Json[] {
  const meta: [string, Json][] = [];
  if (withIndex) meta.push(['_index', scope.grant.index]);
  if (storeId !== null) meta.push(['_id', storeId]);
  if (write.condition !== null)
    meta.push(['if_seq_no', write.condition.seqNo], ['if_primary_term', write.condition.primaryTerm]);
  const action = jsonObject([[write.verb, jsonObject(meta)]]);
  if (write.verb === 'delete') return [action];
  return [action, write.verb === 'update' ? partialBody(write, detectNoop) : write.document!];
}

/** The one index of all items; undefined for several. A store may forbid to name indices in bodies. */
export function onlyIndex(items: readonly PreparedItem[]): string | undefined {
  const index = items[0]?.scope.grant.index;
  return items.every(({ scope }) => scope.grant.index === index) ? index : undefined;
}

export function refreshQuery({ refresh }: WriteOptions): [string, string][] {
  return refresh === undefined || refresh === 'false' ? [] : [['refresh', refresh]];
}

function partialBody({ document, whole }: Write, detectNoop: boolean | undefined): JsonObject {
  const body: [string, Json][] = [['doc', document!]];
  if (whole === true || detectNoop === false) body.push(['detect_noop', false]);
  return jsonObject(body);
}

function conditionQuery(condition: Condition | null): [string, string][] {
  if (condition === null) return [];
  return [
    ['if_seq_no', digitsOf(condition.seqNo)],
    ['if_primary_term', digitsOf(condition.primaryTerm)],
  ];
}

function digitsOf(value: Json): string {
  return value instanceof JsonNumber ? value.raw : String(value);
}
