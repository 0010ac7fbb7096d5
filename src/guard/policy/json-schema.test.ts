import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse as parseYamlText } from 'yaml';
import { casesJsonSchema } from '../cases/schema.ts';
import { policyJsonSchema } from './json-schema.ts';
import { EXAMPLE, withRule } from './testing/policies.ts';

const ajv = new Ajv({ strict: false });
const validate = ajv.compile(policyJsonSchema());

describe('the editor’s schema of guard.yaml', () => {
  it('accepts what the loader accepts', () => {
    expect(validate(parseYamlText(EXAMPLE)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('marks misspelt keys and wrong values', () => {
    for (const text of [
      EXAMPLE.replace('roles:', 'rolls:'),
      EXAMPLE.replace('timeout: 30s', 'timeout: 30 seconds'),
      EXAMPLE.replace('store: elasticsearch', 'store: elastic'),
      withRule('filter: { tern: { a: b } }\nfields: { a: keyword }'),
      withRule('filter: all\nfields: { a: keywords }'),
    ]) {
      expect(validate(parseYamlText(text))).toBe(false);
    }
  });
});

describe('the editor’s schema of decision cases', () => {
  it('accepts a case and marks one without a decision', () => {
    const check = ajv.compile(casesJsonSchema());
    const one = { name: 'x', principal: { roles: ['r'] }, request: { path: '/' }, expect: { decision: 'allow' } };
    expect(check({ version: 1, cases: [one] })).toBe(true);
    expect(check({ version: 1, cases: [{ ...one, expect: {} }] })).toBe(false);
  });
});
