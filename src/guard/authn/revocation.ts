/**
 * What an issuer's tokens were revoked by: `{ "jti": […], "sub": […], "kid": […] }`, read again when the file changes.
 *
 * A file that cannot be read or understood any more leaves the last list in force for `GRACE` – long enough for a writer who
 * does not replace it in one step – and after that nothing of this issuer is accepted.
 */
import { readFileSync, statSync } from 'node:fs';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Json } from '../json/value.ts';
import { readObject } from './jws.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const POLL = 1_000;
const GRACE = 60_000;
const LISTS = ['jti', 'sub', 'kid'] as const;

type Lists = Readonly<Record<(typeof LISTS)[number], ReadonlySet<string>>>;

export interface Revocations {
  /** @throws Refusal `unavailable` when the list cannot be known */
  revoked(token: { jti: string | null; subject: string; kid: string | null }, now: number): boolean;
  /** Reads the file at once. */
  refresh(): void;
  close(): void;
}

const NONE: Revocations = { revoked: () => false, refresh() {}, close() {} };

interface RevocationOptions {
  readonly now: () => number;
  readonly log: (message: string) => void;
}

/** @throws PosternError `E_CONFIG_INVALID` when the file cannot be read at start */
export function createRevocations(path: string | null, options: RevocationOptions): Revocations {
  return path === null ? NONE : new RevocationFile(path, options);
}

class RevocationFile implements Revocations {
  readonly #path: string;
  readonly #options: RevocationOptions;
  readonly #timer: NodeJS.Timeout;
  #lists: Lists;
  #version: string;
  #brokenSince = Number.POSITIVE_INFINITY;

  constructor(path: string, options: RevocationOptions) {
    this.#path = path;
    this.#options = options;
    this.#version = versionOf(path);
    try {
      this.#lists = readLists(path);
    } catch (error) {
      throw new PosternError('E_CONFIG_INVALID', `the list of revoked tokens cannot be read: ${reasonOf(error)}`, {
        at: { path },
        hint: 'Write {"jti": [], "sub": [], "kid": []} into it to revoke nothing.',
      });
    }
    this.#timer = setInterval(() => this.#poll(), POLL);
    this.#timer.unref();
  }

  revoked(token: { jti: string | null; subject: string; kid: string | null }, now: number): boolean {
    if (now - this.#brokenSince > GRACE) throw new Refusal('unavailable', 'revocations: the list cannot be read');
    return (
      this.#lists.sub.has(token.subject) ||
      (token.jti !== null && this.#lists.jti.has(token.jti)) ||
      (token.kid !== null && this.#lists.kid.has(token.kid))
    );
  }

  refresh(): void {
    this.#version = versionOf(this.#path);
    try {
      this.#lists = readLists(this.#path);
      this.#brokenSince = Number.POSITIVE_INFINITY;
    } catch (error) {
      if (this.#brokenSince !== Number.POSITIVE_INFINITY) return;
      this.#brokenSince = this.#options.now();
      this.#options.log(
        `the list of revoked tokens cannot be read, the last one holds for a minute: ${reasonOf(error)}`,
      );
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    if (this.#brokenSince !== Number.POSITIVE_INFINITY || versionOf(this.#path) !== this.#version) this.refresh();
  }
}

function readLists(path: string): Lists {
  if (statSync(path).size > MAX_BYTES) throw new Error('the file is too large');
  const document = readObject(readFileSync(path), 'revocations');
  for (const key of Object.keys(document)) {
    if (!LISTS.some((name) => name === key)) throw new Error('it holds a key other than jti, sub and kid');
  }
  return { jti: strings(document.jti), sub: strings(document.sub), kid: strings(document.kid) };
}

function strings(value: Json | undefined): ReadonlySet<string> {
  const list = value ?? [];
  if (!Array.isArray(list)) throw new Error('a list is not a list');
  return new Set(
    list.map((one) => {
      if (typeof one !== 'string') throw new Error('a list holds something else than strings');
      return one;
    }),
  );
}

function versionOf(path: string): string {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts ? `${facts.ino}:${facts.size}:${facts.mtimeMs}` : 'none';
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : error instanceof Error
      ? error.message
      : 'unknown';
}
