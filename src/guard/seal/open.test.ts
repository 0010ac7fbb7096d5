import { describe, expect, it } from 'vitest';
import type { Access, Grant } from '../contract/grant.ts';
import { Refusal } from '../contract/refusal.ts';
import type { StoreContext } from '../contract/store.ts';
import { jsonObject } from '../json/index.ts';
import { openSealed, readSealed } from './open.ts';
import { sealFor } from './seal-for.ts';
import { createSealer } from './sealer.ts';

const NOW = 1_800_000_000_000;
const sealer = createSealer(
  { current: { id: '00000001', key: new Uint8Array(32).fill(1) }, previous: [] },
  { now: () => NOW },
);

function grantOf(index: string, hash: string): Grant {
  return {
    role: 'mobile',
    rule: 'roles.mobile.rules[0]',
    upstream: 'shop',
    index,
    dataStream: false,
    mode: 'strict',
    operations: new Set(['search', 'scroll', 'pit']),
    filter: null,
    fields: new Map(),
    write: null,
    idNamespace: null,
    scoring: 'constant',
    limits: { page: 10, window: 100, items: 10, clauses: 10, buckets: 10, keepAlive: 60_000 },
    hash,
  };
}

function contextOf(given: {
  principal?: string;
  confirmation?: string | null;
  grants?: readonly Grant[];
  now?: number;
}): StoreContext {
  const grants = given.grants ?? [grantOf('profiles', 'h1')];
  const access: Access = {
    find: (name, operation) => grants.find(({ index, operations }) => index === name && operations.has(operation)),
    all: () => grants,
  };
  return {
    principal: {
      kind: 'token',
      id: given.principal ?? 'token:shop:A',
      roles: ['mobile'],
      claims: jsonObject([]),
      confirmation: given.confirmation ?? null,
      expiresAt: null,
    },
    access,
    sealer,
    token: () => '',
    dialectOf: () => 'elasticsearch-8',
    now: given.now ?? NOW,
  };
}

const seal = (context = contextOf({})): string =>
  sealFor('scroll', 'upstream-id', [grantOf('profiles', 'h1')], 60_000, '', context);

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
}

describe('openSealed', () => {
  it('opens for the principal that it was sealed for', () => {
    expect(openSealed(seal(), 'scroll', contextOf({})).id).toBe('upstream-id');
  });

  it("refuses the store's own id as malformed (B138)", () => {
    const raw = 'FGluY2x1ZGVfY29udGV4dF91dWlkDXF1ZXJ5QW5kRmV0Y2gBFg==';
    expect(codeOf(() => openSealed(raw, 'scroll', contextOf({})))).toBe('malformed_body');
  });

  it("answers another principal's, an expired and an altered id alike (B139, B147)", () => {
    const text = seal();
    expect(codeOf(() => openSealed(text, 'scroll', contextOf({ principal: 'token:shop:B' })))).toBe('absent');
    expect(codeOf(() => openSealed(text, 'scroll', contextOf({ now: NOW + 60_000 })))).toBe('absent');
    expect(codeOf(() => openSealed(`${text.slice(0, -1)}!`, 'scroll', contextOf({})))).toBe('absent');
    expect(codeOf(() => openSealed(text, 'pit', contextOf({})))).toBe('absent');
  });

  it('refuses the same principal with another key, or without one, where the id was bound to a key (B146)', () => {
    const text = seal(contextOf({ confirmation: 'thumb-1' }));
    expect(openSealed(text, 'scroll', contextOf({ confirmation: 'thumb-1' })).id).toBe('upstream-id');
    expect(codeOf(() => openSealed(text, 'scroll', contextOf({ confirmation: 'thumb-2' })))).toBe('forbidden');
    expect(codeOf(() => openSealed(text, 'scroll', contextOf({})))).toBe('forbidden');
  });

  it('refuses when the rule has changed or the role is gone, and gives back what is to be closed (B145)', () => {
    const text = seal();
    for (const grants of [[], [grantOf('profiles', 'h2')], [{ ...grantOf('profiles', 'h1'), upstream: 'other' }]]) {
      const context = contextOf({ grants });
      expect(codeOf(() => openSealed(text, 'scroll', context))).toBe('forbidden');
      expect(readSealed(text, 'scroll', context)).toMatchObject({
        standing: 'revoked',
        content: { id: 'upstream-id', upstream: 'shop' },
      });
    }
  });

  it('refuses when one of several indices is not granted any more', () => {
    const grants = [grantOf('profiles', 'h1'), grantOf('orders', 'h1')];
    const text = sealFor('pit', 'upstream-id', grants, 60_000, '', contextOf({}));
    expect(openSealed(text, 'pit', contextOf({ grants })).indices).toEqual(['profiles', 'orders']);
    expect(codeOf(() => openSealed(text, 'pit', contextOf({})))).toBe('forbidden');
  });
});
