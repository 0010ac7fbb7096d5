/**
 * Used DPoP proofs of several processes on one port: the first process remembers them for all, so that a proof is good once
 * and not once in each.
 */
import type { Worker } from 'node:cluster';
import { createMemoryReplayStore, type ReplayStore } from '../authn/index.ts';
import { Refusal } from '../contract/refusal.ts';

interface Question {
  readonly kind: 'postern-replay-question';
  readonly number: number;
  readonly jkt: string;
  readonly jti: string;
  readonly expiresAt: number;
}
interface Reply {
  readonly kind: 'postern-replay-reply';
  readonly number: number;
  /** Null: it could not be told, and the proof must not be taken. */
  readonly seen: boolean | null;
}

const ANSWER_WITHIN_MS = 2_000;

/** For the first process: answers what the workers ask. */
export function answerReplays(store: ReplayStore = createMemoryReplayStore()): (worker: Worker) => void {
  return (worker) => {
    worker.on('message', async (message: unknown) => {
      if (!isQuestion(message)) return;
      const seen = await askStore(store, message);
      if (worker.isConnected())
        worker.send({ kind: 'postern-replay-reply', number: message.number, seen } satisfies Reply);
    });
  };
}

/** A full memory refuses: that is for the worker to tell its client, and no reason for the first process to end. */
async function askStore(store: ReplayStore, { jkt, jti, expiresAt }: Question): Promise<boolean | null> {
  try {
    return await store.seen(jkt, jti, expiresAt);
  } catch {
    return null;
  }
}

/** For a worker: asks the first process. Without an answer the proof is not accepted. */
export function askReplays(channel: Pick<NodeJS.Process, 'send' | 'on'>): ReplayStore {
  const waiting = new Map<number, (seen: boolean | null) => void>();
  let count = 0;
  channel.on('message', (message: unknown) => {
    if (isReply(message)) waiting.get(message.number)?.(message.seen);
  });
  return {
    seen(jkt, jti, expiresAt) {
      const number = ++count;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(number);
          reject(new Refusal('unavailable', 'the memory of used proofs does not answer'));
        }, ANSWER_WITHIN_MS);
        waiting.set(number, (seen) => {
          clearTimeout(timer);
          waiting.delete(number);
          if (seen === null) reject(new Refusal('unavailable', 'the memory of used proofs is full'));
          else resolve(seen);
        });
        channel.send?.({ kind: 'postern-replay-question', number, jkt, jti, expiresAt } satisfies Question);
      });
    },
  };
}

function isQuestion(value: unknown): value is Question {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'postern-replay-question';
}

function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'postern-replay-reply';
}
