import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classifyDataset,
  collectFields,
  createTally,
  ownDetectors,
  patternsOf,
  peopleOf,
  subjectFields,
} from '../../src/classify/index.ts';
import { patternProblem } from '../../src/core/safe-pattern.ts';

const anything = fc.oneof(
  fc.string({ maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.emailAddress(),
  fc.ipV4(),
  fc.ipV6(),
  fc.uuid(),
  fc.date().map((date) => String(date)),
);
const summaryOf = (values: readonly unknown[]) => {
  const tally = createTally();
  for (const value of values) tally.add(value);
  return tally.summary();
};

describe('tallies', () => {
  it('take anything, and keep counts that add up', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 60 }), (values) => {
        const summary = summaryOf(values);
        expect(summary.count + summary.empty).toBeLessThanOrEqual(values.length);
        expect(summary.distinct).toBeLessThanOrEqual(Math.ceil(summary.count * 1.2) + 1);
        for (const count of Object.values(summary.passed)) expect(count).toBeLessThanOrEqual(values.length);
      }),
    );
  });

  it('keep nothing of a value', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,30}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom('', '@example.org', ' 17', '.pdf'), (text, tail) => {
        expect(JSON.stringify(summaryOf([`${text}${tail}`]))).not.toContain(text);
      }),
    );
  });

  it('do not depend on the order of up to 256 values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.emailAddress(), fc.ipV4(), fc.string({ maxLength: 40 })), { maxLength: 100 }),
        (values) => {
          const { storage, ...ahead } = summaryOf(values);
          const { storage: back, ...behind } = summaryOf([...values].reverse());
          expect(behind).toEqual(ahead);
          expect(back).toHaveLength(storage.length);
        },
      ),
    );
  });

  it('estimate how many differ within a tenth', () => {
    for (const many of [1, 10, 100, 1_000, 10_000, 100_000]) {
      const tally = createTally();
      for (let at = 0; at < many; at++) tally.add(`value ${at}`);
      for (let at = 0; at < Math.min(many, 500); at++) tally.add(`value ${at}`);
      expect(Math.abs(tally.summary().distinct - many)).toBeLessThanOrEqual(many * 0.13);
    }
  });

  it('end in bounded time on text made to be slow', () => {
    const slow = [
      'a@',
      '@a.',
      '1-',
      '1.',
      ':',
      'aaaa:',
      'eyA.',
      'A1',
      '((((',
      '1 ',
      '0x',
      '$2b$',
      'ul. ',
      'Mozilla/5.0 ',
      '{"a":',
    ];
    const start = process.cpuUsage();
    for (const part of slow) {
      const tally = createTally();
      for (const length of [64, 511, 4_096, 200_000])
        for (let at = 0; at < 20; at++) tally.add(part.repeat(length).slice(0, length));
      tally.summary();
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});

describe('data sets', () => {
  const field = fc.record({
    name: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('email', 'card_number', 'geo.lat', 'ssn', 'status', 'x1'),
    ),
    values: fc.option(fc.array(anything, { maxLength: 12 }).map(summaryOf), { nil: undefined }),
  });

  it('never throw, and tell only fields that are there', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), fc.string({ maxLength: 40 }), (fields, name) => {
        const verdict = classifyDataset({ name, fields });
        for (const told of verdict.fields) {
          expect(fields.map((one) => one.name)).toContain(told.name);
          expect(told.reasons.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('do not depend on the order of their fields', () => {
    const unique = fc.uniqueArray(field, { selector: ({ name }) => name, maxLength: 10 });
    fc.assert(
      fc.property(unique, (fields) => {
        const of = (list: typeof fields) =>
          classifyDataset({ name: 'users', fields: list })
            .fields.map(({ name, category, detector, confidence }) => `${name} ${category} ${detector} ${confidence}`)
            .sort();
        expect(of([...fields].reverse())).toEqual(of(fields));
      }),
    );
  });

  it('walk any document, and show no key that is an address or a number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 6 }), { maxLength: 8 }),
        fc.emailAddress(),
        (documents, address) => {
          const collector = collectFields();
          for (const document of documents) collector.add({ [address]: document, list: [document] });
          expect(JSON.stringify(collector.fields())).not.toContain(JSON.stringify(address).slice(1, -1));
        },
      ),
    );
  });
});

describe('own patterns', () => {
  it('are fast whatever value they meet, if they are taken', () => {
    const part = fc.constantFrom(
      'a',
      '[a-z]',
      '\\d',
      '.',
      '(?:ab)',
      '(a|b)',
      '(?:a+)',
      'a+',
      '.*',
      '[ab]*',
      '\\w{1,9}',
      '(?:\\d{2}-){3}',
      'x?',
      '+',
      '*',
      '{2,}',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const pattern = `^${parts.join('')}$`;
        if (patternProblem(pattern) !== undefined) return;
        const own = ownDetectors([{ id: 'x', title: 'x', names: [], pattern }]);
        const tally = createTally(patternsOf(own));
        const start = process.cpuUsage();
        for (const letter of 'ab1-x') tally.add(`${letter.repeat(126)}!`);
        const { user, system } = process.cpuUsage(start);
        expect((user + system) / 1e6).toBeLessThan(1);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('people', () => {
  it('are told apart by their own key first, and never by the order', () => {
    expect(subjectFields('orders', ['order_id', 'total', 'customer.email', 'customer_id', 'phone_verified'])).toEqual([
      'customer_id',
      'customer.email',
    ]);
    expect(subjectFields('users', ['id', 'email', 'created_at', 'parent_order_id'])).toEqual(['id', 'email']);
    expect(subjectFields('products', ['id', 'sku', 'brand_id'])).toEqual([]);
    expect(subjectFields('logs', ['userId', 'msisdn', 'deviceId', 'requestId'])).toEqual([
      'userId',
      'msisdn',
      'deviceId',
    ]);
    expect(subjectFields('Kunden', ['Kundennummer', 'Telefon', 'E-Mail'])).toEqual([
      'Kundennummer',
      'E-Mail',
      'Telefon',
    ]);
  });

  it('are between the largest data set and the sum', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1e6 }), { minLength: 1, maxLength: 9 }), (counts) => {
        const people = peopleOf([...counts.map((count) => ({ people: { count } })), {}]);
        expect(people).toEqual({ atLeast: Math.max(...counts), atMost: counts.reduce((sum, count) => sum + count, 0) });
      }),
    );
    expect(peopleOf([{}])).toBeUndefined();
  });
});
