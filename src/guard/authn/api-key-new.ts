/** Making API keys. The secret is shown once, to whoever asked for the key; the file keeps a hash of it. */
import { randomBytes } from 'node:crypto';
import { rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PosternError } from '../../core/errors.ts';
import { printJson } from '../json/index.ts';
import { type Json, type JsonObject, jsonObject } from '../json/value.ts';
import { API_KEY_ID, readApiKeys } from './api-key-file.ts';
import { digestScrypt, digestSha256, printSecretHash } from './api-key-hash.ts';

const SECRET_BYTES = 32;

export interface NewApiKey {
  readonly id: string;
  /** 256 random bits, base64url. Shown once. */
  readonly secret: string;
  /** What a client sends after `ApiKey `, and what the clients call `encoded`. As secret as the secret. */
  readonly encoded: string;
  /** The entry for the file. */
  readonly entry: JsonObject;
}

export interface ApiKeyRequest {
  /** Random unless told. */
  readonly id?: string;
  readonly roles?: readonly string[];
  readonly claims?: JsonObject;
  readonly expires?: Date;
}

/** @throws PosternError `E_USAGE` for an id of another form */
export function createApiKey(request: ApiKeyRequest = {}): NewApiKey {
  const id = request.id ?? randomBytes(12).toString('hex');
  if (!API_KEY_ID.test(id)) throw new PosternError('E_USAGE', 'the id of an API key holds letters, digits, . _ and -');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const salt = randomBytes(16);
  const hash = printSecretHash({ kind: 'sha256', log2N: 0, salt, digest: digestSha256(salt, Buffer.from(secret)) });
  const entry = entryOf({ id, hash, roles: request.roles, claims: request.claims, expires: request.expires });
  return { id, secret, encoded: Buffer.from(`${id}:${secret}`).toString('base64'), entry };
}

/** The `hash` of a secret that somebody thought of. Slow on purpose; a made key needs none of it. */
export async function hashChosenSecret(secret: string, log2N = 15): Promise<string> {
  const salt = randomBytes(16);
  return printSecretHash({ kind: 'scrypt', log2N, salt, digest: await digestScrypt(salt, Buffer.from(secret), log2N) });
}

/**
 * Adds a key to the file, which is made (0600) where there is none and replaced in one step where there is one.
 *
 * @throws PosternError `E_KEY` when the file is not one of ours or cannot be written, `E_USAGE` when the id is taken
 */
export async function addApiKey(path: string, entry: JsonObject): Promise<void> {
  const entries = (await exists(path)) ? readEntries(path) : [];
  if (entries.some((one) => one.id === entry.id))
    throw new PosternError('E_USAGE', 'there is an API key of this id already');
  const text = `[\n${[...entries, entry].map((one) => `  ${printJson(one)}`).join(',\n')}\n]\n`;
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(beside, path);
  } catch (cause) {
    await unlink(beside).catch(() => {});
    throw new PosternError('E_KEY', `the file of API keys ${path} cannot be written`, { cause });
  }
}

/** Entries as they stand, in their order; the file is checked as the gateway checks it before a line of it is believed. */
function readEntries(path: string): readonly JsonObject[] {
  try {
    return [...readApiKeys(path).values()].map(({ expiresAt, hash, ...key }) =>
      entryOf({ ...key, hash: printSecretHash(hash), expires: expiresAt === null ? undefined : new Date(expiresAt) }),
    );
  } catch (cause) {
    throw new PosternError('E_KEY', `the file of API keys ${path} cannot be read`, { cause });
  }
}

interface EntryParts {
  readonly id: string;
  readonly hash: string;
  readonly roles: readonly string[] | undefined;
  readonly claims: JsonObject | undefined;
  readonly expires: Date | undefined;
  readonly revoked?: boolean;
}

/** What is not said is left away. */
function entryOf({ id, hash, roles = [], claims, expires, revoked }: EntryParts): JsonObject {
  const members: [string, Json][] = [
    ['id', id],
    ['hash', hash],
  ];
  if (roles.length > 0) members.push(['roles', roles]);
  if (claims && Object.keys(claims).length > 0) members.push(['claims', claims]);
  if (expires) members.push(['expires', expires.toISOString()]);
  if (revoked) members.push(['revoked', true]);
  return jsonObject(members);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
