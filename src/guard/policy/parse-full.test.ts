import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse as parseYamlText } from 'yaml';
import { policyJsonSchema } from './json-schema.ts';
import { FULL } from './testing/full.ts';
import { parse } from './testing/policies.ts';

const policy = parse(FULL);
const orders = policy.api?.resources.find(({ name }) => name === 'orders');
const people = policy.api?.resources.find(({ name }) => name === 'people');

/** Sections that the example below is to show whole. */
const SHOWN = ['api', 'resources', 'devices', 'anomalies', 'vault', 'limits'];

interface Node {
  readonly $ref?: string;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
}

/** Every key that a schema knows, once, with the names of one's own choice left out. */
function keysOf(node: Node, definitions: Readonly<Record<string, Node>>, seen: Set<Node>): string[] {
  const here = node.$ref === undefined ? node : (definitions[node.$ref.split('/').at(-1) ?? ''] ?? {});
  if (seen.has(here)) return [];
  seen.add(here);
  const { additionalProperties: values } = here;
  const inner = [...(here.anyOf ?? []), ...(here.oneOf ?? []), ...(here.allOf ?? [])];
  if (typeof values === 'object') inner.push(values);
  if (here.items) inner.push(here.items);
  const entries = Object.entries(here.properties ?? {});
  return [
    ...entries.map(([key]) => key),
    ...[...inner, ...entries.map(([, value]) => value)].flatMap((one) => keysOf(one, definitions, seen)),
  ];
}

describe('a policy with resources, a vault and devices', () => {
  it('shows every key of its sections', () => {
    const schema: { properties?: Record<string, Node>; definitions?: Record<string, Node> } = policyJsonSchema();
    const elsewhere = ['file', 'sealed', 'passphraseFile', 'passphraseEnv', 'awsKms', 'keyId', 'region', 'endpoint'];
    const ways = ['tokenEnv', 'passwordEnv', 'secretEnv', 'decryptionKeyEnv', 'verificationKeyFile'];
    const filters = ['terms', 'exists', 'all', 'any', 'gt', 'gte', 'lt', 'lte', 'range', 'onFailure'];
    const known = new Set(
      SHOWN.flatMap((name) => keysOf(schema.properties?.[name] ?? {}, schema.definitions ?? {}, new Set())),
    );
    expect(known.size).toBeGreaterThan(100);
    const missing = [...known].filter((key) => !new RegExp(`\\b${key}:`).test(FULL));
    expect(missing.filter((key) => ![...elsewhere, ...ways, ...filters].includes(key))).toEqual([]);
  });

  it('is what the editor’s schema accepts', () => {
    const validate = new Ajv({ strict: false }).compile(policyJsonSchema());
    expect(validate(parseYamlText(FULL)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate(parseYamlText(FULL.replace('nullable:', 'nulable:')))).toBe(false);
    expect(validate(parseYamlText(FULL.replace('lookup: phone', 'lookup: fone')))).toBe(false);
  });

  it('keeps databases apart from the stores that can be searched', () => {
    expect([...policy.upstreams.keys()]).toEqual(['shop']);
    expect(policy.databases.get('crm')).toEqual({
      name: 'crm',
      store: 'postgresql',
      url: 'postgresql://10.0.0.7:5432/crm',
      username: 'guard',
      password: { file: '/srv/guard/secrets/crm' },
      tls: { ca: '/srv/guard/certs/crm.pem', serverName: 'crm.internal', certificate: null, key: null },
      secure: true,
      connections: 20,
      timeout: 5000,
    });
  });

  it('compiles a resource on an index', () => {
    expect(Object.isFrozen(orders)).toBe(true);
    expect(orders).toMatchObject({
      position: 'resources.orders',
      title: 'Orders',
      path: ['v1', 'orders'],
      store: 'elasticsearch',
      source: 'orders',
      namespace: null,
      id: { column: null, type: 'uuid' },
      owner: { column: 'customer', claim: ['sub'], type: 'keyword', pseudonym: false },
      filter: { kind: 'none', filters: [{ kind: 'term', field: 'deleted', type: 'boolean' }] },
      operations: new Set(['list', 'count', 'get', 'create', 'update', 'delete']),
      order: [{ field: 'placed', descending: true }],
      page: { default: 25, max: 50 },
      maxValues: 20,
      maxBody: 65_536,
      hold: { filter: { kind: 'term', field: 'invoiced' }, reason: 'tax law, ten years' },
      erase: true,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(orders?.roles).toEqual(
      new Map([
        ['mobile', new Set(['list', 'count', 'get', 'create', 'update', 'delete'])],
        ['support', new Set(['get'])],
      ]),
    );
    expect(orders?.subjects).toEqual(
      new Map([
        ['owner', { name: 'owner', reference: 'customer_ref', from: 'owner' }],
        ['recipient', { name: 'recipient', reference: 'recipient_ref', from: { field: 'recipientId' } }],
      ]),
    );
  });

  it('compiles fields with their types, their encryption and what may be asked', () => {
    const field = (name: string) => orders?.fields.get(name);
    expect(field('pieces')).toMatchObject({ read: true, write: new Set(), filters: new Set(), sort: false });
    expect(field('placed')).toMatchObject({ column: 'placed_at', filters: new Set(['range', 'exists']), sort: true });
    expect(field('phone')?.encryption).toEqual({
      subject: 'recipient',
      lookup: 'phone',
      beacon: { field: 'phone_bits', bits: 8 },
    });
    expect(field('note')).toMatchObject({
      nullable: true,
      encryption: { subject: 'owner', lookup: null, beacon: null },
    });
    expect(field('iban')?.mask).toEqual({ kind: 'last', keep: 4 });
    expect(field('code')?.schema.pattern?.test('ABCD')).toBe(true);
    expect(field('code')?.schema.pattern?.test('xABCD')).toBe(false);
    const members = field('address')?.schema.members;
    expect(members?.get('city')).toMatchObject({ type: 'keyword', required: true, maxLength: 512 });
    expect(members?.get('lines')).toMatchObject({ array: true, maxItems: 3, maxLength: 10_000 });
    expect(members?.get('place')?.members?.get('lat')).toMatchObject({ minimum: -90, maximum: 90 });
  });

  it('bounds what is written where the policy says nothing, and not what is only read', () => {
    expect(orders?.fields.get('tags')?.schema).toMatchObject({ maxItems: 10, maxLength: 512 });
    expect(orders?.fields.get('iban')?.schema).toMatchObject({ maxItems: null, maxLength: null });
  });

  it('compiles a resource on a table, whose owner is a pseudonym', () => {
    expect(people).toMatchObject({
      path: ['v2', 'people'],
      title: 'people',
      store: 'postgresql',
      source: 'people',
      namespace: 'sales',
      id: { column: 'person_id', type: 'keyword' },
      owner: { column: 'owner_ref', claim: ['realm', 'id'], pseudonym: true },
      order: [{ field: 'since', descending: false }],
      page: { default: 20, max: 100 },
      erase: false,
      hold: null,
    });
    // The column that the owner is compared by is the reference of the owner's key.
    expect(people?.subjects.get('owner')).toEqual({ name: 'owner', reference: 'owner_ref', from: 'owner' });
    expect(people?.fields.get('email')?.encryption).toMatchObject({
      subject: 'owner',
      beacon: { field: 'email_beacon', bits: 6 },
    });
  });

  it('says how the resources are published', () => {
    expect(policy.api).toMatchObject({
      title: 'Shop',
      publish: true,
      corsOrigins: ['https://shop.example', 'capacitor://localhost'],
    });
  });

  it('lets a role live by resources alone', () => {
    expect(policy.roles.find(({ name }) => name === 'mobile')?.rules).toEqual([]);
  });

  it('compiles where rows and keys live', () => {
    expect(policy.data).toEqual({
      kind: 'postgresql',
      url: 'postgresql://db.internal/guard',
      username: 'guard',
      password: { env: 'GUARD_DB' },
      ca: '/srv/guard/certs/db.pem',
      schema: 'postern',
    });
    expect(policy.vault).toEqual({
      rootKey: {
        kind: 'transit',
        url: 'https://keys.internal:8200',
        mount: 'transit',
        key: 'guard',
        token: { file: '/srv/guard/secrets/transit' },
        namespace: 'shop',
        ca: '/srv/guard/certs/keys.pem',
      },
      keys: '/srv/guard/vault-keys',
      epoch: 604_800_000,
      retain: 1_209_600_000,
      cache: { subjects: 2000, ttl: 60_000 },
    });
  });

  it('compiles which devices are believed; fingerprints have one spelling each', () => {
    const hex = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('hex');
    expect(policy.devices).toMatchObject({
      path: 'app',
      tokens: { issuer: 'https://search.shop.example/app', lifetime: 300_000, key: '/srv/guard/keys/device.key' },
      maxDevices: 5,
      playIntegrity: {
        certificates: [Buffer.from(hex, 'hex').toString('base64url')],
        classic: {
          decryptionKey: { file: '/srv/guard/secrets/play-decryption' },
          verificationKey: { env: 'PLAY_VERIFICATION' },
        },
        integrity: 'strong',
        maxAge: 60_000,
      },
      keyAttestation: { certificates: [hex], patchLevel: 202_601, securityLevel: 'strongbox' },
      appCheck: { project: '1234567890' },
    });
  });

  it('compiles what a role asks of a device, and how long old versions are let in', () => {
    const device = policy.roles.find(({ name }) => name === 'mobile')?.device;
    expect(device).toMatchObject({ attested: true, integrity: 'device' });
    expect(device?.minimumVersion).toEqual(
      new Map([
        ['ios', '5.2.0'],
        ['android', '50200'],
        ['web', '5.2'],
      ]),
    );
    expect(device?.fresh).toEqual(new Set(['orders.delete', 'people.update']));
    expect(device?.legacy[0]).toEqual({
      platform: 'android',
      below: '50000',
      // To the end of its last day.
      until: Date.UTC(2026, 9, 1),
      limits: {
        rate: { perSecond: 1, burst: 2 },
        concurrent: 1,
        documents: { count: 50, windowMs: 3_600_000 },
      },
    });
    expect(policy.roles.find(({ name }) => name === 'support')?.device).toBeNull();
  });

  it('compiles limits of devices and versions, and what is watched for', () => {
    expect(policy.limits).toMatchObject({
      device: { rate: { perSecond: 20, burst: 20 }, documents: { count: 500, windowMs: 3_600_000 } },
      version: { documents: { count: 100_000, windowMs: 3_600_000 } },
      counting: 'estimate',
    });
    expect(policy.anomalies?.rules[0]).toEqual({
      kind: 'walk',
      count: 50,
      windowMs: 600_000,
      action: 'throttle',
      holdMs: 900_000,
      limits: { rate: { perSecond: 1, burst: 1 }, concurrent: 1 },
    });
    expect(policy.anomalies?.webhook).toEqual({
      url: 'https://alarms.internal/postern',
      secret: { file: '/srv/guard/secrets/webhook' },
    });
  });

  it('is watched with the files that decide which device is believed', () => {
    expect(policy.files).toEqual([
      '/srv/guard/secrets/play-decryption',
      '/srv/guard/secrets/play-account.json',
      '/srv/guard/certs/attestation-roots.pem',
      '/srv/guard/lists/attestation-status.json',
      '/srv/guard/lists/app-check.json',
    ]);
  });

  it('has none of it where the policy says none of it', () => {
    const plain = parse(
      FULL.replace(/^api:.*\n/m, '')
        .replace(/^resources:\n(?: .*\n)+/m, '')
        .replace(/^devices:\n(?: .*\n)+/m, '')
        .replace(/^anomalies:\n(?: .*\n)+/m, '')
        .replace(/^vault:\n(?: .*\n)+/m, '')
        .replace(/^data:.*\n/m, '')
        .replace(/^limits:\n(?: .*\n)+/m, '')
        .replace(/^ {2}mobile:\n(?: {4}.*\n)+/m, ''),
    );
    expect(plain).toMatchObject({ api: null, vault: null, devices: null, anomalies: null });
    expect(plain.data).toEqual({ kind: 'embedded', folder: '/srv/guard/.postern/guard-data' });
    expect(plain.limits).toMatchObject({ device: null, version: null, counting: 'exact' });
    expect(plain.roles.map(({ device }) => device)).toEqual([null]);
  });
});
