import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parametersOf } from '../contract/rest.ts';
import { readRequest } from '../http/read-request.ts';
import { rawRequest, refusedWith } from '../http/testing/raw-request.ts';
import { createParameterReader } from './parameters.ts';
import { ORDERS } from './testing/resources.ts';

const reader = createParameterReader(ORDERS);

function list(query: string) {
  return reader.list(readRequest(rawRequest(`/v1/orders?${query}`), 'resource').query);
}

function refused(query: string) {
  return refusedWith(() => list(query));
}

describe('the parameters of a list', () => {
  it('are typed comparisons on columns', () => {
    const read = list(
      'status[in]=open,paid&total[gte]=1.5&total[lt]=9&placed[gt]=2026-01-01T00:00:00%2B01:00&number=7&gift=true&status[exists]=true',
    );
    expect(read.conditions).toEqual([
      { kind: 'in', column: 'status', type: 'keyword', values: ['open', 'paid'] },
      { kind: 'in', column: 'order_no', type: 'integer', values: [7] },
      { kind: 'in', column: 'gift', type: 'boolean', values: [true] },
      { kind: 'exists', column: 'status', exists: true },
      { kind: 'range', column: 'total', type: 'number', bounds: { gte: 1.5, lt: 9 } },
      { kind: 'range', column: 'placed', type: 'date', bounds: { gt: '2025-12-31T23:00:00.000Z' } },
    ]);
    expect(read.size).toBe(20);
    expect(read.order).toEqual([{ column: 'placed', type: 'date', descending: true }]);
  });

  it('name an order of declared fields, and a size', () => {
    expect(list('sort=-total,placed&size=100').order).toEqual([
      { column: 'total', type: 'number', descending: true },
      { column: 'placed', type: 'date', descending: false },
    ]);
    expect(list('size=100').size).toBe(100);
  });

  it('may have their brackets encoded', () => {
    expect(list('status%5Bin%5D=open').conditions).toEqual(list('status[in]=open').conditions);
  });

  it.each([
    ['B221', 'status[$ne]=x'],
    ['B221', 'status[ne]=x'],
    ['B221', 'status[]=open'],
    ['B221', 'status[in][0]=open'],
    ['B221', 'status=open&status=paid'],
    ['B221', 'status[in]=open&status%5bin%5d=paid'],
    ['B221', 'status.prefix=o'],
    ['B221', '$where=1'],
    ['B221', '__proto__=1'],
    ['B221', 'constructor=1'],
    ['B221', 'q=status:open'],
    ['B221', 'number={%22gt%22:0}'],
    ['B221', 'total=5'],
    ['B221', 'total[exists]=true'],
    ['B221', 'unknown=1'],
    ['B221', 'sta%74us=open'],
    ['type', 'status='],
    ['type', 'status=lost'],
    ['type', 'status[in]=open,lost'],
    ['type', 'status[in]=open,'],
    ['type', 'status[in]='],
    ['type', `number[in]=${Array.from({ length: 11 }, (_, at) => at).join(',')}`],
    ['type', 'status[exists]=1'],
    ['type', 'number=7.0'],
    ['type', 'number=07'],
    ['type', 'number=1e3'],
    ['type', 'number=9007199254740993'],
    ['type', 'total[gte]=NaN'],
    ['type', 'total[gte]=Infinity'],
    ['type', 'total[gte]=0x10'],
    ['type', 'total[gte]=1&total[gt]=1'],
    ['type', 'placed[gte]=now-1d'],
    ['type', 'placed[gte]=2026-01-01'],
    ['type', 'gift=yes'],
    ['type', 'title='],
    ['type', `title=${'a'.repeat(1025)}`],
    ['size', 'size=0'],
    ['size', 'size=101'],
    ['size', 'size=-1'],
    ['size', 'size=1e1'],
    ['size', 'size='],
    ['sort', 'sort='],
    ['sort', 'sort=unknown'],
    ['sort', 'sort=total,-total'],
    ['sort', 'sort=--total'],
    ['sort', 'sort=total:desc'],
    ['sort', 'sort=title'],
    ['sort', 'sort=_score'],
    ['sort', 'sort=total,placed,status,total,placed'],
    ['B230', 'iban=DE00'],
    ['B230', 'iban[in]=DE00'],
    ['B230', 'iban[exists]=true'],
    ['B230', 'sort=iban'],
    ['hidden', 'secret=x'],
    ['hidden', 'customer=bob'],
    ['hidden', 'customer_ref=x'],
    ['hidden', 'deleted=true'],
    ['hidden', 'recipientName_beacon=a'],
  ])('of case %s refuse %s', (_case, query) => {
    expect(refused(query)).toBe('malformed_parameter');
  });

  it.each([
    'phone[in]=1,2',
    'phone[gte]=1',
    'phone[exists]=true',
    'phone[prefix]=1',
    'sort=phone',
    'sort=-phone',
    'note=x',
    'note[exists]=true',
    'sort=note',
    'recipientName[in]=a',
  ])('of an encrypted field cannot be %s (B226)', (query) => {
    expect(refused(query)).toBe('encrypted_field');
  });

  it('of an encrypted field are equality alone, of its normal form (B226)', () => {
    const { conditions, equalities } = list('phone=%2B49%2030%205550142');
    expect(conditions).toEqual([]);
    expect(equalities).toMatchObject([{ value: '+49305550142' }]);
    expect(refused('phone=none')).toBe('malformed_parameter');
  });

  it.each([
    '*',
    '?',
    'a OR b',
    'a*',
    '"a"',
    '/.*/',
    'ssn:1',
    '%',
    '_',
    "' OR 1=1--",
    '$1',
    '{"prefix":"a"}',
    '[1 TO 2]',
  ])('are values and no patterns: %s (B222)', (value) => {
    expect(list(`title=${encodeURIComponent(value)}`).conditions).toEqual([
      { kind: 'in', column: 'title', type: 'keyword', values: [value] },
    ]);
  });

  it('of a count are its filters alone', () => {
    for (const name of ['sort', 'size', 'cursor']) {
      expect(refusedWith(() => reader.count(new Map([[name, '1']])))).toBe('malformed_parameter');
    }
    expect(reader.count(new Map([['gift', 'false']])).conditions).toHaveLength(1);
  });

  it('are read or refused, whatever they are, and reach declared columns alone', () => {
    const known = [...ORDERS.fields.values()].flatMap((field) => parametersOf(field).map(({ name }) => name));
    const columns = new Set(
      [...ORDERS.fields.values()]
        .filter(({ mask, encryption, read }) => mask === null && encryption === null && read)
        .map(({ column }) => column),
    );
    const name = fc.oneof(
      fc.constantFrom(...known, 'sort', 'size', 'cursor', 'phone[in]', 'iban', 'customer'),
      fc.string({ maxLength: 12 }),
    );
    const value = fc.oneof(
      fc.constantFrom('open', 'open,paid', '5', '1.5', 'true', '2026-01-01T00:00:00Z', '-total', '+49305550142'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true }), (query) => {
        const code = refusedWith(() => {
          const { conditions, order, size } = reader.list(new Map(Object.entries(query)));
          read += 1;
          for (const { column } of [...conditions, ...order]) expect(columns.has(column)).toBe(true);
          expect(size).toBeLessThanOrEqual(100);
          for (const condition of conditions) {
            const values =
              condition.kind === 'in'
                ? condition.values
                : condition.kind === 'range'
                  ? Object.values(condition.bounds)
                  : [];
            for (const one of values) expect(['string', 'number', 'boolean']).toContain(typeof one);
          }
        });
        expect([undefined, 'malformed_parameter', 'encrypted_field']).toContain(code);
      }),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
