/**
 * Tells alarms to a webhook. A body is `{ "type": "postern.alarm", … }` without any value of a document or a person; with a
 * secret it is signed:
 *
 *   postern-signature: t=<ms since the epoch>,v1=<hex HMAC-SHA-256 of "<t>.<body>">
 */
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { jsonSender } from './post.ts';

/** Alarms that wait to be told; beyond it the newest are counted only. */
const MAX_WAITING = 1_000;
const TRIES_AFTER_MS = [0, 1_000, 5_000, 30_000];

export interface Webhook {
  tell(alarm: Readonly<Record<string, string | number | null>>): void;
  /** Drops what waits. */
  close(): void;
}

export interface WebhookOptions {
  readonly secret: string | null;
  /** For the operator's log; holds no body. */
  readonly onFailure: (reason: string) => void;
  readonly pauses?: readonly number[];
  readonly now?: () => number;
}

/** @throws PosternError `E_GUARD` */
export function createWebhook(url: string, options: WebhookOptions): Webhook {
  const { secret, onFailure, pauses = TRIES_AFTER_MS, now = Date.now } = options;
  const send = jsonSender(url, 'the webhook');
  const waiting: string[] = [];
  const ending = new AbortController();
  let busy = false;
  let dropped = 0;

  async function work(): Promise<void> {
    for (let body = waiting.shift(); body !== undefined && !ending.signal.aborted; body = waiting.shift()) {
      await deliver(body);
    }
    busy = false;
  }

  async function deliver(body: string): Promise<void> {
    let reason = '';
    for (const pause of pauses) {
      await wait(pause, undefined, { signal: ending.signal, ref: false }).catch(() => {});
      if (ending.signal.aborted) return;
      try {
        const status = await send(body, secret === null ? {} : { 'postern-signature': sign(body, secret, now()) });
        if (status >= 200 && status < 300) return;
        reason = `status ${status}`;
        // What it does not understand it will not understand later.
        if (status >= 400 && status < 500 && status !== 408 && status !== 429) break;
      } catch (error) {
        reason = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      }
    }
    onFailure(reason);
  }

  return {
    tell(alarm) {
      if (waiting.length >= MAX_WAITING) {
        dropped++;
        if (dropped === 1) onFailure('too many alarms wait; further ones are in the journal only');
        return;
      }
      dropped = 0;
      waiting.push(JSON.stringify({ type: 'postern.alarm', ...alarm }));
      if (busy) return;
      busy = true;
      void work();
    },
    close() {
      ending.abort();
      waiting.length = 0;
    },
  };
}

function sign(body: string, secret: string, time: number): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
