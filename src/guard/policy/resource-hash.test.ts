import { describe, expect, it } from 'vitest';
import { FULL } from './testing/full.ts';
import { parse } from './testing/policies.ts';

function hashOf(text: string): string | undefined {
  return parse(text).api?.resources[0]?.hash;
}

describe('the hash of a resource', () => {
  const plain = hashOf(FULL);

  it.each([
    ['read again', 'x', 'x'],
    ['described otherwise', 'What a customer has ordered.', 'Orders.'],
    ['of another title', 'title: Orders', 'title: Purchases'],
    ['granted in another order', '[list, count, get,', '[get, count, list,'],
    ['filtered in another order', 'filter: [eq, in]', 'filter: [in, eq]'],
    ['with its fields in another order', '      pieces: integer\n', ''],
  ])('stays the same for one that is %s', (title, from, to) => {
    const text = title.includes('fields')
      ? FULL.replace(from, to).replace('      iban: {', `${from}      iban: {`)
      : FULL.replace(from, to);
    expect(hashOf(text)).toBe(plain);
  });

  it.each([
    ['path', 'path: /v1/orders', 'path: /v1/purchases'],
    ['upstream’s index', 'index: orders', 'index: purchases'],
    ['owner', 'column: customer,', 'column: buyer,'],
    ['claim', 'claim: sub', 'claim: id'],
    ['filter', 'term: { deleted: true }', 'term: { deleted: false }'],
    ['hold', 'term: { invoiced: true }', 'term: { invoiced: false }'],
    ['roles', 'support: [get]', 'support: [get, list]'],
    ['a column', 'column: placed_at', 'column: placed_on'],
    ['a type', 'pieces: integer', 'pieces: number'],
    ['a mask', "'last:4'", "'last:3'"],
    ['a pattern', '[A-Z]{4,12}', '[A-Z]{4,11}'],
    ['a bound', 'maximum: 90 ', 'maximum: 80 '],
    ['encryption', 'bits: 8', 'bits: 9'],
    ['a subject', 'reference: recipient_ref', 'reference: to_ref'],
    ['an order', 'order: -placed', 'order: placed'],
    ['a page', 'max: 50', 'max: 60'],
    ['what may be asked', 'filter: [eq, in]', 'filter: [eq]'],
    ['what may be written', 'write: [create, update], required: true', 'write: [create], required: true'],
  ])('changes with its %s', (_what, from, to) => {
    expect(FULL).toContain(from);
    expect(hashOf(FULL.replace(from, to))).not.toBe(plain);
  });
});
