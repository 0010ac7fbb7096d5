import { describe, expect, it } from 'vitest';
import { failure, pointed } from './testing/failure.ts';
import { FULL } from './testing/full.ts';
import { parse, withResource } from './testing/policies.ts';

const ORDERS = 'index: orders\nowner: { column: customer }\nroles: { mobile: [list] }\nfields: { a: keyword }';

/** A small policy with some sections more. */
function having(sections: string): string {
  return withResource(ORDERS, sections);
}

const DEVICES =
  'devices: { tokens: { issuer: https://search.shop.example/device }, appAttest: { appIds: [ABCDE12345.org.example.shop] } }\n';

describe('the vault', () => {
  it('has a key file, a folder and a week by itself', () => {
    expect(parse(having('vault: {}\n')).vault).toEqual({
      rootKey: { kind: 'file', path: '/srv/guard/.postern/vault-root.key' },
      keys: '/srv/guard/.postern/vault-keys',
      epoch: 604_800_000,
      retain: 604_800_000,
      cache: { subjects: 50_000, ttl: 300_000 },
    });
  });

  it('takes its root key from a sealed file or a key service', () => {
    const rootKey = (text: string) => parse(having(`vault: { rootKey: ${text} }\n`)).vault?.rootKey;
    expect(rootKey('{ sealed: root.sealed, passphraseEnv: PASSPHRASE }')).toEqual({
      kind: 'sealed',
      path: '/srv/guard/root.sealed',
      passphrase: { env: 'PASSPHRASE' },
    });
    expect(
      rootKey('{ awsKms: { keyId: alias/guard, region: eu-central-1, endpoint: http://127.0.0.1:4566 } }'),
    ).toEqual({
      kind: 'aws-kms',
      keyId: 'alias/guard',
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:4566',
    });
  });

  it.each<[string, string, string, RegExp]>([
    [
      'two root keys',
      having('vault: { rootKey: { file: a, awsKms: { keyId: k, region: r } } }\n'),
      'expected one of file, sealed',
      /^\{ file/,
    ],
    [
      'a sealed key without its passphrase',
      having('vault: { rootKey: { sealed: a } }\n'),
      'a sealed key',
      /^\{ sealed/,
    ],
    [
      'a passphrase of a plain key',
      having('vault: { rootKey: { file: a, passphraseFile: b } }\n'),
      'a sealed key',
      /^\{ file/,
    ],
    [
      'a passphrase in the file',
      having('vault: { rootKey: { sealed: a, passphrase: hunter } }\n'),
      'unknown key "passphrase"',
      /^passphrase/,
    ],
    [
      'a token without a place',
      having('vault: { rootKey: { transit: { url: https://keys.internal, key: k } } }\n'),
      'expected tokenFile or tokenEnv',
      /^\{ url/,
    ],
    [
      'a key service in clear',
      having('vault: { rootKey: { transit: { url: http://keys.internal, key: k, tokenEnv: T } } }\n'),
      'expected https://',
      /^http/,
    ],
    [
      'keys inside the data',
      having('vault: { keys: .postern/guard-data/keys }\n'),
      'lies inside the data folder',
      /^\.postern/,
    ],
    [
      'keys that are the data',
      having('vault: { keys: .postern/guard-data }\n'),
      'lies inside the data folder',
      /^\.postern/,
    ],
    [
      'data inside the keys',
      having('vault: { rootKey: { file: ../root.key }, keys: . }\n'),
      'lies around the data folder',
      /^\./,
    ],
    [
      'a root key inside the data',
      having('data: { folder: . }\nvault: { keys: ../keys }\n'),
      'lies inside the data folder',
      /./,
    ],
    [
      'a root key beside what it wraps',
      having('vault: { rootKey: { file: .postern/vault-keys/root } }\n'),
      'in the folder of the keys that it wraps',
      /^\{ file/,
    ],
    ['an epoch of seconds', having('vault: { epoch: 5s }\n'), 'shorter than a minute', /^5s/],
    ['an epoch of years', having('vault: { epoch: 800d }\n'), 'longer than a year', /^800d/],
    ['keys that are kept for years', having('vault: { retain: 800d }\n'), 'longer than a year', /^800d/],
    [
      'two places of data',
      having("data: { folder: a, postgresql: { url: 'postgresql://h/d', username: u } }\n"),
      'expected folder or postgresql',
      /^\{ folder/,
    ],
    [
      'a password in a URL',
      having("data: { postgresql: { url: 'postgresql://u:p@h/d', username: u } }\n"),
      'without user, password',
      /^'postgresql/,
    ],
    [
      'options in a URL',
      having("data: { postgresql: { url: 'postgresql://h/d?sslmode=disable', username: u } }\n"),
      'without user, password',
      /^'postgresql/,
    ],
    [
      'two passwords',
      having("data: { postgresql: { url: 'postgresql://h/d', username: u, passwordEnv: P, passwordFile: f } }\n"),
      'comes from one place',
      /^\{ url/,
    ],
  ])('says where: %s', (_title, text, message, place) => {
    expect(failure(text).message).toContain(message);
    expect(failure(text).hint).not.toBe('');
    expect(pointed(text)).toMatch(place);
  });
});

describe('databases', () => {
  const upstream = (more: string) =>
    parse(
      FULL.replace(/ {4}tls: \{ ca: certs\/crm.*\n/, '').replace('postgresql://10.0.0.7:5432/crm', more),
    ).databases.get('crm');

  it('are asked over TLS, but on loopback', () => {
    expect(upstream('postgresql://10.0.0.7/crm')?.secure).toBe(true);
    expect(upstream("'postgresql://[2001:db8::1]:5433/crm'")?.secure).toBe(true);
    expect(upstream('postgresql://127.0.0.1/crm')?.secure).toBe(false);
    expect(upstream('postgresql://localhost:5432/crm')?.secure).toBe(false);
    expect(upstream('postgresql://10.0.0.7/crm\n    tls: off')?.secure).toBe(false);
    expect(upstream('postgresql://127.0.0.1/crm\n    tls: {}')?.secure).toBe(true);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'an unknown store',
      FULL.replace('store: postgresql', 'store: postgres'),
      'expected elasticsearch, opensearch or postgresql',
      /^postgres$/,
    ],
    ['no store', FULL.replace('    store: postgresql\n', ''), 'upstreams.crm', /./],
    [
      'nodes of a database',
      FULL.replace('    connections: 20', '    nodes: [https://10.0.0.7]'),
      'unknown key "nodes"',
      /^nodes/,
    ],
    [
      'a misspelt key of TLS',
      FULL.replace('serverName: crm', 'servername: crm'),
      'unknown key "servername"',
      /^servername/,
    ],
    [
      'TLS that is neither',
      FULL.replace('tls: { ca: certs/crm.pem, serverName: crm.internal }', 'tls: on'),
      'expected { ca: FILE }, or off',
      /^on/,
    ],
    [
      'a password in the policy',
      FULL.replace('passwordFile: secrets/crm', 'password: hunter'),
      'unknown key "password"',
      /^password/,
    ],
    [
      'a URL of another database',
      FULL.replace('postgresql://10.0.0.7:5432/crm', 'mysql://10.0.0.7/crm'),
      'expected postgresql://',
      /^mysql/,
    ],
  ])('say where: %s', (_title, text, message, place) => {
    expect(failure(text).message).toContain(message);
    expect(pointed(text)).toMatch(place);
  });
});

describe('devices', () => {
  it('are as short as they can be', () => {
    expect(parse(having(DEVICES)).devices).toEqual({
      path: 'device',
      tokens: {
        issuer: 'https://search.shop.example/device',
        lifetime: 600_000,
        key: '/srv/guard/.postern/guard-device.key',
      },
      challengeKey: '/srv/guard/.postern/guard-challenge.key',
      nonce: true,
      maxDevices: 10,
      appAttest: { appIds: ['ABCDE12345.org.example.shop'], environment: 'production' },
      playIntegrity: null,
      keyAttestation: null,
      appCheck: null,
    });
  });

  it('ask of a role’s device what is said, and no more', () => {
    const text = FULL.replace(/ {4}device:\n(?: {6}.*\n)+/, '    device: {}\n');
    expect(parse(text).roles[0]?.device).toEqual({
      attested: true,
      minimumVersion: new Map(),
      integrity: 'basic',
      fresh: new Set(),
      legacy: [],
    });
  });

  it('may ask for a version alone, without any attestation', () => {
    const role = withResource(ORDERS, '').replace(
      'mobile: { match: { issuer: shop } }',
      "mobile: { match: { issuer: shop }, device: { attested: false, minimumVersion: { ios: '5.2' } } }",
    );
    expect(parse(role).roles[0]?.device).toMatchObject({ attested: false, minimumVersion: new Map([['ios', '5.2']]) });
  });

  it.each<[string, string, string, RegExp]>([
    [
      'no attestation',
      having('devices: { tokens: { issuer: https://g.example } }\n'),
      'no attestation is accepted',
      /^\{ tokens/,
    ],
    [
      'no issuer',
      having('devices: { tokens: {}, appAttest: { appIds: [ABCDE12345.org.example.shop] } }\n'),
      'issuer: is missing',
      /./,
    ],
    [
      'another’s issuer',
      FULL.replace('https://search.shop.example/app', 'https://id.shop.example/'),
      'is an issuer of `identity`',
      /^'https/,
    ],
    ['tokens of days', FULL.replace('lifetime: 5m', 'lifetime: 7d'), 'longer than a day', /^7d/],
    [
      'one key for two uses',
      FULL.replace('keys/challenge.key', 'keys/device.key'),
      'is the key of the tokens',
      /^keys\/device/,
    ],
    ['a path of two segments', FULL.replace('path: app\n', 'path: app/v1\n'), 'expected one plain segment', /^app\/v1/],
    ['a path that is a version', FULL.replace('path: app\n', 'path: v3\n'), 'looks like a version', /^v3/],
    [
      'a path that is an index',
      FULL.replace('path: app\n', 'path: orders\n'),
      'orders is a name that roles.support.rules[0] grants',
      /^orders/,
    ],
    ['an app id without a team', FULL.replace('ABCDE12345.org', 'org'), 'expected TEAMID.bundle.id', /^org/],
    ['a fingerprint that is none', FULL.replace("['00:01:", "['01:"), 'expected the SHA-256', /^'01/],
    [
      'a SHA-1',
      FULL.replace('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8', 'AAECAwQFBgcICQoLDA0ODxAREhM'),
      'expected the SHA-256',
      /^AAEC/,
    ],
    [
      'Play without a way to open its tokens',
      FULL.replace(/^ {4}classic:.*\n/m, '').replace(/^ {4}standard:.*\n/m, ''),
      'expected classic, standard or both',
      /^packages/,
    ],
    [
      'half of the classic keys',
      FULL.replace(', verificationKeyEnv: PLAY_VERIFICATION', ''),
      'expected decryptionKeyFile and verificationKeyFile',
      /^\{ decryption/,
    ],
    ['verdicts of hours', FULL.replace('maxAge: 1m', 'maxAge: 5h'), 'longer than an hour', /^5h/],
    ['a patch level without a month', FULL.replace('202601', '202613'), 'expected year and month', /^202613/],
    ['a project number that is no text', FULL.replace("'1234567890'", '1234567890'), 'project', /^1234/],

    [
      'a role that asks for devices where there are none',
      FULL.replace(/^devices:\n(?: .*\n)+/m, '').replace('action: step-up', 'action: block'),
      'no device can be enrolled',
      /^attested/,
    ],
    ['a version that YAML shortens', FULL.replace("'5.2' }", '5.10 }'), 'in quotes', /^5\.10/],
    ['an unknown platform', FULL.replace('android: 50200', 'andriod: 50200'), 'minimumVersion', /./],
    [
      'a fresh operation of an unknown resource',
      FULL.replace('orders.delete,', 'order.delete,'),
      'there is no resource of this name',
      /^order\.delete/,
    ],
    [
      'a fresh operation that is none',
      FULL.replace('orders.delete,', 'orders.remove,'),
      'is not an operation of a resource',
      /^orders\.remove/,
    ],
    [
      'a fresh operation that the role may not do',
      FULL.replace('orders.delete,', 'people.delete,'),
      'the role mobile may not do this',
      /^people\.delete/,
    ],
    ['a fresh operation of nothing', FULL.replace('orders.delete,', 'delet,'), 'is not an operation', /^delet,/],
    [
      'integrity without attestation',
      FULL.replace('attested: true', 'attested: false').replace(/ {6}legacy:\n(?: {8}.*\n)+/, ''),
      'is what an attestation says',
      /^device/,
    ],
    [
      'old versions where nothing is attested',
      FULL.replace('attested: true', 'attested: false').replace('      integrity: device\n', ''),
      'is for versions without attestation',
      /^- \{ platform/,
    ],
    ['old versions without an end', FULL.replace('until: 2026-09-30, ', ''), 'until: is missing', /./],
    ['old versions for years', FULL.replace('until: 2026-09-30', 'until: 2031-09-30'), 'more than two years', /^2031/],
    [
      'a burst without a rate',
      FULL.replace('limits: { rate: 1/s, burst: 2', 'limits: { burst: 2'),
      'needs a rate',
      /^2/,
    ],
  ])('say where: %s', (_title, text, message, place) => {
    expect(failure(text).message).toContain(message);
    expect(failure(text).hint).not.toBe('');
    expect(pointed(text)).toMatch(place);
  });
});

describe('anomalies', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'a throttle without limits',
      FULL.replace(', limits: { rate: 1/s, concurrent: 1 }, hold', ', hold'),
      'throttle needs limits',
      /^\{ kind: walk/,
    ],
    [
      'limits of a block',
      FULL.replace('action: block, hold', 'action: block, limits: { rate: 1/s }, hold'),
      'are for throttle',
      /^\{ rate/,
    ],
    ['a number without a time', FULL.replace('count: 30/5m', 'count: 30'), 'expected a number of events', /^30/],
    ['a window of days', FULL.replace('count: 30/5m', 'count: 30/5d'), 'more than a day', /^30/],
    ['a hold of months', FULL.replace('hold: 1h', 'hold: 90d'), 'longer than 30 days', /^90d/],
    [
      'one thing said twice',
      FULL.replace('count: 20/10m, action: alarm', 'count: 20/10m, action: throttle, limits: { rate: 2/s }'),
      'with throttle for walk already',
      /^\{ kind: walk, count: 20/,
    ],
    [
      'an assertion where there are no devices',
      withResource(ORDERS, 'anomalies: { rules: [{ kind: walk, count: 5/1m, action: step-up }] }\n'),
      'none can be enrolled',
      /^step-up/,
    ],
    [
      'a webhook in clear',
      FULL.replace('https://alarms.internal', 'http://alarms.internal'),
      'expected an https:// URL',
      /^http/,
    ],
    ['no rule', withResource(ORDERS, 'anomalies: { rules: [] }\n'), 'anomalies.rules', /^\[\]/],
    ['an unknown count', FULL.replace('counting: estimate', 'counting: guess'), 'limits.counting', /^guess/],
  ])('say where: %s', (_title, text, message, place) => {
    expect(failure(text).message).toContain(message);
    expect(failure(text).hint).not.toBe('');
    expect(pointed(text)).toMatch(place);
  });
});
