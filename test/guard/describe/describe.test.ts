import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../../src/guard/contract/refusal.ts';
import { RESOURCE_OPERATIONS, RESOURCE_TYPES, type Resource } from '../../../src/guard/contract/resource.ts';
import { describeApi, type OpenApiDocument, schemesOf, versionsOf } from '../../../src/guard/describe/index.ts';
import { parsePolicy } from '../../../src/guard/policy/index.ts';
import { FULL } from '../../../src/guard/policy/testing/full.ts';
import { fieldOf, orders, products, resourceOf, shop } from './resources.ts';

/** One line for each operation: method, path, operation id, statuses. */
function outline(document: OpenApiDocument): string[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, operation]) =>
        `${method} ${path} ${operation.operationId} ${Object.keys(operation.responses).join(' ')}`,
    ),
  );
}

/** Redocly's own recommendation, but for one: a policy names no licence of the API that it declares. */
async function lint(document: OpenApiDocument): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`);
}

function parameterNames(document: OpenApiDocument, path: string): string[] {
  return (document.paths[path]?.get?.parameters ?? []).map((one) => ('name' in one ? one.name : one.$ref));
}

function schemaOf(document: OpenApiDocument, name: string) {
  const schema = document.components.schemas[name];
  if (schema === undefined) throw new Error(`the document has no schema ${name}`);
  return schema;
}

describe('the description of an API', () => {
  const document = describeApi(shop(), 'v1');

  it('passes a public linter with its recommended rules', async () => {
    expect(await lint(document)).toEqual([]);
  });

  it('names every operation that is declared, and no other', () => {
    expect(outline(document)).toMatchInlineSnapshot(`
      [
        "get /v1/orders listOrders 200 400 401 403 404 406 429 431 500 502 503 504",
        "post /v1/orders createOrdersItem 201 400 401 403 404 406 409 410 413 415 422 429 431 500 502 503 504",
        "get /v1/orders/count countOrders 200 400 401 403 404 406 429 431 500 502 503 504",
        "get /v1/orders/{id} getOrdersItem 200 304 400 401 403 404 406 429 431 500 502 503 504",
        "patch /v1/orders/{id} updateOrdersItem 200 204 400 401 403 404 406 409 410 412 413 415 422 428 429 431 500 502 503 504",
        "delete /v1/orders/{id} deleteOrdersItem 204 400 401 403 404 406 409 412 429 431 500 502 503 504",
        "get /v1/shop/products listShopProducts 200 400 401 403 404 406 429 431 500 502 503 504",
        "get /v1/shop/products/count countShopProducts 200 400 401 403 404 406 429 431 500 502 503 504",
        "get /v1/shop/products/{id} getShopProductsItem 200 304 400 401 403 404 406 429 431 500 502 503 504",
      ]
    `);
  });

  it('names nothing of what is behind: no store, column, owner, claim, role or pseudonym', () => {
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/hidden|column_|elasticsearch|postgresql/i);
    expect(text).not.toContain(orders().hash);
  });

  it('has the parameters that a caller can use: none of masked fields, equality alone of encrypted ones', () => {
    expect(parameterNames(document, '/v1/orders')).toMatchInlineSnapshot(`
      [
        "status",
        "status[in]",
        "total[gt]",
        "total[gte]",
        "total[lt]",
        "total[lte]",
        "quantity",
        "quantity[gt]",
        "quantity[gte]",
        "quantity[lt]",
        "quantity[lte]",
        "placed[gt]",
        "placed[gte]",
        "placed[lt]",
        "placed[lte]",
        "gift",
        "basket",
        "basket[in]",
        "phone",
        "tags",
        "tags[in]",
        "sort",
        "size",
        "cursor",
      ]
    `);
    expect(parameterNames(document, '/v1/orders/count')).toEqual(
      parameterNames(document, '/v1/orders').filter((name) => !['sort', 'size', 'cursor'].includes(name)),
    );
  });

  it('says what is encrypted and how it is found, and what is masked', () => {
    const { properties = {} } = schemaOf(document, 'OrdersItem');
    expect(properties.phone?.description).toBe(
      "Encrypted at rest under a key of the person that it is about. It can be searched by its exact value, compared as a phone number alone: not by range, prefix or order. After that person's erasure it is null.",
    );
    expect(properties.note?.description).toContain('It cannot be searched or sorted by.');
    expect(properties.email?.description).toContain('Masked: answers show the first letter and the domain');
    expect(properties.iban).toMatchObject({
      type: 'string',
      description: expect.stringMatching(/^Masked: .* Read only\.$/),
    });
  });

  it('promises of a stored document its id, and null for what may be null; of new ones it asks what is declared', () => {
    expect(schemaOf(document, 'OrdersItem').required).toEqual(['id', 'phone', 'email', 'note', 'address']);
    expect(schemaOf(document, 'OrdersCreate')).toMatchObject({
      required: ['status', 'basket'],
      additionalProperties: false,
    });
    expect(schemaOf(document, 'OrdersUpdate').required).toBeUndefined();
    expect(Object.keys(schemaOf(document, 'OrdersUpdate').properties ?? {})).toEqual([
      'status',
      'quantity',
      'gift',
      'phone',
      'note',
      'tags',
      'address',
    ]);
  });

  it('shows no field that is written only, and takes none that is read only', () => {
    expect(schemaOf(document, 'OrdersItem').properties).not.toHaveProperty('secretCode');
    expect(schemaOf(document, 'OrdersCreate').properties).toHaveProperty('secretCode');
    expect(schemaOf(document, 'OrdersCreate').properties).not.toHaveProperty('iban');
  });

  it('asks of a change what a merge patch is: members one by one, null for those that need not be there', () => {
    expect(schemaOf(document, 'OrdersUpdate').properties?.address).toMatchObject({
      type: ['object', 'null'],
      properties: { street: { type: 'string' }, city: { type: 'string' }, lines: { type: ['array', 'null'] } },
    });
  });

  it('has an answer for each refusal with the status, the type and the words that the gateway uses', () => {
    for (const { content } of Object.values(document.components.responses)) {
      const example = content?.['application/problem+json']?.example as { type: string; title: string; status: number };
      const code = example.type.replace('urn:postern:problem:', '') as keyof typeof REFUSALS;
      expect([example.status, example.title]).toEqual([...REFUSALS[code]]);
    }
  });

  it('is the same text every time, and says nothing of other versions', () => {
    expect(JSON.stringify(describeApi(shop(), 'v1'))).toBe(JSON.stringify(document));
    expect(describeApi(shop(), 'v2').paths).toEqual({});
    expect(versionsOf(shop([orders(), { ...products(), path: ['v2', 'products'] }]))).toEqual(['v1', 'v2']);
  });

  it('keeps the names of a resource when its version changes or another resource is added', () => {
    const ids = (config: Parameters<typeof describeApi>[0], version: string) =>
      outline(describeApi(config, version)).map((line) => line.split(' ')[2]);
    const first = ids(shop([orders()]), 'v1');
    expect(ids(shop([{ ...orders(), path: ['v2', 'orders'] }]), 'v2')).toEqual(first);
    expect(ids(shop([products(), orders()]), 'v1')).toEqual(expect.arrayContaining(first));
  });

  it('gives names of their own to resources whose paths differ in punctuation alone', async () => {
    const both = [resourceOf('a-b', []), resourceOf('a_b', []), resourceOf('9', [])];
    const twice = describeApi(shop(both), 'v1');
    expect(await lint(twice)).toEqual([]);
    expect(outline(twice).map((line) => line.split(' ')[2])).toEqual(
      ['AB', 'AB2', 'Resource9'].flatMap((name) => [
        `list${name}`,
        `create${name}Item`,
        `count${name}`,
        `get${name}Item`,
        `update${name}Item`,
        `delete${name}Item`,
      ]),
    );
  });

  it('encodes what a path holds as the gateway compares it', () => {
    const odd = resourceOf('odd', [], { path: ['v1', 'Straße {x}'], operations: new Set(['list']) });
    expect(Object.keys(describeApi(shop([odd]), 'v1').paths)).toEqual(['/v1/Stra%C3%9Fe%20%7Bx%7D']);
  });

  it('names the schemes of the policy and its server, where they are known', async () => {
    const known = describeApi(shop(), 'v1', { server: 'https://shop.example.org', schemes: ['dpop', 'certificate'] });
    expect(known.security).toEqual([{ dpop: [] }, { certificate: [] }]);
    expect(known.components.securitySchemes).toMatchObject({
      dpop: { type: 'http', scheme: 'DPoP' },
      certificate: { type: 'mutualTLS' },
    });
    expect(known.servers).toEqual([{ url: 'https://shop.example.org', description: 'The gateway.' }]);
    expect(await lint(known)).toEqual([]);
  });

  it('describes a policy that uses every key there is, with the limits that its compiler adds', async () => {
    const { api, identity } = parsePolicy('/fixture/guard.yaml', FULL);
    if (api === null) throw new Error('the policy declares no resources');
    for (const version of versionsOf(api)) {
      expect(await lint(describeApi(api, version, { schemes: schemesOf(identity) }))).toEqual([]);
    }
  });

  it('holds no component that nothing refers to, whatever operations there are', async () => {
    for (const operation of RESOURCE_OPERATIONS) {
      const alone = describeApi(shop([{ ...orders(), operations: new Set([operation]) }]), 'v1');
      expect(await lint(alone)).toEqual([]);
    }
  });
});

/** Any declaration that a policy could make. */
const declarations: fc.Arbitrary<Resource> = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/).filter((name) => name !== 'id'),
      type: fc.constantFrom(...RESOURCE_TYPES.filter((type) => type !== 'object')),
      array: fc.boolean(),
      minLength: fc.option(fc.nat(30)),
      more: fc.option(fc.nat(30)),
      pattern: fc.option(fc.constantFrom(/^[A-Z]{3}$/u, /^\p{L}+$/u, /^a|b$/, /^\d{4}-\d\d$/)),
      minimum: fc.option(fc.integer({ min: -1000, max: 1000 })),
      description: fc.string({ maxLength: 40 }),
      read: fc.boolean(),
      required: fc.boolean(),
      nullable: fc.boolean(),
      mask: fc.option(fc.constantFrom({ kind: 'redact' as const }, { kind: 'last' as const, keep: 4 })),
      encryption: fc.option(fc.constantFrom({ subject: 'owner', lookup: 'email' as const, beacon: null })),
      filters: fc.subarray(['eq', 'in', 'range', 'exists'] as const),
      write: fc.subarray(['create', 'update'] as const),
      sort: fc.boolean(),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  )
  .chain((fields) =>
    fc.record({
      fields: fc.constant(fields),
      operations: fc.subarray([...RESOURCE_OPERATIONS], { minLength: 1 }),
      id: fc.constantFrom('uuid' as const, 'keyword' as const, 'integer' as const),
    }),
  )
  .map(({ fields, operations, id }) =>
    resourceOf(
      'things',
      fields.map(({ name, type, array, minLength, more, pattern, minimum, ...rest }) => {
        const text = type === 'keyword' || type === 'text';
        return fieldOf(name, type, {
          ...rest,
          limits: {
            array,
            minLength: text ? minLength : null,
            maxLength: text && more !== null ? (minLength ?? 0) + more : null,
            pattern: text ? pattern : null,
            minimum: type === 'integer' || type === 'number' ? minimum : null,
          },
        });
      }),
      { operations: new Set(operations), id: { column: null, type: id } },
    ),
  );

describe('the description of whatever a policy can declare', () => {
  it('passes the linter, and its examples are valid', async () => {
    await fc.assert(
      fc.asyncProperty(declarations, async (resource) => {
        const document = describeApi(shop([resource]), 'v1');
        expect(await lint(document)).toEqual([]);
        const ajv = addFormats.default(new Ajv2020({ strict: false, validateFormats: true }));
        ajv.addSchema({ $id: 'https://api.invalid/', ...document });
        for (const [name, schema] of Object.entries(document.components.schemas)) {
          const validate = ajv.getSchema(`https://api.invalid/#/components/schemas/${name}`);
          expect(validate).toBeDefined();
          for (const [member, { examples = [] }] of Object.entries(schema.properties ?? {})) {
            for (const example of examples) {
              const fits = ajv.compile({
                $ref: `https://api.invalid/#/components/schemas/${name}/properties/${member}`,
              });
              expect(fits(example), `${name}.${member}: ${JSON.stringify(example)}`).toBe(true);
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
