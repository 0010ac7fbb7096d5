import { own } from '../../core/own.ts';

/** What to do about a wrong value, by its path; a role's or upstream's own name stands as `*`. */
const ADVICE: Readonly<Record<string, string>> = {
  version: 'Begin the file with `version: 1`.',
  listeners: 'List at least one, e.g. `- address: 127.0.0.1:9280`.',
  'listeners.*.address': 'For example 0.0.0.0:9443, 127.0.0.1:9280 or "[::1]:9280".',
  'listeners.*.publicUrl': 'Write what clients call it, e.g. https://search.shop.example.',
  upstreams: 'Name each store: `shop: { store: elasticsearch, nodes: [https://10.0.0.5:9200] }`.',
  'upstreams.*.nodes': 'List the nodes, e.g. `nodes: [https://10.0.0.5:9200]`.',
  'upstreams.*.password': 'This file never holds a secret. Use `credentials: { username, passwordFile }`.',
  'upstreams.*.credentials': 'For example `{ username: postern-guard, passwordFile: secrets/store }`.',
  'upstreams.*.credentials.password':
    'This file never holds a secret. Use `passwordFile: FILE` or `passwordEnv: NAME`.',
  'upstreams.*.credentials.apiKey': 'This file never holds a secret. Use `apiKeyFile: FILE` or `apiKeyEnv: NAME`.',
  identity: 'Say who is believed: `issuers`, `apiKeys`, `certificates`, or `anonymous: true`.',
  'identity.issuers.*.algorithms': 'List the issuer’s, e.g. `algorithms: [ES256]`.',
  'identity.issuers.*.algorithms.*':
    'Asymmetric ones only: with a shared secret (HS256) every gateway could sign tokens.',
  'identity.issuers.*.audience': 'List what the tokens for this gateway name, e.g. `audience: [shop-search]`.',
  'identity.issuers.*.jwks': '`{ url: https://… }` or `{ file: jwks.json }`; leave it out for discovery.',
  roles: 'Name each role: `mobile: { match: …, rules: [ … ] }`.',
  'roles.*.match': 'For example `{ issuer: shop, claims: { scope: { contains: shop.read } } }`.',
  'roles.*.observe.until': 'Watching needs an end, e.g. `observe: { until: 2026-12-31 }`.',
  'roles.*.rules': 'List rules, each with `indices`, `operations`, `filter` and `fields`.',
  'roles.*.rules.*.filter':
    'Say which documents: a filter such as `{ term: { tenant: "${claims.tenant}" } }`, or the word `all`.',
  'roles.*.rules.*.indices': 'Name the indices, e.g. `indices: [profiles]`.',
  'roles.*.rules.*.operations': 'List what may be done, e.g. `operations: [search, count, get]`.',
  'roles.*.rules.*.fields': 'For example `{ name: text, email: { type: keyword, mask: email } }`.',
  'limits.store': '`memory`, or `{ valkey: { url: rediss://HOST:6379 } }`.',
};

const NAMED = /^(upstreams|roles)\.[^.]+/;

export function advisePolicy(path: string): string | undefined {
  return (
    own(ADVICE, path.replace(NAMED, '$1.*')) ??
    (path === '' ? 'The file is a map that begins with `version: 1`; `postern guard init` writes one.' : undefined)
  );
}
