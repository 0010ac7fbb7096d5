/** What closing scrolls and points in time has in common. */
import type { GrantedOperation } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type {
  Dialect,
  Plan,
  SealContent,
  StoreContext,
  StoreReply,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../../contract/store.ts';
import { isJsonObject, type Json, jsonObject, parseAnswer } from '../../../json/index.ts';
import { readSealed } from '../../../seal/index.ts';
import { ownDialect } from '../dialect/index.ts';
import { reply } from '../response/index.ts';
import { planOf } from './plan.ts';

const MAX_IDS = 64;

/** A sealed id as it was sent, and what it opens; nothing for one that is expired, altered or another's. */
export interface SentId {
  readonly text: string;
  readonly content: SealContent | undefined;
}

/** @returns the text or the texts; undefined where nothing stands @throws Refusal `malformed_body` */
export function idsOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const ids = Array.isArray(value) ? value : [value];
  const texts = ids.filter((id) => typeof id === 'string');
  if (texts.length !== ids.length) throw new Refusal('malformed_body', 'close: an id is not a text');
  return texts;
}

/**
 * @param request for the store's own ids, ≥ 1
 * @param read reads the store's answer; undefined when nothing was to be closed, and nothing was asked
 * @throws Refusal `malformed_body`; `forbidden` for an id that is bound to another key
 */
export function planClosing(
  kind: 'scroll' | 'pit',
  texts: readonly string[],
  context: StoreContext,
  request: (ids: readonly string[]) => UpstreamRequest,
  read: (answer: UpstreamAnswer | undefined, sent: readonly SentId[], dialect: Dialect) => StoreReply,
): Plan {
  if (texts.length === 0 || texts.length > MAX_IDS) throw new Refusal('malformed_body', 'close: no ids, or too many');
  const sent = texts.map((text) => ({ text, content: openOwn(text, kind, context) }));
  const contents = sent.flatMap(({ content }) => (content === undefined ? [] : [content]));
  const first = contents[0];
  const operation: GrantedOperation = kind;
  if (first === undefined) {
    const dialect = ownDialect(context);
    return planOf(operation, [], async () => read(undefined, sent, dialect));
  }
  if (contents.some(({ upstream }) => upstream !== first.upstream))
    throw new Refusal('unsupported_option', 'close: ids of several stores');
  const asked = request(contents.map(({ id }) => id));
  const dialect = context.dialectOf(first.upstream);
  return {
    ...planOf(operation, [], async (upstream) => read(await upstream.send(asked), sent, dialect)),
    upstream: first.upstream,
    indices: [...new Set(contents.flatMap(({ indices }) => indices))],
  };
}

/** Closing one's own needs no rule: a role that was revoked can still tidy up (B145). */
function openOwn(text: string, kind: 'scroll' | 'pit', context: StoreContext): SealContent | undefined {
  try {
    return readSealed(text, kind, context).content;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'absent') return undefined;
    throw error;
  }
}

/** `{"succeeded": true, "num_freed": n}`, with 404 where nothing was freed, as the stores answer. */
export function freedReply(answer: UpstreamAnswer | undefined, dialect: Dialect): StoreReply {
  const freed = answer === undefined || answer.status !== 200 ? 0 : freedIn(answer);
  if (answer !== undefined && answer.status !== 200 && answer.status !== 404)
    throw new Refusal('upstream_answer', 'close: not an answer to closing');
  const json = jsonObject([
    ['succeeded', true],
    ['num_freed', freed],
  ]);
  return reply(freed === 0 ? 404 : 200, json, { dialect });
}

function freedIn(answer: UpstreamAnswer): number {
  const json = parseAnswer(answer.body);
  const freed = isJsonObject(json) ? json.num_freed : undefined;
  if (typeof freed !== 'number' || !Number.isSafeInteger(freed) || freed < 0)
    throw new Refusal('upstream_answer', 'close: not of the expected shape');
  return freed;
}
