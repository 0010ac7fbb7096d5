import type { Access, OperationName } from './grant.ts';
import type { Principal } from './principal.ts';
import type { Answer, ParsedRequest } from './request.ts';

declare const authorized: unique symbol;

/**
 * A request that may go to a store. Only the printer of a store's room makes one, from an operation that was parsed and
 * decided; nothing that a client sent is in it as it was sent.
 */
export interface UpstreamRequest {
  readonly [authorized]: true;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Path and query, percent-encoded by the printer. ASCII. */
  readonly path: string;
  readonly body: string | null;
  readonly bodyType: 'json' | 'ndjson' | null;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Lower-case names, of those that matter: `content-type`, `warning`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The only way to a store. */
export interface Upstream {
  /** @throws Refusal `upstream_down`, `upstream_slow`, `upstream_answer`, `too_large` */
  send(request: UpstreamRequest): Promise<UpstreamAnswer>;
}

/** Products and versions that differ in what they read and answer. */
export const DIALECTS = [
  'elasticsearch-7',
  'elasticsearch-8',
  'elasticsearch-9',
  'opensearch-2',
  'opensearch-3',
] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Seals ids that the store gave out, so that they are worth nothing to anyone else. */
export interface Sealer {
  /** @returns base64url text */
  seal(content: SealContent): string;
  /** Undefined for anything that this gateway did not seal for this use; constant time, and no reason is given. */
  open(text: string, kind: SealContent['kind']): SealContent | undefined;
}

export interface SealContent {
  readonly kind: 'scroll' | 'pit' | 'sort' | 'cursor';
  /** The store's own id, or the sort value. */
  readonly id: string;
  readonly principal: string;
  readonly confirmation: string | null;
  readonly upstream: string;
  readonly indices: readonly string[];
  /** `Grant.hash` of each index, in the same order. */
  readonly grants: readonly string[];
  /** ms since the epoch. */
  readonly expiresAt: number;
  /** What the room needs to read later pages as it read the first; JSON. */
  readonly state: string;
}

/** What a store's room gets for one request. */
export interface StoreContext {
  readonly principal: Principal;
  readonly access: Access;
  readonly sealer: Sealer;
  /** Keyed token of a value, for masks: HMAC-SHA-256 with the policy's mask key, base64url, 16 characters. */
  token(field: string, value: string): string;
  dialectOf(upstream: string): Dialect;
  /** ms since the epoch. */
  readonly now: number;
  /** Answers are to tell their features. */
  readonly watched?: boolean;
}

/** One document that an answer shows, for the budget: `<index>/<id in the store>`. */
export type DocumentKey = string;

export interface StoreReply extends Answer {
  /** Documents that the answer shows, wholly or in part; the pipeline spends the budget for them before it answers. */
  readonly documents: readonly DocumentKey[];
  /** For the journal. */
  readonly outcome: 'answered' | 'absent' | 'refused-in-part';
  /** What the detection of slow theft looks at; undefined: nothing. */
  readonly features?: AnswerFeatures;
}

/** Features of one answer, without any value of it. */
export interface AnswerFeatures {
  /** Index or resource. */
  readonly source: string;
  /** A page that goes on where another ended: `search_after`, a cursor, a scroll. */
  readonly continues: boolean;
  /** Documents that were asked for one by one and are not there (or not for this caller). */
  readonly misses: number;
  /** Keyed hash of the bounds of a range over one field; null: no range. Many different ones are slices. */
  readonly range: string | null;
}

/** A decided request: what will be asked is fixed, nothing has been sent. */
export interface Plan {
  readonly operation: OperationName;
  /** Null for what the gateway answers by itself. */
  readonly upstream: string | null;
  /** Concrete names, for the journal. */
  readonly indices: readonly string[];
  /** Positions of the rules that decided: `roles.mobile.rules[0]`. */
  readonly rules: readonly string[];
  readonly role: string | null;
  /** All roles that decided, where there are several: a device policy of each is asked. Undefined: `role` alone. */
  readonly roles?: readonly string[];
  /** Asks its store through what it was planned with, not through the upstream that `run` is handed. */
  readonly own?: true;
  /** What a device policy calls this operation (`orders.delete`); undefined: the operation's own name. */
  readonly named?: string;
  /** Operations that it does many of at once (`bulk`: those of its lines): a device policy for one of them is one for this. */
  readonly means?: readonly string[];
  /** Sends what the plan needs – nothing, one request, or a few in turn (get-check-put) – and reads the answers. */
  run(upstream: Upstream): Promise<StoreReply>;
}

/** A store's room. */
export interface Store {
  /** @throws Refusal */
  plan(request: ParsedRequest, context: StoreContext): Plan;
}
