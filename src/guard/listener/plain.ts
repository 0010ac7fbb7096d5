/**
 * HTTP/1.1 for ordinary requests, without Node's request and response objects, which cost more than all that the gateway
 * decides. A connection whose bytes are anything else goes to Node's server with those bytes, for good.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer, RawRequest } from '../contract/request.ts';
import { NO_BODY } from './body.ts';
import type { Connection } from './connection.ts';
import { type Core, run } from './core.ts';
import { endMalformed } from './farewell.ts';
import { type PlainHead, readPlainHead } from './plain-head.ts';

/** Bodies up to this size are written together with their head, in one call of the system. */
const JOINED = 32 * 1024;
/** Node's word for it. */
const NO_REQUEST = 'ERR_HTTP_REQUEST_TIMEOUT';
/** What a header value of ours may not hold. */
const ODD_VALUE = /[^\t\x20-\x7e]/;

/** @param giveUp lets Node's server take the socket over, synchronously */
export function servePlain(core: Core, connection: Connection, giveUp: () => void): void {
  const { socket } = connection;
  const bodies = core.bodies;
  const persistent = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(core.options.keepAliveTimeout / 1000)}\r\n`;
  /** Bytes that came while a request was running. */
  let held: Buffer | null = null;
  let ended = false;

  function onData(chunk: Buffer): void {
    if (connection.closing) return;
    if (connection.running > 0) {
      held = held === null ? chunk : Buffer.concat([held, chunk]);
      socket.pause();
      return;
    }
    const head = readPlainHead(chunk, core.options.maxBodyBytes);
    // Pipelined requests, and what comes from a client that does not read, are Node's to keep within bounds.
    if (head === null || head.end < chunk.length || socket.writableNeedDrain) {
      pass(chunk);
      return;
    }
    const body = head.end === head.start ? NO_BODY : chunk.subarray(head.start, head.end);
    if (bodies.take(body.byteLength)) start(head, body);
    else {
      bodies.release(body.byteLength);
      pass(chunk);
    }
  }

  function pass(chunk: Buffer): void {
    connection.plain = false;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.pause();
    socket.unshift(chunk);
    giveUp();
    socket.resume();
  }

  function start(head: PlainHead, body: Uint8Array): void {
    const request: RawRequest = {
      method: head.method,
      target: head.target,
      headers: head.headers,
      body,
      peer: connection.peer,
      protocol: '1.1',
      origin: core.origin,
    };
    connection.running++;
    run(core, request, (answer) => {
      connection.running--;
      connection.ticks = 0;
      connection.served = true;
      bodies.release(body.byteLength);
      if (socket.destroyed) return;
      const last = answer.close === true || core.draining || ended;
      const written = write(socket, answer, head.method === 'HEAD', last ? 'connection: close\r\n' : persistent);
      if (last || !written) connection.closing = true;
      if (!written) socket.destroy();
      else if (last) socket.destroySoon();
      else if (held !== null) pass(held);
    });
  }

  /** A client that has said everything still gets its answer. */
  function onEnd(): void {
    ended = true;
    if (connection.running === 0) socket.end();
  }

  connection.plain = true;
  socket.on('data', onData);
  socket.on('end', onEnd);
}

/** Ends connections that bring no request in time. Called at every check interval. */
export function endIdlePlain(core: Core): void {
  const { headersTimeout, keepAliveTimeout, checkInterval } = core.options;
  for (const connection of core.connections.all()) {
    if (!connection.plain || connection.closing || !connection.idle) continue;
    const elapsed = ++connection.ticks * checkInterval;
    if (elapsed <= (connection.served ? keepAliveTimeout : headersTimeout)) continue;
    if (connection.served) connection.socket.destroy();
    else {
      core.options.onMalformed(NO_REQUEST);
      endMalformed(connection, NO_REQUEST);
    }
  }
}

let second = 0;
let dateLine = '';

/** The same for all answers of a second. */
function date(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    dateLine = `date: ${new Date(now * 1000).toUTCString()}\r\n`;
  }
  return dateLine;
}

/** @returns false for an answer that HTTP cannot carry: a defect of ours */
function write(socket: Socket, { status, headers, body }: Answer, head: boolean, connection: string): boolean {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (const name in headers) {
    const value = headers[name]!;
    if (ODD_VALUE.test(value)) return false;
    text += `${name}: ${value}\r\n`;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  if (length > 0 || !head) text += `content-length: ${length}\r\n`;
  text += `${date()}${connection}\r\n`;
  if (head || length === 0) socket.write(text, 'latin1');
  else if (typeof body === 'string') socket.write(text + body, length === body.length ? 'latin1' : 'utf8');
  else if (length <= JOINED) socket.write(text + bytesOf(body).toString('latin1'), 'latin1');
  else {
    socket.cork();
    socket.write(text, 'latin1');
    socket.write(body);
    socket.uncork();
  }
  return true;
}

function bytesOf(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
