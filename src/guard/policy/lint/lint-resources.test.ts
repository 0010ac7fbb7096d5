import { describe, expect, it } from 'vitest';
import { FULL } from '../testing/full.ts';
import { NOW, parse, withRoles } from '../testing/policies.ts';
import { lint } from './lint.ts';
import { readAliases, readMapping } from './mapping.ts';
import { personalWord } from './personal-names.ts';

/** What is found, as `rule: text at the place`. */
function found(text: string): string[] {
  return lint(parse(text), { now: NOW })
    .filter(({ rule }) => rule !== 'guard/no-witness')
    .map(({ rule, severity, position }) => {
      const place = text.split('\n')[position.line - 1]?.slice(position.column - 1) ?? '';
      return `${severity} ${rule} @${place.split(/[ :,\]}]/)[0]}`;
    });
}

const ROLE =
  'r: { match: { issuer: shop, claims: { scope: { contains: read } } }, limits: { rate: 5/s, documents: 10/1h } }';
const ORDERS = 'index: orders, owner: { column: customer }, roles: { r: [list, get] }, fields: { status: keyword }';

/** One resource `orders`, written in one line. */
function resource(declaration: string, more = '', role = ROLE): string {
  return withRoles(role, `${more}resources:\n  orders: { ${declaration} }\n`);
}

const SEALED =
  'index: orders, owner: { column: customer }, subjects: { owner: { reference: customer_ref } }, roles: { r: [list, get, create] }, fields: { p: { type: keyword, write: [create], encrypt: { lookup: phone, beacon: 8 }, filter: [eq] } }';
const VAULT = 'vault: { rootKey: { sealed: root, passphraseEnv: P } }\n';

describe('lint of resources', () => {
  it('finds nothing where nothing is', () => {
    expect(found(resource(ORDERS))).toEqual([]);
    expect(found(resource(SEALED, VAULT))).toEqual([]);
  });

  it('finds in the full example what is told of purpose, and no error', () => {
    expect(found(FULL)).toEqual([
      'info guard/published @true',
      'info guard/personal-in-plain @iban',
      'info guard/personal-in-plain @address',
    ]);
  });

  it('finds resources that are nobody’s', () => {
    const open = ORDERS.replace('{ column: customer }', 'none');
    expect(found(resource(open))).toEqual(['warning guard/resource-without-owner @none']);
    const tenant = `filter: { term: { tenant: '\${claims.tenant}' } }, filterFields: { tenant: keyword }`;
    expect(found(resource(`${open}, ${tenant}`))).toEqual([]);
    expect(found(resource(`${open}, ${tenant.replace("'${claims.tenant}'", 'a')}`))).toEqual([
      'warning guard/resource-without-owner @none',
    ]);
    const strangers = ROLE.replace('issuer: shop, claims: { scope: { contains: read } }', 'anonymous: true');
    expect(found(resource(open, '', strangers))).toEqual(['warning guard/everything-for-strangers @none']);
    expect(found(resource(ORDERS, '', strangers))).toEqual(['error guard/owner-of-strangers @r']);
    const given = resource(ORDERS, '', strangers).replace(
      'anonymous: true\n',
      'anonymous: { claims: { sub: someone } }\n',
    );
    expect(found(given)).toEqual([]);
  });

  it('tells that a watched role is enforced in resources', () => {
    const watched = ROLE.replace(' }, limits', ' }, observe: { until: 2026-06-20 }, limits');
    expect(found(resource(ORDERS, '', watched))).toEqual([
      'warning guard/observed @{',
      'warning guard/resource-enforced @{',
    ]);
  });

  it('finds updates that nobody can make', () => {
    const update = (operations: string) =>
      resource(
        ORDERS.replace('[list, get]', operations).replace(
          'status: keyword',
          'status: { type: keyword, write: [update] }',
        ),
      );
    expect(found(update('[list, update]'))).toEqual(['warning guard/update-without-get @[list']);
    expect(found(update('[get, update]'))).toEqual([]);
  });

  it('finds creations that the filter never admits', () => {
    const create = (filter: string) =>
      resource(
        `${ORDERS.replace('[list, get]', '[create]').replace('status: keyword', 'status: { type: keyword, write: [create] }')}, filter: ${filter}, filterFields: { year: integer }`,
      );
    expect(found(create('{ range: { year: { gte: 2024 } } }'))).toEqual(['error guard/write-cannot-succeed @{']);
    // One value alone follows from the filter, and is set.
    expect(found(create('{ term: { year: 2024 } }'))).toEqual([]);
    expect(found(create('{ all: [{ term: { year: 2024 } }, { terms: { status: [a, b] } }] }'))).toEqual([]);
    expect(found(create('{ none: [{ term: { year: 2024 } }] }'))).toEqual([]);
  });

  it('finds encrypted columns that the search API shows or writes (B229)', () => {
    const beside = (rule: string) => resource(SEALED, VAULT, ROLE.replace(/ \}$/, `, rules: [${rule}] }`));
    const search = (fields: string) => `{ indices: [orders], operations: [search], filter: all, fields: ${fields} }`;
    expect(found(beside(search('{ status: keyword }')))).toEqual([]);
    expect(found(beside(search('{ p: keyword }')))).toEqual(['warning guard/encrypted-in-search @{']);
    expect(found(beside(search('{ customer_ref: keyword }')))).toEqual(['warning guard/encrypted-in-search @{']);
    const write = `{ indices: [orders], operations: [update], filter: all, fields: { status: keyword }, write: { fields: { p: keyword } } }`;
    expect(found(beside(write))).toContain('error guard/encrypted-in-search @{');
    expect(found(beside(search('{ p: keyword }').replace('[orders]', '[other]')))).toEqual([]);
    const service = `{ indices: [orders], operations: [index], filter: all }`;
    const trusted = ROLE.replace(
      '{ match: { issuer: shop, claims: { scope: { contains: read } } }',
      '{ mode: compat, match: { anonymous: true }',
    ).replace(/ \}$/, `, rules: [${service}] }`);
    expect(found(resource(SEALED.replace('customer }', 'customer, claim: who }'), VAULT, trusted))).toContain(
      'warning guard/encrypted-in-search @{',
    );
  });

  it('finds columns that another resource keeps encrypted', () => {
    const two = (field: string) =>
      resource(SEALED, VAULT).replace(
        '  orders: {',
        `  lists: { index: orders, owner: { column: customer }, roles: { r: [get, update] }, fields: { status: { type: keyword, write: [update] }, ${field} } }\n  orders: {`,
      );
    expect(found(two('other: keyword'))).toEqual([]);
    expect(found(two('p: keyword'))).toEqual(['warning guard/encrypted-elsewhere @p']);
    expect(found(two('x: { type: keyword, column: p, write: [update] }'))).toEqual([
      'error guard/encrypted-elsewhere @x',
    ]);
    expect(
      found(
        two('p: keyword').replace(
          'index: orders, owner: { column: customer }, roles: { r: [get',
          'index: others, owner: { column: customer }, roles: { r: [get',
        ),
      ),
    ).toEqual([]);
  });

  it('finds an index of the store’s own', () => {
    expect(found(resource(ORDERS.replace('index: orders', 'index: .kibana')))).toEqual([
      'warning guard/dot-index @.kibana',
    ]);
  });

  it('finds fields that look personal and are not encrypted', () => {
    const named = (field: string) => found(resource(ORDERS.replace('status: keyword', field)));
    expect(named('email: keyword')).toEqual(['info guard/personal-in-plain @email']);
    expect(named('contact: { type: keyword, column: phoneNumber }')).toEqual(['info guard/personal-in-plain @contact']);
    expect(named('email: boolean')).toEqual([]);
    expect(named('email_verified: keyword')).toEqual([]);
  });

  it('finds beacons that tell equal values', () => {
    expect(found(resource(SEALED.replace('beacon: 8', 'beacon: 16'), VAULT))).toEqual([
      'warning guard/beacon-tells @16',
    ]);
  });

  it('finds descriptions for anyone, and origins in clear', () => {
    expect(found(resource(ORDERS, 'api: { publish: true }\n'))).toEqual(['info guard/published @true']);
    const cors = (origin: string) => resource(ORDERS, `api: { cors: { origins: ['${origin}'] } }\n`);
    expect(found(cors('http://shop.example'))).toEqual(["warning guard/cors-plain @'http"]);
    expect(found(cors('http://localhost:3000'))).toEqual([]);
    expect(found(cors('https://shop.example'))).toEqual([]);
    expect(found(cors('capacitor://localhost'))).toEqual([]);
  });
});

describe('lint of resources beside a mapping', () => {
  const MAPPED = {
    customer: { type: 'keyword' },
    customer_ref: { type: 'keyword' },
    p: { type: 'keyword' },
    p_beacon: { type: 'keyword' },
    status: { type: 'keyword' },
  };
  const beside = (properties: object, declaration = SEALED, more = VAULT, aliases?: unknown) => {
    const text = resource(declaration, more);
    const input = {
      now: NOW,
      mapping: readMapping({ orders: { mappings: { properties } } }),
      ...(aliases !== undefined && { aliases: readAliases(aliases) }),
    };
    return lint(parse(text), input)
      .filter(({ rule }) => rule !== 'guard/no-witness')
      .map(({ rule, severity }) => `${severity} ${rule}`);
  };

  it('finds nothing where the index is as it is declared', () => {
    expect(beside(MAPPED)).toEqual([]);
    expect(beside(MAPPED, ORDERS, '')).toEqual([]);
  });

  it('finds an owner, a person or a filter that the store compares otherwise (B103)', () => {
    expect(beside({ ...MAPPED, customer: { type: 'text' } })).toEqual(['error guard/filter-analysed']);
    expect(beside({ ...MAPPED, customer: { type: 'keyword', normalizer: 'lower' } })).toEqual([
      'error guard/filter-rewritten',
    ]);
    expect(beside({ ...MAPPED, customer: { type: 'long' } })).toEqual(['error guard/field-type']);
    expect(beside({ ...MAPPED, customer: undefined })).toEqual(['error guard/field-unknown']);
    expect(beside({ ...MAPPED, customer_ref: undefined })).toEqual(['warning guard/field-unknown']);
    const filtered = `${ORDERS}, filter: { term: { gone: false } }, filterFields: { gone: boolean }`;
    expect(beside(MAPPED, filtered, '')).toEqual(['error guard/field-unknown']);
    expect(beside({ ...MAPPED, gone: { type: 'boolean' } }, filtered, '')).toEqual([]);
  });

  it('finds fields that are of another type, or rounded, or another name', () => {
    const field = (declared: string, mapped: object) =>
      beside({ ...MAPPED, f: mapped }, ORDERS.replace('status: keyword', `f: ${declared}`), '');
    expect(field('keyword', { type: 'keyword' })).toEqual([]);
    expect(field('keyword', { type: 'text' })).toEqual(['warning guard/field-type']);
    expect(field('{ type: keyword, filter: [eq] }', { type: 'text' })).toEqual(['error guard/field-type']);
    expect(field('{ type: number, filter: [eq] }', { type: 'float' })).toEqual(['warning guard/filter-rewritten']);
    expect(field('{ type: number, filter: [range] }', { type: 'float' })).toEqual([]);
    expect(field('{ type: keyword, filter: [eq] }', { type: 'keyword', ignore_above: 256 })).toEqual([
      'info guard/filter-rewritten',
    ]);
    expect(field('keyword', { type: 'alias', path: 'status' })).toEqual(['error guard/field-alias']);
  });

  it('finds columns that cannot hold a ciphertext', () => {
    expect(beside({ ...MAPPED, p: { type: 'date' } })).toEqual(['error guard/field-type']);
    expect(beside({ ...MAPPED, p_beacon: undefined })).toEqual(['warning guard/field-type']);
  });

  it('finds indices that are not there, or aliases', () => {
    expect(beside(MAPPED, ORDERS.replace('index: orders', 'index: others'), '')).toEqual([
      'warning guard/index-unknown',
    ]);
    const aliases = { real: { aliases: { others: {} } } };
    expect(beside(MAPPED, ORDERS.replace('index: orders', 'index: others'), '', aliases)).toEqual([
      'error guard/alias-in-store',
    ]);
  });
});

describe('personalWord', () => {
  it.each(['email', 'phoneNumber', 'home_phone', 'customerEmail', 'IBAN', 'dateOfBirth', 'zip', 'ssn'])(
    'knows %s',
    (name) => {
      expect(personalWord(name)).toBeDefined();
    },
  );

  it.each([
    ...[
      'email_verified',
      'card_layout',
      'phone_model',
      'address_bus',
      'username_color',
      'acid_level',
      'order',
      'mailing',
    ],
    ...['phone_ref', 'telemetry', 'pinned', 'zipped', 'status'],
  ])('does not take %s for personal', (name) => {
    expect(personalWord(name)).toBeUndefined();
  });
});

describe('lint of the vault', () => {
  it('finds keys that lie where they are least worth', () => {
    expect(found(resource(SEALED, 'vault: {}\n'))).toEqual(['info guard/root-key-file @{']);
    expect(found(resource(SEALED, 'vault: { rootKey: { file: root } }\n'))).toEqual(['info guard/root-key-file @{']);
    expect(found(resource(ORDERS, VAULT))).toEqual(['info guard/vault-unused @vault']);
    const shared = `limits: { store: { valkey: { url: 'rediss://limits.internal' } } }\n`;
    expect(found(resource(SEALED, VAULT + shared))).toEqual(['warning guard/data-of-one-machine @version']);
    const data = `data: { postgresql: { url: 'postgresql://db.internal/guard', username: u } }\n`;
    expect(found(resource(SEALED, VAULT + shared + data))).toEqual([]);
  });

  it('finds databases that are asked in clear', () => {
    const clear = FULL.replace('tls: { ca: certs/crm.pem, serverName: crm.internal }', 'tls: off');
    expect(found(clear)).toContain('warning guard/plain-store @off');
    expect(found(clear.replace('10.0.0.7', '127.0.0.1'))).not.toContain('warning guard/plain-store @off');
  });
});

describe('lint of devices', () => {
  it('finds attestation that is worth less than it could be', () => {
    expect(found(FULL.replace('lifetime: 5m', 'lifetime: 2h'))).toContain('warning guard/long-token @2h');
    expect(found(FULL.replace('nonce: true', 'nonce: false'))).toContain('warning guard/no-nonce @false');
    expect(found(FULL.replace('environment: production', 'environment: development'))).toContain(
      'warning guard/development-attestation @development',
    );
    expect(found(FULL.replace('    statusList: lists/attestation-status.json\n', ''))).toContain(
      'warning guard/no-status-list @packages',
    );
  });

  it('finds devices that no role asks for', () => {
    const text = FULL.replace(/ {4}device:\n(?: {6}.*\n)+/, '');
    expect(found(text)).toContain('info guard/devices-unused @devices');
  });

  it('finds roles that no device can have', () => {
    const text = FULL.replace(
      'match: { issuer: shop, claims: { scope: { contains: shop.read } } }',
      'match: { anonymous: true }',
    ).replace('types: [at+jwt] }\n', 'types: [at+jwt] }\n  anonymous: { claims: { sub: x, realm: { id: y } } }\n');
    expect(found(text)).toContain('error guard/device-never @attested');
    expect(found(FULL)).not.toContain('error guard/device-never @attested');
  });

  it('finds assertions that nothing can make', () => {
    const alone = FULL.replace(/^ {2}appAttest:.*\n/m, '')
      .replace(/^ {2}playIntegrity:\n(?: {4}.*\n)+/m, '')
      .replace(/^ {2}keyAttestation:\n(?: {4}.*\n)+/m, '');
    expect(found(alone)).toContain('error guard/fresh-never @[orders.delete');
  });

  it('finds old versions that are let in for long, or freely', () => {
    expect(found(FULL.replace('2026-09-30', '2027-09-30'))).toContain('warning guard/legacy-long @2027-09-30');
    expect(found(FULL.replace('2026-09-30', '2026-05-01'))).toContain('info guard/legacy-over @2026-05-01');
    expect(found(FULL.replace(', concurrent: 1, documents: 50/1h', ''))).toContain('warning guard/legacy-unlimited @{');
  });

  it('finds old versions that are written otherwise than the lowest ones', () => {
    expect(found(FULL.replace('below: 50000', 'below: 5.0.0'))).toContain('warning guard/version-forms @5.0.0');
    expect(found(FULL.replace('ios: 5.2.0', 'ios: 502'))).not.toContain('warning guard/version-forms @4.0.0');
    const codes = FULL.replace("ios: 5.2.0, android: 50200, web: '5.2'", 'ios: 502, android: 50200');
    expect(found(codes)).toContain('warning guard/version-forms @4.0.0');
    expect(found(codes.replace('below: 4.0.0', 'below: 40000')).join()).not.toContain('guard/version-forms');
    // A platform without a lowest version has nothing that it could differ from.
    expect(found(FULL.replace('android: 50200, ', '').replace('50000', '5.0.0')).join()).not.toContain('version-forms');
  });

  it('finds alarms that can be forged, and estimates that are none', () => {
    expect(found(FULL.replace(', secretFile: secrets/webhook', ''))).toContain('warning guard/webhook-unsigned @{');
    expect(found(FULL.replace(/store: \{ valkey.*/, 'store: memory'))).toContain(
      'info guard/estimate-in-memory @estimate',
    );
  });
});
