/**
 * HTTP/2 (RFC 9113) over Node's nghttp2, which checks frames, pseudo-headers and content-length. Streams of one connection
 * run side by side; resets are counted, since a stream that is opened and reset costs its work and frees its place.
 */
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { peerKey } from '../contract/peer-key.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Answer, RawRequest } from '../contract/request.ts';
import { refusalAnswer } from '../http/refusal-answer.ts';
import { NO_BODY } from './body.ts';
import type { Connection } from './connection.ts';
import { type Core, run } from './core.ts';
import { MAX_HEADER_BYTES } from './options.ts';

const NO_ERROR = 0x0;
const INTERNAL_ERROR = 0x2;
const REFUSED_STREAM = 0x7;
const CANCEL = 0x8;
const ENHANCE_YOUR_CALM = 0xb;
const END_STREAM = 0x1;

const MAX_STREAMS = 100;
/** Resets by the client within the window before the connection ends (CVE-2023-44487). */
const MAX_RESETS = 200;
const RESET_WINDOW = 10_000;

export const HTTP2_OPTIONS = {
  settings: { enablePush: false, maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
  maxHeaderListPairs: 100,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxSessionMemory: 16,
  maxOutstandingSettings: 10,
  maxOutstandingPings: 10,
} as const;

export function onHttp2Session(core: Core, session: ServerHttp2Session): void {
  session.setTimeout(core.options.keepAliveTimeout, () => session.close());
  // A broken session is the client's; its socket closes with it.
  session.on('error', () => core.options.onMalformed('http2'));
  let resets = 0;
  let since = Date.now();
  session.on('stream', (stream: ServerHttp2Stream) => {
    stream.once('close', () => {
      if (stream.rstCode === NO_ERROR || stream.sentHeaders !== undefined) return;
      const now = Date.now();
      if (now - since > RESET_WINDOW) {
        since = now;
        resets = 0;
      }
      if (++resets <= MAX_RESETS) return;
      core.options.onMalformed('resets');
      if (!session.destroyed) session.destroy(undefined, ENHANCE_YOUR_CALM);
    });
  });
}

/** @param raw names and values in turn, pseudo-headers included */
export function onHttp2Stream(
  core: Core,
  connection: Connection,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: readonly string[],
): void {
  // The client's doing; the stream closes with it.
  stream.on('error', () => undefined);
  connection.streams++;
  stream.once('close', () => connection.streams--);
  if (core.draining || connection.running >= 2 * MAX_STREAMS) {
    stream.close(REFUSED_STREAM);
    return;
  }
  const fields = fieldsOf(raw);
  const odd = oddHead(fields, headers);
  const refused = odd === null ? refusedHead(core, headers) : new Refusal('malformed_request', odd);
  if (refused !== null) {
    core.options.onMalformed(odd ?? refused.code);
    refuse(stream, refusalAnswer(refused));
    return;
  }
  const begin = (body: Uint8Array) =>
    start(core, connection, stream, {
      method: String(headers[':method']),
      target: String(headers[':path']),
      headers: fields,
      body,
      peer: connection.peer,
      protocol: '2',
      origin: core.origin,
    });
  if ((flags & END_STREAM) !== 0) {
    begin(NO_BODY);
    return;
  }
  if (headers.expect !== undefined) stream.additionalHeaders({ ':status': 100 });
  core.bodies.read(stream, declaredLength(headers), peerKey(connection.peer.address), (body, answer) => {
    if (answer !== null) refuse(stream, answer);
    else if (body === null) return;
    else if (stream.aborted) core.bodies.release(body.byteLength);
    else begin(body);
  });
}

/** Content-Length, which nghttp2 has checked to be a number; -1 without one. */
function declaredLength(headers: IncomingHttpHeaders): number {
  return headers['content-length'] === undefined ? -1 : Number(headers['content-length']);
}

function refusedHead(core: Core, headers: IncomingHttpHeaders): Refusal | null {
  // CONNECT has no path.
  if (headers[':method'] === undefined || headers[':path'] === undefined) return new Refusal('method');
  return declaredLength(headers) > core.options.maxBodyBytes ? new Refusal('too_large') : null;
}

/** The fields without pseudo-headers; `:authority` stands for a Host that was not sent. */
function fieldsOf(raw: readonly string[]): string[] {
  const fields: string[] = [];
  let authority: string | undefined;
  let host = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!;
    if (name === ':authority') authority = raw[at + 1];
    else if (name.charCodeAt(0) !== 0x3a) {
      if (name === 'host') host = true;
      fields.push(name, raw[at + 1]!);
    }
  }
  if (!host && authority !== undefined) fields.push('host', authority);
  return fields;
}

function oddHead(fields: readonly string[], headers: IncomingHttpHeaders): string | null {
  const authority = headers[':authority'];
  if (headers[':scheme'] !== 'https' && headers[':method'] !== 'CONNECT') return 'scheme';
  if (authority !== undefined && headers.host !== undefined && headers.host !== authority) return 'host';
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    if (name === 'transfer-encoding' || name === 'upgrade' || name === 'connection') return 'framing';
    if (name === 'expect' && fields[at + 1]!.toLowerCase() !== '100-continue') return 'expect';
  }
  return null;
}

function start(core: Core, connection: Connection, stream: ServerHttp2Stream, request: RawRequest): void {
  connection.running++;
  run(core, request, (answer) => {
    connection.running--;
    core.bodies.release(request.body.byteLength);
    write(stream, answer, request.method === 'HEAD');
    if (answer.close === true && stream.session !== undefined && !stream.session.destroyed) stream.session.close();
    stream.setTimeout(core.options.answerTimeout, () => stream.close(CANCEL));
  });
}

/** An answer before the body was read; NO_ERROR asks the client to stop sending (RFC 9113, 8.1). */
function refuse(stream: ServerHttp2Stream, answer: Answer): void {
  write(stream, answer, false);
  stream.resume();
  stream.once('finish', () => stream.close(NO_ERROR));
}

function write(stream: ServerHttp2Stream, answer: Answer, head: boolean): void {
  if (stream.destroyed || stream.headersSent) return;
  const { body } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  const headers: Record<string, string | number> = { ':status': answer.status, ...answer.headers };
  if (length > 0 || !head) headers['content-length'] = length;
  try {
    stream.respond(headers, { endStream: head || length === 0 });
    if (!head && length > 0) stream.end(body);
  } catch {
    stream.close(INTERNAL_ERROR);
  }
}
