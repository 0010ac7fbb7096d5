import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WriteRules } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import { isJsonObject, type Json, type JsonObject, jsonObject, printJson } from '../../../json/index.ts';
import { mergePartial, replacing } from './merge.ts';
import { writeTree } from './write-tree.ts';

const RULES: WriteRules = {
  fields: new Map([
    ['name', { type: 'text' }],
    ['address.city', { type: 'keyword' }],
    ['address.zip', { type: 'keyword' }],
    ['reviews', { type: 'nested' }],
    ['reviews.text', { type: 'text' }],
  ]),
  set: new Map([['tenant', { literal: 't1' }]]),
  required: [],
};
const tree = writeTree(RULES);
const json = (value: unknown): JsonObject => value as JsonObject;
const same = (value: JsonObject): unknown => JSON.parse(printJson(value));

describe('mergePartial', () => {
  it('merges objects and replaces everything else', () => {
    const merged = mergePartial(json({ a: { b: 1, c: 2 }, d: [1, 2], e: 5 }), json({ a: { c: 3 }, d: [9], e: null }));
    expect(same(merged)).toEqual({ a: { b: 1, c: 3 }, d: [9], e: null });
  });
});

describe('replacing', () => {
  it('nulls the writable fields that were not sent', () => {
    const partial = replacing(
      json({ name: 'x', address: { city: 'a', zip: '1' }, reviews: [{ text: 'a' }], tenant: 't1' }),
      json({ address: { city: 'b' } }),
      tree,
    );
    expect(same(partial)).toEqual({ name: null, address: { city: 'b', zip: null }, reviews: null });
  });

  it('knows a path that the document spells with dots', () => {
    const partial = replacing(json({ 'address.city': 'a' }), json({ address: { city: 'b' } }), tree);
    expect(same(partial)).toEqual({ 'address.city': null, address: { city: 'b' } });
  });

  it('refuses to put an object into the place of what must stay', () => {
    const source = json({ address: [{ city: 'a', secret: 's' }] });
    expect(() => replacing(source, json({ address: { city: 'b' } }), tree)).toThrow(Refusal);
    expect(same(replacing(source, json({}), tree))).toEqual({});
  });

  it('leaves everything beside the writable fields as it is, whatever the two documents are', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    const document = fc.record(
      {
        name: leaf,
        secret: leaf,
        address: fc.record({ city: leaf, zip: leaf, secret: leaf }, { requiredKeys: [] }),
        notes: fc.record({ a: leaf }),
      },
      { requiredKeys: [] },
    );
    const sent = fc.record(
      { name: leaf, address: fc.record({ city: leaf, zip: leaf }, { requiredKeys: [] }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(document, sent, (source, given) => {
        const result = mergePartial(json(source), replacing(json(source), json(given), tree));
        const address = isJsonObject(result.address) ? result.address : jsonObject([]);
        const values = (object: JsonObject, keys: readonly string[]): Json[] => keys.map((key) => object[key] ?? null);
        expect(result.secret).toEqual(source.secret);
        expect(result.notes).toEqual(source.notes);
        expect(address.secret).toEqual(source.address?.secret);
        expect(values(result, ['name'])).toEqual([given.name ?? null]);
        expect(values(address, ['city', 'zip'])).toEqual([given.address?.city ?? null, given.address?.zip ?? null]);
      }),
      { numRuns: 300 },
    );
  });
});
