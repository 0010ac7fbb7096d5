import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldSet } from '../../../contract/grant.ts';
import { printJson } from '../../../json/print.ts';
import { isJsonObject } from '../../../json/value.ts';
import { EVERYTHING, planSource, readSelection } from '../search/selection.ts';
import { shapeOfFields } from './shape.ts';
import { reduceSource } from './source.ts';
import { fieldsOf, json } from './testing/scenario.ts';

const CONTEXT = { token: (field: string, value: string) => `<${field}:${value.length}>` };

function shown(fields: FieldSet, source: unknown, selection = '{}') {
  const read = json(typeof source === 'string' ? source : JSON.stringify(source));
  if (!isJsonObject(read)) throw new Error('a document is an object');
  const { shape } = planSource(selection === '{}' ? EVERYTHING : readSelection(json(selection)), fields, []);
  return JSON.parse(printJson(reduceSource(read, shape ?? shapeOfFields(fields), CONTEXT)));
}

const FIELDS = fieldsOf({
  name: 'text',
  'name.keyword': 'keyword',
  'address.city': 'keyword',
  'address.zip': ['keyword', { kind: 'redact' }],
  attrs: 'object',
  'attrs.mail': ['keyword', { kind: 'token' }],
  'attrs.deep.mail': ['keyword', { kind: 'redact' }],
  reviews: 'nested',
  'reviews.stars': 'integer',
  'reviews.by.name': 'keyword',
  loc: 'geo_point',
  secret: ['object', { kind: 'redact' }],
});

describe('documents', () => {
  it('are reduced to listed paths, however they spell them', () => {
    expect(shown(FIELDS, { address: { city: 'Lyon', street: 'x' } })).toEqual({ address: { city: 'Lyon' } });
    expect(shown(FIELDS, { 'address.city': 'Lyon', 'address.street': 'x' })).toEqual({ 'address.city': 'Lyon' });
    expect(shown(FIELDS, { address: [{ city: 'Lyon' }, { street: 'x' }, [{ city: 'Oslo', street: 'x' }]] })).toEqual({
      address: [{ city: 'Lyon' }, [{ city: 'Oslo' }]],
    });
  });

  it('show of a granted object the members that are listed, and nothing else of it', () => {
    const source = {
      attrs: { color: 'red', list: [{ a: 1 }], mail: 'ada', 'deep.mail': 'x', deep: { mail: ['y', null], other: 1 } },
    };
    expect(shown(FIELDS, source)).toEqual({
      attrs: { mail: '<attrs.mail:3>', 'deep.mail': '***', deep: { mail: ['***', null] } },
    });
    expect(shown(FIELDS, { 'attrs.mail': 'ada', 'attrs.x': 1, 'attrs.deep.other': 2 })).toEqual({
      'attrs.mail': '<attrs.mail:3>',
    });
    expect(shown(FIELDS, { attrs: [[{ color: 'red' }], { mail: 'ada' }] })).toEqual({
      attrs: [{ mail: '<attrs.mail:3>' }],
    });
    for (const selection of [
      '["attrs"]',
      '["attrs.*"]',
      '["attrs.color"]',
      '["attrs.mail.x"]',
      '{"excludes":["attrs.mail"]}',
    ])
      expect(printJson(shown(FIELDS, source, selection))).not.toMatch(/red|list|ada/);
  });

  it('show of nested documents the listed inner fields', () => {
    const source = { reviews: [{ stars: 5, secret: 'x', by: { name: 'Ada', mail: 'x' } }, { secret: 'y' }] };
    expect(shown(FIELDS, source)).toEqual({ reviews: [{ stars: 5, by: { name: 'Ada' } }] });
  });

  it('look alike with and without hidden parts', () => {
    for (const [one, other] of [
      [{ address: { street: 'x' } }, {}],
      [{ reviews: [{ secret: 1 }] }, { reviews: [] }],
      [{ address: { city: 'Lyon' } }, { address: { city: 'Lyon', street: [] } }],
      [{ attrs: {}, ssn: 1 }, { attrs: {} }],
    ]) {
      expect(shown(FIELDS, one)).toEqual(shown(FIELDS, other));
    }
  });

  it('show no object where the policy has a scalar, and no scalar where it has an object', () => {
    expect(shown(FIELDS, { name: { secret: 1 }, reviews: 'x', address: 'y' })).toEqual({});
    expect(shown(FIELDS, { name: ['a', { secret: 1 }, null] })).toEqual({ name: ['a', null] });
    expect(shown(FIELDS, { secret: { a: 1 } })).toEqual({ secret: '***' });
  });

  it('show points in each of their forms, and nothing beside', () => {
    expect(shown(FIELDS, { loc: { lat: 1, lon: 2, note: 'x' } })).toEqual({ loc: { lat: 1, lon: 2 } });
    expect(shown(FIELDS, { loc: [2, 1] })).toEqual({ loc: [2, 1] });
    expect(shown(FIELDS, { loc: { type: 'Point', coordinates: [2, 1] } })).toEqual({
      loc: { type: 'Point', coordinates: [2, 1] },
    });
    expect(shown(FIELDS, { loc: { type: { x: 1 }, coordinates: [{ x: 1 }] } })).toEqual({});
  });

  it('show what was asked for, by patterns', () => {
    const source = { name: 'Ada', address: { city: 'Lyon', zip: '1' }, attrs: { a: 1, mail: 'ada' } };
    expect(shown(FIELDS, source, '["address"]')).toEqual({ address: { city: 'Lyon', zip: '***' } });
    expect(shown(FIELDS, source, '["*.city"]')).toEqual({ address: { city: 'Lyon' } });
    expect(shown(FIELDS, source, '["attrs.a"]')).toEqual({});
    expect(shown(FIELDS, source, '["attrs"]')).toEqual({ attrs: { mail: '<attrs.mail:3>' } });
    expect(shown(FIELDS, source, '["attrs.mail"]')).toEqual({ attrs: { mail: '<attrs.mail:3>' } });
    expect(shown(FIELDS, source, '{"includes":["attrs"],"excludes":["attrs.mail"]}')).toEqual({});
    expect(shown(FIELDS, source, '{"excludes":["a*"]}')).toEqual({ name: 'Ada' });
  });

  it('never show a path that no rule lists, whatever the document is', () => {
    const key = fc.constantFrom(
      'name',
      'address',
      'city',
      'ssn',
      'x',
      'address.city',
      'attrs.ssn',
      '__proto__',
      'constructor',
      '',
      '.',
      'a..b',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(
        key,
        fc.oneof({ maxDepth: 4 }, fc.constantFrom('v', 1, null), tie('tree'), fc.array(tie('tree'), { maxLength: 3 })),
      ),
    }));
    const fields = fieldsOf({ name: 'text', 'address.city': 'keyword' });
    fc.assert(
      fc.property(tree, (source) => {
        const text = JSON.stringify(source);
        if (/__proto__|constructor/.test(text)) return;
        const paths = new Set<string>();
        const walk = (value: unknown, path: string): void => {
          if (Array.isArray(value)) for (const item of value) walk(item, path);
          else if (typeof value === 'object' && value !== null) {
            for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`);
          } else paths.add(path);
        };
        walk(shown(fields, text), '');
        for (const path of paths) expect(['name', 'address.city']).toContain(path);
      }),
      { numRuns: 300 },
    );
  });
});
