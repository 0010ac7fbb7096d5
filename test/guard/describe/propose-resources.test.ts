import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { classifyFields } from '../../../src/classify/index.ts';
import { describeApi } from '../../../src/guard/describe/index.ts';
import { lint, parsePolicy, readMapping } from '../../../src/guard/policy/index.ts';
import { proposePolicy } from '../../../src/guard/propose/index.ts';

const MAPPING = readMapping({
  orders: {
    mappings: {
      properties: {
        customer_id: { type: 'keyword' },
        total: { type: 'double' },
        placed: { type: 'date' },
        email: { type: 'keyword' },
        phone: { type: 'text', fields: { keyword: { type: 'keyword' } } },
        first_name: { type: 'text' },
        password_hash: { type: 'keyword' },
        device_id: { type: 'keyword' },
        'order-no': { type: 'long' },
        place: { type: 'geo_point' },
        address: { properties: { city: { type: 'keyword' } } },
      },
    },
  },
  'catalogue-2026': { mappings: { properties: { price: { type: 'double' }, id: { type: 'keyword' } } } },
  tenants: { mappings: { properties: { tenantId: { type: 'keyword' }, plan: { type: 'keyword' } } } },
  '.kibana': { mappings: { properties: { x: { type: 'keyword' } } } },
  '2026.01': { mappings: { properties: { x: { type: 'keyword' } } } },
});

function propose(mapping = MAPPING): string {
  return proposePolicy({ mapping, resources: true, classify: (names, index) => classifyFields(names, index) });
}

/** With every TODO decided, as an operator would. */
function decided(text: string): string {
  return text
    .replace('- TODO # e.g. https://10.0.0.5:9200', '- http://127.0.0.1:9200')
    .replace('issuer: TODO', 'issuer: https://id.example.org/')
    .replace('audience: [TODO]', 'audience: [shop]')
    .replace('title: TODO', 'title: Shop')
    .replaceAll('owner: TODO', 'owner: none')
    .replace(
      'user:\n    match: { issuer: main }',
      'user:\n    match: { issuer: main, claims: { scope: { contains: shop.read } } }',
    );
}

describe('guard init --resources', () => {
  const text = propose();

  it('encrypts what speaks of a person, looks e-mail addresses and phone numbers up, masks others, leaves secrets out', () => {
    expect(text.slice(text.indexOf('resources:'), text.indexOf('  catalogue-2026:'))).toMatchInlineSnapshot(`
      "resources:
        orders:
          title: Orders
          path: /v1/orders
          index: orders
          id: { type: keyword } # uuid where all of the ids are
          # REVIEW: guessed by its name. Nobody but the owner sees a document: a wrong column or claim shows them to others.
          owner: { column: customer_id, claim: sub, type: keyword } # REVIEW: is this whose it is?
          # Whose key encrypts: the gateway writes a random name of the person to this member; map it as keyword. Documents that are
          # there already: postern guard encrypt-existing.
          subjects: { owner: { reference: person_ref } }
          roles: { user: [list, count, get] } # create, update and delete too? Then fields need \`write\`
          fields:
            total: number
            placed: date
            email: { type: keyword, encrypt: { lookup: email }, filter: [eq] } # email
            phone: { type: keyword, encrypt: { lookup: phone }, filter: [eq] } # phone
            first_name: { type: text, encrypt: true } # identity
            device_id: { type: keyword, mask: token } # device
            order_no: { type: integer, column: order-no }
          # Left out, so for clients they do not exist:
          #   phone.keyword: another reading of phone
          #   password_hash: a secret
          #   place: a member of an object, or no type that resources have
          #   address.city: location
      "
    `);
  });

  it('asks for the owner where none can be guessed, and marks every guess for review', () => {
    const { resources } = parse(text) as { resources: Record<string, { owner: unknown }> };
    expect(resources['catalogue-2026']?.owner).toBe('TODO');
    expect(resources.orders?.owner).toEqual({ column: 'customer_id', claim: 'sub', type: 'keyword' });
    expect(resources.tenants?.owner).toEqual({ column: 'tenantId', claim: 'tenantId', type: 'keyword' });
    expect(text.match(/# REVIEW: guessed by its name/g)).toHaveLength(2);
    expect(text.match(/REVIEW: whose document is it\?/g)).toHaveLength(1);
  });

  it('makes no resource of system indices, and says which index it could not name', () => {
    const { resources } = parse(text) as { resources: object };
    expect(Object.keys(resources)).toEqual(['orders', 'catalogue-2026', 'tenants']);
    expect(text).toContain('# No name of a resource could be made of the index 2026.01.');
  });

  it('is refused until every TODO is decided, and then is a policy whose API can be described', () => {
    expect(() => parsePolicy('/fixture/guard.yaml', text)).toThrow(/still to be filled in/);
    const policy = parsePolicy('/fixture/guard.yaml', decided(text));
    expect(lint(policy).filter(({ severity }) => severity === 'error')).toEqual([]);
    const document = describeApi(policy.api!, 'v1');
    expect(Object.keys(document.paths)).toContain('/v1/orders/{id}');
    expect(document.components.schemas.OrdersItem?.properties?.email?.description).toContain('Encrypted at rest');
  });

  it('keeps names of the store that are no YAML, or would be other YAML, names', () => {
    const hostile = readMapping({
      'a: b': { mappings: { properties: { x: { type: 'keyword' } } } },
      yes: {
        mappings: { properties: { "it's": { type: 'keyword' }, no: { type: 'keyword' }, 'a\nb': { type: 'keyword' } } },
      },
      things: {
        mappings: {
          properties: { 'a-b': { type: 'keyword' }, a_b: { type: 'keyword' }, __proto__x: { type: 'keyword' } },
        },
      },
    });
    const read = parse(propose(hostile)) as { resources: Record<string, { fields: object }> };
    expect(Object.keys(read.resources)).toEqual(['yes', 'things']);
    expect(Object.keys(read.resources.things?.fields ?? {})).toEqual(['a_b']);
  });
});
