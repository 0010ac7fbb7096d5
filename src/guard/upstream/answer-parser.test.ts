import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { AnswerParser, type ReadAnswer } from './answer-parser.ts';

const LIMIT = 100_000;

/** What a connection would make of these parts, and then of its end. */
function read(parts: readonly Buffer[], options: { bodiless?: boolean; end?: boolean; limit?: number } = {}) {
  const parser = new AnswerParser(options.limit ?? LIMIT);
  parser.reset(options.bodiless ?? false);
  let answer: ReadAnswer | undefined;
  for (const part of parts) {
    const made = parser.push(part);
    if (made) answer = made;
  }
  return answer ?? (options.end ? parser.end() : undefined);
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const one = (text: string, options = {}) => read([bytes(text)], options);
const shown = (answer: ReadAnswer | undefined) =>
  answer && { ...answer, body: Buffer.from(answer.body).toString('latin1') };

describe('an answer of the store', () => {
  it('ends by its length', () => {
    expect(shown(one('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'))).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{}',
      reusable: true,
    });
  });

  it('ends by its last chunk and its trailers', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\nA: b\r\n\r\n';
    expect(shown(one(text))).toMatchObject({ body: '{}', reusable: true });
  });

  it('ends with the connection where it has neither, and only then', () => {
    const parts = [bytes('HTTP/1.1 200 OK\r\n\r\n{'), bytes('}')];
    expect(read(parts)).toBeUndefined();
    expect(shown(read(parts, { end: true }))).toMatchObject({ body: '{}', reusable: false });
  });

  it('that is cut short is none', () => {
    for (const text of [
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n',
      'HTTP/1.1 200 OK\r\nContent-Le',
    ]) {
      expect(one(text, { end: true })).toBeUndefined();
    }
  });

  it('has no body after HEAD, 204 and 304, whatever its length says', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n';
    expect(shown(one(head, { bodiless: true }))).toMatchObject({ status: 200, body: '' });
    expect(shown(one('HTTP/1.1 204 No Content\r\n\r\n'))).toMatchObject({ status: 204, body: '' });
    expect(shown(one('HTTP/1.1 304 X\r\nContent-Length: 20\r\n\r\n'))).toMatchObject({ status: 304, body: '' });
  });

  it('comes after those of 1xx', () => {
    const text = 'HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n1';
    expect(shown(one(text))).toMatchObject({ status: 201, body: '1' });
  });

  it.each([
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', true],
  ])('says whether the connection goes on: %j', (text, reusable) => {
    expect(one(text)).toMatchObject({ reusable });
  });

  it('knows whether anything has arrived', () => {
    const parser = new AnswerParser(LIMIT);
    parser.reset(false);
    expect(parser.untouched).toBe(true);
    parser.push(bytes('HTTP/1.1 100 Continue\r\n\r\n'));
    expect(parser.untouched).toBe(false);
    parser.reset(false);
    expect(parser.untouched).toBe(true);
  });
});

describe('what can be read in two ways', () => {
  it.each([
    ['a length and a coding', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'],
    ['a coding and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} '],
    ['a list of lengths', 'Content-Length: 2, 2\r\n\r\n{}'],
    ['a signed length', 'Content-Length: +2\r\n\r\n{}'],
    ['a hexadecimal length', 'Content-Length: 0x2\r\n\r\n{}'],
    ['no length after the name', 'Content-Length:\r\n\r\n'],
    ['a length after an odd blank', 'Content-Length: \xa02\r\n\r\n{}'],
    ['two codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'Content-Length : 2\r\n\r\n{}'],
    ['a folded line', 'X: y\r\n Content-Length: 2\r\n\r\n{}'],
    ['a bare line feed', 'X: y\nContent-Length: 2\r\n\r\n{}'],
    ['a bare carriage return', 'X: y\rContent-Length: 2\r\n\r\n{}'],
    ['a NUL', 'X: \0\r\nContent-Length: 2\r\n\r\n{}'],
    ['a compressed body', 'Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}'],
    ['more than the answer', 'Content-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n'],
    ['more than the chunks', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1'],
    ['a chunk size with a sign', 'Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n'],
    ['a chunk size with a blank before', 'Transfer-Encoding: chunked\r\n\r\n 1\r\n{\r\n0\r\n\r\n'],
    ['a chunk of another length', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n'],
  ])('is refused: %s', (_what, rest) => {
    expect(() => one(`HTTP/1.1 200 OK\r\n${rest}`)).toThrow(expect.objectContaining({ code: 'upstream_answer' }));
  });

  it.each([
    'ICY 200 OK',
    'HTTP/2 200',
    'HTTP/1.1 99 X',
    'HTTP/1.1 600 X',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 101 X',
    '<html>',
    '',
  ])('is refused: a status line %j', (line) => {
    expect(() => one(`${line}\r\nContent-Length: 0\r\n\r\n`)).toThrow(Refusal);
  });
});

describe('an answer that is too large', () => {
  const tooLarge = expect.objectContaining({ detail: "the store's answer is larger than answerBytes allows" });

  it('is refused before it is read where it says so', () => {
    expect(() => one('HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n', { limit: 10 })).toThrow(tooLarge);
    expect(() => one('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n', { limit: 10 })).toThrow(tooLarge);
    expect(one('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789', { limit: 10 })).toMatchObject({
      status: 200,
    });
  });

  it('is refused when it has become so', () => {
    expect(() => one('HTTP/1.1 200 OK\r\n\r\n01234567890', { limit: 10 })).toThrow(tooLarge);
    const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'6\r\n012345\r\n'.repeat(2)}`;
    expect(() => one(chunks, { limit: 10 })).toThrow(tooLarge);
  });

  it('in its head, its chunk lines or its trailers is refused too', () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const text of [
      `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`,
      `${chunked}1;${'a'.repeat(2000)}`,
      `${chunked}0\r\n${'A: b\r\n'.repeat(20_000)}`,
      `${chunked}0\r\n${'A'.repeat(70_000)}`,
    ]) {
      expect(() => one(text)).toThrow(expect.objectContaining({ code: 'upstream_answer' }));
    }
  });
});

/** An answer with its one right reading. */
interface Made {
  readonly wire: Buffer;
  readonly body: Buffer;
  readonly status: number;
  readonly end: boolean;
}

const made: fc.Arbitrary<Made> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    before: fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n'),
    headers: fc.array(fc.constantFrom('X-Elastic-Product: E', 'Warning: 299 x', 'content-type:application/json', 'A:')),
    parts: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
    framing: fc.constantFrom<'length' | 'chunked' | 'close'>('length', 'chunked', 'close'),
    extension: fc.constantFrom('', ';a', ' ; a=b'),
    trailers: fc.constantFrom('', 'T: u\r\n', 'T: u\r\nV: w\r\n'),
  })
  .map(({ status, before, headers, parts, framing, extension, trailers }) => {
    const body = Buffer.concat(parts);
    const framed = {
      length: { line: [`Content-Length: ${body.length}`], wire: body },
      close: { line: [], wire: body },
      chunked: {
        line: ['Transfer-Encoding: Chunked'],
        wire: Buffer.concat([
          ...parts.flatMap((part) => [bytes(`${part.length.toString(16)}${extension}\r\n`), part, bytes('\r\n')]),
          bytes(`0\r\n${trailers}\r\n`),
        ]),
      },
    }[framing];
    const head = [`HTTP/1.1 ${status} X`, ...headers, ...framed.line].join('\r\n');
    return {
      wire: Buffer.concat([bytes(`${before}${head}\r\n\r\n`), framed.wire]),
      body,
      status,
      end: framing === 'close',
    };
  });

function cut(wire: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (wire.length + 1)))].sort((a, b) => a - b);
  return [0, ...at]
    .map((from, index) => wire.subarray(from, at[index] ?? wire.length))
    .filter((part) => part.length > 0);
}

describe('any valid answer', () => {
  it('reads the same however it is cut', () => {
    fc.assert(
      fc.property(made, fc.array(fc.nat(), { maxLength: 12 }), ({ wire, body, status, end }, places) => {
        const answer = read(cut(wire, places), { end });
        expect(answer).toMatchObject({ status, reusable: !end });
        expect(Buffer.from(answer?.body ?? [])).toEqual(body);
      }),
      { numRuns: 1500 },
    );
  });

  it('reads the same byte by byte', () => {
    fc.assert(
      fc.property(made, ({ wire, body, status, end }) => {
        const answer = read(
          [...wire].map((byte) => Buffer.of(byte)),
          { end },
        );
        expect(answer?.status).toBe(status);
        expect(Buffer.from(answer?.body ?? [])).toEqual(body);
      }),
      { numRuns: 200 },
    );
  });

  it('with bytes changed is refused, waited for, or read as bytes that were sent, in one way', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'insert', 'delete'));
    fc.assert(
      fc.property(
        made,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (answer, changes, places) => {
          let wire = answer.wire;
          for (const [place, byte, how] of changes) {
            const at = place % wire.length;
            const middle = how === 'delete' ? [] : how === 'set' ? [byte] : [byte, wire[at] ?? 0];
            wire = Buffer.concat([wire.subarray(0, at), Buffer.from(middle), wire.subarray(at + 1)]);
            if (wire.length === 0) return;
          }
          const whole = outcome([wire]);
          const parts = outcome(cut(wire, places));
          // Cut anew, it may be seen later that too much was sent; it is never another body.
          if (typeof whole === 'object' && typeof parts === 'object') expect(parts).toEqual(whole);
          if (typeof whole === 'object') expect(isMadeOf(whole.body, wire)).toBe(true);
          if (typeof whole === 'object' || whole === 'waits') expect(parts).toEqual(whole);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

function outcome(parts: readonly Buffer[]): 'refused' | 'waits' | { status: number; body: string } {
  try {
    const answer = read(parts, { end: true });
    return answer ? { status: answer.status, body: Buffer.from(answer.body).toString('latin1') } : 'waits';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'upstream_answer') return 'refused';
    throw error;
  }
}

/** Whether the body's bytes stand in the wire in this order. */
function isMadeOf(body: string, wire: Buffer): boolean {
  let at = 0;
  for (let index = 0; index < body.length; index++) {
    at = wire.indexOf(body.charCodeAt(index), at) + 1;
    if (at === 0) return false;
  }
  return true;
}
