/**
 * One document to be written, alone or in a bulk. In two steps: what can be said from the request is said first
 * (`prepareItem`); what depends on the document that is there is decided when that was looked up (`decideItem`). A
 * document that is hidden and one that is not there lead to the same decision, always.
 */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../../../contract/refusal.ts';
import { equalJson, isJsonObject, type Json, type JsonObject } from '../../../json/index.ts';
import { valuesAt } from '../filter/index.ts';
import { checkResult, checkSent, satisfies } from './document.ts';
import { isAmbiguous } from './filter-fields.ts';
import { mergePartial, replacing } from './merge.ts';
import { withPrefix } from './namespace.ts';
import type { WriteScope } from './scope.ts';
import { stepsOnTheWay } from './steps-on-the-way.ts';

export type Action = 'index' | 'create' | 'update' | 'delete';

/** `if_seq_no` and `if_primary_term`: the write is of exactly the version that was looked at. */
export interface Condition {
  readonly seqNo: Json;
  readonly primaryTerm: Json;
}

/** What a client asked to be done. */
export interface Asked {
  readonly action: Action;
  readonly id: string | null;
  /** The document; of an update, the partial one; null of a delete. */
  readonly document: JsonObject | null;
  readonly condition: Condition | null;
}

export interface PreparedItem {
  readonly action: Action;
  readonly scope: WriteScope;
  /** The client's; null when the store is to choose. */
  readonly id: string | null;
  readonly storeId: string | null;
  readonly document: JsonObject | null;
  readonly condition: Condition | null;
  /** Paths of the document that is there, which have to be known; null when nothing need be looked up. */
  readonly look: readonly string[] | null;
}

/** What was asked for of a document that is there and that the principal sees. */
export interface Stored extends Condition {
  readonly source: JsonObject;
}

export type Decision =
  | {
      readonly kind: 'write';
      readonly verb: Action;
      /** Never a `noop`: an update that stands for a replacement, or one whose `noop` would tell a hidden value. */
      readonly whole?: true;
      readonly document: JsonObject | null;
      readonly condition: Condition | null;
    }
  /** A delete of what is not there. */
  | { readonly kind: 'missing' };

/** @throws Refusal for what no document that is there could make right */
export function prepareItem({ action, id, document, condition }: Asked, scope: WriteScope): PreparedItem {
  checkKind(action, id, scope);
  if (condition !== null && scope.strict) throw new Refusal('unsupported_option', 'if_seq_no: not in strict mode');
  const sent = document === null ? null : checkSent(document, scope);
  if (action === 'update' && sent !== null) checkRequiredKept(sent, scope);
  // Without an id in a namespace the store would choose one outside it.
  const chosen = id ?? (scope.prefix === '' ? null : randomBytes(15).toString('base64url'));
  const storeId = chosen === null ? null : withPrefix(scope.prefix, chosen);
  const made = id === null || action === 'create';
  if (made && sent !== null) checkResult(sent, scope);
  // A data stream takes nothing but `create`, and a chosen id must not meet another.
  const creates = id === null && (storeId !== null || scope.grant.dataStream);
  return {
    action: creates ? 'create' : action,
    scope,
    id: chosen,
    storeId,
    document: sent,
    condition,
    look: made ? null : lookOf(action, sent, scope),
  };
}

function checkKind(action: Action, id: string | null, { grant, createsById }: WriteScope): void {
  if (grant.dataStream && (id !== null || action === 'update' || action === 'delete'))
    throw new Refusal('unsupported_option', 'data stream: documents can only be added');
  if (id === null) {
    if (action === 'update' || action === 'delete') throw new Refusal('malformed_body', 'id: missing');
  } else if (action === 'create' && !createsById) {
    // Success and conflict would tell whether the id is taken (B177).
    throw new Refusal('forbidden', 'create: under an id of the client');
  }
}

/** What is named in an update must not end empty. @throws Refusal `malformed_body` */
function checkRequiredKept(partial: JsonObject, { required }: WriteScope): void {
  for (const path of required)
    if (isNamed(partial, path) && valuesAt(partial, path).length === 0)
      throw new Refusal('malformed_body', 'document: a required field would be emptied');
}

function isNamed(partial: JsonObject, path: string): boolean {
  let at: Json | undefined = partial;
  for (const step of path.split('.')) {
    if (!isJsonObject(at)) return true;
    at = at[step];
    if (at === undefined) return false;
  }
  return true;
}

function lookOf(action: Action, sent: JsonObject | null, scope: WriteScope): PreparedItem['look'] {
  const { fields, filterPaths, required, writablePaths } = scope;
  const onTheWay = sent === null || fields === null ? [] : stepsOnTheWay(sent, fields);
  const replaced = action === 'index' && fields !== null;
  if (scope.bound === null && onTheWay.length === 0 && !replaced) return null;
  return [...new Set([...filterPaths, ...onTheWay, ...(replaced ? [...writablePaths, ...required] : [])])];
}

/** @param stored undefined when nothing is there that the principal sees, or nothing was to be looked up @throws Refusal */
export function decideItem(item: PreparedItem, stored: Stored | undefined): Decision {
  const { action, scope, document, condition } = item;
  if (item.look === null) return written(item, condition);
  if (action === 'delete') {
    if (stored === undefined) return { kind: 'missing' };
    return { kind: 'write', verb: 'delete', document: null, condition: conditionOf(stored, condition) };
  }
  if (stored === undefined) {
    if (action === 'update') throw new Refusal('absent', 'update: not there, or hidden');
    if (!scope.createsById) throw new Refusal('forbidden', 'index: not there, or hidden');
    if (condition !== null) throw new Refusal('conflict', 'index: not there');
    // `create`, so that what the look-up did not show is not overwritten.
    return { kind: 'write', verb: 'create', document: checkResult(document!, scope), condition: null };
  }
  checkSteps(item.look, stored.source, scope);
  if (action === 'update' || scope.fields === null) {
    if (action === 'update') checkUpdate(mergePartial(stored.source, document!), document!, scope);
    else checkResult(document!, scope);
    return written(item, conditionOf(stored, condition));
  }
  const partial = replacing(stored.source, document!, scope.fields);
  const result = mergePartial(stored.source, partial);
  checkUpdate(result, partial, scope);
  checkResult(result, scope);
  return { kind: 'write', verb: 'update', whole: true, document: partial, condition: conditionOf(stored, condition) };
}

/** The write that was asked for. */
function written({ action, scope, document }: PreparedItem, condition: Condition | null): Decision {
  const whole = action === 'update' && scope.writesUnseen ? ({ whole: true } as const) : {};
  return { kind: 'write', verb: action, ...whole, document, condition };
}

function checkUpdate(result: JsonObject, partial: JsonObject, scope: WriteScope): void {
  if (!satisfies(result, scope)) throw new Refusal('forbidden', 'document: outside the filter');
  // A second spelling of the path (`meta.tenant` beside `meta`) would add a value to it.
  const touched = scope.filterPaths.some((path) => valuesAt(partial, path).length > 0);
  if (touched && isAmbiguous(result, scope.bound))
    throw new Refusal('forbidden', 'document: several values for a filter field');
}

/** What was looked at is what is written; a client's own condition must say the same. @throws Refusal `conflict` */
function conditionOf({ seqNo, primaryTerm }: Stored, asked: Condition | null): Condition {
  if (asked !== null && !(equalJson(asked.seqNo, seqNo) && equalJson(asked.primaryTerm, primaryTerm)))
    throw new Refusal('conflict', 'if_seq_no: another version');
  return { seqNo, primaryTerm };
}

/** An object put in the place of a list would wipe what stands beside the writable members. @throws Refusal `forbidden` */
function checkSteps(look: readonly string[], source: JsonObject, { filterPaths, writablePaths }: WriteScope): void {
  for (const path of look) {
    if (filterPaths.includes(path) || writablePaths.includes(path)) continue;
    let at: Json | undefined = source;
    for (const step of path.split('.')) at = isJsonObject(at) ? at[step] : undefined;
    if (at !== undefined && !isJsonObject(at))
      throw new Refusal('forbidden', 'document: its shape does not fit what must stay');
  }
}
