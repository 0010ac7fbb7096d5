/**
 * HTTP/1.1 over Node's parser, which is strict by default (llhttp without its lenient flags); what it lets through and
 * this gateway does not is refused in `oddHead`. Requests of one connection run one after the other, so that a pipelined
 * read sees the write before it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { peerKey } from '../contract/peer-key.ts';
import { Refusal } from '../contract/refusal.ts';
import type { Answer, RawRequest } from '../contract/request.ts';
import { refusalAnswer } from '../http/refusal-answer.ts';
import { NO_BODY } from './body.ts';
import type { Connection, Waiting } from './connection.ts';
import { type Core, run } from './core.ts';
import { endWith, linger } from './farewell.ts';

/** Requests of one connection that may wait for their turn. */
const MAX_WAITING = 32;

/** @param asksToContinue the client waits for `100 Continue` before it sends the body */
export function onHttp1Request(core: Core, req: IncomingMessage, res: ServerResponse, asksToContinue: boolean): void {
  const connection = core.connections.of(req.socket);
  // After the last answer of a connection nothing more is a request.
  if (connection === undefined || connection.closing) {
    req.resume();
    return;
  }
  const odd = oddHead(req);
  if (odd !== null) {
    core.options.onMalformed(odd);
    refuse(connection, req, res, refusalAnswer(new Refusal('malformed_request')));
    return;
  }
  const length = req.headers['content-length'];
  const declared = req.headers['transfer-encoding'] !== undefined ? -1 : length === undefined ? 0 : Number(length);
  if (declared === 0) enqueue(core, connection, { req, res, body: NO_BODY });
  else if (declared > core.options.maxBodyBytes) {
    core.options.onMalformed('too_large');
    refuse(connection, req, res, refusalAnswer(new Refusal('too_large')));
  } else {
    if (asksToContinue) res.writeContinue();
    readBody(core, connection, req, res, declared);
  }
}

function readBody(core: Core, connection: Connection, req: IncomingMessage, res: ServerResponse, declared: number) {
  connection.reading = core.bodies.read(req, declared, peerKey(connection.peer.address), (body, refused) => {
    connection.reading = null;
    if (body !== null) enqueue(core, connection, { req, res, body });
    else if (refused !== null) refuse(connection, req, res, refused);
  });
  req.once('close', () => {
    if (!req.complete) connection.reading = null;
  });
}

/** Why the head of a request is not taken, or null. */
function oddHead(req: IncomingMessage): string | null {
  const { headers } = req;
  if (req.httpVersionMajor !== 1 || req.httpVersionMinor > 1) return 'version';
  if (headers.host === undefined) return 'host';
  if (headers.upgrade !== undefined) return 'upgrade';
  // Some servers read `_` as `-`; nobody else sends these.
  if (headers.transfer_encoding !== undefined || headers.content_length !== undefined) return 'framing';
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    // RFC 9112, 6.1: in HTTP/1.0 its framing is to be taken as faulty.
    if (length !== undefined || req.httpVersionMinor === 0 || coding.toLowerCase() !== 'chunked') return 'framing';
  } else if (length !== undefined && !/^[0-9]{1,15}$/.test(length)) return 'framing';
  return null;
}

/** An answer before the request was read to its end: it is the last one. */
function refuse(connection: Connection, req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  connection.closing = true;
  linger(connection.socket);
  // Node sends answers in the order of their requests: those before this one come first.
  write(res, answer, req.method === 'HEAD', true);
  req.resume();
}

function enqueue(core: Core, connection: Connection, one: Waiting): void {
  if (connection.running === 0) start(core, connection, one);
  else if (connection.waiting.length < MAX_WAITING) connection.waiting.push(one);
  else {
    core.bodies.release(one.body.byteLength);
    core.options.onMalformed('pipeline');
    refuse(connection, one.req, one.res, refusalAnswer(new Refusal('unavailable')));
  }
}

function start(core: Core, connection: Connection, { req, res, body }: Waiting): void {
  const request: RawRequest = {
    method: req.method ?? '',
    target: req.url ?? '',
    headers: req.rawHeaders,
    body,
    peer: connection.peer,
    protocol: '1.1',
    origin: core.origin,
  };
  connection.running++;
  run(core, request, (answer) => {
    connection.running--;
    core.bodies.release(body.byteLength);
    const last = answer.close === true || core.draining;
    if (last) connection.closing = true;
    write(res, answer, request.method === 'HEAD', last);
    next(core, connection, last);
  });
}

function next(core: Core, connection: Connection, last: boolean): void {
  // Nobody reads the answers of what waits behind the last one.
  if (last || connection.socket.destroyed) {
    for (const { body } of connection.waiting.splice(0)) core.bodies.release(body.byteLength);
    return;
  }
  const waiting = connection.waiting.shift();
  if (waiting !== undefined) start(core, connection, waiting);
  else if (connection.lastWords !== null) endWith(connection.socket, connection.lastWords);
}

/** Head and body in one go. Names and values of the headers are the gateway's own. */
function write(res: ServerResponse, answer: Answer, head: boolean, last: boolean): void {
  const { body } = answer;
  const headers: string[] = [];
  for (const name in answer.headers) headers.push(name, answer.headers[name]!);
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  if (length > 0 || !head) headers.push('content-length', String(length));
  if (last) headers.push('connection', 'close');
  try {
    res.writeHead(answer.status, headers);
    if (head || length === 0) res.end();
    else res.end(body);
  } catch {
    // A header that HTTP cannot carry: a defect of ours, and no answer is better than half of one.
    res.destroy();
  }
}
