import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { CONFIG_SCHEMA, configJsonSchema } from './json-schema.ts';

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);
const validate = ajv.compile(configJsonSchema());

const TARGET = { host: 'shop.example', addresses: ['203.0.113.7'], authority: 'dns-txt' };

describe('the JSON Schema of postern.yaml', () => {
  it('is draft 7, which YAML language servers know, and has a fixed id', () => {
    expect(configJsonSchema()).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: CONFIG_SCHEMA,
    });
  });

  it.each([
    { version: 1 },
    { version: 1, targets: [TARGET] },
    {
      version: 1,
      targets: [
        { ...TARGET, authority: { statement: 'scope.json' }, controls: [{ service: 'redis', passwordEnv: 'X' }] },
      ],
    },
    { version: 1, keys: { signing: 'elsewhere.key' }, failOn: 'never' },
  ])('accepts %j', (file) => {
    expect(validate(file)).toBe(true);
  });

  it.each([
    {},
    { version: 2 },
    { version: 1, pakages: [] },
    { version: 1, targets: [{ ...TARGET, authority: 'trust-me' }] },
    { version: 1, targets: [{ ...TARGET, controls: [{ service: 'redis', password: 'x' }] }] },
  ])('refuses %j', (file) => {
    expect(validate(file)).toBe(false);
  });

  it('tells editors what every top-level key is for', () => {
    const { properties } = configJsonSchema();
    for (const [name, property] of Object.entries(Object(properties))) {
      expect(Object(property).description, name).toEqual(expect.any(String));
    }
  });
});
