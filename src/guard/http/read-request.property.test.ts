import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../contract/refusal.ts';
import { readRequest } from './read-request.ts';
import { rawRequest } from './testing/raw-request.ts';

/** Pieces that readers of targets disagree about. */
const piece = fc.oneof(
  fc.constantFrom('/', '//', '.', '..', '%', '%%', '%2F', '%2f', '%5C', '%2e', '%00', '%c0%af', '%ff', '%25', '%5F'),
  fc.constantFrom('?', '&', '=', ';', '#', '+', '\\', ' ', '\t', '\r\n', '_search', '_all', 'profiles', 'size', '*'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);

function read(text: string) {
  try {
    return readRequest(rawRequest(text));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

describe('a request target', () => {
  it('is read or refused, and never anything else', () => {
    fc.assert(
      fc.property(target, (text) => void read(text)),
      { numRuns: 20_000 },
    );
  });

  it('that is read means what a strict URL reader says it means', () => {
    fc.assert(
      fc.property(target, (text) => {
        const request = read(text);
        if (request === undefined) return;
        const url = new URL(`http://host${text}`);
        // Nothing was normalised away by the reader that normalises.
        expect(url.pathname + url.search).toBe(text);
        expect(request.rawSegments).toEqual(url.pathname === '/' ? [] : url.pathname.slice(1).split('/'));
        expect(request.segments).toEqual(request.rawSegments.map(decodeURIComponent));
        expect([...request.query]).toEqual([...url.searchParams]);
      }),
      { numRuns: 20_000 },
    );
  });

  it('that is read is read alike when it is printed and read again', () => {
    fc.assert(
      fc.property(target, (text) => {
        const request = read(text);
        if (request === undefined) return;
        const path = `/${request.segments.map(encodeURIComponent).join('/')}`;
        const query = [...request.query].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
        const again = read(query === '' ? path : `${path}?${query}`);
        expect(again?.segments).toEqual(request.segments);
        expect(again && [...again.query]).toEqual([...request.query]);
      }),
      { numRuns: 20_000 },
    );
  });

  it('holds no control character, empty or dot segment after decoding', () => {
    fc.assert(
      fc.property(target, (text) => {
        for (const segment of read(text)?.segments ?? []) {
          expect(segment).toMatch(/^[^\u0000-\u001f\u007f-\u009f\\]+$/);
          expect(segment.split('/')).not.toContain('..');
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('of a resource has names without brackets within brackets, and one value each', () => {
    const name = fc.constantFrom(
      'a',
      'b',
      '[in]',
      '[',
      ']',
      '%5B',
      '%5D',
      '%5bin%5d',
      '[[',
      '$',
      '.',
      '%00',
      '&',
      '=',
      '1',
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 8 }), (pieces) => {
        let query: ReadonlyMap<string, string>;
        try {
          query = readRequest(rawRequest(`/v1/a?${pieces.join('')}`), 'resource').query;
        } catch (error) {
          if (error instanceof Refusal) return;
          throw error;
        }
        for (const key of query.keys()) expect(key).toMatch(/^[A-Za-z0-9_-]+(\[[a-z]+\])?$/);
        const decoded = decodeURIComponent(pieces.join(''));
        expect(new URLSearchParams(decoded).size).toBe(query.size);
      }),
      { numRuns: 20_000 },
    );
  });
});
