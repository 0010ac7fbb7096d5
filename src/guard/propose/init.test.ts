import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyFields } from '../../classify/index.ts';
import { checkReportSchema } from '../../core/contract/check.ts';
import { PosternError } from '../../core/errors.ts';
import { lint } from '../policy/lint/lint.ts';
import { readMapping } from '../policy/lint/mapping.ts';
import { NOW, parse } from '../policy/testing/policies.ts';
import { proposePolicy } from './init.ts';

const keyword = { type: 'keyword' };
const PROFILES = {
  profiles: {
    mappings: {
      properties: {
        name: { type: 'text', fields: { keyword } },
        city: keyword,
        age: { type: 'integer' },
        tenant: keyword,
        email: keyword,
        ip: { type: 'ip' },
        phone: { type: 'text', copy_to: 'all_text', fields: { keyword } },
        ssn: keyword,
        password_hash: keyword,
        location: { type: 'geo_point' },
        address: { properties: { latitude: { type: 'double' }, floor: { type: 'integer' } } },
        tel: { type: 'alias', path: 'phone' },
        all_text: { type: 'text' },
        vec: { type: 'dense_vector', dims: 3 },
        reviews: { type: 'nested', properties: { stars: { type: 'integer' }, api_token: keyword } },
        _odd: keyword,
        'a b': keyword,
      },
    },
  },
  visits: { mappings: { properties: { page: keyword, at: { type: 'date' } } } },
  '.kibana': { mappings: { properties: { a: keyword } } },
  UPPER: { mappings: { properties: { a: keyword } } },
};

function filledIn(text: string): string {
  return text
    .replace('issuer: TODO', 'issuer: https://id.example.org/')
    .replace('[TODO]', '[search]')
    .replace('- TODO #', '- https://10.0.0.5:9200 #')
    .replaceAll('filter: TODO', 'filter: all')
    .replaceAll('fields: TODO', 'fields: { id: keyword }');
}

describe('proposePolicy', () => {
  const mapping = readMapping(PROFILES);
  const text = proposePolicy({ mapping, classify: classifyFields });

  it('leaves to the owner what only the owner knows, and the loader says so at each place', () => {
    const error = (() => {
      try {
        parse(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(PosternError);
    if (!(error instanceof PosternError)) return;
    const told = `${error.message}\n${error.hint}`;
    expect(told.match(/is still to be filled in/g)).toHaveLength((text.match(/\bTODO\b/g)?.length ?? 0) - 1);
    expect(told).toContain('identity.issuers[0].issuer');
    expect(told).toContain('identity.issuers[0].audience[0]');
  });

  it('is a policy once that is filled in, and the lint finds no error in it', () => {
    const policy = parse(filledIn(text));
    expect(lint(policy, { mapping, now: NOW }).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(policy.roles[0]?.rules.map(({ indices }) => indices)).toEqual([['profiles'], ['visits']]);
  });

  it('filters by the owner where a field says who that is', () => {
    const grant = parse(filledIn(text)).roles[0]?.rules[0]?.grants[0];
    expect(grant?.filter).toMatchObject({ field: 'tenant', value: { claim: ['tenant'] } });
  });

  it('shows harmless fields, masks personal ones, and leaves out secrets, places and copies of them', () => {
    const fields = parse(filledIn(text)).roles[0]?.rules[0]?.grants[0]?.fields;
    expect(fields?.get('tenant')).toMatchObject({ type: 'keyword' });
    expect(fields?.get('email')?.mask).toEqual({ kind: 'email' });
    expect(fields?.get('reviews.stars')).toMatchObject({ mask: null });
    for (const hidden of [
      'city',
      'ssn',
      'password_hash',
      'location',
      'tel',
      'all_text',
      'vec',
      'phone.keyword',
      'reviews.api_token',
      'address.latitude',
    ]) {
      expect(fields?.has(hidden), hidden).toBe(false);
      expect(text, hidden).toContain(`#   ${hidden}: `);
    }
  });

  it('takes no index and no field whose name it could not grant', () => {
    expect(text).not.toContain('.kibana');
    expect(text).not.toContain('UPPER');
    expect(text).toContain('#   _odd: no name that can be granted');
    expect(text).toContain('#   a b: no name that can be granted');
  });

  it('takes stores and indices from a check report, and fields from the mapping beside it', () => {
    const path = resolve(import.meta.dirname, '../../../test/golden/check-report.json');
    const report = checkReportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    const alone = proposePolicy({ report });
    expect(alone).toContain('version: 7');
    expect(alone).toContain('# holds credentials, email, phone');
    const policy = parse(filledIn(alone));
    expect([...policy.upstreams.keys()]).toEqual(['elasticsearch']);
    expect(policy.roles[0]?.rules.flatMap(({ indices }) => indices)).toEqual(['customers', 'visits']);
    const both = parse(filledIn(proposePolicy({ report, mapping, classify: classifyFields })));
    expect(both.roles[0]?.rules[1]?.grants[0]?.fields?.has('page')).toBe(true);
  });

  it('is a policy whatever the fields of a store are called', () => {
    const type = fc.constantFrom('keyword', 'text', 'date', 'ip', 'object', 'nested', 'geo_point', 'flattened');
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        'true',
        'no',
        '#a',
        'a: b',
        "it's",
        'null',
        'a.b',
        '1',
        '-',
        '__proto__',
        'tenant',
        'email',
        '1e3',
      ),
    );
    const field = fc.record({
      type,
      fields: fc.dictionary(name, fc.record({ type }), { maxKeys: 2 }),
      properties: fc.option(fc.dictionary(name, fc.record({ type }), { maxKeys: 2 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.dictionary(name, field, { maxKeys: 6 }), (properties) => {
        const proposed = proposePolicy({
          mapping: readMapping({ a: { mappings: { properties } } }),
          classify: classifyFields,
        });
        expect(parse(filledIn(proposed)).roles[0]?.rules).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });
});
