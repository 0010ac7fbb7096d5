/** A policy that uses every key there is for resources, the vault and devices. */
export const FULL = `version: 1
listeners: [{ address: 127.0.0.1:9280 }]
upstreams:
  shop: { store: opensearch, version: 2, nodes: [http://127.0.0.1:9200] }
  crm:
    store: postgresql
    url: postgresql://10.0.0.7:5432/crm
    credentials: { username: guard, passwordFile: secrets/crm }
    tls: { ca: certs/crm.pem, serverName: crm.internal }
    connections: 20
    timeout: 5s
identity:
  issuers:
    - { name: shop, issuer: https://id.shop.example/, audience: [shop-search], algorithms: [ES256], types: [at+jwt] }
devices:
  path: app
  tokens: { issuer: 'https://search.shop.example/app', lifetime: 5m, key: keys/device.key }
  challengeKey: keys/challenge.key
  nonce: true
  maxDevices: 5
  appAttest: { appIds: [ABCDE12345.org.example.shop], environment: production }
  playIntegrity:
    packages: [org.example.shop]
    certificates: ['00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F']
    classic: { decryptionKeyFile: secrets/play-decryption, verificationKeyEnv: PLAY_VERIFICATION }
    standard: { serviceAccountFile: secrets/play-account.json }
    integrity: strong
    licensed: true
    maxAge: 1m
  keyAttestation:
    packages: [org.example.shop]
    certificates: [AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8]
    roots: certs/attestation-roots.pem
    securityLevel: strongbox
    patchLevel: 202601
    statusList: lists/attestation-status.json
  appCheck: { project: '1234567890', appIds: ['1:1234567890:web:321abc456def7890'], jwks: lists/app-check.json }
limits:
  store: { valkey: { url: 'rediss://limits.internal:6379', username: guard, passwordFile: secrets/valkey, ca: certs/valkey.pem, prefix: 'guard:' } }
  peer: { rate: 200/s, burst: 400, concurrent: 100 }
  device: { rate: 20/s, documents: 500/1h }
  version: { documents: 100000/1h }
  counting: estimate
anomalies:
  rules:
    - { kind: walk, count: 50/10m, action: throttle, limits: { rate: 1/s, concurrent: 1 }, hold: 15m }
    - { kind: enumeration, count: 30/5m, action: block, hold: 1h }
    - { kind: slicing, count: 40/10m, action: step-up }
    - { kind: walk, count: 20/10m, action: alarm }
  webhook: { url: https://alarms.internal/postern, secretFile: secrets/webhook }
data: { postgresql: { url: 'postgresql://db.internal/guard', username: guard, passwordEnv: GUARD_DB, ca: certs/db.pem, schema: postern } }
vault:
  rootKey:
    transit: { url: https://keys.internal:8200/, mount: transit, key: guard, tokenFile: secrets/transit, namespace: shop, ca: certs/keys.pem }
  keys: vault-keys
  epoch: 7d
  retain: 14d
  cache: { subjects: 2000, ttl: 1m }
api: { title: Shop, description: Orders and people of the shop., publish: true, cors: { origins: ['https://shop.example', 'capacitor://localhost'] } }
resources:
  orders:
    title: Orders
    description: What a customer has ordered.
    path: /v1/orders
    upstream: shop
    index: orders
    id: { type: uuid }
    owner: { column: customer, claim: sub, type: keyword, pseudonym: false }
    subjects:
      owner: { reference: customer_ref }
      recipient: { reference: recipient_ref, from: recipientId }
    filter: { none: [{ term: { deleted: true } }] }
    filterFields: { deleted: boolean, invoiced: boolean }
    roles: { mobile: [list, count, get, create, update, delete], support: [get] }
    fields:
      status: { type: keyword, oneOf: [open, paid], filter: [eq, in], sort: true, write: [create, update], required: true }
      total: { type: number, minimum: 0, maximum: 1000000, filter: [range], sort: true, write: [create] }
      pieces: integer
      placed: { type: date, column: placed_at, filter: [range, exists], sort: true, description: When it was placed. }
      tags: { type: keyword, array: true, maxItems: 10, filter: [eq], write: [create, update] }
      recipientId: { type: uuid, write: [create], required: true }
      phone: { type: keyword, write: [create, update], encrypt: { lookup: phone, subject: recipient, beacon: { bits: 8, column: phone_bits } }, filter: [eq] }
      note: { type: text, maxLength: 500, write: [create, update], encrypt: { subject: owner }, nullable: true }
      code: { type: keyword, maxLength: 12, minLength: 4, pattern: '[A-Z]{4,12}', write: [create], read: false }
      iban: { type: keyword, mask: 'last:4' }
      address:
        type: object
        write: [create, update]
        members:
          city: { type: keyword, required: true }
          lines: { type: text, array: true, maxItems: 3 }
          place: { type: object, members: { lat: { type: number, minimum: -90, maximum: 90 } } }
    order: -placed
    page: { default: 25, max: 50 }
    maxValues: 20
    maxBody: 64KiB
    hold: { filter: { term: { invoiced: true } }, reason: 'tax law, ten years' }
    erase: true
  people:
    path: /v2/people
    upstream: crm
    table: sales.people
    id: { column: person_id, type: keyword }
    owner: { column: owner_ref, claim: realm.id, pseudonym: true }
    roles: { mobile: [get, update] }
    fields:
      email: { type: keyword, write: [update], encrypt: { lookup: email, beacon: 6 }, filter: [eq] }
      since: { type: date, sort: true }
      active: { type: boolean, filter: [eq] }
    order: [since]
    erase: false
roles:
  mobile:
    match: { issuer: shop, claims: { scope: { contains: shop.read } } }
    limits: { rate: 50/s, documents: 2000/1h }
    device:
      attested: true
      minimumVersion: { ios: 5.2.0, android: 50200, web: '5.2' }
      integrity: device
      fresh: [orders.delete, people.update]
      legacy:
        - { platform: android, below: 50000, until: 2026-09-30, limits: { rate: 1/s, burst: 2, concurrent: 1, documents: 50/1h } }
        - { below: 4.0.0, until: 2026-07-31, limits: { rate: 1/m, documents: 5/1h } }
  support:
    match: { issuer: shop, claims: { groups: { contains: support } } }
    limits: { rate: 5/s, documents: 200/1h }
    rules:
      - { upstream: shop, indices: [orders], operations: [search], filter: all, fields: { status: keyword } }
`;
