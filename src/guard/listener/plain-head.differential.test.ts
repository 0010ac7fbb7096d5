/** What the plain reader takes, Node's own parser must read as the very same request. */
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainHead } from './plain-head.ts';

interface Read {
  method: string;
  target: string;
  headers: readonly string[];
  body: string;
}

/** Node's parser, given the bytes of one connection; undefined where it refuses or waits for more. */
function readByNode(bytes: Buffer): Promise<Read | undefined> {
  return new Promise((resolve) => {
    const server = createServer({ insecureHTTPParser: false, requireHostHeader: false, joinDuplicateHeaders: false });
    let requests = 0;
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const end = (read: Read | undefined) => {
      server.removeAllListeners();
      socket.destroy();
      resolve(requests === 1 ? read : undefined);
    };
    server.on('request', (request: IncomingMessage) => {
      requests++;
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () =>
        setImmediate(() =>
          end({
            method: request.method ?? '',
            target: request.url ?? '',
            headers: request.rawHeaders,
            body: Buffer.concat(parts).toString('latin1'),
          }),
        ),
      );
    });
    server.on('clientError', () => end(undefined));
    server.emit('connection', socket);
    socket.push(bytes);
    setImmediate(() => setImmediate(() => setImmediate(() => setImmediate(() => end(undefined)))));
  });
}

/** Mostly what is plain, so that a fault stands alone; else nothing would be taken. */
function mostly<T>(plain: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...plain) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const name = mostly(
  ['Accept', 'X-A', 'user-agent', 'Authorization', 'Connection'],
  [
    'Host',
    'Content-Length',
    'content-length',
    'Transfer-Encoding',
    'Expect',
    'Upgrade',
    'a b',
    'x_y',
    'content_length',
    '',
  ],
);
const value = mostly(
  ['x', 'application/json', 'keep-alive', 'a, b', ''],
  ['0', '3', '03', '+3', '3 ', ' 3', '3,3', 'close', 'chunked', 'a\tb', '\u00e9', '\u0000', 'a\rb', 'a\nb: c'],
);
const line = fc.tuple(name, mostly([': '], [':', ' : ', ':  ']), value).map((parts) => parts.join(''));
const request = fc
  .record({
    method: mostly(['GET', 'POST', 'PUT', 'DELETE', 'HEAD'], ['get', 'PATCH', 'GE T', 'QUERY']),
    target: mostly(['/', '/a/_search?x=1', '/%5Fall'], ['http://a/b', '*', '/a b', '/\u0080', '/a#b', '']),
    version: mostly(['HTTP/1.1'], ['HTTP/1.0', 'HTTP/1.2', 'http/1.1', 'HTTP/1.1 ']),
    lines: fc.array(line, { maxLength: 4 }),
    host: mostly([true], [false]),
    sized: mostly([0], [-1, 1, 9]),
    eol: mostly(['\r\n'], ['\n', '\r']),
    body: fc.oneof(fc.constant(''), fc.string({ maxLength: 6, unit: 'binary-ascii' })),
  })
  .map(({ method, target, version, lines, host, sized, eol, body }) => {
    const head = [`${method} ${target} ${version}`, ...(host ? ['Host: a'] : []), ...lines];
    const length = body.length + sized;
    if (length > 0) head.push(`Content-Length: ${length}`);
    return `${head.join(eol)}${eol}${eol}${body}`;
  });

describe('the plain reader', () => {
  it('reads nothing that the parser of Node reads otherwise', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        request,
        fc.option(fc.tuple(fc.nat(120), fc.nat(255)), { nil: undefined, freq: 1 }),
        async (text, change) => {
          const bytes = Buffer.from(text, 'latin1');
          if (change !== undefined && change[0] < bytes.length) bytes[change[0]] = change[1];
          const head = readPlainHead(bytes, 1_000);
          if (head === null || head.end < bytes.length) return;
          taken++;
          const read = await readByNode(bytes);
          expect(read).toEqual({
            method: head.method,
            target: head.target,
            headers: head.headers,
            body: bytes.toString('latin1', head.start, head.end),
          });
        },
      ),
      { numRuns: 6_000 },
    );
    // A property of requests that are all refused would say nothing.
    expect(taken).toBeGreaterThan(600);
  });
});
