/**
 * request → strict HTTP → authenticate → parse → decide → limits → run → budget → journal → answer. Every way out passes the
 * journal, and no answer leaves before its entry is committed.
 */
import { randomBytes } from 'node:crypto';
import type { Anomalies, Standing } from '../anomalies/index.ts';
import { type Api, problemAnswer } from '../api/index.ts';
import type { Peer, Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Answer, ParsedRequest, RawRequest } from '../contract/request.ts';
import type { StoreReply, Upstream } from '../contract/store.ts';
import { readRequest } from '../http/read-request.ts';
import { refusalAnswer } from '../http/refusal-answer.ts';
import type { DecisionEntry } from '../journal/entry.ts';
import { type Limits, peerKey } from '../limits/index.ts';
import { appOf, legacyName, type SharedBudgets, spendersOf } from './app.ts';
import { type Asking, contextOf, type Decided, decide } from './decide.ts';
import type { Decisions, Pseudonyms } from './ports.ts';
import type { Snapshot } from './snapshot.ts';

export interface GuardParts {
  /** The policy in force; asked once per request. */
  snapshot(): Snapshot;
  readonly journal: Decisions;
  readonly limits: Limits;
  readonly pseudonyms: Pseudonyms;
  /** What a request gets while no entry can be written. */
  readonly journalFailure: 'refuse' | 'allow';
  /** Detection of slow theft; null: none. */
  readonly anomalies?: Anomalies | null;
  /** Budgets of devices and app versions, beside those of principals. */
  readonly budgets?: SharedBudgets;
  /** For metrics; must not throw. */
  onDecision?(entry: DecisionEntry): void;
  /** A defect or a failing journal, for the operator's log. Never holds anything of the request. */
  onFailure?(what: string, error: unknown): void;
  /** ms since the epoch. */
  now?(): number;
}

export interface Guard {
  handle(request: RawRequest): Promise<Answer>;
}

/** What a peer is counted as, and what the journal calls it. */
interface Place {
  readonly key: string;
  readonly name: string;
}

/** What the limits and the journal call a principal and its device. */
interface Names {
  readonly who: string;
  readonly device: string | null;
}

/** What is known of a request so far. */
interface Draft {
  principal: Principal | null;
  decided: Decided | null;
  /** The app, in the journal's words. */
  app: string | null;
}

export function createGuard(parts: GuardParts): Guard {
  const nowOf = parts.now ?? Date.now;
  const prefix = randomBytes(6).toString('base64url');
  let sequence = 0;

  // A peer is one object for all requests of its connection, a principal one for all of its token: what they are called is
  // worked out once for each.
  const places = new WeakMap<Peer, Place>();
  const names = new WeakMap<Principal, Names>();

  function placeOf(peer: Peer): Place {
    let place = places.get(peer);
    if (place === undefined) {
      const key = peerKey(peer.address);
      place = { key, name: parts.pseudonyms.of('peer', key) };
      places.set(peer, place);
    }
    return place;
  }

  function namesOf(principal: Principal): Names {
    let made = names.get(principal);
    if (made === undefined) {
      const { id, confirmation } = principal;
      const device = confirmation === null ? null : parts.pseudonyms.of('device', confirmation);
      made = { who: parts.pseudonyms.of('principal', id), device };
      names.set(principal, made);
    }
    return made;
  }

  async function handle(raw: RawRequest): Promise<Answer> {
    const started = performance.now();
    const now = nowOf();
    const snapshot = parts.snapshot();
    const requestId = `${prefix}-${(++sequence).toString(36)}`;
    const draft: Draft = { principal: null, decided: null, app: null };
    const api = snapshot.api?.owns(raw.target) ? snapshot.api : null;
    let reply: StoreReply | undefined;
    let refusal: Refusal | undefined;
    try {
      reply = await answer(raw, snapshot, api, now, draft);
    } catch (error) {
      refusal = error instanceof Refusal ? error : defect(error);
    }
    const answered = reply ?? refuse(refusal ?? new Refusal('internal'), raw, snapshot, api, draft, now);
    const sent = api === null ? answered : withHeaders(answered, api.cors(originOf(raw)));
    const entry = entryOf(draft, reply, refusal, sent.status);
    entry.time = now;
    entry.requestId = requestId;
    entry.peer = placeOf(raw.peer).name;
    entry.durationMicros = Math.round((performance.now() - started) * 1000);
    parts.onDecision?.(entry);
    try {
      await parts.journal.commit(entry);
    } catch (error) {
      parts.onFailure?.('the journal could not be written', error);
      if (parts.journalFailure === 'refuse') return withId(refusalAnswer(new Refusal('unavailable')), requestId);
    }
    return withId(sent, requestId);
  }

  async function answer(
    raw: RawRequest,
    snapshot: Snapshot,
    api: Api | null,
    now: number,
    draft: Draft,
  ): Promise<StoreReply> {
    const { limits } = parts;
    const admitted = limits.arrive(placeOf(raw.peer).key);
    const peerTicket = admitted instanceof Promise ? await admitted : admitted;
    try {
      const request = readRequest(raw, api === null ? 'search' : 'resource');
      const open = api?.preflight(request);
      if (open !== undefined) {
        draft.decided = OPEN;
        return { ...open, documents: [], outcome: 'answered' };
      }
      const proven = snapshot.authenticator.authenticate(raw, now);
      const principal = proven instanceof Promise ? await proven : proven;
      draft.principal = principal;
      // Nothing is done that could not be written down.
      if (!parts.journal.healthy && parts.journalFailure === 'refuse') throw new Refusal('unavailable', 'journal');
      const roleLimits = snapshot.limitsOf(principal);
      const { who, device } = namesOf(principal);
      const entered = limits.enter(who, device, null, roleLimits);
      const tickets = [entered instanceof Promise ? await entered : entered];
      try {
        const held = parts.anomalies?.standing(who, now) ?? FREE;
        const standing = held instanceof Promise ? await held : held;
        if (standing.kind === 'throttled') {
          tickets.push(await limits.enter(`held:${who}`, null, null, { ...standing.limits, documents: null }));
        }
        const decided = decideAny(raw, request, { principal, now, watched: Boolean(parts.anomalies) }, snapshot, api);
        draft.decided = decided;
        const known = appOf({ raw, request, principal, now, plan: decided.plan, standing, snapshot });
        const app = known instanceof Promise ? await known : known;
        draft.app = app.name;
        if (app.proven) await parts.anomalies?.release(who);
        for (const [at, old] of app.legacy.entries()) {
          tickets.push(await limits.enter(legacyName(who, at), null, null, old.limits));
        }
        const reply = await decided.plan.run(upstreamOf(decided, snapshot));
        if (reply.documents.length > 0) {
          const spent = limits.spendAll(spendersOf(who, device, roleLimits, app, parts.budgets), reply.documents);
          if (spent instanceof Promise) await spent;
        }
        if (reply.features !== undefined) parts.anomalies?.note(who, reply.features, now);
        return reply;
      } finally {
        for (const ticket of tickets) ticket.leave();
      }
    } finally {
      peerTicket.leave();
    }
  }

  function entryOf(
    { principal, decided, app }: Draft,
    reply: StoreReply | undefined,
    refusal: Refusal | undefined,
    status: number,
  ): Mutable<DecisionEntry> {
    return {
      time: 0,
      requestId: '',
      operation: decided?.plan.operation ?? null,
      decision: reply ? 'allow' : 'deny',
      code: refusal?.code ?? (reply?.outcome === 'absent' ? 'absent' : null),
      detail: refusal?.detail ?? null,
      status,
      role: decided?.plan.role ?? null,
      rules: decided?.plan.rules ?? [],
      upstream: decided?.plan.upstream ?? null,
      indices: decided?.plan.indices ?? [],
      documents: reply?.documents.length ?? 0,
      principal: principal === null ? null : namesOf(principal).who,
      peer: null,
      observed: decided?.observed ?? null,
      durationMicros: 0,
      authKind: principal?.kind ?? null,
      app,
    };
  }

  /** Whatever is thrown that is no Refusal is a defect: the request is refused, and the operator told. */
  function defect(error: unknown): Refusal {
    parts.onFailure?.('a request failed inside the gateway', error);
    return new Refusal('internal');
  }

  return { handle };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is answered to anyone: the description of an API, and whether a browser may call it. */
const OPEN: Decided = {
  plan: {
    operation: 'describe',
    upstream: null,
    indices: [],
    rules: [],
    role: null,
    run: () => Promise.reject(new Refusal('internal', 'was answered already')),
  },
  observed: null,
};

const FREE: Standing = { kind: 'free' };

function decideAny(
  raw: RawRequest,
  request: ParsedRequest,
  asking: Asking,
  snapshot: Snapshot,
  api: Api | null,
): Decided {
  const { devices } = snapshot;
  if (devices?.owns(raw.target)) {
    return { plan: devices.plan(request, raw, asking.principal, asking.now), observed: null };
  }
  if (api === null) return decide(request, asking, snapshot);
  const context = contextOf(snapshot.access(asking.principal, asking.now), asking, snapshot);
  return { plan: api.plan(request, context), observed: null };
}

function refuse(
  refusal: Refusal,
  { target }: RawRequest,
  snapshot: Snapshot,
  api: Api | null,
  { principal }: Draft,
  now: number,
): Answer {
  const headers = {
    ...snapshot.authenticator.challenge(refusal, now),
    ...(principal === null ? {} : snapshot.devices?.challengeHeaders(refusal, principal, now)),
  };
  if (api !== null) return api.refuse(refusal, headers);
  // The search API speaks as its stores do; everything else in problems.
  return snapshot.devices?.owns(target) ? problemAnswer(refusal, headers) : refusalAnswer(refusal, headers);
}

function originOf({ headers }: RawRequest): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === 'origin') return headers[at + 1];
  }
  return undefined;
}

function withHeaders(answer: Answer, more: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...more } };
}

const NO_UPSTREAM: Upstream = {
  send: () => Promise.reject(new Refusal('internal', 'this operation asks no store')),
};

function upstreamOf({ plan }: Decided, snapshot: Snapshot): Upstream {
  if (plan.upstream === null || plan.own) return NO_UPSTREAM;
  const binding = snapshot.stores.get(plan.upstream);
  if (!binding) throw new Refusal('unavailable', 'the policy names a store that is not there');
  return binding.upstream;
}

/** What one principal may see is no other's, and not every answer follows an Authorization header: nothing is to be cached. */
function withId({ status, headers, body, close }: Answer, requestId: string): Answer {
  const named = { ...headers, 'cache-control': 'no-store', 'x-request-id': requestId };
  return close === true ? { status, headers: named, body, close } : { status, headers: named, body };
}
