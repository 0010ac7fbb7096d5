/**
 * Purge messages over whatever can keep a few rows.
 *
 *   messages   number → reference        kept for ever, as tombstones are: whoever was away hears all it missed
 *   members    name → renewals, lease, number of the last message that it confirmed
 *
 * Nobody's clock is compared with another's. A member counts its lease from before it asked for the renewal, on its own
 * steady clock; whoever purges calls a lease over when the count of renewals has not changed for as long as the lease is,
 * on the purger's steady clock, and takes the row away in the same step that finds the count unchanged. A member that finds
 * its row gone enters again, hears what was posted meanwhile, and only then holds a lease.
 */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../guard/contract/refusal.ts';
import type { PurgeMember, Reference, VaultStore } from '../guard/contract/vault.ts';

export interface PurgeMessage {
  readonly number: number;
  readonly reference: Reference;
}

export interface MemberRow {
  readonly name: string;
  readonly renewals: number;
  readonly leaseMs: number;
  /** Number of the last message that it confirmed. */
  readonly seen: number;
  /** When it was renewed, by the writer's clock: for people alone. */
  readonly renewedAt: number;
}

/** Every call that changes something is atomic and durable. */
export interface PurgeBoard {
  /** Adds a member, or takes the row of its name over. @returns number of the newest message */
  enter(name: string, leaseMs: number): Promise<number>;
  /** False: it was given up. */
  renew(name: string, seen: number): Promise<boolean>;
  leave(name: string): Promise<void>;
  /** Takes a member's row away if it still has this count of renewals. */
  giveUp(name: string, renewals: number): Promise<boolean>;
  members(): readonly MemberRow[] | Promise<readonly MemberRow[]>;
  /** @returns its number */
  post(reference: Reference): Promise<number>;
  /** Oldest first, not more than a few hundred. */
  after(number: number): readonly PurgeMessage[] | Promise<readonly PurgeMessage[]>;
}

export interface Purging extends Pick<VaultStore, 'join' | 'purge'> {
  /** There may be news. */
  wake(): void;
  /** Ends every membership of this process. */
  close(): Promise<void>;
}

interface Membership extends PurgeMember {
  readonly name: string;
  wake(): void;
}

/** @param pollMs how often members look for messages when nobody wakes them */
export function createPurging(board: PurgeBoard, pollMs: number): Purging {
  const memberships = new Set<Membership>();

  async function join(gateway: string, leaseMs: number, onPurge: (reference: Reference) => void): Promise<PurgeMember> {
    const name = `${gateway}#${randomBytes(6).toString('base64url')}`;
    const watch = createWatch(board);
    const pause = Math.min(pollMs, leaseMs / 6);
    const began = steadyNow();
    let seen = await board.enter(name, leaseMs);
    let renewedAt = began;
    let heldUntil = began + leaseMs;
    let given = false;
    let left = false;
    let again = false;
    let timer: NodeJS.Timeout | undefined;
    let turn: Promise<void> | undefined;

    async function hear(): Promise<boolean> {
      const from = seen;
      for (;;) {
        const messages = await board.after(seen);
        if (messages.length === 0) return seen !== from;
        for (const { number, reference } of messages) {
          onPurge(reference);
          seen = number;
        }
      }
    }

    async function look(): Promise<void> {
      const start = steadyNow();
      if (given) {
        await board.enter(name, leaseMs);
        given = false;
        renewedAt = Number.NEGATIVE_INFINITY;
      }
      const news = await hear();
      if (left || (!news && start - renewedAt < leaseMs / 3)) return;
      if (await board.renew(name, seen)) {
        renewedAt = start;
        heldUntil = start + leaseMs;
        for (const row of await board.members()) {
          // Twice its lease: whoever purges comes first, and counts it.
          if (row.name !== name) await watch.over(row, row.leaseMs * 2);
        }
      } else {
        given = true;
        again = true;
      }
    }

    function schedule(delay: number): void {
      clearTimeout(timer);
      if (left) return;
      timer = setTimeout(run, delay);
      timer.unref();
    }

    function run(): void {
      if (turn !== undefined) {
        again = true;
        return;
      }
      again = false;
      turn = look()
        // Without a renewal the lease ends by itself: nothing else is to be done about a store that is away.
        .catch(() => {})
        .finally(() => {
          turn = undefined;
          schedule(again ? 0 : pause);
        });
    }

    const membership: Membership = {
      name,
      wake: run,
      held: () => !left && steadyNow() < heldUntil,
      async leave() {
        if (left) return;
        left = true;
        clearTimeout(timer);
        memberships.delete(membership);
        await turn;
        // A row that stays is given up by the others in time.
        await board.leave(name).catch(() => {});
      },
    };
    memberships.add(membership);
    schedule(pause);
    return membership;
  }

  async function purge(reference: Reference, timeoutMs: number): ReturnType<VaultStore['purge']> {
    const start = steadyNow();
    const number = await board.post(reference);
    for (const membership of memberships) membership.wake();
    const watch = createWatch(board);
    const confirmed = new Set<string>();
    const waiting = new Set<string>();
    let expired = 0;
    for (;;) {
      const rows = await board.members();
      const here = new Set(rows.map(({ name }) => name));
      for (const name of waiting) {
        // It left by itself, or another one gave it up.
        if (!here.has(name) && waiting.delete(name)) expired++;
      }
      for (const row of rows) {
        if (confirmed.has(row.name)) continue;
        waiting.add(row.name);
        if (row.seen >= number) {
          confirmed.add(row.name);
          waiting.delete(row.name);
        } else if (await watch.over(row, row.leaseMs)) {
          waiting.delete(row.name);
          expired++;
        }
      }
      if (waiting.size === 0) return { confirmed: confirmed.size, expired };
      if (steadyNow() - start >= timeoutMs) {
        throw new Refusal(
          'unavailable',
          `vault: ${waiting.size} gateways have not confirmed yet that they forgot a key`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(25, pollMs)));
    }
  }

  return {
    join,
    purge,
    wake() {
      for (const membership of memberships) membership.wake();
    },
    async close() {
      await Promise.all([...memberships].map((membership) => membership.leave()));
    },
  };
}

/** Looks at members again and again, and gives up those that do not renew. */
function createWatch(board: PurgeBoard) {
  const last = new Map<string, { renewals: number; since: number }>();
  return {
    /** Whether it was given up just now: no renewal was seen for `patience` ms. */
    async over({ name, renewals }: MemberRow, patience: number): Promise<boolean> {
      const before = last.get(name);
      if (before?.renewals !== renewals) {
        last.set(name, { renewals, since: steadyNow() });
        return false;
      }
      if (steadyNow() - before.since < patience) return false;
      last.delete(name);
      return await board.giveUp(name, renewals);
    },
  };
}

/** ms; never set back or forward. */
function steadyNow(): number {
  return performance.now();
}
