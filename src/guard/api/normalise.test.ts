import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from './normalise.ts';

describe('a value that is looked up', () => {
  it.each([
    ['email', ' Ada.Lovelace@Example.ORG ', 'ada.lovelace@example.org'],
    ['email', '"a@b"@example.org', undefined],
    ['email', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['email', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['email', 'ada', undefined],
    ['email', '@example.org', undefined],
    ['email', 'ada@', undefined],
    ['email', 'a b@example.org', undefined],
    ['email', `${'a'.repeat(65)}@example.org`, undefined],
    ['phone', '+49 (30) 555-0142', '+49305550142'],
    ['phone', '0049 30 5550142', '+49305550142'],
    ['phone', '+49 (0)30 555 0142', '+49305550142'],
    ['phone', '030/5550142', '0305550142'],
    ['phone', '+1\u2011202\u2011555\u20110142', '+12025550142'],
    ['phone', '+1 202 555 0142 x7', undefined],
    ['phone', '12', undefined],
    ['phone', '+1234567890123456', undefined],
    ['phone', `${' '.repeat(60)}123`, undefined],
    ['exact', ' As Is ', ' As Is '],
    ['exact', '', undefined],
  ] as const)('as %s: %s is %s', (lookup, value, normal) => {
    expect(normalise(lookup, value)).toBe(normal);
  });

  it('is normal once it was made so', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('email', 'phone', 'exact'),
        fc.oneof(fc.string(), fc.emailAddress(), fc.stringMatching(/^\+?[\d ().-]{3,20}$/)),
        (lookup, value) => {
          const normal = normalise(lookup, value);
          if (normal !== undefined) expect(normalise(lookup, normal)).toBe(normal);
        },
      ),
    );
  });
});
