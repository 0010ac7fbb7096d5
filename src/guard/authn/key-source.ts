/**
 * The keys of one issuer as they are now.
 *
 * Loaded at start and again in the background when they grow old. A key that the issuer no longer lists dies with the load
 * that misses it, and everything it verified with it. While loading fails the last keys hold for `STALE`, then none does:
 * without keys every token is refused as `unavailable`. A token with an unknown `kid` makes one load per `COOLDOWN`, for all.
 */
import { stat } from 'node:fs/promises';
import { Refusal } from '../contract/refusal.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { type GetDocument, getDocument } from './fetch.ts';
import type { PublicJwk } from './jwk.ts';
import { findKey, type KeySet, readKeySet } from './key-set.ts';
import { keyLoader } from './load-keys.ts';
import { Unauthenticated } from './refuse.ts';

const DEFAULT_AGE = 5 * 60_000;
const MIN_AGE = 60_000;
const MAX_AGE = 60 * 60_000;
const STALE = 4 * 60 * 60_000;
const COOLDOWN = 30_000;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 60_000;
const FILE_POLL = 2_000;

export interface KeySource {
  /** The key for a token's header. A promise only while keys are being loaded. @throws Refusal `unavailable`, Unauthenticated */
  find(kid: string | null, algorithm: string, now: number): PublicJwk | Promise<PublicJwk>;
  /** Whether a key that was found before still stands. */
  holds(key: PublicJwk, now: number): boolean;
  ready(now: number): boolean;
  /** Loads at once; resolves when that is over, whatever came of it. */
  refresh(): Promise<void>;
  close(): void;
}

export interface KeySourceOptions {
  readonly get?: GetDocument;
  readonly now: () => number;
  readonly log: (message: string) => void;
}

export function createKeySource(issuer: IssuerConfig, options: KeySourceOptions): KeySource {
  return new LoadedKeys(issuer, options);
}

class LoadedKeys implements KeySource {
  readonly #issuer: IssuerConfig;
  readonly #load: () => Promise<{ bytes: Uint8Array; maxAge: number | null }>;
  readonly #now: () => number;
  readonly #log: (message: string) => void;
  #set: KeySet | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #version = '';
  #said = '';
  #closed = false;

  constructor(issuer: IssuerConfig, options: KeySourceOptions) {
    this.#issuer = issuer;
    this.#load = keyLoader(issuer, options.get ?? getDocument);
    this.#now = options.now;
    this.#log = options.log;
    void this.refresh();
  }

  find(kid: string | null, algorithm: string, now: number): PublicJwk | Promise<PublicJwk> {
    if (this.#current(now)) {
      const key = this.#pick(kid, algorithm, now);
      if (key) return key;
      if (this.#loading === undefined && now - this.#askedAt < COOLDOWN)
        throw new Unauthenticated('token.kid: unknown');
      return this.refresh().then(() => this.#pick(kid, algorithm, now) ?? fail('token.kid: unknown'));
    }
    // The retry timer alone decides when to try again: requests must not drive the issuer's load.
    if (this.#loading === undefined) throw this.#unavailable();
    return this.#loading.then(() => {
      if (!this.#current(now)) throw this.#unavailable();
      return this.#pick(kid, algorithm, now) ?? fail('token.kid: unknown');
    });
  }

  holds(key: PublicJwk, now: number): boolean {
    return this.#set?.keys.has(key) === true && now - this.#loadedAt < STALE;
  }

  ready(now: number): boolean {
    return this.#current(now) !== undefined;
  }

  refresh(): Promise<void> {
    this.#loading ??= this.#run().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #current(now: number): KeySet | undefined {
    return now - this.#loadedAt < STALE ? this.#set : undefined;
  }

  #pick(kid: string | null, algorithm: string, now: number): PublicJwk | undefined {
    const set = this.#current(now);
    const key = set && findKey(set, kid, algorithm);
    return key === 'ambiguous' ? fail('token.kid: several keys could be meant') : key;
  }

  #unavailable(): Refusal {
    return new Refusal('unavailable', `keys of the issuer ${this.#issuer.name}: none that may be trusted`);
  }

  async #run(): Promise<void> {
    this.#askedAt = this.#now();
    let next: number;
    try {
      const { bytes, maxAge } = await this.#load();
      this.#set = readKeySet(bytes, this.#issuer.algorithms, this.#set?.keys);
      this.#loadedAt = this.#now();
      this.#failures = 0;
      next = Math.min(Math.max(maxAge ?? DEFAULT_AGE, MIN_AGE), MAX_AGE);
      this.#say(this.#set.notes.length > 0 ? `left out ${this.#set.notes.join('; ')}` : '');
    } catch (error) {
      next = Math.min(FIRST_RETRY * 2 ** this.#failures, LAST_RETRY);
      this.#failures += 1;
      this.#say(`cannot be loaded: ${reasonOf(error)}`);
    }
    this.#schedule(next);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const { keys } = this.#issuer;
    const file = keys.kind === 'file' ? keys.path : undefined;
    const again = file === undefined ? () => this.refresh() : () => this.#poll(file);
    this.#timer = setTimeout(() => void again(), file === undefined ? delay : FILE_POLL);
    this.#timer.unref();
  }

  /** A file is asked for its version often and read when that changed, or when it could not be read before. */
  async #poll(path: string): Promise<void> {
    const version = await stat(path)
      .then((s) => `${s.ino}:${s.size}:${s.mtimeMs}`)
      .catch(() => 'none');
    if (version === this.#version && this.#failures === 0) {
      this.#loadedAt = this.#now();
      this.#schedule(FILE_POLL);
      return;
    }
    this.#version = version;
    await this.refresh();
  }

  /** Says a thing once, not at every retry. */
  #say(what: string): void {
    if (what !== this.#said && what !== '') this.#log(`keys of the issuer ${this.#issuer.name}: ${what}`);
    this.#said = what;
  }
}

function fail(detail: string): never {
  throw new Unauthenticated(detail);
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
