/** Reads a request as an operation and decides it. A watched role is decided twice: as enforced, and as it is let go. */

import type { Access, GrantedOperation } from '../contract/grant.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest } from '../contract/request.ts';
import type { Plan, StoreContext } from '../contract/store.ts';
import type { Snapshot } from './snapshot.ts';

export interface Decided {
  readonly plan: Plan;
  /** What enforcing would have done; null where the policy is enforced, or would have changed nothing. */
  readonly observed: 'deny' | 'narrow' | null;
}

/** Who asks, and when. */
export interface Asking {
  readonly principal: Principal;
  /** ms since the epoch. */
  readonly now: number;
  /** Whether answers are to tell their features. */
  readonly watched: boolean;
}

/** @throws Refusal */
export function decide(request: ParsedRequest, asking: Asking, snapshot: Snapshot): Decided {
  const { principal, now } = asking;
  const access = snapshot.access(principal, now);
  const open = snapshot.observed(principal, now);
  if (open === undefined) return { plan: planWith(request, access, asking, snapshot), observed: null };

  let enforced: Plan | undefined;
  const used = new Set<string>();
  try {
    enforced = planWith(request, recording(access, used), asking, snapshot);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  // Throws where the gateway cannot read the request: what it does not understand does not exist for a watched role either.
  const letGo = planWith(request, open, asking, snapshot);
  if (enforced === undefined) return { plan: letGo, observed: 'deny' };
  return { plan: letGo, observed: used.has('narrow') ? 'narrow' : null };
}

function planWith(request: ParsedRequest, access: Access, asking: Asking, snapshot: Snapshot): Plan {
  return snapshot.front.store.plan(request, contextOf(access, asking, snapshot));
}

/** What a room that plans gets. */
export function contextOf(access: Access, { principal, now, watched }: Asking, snapshot: Snapshot): StoreContext {
  return {
    principal,
    access,
    sealer: snapshot.sealer,
    token: snapshot.token,
    dialectOf: (upstream) => (snapshot.stores.get(upstream) ?? snapshot.front).dialect,
    now,
    watched,
  };
}

/** Notes whether a grant that narrows had a part in the decision. */
function recording(access: Access, used: Set<string>): Access {
  const note = (grant: { filter: unknown; fields: unknown } | undefined) => {
    if (grant && (grant.filter !== null || grant.fields !== null)) used.add('narrow');
  };
  return {
    find(name: string, operation: GrantedOperation) {
      const grant = access.find(name, operation);
      note(grant);
      return grant;
    },
    all(operation: GrantedOperation) {
      const grants = access.all(operation);
      for (const grant of grants) note(grant);
      return grants;
    },
  };
}
