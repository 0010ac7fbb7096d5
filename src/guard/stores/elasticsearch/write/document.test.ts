import { describe, expect, it } from 'vitest';
import type { Filter, Grant, WriteRules } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import { type JsonObject, jsonObject, parseJson, printJson } from '../../../json/index.ts';
import { checkResult, checkSent } from './document.ts';
import { type WriteScope, writeScope } from './scope.ts';

const TENANT: Filter = { kind: 'term', field: 'tenant', type: 'keyword', value: { claim: ['tenant'] } };
const RULES: WriteRules = {
  fields: new Map([
    ['name', { type: 'text' }],
    ['dept', { type: 'keyword' }],
    ['address.city', { type: 'keyword' }],
    ['reviews', { type: 'nested' }],
    ['reviews.text', { type: 'text' }],
  ]),
  set: new Map([
    ['tenant', { claim: ['tenant'] }],
    ['meta.by', { claim: ['sub'] }],
  ]),
  required: ['name'],
};

function scopeOf(
  changes: Partial<Grant> = {},
  claims: Record<string, string> = { tenant: 't1', sub: 'u1' },
): WriteScope {
  const grant: Grant = {
    role: 'writer',
    rule: 'roles.writer.rules[0]',
    upstream: 'shop',
    index: 'profiles',
    dataStream: false,
    mode: 'strict',
    operations: new Set(['index']),
    filter: TENANT,
    fields: new Map(),
    write: RULES,
    idNamespace: null,
    scoring: 'constant',
    limits: { page: 10, window: 100, items: 10, clauses: 10, buckets: 10, keepAlive: 60_000 },
    hash: 'h',
    ...changes,
  };
  const principal = { kind: 'token', id: 'x', roles: [], confirmation: null, expiresAt: null } as const;
  const context: Pick<StoreContext, 'principal'> = {
    principal: { ...principal, claims: jsonObject(Object.entries(claims)) },
  };
  return writeScope(grant, context as StoreContext);
}

const read = (text: string): JsonObject => parseJson(Buffer.from(text)) as JsonObject;

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
}

describe('checkSent', () => {
  it('adds what the policy sets, at any depth', () => {
    expect(printJson(checkSent(read('{"name":"x"}'), scopeOf()))).toBe('{"name":"x","tenant":"t1","meta":{"by":"u1"}}');
  });

  it('refuses other values for what the policy sets', () => {
    for (const text of ['{"tenant":"t2"}', '{"meta":{"by":"u2"}}', '{"meta":"u1"}', '{"meta":[{"by":"u1"}]}'])
      expect(
        codeOf(() => checkSent(read(text), scopeOf())),
        text,
      ).toMatch(/forbidden|malformed_body/);
  });

  it('refuses dotted keys, unlisted members and lists where only members are listed', () => {
    for (const text of [
      '{"address.city":"x"}',
      '{"address":{"city":"x","zip":"1"}}',
      '{"address":[{"city":"x"}]}',
      '{"address":null}',
      '{"address":"x"}',
      '{"reviews":{"secret":"x"}}',
      '{"reviews":[{"text":"x"},1]}',
      '{"":1}',
    ])
      expect(
        codeOf(() => checkSent(read(text), scopeOf())),
        text,
      ).toBe('malformed_body');
    expect(codeOf(() => checkSent(read('{"reviews":[{"text":"x"},{}],"address":{}}'), scopeOf()))).toBeUndefined();
  });

  it('refuses two values where the filter compares one', () => {
    const filter: Filter = { kind: 'term', field: 'dept', type: 'keyword', value: { literal: 'a' } };
    expect(codeOf(() => checkSent(read('{"dept":["a","b"]}'), scopeOf({ filter })))).toBe('forbidden');
    const multi: Filter = { ...filter, field: 'dept.keyword' };
    expect(codeOf(() => checkSent(read('{"dept":["a","b"]}'), scopeOf({ filter: multi })))).toBe('forbidden');
    expect(codeOf(() => checkSent(read('{"dept":["a"]}'), scopeOf({ filter: multi })))).toBeUndefined();
  });
});

describe('checkResult', () => {
  it('refuses what the writer would not see, and what lacks a required field', () => {
    const filter: Filter = { kind: 'term', field: 'dept', type: 'keyword', value: { literal: 'a' } };
    expect(codeOf(() => checkResult(read('{"name":"x","dept":"b"}'), scopeOf({ filter })))).toBe('forbidden');
    expect(codeOf(() => checkResult(read('{"name":"x"}'), scopeOf({ filter })))).toBe('forbidden');
    expect(codeOf(() => checkResult(read('{"dept":"a"}'), scopeOf({ filter })))).toBe('malformed_body');
    expect(codeOf(() => checkResult(read('{"name":"x","dept":"a"}'), scopeOf({ filter })))).toBeUndefined();
  });
});

describe('writeScope', () => {
  it('forbids a strict role to write without a list of fields', () => {
    expect(codeOf(() => scopeOf({ write: null }))).toBe('forbidden');
    expect(codeOf(() => scopeOf({ write: { ...RULES, fields: null } }))).toBe('forbidden');
    expect(codeOf(() => scopeOf({ write: null, mode: 'compat' }))).toBe('forbidden');
    expect(codeOf(() => scopeOf({ write: null, mode: 'compat', filter: null, fields: null }))).toBeUndefined();
  });

  it('forbids when a claim that the rule needs is missing or empty', () => {
    expect(codeOf(() => scopeOf({}, { tenant: 't1' }))).toBe('forbidden');
    expect(codeOf(() => scopeOf({}, { tenant: 't1', sub: '' }))).toBe('forbidden');
    expect(codeOf(() => scopeOf({}, { sub: 'u1' }))).toBe('forbidden');
  });

  it("takes the client's ids for new documents only where they cannot meet hidden ones (B177)", () => {
    const idNamespace = { claim: ['tenant'] };
    const dept: Filter = { kind: 'term', field: 'dept', type: 'keyword', value: { literal: 'a' } };
    expect(scopeOf().createsById).toBe(false);
    expect(scopeOf({ idNamespace }).createsById).toBe(true);
    expect(scopeOf({ filter: null }).createsById).toBe(true);
    expect(scopeOf({ idNamespace, filter: { kind: 'all', filters: [TENANT] } }).createsById).toBe(true);
    expect(scopeOf({ idNamespace, filter: { kind: 'all', filters: [TENANT, dept] } }).createsById).toBe(false);
    expect(scopeOf({ idNamespace, filter: { kind: 'any', filters: [TENANT] } }).createsById).toBe(false);
    expect(scopeOf({ idNamespace: { claim: ['sub'] } }).createsById).toBe(false);
    expect(scopeOf({ idNamespace: { literal: 't1' } }).createsById).toBe(false);
  });
});
