/** The part of I that is about devices: attestations at the enrolment, assertions and proofs at declared resources. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { NOW } from '../../../src/guard/authn/testing/issuer.ts';
import { makeAppleAuthority, p256 } from '../../../src/guard/devices/verify/testing/index.ts';
import { orderOf, type Told } from '../harness/api-fixture.ts';
import { type BypassStory, type Expected, type Step, step } from './case.ts';
import {
  type AppleChanges,
  CERTIFICATE,
  type DeviceStand,
  deviceStand,
  type Enrol,
  type Phone,
  type PlayRequest,
} from './device-stand.ts';

let made: Promise<DeviceStand> | undefined;
const stand = (): Promise<DeviceStand> => (made ??= deviceStand());

/** Nothing reached a store, nothing was told of the reason, and nothing was granted. */
function expectRefused(expected: Expected, told: Told): void {
  expect(told.answer.status, `${told.entry?.code} ${told.entry?.detail}`).toBe(Number(expected.slice(-3)));
  expect([...told.requests, ...told.statements]).toEqual([]);
  expect(told.text).not.toContain('access_token');
  expect(told.failures).toEqual([]);
}

function badEnrolments(format: 'app-attest' | 'play-integrity', all: Readonly<Record<string, Enrol>>): Step[] {
  return Object.entries(all).map(([name, changes]) =>
    step(`an enrolment: ${name}`, 'refused-400', async () => {
      const at = await stand();
      const phone = await at.phone();
      expectRefused('refused-400', await at.enrol(phone, format, changes));
      // The same phone with nothing wrong is enrolled.
      expect((await at.enrol(phone, format)).answer.status).toBe(200);
    }),
  );
}

const apples = (all: Readonly<Record<string, AppleChanges>>): Record<string, Enrol> =>
  Object.fromEntries(Object.entries(all).map(([name, apple]) => [name, { apple }]));
const plays = (all: Readonly<Record<string, PlayRequest>>): Record<string, Enrol> =>
  Object.fromEntries(Object.entries(all).map(([name, play]) => [name, { play }]));

/** An own order to be removed, which takes a fresh assertion. */
async function order(at: DeviceStand, phone: Phone): Promise<{ method: string; target: string }> {
  const told = await at.call(phone, { method: 'POST', target: '/v1/orders', body: orderOf('ada', 1) });
  expect(told.answer.status, `${told.entry?.code} ${told.entry?.detail}`).toBe(201);
  return { method: 'DELETE', target: told.answer.headers.location! };
}

type Fresh = (at: DeviceStand, phone: Phone, sent: { method: string; target: string }) => Promise<[string, string][]>;

/** Refused for its assertion; the same request with a good one is done. */
function badAssertions(format: 'app-attest' | 'play-integrity', all: Readonly<Record<string, Fresh>>): Step[] {
  return Object.entries(all).map(([name, headers]) =>
    step(`a removal: ${name}`, 'refused-401', async () => {
      const at = await stand();
      const phone = await at.enrolled(format);
      const sent = await order(at, phone);
      expectRefused('refused-401', await at.call(phone, { ...sent, headers: await headers(at, phone, sent) }));
      const good = await at.call(phone, { ...sent, headers: await at.fresh(phone, sent, { counter: 100 }) });
      expect(good.answer.status, `${good.entry?.code} ${good.entry?.detail}`).toBe(204);
    }),
  );
}

const OTHER_TARGET = { method: 'DELETE', target: '/v1/orders/00000000-0000-4000-8000-000000000000' };

export const STORIES_DEVICES: readonly BypassStory[] = [
  {
    id: 'B213',
    title: 'App Attest',
    precedent: 'node-app-attest, appattest-checker-node, veehaitch vectors',
    steps: [
      ...badEnrolments('app-attest', {
        ...apples({
          "another app's hash": { appIdHash: randomBytes(32) },
          'the AAGUID of development': { aaguid: Buffer.from('appattestdevelop') },
          'an AAGUID of nobody': { aaguid: Buffer.alloc(16) },
          'a counter that is not 0': { counter: 1 },
          'a credential of another key': { credentialId: randomBytes(32) },
          'a certificate of another key': { leafKeys: p256() },
          'no nonce in the certificate': { nonceExtension: () => null },
          'a nonce of something else': {
            authDataAfter: (good) => Buffer.concat([good.subarray(0, 33), Buffer.of(0, 0, 0, 1), good.subarray(37)]),
          },
          'another format': { fmt: 'packed' },
          'no certificates': { x5c: () => [] },
          'the leaf alone': { x5c: ([leaf]) => [leaf!] },
          'a leaf that expired': { leaf: { to: NOW - 1000 } },
          'bytes after the data': { tail: Buffer.of(1, 2, 3) },
        }),
        'the app of another team': { appId: 'ZZZZZ99999.org.example.shop' },
        'the development environment': { environment: 'development' },
        "another authority's chain": { authority: makeAppleAuthority(NOW) },
        'an intermediate that expired': { authority: makeAppleAuthority(NOW, { intermediate: { to: NOW - 1 } }) },
        "another key's id": { body: { keyId: randomBytes(32).toString('base64') } },
        'another version than was attested': { body: { version: '9.9.9' } },
        'another bundle': { body: { app: 'org.example.other' } },
        'as an Android phone': { body: { platform: 'android' } },
        'as another format': { body: { format: 'play-integrity', platform: 'android', keyId: undefined } },
        'no attestation at all': { body: { attestation: 'AAAA' } },
        'a challenge that is none of ours': { challenge: 'A'.repeat(43) },
      }),
      step('a challenge a second time, and one of another person', 'refused-400', async () => {
        const at = await stand();
        const challenge = await at.challenge(await at.user());
        expect((await at.enrol(await at.phone(), 'app-attest', { challenge })).answer.status).toBe(200);
        expectRefused('refused-400', await at.enrol(await at.phone(), 'app-attest', { challenge }));
        const foreign = await at.challenge(await at.user({ sub: 'bob' }));
        expectRefused('refused-400', await at.enrol(await at.phone(), 'app-attest', { challenge: foreign }));
      }),
      ...badAssertions('app-attest', {
        'no assertion': async () => [],
        'an assertion without its challenge': async (at, phone, sent) => (await at.fresh(phone, sent)).slice(1),
        'over another document': async (at, phone) => at.fresh(phone, OTHER_TARGET),
        'over another method': async (at, phone, { target }) => at.fresh(phone, { method: 'GET', target }),
        'over another body': async (at, phone, sent) => at.fresh(phone, { ...sent, body: '{}' }),
        "by another phone's key": async (at, phone, sent) =>
          at.fresh(phone, sent, { key: (await at.enrolled('app-attest')).made! }),
        'for another app': async (at, phone, sent) => at.fresh(phone, sent, { appId: 'ABCDE12345.org.example.other' }),
        'of a challenge that is none of ours': async (at, phone, sent) =>
          at.fresh(phone, sent, { challenge: 'A'.repeat(43) }),
        "of another person's challenge": async (at, phone, sent) =>
          at.fresh(phone, sent, { challenge: await at.challenge(await at.user({ sub: 'bob' })) }),
        'a counter of 0': async (at, phone, sent) => at.fresh(phone, sent, { counter: 0 }),
        'another format than the enrolment': async (at, phone, sent) =>
          (await at.fresh(phone, sent)).map(([name, value]) => [name, value.replace('app-attest', 'play-integrity')]),
        'not base64': async (at, phone, sent) => [
          (await at.fresh(phone, sent))[0]!,
          ['Postern-Assertion', 'app-attest A'],
        ],
      }),
      step('a removal: an assertion that was used, and a counter that does not go on', 'refused-401', async () => {
        const at = await stand();
        const phone = await at.enrolled('app-attest');
        const [first, second] = [await order(at, phone), await order(at, phone)];
        const headers = await at.fresh(phone, first, { counter: 5 });
        expect((await at.call(phone, { ...first, headers })).answer.status).toBe(204);
        expectRefused('refused-401', await at.call(phone, { ...first, headers }));
        for (const counter of [5, 4, 1])
          expectRefused(
            'refused-401',
            await at.call(phone, { ...second, headers: await at.fresh(phone, second, { counter }) }),
          );
        const next = await at.fresh(phone, second, { counter: 6 });
        expect((await at.call(phone, { ...second, headers: next })).answer.status).toBe(204);
      }),
      step('a change: over another body', 'refused-401', async () => {
        const at = await stand();
        const phone = await at.enrolled('app-attest');
        const made = await at.call(phone, { method: 'POST', target: '/v1/parcels', body: orderOf('ada', 2) });
        expect(made.answer.status, made.entry?.detail ?? '').toBe(201);
        const target = made.answer.headers.location!;
        const sent = { method: 'PATCH', target, body: '{"title":"mine"}' };
        const more: [string, string][] = [
          ['Content-Type', 'application/merge-patch+json'],
          ['If-Match', '*'],
        ];
        for (const body of ['{"title":"yours"}', '{"title":"mine" }', '']) {
          const headers = await at.fresh(phone, { ...sent, body });
          expectRefused('refused-401', await at.call(phone, { ...sent, headers: [...headers, ...more] }));
        }
        const headers = [...(await at.fresh(phone, sent, { counter: 9 })), ...more];
        expect((await at.call(phone, { ...sent, headers })).answer.status).toBe(200);
      }),
    ],
  },
  {
    id: 'B214',
    title: 'Play Integrity',
    precedent: 'Android documentation; keys are made here',
    steps: [
      ...badEnrolments('play-integrity', {
        ...plays({
          'another package': { package: 'org.example.evil' },
          'another package in the verdict on the app': {
            changes: { appIntegrity: { packageName: 'org.example.evil' } },
          },
          'another signing certificate': { certificate: Buffer.alloc(32, 8).toString('base64url') },
          'another certificate beside ours': {
            changes: {
              appIntegrity: { certificateSha256Digest: [CERTIFICATE, Buffer.alloc(32, 8).toString('base64url')] },
            },
          },
          'a verdict of three minutes ago': { now: NOW - 180_000 },
          'a verdict of the future': { now: NOW + 180_000 },
          'no time': { changes: { requestDetails: { timestampMillis: undefined } } },
          'for another request': { clientData: Buffer.from('another') },
          'another request hash': { changes: { requestDetails: { nonce: undefined, requestHash: 'AAAA' } } },
          'neither nonce nor request hash': { changes: { requestDetails: { nonce: undefined } } },
          'an app that was not evaluated': { changes: { appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } } },
          'an app that Play does not know': {
            changes: { appIntegrity: { appRecognitionVerdict: 'UNRECOGNIZED_VERSION' } },
          },
          'a device that was not evaluated': {
            changes: { deviceIntegrity: { deviceRecognitionVerdict: ['UNEVALUATED'] } },
          },
          'a device that meets nothing': { changes: { deviceIntegrity: { deviceRecognitionVerdict: [] } } },
          'an emulator': { changes: { deviceIntegrity: { deviceRecognitionVerdict: ['MEETS_VIRTUAL_INTEGRITY'] } } },
          'basic integrity alone': { integrity: 'basic' },
          'under another decryption key': { changes: { decryptionKey: randomBytes(32) } },
          'signed by another key': { changes: { signer: p256().privateKey } },
          'not signed': { changes: { inner: (good) => good.slice(0, good.lastIndexOf('.') + 1) } },
          'a member twice': { changes: { payload: Buffer.from('{"requestDetails":{},"requestDetails":{}}') } },
          'another version': { versionCode: 1 },
        }),
        'as an iPhone': { body: { platform: 'ios' } },
        'a token that is none': { body: { attestation: 'eyJhbGciOiJub25lIn0.e30.' } },
      }),
      step('a token a second time', 'refused-400', async () => {
        const at = await stand();
        const challenge = await at.challenge(await at.user());
        expect((await at.enrol(await at.phone(), 'play-integrity', { challenge })).answer.status).toBe(200);
        expectRefused('refused-400', await at.enrol(await at.phone(), 'play-integrity', { challenge }));
      }),
      ...badAssertions('play-integrity', {
        'no token': async () => [],
        'over another document': async (at, phone) => at.fresh(phone, OTHER_TARGET),
        'over another body': async (at, phone, sent) => at.fresh(phone, { ...sent, body: '{}' }),
        'a verdict of three minutes ago': async (at, phone, sent) =>
          at.fresh(phone, sent, { play: { now: NOW - 180_000 } }),
        'another package': async (at, phone, sent) => at.fresh(phone, sent, { play: { package: 'org.example.evil' } }),
        'a device that is too weak': async (at, phone, sent) => at.fresh(phone, sent, { play: { integrity: 'basic' } }),
        'under another key': async (at, phone, sent) =>
          at.fresh(phone, sent, { play: { changes: { decryptionKey: randomBytes(32) } } }),
        "of another person's challenge": async (at, phone, sent) =>
          at.fresh(phone, sent, { challenge: await at.challenge(await at.user({ sub: 'bob' })) }),
      }),
      step('a removal: a token that was used', 'refused-401', async () => {
        const at = await stand();
        const phone = await at.enrolled('play-integrity');
        const sent = await order(at, phone);
        const headers = await at.fresh(phone, sent);
        expect((await at.call(phone, { ...sent, headers })).answer.status).toBe(204);
        expectRefused('refused-401', await at.call(phone, { ...sent, headers }));
      }),
    ],
  },
];

const LIST = { method: 'GET', target: '/v1/orders' };

/** Steps of B210 at declared resources. */
export const BEARERS: readonly Step[] = [
  step("a device's token at a resource: as Bearer, as DPoP, with a proof beside Bearer", 'refused-401', async () => {
    const at = await stand();
    const phone = await at.enrolled('app-attest');
    for (const target of ['/v1/orders', '/v1/parcels', '/v1/letters/count', '/device/challenge']) {
      const sent = { method: target.startsWith('/device') ? 'POST' : 'GET', target };
      const proof: [string, string] = ['DPoP', await at.proof(phone, phone.token, sent)];
      for (const credentials of [
        [['Authorization', `Bearer ${phone.token}`]],
        [['Authorization', `bearer ${phone.token}`]],
        [['Authorization', `Bearer ${phone.token}`], proof],
        [['Authorization', `DPoP ${phone.token}`]],
        [proof],
      ] as [string, string][][])
        expectRefused(
          'refused-401',
          await at.call(phone, { ...sent, ...(sent.method === 'POST' && { body: {} }) }, credentials),
        );
    }
    expect((await at.call(phone, LIST)).answer.status).toBe(200);
  }),
  step("the person's own token, without a device", 'refused-403', async () => {
    const at = await stand();
    const phone = await at.phone();
    const token = await at.user();
    const told = await at.call(phone, LIST, [['Authorization', `Bearer ${token}`]]);
    expectRefused('refused-403', told);
    expect(told.entry.code).toBe('device');
    // A claim that says what a device token says, in a token of the issuer.
    const claiming = await at.user({ device: { id: 'x', format: 'app-attest' }, dev: 'x', amr: ['device'] });
    expectRefused('refused-403', await at.call(phone, LIST, [['Authorization', `Bearer ${claiming}`]]));
  }),
  step('a device that was revoked, and a token that is over', 'refused-401', async () => {
    const at = await deviceStand();
    const phone = await at.enrolled('app-attest');
    expect((await at.call(phone, { method: 'POST', target: '/device/revoke', body: {} })).answer.status).toBe(200);
    expectRefused('refused-401', await at.call(phone, LIST));
    const other = await at.enrolled('app-attest');
    expect((await at.call(other, LIST)).answer.status).toBe(200);
    at.clock.now += 11 * 60_000;
    expectRefused('refused-401', await at.call(other, LIST));
  }),
];

type Change = (at: DeviceStand, phone: Phone) => Promise<string>;
const proving =
  (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Change =>
  (at, phone) =>
    at.proof(phone, phone.token, LIST, claims, header);

const PROOFS: Readonly<Record<string, Change>> = {
  'another method': proving({ htm: 'POST' }),
  'the count in place of the list': proving({ htu: 'https://search.shop.example/v1/orders/count' }),
  'another resource': proving({ htu: 'https://search.shop.example/v1/parcels' }),
  'another version': proving({ htu: 'https://search.shop.example/v2/orders' }),
  'a path in capitals': proving({ htu: 'https://search.shop.example/V1/orders' }),
  'a final slash': proving({ htu: 'https://search.shop.example/v1/orders/' }),
  'another host': proving({ htu: 'https://evil.example/v1/orders' }),
  'another port': proving({ htu: 'https://search.shop.example:8443/v1/orders' }),
  'another scheme': proving({ htu: 'http://search.shop.example/v1/orders' }),
  'another token': proving({ ath: 'A'.repeat(43) }),
  'no ath': proving({ ath: undefined }),
  'no jti': proving({ jti: undefined }),
  'no htu': proving({ htu: undefined }),
  'an hour ago': proving({ iat: NOW / 1000 - 3600 }),
  'in an hour': proving({ iat: NOW / 1000 + 3600 }),
  'another typ': proving({}, { typ: 'jwt' }),
  'no key': proving({}, { jwk: undefined }),
  "another phone's key": async (at, phone) => at.proof(await at.phone(), phone.token, LIST),
  "another phone's key, showing the right one": async (at, phone) => {
    const { kid: _, ...jwk } = phone.key.jwk;
    return at.proof(await at.phone(), phone.token, LIST, {}, { jwk });
  },
  'the token itself': async (_, phone) => phone.token,
  'two proofs': async (at, phone) => `${await proving({})(at, phone)}, ${await proving({})(at, phone)}`,
};

/** Steps of B211 at declared resources. */
export const DEVICE_PROOFS: readonly Step[] = [
  ...Object.entries(PROOFS).map(([name, proof]) =>
    step(`a device's proof at a resource: ${name}`, 'refused-401', async () => {
      const at = await stand();
      const phone = await at.enrolled('app-attest');
      const told = await at.call(phone, LIST, [
        ['Authorization', `DPoP ${phone.token}`],
        ['DPoP', await proof(at, phone)],
      ]);
      expectRefused('refused-401', told);
      expect((await at.call(phone, LIST)).answer.status).toBe(200);
    }),
  ),
  step("a device's proof a second time, at another method, with another phone's token", 'refused-401', async () => {
    const at = await stand();
    const [phone, other] = [await at.enrolled('app-attest'), await at.enrolled('play-integrity')];
    const credentials = async (token: string): Promise<[string, string][]> => [
      ['Authorization', `DPoP ${token}`],
      ['DPoP', await at.proof(phone, token, LIST)],
    ];
    const used = await credentials(phone.token);
    expect((await at.call(phone, LIST, used)).answer.status).toBe(200);
    expectRefused('refused-401', await at.call(phone, LIST, used));
    expectRefused('refused-401', await at.call(phone, { ...LIST, target: '/v1/orders?size=1' }, used));
    const fresh = await credentials(phone.token);
    expectRefused(
      'refused-401',
      await at.call(phone, { method: 'POST', target: '/v1/orders', body: orderOf('ada', 3) }, fresh),
    );
    expectRefused('refused-401', await at.call(phone, LIST, await credentials(other.token)));
    // The query is not the proof's: RFC 9449, 4.3.
    expect(
      (await at.call(phone, { ...LIST, target: '/v1/orders?size=1' }, await credentials(phone.token))).answer.status,
    ).toBe(200);
  }),
  step(
    "a device's proof without the nonce that the policy asks for, and with a made-up one",
    'refused-401',
    async () => {
      const at = await deviceStand({ nonce: true });
      const phone = await at.phone();
      const token = await at.user({ cnf: { jkt: phone.jkt } });
      for (const nonce of [undefined, '', 'A'.repeat(32)]) {
        const told = await at.call(phone, LIST, [
          ['Authorization', `DPoP ${token}`],
          ['DPoP', await at.proof(phone, token, LIST, { nonce })],
        ]);
        expectRefused('refused-401', told);
        expect(told.answer.headers['dpop-nonce']).toMatch(/^[\w-]{16,}$/);
      }
    },
  ),
];
