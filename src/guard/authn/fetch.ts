/**
 * The one place in this room that connects: reads an issuer's documents (discovery, key set) over HTTPS.
 *
 * No redirect is followed, no more than `MAX_BYTES` is read, and the whole takes `TIMEOUT` at most. Plain HTTP is for
 * loopback addresses only, written as numbers or `localhost`.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface FetchedDocument {
  readonly bytes: Uint8Array;
  /** Milliseconds that the answer may be kept (Cache-Control), where it says so. */
  readonly maxAge: number | null;
}

export type GetDocument = (url: URL) => Promise<FetchedDocument>;

const MAX_BYTES = 1024 * 1024;
const TIMEOUT = 10_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a document of an issuer may be read from there. */
export function mayFetch(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

/** @throws Error whose message says what went wrong, without the document */
export async function getDocument(url: URL): Promise<FetchedDocument> {
  if (!mayFetch(url)) throw new Error('only https, or http on a loopback address');
  const signal = AbortSignal.timeout(TIMEOUT);
  const response = await send(url, signal);
  try {
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    if (Number(response.headers['content-length'] ?? 0) > MAX_BYTES) throw new Error('the document is too large');
    return { bytes: await readAll(response), maxAge: maxAgeOf(response.headers['cache-control']) };
  } finally {
    response.destroy();
  }
}

function send(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const options = {
    method: 'GET',
    headers: { accept: 'application/json', connection: 'close' },
    agent: false,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
    request.once('response', resolve);
    request.once('error', reject);
    request.end();
  });
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) throw new Error('not bytes');
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error('the document is too large');
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the document ended early');
  return Buffer.concat(chunks);
}

function maxAgeOf(cacheControl: string | undefined): number | null {
  if (cacheControl === undefined) return null;
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return 0;
  const seconds = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
