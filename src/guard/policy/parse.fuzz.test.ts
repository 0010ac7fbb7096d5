import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PosternError } from '../../core/errors.ts';
import { OPERATIONS } from '../contract/grant.ts';
import { buildAccess } from './access.ts';
import { lint } from './lint/lint.ts';
import { EXAMPLE, NOW, parse, withRule } from './testing/policies.ts';

/** A policy that works in every part, or an error with its place; anything else fails the test. */
function check(text: string): boolean {
  try {
    const policy = parse(text);
    const access = buildAccess(policy, { roles: policy.roles.map(({ name }) => name) }, NOW);
    for (const operation of OPERATIONS) {
      for (const grant of access.all(operation)) {
        expect(access.find(grant.index, operation)).toBe(grant);
        expect(grant.index).toMatch(/^[a-z0-9.][a-z0-9._-]*$/);
        if (grant.mode === 'strict') expect(grant.fields).not.toBeNull();
      }
    }
    lint(policy, { now: NOW });
    return true;
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    expect(error.code).toBe('E_POLICY_INVALID');
    expect(error.message).not.toBe('');
    expect(error.hint).not.toBe('');
    expect(error.at?.line).toBeGreaterThanOrEqual(1);
    expect(error.at?.line).toBeLessThanOrEqual(text.split(/\r\n|[\r\n]/).length + 1);
    expect(error.at?.column).toBeGreaterThanOrEqual(1);
    return false;
  }
}

describe('guard.yaml', () => {
  it('is read, or refused with a place, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        check(text);
      }),
      { numRuns: 300 },
    );
  });

  it('is read, or refused with a place, when a valid one is cut or changed', () => {
    let accepted = 0;
    const edit = fc.record({ at: fc.nat(EXAMPLE.length), drop: fc.nat(12), put: fc.string({ maxLength: 6 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = EXAMPLE;
        for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
        if (check(text)) accepted++;
      }),
      { numRuns: 150 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it('is read, or refused with a place, whatever the values of a rule are', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(
        'all',
        '${claims.t}',
        { term: { t: 1 } },
        { none: [] },
        { t: 'keyword' },
        { t: { type: 'keyword', mask: 'last:4' } },
        ['a', 'a'],
        ['*'],
      ),
    );
    const key = fc.constantFrom(
      'filter',
      'fields',
      'filterFields',
      'aliases',
      'catalogue',
      'write',
      'limits',
      'idNamespace',
      'scoring',
      'dataStream',
      'upstream',
      '__proto__',
      'constructor',
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (rule) => {
        check(withRule(stringify({ filter: 'all', fields: { f: 'keyword' }, ...rule })));
      }),
      { numRuns: 200 },
    );
  });

  it('is refused, and nothing worse, when it is nested without end', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{a: ', '}'],
    ] as const) {
      for (const depth of [70, 20_000])
        expect(check(`version: 1\nroles: ${open.repeat(depth)}${close.repeat(depth)}\n`)).toBe(false);
    }
    let filter = '{ exists: t }';
    for (let depth = 0; depth < 30; depth++) filter = `{ all: [${filter}] }`;
    expect(check(withRule(`filter: ${filter}\nfields: { t: keyword }`))).toBe(false);
  });

  it('knows no key of JavaScript’s own', () => {
    expect(check(withRule('filter: all\nfields: { __proto__: keyword, f: keyword }'))).toBe(false);
    expect(check(withRule('filter: { term: { __proto__: x } }\nfields: { f: keyword }'))).toBe(false);
  });

  it('expands no bomb of aliases', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]}, `.repeat(9)}]`)
      .join('\n')}\n`;
    expect(check(bomb)).toBe(false);
  });
});
