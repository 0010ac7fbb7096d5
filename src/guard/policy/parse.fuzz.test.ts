import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PosternError } from '../../core/errors.ts';
import { OPERATIONS } from '../contract/grant.ts';
import type { Resource } from '../contract/resource.ts';
import { buildAccess } from './access.ts';
import { lint } from './lint/lint.ts';
import { EXAMPLE, NOW, parse, withResource, withRule, withTable } from './testing/policies.ts';

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
    for (const resource of policy.api?.resources ?? []) checkResource(resource);
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

/** What no resource may be, however it is written. */
function checkResource({ path, owner, subjects, fields, roles, order, page, operations, hash }: Resource): void {
  expect(path[0]).toMatch(/^v[1-9]\d*$/);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(page.default).toBeLessThanOrEqual(page.max);
  expect([...roles.values()].every((may) => [...may].every((operation) => operations.has(operation)))).toBe(true);
  const references = new Set([...subjects.values()].map(({ reference }) => reference));
  const columns = new Set<string>();
  for (const field of fields.values()) {
    expect(columns.has(field.column)).toBe(false);
    columns.add(field.column);
    if (field.column === owner?.column) expect([field.write.size, owner.pseudonym]).toEqual([0, false]);
    else expect(references.has(field.column)).toBe(false);
    if (field.mask || !field.read) expect([field.filters.size, field.sort]).toEqual([0, false]);
    if (field.encryption === null) continue;
    expect(subjects.has(field.encryption.subject)).toBe(true);
    expect(field.sort).toBe(false);
    expect([...field.filters].filter((filter) => filter !== 'eq')).toEqual([]);
  }
  for (const { field } of order) expect(fields.get(field)?.sort).toBe(true);
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

  it('is read, or refused with a place, whatever the values of a resource are', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'customer', 'customer_ref', 'id', '__proto__', 'a_beacon');
    const detail = fc.record(
      {
        type: fc.constantFrom('keyword', 'text', 'integer', 'date', 'uuid', 'object', 'boolean'),
        column: name,
        filter: fc.uniqueArray(fc.constantFrom('eq', 'in', 'range', 'exists'), { maxLength: 2 }),
        sort: fc.boolean(),
        array: fc.boolean(),
        read: fc.constant(false),
        write: fc.constantFrom(['create'], ['create', 'update']),
        required: fc.boolean(),
        mask: fc.constantFrom('redact', 'last:4', 'year'),
        encrypt: fc.constantFrom(true, { lookup: 'exact' }, { lookup: 'email', beacon: 4 }, { subject: 'b' }),
        members: fc.constant({ a: 'keyword' }),
      },
      { requiredKeys: ['type'] },
    );
    const one = fc.constantFrom('keyword', { type: 'date', sort: true }, { type: 'keyword', filter: ['eq'] });
    const sealed = fc.constant({ type: 'keyword', filter: ['eq'], encrypt: { lookup: 'exact' } });
    const field = fc.oneof(
      { weight: 4, arbitrary: one },
      { weight: 1, arbitrary: sealed },
      { weight: 1, arbitrary: detail },
    );
    const rarely = <T>(values: readonly T[]) =>
      fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
    const parts = fc.record({
      owner: fc.constantFrom('none', { column: 'customer' }, { column: 'owner_ref', pseudonym: true }),
      subjects: rarely([{ owner: { reference: 'customer_ref' } }, { b: { reference: 'r', from: 'b' } }]),
      fields: fc.dictionary(name, field, { minKeys: 1, maxKeys: 3 }),
      filter: rarely([{ term: { a: 'x' } }, { exists: 'customer' }, { none: [] }]),
      order: rarely(['-a', ['a', 'b'], []]),
      page: rarely([{ max: 5 }, { default: 7, max: 5 }]),
      path: rarely(['/v1/a', '/v0/a', '/v2/a/b', 'v1/a']),
      roles: fc.constantFrom(
        { mobile: ['list'] },
        { mobile: ['list'] },
        { mobile: ['create', 'get'] },
        { nobody: ['list'] },
      ),
    });
    let accepted = 0;
    fc.assert(
      fc.property(parts, fc.boolean(), (resource, inTable) => {
        const source = inTable ? { table: 'orders', id: { column: 'key' } } : { index: 'orders' };
        const lines = stringify(JSON.parse(JSON.stringify({ ...source, ...resource })));
        if (check(inTable ? withTable(lines) : withResource(lines))) accepted++;
      }),
      { numRuns: 200 },
    );
    expect(accepted).toBeGreaterThan(0);
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
