/**
 * API keys as the official clients send them: `Authorization: ApiKey BASE64(id ":" secret)`.
 *
 * An unknown id does the work of a known one, and digests are compared in constant time. A file that breaks while the gateway
 * runs leaves the last keys in force for `GRACE`; then no key is accepted.
 */
import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import { type ApiKey, readApiKeys } from './api-key-file.ts';
import { digestScrypt, digestSha256, type SecretHash, sameDigest } from './api-key-hash.ts';
import { decodeBase64 } from './base64url.ts';
import { Unauthenticated } from './refuse.ts';

export interface ApiKeys {
  /** At once for random secrets. @throws Unauthenticated, Refusal `unavailable` */
  verify(credentials: string, now: number): ApiKey | Promise<ApiKey>;
  refresh(): void;
  close(): void;
}

interface ApiKeyOptions {
  readonly now: () => number;
  readonly log: (message: string) => void;
}

const POLL = 1_000;
const GRACE = 60_000;
const MAX_CREDENTIALS = 1024;
/** scrypt takes 50 ms and 16 MiB: no more than this many at once and waiting. */
const MAX_SCRYPT = 8;
const MAX_REMEMBERED = 1_000;
const COLON = 0x3a;

/** @throws PosternError `E_CONFIG_INVALID` when the file cannot be read at start */
export function createApiKeys(path: string, options: ApiKeyOptions): ApiKeys {
  return new Verifier(path, options);
}

class Verifier implements ApiKeys {
  readonly #path: string;
  readonly #options: ApiKeyOptions;
  readonly #timer: NodeJS.Timeout;
  /** Secrets whose scrypt was done: SHA-256 of the credentials to the key as it was then. */
  readonly #remembered = new LRUCache<string, ApiKey>({ max: MAX_REMEMBERED });
  #keys: ReadonlyMap<string, ApiKey> = new Map();
  #dummy: SecretHash = NOBODY;
  #version = '';
  #brokenSince = Number.POSITIVE_INFINITY;
  #scrypts = 0;

  constructor(path: string, options: ApiKeyOptions) {
    this.#path = path;
    this.#options = options;
    try {
      this.#read();
    } catch (error) {
      throw new PosternError('E_CONFIG_INVALID', `the API keys cannot be read: ${reasonOf(error)}`, { at: { path } });
    }
    this.#timer = setInterval(() => this.#poll(), POLL);
    this.#timer.unref();
  }

  verify(credentials: string, now: number): ApiKey | Promise<ApiKey> {
    if (now - this.#brokenSince > GRACE) throw new Refusal('unavailable', 'api keys: the file cannot be read');
    const { id, secret } = parse(credentials);
    const key = this.#keys.get(id);
    const against = key?.hash ?? this.#dummy;
    if (against.kind === 'sha256') {
      return standing(key, sameDigest(digestSha256(against.salt, secret), against.digest), now);
    }
    const digest = hash('sha256', credentials, 'base64url');
    // The object and not the id: a key that was changed in the file is another one.
    if (key !== undefined && this.#remembered.get(digest) === key) return standing(key, true, now);
    return this.#slow(key, against, secret, digest, now);
  }

  async #slow(
    key: ApiKey | undefined,
    against: SecretHash,
    secret: Uint8Array,
    digest: string,
    now: number,
  ): Promise<ApiKey> {
    if (this.#scrypts >= MAX_SCRYPT) throw new Refusal('unavailable', 'api key: too many slow hashes at once');
    this.#scrypts += 1;
    try {
      const same = sameDigest(await digestScrypt(against.salt, secret, against.log2N), against.digest);
      // The file may have been read again meanwhile.
      const current = key && this.#keys.get(key.id) === key ? key : undefined;
      const proven = standing(current, same, now);
      this.#remembered.set(digest, proven);
      return proven;
    } finally {
      this.#scrypts -= 1;
    }
  }

  refresh(): void {
    try {
      this.#read();
    } catch (error) {
      if (this.#brokenSince !== Number.POSITIVE_INFINITY) return;
      this.#brokenSince = this.#options.now();
      this.#options.log(`the API keys cannot be read, the last ones hold for a minute: ${reasonOf(error)}`);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#remembered.clear();
  }

  #read(): void {
    this.#version = versionOf(this.#path);
    this.#keys = readApiKeys(this.#path);
    // What an unknown id costs must not tell it from the costliest known one.
    const slowest = [...this.#keys.values()].map((key) => key.hash).sort((a, b) => b.log2N - a.log2N)[0];
    this.#dummy = { ...NOBODY, kind: slowest?.kind ?? 'sha256', log2N: slowest?.log2N ?? 0 };
    this.#brokenSince = Number.POSITIVE_INFINITY;
    this.#remembered.clear();
  }

  #poll(): void {
    if (this.#brokenSince !== Number.POSITIVE_INFINITY || versionOf(this.#path) !== this.#version) this.refresh();
  }
}

/** The digest of nothing: no secret has it, and a match would not help, since there is no key. */
const NOBODY: SecretHash = { kind: 'sha256', log2N: 0, salt: Buffer.alloc(16), digest: Buffer.alloc(32) };

function parse(credentials: string): { id: string; secret: Uint8Array } {
  const bytes = credentials.length <= MAX_CREDENTIALS ? decodeBase64(credentials) : undefined;
  const colon = bytes?.indexOf(COLON) ?? -1;
  if (!bytes || colon < 1 || colon === bytes.length - 1) throw new Unauthenticated('api key: not base64 of id:secret');
  return { id: bytes.toString('latin1', 0, colon), secret: bytes.subarray(colon + 1) };
}

function standing(key: ApiKey | undefined, same: boolean, now: number): ApiKey {
  if (!key || !same) throw new Unauthenticated('api key: unknown id or wrong secret');
  if (key.revoked) throw new Unauthenticated('api key: revoked');
  if (key.expiresAt !== null && now >= key.expiresAt) throw new Unauthenticated('api key: expired');
  return key;
}

function versionOf(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts ? `${facts.ino}:${facts.size}:${facts.mtimeMs}:${facts.mode}` : 'none';
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
