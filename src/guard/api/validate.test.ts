import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceSchema } from '../contract/resource.ts';
import { type Json, parseJson, printJson } from '../json/index.ts';
import { schema } from './testing/resources.ts';
import { compileSchema, MAX_PROBLEMS, Problems } from './validate.ts';

function check(given: Partial<ResourceSchema>, text: string) {
  const problems = new Problems();
  const value = compileSchema(schema(given))(parseJson(Buffer.from(text)), '/f', problems);
  return { value: value === undefined ? undefined : printJson(value), problems: problems.list };
}

describe('a value that a client sends', () => {
  it.each<[Partial<ResourceSchema>, string, string]>([
    [{}, '"a"', '"a"'],
    [{ maxLength: 2 }, '"😀😁"', '"😀😁"'],
    [{ minLength: 1, pattern: /^[a-z]+$/ }, '"abc"', '"abc"'],
    [{ type: 'integer' }, '5', '5'],
    [{ type: 'integer' }, '5.0', '5'],
    [{ type: 'integer' }, '1e3', '1000'],
    [{ type: 'integer' }, '-0', '0'],
    [{ type: 'number' }, '1.50', '1.50'],
    [{ type: 'number' }, '12345678901234567890.5', '12345678901234567890.5'],
    [{ type: 'number', minimum: 0, maximum: 1 }, '0.5', '0.5'],
    [{ type: 'boolean' }, 'false', 'false'],
    [{ type: 'date' }, '"2026-01-01T00:00:00+01:00"', '"2025-12-31T23:00:00.000Z"'],
    [{ type: 'uuid' }, '"00000000-0000-4000-8000-00000000000A"', '"00000000-0000-4000-8000-00000000000a"'],
    [{ oneOf: ['a', 'b'] }, '"b"', '"b"'],
    [{ type: 'integer', oneOf: [1, 2] }, '2.0', '2'],
    [{ array: true }, '[]', '[]'],
    [{ array: true, type: 'integer' }, '[1,2.0]', '[1,2]'],
  ])('%j takes %s as %s', (given, text, value) => {
    expect(check(given, text)).toEqual({ value, problems: [] });
  });

  it.each<[Partial<ResourceSchema>, string, string, string]>([
    [{}, '5', '/f', 'must be a text'],
    [{}, 'null', '/f', 'must be a text'],
    [{}, '["a"]', '/f', 'must be a text'],
    [{}, '{"$ne":"a"}', '/f', 'must be a text'],
    [{}, '"a\\u0000b"', '/f', 'must not hold a NUL character'],
    [{ maxLength: 2 }, '"abc"', '/f', 'must have at most 2 characters'],
    [{ minLength: 2 }, '"😀"', '/f', 'must have at least 2 characters'],
    [{ pattern: /^a$/ }, '"b"', '/f', 'must match the declared pattern'],
    [{ type: 'integer' }, '1.5', '/f', 'must be a whole number within 2^53'],
    [{ type: 'integer' }, '9007199254740992', '/f', 'must be a whole number within 2^53'],
    [{ type: 'integer' }, '"5"', '/f', 'must be a number'],
    [{ type: 'number', minimum: 0 }, '-0.1', '/f', 'must be at least 0'],
    [{ type: 'number', maximum: 1 }, '1.01', '/f', 'must be at most 1'],
    [{ type: 'boolean' }, '"true"', '/f', 'must be true or false'],
    [{ type: 'date' }, '"2026-01-01"', '/f', 'must be a date and time with an offset (RFC 3339)'],
    [{ type: 'uuid' }, '"x"', '/f', 'must be a UUID'],
    [{ oneOf: ['a'] }, '"b"', '/f', 'must be one of the declared values'],
    [{ array: true }, '"a"', '/f', 'must be a list'],
    [{ array: true, maxItems: 1 }, '["a","b"]', '/f', 'must have at most 1 items'],
    [{ array: true }, '["a",["b"]]', '/f/1', 'must be a text'],
    [{ type: 'object', members: new Map() }, '[]', '/f', 'must be an object'],
  ])('%j refuses %s at %s: %s', (given, text, pointer, detail) => {
    expect(check(given, text)).toEqual({ value: undefined, problems: [{ pointer, detail }] });
  });

  it('is an object of declared members alone, at every depth (B224)', () => {
    const members = new Map([
      ['city', schema({ required: true })],
      ['geo', schema({ type: 'object', members: new Map([['lat', schema({ type: 'number' })]]) })],
    ]);
    const fits = check({ type: 'object', members }, '{"geo":{"lat":1},"city":"x"}');
    expect(fits).toEqual({ value: '{"geo":{"lat":1},"city":"x"}', problems: [] });
    expect(check({ type: 'object', members }, '{"geo":{"lat":"1","lon":2},"owner":"me"}').problems).toEqual([
      { pointer: '/f/geo/lat', detail: 'must be a number' },
      { pointer: '/f/geo/lon', detail: 'is not declared' },
      { pointer: '/f/owner', detail: 'is not declared' },
      { pointer: '/f/city', detail: 'is required' },
    ]);
  });

  it('is not repeated by the problems, not even as the name of a member', () => {
    const { problems } = check({ type: 'object', members: new Map() }, '{"ada@example.org":1,"a/b":2,"~":3}');
    expect(problems).toEqual(Array(3).fill({ pointer: '/f', detail: 'is not declared' }));
  });

  it('has so many problems and no more', () => {
    const { problems } = check({ array: true }, `[${Array(500).fill(1).join(',')}]`);
    expect(problems).toHaveLength(MAX_PROBLEMS);
  });

  it('comes back whole or not at all, and fits once it has', () => {
    const declared = schema({
      type: 'object',
      members: new Map([
        ['a', schema({ maxLength: 3 })],
        ['b', schema({ type: 'integer', array: true, maxItems: 2 })],
        ['c', schema({ type: 'boolean', required: true })],
      ]),
    });
    const checked = compileSchema(declared);
    const likely = fc.record(
      { a: fc.jsonValue(), b: fc.array(fc.oneof(fc.integer(), fc.double())), c: fc.jsonValue(), d: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(likely, fc.jsonValue()), (value) => {
        const problems = new Problems();
        const fits = checked(value as Json, '', problems);
        expect(fits === undefined).toBe(problems.list.length > 0);
        if (fits !== undefined) expect(checked(fits, '', new Problems())).toEqual(fits);
      }),
    );
  });
});
