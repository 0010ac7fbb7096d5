import { describe, expect, it } from 'vitest';
import { type Json, JsonNumber, jsonObject } from '../json/value.ts';
import { matchRoles } from './match-roles.ts';
import { parse, withRoles } from './testing/policies.ts';

function rolesFor(claims: string, given: Record<string, Json>): string[] {
  const rules = 'rules: [{ indices: [a], operations: [search], filter: all, fields: { f: keyword } }]';
  const policy = parse(withRoles(`r: { match: { issuer: shop, claims: ${claims} }, ${rules} }`));
  return matchRoles(policy.roles, { kind: 'issuer', name: 'shop' }, jsonObject(Object.entries(given)));
}

describe('matchRoles', () => {
  it.each<[string, string, Record<string, Json>]>([
    ['text', '{ a: { equals: x } }', { a: 'x' }],
    ['a number', '{ a: { equals: 1 } }', { a: 1 }],
    ['a truth value', '{ a: { equals: true } }', { a: true }],
    ['one of several', '{ a: { oneOf: [x, 2] } }', { a: 2 }],
    ['a member of a list', '{ a: { contains: x } }', { a: ['y', 'x'] }],
    ['a scope', '{ scope: { contains: shop.read } }', { scope: 'openid shop.read' }],
    ['a claim inside another', '{ realm.id: { equals: x } }', { realm: jsonObject([['id', 'x']]) }],
    [
      'a claim with a name of other characters',
      `{ '["https://shop.example/t"]': { equals: x } }`,
      { 'https://shop.example/t': 'x' },
    ],
    ['all of several conditions', '{ a: { equals: x }, b: { equals: y } }', { a: 'x', b: 'y' }],
  ])('gives the role for %s', (_title, condition, claims) => {
    expect(rolesFor(condition, claims)).toEqual(['r']);
  });

  it.each<[string, string, Record<string, Json>]>([
    ['no claim', '{ a: { equals: x } }', {}],
    ['null', '{ a: { equals: x } }', { a: null }],
    ['another case or white space', '{ a: { equals: x } }', { a: 'X' }],
    ['white space around', '{ a: { equals: x } }', { a: 'x ' }],
    ['a number as text', '{ a: { equals: 1 } }', { a: '1' }],
    ['a number written otherwise', '{ a: { equals: 1 } }', { a: new JsonNumber('1.0') }],
    ['text as a number', "{ a: { equals: '1' } }", { a: 1 }],
    ['a list where one value is expected', '{ a: { equals: x } }', { a: ['x'] }],
    ['a list inside the list', '{ a: { contains: x } }', { a: [['x']] }],
    ['text that merely holds it', '{ a: { contains: x } }', { a: 'x' }],
    ['a part of a scope', '{ scope: { contains: shop.read } }', { scope: 'shop.readonly' }],
    ['scopes divided by other white space', '{ scope: { contains: b } }', { scope: 'a\tb' }],
    ['a scope deeper down', '{ x.scope: { contains: b } }', { x: jsonObject([['scope', 'a b']]) }],
    ['one of two conditions', '{ a: { equals: x }, b: { equals: y } }', { a: 'x' }],
    ['a flat name for a path', '{ realm.id: { equals: x } }', { 'realm.id': 'x' }],
    ['inherited names', '{ constructor.name: { equals: Object } }', {}],
  ])('does not give it for %s', (_title, condition, claims) => {
    expect(rolesFor(condition, claims)).toEqual([]);
  });

  it('tells sources apart that have the same name', () => {
    const rules = 'rules: [{ indices: [a], operations: [search], filter: all, fields: { f: keyword } }]';
    const policy = parse(
      withRoles(
        `token: { match: { issuer: shop }, ${rules} }\nstranger: { match: { anonymous: true }, ${rules} }\neither: { match: [{ issuer: shop }, { anonymous: true }], ${rules} }`,
      ),
    );
    const none = jsonObject([]);
    expect(matchRoles(policy.roles, { kind: 'issuer', name: 'shop' }, none)).toEqual(['token', 'either']);
    expect(matchRoles(policy.roles, { kind: 'anonymous', name: '' }, none)).toEqual(['stranger', 'either']);
    expect(matchRoles(policy.roles, { kind: 'certificate', name: 'shop' }, none)).toEqual([]);
    expect(matchRoles(policy.roles, { kind: 'api-key', name: 'shop' }, none)).toEqual([]);
  });

  it('gives an API key the roles that its file names, in the policy’s order, and no role that does not exist', () => {
    const rules = 'rules: [{ indices: [a], operations: [search], filter: all, fields: { f: keyword } }]';
    const policy = parse(
      withRoles(`b: { match: { issuer: shop }, ${rules} }\na: { match: { issuer: shop }, ${rules} }`),
    );
    const source = { kind: 'api-key', name: 'nightly', roles: ['a', 'nope', 'b'] } as const;
    expect(matchRoles(policy.roles, source, jsonObject([]))).toEqual(['b', 'a']);
  });
});
