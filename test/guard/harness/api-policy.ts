/** Declared resources for the tests of bypasses and the fuzzing: one in a search store, one in a database, one whose owner is a pseudonym. */

/** What all of them have. */
const SHAPE = `
    owner: { column: customer, claim: sub }
    subjects: { owner: { reference: customer_ref }, recipient: { reference: recipient_ref, from: recipientId } }
    filter: { term: { deleted: false } }
    filterFields: { deleted: boolean }
    roles: { mobile: [list, count, get, create, update, delete], reader: [list, count, get] }
    fields:
      status: { type: keyword, oneOf: [open, paid, sent], filter: [eq, in, exists], sort: true, write: [create, update], required: true }
      total: { type: number, minimum: 0, maximum: 100000, filter: [range], sort: true, write: [create, update], nullable: true }
      placed: { type: date, filter: [eq, range], sort: true, write: [create] }
      units: { type: integer, filter: [eq, in, range], sort: true, write: [create, update] }
      gift: { type: boolean, filter: [eq], write: [create, update] }
      title: { type: keyword, maxLength: 80, filter: [eq, exists], sort: true, write: [create, update] }
      tags: { type: keyword, array: true, maxItems: 3, filter: [eq], write: [create, update] }
      address: { type: object, members: { city: { type: keyword, required: true }, zip: { type: keyword, maxLength: 5, pattern: '^[0-9]{5}$' } }, write: [create, update], nullable: true }
      recipientId: { type: keyword, write: [create, update], nullable: true }
      iban: { type: keyword, mask: last:4, write: [create] }
      voucher: { type: keyword, mask: token, write: [create] }
      pin: { type: keyword, read: false, write: [create] }
      phone: { type: keyword, encrypt: { lookup: phone }, filter: [eq], write: [create, update] }
      note: { type: text, maxLength: 500, encrypt: true, write: [create, update], nullable: true }
      salary: { type: integer, encrypt: true, write: [create, update], nullable: true }
      recipientName: { type: keyword, encrypt: { subject: recipient, lookup: exact, beacon: 8 }, filter: [eq], write: [create, update], nullable: true }
    order: -placed
    page: { default: 5, max: 20 }
    maxBody: 16KiB`;

export const API_POLICY = `
version: 1
listeners: [{ address: 127.0.0.1:0 }]
upstreams:
  shop: { store: opensearch, version: 2, nodes: ['http://127.0.0.1:9200'] }
  crm: { store: postgresql, url: 'postgresql://127.0.0.1:5432/crm', tls: off, credentials: { username: gateway, passwordEnv: GATEWAY_PASSWORD } }
identity:
  issuers:
    - { name: shop, issuer: 'https://id.shop.example/', audience: [shop-search], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
vault: { keys: keys }
api: { title: Shop, publish: true }
resources:
  orders:
    upstream: shop
    index: orders${SHAPE}
  letters:
    upstream: shop
    index: letters${SHAPE.replace('claim: sub }', 'claim: sub, pseudonym: true }')}
  parcels:
    upstream: crm
    table: shop.parcels
    id: { column: id, type: uuid }${SHAPE}
roles:
  mobile: { match: { issuer: shop, claims: { role: { equals: mobile } } } }
  reader: { match: { issuer: shop, claims: { role: { equals: reader } } } }
`;
