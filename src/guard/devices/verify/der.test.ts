import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextNumber, DER, derBoolean, derChildren, derInner, derNumber, derOid, derTime, readDer } from './der.ts';
import { boolean, context, integer, octets, oid, sequence, time } from './testing/der-writer.ts';
import { Unproven } from './unproven.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const node = (hex: string) => readDer(bytes(hex), 'der');

function reason(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Unproven) return error.position;
    throw error;
  }
  return 'taken';
}

describe('the reader of DER', () => {
  it.each([
    ['', 'it ends early'],
    ['04', 'it ends early'],
    ['04 02 00', 'it ends early'],
    ['04 82 01', 'it ends early'],
    ['04 01 00 00', 'bytes after the value'],
    ['30 80 00 00', 'an unsupported length'],
    ['04 84 00000001 00', 'an unsupported length'],
    ['04 81 01 00', 'not the shortest form'],
    ['04 82 0001 00', 'not the shortest form'],
    ['bf 1e 00', 'not the shortest form'],
    ['bf 80 1f 00', 'not the shortest form'],
    ['bf 84 80 00 00', 'too large a tag'],
    ['bf 85', 'it ends early'],
  ])('refuses %s: %s', (hex, why) => {
    expect(reason(() => node(hex))).toBe(`der: ${why}`);
  });

  it.each([
    ['02 01 00', 0],
    ['02 01 7f', 127],
    ['02 02 0080', 128],
    ['02 07 1fffffffffffff', Number.MAX_SAFE_INTEGER],
  ])('reads the number %s', (hex, value) => {
    expect(derNumber(node(hex), 'der')).toBe(value);
  });

  it.each([
    '02 00',
    '02 01 80',
    '02 02 007f',
    '02 02 ff80',
    '02 07 20000000000000',
    '02 09 010000000000000000',
    '0a 01 00',
  ])('refuses the number %s', (hex) => {
    expect(reason(() => derNumber(node(hex), 'der'))).toMatch(/^der: /);
  });

  it('takes one true and one false', () => {
    expect(derBoolean(node('01 01 ff'), 'der')).toBe(true);
    expect(derBoolean(node('01 01 00'), 'der')).toBe(false);
    for (const hex of ['01 01 01', '01 00', '01 02 ffff'])
      expect(reason(() => derBoolean(node(hex), 'der'))).not.toBe('taken');
  });

  it.each(['1.2.840.113635.100.8.2', '1.3.6.1.4.1.11129.2.1.17', '2.5.29.19', '2.999.3', '0.39'])(
    'reads %s',
    (dotted) => {
      expect(derOid(readDer(oid(dotted), 'der'), 'der')).toBe(dotted);
    },
  );

  it.each(['06 00', '06 01 80', '06 02 2a 80', '06 03 2a 80 01', '06 07 2a ffffffffff 7f'])(
    'refuses the identifier %s',
    (hex) => {
      expect(reason(() => derOid(node(hex), 'der'))).toBe('der: not an identifier');
    },
  );

  it.each([
    ['17', '200318183253Z', Date.UTC(2020, 2, 18, 18, 32, 53)],
    ['17', '500101000000Z', Date.UTC(1950, 0, 1)],
    ['17', '491231235959Z', Date.UTC(2049, 11, 31, 23, 59, 59)],
    ['18', '20500101000000Z', Date.UTC(2050, 0, 1)],
    ['18', '99991231235959Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['18', '20240229000000Z', Date.UTC(2024, 1, 29)],
  ])('reads the time %s %s', (tag, text, ms) => {
    const written = Buffer.concat([bytes(tag), Buffer.of(text.length), Buffer.from(text)]);
    expect(derTime(readDer(written, 'der'), 'der')).toBe(ms);
  });

  it.each([
    ['17', '2003181832Z'],
    ['17', '200318183253+0000'],
    ['17', '201318183253Z'],
    ['17', '200318243253Z'],
    ['17', '200318186053Z'],
    ['17', '200318183260Z'],
    ['17', '2003181832 3Z'],
    ['18', '20230229000000Z'],
    ['18', '20240001000000Z'],
    ['18', '20240101000000.5Z'],
    ['16', '200318183253Z'],
  ])('refuses the time %s %s', (tag, text) => {
    const written = Buffer.concat([bytes(tag), Buffer.of(text.length), Buffer.from(text)]);
    expect(reason(() => derTime(readDer(written, 'der'), 'der'))).toBe('der: not a time');
  });

  it('reads tags of any number, and what is in them', () => {
    for (const number of [0, 1, 30, 31, 127, 128, 704, 16_383]) {
      const tagged = readDer(context(number, integer(5)), 'der');
      expect(contextNumber(tagged)).toBe(number);
      expect(derNumber(derInner(tagged, 'der'), 'der')).toBe(5);
    }
    expect(reason(() => derInner(readDer(context(1), 'der'), 'der'))).toBe('der: not one value');
    expect(reason(() => derInner(readDer(context(1, integer(1), integer(2)), 'der'), 'der'))).toBe(
      'der: not one value',
    );
  });

  it('looks into what is constructed only, and into no more than it can bear', () => {
    expect(reason(() => derChildren(node('04 00'), 'der'))).toBe('der: not constructed');
    const many = sequence(...Array.from({ length: 257 }, () => boolean(true)));
    expect(reason(() => derChildren(readDer(many, 'der'), 'der'))).toBe('der: too many members');
  });

  it('reads back what is written, whatever its length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
        (content, date) => {
          const read = readDer(octets(content), 'der');
          expect(read.lead | read.number).toBe(DER.octets);
          expect(Buffer.from(read.content)).toEqual(Buffer.from(content));
          const second = Math.floor(date.getTime() / 1000) * 1000;
          expect(derTime(readDer(time(second), 'der'), 'der')).toBe(second);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('ends in a node or a refusal on any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (any) => {
        expect(typeof reason(() => derChildren(readDer(any, 'der'), 'der'))).toBe('string');
      }),
      { numRuns: 3000 },
    );
  });
});
