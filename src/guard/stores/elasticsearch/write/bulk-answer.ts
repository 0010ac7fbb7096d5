/** The answer to a bulk: as many items as were sent, in their order, each rebuilt from what is known. */
import { REFUSALS, Refusal } from '../../../contract/refusal.ts';
import type { Dialect, StoreReply, UpstreamAnswer } from '../../../contract/store.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject, parseAnswer } from '../../../json/index.ts';
import { showsTypes } from '../dialect/index.ts';
import { errorOf, reply } from '../response/index.ts';
import { missingAnswer, writeAnswer } from './answer.ts';
import type { BulkItem } from './bulk-lines.ts';
import type { Decision, PreparedItem } from './item.ts';
import type { Write } from './request.ts';

/** An item on its way: refused, or ready to be looked at and written. */
export interface Entry {
  readonly asked: BulkItem;
  /** The index as the client calls it. */
  readonly name: string;
  readonly prepared: PreparedItem | Refusal;
  readonly detectNoop: boolean | undefined;
}

export interface BulkAnswer {
  readonly took: number;
  /** What the store says of each write that was sent, by its entry: the item, or why it failed. */
  readonly results: ReadonlyMap<Entry, Result>;
}

interface Result {
  readonly status: number;
  readonly json: JsonObject;
}

/** @throws Refusal `upstream_answer`, `post_check` */
export function readBulkAnswer(
  answer: UpstreamAnswer,
  writes: readonly { readonly entry: Entry; readonly item: PreparedItem; readonly write: Write }[],
  dialect: Dialect,
): BulkAnswer {
  const json = parseAnswer(answer.body);
  if (!isJsonObject(json) || !Array.isArray(json.items) || json.items.length !== writes.length) throw unreadable();
  const results = new Map<Entry, Result>();
  for (const [i, { entry, item, write }] of writes.entries()) {
    const line: Json | undefined = json.items[i];
    const result = isJsonObject(line) ? line[write.verb] : undefined;
    if (!isJsonObject(result) || typeof result.status !== 'number') throw unreadable();
    results.set(entry, readResult(result, result.status, entry, item, dialect));
  }
  return { took: typeof json.took === 'number' ? json.took : 0, results };
}

function readResult(result: JsonObject, status: number, entry: Entry, item: PreparedItem, dialect: Dialect): Result {
  if (status === 404 && item.action === 'delete') return { status, json: missingAnswer(item, dialect) };
  if (status === 200 || status === 201) return { status, json: writeAnswer(result, item, dialect) };
  if (status === 409) return failed(entry, new Refusal('conflict'), dialect);
  if (status === 404 && item.action === 'update') return failed(entry, new Refusal('absent'), dialect);
  if (status === 404 && item.look !== null) return failed(entry, new Refusal('conflict'), dialect);
  return rejected(entry, status, result.error, dialect);
}

/** @param answer undefined when nothing was left to be sent */
export function bulkReply(
  entries: readonly Entry[],
  decisions: readonly (Decision | Refusal)[],
  answer: BulkAnswer | undefined,
  dialect: Dialect,
): StoreReply {
  let errors = false;
  let refused = false;
  const items = entries.map((entry, i) => {
    const decision = decisions[i]!;
    if (decision instanceof Refusal) refused = true;
    const { status, json } = resultOf(entry, decision, answer, dialect);
    if (json.error !== undefined) errors = true;
    return jsonObject([[entry.asked.action, jsonObject([...Object.entries(json), ['status', status]])]]);
  });
  const json = jsonObject([
    ['took', answer?.took ?? 0],
    ['errors', errors],
    ['items', items],
  ]);
  const sent = reply(200, json, { dialect });
  return refused ? { ...sent, outcome: 'refused-in-part' } : sent;
}

function resultOf(
  entry: Entry,
  decision: Decision | Refusal,
  answer: BulkAnswer | undefined,
  dialect: Dialect,
): Result {
  if (decision instanceof Refusal) return failed(entry, decision, dialect);
  const { prepared } = entry;
  if (decision.kind === 'missing' && !(prepared instanceof Refusal))
    return { status: 404, json: missingAnswer(prepared, dialect) };
  const result = answer?.results.get(entry);
  if (result === undefined) throw unreadable();
  return result;
}

/** Why the gateway did not do it. The sentence is a constant of its code. */
function failed(entry: Entry, { code }: Refusal, dialect: Dialect): Result {
  const [status, reason] = REFUSALS[code];
  const type =
    code === 'conflict'
      ? 'version_conflict_engine_exception'
      : code === 'absent'
        ? 'document_missing_exception'
        : status === 403
          ? 'security_exception'
          : 'illegal_argument_exception';
  return errorResult(entry, status, type, reason, dialect);
}

/** Why the store did not do it, in words of ours: its own may hold values (B181). */
function rejected(entry: Entry, status: number, error: Json | undefined, dialect: Dialect): Result {
  try {
    const known = errorOf(status, error);
    const { type, reason } = isJsonObject(known.json.error) ? known.json.error : {};
    return errorResult(entry, known.status, String(type), String(reason), dialect);
  } catch (refusal) {
    if (refusal instanceof Refusal) return failed(entry, refusal, dialect);
    throw refusal;
  }
}

function errorResult({ asked, name }: Entry, status: number, type: string, reason: string, dialect: Dialect): Result {
  const entries: [string, Json][] = [['_index', name]];
  if (showsTypes(dialect)) entries.push(['_type', '_doc']);
  entries.push(
    ['_id', asked.id],
    [
      'error',
      jsonObject([
        ['type', type],
        ['reason', reason],
      ]),
    ],
  );
  return { status, json: jsonObject(entries) };
}

function unreadable(): Refusal {
  return new Refusal('upstream_answer', 'bulk: not of the expected shape');
}
