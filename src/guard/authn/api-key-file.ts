/**
 * The file of API keys: JSON, mode 0600, read again when it changes.
 *
 *   [ { "id": "reports", "hash": "sha256$…", "roles": ["…"], "claims": { … }, "expires": "2027-01-31T00:00:00Z", "revoked": true } ]
 *
 * `id` and `hash` are required. `roles` are names of the policy's roles that the key has beside those that match it.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/value.ts';
import { parseSecretHash, type SecretHash } from './api-key-hash.ts';
import { readObject } from './jws.ts';

export interface ApiKey {
  readonly id: string;
  readonly hash: SecretHash;
  readonly roles: readonly string[];
  readonly claims: JsonObject;
  /** ms since the epoch. */
  readonly expiresAt: number | null;
  readonly revoked: boolean;
}

const MEMBERS = new Set(['id', 'hash', 'roles', 'claims', 'expires', 'revoked']);
const MAX_BYTES = 16 * 1024 * 1024;
export const API_KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;

/** @throws Error that names the entry and member, never a value */
export function readApiKeys(path: string): ReadonlyMap<string, ApiKey> {
  const keys = new Map<string, ApiKey>();
  for (const [at, entry] of readList(readClosedFile(path)).entries()) {
    const key = readEntry(entry, `[${at}]`);
    if (keys.has(key.id)) throw new Error(`[${at}].id: there twice`);
    keys.set(key.id, key);
  }
  return keys;
}

/** The list inside is an array, which `readObject` would refuse: it is read as the one member of an object. */
function readList(bytes: Uint8Array): readonly Json[] {
  const { keys } = readObject(Buffer.concat([Buffer.from('{"keys":'), bytes, Buffer.from('}')]), 'api keys');
  if (!Array.isArray(keys)) throw new Error('not a list of keys');
  return keys;
}

function readEntry(entry: Json, at: string): ApiKey {
  if (!isJsonObject(entry)) throw new Error(`${at}: not an object`);
  for (const member of Object.keys(entry)) if (!MEMBERS.has(member)) throw new Error(`${at}: an unknown member`);
  const { id, hash, roles = [], claims = jsonObject([]), expires, revoked = false } = entry;
  if (typeof id !== 'string' || !API_KEY_ID.test(id)) throw new Error(`${at}.id: expected letters, digits, . _ and -`);
  const parsed = typeof hash === 'string' ? parseSecretHash(hash) : undefined;
  if (!parsed) throw new Error(`${at}.hash: expected sha256$… or scrypt$…`);
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string'))
    throw new Error(`${at}.roles: expected a list of names`);
  if (!isJsonObject(claims)) throw new Error(`${at}.claims: expected an object`);
  if (typeof revoked !== 'boolean') throw new Error(`${at}.revoked: expected true or false`);
  return { id, hash: parsed, roles, claims: Object.freeze(claims), expiresAt: instant(expires, at), revoked };
}

function instant(value: Json | undefined, at: string): number | null {
  if (value === undefined || value === null) return null;
  const time = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`${at}.expires: expected a time such as 2027-01-31T00:00:00Z`);
  return time;
}

function readClosedFile(path: string): Buffer {
  // O_NONBLOCK: a named pipe in its place must not stop the process.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new Error('not a regular file');
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) throw new Error('others may read it: chmod 600');
    if (facts.size > MAX_BYTES) throw new Error('the file is too large');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
