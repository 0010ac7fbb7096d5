import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectReportSchema } from '../../src/core/contract/inspect.ts';
import { createCollector } from '../../src/inspect/inspect-package.ts';
import type { FoundString } from '../../src/inspect/source.ts';

const KEY = new TextEncoder().encode('a key for tests, of no use elsewhere');
const FACTS = { platform: 'android' as const, sha256: '0'.repeat(64), bytes: 1 };

/** Text made of the pieces that detectors look for, in any order. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '://',
        'http',
        'https',
        'mongodb+srv',
        '%3A%2F%2F',
        ':\\/\\/',
        '@',
        ':',
        '/',
        '?key=',
        '{',
        '}}',
        '%s',
        '[',
        ']',
        '.',
        '..',
        'AIza',
        'AKIA',
        'eyJ',
        '-----BEGIN PRIVATE KEY-----',
        'xn--',
        '127.0.0.1',
        ',',
        '\\',
        '\u0000',
        '\ud800',
        'aHR0c',
        'com',
        '(',
        ')',
        '*',
      ),
      fc.string({ maxLength: 12, unit: 'binary' }),
      fc.stringMatching(/^[a-z0-9.-]{1,20}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const found: fc.Arbitrary<FoundString> = fc.record(
  {
    text,
    entry: fc.constantFrom('classes.dex', 'resources.arsc', 'assets/www/lib/x.js', 'assets/a.json', 'a!b!c', ''),
    via: fc.constantFrom('dex-string', 'resource', 'xml', 'plist', 'text'),
    name: fc.constantFrom('comment', 'string/project_id', 'hint', 'string/aws_secret', 'url'),
    offset: fc.nat(),
    line: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['text', 'entry', 'via'] },
);

function report(strings: readonly FoundString[], revealSecrets = false) {
  const collector = createCollector();
  for (const one of strings) collector.sink.string(one);
  return collector.report('a.apk', FACTS, { redactionKey: KEY, revealSecrets });
}

describe('the detectors', () => {
  it('make a valid report of any strings', () => {
    fc.assert(
      fc.property(fc.array(found, { maxLength: 20 }), (strings) => {
        expect(inspectReportSchema.safeParse(report(strings)).error).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('make the same report in any order', () => {
    const distinct = fc.uniqueArray(found, {
      maxLength: 8,
      selector: ({ entry, name, text: one }) => `${entry}\0${name}\0${one}`,
    });
    const place = distinct.map((list) =>
      list.map((one, index) => ({ ...one, entry: `classes${index}.dex`, via: 'dex-string' as const })),
    );
    fc.assert(
      fc.property(place, (strings) => {
        const origins = (list: readonly FoundString[]) =>
          report(list).endpoints.map(({ url, origin }) => `${origin} ${url}`);
        expect(origins([...strings].reverse())).toEqual(origins(strings));
      }),
      { numRuns: 300 },
    );
  });

  it('never let a password through, wherever the address stands', () => {
    const password = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/).map((value) => `Zq9${value}`);
    const around = fc.constantFrom<(url: string) => string>(
      (url) => url,
      (url) => `see ${url} now`,
      (url) => `https://proxy.shop-tools.com/?${url}`,
      (url) => `https://proxy.shop-tools.com/?u=${encodeURIComponent(url)}`,
      (url) => Buffer.from(url).toString('base64'),
    );
    const scheme = fc.constantFrom('http', 'https', 'mongodb', 'redis', 'postgresql', 'amqps', 'ftp', 'wss');
    fc.assert(
      fc.property(password, around, scheme, (secret, wrap, name) => {
        const strings: FoundString[] = [
          { text: wrap(`${name}://shop:${secret}@db.bluemarket-shop.com/x`), entry: 'classes.dex', via: 'dex-string' },
        ];
        const made = report(strings);
        expect(made.endpoints.length).toBeGreaterThan(0);
        expect(JSON.stringify(made)).not.toContain(secret);
        const encoded = Buffer.from(`:${secret}@`).toString('base64').slice(4, -4);
        expect(JSON.stringify(made)).not.toContain(encoded);
      }),
      { numRuns: 300 },
    );
  });

  it('take time in proportion to their input, on the worst of it', () => {
    const units = [
      'http://',
      '://',
      'a.',
      'a:b@',
      '{',
      '((((',
      'eyJ',
      'AKIA',
      'aHR0cHM6Ly',
      '%3A%2F%2F',
      'https://a.b/?',
      '-----BEGIN PRIVATE KEY-----',
      'SK0123456789',
      'x-us1',
      '\\/',
      ':\\/\\/',
      'secret = ',
      'https:\\/\\/{{',
    ];
    for (const unit of units) {
      // doubled input may take double time, not four times; a floor keeps noise out
      const cost = (size: number) => {
        const one: FoundString = { text: unit.repeat(Math.ceil(size / unit.length)), entry: 'a.js', via: 'text' };
        const before = process.cpuUsage();
        report([one]);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      };
      cost(1 << 16);
      const small = Math.max(30, cost(1 << 20));
      expect(cost(1 << 22), unit).toBeLessThan(small * 12);
    }
  });
});
