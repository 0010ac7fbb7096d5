/**
 * The one place in this room that connects: asks Google to open a token of Play Integrity.
 *
 *   POST https://oauth2.googleapis.com/token
 *        grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=<RS256 JWT of the service account>
 *     →  { access_token, expires_in }
 *   POST https://playintegrity.googleapis.com/v1/<package>:decodeIntegrityToken   { integrity_token }
 *     →  { tokenPayloadExternal: { … } }
 *
 * Off unless a service account is configured. No redirect is followed, no more than `MAX_BYTES` is read, and the whole takes
 * `TIMEOUT` at most. What Google does not take is not proven; when Google cannot be asked, nothing is decided.
 *
 * Sources: developer.android.com "Decrypt and verify on Google's servers"; developers.google.com "Using OAuth 2.0 for Server
 * to Server Applications"; RFC 7523.
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { mayFetch } from '../authn/fetch.ts';
import { Refusal } from '../contract/refusal.ts';
import { parseJson } from '../json/index.ts';
import { isJsonObject, type JsonObject } from '../json/value.ts';
import type { DecodeIntegrityToken } from './verify/play-integrity.ts';
import { Unproven } from './verify/unproven.ts';

export interface ServiceAccount {
  readonly email: string;
  readonly keyId: string | null;
  readonly key: KeyObject;
}

export interface GoogleEndpoints {
  readonly token: string;
  /** Without a slash at the end. */
  readonly integrity: string;
}

export const GOOGLE: GoogleEndpoints = {
  token: 'https://oauth2.googleapis.com/token',
  integrity: 'https://playintegrity.googleapis.com',
};

const SCOPE = 'https://www.googleapis.com/auth/playintegrity';
/** Seconds; the longest that Google permits. */
const ASSERTION_LIFETIME = 3600;
/** An access token is not used in its last minute. */
const MARGIN = 60_000;
const TIMEOUT = 10_000;
const MAX_BYTES = 64 * 1024;

/**
 * @param bytes the JSON key file of a service account
 * @throws Error whose message names the member, never a value
 */
export function readServiceAccount(bytes: Uint8Array): ServiceAccount {
  const { type, client_email: email, private_key_id: keyId, private_key: pem } = objectOf(bytes) ?? {};
  if (type !== 'service_account') throw new Error('not the key file of a service account');
  if (typeof email !== 'string' || email === '') throw new Error('client_email is missing');
  if (typeof pem !== 'string') throw new Error('private_key is missing');
  const key = privateKey(pem);
  if (key?.asymmetricKeyType !== 'rsa') throw new Error('private_key is not an RSA key');
  return { email, keyId: typeof keyId === 'string' ? keyId : null, key };
}

export function createDecoder(account: ServiceAccount, endpoints: GoogleEndpoints = GOOGLE): DecodeIntegrityToken {
  let access: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(now: number): Promise<string> {
    const assertion = assertionOf(account, endpoints.token, now);
    const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    const { status, body } = await post(endpoints.token, 'application/x-www-form-urlencoded', form.toString());
    const { access_token: token, expires_in: seconds } = status === 200 ? (objectOf(body) ?? {}) : {};
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(token) || typeof seconds !== 'number') {
      throw new Refusal('unavailable', `google: the service account was not taken (${status})`);
    }
    access = { token, until: now + seconds * 1000 - MARGIN };
    return token;
  }

  function accessToken(now: number): string | Promise<string> {
    if (access && now < access.until) return access.token;
    asking ??= ask(now).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return async (packageName, token, now) => {
    const url = `${endpoints.integrity}/v1/${encodeURIComponent(packageName)}:decodeIntegrityToken`;
    const text = JSON.stringify({ integrity_token: token });
    const { status, body } = await post(url, 'application/json', text, await accessToken(now));
    if (status === 400) throw new Unproven('token: Google does not take it');
    if (status === 401) access = undefined;
    const payload = status === 200 ? objectOf(body)?.tokenPayloadExternal : undefined;
    if (!isJsonObject(payload)) throw new Refusal('unavailable', `google: no verdict (${status})`);
    return payload;
  };
}

/** RFC 7523, as Google asks for it. */
function assertionOf({ email, keyId, key }: ServiceAccount, audience: string, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) };
  const claims = { iss: email, scope: SCOPE, aud: audience, iat: issuedAt, exp: issuedAt + ASSERTION_LIFETIME };
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function post(
  target: string,
  type: string,
  text: string,
  bearer?: string,
): Promise<{ status: number | undefined; body: Uint8Array }> {
  const url = new URL(target);
  if (!mayFetch(url)) throw new Refusal('unavailable', 'google: only https, or http on a loopback address');
  const options = {
    method: 'POST',
    headers: {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
      accept: 'application/json',
      connection: 'close',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT),
  } as const;
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Refusal('unavailable', 'google: cannot be asked'));
    const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
    request.on('error', fail);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > MAX_BYTES) response.destroy();
      });
      response.on('error', fail);
      response.once('close', () => {
        if (!response.complete || length > MAX_BYTES) return fail();
        resolve({ status: response.statusCode, body: Buffer.concat(chunks) });
      });
    });
    request.end(text);
  });
}

function objectOf(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseJson(bytes);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
