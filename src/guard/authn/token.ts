/**
 * Access tokens: JWS-signed JWTs (RFC 9068, RFC 8725) of the issuers of the policy.
 *
 * A verified token is kept by its SHA-256 with what was proven: issuer, claims, key. Only facts are kept. That the key still
 * stands, the token has not ended and is not revoked is looked at every time, and what it may do is not decided here at all.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PosternError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { verifySignature } from './algorithms.ts';
import { type Facts, readClaims } from './claims.ts';
import type { PublicJwk } from './jwk.ts';
import { type Jws, openJws, readObject } from './jws.ts';
import { createKeySource, type KeySource, type KeySourceOptions } from './key-source.ts';
import { Unauthenticated } from './refuse.ts';
import { createRevocations, type Revocations } from './revocation.ts';
import { readTokenHeader, type TokenHeader } from './token-header.ts';

export const MAX_TOKEN_LENGTH = 8 * 1024;
const MAX_CACHED_TOKENS = 50_000;
/** Characters of the tokens that are remembered at once; what is kept of one is a few times its length. */
const MAX_CACHED_LENGTH = 32 * 1024 * 1024;

export interface VerifiedToken extends Facts {
  readonly issuer: IssuerConfig;
  /** Frozen, without prototypes. */
  readonly claims: JsonObject;
  /** SHA-256 of the token, base64url: a proof's `ath`. */
  readonly digest: string;
}

export interface TokenVerifier {
  /** At once for a token that was seen before. @throws Unauthenticated, Refusal `unavailable` */
  verify(token: string, now: number): VerifiedToken | Promise<VerifiedToken>;
  /**
   * Whether the issuer has taken back what a token of it said; true also when there is no such issuer any more.
   *
   * @throws Refusal `unavailable` when that cannot be known
   */
  revoked(issuer: string, token: { readonly jti: string | null; readonly subject: string }, now: number): boolean;
  ready(now: number): boolean;
  /** Loads keys and revocations again, now. */
  refresh(): Promise<void>;
  close(): void;
}

interface Issuer {
  readonly config: IssuerConfig;
  readonly keys: KeySource;
  readonly revocations: Revocations;
  /** Verifiers that use it: one, or two while a new policy takes over. */
  users: number;
}

type Seen = LRUCache<string, Entry>;

interface Entry {
  readonly token: VerifiedToken;
  readonly issuer: Issuer;
  readonly key: PublicJwk;
  readonly length: number;
}

/**
 * @param previous of the policy before: an issuer that did not change keeps its keys and what they verified
 * @throws PosternError `E_CONFIG_INVALID`
 */
export function createTokenVerifier(
  configs: readonly IssuerConfig[],
  options: KeySourceOptions,
  previous?: TokenVerifier,
): TokenVerifier {
  const before = previous instanceof Verifier ? previous : undefined;
  const issuers = new Map<string, Issuer>();
  try {
    for (const config of configs) {
      if (issuers.has(config.issuer)) throw new PosternError('E_CONFIG_INVALID', 'two issuers have the same `issuer`');
      issuers.set(config.issuer, before?.issuer(config) ?? createIssuer(config, options));
    }
  } catch (error) {
    for (const issuer of issuers.values()) if (issuer.users === 0) closeIssuer(issuer);
    throw error;
  }
  return new Verifier(issuers, before?.seen);
}

function createIssuer(config: IssuerConfig, options: KeySourceOptions): Issuer {
  const revocations = createRevocations(config.revoked, options);
  return { config, revocations, keys: createKeySource(config, options), users: 0 };
}

function closeIssuer({ keys, revocations }: Issuer): void {
  keys.close();
  revocations.close();
}

class Verifier implements TokenVerifier {
  readonly seen: Seen;
  readonly #issuers: ReadonlyMap<string, Issuer>;

  constructor(issuers: ReadonlyMap<string, Issuer>, seen: Seen | undefined) {
    this.#issuers = issuers;
    for (const issuer of issuers.values()) issuer.users += 1;
    this.seen =
      seen ??
      new LRUCache<string, Entry>({
        max: MAX_CACHED_TOKENS,
        maxSize: MAX_CACHED_LENGTH,
        sizeCalculation: (entry) => entry.length,
      });
  }

  /** The issuer that is configured in exactly this way. */
  issuer(config: IssuerConfig): Issuer | undefined {
    const issuer = this.#issuers.get(config.issuer);
    return issuer && JSON.stringify(issuer.config) === JSON.stringify(config) ? issuer : undefined;
  }

  verify(token: string, now: number): VerifiedToken | Promise<VerifiedToken> {
    // Before the hash: the length bounds it.
    if (token.length > MAX_TOKEN_LENGTH) throw new Unauthenticated('token: too long');
    const digest = hash('sha256', token, 'base64url');
    const entry = this.seen.get(digest);
    if (entry) {
      // The issuer may be one that a new policy changed or dropped.
      const mine = this.#issuers.get(entry.issuer.config.issuer) === entry.issuer;
      if (mine && entry.issuer.keys.holds(entry.key, now)) return stillGood(entry, now);
    }
    return this.#fresh(token, digest, now);
  }

  #fresh(text: string, digest: string, now: number): VerifiedToken | Promise<VerifiedToken> {
    const jws = openJws(text, 'token', MAX_TOKEN_LENGTH);
    const claims = readObject(jws.payload, 'token claims');
    const issuer = typeof claims.iss === 'string' ? this.#issuers.get(claims.iss) : undefined;
    if (!issuer) throw new Unauthenticated('token.iss: not a known issuer');
    const header = readTokenHeader(readObject(jws.header, 'token header'), issuer.config);
    // Cheap checks before the costly one; nothing is believed until the signature holds.
    const facts = readClaims(claims, issuer.config, now);
    const finish = (key: PublicJwk): VerifiedToken => {
      const verified: VerifiedToken = Object.freeze({ ...facts, issuer: issuer.config, claims, digest });
      return this.#prove(jws, header, key, { token: verified, issuer, key, length: text.length }, now);
    };
    const key = issuer.keys.find(header.kid, header.algorithm, now);
    return key instanceof Promise ? key.then(finish) : finish(key);
  }

  #prove(jws: Jws, header: TokenHeader, key: PublicJwk, entry: Entry, now: number): VerifiedToken {
    if (!verifySignature(header.algorithm, key.key, jws.input, jws.signature)) {
      throw new Unauthenticated('token: the signature does not hold');
    }
    const token = stillGood(entry, now);
    deepFreeze(token.claims);
    this.seen.set(token.digest, entry);
    return token;
  }

  revoked(
    issuer: string,
    { jti, subject }: { readonly jti: string | null; readonly subject: string },
    now: number,
  ): boolean {
    return this.#issuers.get(issuer)?.revocations.revoked({ jti, subject, kid: null }, now) ?? true;
  }

  ready(now: number): boolean {
    for (const { keys } of this.#issuers.values()) if (!keys.ready(now)) return false;
    return true;
  }

  async refresh(): Promise<void> {
    for (const { revocations } of this.#issuers.values()) revocations.refresh();
    await Promise.all([...this.#issuers.values()].map(({ keys }) => keys.refresh()));
  }

  close(): void {
    for (const issuer of this.#issuers.values()) {
      issuer.users -= 1;
      if (issuer.users === 0) closeIssuer(issuer);
    }
  }
}

function stillGood(entry: Entry, now: number): VerifiedToken {
  const { token, issuer, key } = entry;
  if (now >= token.expiresAt) throw new Unauthenticated('token.exp: over');
  if (issuer.revocations.revoked({ jti: token.jti, subject: token.subject, kid: key.kid }, now)) {
    throw new Unauthenticated('token: revoked');
  }
  return token;
}

/** The depth is bounded by the parser. */
function deepFreeze(value: Json): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
}
