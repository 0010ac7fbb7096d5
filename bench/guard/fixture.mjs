/** What every row of the guard's bench has in common: the store's answers, the question, and the policy. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FIELDS = ['name', 'city', 'tenant', 'email'];

function hit(index, n, padding) {
  const source = {
    name: `Person ${n}`,
    city: 'Lyon',
    tenant: 't1',
    email: `p${n}@example.org`,
    note: 'x'.repeat(padding),
  };
  return { _index: index, _id: `d${n}`, _score: 1, _source: source };
}

/** An answer of Elasticsearch with `count` hits. */
export function answer(index, count, padding = 45) {
  const hits = Array.from({ length: count }, (_, n) => hit(index, n, padding));
  const shards = { total: 1, successful: 1, skipped: 0, failed: 0 };
  const total = { value: count, relation: 'eq' };
  return JSON.stringify({ took: 1, timed_out: false, _shards: shards, hits: { total, max_score: 1, hits } });
}

const question = (size) => JSON.stringify({ query: { term: { city: 'Lyon' } }, size });
export const QUESTION = question(50);
/** For answers of any number of hits that the policy allows. */
export const LONG_QUESTION = question(1000);

/** `jwks.json` of the bench's issuer stands in the same folder. */
export function writePolicy(
  folder,
  { port, store, kind = 'elasticsearch', version = 8, workers = 1, indices, more = '' },
) {
  const file = join(folder, `guard-${port}.yaml`);
  const limits = 'limits: { rate: 1000000/s, burst: 1000000, concurrent: 5000, documents: 100000000/1h }';
  const rule = (fields) => `
      - indices: [${indices.join(', ')}]
        operations: [search]
${fields}`;
  const strict = rule(`        filter: { term: { tenant: '\${claims.tenant}' } }
        fields: { name: text, city: keyword, tenant: keyword, email: { type: keyword, mask: email } }
        limits: { page: 1000, window: 1000 }`);
  writeFileSync(
    file,
    `version: 1
listeners: [{ address: 127.0.0.1:${port} }]
upstreams:
  store: { store: ${kind}, version: ${version}, nodes: ['http://127.0.0.1:${store}'], connections: 64 }
identity:
  issuers:
    - { name: bench, issuer: 'https://id.bench.example/', audience: [bench], jwks: { file: jwks.json }, algorithms: [ES256], types: [at+jwt] }
roles:
${more}
  service:
    match: { issuer: bench, claims: { role: { equals: service } } }
    mode: compat
    ${limits}
    rules:${rule('        filter: all')}
  mobile:
    match: { issuer: bench, claims: { role: { equals: mobile } } }
    ${limits}
    rules:${strict}
journal: { file: journal-${port}/decisions.jsonl }
limits: { peer: { rate: 1000000/s, burst: 1000000 } }
keys: { seal: keys-${port}/seal.key, mask: keys-${port}/mask.key, journal: keys-${port}/journal.key, limits: keys-${port}/limits.key }
workers: ${workers}
`,
  );
  return file;
}

/** Asks once; the JSON of the answer. @throws Error unless it is answered with the status */
export async function ask(url, { status = 200, body = QUESTION, ...headers } = {}) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await reply.text();
  if (reply.status !== status) throw new Error(`${url}: ${reply.status} instead of ${status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** @throws Error unless it is the whole answer of the store */
export function requireWhole(json, count) {
  const hits = json.hits.hits;
  if (hits.length !== count || hits.some(({ _source }) => typeof _source.note !== 'string'))
    throw new Error(`not the store's answer: ${JSON.stringify(json).slice(0, 300)}`);
}

/** @throws Error unless every hit has the rule's fields and no other, with the e-mail address masked */
export function requireFiltered(json, count) {
  const right = json.hits.hits.filter(({ _source }) => {
    const names = Object.keys(_source);
    const known = names.length === FIELDS.length && names.every((name) => FIELDS.includes(name));
    return known && /^[a-z]?\*\*\*@/.test(_source.email) && _source.tenant === 't1';
  });
  if (right.length !== count || json.hits.hits.length !== count)
    throw new Error(`not filtered: ${JSON.stringify(json).slice(0, 300)}`);
}
