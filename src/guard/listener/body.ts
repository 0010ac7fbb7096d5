/** Reads bodies: bounded each, bounded together, and not slower than the least rate. */
import type { Readable } from 'node:stream';
import { Refusal } from '../contract/refusal.ts';
import type { Answer } from '../contract/request.ts';
import { errorAnswer, refusalAnswer } from '../http/refusal-answer.ts';

export const NO_BODY = new Uint8Array(0);
export const TOO_SLOW: Answer = errorAnswer(
  408,
  'receive_timeout_transport_exception',
  'the request did not come in time',
);

/** A body that keeps to the rate is not looked at before. */
const GRACE = 5000;

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxBodyBytesInFlight: number;
  /** Of these, in bodies that one peer has not finished sending. */
  readonly maxBodyBytesPerPeer: number;
  readonly minBodyRate: number;
  readonly requestTimeout: number;
  /** A body that was refused, for the listener's counters. */
  readonly onMalformed?: (code: string) => void;
}

/** What all bodies of a listener share. */
export class Bodies {
  readonly limits: BodyLimits;
  readonly #reading = new Set<Body>();
  readonly #byPeer = new Map<string, number>();
  #held = 0;

  constructor(limits: BodyLimits) {
    this.limits = limits;
  }

  /** Bytes held by bodies that are being read or whose requests run. */
  get held(): number {
    return this.#held;
  }

  /** @param peer from `peerKey` */
  read(stream: Readable, declared: number, peer: string, done: BodyDone): Body {
    const body = new Body(this, stream, declared, peer, done);
    this.#reading.add(body);
    return body;
  }

  /** @returns whether the bytes may be held */
  take(bytes: number): boolean {
    this.#held += bytes;
    return this.#held <= this.limits.maxBodyBytesInFlight;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** As `take`, for a body that is still being sent: one peer may not hold what all others need. */
  takeFor(peer: string, bytes: number): boolean {
    const ofPeer = (this.#byPeer.get(peer) ?? 0) + bytes;
    this.#byPeer.set(peer, ofPeer);
    return this.take(bytes) && ofPeer <= this.limits.maxBodyBytesPerPeer;
  }

  /** It is sent whole, or given up. Its bytes are held until `release`. */
  finished(body: Body): void {
    if (!this.#reading.delete(body)) return;
    const left = (this.#byPeer.get(body.peer) ?? 0) - body.received;
    if (left <= 0) this.#byPeer.delete(body.peer);
    else this.#byPeer.set(body.peer, left);
  }

  /** Called at every check interval. */
  refuseSlow(now: number): void {
    for (const body of this.#reading) {
      const elapsed = now - body.startedAt;
      if (elapsed < GRACE && elapsed < this.limits.requestTimeout) continue;
      if (elapsed > this.limits.requestTimeout || body.received < (this.limits.minBodyRate * elapsed) / 1000) {
        this.limits.onMalformed?.('slow');
        body.fail(TOO_SLOW);
      }
    }
  }
}

/** Called once, unless the client goes away: with the body, or with the answer that refuses it. */
export type BodyDone = (body: Uint8Array | null, refused: Answer | null) => void;

export class Body {
  readonly startedAt = Date.now();
  received = 0;
  readonly #bodies: Bodies;
  readonly peer: string;
  readonly #declared: number;
  readonly #done: BodyDone;
  #settled = false;
  /** The only chunk as it came, or one buffer that doubles: small chunks cost their bytes, not an object each. */
  #buffer: Uint8Array = NO_BODY;

  /** @param declared Content-Length, or -1 */
  constructor(bodies: Bodies, stream: Readable, declared: number, peer: string, done: BodyDone) {
    this.#bodies = bodies;
    this.peer = peer;
    this.#declared = declared;
    this.#done = done;
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
    stream.on('end', () => this.#end());
    stream.on('error', () => this.#gone());
    stream.on('close', () => this.#gone());
  }

  fail(answer: Answer): void {
    if (this.#settled) return;
    this.#gone();
    this.#done(null, answer);
  }

  #add(chunk: Buffer): void {
    if (this.#settled) return;
    const before = this.received;
    const total = before + chunk.byteLength;
    this.received = total;
    const fits = this.#bodies.takeFor(this.peer, chunk.byteLength);
    if (total > this.#bodies.limits.maxBodyBytes) this.#refuse('too_large');
    else if (!fits) this.#refuse('unavailable');
    else if (before === 0) this.#buffer = chunk;
    else this.#append(chunk, before, total);
  }

  #refuse(code: 'too_large' | 'unavailable'): void {
    this.#bodies.limits.onMalformed?.(code);
    this.fail(refusalAnswer(new Refusal(code)));
  }

  #append(chunk: Buffer, before: number, total: number): void {
    if (total > this.#buffer.byteLength) {
      const doubled = Math.max(total, Math.min(2 * total, this.#bodies.limits.maxBodyBytes));
      const room = this.#declared >= total && this.#declared < doubled ? this.#declared : doubled;
      const grown = Buffer.allocUnsafeSlow(room);
      grown.set(this.#buffer.subarray(0, before));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, before);
  }

  #end(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#bodies.finished(this);
    const whole = this.#buffer.byteLength === this.received ? this.#buffer : this.#buffer.subarray(0, this.received);
    this.#buffer = NO_BODY;
    this.#done(whole, null);
  }

  #gone(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#bodies.finished(this);
    this.#bodies.release(this.received);
    this.#buffer = NO_BODY;
  }
}
