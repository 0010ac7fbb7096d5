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
  resources: 'Name each: `orders: { index: orders, owner: { column: customer, claim: sub }, roles: …, fields: … }`.',
  'resources.*.owner': 'For example `{ column: customer, claim: sub }`, or the word `none`.',
  'resources.*.roles': 'For example `{ mobile: [list, get] }`.',
  'resources.*.fields': 'For example `{ status: { type: keyword, filter: [eq] }, total: number }`.',
  'resources.*.path': 'For example /v1/orders.',
  'upstreams.*.store': 'elasticsearch, opensearch or postgresql.',
  'upstreams.*.url': 'For example postgresql://10.0.0.7:5432/shop.',
  'resources.*.index': 'Name the index or data stream itself, e.g. `index: orders`.',
  'resources.*.table': 'For example public.orders.',
  'resources.*.order': 'For example -placed, or [-placed, status].',
  'resources.*.hold': 'For example `{ filter: { term: { invoiced: true } }, reason: tax law, ten years }`.',
  'upstreams.*.tls': 'For example `{ ca: certs/store-ca.pem }`.',
  'api.cors.origins.*': 'Origins are compared byte for byte; there is no pattern and no `*`.',
  'vault.rootKey.passphrase': 'This file never holds a secret. Use `passphraseFile: FILE` or `passphraseEnv: NAME`.',
  'vault.rootKey.transit.token': 'This file never holds a secret. Use `tokenFile: FILE` or `tokenEnv: NAME`.',
  'data.postgresql.password': 'This file never holds a secret. Use `passwordFile: FILE` or `passwordEnv: NAME`.',
  'data.postgresql.url': 'For example postgresql://10.0.0.7:5432/guard.',
  'devices.tokens': 'For example `{ issuer: https://search.shop.example/device }`.',
  'devices.tokens.issuer': 'What clients call the gateway, e.g. https://search.shop.example/device.',
  'devices.appAttest.appIds.*': 'The team’s id, a dot, and the bundle id, as the App ID says it.',
  'devices.playIntegrity.classic': 'Name the response keys of the Play Console, each by a file or a variable.',
  'devices.playIntegrity.certificates.*':
    'What `apksigner verify --print-certs` says, or the app signing key of the Play Console.',
  'devices.keyAttestation.certificates.*':
    'What `apksigner verify --print-certs` says, or the app signing key of the Play Console.',
  'devices.appCheck.project': 'The project’s number, in quotes: it stands in the settings of the Firebase project.',
  'roles.*.device.legacy.*.until': 'Old versions need an end, e.g. `until: 2027-03-31`.',
  'anomalies.rules': 'For example `[{ kind: walk, count: 50/10m, action: throttle, limits: { rate: 1/s } }]`.',
  'anomalies.webhook.secret': 'This file never holds a secret. Use `secretFile: FILE` or `secretEnv: NAME`.',
  'limits.version': 'For example `{ documents: 100000/1h }`.',
  'vault.rootKey': 'For example `{ file: .postern/vault-root.key }`.',
  data: 'For example `{ folder: .postern/guard-data }`.',
  'limits.store': '`memory`, or `{ valkey: { url: rediss://HOST:6379 } }`.',
};

const NAMED = /^(upstreams|roles|resources)\.[^.]+/;

export function advisePolicy(path: string): string | undefined {
  return (
    own(ADVICE, path.replace(NAMED, '$1.*')) ??
    (path === '' ? 'The file is a map that begins with `version: 1`; `postern guard init` writes one.' : undefined)
  );
}
