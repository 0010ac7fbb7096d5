import { describe, expect, it } from 'vitest';
import { failure, pointed } from './testing/failure.ts';
import { FULL } from './testing/full.ts';
import { parse, withResource, withRule, withTable } from './testing/policies.ts';

const HEAD = 'index: orders\nowner: { column: customer }\nroles: { mobile: [list, get] }';
const WRITES = 'index: orders\nowner: { column: customer }\nroles: { mobile: [list, create, update] }';

/** One field `f` beside a plain one. */
function field(declaration: string, head = HEAD): string {
  return withResource(`${head}\nfields:\n  plain: keyword\n  f: ${declaration}`);
}

/** One encrypted field `f` of the owner. */
function sealed(declaration: string, head = WRITES): string {
  return field(declaration, `${head}\nsubjects: { owner: { reference: customer_ref } }`);
}

const fields = 'fields: { plain: keyword }';

describe('resources', () => {
  it('are as short as they can be', () => {
    const [orders] = parse(withResource(`${HEAD}\n${fields}`, '')).api?.resources ?? [];
    expect(orders).toMatchObject({
      path: ['v1', 'orders'],
      upstream: 'shop',
      title: 'orders',
      owner: { column: 'customer', claim: ['sub'], type: 'keyword', pseudonym: false },
      filter: null,
      order: [],
      page: { default: 20, max: 100 },
      maxValues: 100,
      maxBody: 262_144,
      hold: null,
      erase: true,
    });
  });

  it('can be the owner’s of nobody where the policy says so', () => {
    const text = withResource(`${HEAD}\n${fields}`).replace('{ column: customer }', 'none');
    expect(parse(text).api?.resources[0]?.owner).toBeNull();
  });

  it('encrypt values of every type', () => {
    for (const type of ['keyword', 'text', 'integer', 'number', 'boolean', 'date', 'uuid']) {
      const text = sealed(`{ type: ${type}, encrypt: true, write: [create, update] }`);
      expect(parse(text).api?.resources[0]?.fields.get('f')?.encryption?.subject).toBe('owner');
    }
    const place =
      '{ type: object, members: { lat: number, at: { type: date, required: true } }, encrypt: true, write: [create, update] }';
    expect(parse(sealed(place)).api?.resources[0]?.fields.get('f')?.encryption).not.toBeNull();
  });

  it.each<[string, string, string, RegExp]>([
    ['no owner', withResource(`index: orders\nroles: { mobile: [get] }\n${fields}`), 'owner: is missing', /./],
    [
      'an owner that is a word',
      withResource(`${HEAD}\n${fields}`).replace('{ column: customer }', 'nobody'),
      'or the word none',
      /^nobody/,
    ],
    [
      'a misspelt key of the owner',
      withResource(`${HEAD}\n${fields}`).replace('column:', 'colum:'),
      'unknown key "colum"',
      /^colum/,
    ],
    [
      'a claim that is no path',
      withResource(`${HEAD}\n${fields}`).replace('customer }', "customer, claim: 'a..b' }"),
      'not the path of a claim',
      /^'a\.\.b/,
    ],
    [
      'a pseudonym without a vault',
      withResource(`${HEAD}\n${fields}`, '').replace('customer }', 'customer, pseudonym: true }'),
      'needs a vault',
      /^true/,
    ],
    [
      'a pseudonym that is a number',
      withResource(`${HEAD}\n${fields}`).replace('customer }', 'customer, pseudonym: true, type: number }'),
      'a pseudonym is text',
      /^number/,
    ],

    ['an unknown upstream', withResource(`upstream: shp\n${HEAD}\n${fields}`), 'no upstream of this name', /^shp/],
    ['several upstreams, and none named', FULL.replace(/^ {4}upstream: crm\n/m, ''), 'several upstreams', /./],
    ['no index', withResource(`${HEAD}\n${fields}`.replace('index: orders\n', '')), '`index` is missing', /./],
    ['a table of a search store', withResource(`table: orders\n${HEAD}\n${fields}`), 'a search store', /^orders/],
    ['an index of a database', withTable(`id: { column: id }\n${HEAD}\n${fields}`), 'is a database', /^orders/],
    [
      'a pattern as index',
      withResource(`${HEAD}\n${fields}`.replace('index: orders', "index: 'orders-*'")),
      'expected an index name',
      /^'orders-/,
    ],
    [
      'a backing index',
      withResource(`${HEAD}\n${fields}`.replace('index: orders', 'index: .ds-a-1')),
      'backing index',
      /^\.ds/,
    ],
    [
      'a table with a quote',
      withTable(`${HEAD}\n${fields}`.replace('index: orders', `table: 'a"b'`)),
      'expected TABLE',
      /^'a"b/,
    ],
    [
      'a table without a column of ids',
      withTable(`${HEAD}\n${fields}`.replace('index', 'table')),
      'needs the column of its ids',
      /./,
    ],
    [
      'a column of ids in an index',
      withResource(`id: { column: id }\n${HEAD}\n${fields}`),
      'document ids of its own',
      /^id \}/,
    ],
    [
      'ids that count',
      withTable(
        `id: { column: id, type: integer }\n${WRITES}\nfields: { a: { type: keyword, write: [create, update] } }`.replace(
          'index',
          'table',
        ),
      ),
      'so that none can be guessed',
      /^integer/,
    ],

    [
      'a path without a version',
      withResource(`path: /shop/orders\n${HEAD}\n${fields}`),
      'begins with a version',
      /^\/shop/,
    ],
    ['a path of a version alone', withResource(`path: /v1\n${HEAD}\n${fields}`), 'expected a path', /^\/v1/],
    ['a path with an escape', withResource(`path: /v1/or%64ers\n${HEAD}\n${fields}`), 'expected a path', /^\/v1/],
    ['a path that begins with a dot', withResource(`path: /v1/..\n${HEAD}\n${fields}`), 'expected a path', /^\/v1/],
    [
      'the path of the description',
      withResource(`path: /v1/openapi.json\n${HEAD}\n${fields}`),
      'the description’s own',
      /^\/v1/,
    ],
    ['one path for two', FULL.replace('/v2/people', '/v1/orders'), 'is the path of orders too', /^\/v1\/orders/],
    [
      'a path within another',
      FULL.replace('/v2/people', '/v1/orders/people'),
      'lies within the path of orders',
      /^\/v1\/orders\/p/,
    ],
    [
      'a version that is an index',
      FULL.replace('indices: [orders]', 'indices: [v1]'),
      'v1 is a name that roles.support.rules[0] grants',
      /^\/v1\/orders/,
    ],
    [
      'a version that is an alias',
      FULL.replace('indices: [orders]', 'indices: [orders], aliases: [v2]'),
      'v2 is a name',
      /^\/v2\/people/,
    ],

    [
      'no role',
      withResource(`${HEAD}\n${fields}`.replace('{ mobile: [list, get] }', '{}')),
      'no role may do anything',
      /^\{\}/,
    ],
    [
      'an unknown role',
      withResource(`${HEAD}\n${fields}`.replace('mobile:', 'mobil:')),
      'there is no role of this name',
      /^mobil:/,
    ],
    [
      'a role without operations',
      withResource(`${HEAD}\n${fields}`.replace('[list, get]', '[]')),
      'roles.mobile',
      /^\[\]/,
    ],
    ['an unknown operation', withResource(`${HEAD}\n${fields}`.replace('get]', 'read]')), 'roles.mobile[1]', /^read/],
    [
      'a role that nothing names',
      FULL.replace(', support: [get]', '').replace(/^ {4}rules:\n.*\n/m, ''),
      'may do nothing',
      /^support/,
    ],

    ['no field', withResource(`${HEAD}\nfields: {}`), 'there is no field', /^\{\}/],
    [
      'a dot in a field’s name',
      withResource(`${HEAD}\nfields: { a.b: keyword }`),
      'expected the name of a field',
      /^a\.b/,
    ],
    ['the id as a field', withResource(`${HEAD}\nfields: { id: keyword }`), 'is the id of the document', /^id:/],
    [
      'a field that is called like a parameter',
      withResource(`${HEAD}\nfields: { size: { type: integer, filter: [eq] } }`),
      'a parameter of every list',
      /^\[eq/,
    ],
    ['an unknown type', field('string'), 'expected a type', /^string/],
    ['an unknown key of a field', field('{ type: keyword, writes: [create] }'), 'unknown key "writes"', /^writes/],
    ['a column with a dot', field('{ type: keyword, column: a.b }'), 'expected the name of a column', /^a\.b/],
    ['a column of the store’s own', field('{ type: keyword, column: _id }'), 'expected the name of a column', /^_id/],
    ['two fields of one column', field('{ type: keyword, column: plain }'), 'has the same column', /^\{/],
    [
      'a field that is neither shown nor sent',
      field('{ type: keyword, read: false }'),
      'neither shown nor sent',
      /^\{/,
    ],

    [
      'an owner that may be written',
      field('{ type: keyword, column: customer, write: [create, update] }', WRITES),
      'says whose document it is',
      /^\[create/,
    ],
    [
      'an owner that is encrypted',
      field('{ type: keyword, column: customer, encrypt: true }', `${HEAD}\nsubjects: { owner: { reference: r } }`),
      'compared in every query',
      /^true/,
    ],
    [
      'a pseudonym that is shown',
      field('{ type: keyword, column: customer }').replace('customer }', 'customer, pseudonym: true }'),
      'which nobody is shown',
      /^\{/,
    ],
    [
      'a reference that is shown',
      field('{ type: keyword, column: customer_ref }', `${HEAD}\nsubjects: { owner: { reference: customer_ref } }`),
      'the reference of the subject owner',
      /^\{/,
    ],
    [
      'a beacon that is shown',
      withResource(
        `${WRITES}\nsubjects: { owner: { reference: r } }\nfields:\n  p: { type: keyword, encrypt: { lookup: phone, beacon: 8 }, filter: [eq], write: [create, update] }\n  p_beacon: keyword`,
      ),
      'the beacon of p',
      /^keyword/,
    ],
    [
      'a reference that is the owner’s column',
      withResource(`${HEAD}\nsubjects: { owner: { reference: customer } }\n${fields}`),
      'is already the reference',
      /^customer/,
    ],
    [
      'the id’s column as owner',
      withTable(`id: { column: customer }\n${HEAD}\n${fields}`.replace('index', 'table')),
      'is already that of the ids',
      /^customer/,
    ],

    ['a range of keywords', field('{ type: keyword, filter: [range] }'), 'range: not for keyword', /^range/],
    ['an equal text', field('{ type: text, filter: [eq] }'), 'text is analysed', /^eq/],
    [
      'a filter of an object',
      field('{ type: object, members: { a: { type: keyword } }, filter: [exists] }'),
      'exists: not for object',
      /^exists/,
    ],
    [
      'a uuid of a table in a filter',
      withTable(
        `filter: { term: { t: x } }\nfilterFields: { t: uuid }\nid: { column: id }\n${HEAD}\n${fields}`.replace(
          'index',
          'table',
        ),
      ),
      'compared where it is a field',
      /^t/,
    ],
    ['the order of texts', field('{ type: text, sort: true }'), 'text has no order', /^true/],
    ['the order of lists', field('{ type: keyword, array: true, sort: true }'), 'no place in an order', /^true/],
    ['a filter twice', field('{ type: keyword, filter: [eq, eq] }'), 'stands there twice', /^eq\]/],
    [
      'a filter of a masked field (B230)',
      field('{ type: keyword, mask: redact, filter: [eq] }'),
      'a masked field',
      /^\[eq/,
    ],
    ['the order of a masked field', field('{ type: keyword, mask: token, sort: true }'), 'a masked field', /^true/],
    ['a mask that does not fit', field('{ type: number, mask: email }'), 'the mask email is for', /^email/],
    [
      'a filter of a field that is not shown',
      field('{ type: keyword, read: false, write: [create, update], filter: [eq] }', WRITES),
      'the field is not shown',
      /^\[eq/,
    ],

    [
      'a range of an encrypted field (B226)',
      sealed('{ type: integer, encrypt: true, filter: [range], write: [create, update] }'),
      'range: an encrypted field',
      /^range/,
    ],
    [
      'the order of an encrypted field (B226)',
      sealed('{ type: keyword, encrypt: true, sort: true, write: [create, update] }'),
      'has no order in the store',
      /^true/,
    ],
    [
      'a filter of an encrypted field without a look-up',
      sealed('{ type: keyword, encrypt: true, filter: [eq], write: [create, update] }'),
      'nothing finds an encrypted value',
      /^eq/,
    ],
    [
      'a look-up that nothing uses',
      sealed('{ type: keyword, encrypt: { lookup: email }, write: [create, update] }'),
      'lookup: is not used',
      /^email/,
    ],
    [
      'a look-up of a text',
      sealed('{ type: text, encrypt: { lookup: exact }, filter: [eq], write: [create, update] }'),
      'exact is for keyword',
      /^exact/,
    ],
    [
      'a phone that is a number',
      sealed('{ type: integer, encrypt: { lookup: phone }, filter: [eq], write: [create, update] }'),
      'phone is for keyword',
      /^phone/,
    ],
    [
      'a beacon that nothing uses',
      sealed('{ type: keyword, encrypt: { beacon: 8 }, write: [create, update] }'),
      'beacon: is not used',
      /^8/,
    ],
    [
      'a beacon of a list',
      sealed('{ type: keyword, array: true, encrypt: { beacon: 8 }, filter: [eq], write: [create, update] }'),
      'not of a list',
      /^8/,
    ],
    [
      'a beacon of too many bits',
      sealed('{ type: keyword, encrypt: { beacon: 64 }, write: [create, update] }'),
      'beacon',
      /^64/,
    ],
    [
      'encryption without a vault',
      withResource(
        `${HEAD}\nsubjects: { owner: { reference: r } }\nfields: { f: { type: keyword, encrypt: true } }`,
        '',
      ),
      'needs a vault',
      /^true/,
    ],
    ['encryption without a subject', field('{ type: keyword, encrypt: true }'), 'no subject whose key', /^true/],
    [
      'an unknown subject',
      sealed('{ type: keyword, encrypt: { subject: friend }, write: [create, update] }'),
      'which subject’s key',
      /^friend/,
    ],
    [
      'a filter of the policy on an encrypted column',
      withResource(
        `${WRITES}\nfilter: { term: { f: x } }\nsubjects: { owner: { reference: r } }\nfields: { f: { type: keyword, encrypt: true, write: [create, update] } }`,
      ),
      'f is encrypted in the store',
      /^\{ term/,
    ],

    [
      'a subject that nobody is',
      withResource(`${HEAD}\nsubjects: { friend: { reference: r } }\n${fields}`),
      'whose name is it?',
      /^\{ reference/,
    ],
    [
      'the owner as subject of a resource without one',
      withResource(`${HEAD}\nsubjects: { owner: { reference: r } }\n${fields}`).replace('{ column: customer }', 'none'),
      'the resource has no owner',
      /^\{ reference/,
    ],
    [
      'a subject of a field that is not there',
      withResource(`${HEAD}\nsubjects: { friend: { reference: r, from: who } }\n${fields}`),
      'there is no field of this name',
      /^who/,
    ],
    [
      'a subject that cannot be named',
      FULL.replace('recipientId: { type: uuid, write: [create], required: true', 'recipientId: { type: uuid'),
      'cannot be sent at creation',
      /^\{ type: uuid/,
    ],
    [
      'a subject that is a list',
      FULL.replace('recipientId: { type: uuid', 'recipientId: { type: uuid, array: true'),
      'does not name one person',
      /^recipientId/,
    ],

    [
      'a filter without types',
      withResource(`filter: { term: { gone: true } }\n${HEAD}\n${fields}`),
      'the type of gone is not declared',
      /./,
    ],
    [
      'a filter type that nothing uses',
      withResource(`filterFields: { gone: boolean }\n${HEAD}\n${fields}`),
      'is not used by a filter',
      /^gone/,
    ],
    [
      'a filter type that is a field’s',
      withResource(`filter: { term: { plain: x } }\nfilterFields: { plain: keyword }\n${HEAD}\n${fields}`),
      'is the column of the field plain',
      /^plain/,
    ],
    [
      'a dot in a column of a table',
      withTable(
        `filter: { term: { a.b: x } }\nfilterFields: { a.b: keyword }\nid: { column: id }\n${HEAD}\n${fields}`.replace(
          'index',
          'table',
        ),
      ),
      'is not the name of a column',
      /^a\.b/,
    ],
    [
      'a hold on a claim',
      withResource(`hold: { filter: { term: { plain: '\${claims.sub}' } }, reason: law }\n${HEAD}\n${fields}`),
      'an erasure has no caller',
      /^\{ term/,
    ],
    [
      'a hold without a reason',
      withResource(`hold: { filter: { term: { plain: x } } }\n${HEAD}\n${fields}`),
      'reason: is missing',
      /./,
    ],

    [
      'an order of a field that is not there',
      withResource(`order: -when\n${HEAD}\n${fields}`),
      'there is no field of this name',
      /^-when/,
    ],
    [
      'an order of a field that has none',
      withResource(`order: [plain]\n${HEAD}\n${fields}`),
      'cannot be in the order of plain',
      /^plain/,
    ],
    [
      'a field twice in an order',
      withResource(`order: [f, -f]\n${HEAD}\nfields: { f: { type: date, sort: true } }`),
      'stands there twice',
      /^-f/,
    ],
    [
      'a page larger than the largest',
      withResource(`page: { default: 50, max: 10 }\n${HEAD}\n${fields}`),
      'is larger than max',
      /^50/,
    ],
    [
      'a body larger than any document',
      withResource(`maxBody: 64MiB\n${HEAD}\n${fields}`),
      'is larger than 16MiB',
      /^64MiB/,
    ],

    [
      'a creation of nothing',
      withResource(`${HEAD}\n${fields}`.replace('get]', 'create]')),
      'no field may be sent with create',
      /^\{ mobile/,
    ],
    ['a field that nobody may send', field('{ type: keyword, write: [create] }'), 'no role may create', /^\[create/],
    [
      'a required field that cannot be sent',
      field('{ type: keyword, required: true }'),
      'cannot be sent at creation',
      /^true/,
    ],
    [
      'a pattern without a bound',
      field('{ type: keyword, pattern: "a+", write: [create, update] }', WRITES),
      'a pattern needs a maxLength',
      /^"a\+/,
    ],
    [
      'a pattern that takes very long',
      field('{ type: keyword, maxLength: 9, pattern: "(a+)+", write: [create, update] }', WRITES),
      'very long',
      /^"\(a/,
    ],
    ['a length of a number', field('{ type: integer, maxLength: 4 }'), 'is for keyword and text', /^4/],
    ['a bound of a text', field('{ type: text, minimum: 4 }'), 'is for numbers', /^4/],
    ['bounds the wrong way round', field('{ type: integer, minimum: 4, maximum: 3 }'), 'is greater than maximum', /^4/],
    ['a value of another type', field('{ type: integer, oneOf: [1, 1.5] }'), 'is not a value of integer', /^1\.5/],
    ['items without a list', field('{ type: keyword, maxItems: 3 }'), 'is for lists', /^3/],
    ['an object without members', field('object'), 'an object needs `members`', /^object/],
    ['members of a text', field('{ type: text, members: { a: { type: keyword } } }'), 'is for objects', /^\{ a/],
    [
      'members without end',
      field(
        `{ type: object, members: ${'{ a: { type: object, members: '.repeat(4)}{ a: { type: keyword } }${' } }'.repeat(4)} }`,
      ),
      'nested deeper than 4',
      /./,
    ],

    [
      'a rule on a database',
      FULL.replace('{ upstream: shop, indices', '{ upstream: crm, indices'),
      'a database has no search API',
      /^crm/,
    ],
    [
      'an API without resources',
      withRule('filter: all\nfields: { a: keyword }').replace('roles:', 'api: { title: A }\nroles:'),
      'no resource to publish',
      /^\{ title/,
    ],
    ['an origin that is a pattern', FULL.replace("'https://shop.example'", "'*'"), 'expected an origin', /^'\*'/],
    [
      'an origin with a path',
      FULL.replace("'https://shop.example'", "'https://shop.example/'"),
      'expected an origin',
      /^'https/,
    ],
    ['the origin of nobody', FULL.replace("'https://shop.example'", "'null'"), 'expected an origin', /^'null'/],
  ])('say where: %s', (_title, text, message, place) => {
    const error = failure(text);
    expect(error.code).toBe('E_POLICY_INVALID');
    expect(`${error.message}\n${error.hint}`).toContain(message);
    expect(error.message).toContain(message);
    expect(error.hint).not.toBe('');
    expect(pointed(text)).toMatch(place);
  });
});
