/** One write, from the request to the answer: look, decide, write on the version that was looked at. */
import { Refusal } from '../../../contract/refusal.ts';
import type { Plan, StoreContext, StoreReply, Upstream, UpstreamAnswer } from '../../../contract/store.ts';
import { parseAnswer } from '../../../json/index.ts';
import { resolveIndex } from '../indices.ts';
import type { Call } from '../operations/call.ts';
import { isSuccess, planOf } from '../operations/plan.ts';
import { errorReply, reply } from '../response/index.ts';
import { missingAnswer, writeAnswer } from './answer.ts';
import { type Action, type Asked, decideItem, type PreparedItem, prepareItem, type Stored } from './item.ts';
import { lookupRequest, readLookup } from './lookup.ts';
import { refreshOf } from './parameters.ts';
import { type WriteOptions, writeRequest } from './request.ts';
import { writeScope } from './scope.ts';

export interface OneOptions {
  readonly detectNoop?: boolean | undefined;
  /** Looks, decides and writes again after a conflict, at most so often. */
  readonly retries?: number;
}

/** @throws Refusal */
export function planWrite(
  call: Call,
  context: StoreContext,
  action: Action,
  asked: Omit<Asked, 'action' | 'id'>,
  { detectNoop, retries = 0 }: OneOptions = {},
): Plan {
  const grant = resolveIndex(call.parameters.get('index') ?? '', action, context.access);
  const scope = writeScope(grant, context);
  const item = prepareItem({ action, id: call.parameters.get('id') ?? null, ...asked }, scope);
  const options: WriteOptions = { refresh: refreshOf(call.request), detectNoop };
  return planOf(action, [grant], async (upstream) => {
    for (let left = retries; ; left--) {
      try {
        return await attempt(upstream, item, options, context);
      } catch (error) {
        if (left <= 0 || !(error instanceof Refusal) || error.code !== 'conflict') throw error;
      }
    }
  });
}

async function attempt(
  upstream: Upstream,
  item: PreparedItem,
  options: WriteOptions,
  context: StoreContext,
): Promise<StoreReply> {
  const dialect = context.dialectOf(item.scope.grant.upstream);
  let stored: Stored | undefined;
  if (item.look !== null) {
    const looked = await upstream.send(lookupRequest([item], item.scope));
    if (!isSuccess(looked)) {
      // An index that is not there holds nothing.
      if (looked.status !== 404) return errorReply(looked);
    } else stored = readLookup(looked, [item], item.scope).get(item.storeId ?? '');
  }
  const decision = decideItem(item, stored);
  if (decision.kind === 'missing') return reply(404, missingAnswer(item, dialect), { dialect });
  const answer = await upstream.send(writeRequest(item, decision, options));
  if (answer.status === 409) throw new Refusal('conflict', 'write: the store saw another version');
  if (answer.status === 404) return missed(answer, item, dialect);
  if (!isSuccess(answer)) return errorReply(answer);
  return reply(answer.status === 201 ? 201 : 200, writeAnswer(parseAnswer(answer.body), item, dialect), { dialect });
}

/** The store found nothing: of a delete that is an answer, of everything else an error. */
function missed(
  answer: UpstreamAnswer,
  item: PreparedItem,
  dialect: ReturnType<StoreContext['dialectOf']>,
): StoreReply {
  if (item.action === 'delete') return reply(404, missingAnswer(item, dialect), { dialect });
  if (item.action === 'update') throw new Refusal('absent', 'update: not there');
  // It was there when it was looked up. Writing a document whole is never answered with 404.
  if (item.look !== null) throw new Refusal('conflict', 'write: gone in the meantime');
  return errorReply(answer);
}
