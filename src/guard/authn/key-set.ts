/** A JSON Web Key Set (RFC 7517 section 5): `{"keys": [ jwk, … ]}`. Keys that cannot be used are left out and noted. */
import { isJsonObject } from '../json/value.ts';
import { importJwk, type PublicJwk } from './jwk.ts';
import { readObject } from './jws.ts';
import { Unauthenticated } from './refuse.ts';

const MAX_KEYS = 100;
const MAX_MODULUS_BYTES = 1024;

export interface KeySet {
  readonly keys: ReadonlySet<PublicJwk>;
  /** Why keys were left out, for the operator: positions and members, never values. */
  readonly notes: readonly string[];
}

/**
 * @param algorithms of the issuer
 * @param known keys of the set before: a key that stays is the same object, so that what it verified stays verified
 * @throws Unauthenticated when it is no key set, or holds no usable key
 */
export function readKeySet(bytes: Uint8Array, algorithms: readonly string[], known: Iterable<PublicJwk> = []): KeySet {
  const { keys: list } = readObject(bytes, 'key set');
  if (!Array.isArray(list)) throw new Unauthenticated('key set: no list of keys');
  if (list.length > MAX_KEYS) throw new Unauthenticated('key set: too many keys');
  const before = new Map([...known].map((key) => [identity(key), key]));
  const keys = new Set<PublicJwk>();
  const notes: string[] = [];
  for (const [at, jwk] of list.entries()) {
    try {
      if (!isJsonObject(jwk)) throw new Unauthenticated('jwk: not an object');
      const key = importJwk(jwk, MAX_MODULUS_BYTES);
      if (!algorithms.some((name) => key.algorithms.has(name)))
        throw new Unauthenticated('jwk: for no algorithm of the issuer');
      keys.add(before.get(identity(key)) ?? key);
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error;
      notes.push(`keys[${at}]: ${error.detail}`);
    }
  }
  if (keys.size === 0) throw new Unauthenticated(`key set: no usable key (${notes.join('; ') || 'it is empty'})`);
  return { keys, notes };
}

/** The key that a header names; `ambiguous` when it could be several. Without a `kid` there must be one of its algorithm. */
export function findKey(set: KeySet, kid: string | null, algorithm: string): PublicJwk | 'ambiguous' | undefined {
  let found: PublicJwk | undefined;
  for (const key of set.keys) {
    if (!key.algorithms.has(algorithm) || (kid !== null && key.kid !== kid)) continue;
    if (found) return 'ambiguous';
    found = key;
  }
  return found;
}

function identity(key: PublicJwk): string {
  return JSON.stringify([key.kid, key.thumbprint, ...key.algorithms]);
}
