import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMalformed } from '../../src/probe/observations.ts';
import { keyPatterns } from '../../src/probe/patterns.ts';
import { decodeDocument, encodeDocument } from '../../src/probe/services/mongodb/bson.ts';
import { parseMsg, parseReply } from '../../src/probe/services/mongodb/wire.ts';
import { assignedClientId, parseConnack, parsePublish, parseSuback } from '../../src/probe/services/mqtt/packets.ts';
import { parseGrants } from '../../src/probe/services/mysql/grants.ts';
import { parseAuthSwitch, parseGreeting, parseRow } from '../../src/probe/services/mysql/packets.ts';
import { parseMessage } from '../../src/probe/services/postgresql/messages.ts';
import { decodeCommand, encodeCommand, parseInfo } from '../../src/probe/services/redis/resp.ts';

const bytes = fc.uint8Array({ maxLength: 400 }).map((value) => Buffer.from(value));

/** Bytes of an answer end in a value or in "malformed", never in another error. */
function reads(read: (input: Buffer) => unknown): void {
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        read(input);
      } catch (error) {
        expect(isMalformed(error), String(error)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
}

describe('codecs of the stores', () => {
  it('read any bytes into a value or "malformed"', () => {
    reads(decodeDocument);
    reads((input) => parseMsg(Buffer.concat([Buffer.alloc(5), input])));
    reads((input) => parseReply(Buffer.concat([Buffer.alloc(16), Buffer.from([1, 0, 0, 0]), input])));
    for (const letter of ['R', 'S', 'D', 'E', 'Z', 'T', 'K']) reads((input) => parseMessage(letter, input));
    reads((input) => parseGreeting(Buffer.concat([Buffer.from('\n8.0\0'), input])));
    reads(parseGreeting);
    reads(parseAuthSwitch);
    reads((input) => parseRow(input, 4));
    reads((input) => parseConnack({ head: 0x20, rest: input }));
    reads((input) => parseSuback({ head: 0x90, rest: input }, 1));
    reads((input) => parsePublish({ head: 0x30, rest: input }));
    reads((input) => assignedClientId({ head: 0x20, rest: input }));
    reads(parseInfo);
    reads(decodeCommand);
  });

  it('bear lengths that promise more than there is', () => {
    const lengths = fc.constantFrom(-1, 0x7fffffff, -0x80000000, 5, 1_000_000);
    fc.assert(
      fc.property(lengths, fc.nat(40), bytes, (length, at, noise) => {
        const document = Buffer.concat([encodeDocument({ a: 'text', b: { c: 1, d: true } }), noise]);
        document.writeInt32LE(length, Math.min(at, document.length - 4));
        try {
          decodeDocument(document);
        } catch (error) {
          expect(isMalformed(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('bear documents nested without end', () => {
    let nested = encodeDocument({ a: 1 });
    for (let depth = 0; depth < 500; depth++) {
      const head = Buffer.alloc(4);
      head.writeInt32LE(nested.length + 8);
      nested = Buffer.concat([head, Buffer.from('\x03a\0', 'latin1'), nested, Buffer.alloc(1)]);
    }
    expect(() => decodeDocument(nested)).toThrow(/document/);
  });

  it('write what they read back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 60 }), { minLength: 1, maxLength: 8 }),
        (words) => {
          expect(decodeCommand(encodeCommand(words))).toEqual(words.map((word) => Buffer.from(word).toString()));
        },
      ),
    );
  });

  it('keep nothing of a key but structure', () => {
    // Values that cannot be structural words: they hold a capital, a digit or a sign.
    const value = fc.stringMatching(/^[A-Z][a-z]{2,8}[0-9@.][a-z0-9]{2,6}$/);
    fc.assert(
      fc.property(fc.uniqueArray(value, { minLength: 1, maxLength: 10 }), (values) => {
        const patterns = keyPatterns(values.map((one) => `user:${one}:email`)).join(' ');
        for (const one of values) expect(patterns).not.toContain(one);
      }),
    );
  });

  it('read grants of any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 5000 })), (lines) => {
        expect(parseGrants(lines)).toHaveProperty('write');
      }),
    );
    expect(parseGrants([`GRANT ${'SELECT (a), '.repeat(20_000)}`, `GRANT ${' '.repeat(100_000)}`]).write).toBe(false);
  });
});
