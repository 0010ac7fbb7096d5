/** The lines of a bulk, by a closed grammar: an action with its index and id, then its document. */
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject } from '../../../json/index.ts';
import type { Action, Condition } from './item.ts';

export interface BulkItem {
  readonly action: Action;
  /** As sent; undefined where the path names it. */
  readonly index: string | undefined;
  readonly id: string | null;
  readonly condition: Condition | null;
  /** The line after the action; undefined of a delete. */
  readonly body: Json | undefined;
  /** Why this item alone cannot be done, whatever its document is. */
  readonly fault: Refusal | null;
}

const ACTIONS: ReadonlySet<string> = new Set<Action>(['index', 'create', 'update', 'delete']);

/**
 * Reads every line. What makes an action unreadable refuses the whole bulk, because nothing says which line comes next;
 * an option that is not supported refuses its item only (B179).
 *
 * @throws Refusal `malformed_body`; `too_costly` for more items than permitted
 */
export function readBulkLines(lines: readonly Json[], maxItems: number): readonly BulkItem[] {
  const items: BulkItem[] = [];
  for (let at = 0; at < lines.length; ) {
    if (items.length === maxItems) throw new Refusal('too_costly', 'bulk: more items than the rule permits');
    const [action, meta] = readAction(lines[at++]!);
    if (action !== 'delete' && at === lines.length)
      throw new Refusal('malformed_body', 'bulk: an action without document');
    const body = action === 'delete' ? undefined : lines[at++];
    items.push(readItem(action, meta, body));
  }
  if (items.length === 0) throw new Refusal('malformed_body', 'bulk: empty');
  return items;
}

function readAction(line: Json): [Action, JsonObject] {
  const [entry, ...others] = isJsonObject(line) ? Object.entries(line) : [];
  if (entry === undefined || others.length > 0 || !isAction(entry[0]) || !isJsonObject(entry[1]))
    throw new Refusal('malformed_body', 'bulk: not an action');
  return [entry[0], entry[1]];
}

function isAction(name: string): name is Action {
  return ACTIONS.has(name);
}

function readItem(action: Action, meta: JsonObject, body: Json | undefined): BulkItem {
  const { _index: index, _id: id, if_seq_no: seqNo, if_primary_term: primaryTerm } = meta;
  let fault: Refusal | null = null;
  for (const key in meta)
    if (key !== '_index' && key !== '_id' && !isHarmless(key, meta[key]))
      fault ??= new Refusal('unsupported_option', 'bulk: an option of an action that is not supported');
  if (index !== undefined && typeof index !== 'string') throw new Refusal('malformed_body', 'bulk: _index is no text');
  const condition = seqNo === undefined || primaryTerm === undefined ? null : { seqNo, primaryTerm };
  if (condition === null && seqNo !== primaryTerm)
    fault ??= new Refusal('malformed_body', 'bulk: if_seq_no without its other half');
  return { action, index, id: readId(id), condition, body, fault };
}

/** What says nothing, or is read on its own. Clients spell out `require_alias: false`. */
function isHarmless(key: string, value: Json | undefined): boolean {
  if (key === 'if_seq_no' || key === 'if_primary_term') return isCount(value);
  return key === 'require_alias' && value === false;
}

function isCount(value: Json | undefined): boolean {
  if (value instanceof JsonNumber) return /^[1-9]\d{15,18}$/.test(value.raw);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Numbers are ids too, digit by digit (B064). */
function readId(id: Json | undefined): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id === 'string') return id;
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  if (id instanceof JsonNumber && /^-?\d+$/.test(id.raw)) return id.raw;
  throw new Refusal('malformed_body', 'bulk: _id is no text');
}
