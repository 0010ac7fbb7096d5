import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceSchema } from '../contract/resource.ts';
import { type Json, JsonNumber } from '../json/value.ts';
import { schema } from './testing/resources.ts';
import { compileShow } from './typed-value.ts';

function show(given: Partial<ResourceSchema>, value: Json) {
  return compileShow(schema(given))(value);
}

describe('a value of a store', () => {
  it.each<[Partial<ResourceSchema>, Json, Json | undefined]>([
    [{}, 'a', 'a'],
    [{}, 5, '5'],
    [{}, true, 'true'],
    [{}, { a: 1 }, undefined],
    [{}, ['a'], 'a'],
    [{}, ['a', 'b'], undefined],
    [{}, [], undefined],
    [{ type: 'integer' }, '5', 5],
    [{ type: 'integer' }, 'x', undefined],
    [{ type: 'number' }, 0.5, 0.5],
    [{ type: 'number' }, { $gt: 1 }, undefined],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean' }, 'no', undefined],
    [{ type: 'date' }, 0, '1970-01-01T00:00:00.000Z'],
    [{ type: 'date' }, 1e300, undefined],
    [{ array: true }, 'a', ['a']],
    [{ array: true }, ['a', null, { b: 1 }, 2], ['a', '2']],
    [{ array: true }, null, null],
    [{ type: 'object', members: new Map([['a', schema()]]) }, 'x', undefined],
  ])('of %j that is %j is shown as %j', (given, value, shown) => {
    expect(show(given, value)).toEqual(shown);
  });

  it('keeps digits that a double cannot hold', () => {
    expect(show({ type: 'number' }, new JsonNumber('12345678901234567890'))).toBeInstanceOf(JsonNumber);
    expect(show({ type: 'number' }, '12345678901234567890')).toEqual(new JsonNumber('12345678901234567890'));
  });

  it('shows the declared members of an object and no others, at every depth', () => {
    const declared: Partial<ResourceSchema> = {
      type: 'object',
      members: new Map([['in', schema({ type: 'object', array: true, members: new Map([['a', schema()]]) })]]),
    };
    const stored = { in: [{ a: 'x', b: 'hidden' }, 'stray'], hidden: 'y' };
    expect(JSON.stringify(show(declared, stored))).toBe('{"in":[{"a":"x"}]}');
  });

  it('is of the declared type or not shown, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom('keyword', 'boolean', 'number'), fc.jsonValue(), (type, value) => {
        const shown = show({ type }, value as Json);
        const wanted = type === 'keyword' ? 'string' : type;
        if (shown !== undefined && shown !== null && !(shown instanceof JsonNumber)) expect(typeof shown).toBe(wanted);
      }),
    );
  });
});
