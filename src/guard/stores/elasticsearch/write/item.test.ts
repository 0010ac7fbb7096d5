import { describe, expect, it } from 'vitest';
import type { Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import { JsonNumber, type JsonObject, jsonObject } from '../../../json/index.ts';
import { type Asked, decideItem, prepareItem, type Stored } from './item.ts';
import { writeRequest } from './request.ts';
import { type WriteScope, writeScope } from './scope.ts';

const CLAIMS = jsonObject([['tenant', 't1']]);

function scopeOf(changes: Partial<Grant>): WriteScope {
  const grant: Grant = {
    role: 'writer',
    rule: 'roles.writer.rules[0]',
    upstream: 'shop',
    index: 'logs',
    dataStream: false,
    mode: 'compat',
    operations: new Set(['index']),
    filter: null,
    fields: null,
    write: null,
    idNamespace: null,
    scoring: 'constant',
    limits: { page: 10, window: 100, items: 10, clauses: 10, buckets: 10, keepAlive: 60_000 },
    hash: 'h',
    ...changes,
  };
  const principal = { kind: 'token', id: 'x', roles: [], claims: CLAIMS, confirmation: null, expiresAt: null } as const;
  return writeScope(grant, { principal } as unknown as StoreContext);
}

const STRICT: Partial<Grant> = {
  mode: 'strict',
  filter: { kind: 'term', field: 'tenant', type: 'keyword', value: { claim: ['tenant'] } },
  write: {
    fields: new Map([['name', { type: 'text' }]]),
    set: new Map([['tenant', { claim: ['tenant'] }]]),
    required: ['name'],
  },
};
const document = (entries: Record<string, string | null>): JsonObject => jsonObject(Object.entries(entries));
const asked = (changes: Partial<Asked>): Asked => ({
  action: 'index',
  id: null,
  document: document({ name: 'x' }),
  condition: null,
  ...changes,
});

function sent(scope: WriteScope, what: Partial<Asked>, stored?: Stored): string {
  const item = prepareItem(asked(what), scope);
  const decision = decideItem(item, stored);
  if (decision.kind !== 'write') return decision.kind;
  const { method, path, body } = writeRequest(item, decision, { refresh: undefined });
  return `${method} ${path} ${body}`;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
}

describe('one write', () => {
  it('only adds to a data stream, and always as a creation', () => {
    const scope = scopeOf({ dataStream: true });
    expect(sent(scope, {})).toBe('POST /logs/_doc?op_type=create {"name":"x"}');
    for (const what of [
      { id: '1' },
      { action: 'update', id: '1' },
      { action: 'delete', id: '1', document: null },
      { action: 'create', id: '1' },
    ] as const)
      expect(codeOf(() => sent(scope, what))).toBe('unsupported_option');
  });

  it('of a trusted service carries its own condition, with every digit', () => {
    const condition = { seqNo: new JsonNumber('9007199254740993'), primaryTerm: 1 };
    expect(sent(scopeOf({}), { id: 'a b/c', condition })).toBe(
      'PUT /logs/_doc/a%20b%2Fc?if_seq_no=9007199254740993&if_primary_term=1 {"name":"x"}',
    );
  });

  it('of a strict role is on the version that was looked at, whatever its digits', () => {
    const stored = { seqNo: new JsonNumber('9007199254740993'), primaryTerm: 2, source: document({ tenant: 't1' }) };
    expect(sent(scopeOf(STRICT), { id: '1' }, stored)).toBe(
      'POST /logs/_update/1?if_seq_no=9007199254740993&if_primary_term=2 {"doc":{"name":"x","tenant":"t1"},"detect_noop":false}',
    );
    expect(sent(scopeOf(STRICT), { action: 'delete', id: '1', document: null }, stored)).toBe(
      'DELETE /logs/_doc/1?if_seq_no=9007199254740993&if_primary_term=2 null',
    );
  });

  it('of a strict role on what it does not see ends alike for hidden and missing', () => {
    expect(codeOf(() => sent(scopeOf(STRICT), { id: '1' }))).toBe('forbidden');
    expect(codeOf(() => sent(scopeOf(STRICT), { action: 'update', id: '1' }))).toBe('absent');
    expect(sent(scopeOf(STRICT), { action: 'delete', id: '1', document: null })).toBe('missing');
  });

  it('of a strict role takes no condition and needs an id where one is changed', () => {
    const condition = { seqNo: 1, primaryTerm: 1 };
    expect(codeOf(() => sent(scopeOf(STRICT), { id: '1', condition }))).toBe('unsupported_option');
    expect(codeOf(() => sent(scopeOf(STRICT), { action: 'update' }))).toBe('malformed_body');
  });

  it('never ends in a noop where it would tell the value of a field that is not shown', () => {
    const update = { action: 'update', id: '1', document: document({ name: 'guess' }) } as const;
    const stored = { seqNo: 1, primaryTerm: 1, source: document({ tenant: 't1' }) };
    const shown = (mask: { kind: 'redact' } | null) =>
      scopeOf({ ...STRICT, fields: new Map([['name', { name: 'name', type: 'text', mask }]]) });
    expect(sent(scopeOf({ ...STRICT, fields: new Map() }), update, stored)).toContain('"detect_noop":false');
    expect(sent(shown({ kind: 'redact' }), update, stored)).toContain('"detect_noop":false');
    expect(sent(shown(null), update, stored)).not.toContain('detect_noop');
    expect(sent(scopeOf({}), update)).not.toContain('detect_noop');
  });

  it('cannot empty a required field by an update', () => {
    const update = { action: 'update', id: '1', document: document({ name: null }) } as const;
    expect(codeOf(() => sent(scopeOf(STRICT), update))).toBe('malformed_body');
  });
});
