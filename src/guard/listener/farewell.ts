/** The end of a connection that said something malformed: an answer in order, and time for the client to read it. */
import type { Socket } from 'node:net';
import { Refusal } from '../contract/refusal.ts';
import type { Answer } from '../contract/request.ts';
import { refusalAnswer } from '../http/refusal-answer.ts';
import { TOO_SLOW } from './body.ts';
import type { Connection } from './connection.ts';

const LINGER = 1000;

/** Node's parser reports by code; what it says of the position is not for the client. */
function answerToError(code: string | undefined): Answer {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusalAnswer(new Refusal('headers_too_large'));
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusalAnswer(new Refusal('too_large'));
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return TOO_SLOW;
    default:
      return refusalAnswer(new Refusal('malformed_request'));
  }
}

/**
 * Ends a connection whose parser has given up. An answer must not overtake those of earlier requests, or the client takes
 * it for one of them: while some run it waits for them.
 */
export function endMalformed(connection: Connection, code: string | undefined): void {
  if (connection.closing) return;
  // Bytes after a request that said `Connection: close`: its answer is the last.
  if (code === 'HPE_CLOSED_CONNECTION') {
    connection.closing = true;
    return;
  }
  const answer = answerToError(code);
  const { reading } = connection;
  if (reading !== null) {
    reading.fail(answer);
    return;
  }
  connection.closing = true;
  if (connection.running > 0 || connection.waiting.length > 0) connection.lastWords = answerText(answer);
  else endWith(connection.socket, answerText(answer));
}

export function endWith(socket: Socket, text: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(text, 'latin1');
  destroyLater(socket);
}

/**
 * Lets the next end of this socket be a half-close, with a second to read what was answered: closing with unread bytes in
 * the receive buffer resets the connection and takes the answer with it (RFC 9112, 9.6).
 */
export function linger(socket: Socket): void {
  socket.destroySoon = () => {
    if (socket.writable) socket.end();
    destroyLater(socket);
  };
}

function destroyLater(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** For a method that Node takes for a tunnel: nothing of it is a request here. */
export function endConnect(socket: Socket): void {
  endWith(socket, answerText(refusalAnswer(new Refusal('method'))));
}

function answerText(answer: Answer): string {
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const { length } = answer.body;
  return `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Refused'}\r\n${headers.join('')}content-length: ${length}\r\nconnection: close\r\n\r\n${answer.body}`;
}
