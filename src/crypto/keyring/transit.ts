/**
 * A root key inside HashiCorp Vault or OpenBao, secrets engine `transit`. It never leaves there.
 *
 *   POST /v1/<mount>/encrypt/<key>   { plaintext, associated_data }     → { data: { ciphertext: "vault:v1:…" } }
 *   POST /v1/<mount>/decrypt/<key>   { ciphertext, associated_data }    → { data: { plaintext } }
 *   GET  /v1/auth/token/lookup-self                                     → { data: { ttl, renewable } }
 *   POST /v1/auth/token/renew-self                                      → { auth: { lease_duration } }
 *
 * All bytes in base64; the token in X-Vault-Token, read again for every request, so that an agent may replace its file.
 * Servers from before associated data ignore the member in silence, so what is encrypted begins with a hash of the context:
 *
 *   version 1 (1 byte) | SHA-256 of the context (32) | what is wrapped
 *
 * A token that can be renewed is renewed when half of its time is over; what stands in the way is `trouble`. Answers of the
 * service are not repeated in errors.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import type { RootKey, TransitOptions } from './root-key.ts';

const VERSION = 1;
const HASH_BYTES = 32;
const TIMEOUT = 10_000;
const PAUSE = 200;
const MAX_BYTES = 64 * 1024;
const ATTEMPTS = 3;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const NAME = /^[\w.-]{1,256}$/;
const MOUNT = /^[\w.-]+(?:\/[\w.-]+)*$/;
/** Longest that a timer of Node waits. */
const MAX_DELAY = 2 ** 31 - 1;
/** After a renewal that failed, ms. */
const RENEW_AGAIN = 60_000;

export interface TransitEnvironment {
  /** ms between attempts at a service that does not answer; default 200, doubled each time. */
  readonly pause?: number;
  /** ms for one request; default 10,000. */
  readonly timeout?: number;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

type Call = (method: 'GET' | 'POST', path: string, body?: Record<string, string>) => Promise<Record<string, unknown>>;

/** @throws PosternError `E_KEY` when the service, the token or the key cannot be used */
export async function openTransitRoot(
  options: TransitOptions,
  readToken: () => Promise<string>,
  environment: TransitEnvironment = {},
): Promise<RootKey> {
  const call = await createCall(options, readToken, environment);
  const { mount, key } = options;
  if (!MOUNT.test(mount) || !NAME.test(key) || /(?:^|\/)\.\.?(?:\/|$)/.test(`${mount}/${key}`)) {
    throw new PosternError('E_KEY', 'the mount or the name of the transit key holds characters that are not taken');
  }
  const id = `transit:${options.namespace === null ? '' : `${options.namespace}/`}${mount}/${key}`;
  const token = await keepToken(call);

  const root: RootKey = {
    id,
    async wrap(plain, context) {
      const bytes = Buffer.concat([Buffer.of(VERSION), contextHash(context), plain]);
      const body = { plaintext: bytes.toString('base64'), associated_data: base64(context) };
      bytes.fill(0);
      const { ciphertext } = dataOf(await call('POST', `${mount}/encrypt/${key}`, body));
      if (typeof ciphertext !== 'string' || !ciphertext.startsWith('vault:')) throw strange();
      return Buffer.from(ciphertext, 'utf8');
    },
    async unwrap(wrapped, context) {
      const ciphertext = Buffer.from(wrapped).toString('utf8');
      if (!/^vault:v\d+:[\w+/=]+$/.test(ciphertext)) throw notOurs(id);
      const body = { ciphertext, associated_data: base64(context) };
      const { plaintext } = dataOf(await call('POST', `${mount}/decrypt/${key}`, body));
      if (typeof plaintext !== 'string') throw strange();
      const bytes = Buffer.from(plaintext, 'base64');
      const plain = Uint8Array.prototype.slice.call(bytes, 1 + HASH_BYTES);
      const hash = bytes.subarray(1, 1 + HASH_BYTES);
      const right = bytes[0] === VERSION && hash.length === HASH_BYTES && timingSafeEqual(hash, contextHash(context));
      bytes.fill(0);
      if (right) return plain;
      plain.fill(0);
      throw notOurs(id);
    },
    trouble: token.trouble,
    close: token.stop,
  };
  await tryOut(root);
  return root;
}

/** A key that may only encrypt, or that needs a context of its own, is found out before anything depends on it. */
async function tryOut(root: RootKey): Promise<void> {
  try {
    const context = 'postern root key trial 1';
    const plain = Buffer.from('trial');
    if (!plain.equals(await root.unwrap(await root.wrap(plain, context), context))) throw strange();
  } catch (cause) {
    root.close();
    throw cause;
  }
}

async function createCall(
  options: TransitOptions,
  readToken: () => Promise<string>,
  { pause = PAUSE, timeout = TIMEOUT }: TransitEnvironment,
): Promise<Call> {
  const base = baseOf(options.url);
  const ca =
    options.ca === null
      ? undefined
      : await readFile(options.ca, 'utf8').catch((cause: unknown) => {
          throw new PosternError('E_KEY', `the authorities in ${options.ca} cannot be read`, { cause });
        });
  const send = base.protocol === 'https:' ? requestHttps : requestHttp;

  function once(method: string, path: string, token: string, body: string | undefined): Promise<Answer> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'x-vault-token': token,
      'x-vault-request': 'true',
    };
    if (options.namespace !== null) headers['x-vault-namespace'] = options.namespace;
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = String(Buffer.byteLength(body));
    }
    const signal = AbortSignal.timeout(timeout);
    return new Promise((resolve, reject) => {
      const request = send(new URL(`v1/${path}`, base), { method, headers, agent: false, ca, signal });
      request.once('error', reject);
      request.once('response', (response) => {
        readAnswer(response)
          .then(resolve, reject)
          .finally(() => response.destroy());
      });
      request.end(body);
    });
  }

  return async (method, path, body) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    for (let attempt = 1; ; attempt++) {
      const token = (await readToken()).trim();
      if (!/^[\x21-\x7e]+$/.test(token)) throw new PosternError('E_KEY', 'the token of the key service is not a token');
      let failure: PosternError;
      try {
        const { status, body: answer } = await once(method, path, token, text);
        if (status === 200) return answer;
        failure = refused(status);
        if (status < 500 && status !== 429) throw failure;
      } catch (cause) {
        if (cause instanceof PosternError) throw cause;
        failure = new PosternError('E_KEY', `the key service at ${base.host} cannot be reached (${reasonOf(cause)})`, {
          hint: 'Check `url` and `ca` of the root key, and that the service runs and is unsealed.',
          cause,
        });
      }
      if (attempt === ATTEMPTS) throw failure;
      await sleep(pause * 2 ** (attempt - 1));
    }
  };
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || plain) || url.username !== '' || url.password !== '') {
    throw new PosternError('E_KEY', 'the url of the key service is not https (or http on a loopback address)');
  }
  if (url.search !== '' || url.hash !== '') throw new PosternError('E_KEY', 'the url of the key service has a query');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) throw strange();
    length += chunk.length;
    if (length > MAX_BYTES) throw strange();
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer ended early');
  const status = response.statusCode ?? 0;
  if (status !== 200) return { status, body: {} };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw strange();
  }
  return { status, body: objectOf(value) };
}

interface TokenKeeper {
  trouble(): string | null;
  stop(): void;
}

/** Renews the token at half of its time, for as long as the process runs. */
async function keepToken(call: Call): Promise<TokenKeeper> {
  let timer: NodeJS.Timeout | undefined;
  let trouble: string | null = null;
  let stopped = false;

  function renewIn(delay: number): void {
    if (stopped) return;
    timer = setTimeout(renew, Math.min(delay, MAX_DELAY));
    timer.unref();
  }

  async function look(): Promise<void> {
    const { ttl, renewable } = dataOf(await call('GET', 'auth/token/lookup-self'));
    trouble = null;
    // 0: a root token or another one that does not end.
    if (typeof ttl !== 'number' || ttl <= 0) return;
    if (renewable !== true) {
      trouble = `the token of the key service ends in ${ttl} s and cannot be renewed: put a new one in its place in time`;
      return renewIn((ttl * 1000) / 2);
    }
    renewIn((ttl * 1000) / 2);
  }

  async function renew(): Promise<void> {
    try {
      const before = dataOf(await call('GET', 'auth/token/lookup-self'));
      if (before.renewable === true) await call('POST', 'auth/token/renew-self', {});
      await look();
    } catch (cause) {
      trouble = `the token of the key service cannot be renewed: ${cause instanceof Error ? cause.message : 'it failed'}`;
      renewIn(RENEW_AGAIN);
    }
  }

  try {
    await look();
  } catch (cause) {
    // A policy may forbid that a token asks about itself; the trial below says whether it can do its work.
    if (!(cause instanceof PosternError) || !cause.message.includes('403')) throw cause;
    trouble = 'the token of the key service may not look itself up, so nobody renews it here';
  }
  return {
    trouble: () => trouble,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

const STATUS_HINTS: Readonly<Record<number, string>> = {
  307: 'It is a standby that sends callers on: name the active node, or a load balancer before it.',
  400: 'The key is of a kind that needs more than data (derived, convergent), what was wrapped is not this key’s, or the context is another.',
  403: 'The token has ended or was revoked, or its policy lacks `update` on encrypt/<key> and decrypt/<key>.',
  404: 'There is no such mount, key or namespace.',
  412: 'The node has not caught up yet; run it again.',
  429: 'It asks to slow down, or is a standby node.',
  473: 'It is a performance standby.',
  503: 'It is sealed, or in maintenance.',
};

function refused(status: number): PosternError {
  return new PosternError('E_KEY', `the key service refused (status ${status})`, {
    hint: STATUS_HINTS[status] ?? 'Its own log says more.',
  });
}

function strange(): PosternError {
  return new PosternError('E_KEY', 'the key service answered something that is not of its protocol');
}

function notOurs(id: string): PosternError {
  return new PosternError('E_KEY', `root key ${id} did not wrap this, or it was changed since`, {
    hint: 'Name the root key that the vault was made with, or restore the folder of keys from its backup.',
  });
}

/** Codes and names only: a message may quote what was sent. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'failed';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

function dataOf(body: Record<string, unknown>): Record<string, unknown> {
  return objectOf(body.data);
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw strange();
  return { ...value };
}

function contextHash(context: string): Buffer {
  return createHash('sha256').update(context, 'utf8').digest();
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
