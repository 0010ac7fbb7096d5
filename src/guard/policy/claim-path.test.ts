import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClaimPath } from './claim-path.ts';

describe('parseClaimPath', () => {
  it.each([
    ['tenant', ['tenant']],
    ['realm.id', ['realm', 'id']],
    ['["https://shop.example/t"]', ['https://shop.example/t']],
    ['a["b c"].d', ['a', 'b c', 'd']],
  ])('reads %s', (text, names) => {
    expect(parseClaimPath(text)).toEqual(names);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a[0]', '["a]', '[]', "['a']", 'a.b.c.d.e.f.g.h.i', 'ä'])(
    'refuses %j',
    (text) => {
      expect(parseClaimPath(text)).toBeUndefined();
    },
  );

  it('never throws, and keeps every name whole', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const name of parseClaimPath(text) ?? []) expect(text).toContain(name);
      }),
    );
  });
});
