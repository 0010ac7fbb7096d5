/** What the benches of the typed API declare: one kind of order, plain or with three encrypted fields. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const PAGE = 100;
export const ENCRYPTED = ['phone', 'email', 'note'];
/** Nothing is refused by it, and everything is counted. */
export const WIDE = 'rate: 1000000/s, burst: 1000000, concurrent: 5000';

/** A made-up order about a made-up person. */
export function order(n, recipientId) {
  return {
    status: n % 2 === 0 ? 'open' : 'paid',
    total: n + 0.5,
    placed: '2026-11-01T10:00:00.000Z',
    recipientId,
    phone: `+1202${String(n).padStart(7, '0')}`,
    email: `person-${n}@mail.example.org`,
    note: `made-up note ${n}: leave it with the neighbours, please`,
  };
}

/**
 * A resource in YAML.
 *
 * @param keys null: nothing is encrypted; `owner`: all with the caller's key; `recipient`: with the key of whom `recipientId`
 *   names, and the documents belong to a tenant
 * @param lookup the phone number can be found by its value @param roles who may list, get and create
 */
export function resource(
  name,
  { keys = null, tenant = keys === 'recipient', lookup = false, roles = ['mobile'] } = {},
) {
  const encrypt = keys === null ? '' : `, encrypt: { subject: ${keys} }`;
  const found = lookup ? `, encrypt: { subject: ${keys}, lookup: phone }, filter: [eq]` : encrypt;
  const from = keys === 'recipient' ? ', from: recipientId' : '';
  return `  ${name}:
    upstream: store
    index: ${name}
    owner: ${tenant ? '{ column: tenant, claim: tenant }' : '{ column: customer, claim: sub }'}
${keys === null ? '' : `    subjects: { ${keys}: { reference: person${from} } }\n`}    roles: { ${roles.map((one) => `${one}: [list, get, create]`).join(', ')} }
    fields:
      status: { type: keyword, oneOf: [open, paid], write: [create], required: true }
      total: { type: number, minimum: 0, write: [create] }
      placed: { type: date, write: [create] }
      recipientId: { type: keyword, write: [create] }
      phone: { type: keyword, write: [create]${found} }
      email: { type: keyword, write: [create]${encrypt} }
      note: { type: text, maxLength: 200, write: [create]${encrypt} }
    page: { default: ${PAGE}, max: ${PAGE} }
`;
}

/** As search, for the same documents: a filter over documents and a closed list of fields. */
export const SEARCH_RULE = (index) => `
      - indices: [${index}]
        operations: [search]
        filter: { term: { customer: '\${claims.sub}' } }
        filterFields: { customer: keyword }
        fields: { status: keyword, total: double, placed: date, recipientId: keyword, phone: keyword, email: keyword, note: text }
        limits: { page: 1000, window: 1000 }`;

/**
 * `jwks.json` of the bench's issuer stands in the same folder.
 *
 * @param vault name of a folder for keys and rows; null: no vault @param state names the folder of keys that gateways share
 */
export function writeApiPolicy(
  folder,
  { port, store, publicUrl = null, vault = null, cache = 50_000, resources, roles, limits, state = `state-${port}` },
) {
  const file = join(folder, `guard-${port}.yaml`);
  writeFileSync(
    file,
    `version: 1
listeners: [{ address: 127.0.0.1:${port}, publicUrl: '${publicUrl ?? `http://127.0.0.1:${port}`}' }]
upstreams:
  store: { store: elasticsearch, version: 8, nodes: ['http://127.0.0.1:${store}'], connections: 64 }
identity:
  issuers:
    - { name: bench, issuer: 'https://id.bench.example/', audience: [bench], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
${vault === null ? '' : `data: { folder: ${vault}/data }\nvault: { rootKey: { file: ${vault}/root.key }, keys: ${vault}/keys, cache: { subjects: ${cache} } }\n`}api: { title: Bench }
resources:
${resources}
roles:
${roles}
journal: { file: journal-${port}/decisions.jsonl }
limits: { peer: { rate: 1000000/s, burst: 1000000 }${limits ? `, ${limits}` : ''} }
keys: { seal: ${state}/seal.key, mask: ${state}/mask.key, journal: journal-${port}/journal.key, limits: ${state}/limits.key }
`,
  );
  return file;
}

/** A role of everybody whose token says it. */
export function role(name, limits, rules = '') {
  return `  ${name}:
    match: { issuer: bench, claims: { role: { equals: ${name} } } }
    limits: { ${limits} }${rules === '' ? '' : `\n    rules:${rules}`}
`;
}
