import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { role, sha256 } from '../authn/testing/issuer.ts';
import type { DeviceRow } from '../contract/device.ts';
import { enrolData, renewalData, requestData } from './client-data.ts';
import {
  BENCH_ORIGIN,
  type Bench,
  type BenchOptions,
  DEVICE_ISSUER,
  makeBench,
  NO_REQUIREMENT,
} from './testing/bench.ts';
import { createPaperAttester, type PaperAttester, paper } from './testing/paper-attester.ts';
import { call, json, makePhone, outcome, type Phone, post, send } from './testing/phone.ts';

const APP = 'org.example.shop';
const VERSION = '5.2.0';
const ENROL = { method: 'POST', url: `${BENCH_ORIGIN}/device/enrol` };
const TOKEN = { method: 'POST', url: `${BENCH_ORIGIN}/device/token` };

interface World extends Bench {
  readonly attester: PaperAttester;
}

async function world(options: Partial<BenchOptions> = {}): Promise<World> {
  const attester = createPaperAttester();
  return Object.assign(await makeBench({ attester, ...options }), { attester });
}

async function challengeFor(bench: Bench, token: string): Promise<string> {
  return json(await post(bench, 'challenge', token, {})).challenge ?? '';
}

interface Wrong {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly facts?: Parameters<typeof paper>[1];
  readonly proof?: Readonly<Record<string, unknown>>;
  readonly challenge?: string;
  /** Whose thumbprint the attestation is made over. */
  readonly jkt?: string;
  readonly prover?: Phone;
}

async function enrolment(bench: Bench, phone: Phone, token: string, wrong: Wrong = {}) {
  const challenge = wrong.challenge ?? (await challengeFor(bench, token));
  return {
    format: 'app-attest',
    platform: 'ios',
    app: APP,
    version: VERSION,
    challenge,
    proof: await (wrong.prover ?? phone).proof(token, ENROL, wrong.proof),
    attestation: paper(enrolData(challenge, wrong.jkt ?? phone.jkt, APP, VERSION), wrong.facts),
    keyId: 'A'.repeat(43),
    ...wrong.body,
  };
}

interface Enrolled {
  readonly token: string;
  readonly user: string;
  readonly device: string;
  readonly phone: Phone;
  readonly row: DeviceRow;
}

async function enrolled(bench: Bench, wrong: Wrong = {}, user?: string, on?: Phone): Promise<Enrolled> {
  const phone = on ?? (await makePhone(bench));
  const token = user ?? (await bench.userToken());
  const answer = await post(bench, 'enrol', token, await enrolment(bench, phone, token, wrong));
  expect(outcome(bench, answer)).toBe('200');
  const { device = '', access_token: access = '' } = json(answer);
  const row = await bench.store.device(device);
  if (!row) throw new Error('no row');
  return { token: access, user: token, device, phone, row };
}

const ANDROID: Wrong = { body: { format: 'play-integrity', platform: 'android', keyId: undefined } };

async function renewal(bench: Bench, { phone, user, device, row }: Enrolled, counter = 1, wrong: Wrong = {}) {
  const challenge = wrong.challenge ?? (await challengeFor(bench, user));
  return {
    device,
    proof: await (wrong.prover ?? phone).proof(user, TOKEN, wrong.proof),
    challenge,
    assertion: paper(renewalData(challenge, phone.jkt, device), { key: row.keyId, counter }),
    ...wrong.body,
  };
}

describe('an enrolment', () => {
  it('gives a token that is good with the proof of its key, and for who its person is', async () => {
    const bench = await world();
    const { token, phone, device } = await enrolled(bench);
    expect(outcome(bench, await call(bench, phone, token))).toBe('200');
    const user = await bench.userToken();
    await send(bench, { headers: ['authorization', `Bearer ${user}`] });
    const [byDevice, byUser] = bench.principals.slice(-2);
    const facts = {
      id: device,
      platform: 'ios',
      app: APP,
      version: VERSION,
      format: 'app-attest',
      integrity: 'device',
    };
    expect(byDevice?.device).toEqual(facts);
    expect(byDevice?.confirmation).toBe(phone.jkt);
    const {
      device: _,
      confirmation: __,
      expiresAt: ___,
      ...same
    } = byDevice ?? { device: 0, confirmation: 0, expiresAt: 0 };
    const { confirmation: ____, expiresAt: _____, ...person } = byUser ?? { confirmation: 0, expiresAt: 0 };
    expect(same).toEqual(person);
  });

  it('keeps no personal data', async () => {
    const bench = await world();
    const { row } = await enrolled(bench, {}, await bench.userToken({ sub: 'ada@example.org' }));
    expect(JSON.stringify(row)).not.toContain('ada');
    expect(row).toMatchObject({ revokedAt: null, counter: 0, enrolledAt: bench.now });
  });

  it.each<[string, Wrong, string]>([
    [
      'the challenge of nobody',
      { challenge: 'A'.repeat(51) },
      '400 attestation: challenge: none of ours for this principal, or over',
    ],
    [
      'a proof of another key than the attested one',
      { jkt: 'B'.repeat(43) },
      '400 attestation: paper: other client data',
    ],
    [
      'another version than the attested one',
      { body: { version: '6.0.0' } },
      '400 attestation: paper: other client data',
    ],
    [
      'another app than the attested one',
      { facts: { app: 'org.example.other' } },
      '400 attestation: paper: another app',
    ],
    ['a proof for another endpoint', { proof: { htu: TOKEN.url } }, '401 unauthenticated: proof.htu: another URI'],
    [
      'a proof for another token',
      { proof: { ath: sha256('x') } },
      '401 unauthenticated: proof.ath: not the hash of the token',
    ],
    ['an old proof', { proof: { iat: 1 } }, '401 unauthenticated: proof.iat: not of this time'],
    ['a proof without an id', { proof: { jti: undefined } }, '401 unauthenticated: proof.jti: not an id'],
    ['no proof', { body: { proof: undefined } }, '400 malformed_body: body.proof: missing or malformed'],
    ['an unknown member', { body: { integrity: 'strong' } }, '400 malformed_body: body: an unknown member'],
    ['an unknown format', { body: { format: 'paper' } }, '400 malformed_body: body.format: missing or malformed'],
    [
      'the platform of another format',
      { body: { platform: 'android' } },
      '400 malformed_body: body.platform: not of this format',
    ],
    [
      'a version that none is',
      { body: { version: '..' } },
      '400 malformed_body: body.version: neither numbers with dots nor a code',
    ],
    ['an app with a line break', { body: { app: 'a\nb' } }, '400 malformed_body: body.app: missing or malformed'],
    [
      'two attestations',
      { body: { attestation: ['AA', 'BB'] } },
      '400 malformed_body: body.attestation: missing or malformed',
    ],
    ['no key id', { body: { keyId: undefined } }, '400 malformed_body: body.keyId: with App Attest, and only there'],
  ])('is refused with %s', async (_, wrong, expected) => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    expect(outcome(bench, await post(bench, 'enrol', token, await enrolment(bench, phone, token, wrong)))).toBe(
      expected,
    );
    expect(await bench.store.devices(null, 10)).toEqual([]);
  });

  it('uses up its challenge, whatever comes of it', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const challenge = await challengeFor(bench, token);
    const bad = await enrolment(bench, phone, token, { challenge, jkt: 'B'.repeat(43) });
    expect((await post(bench, 'enrol', token, bad)).status).toBe(400);
    const good = await enrolment(bench, phone, token, { challenge });
    expect(outcome(bench, await post(bench, 'enrol', token, good))).toBe('400 attestation: challenge: used before');
    expect(bench.attester.asked).toBe(1);
  });

  it("is refused with another person's challenge", async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const [ada, eve] = [await bench.userToken(), await bench.userToken({ sub: 'eve' })];
    const challenge = await challengeFor(bench, ada);
    const body = await enrolment(bench, phone, eve, { challenge });
    expect(outcome(bench, await post(bench, 'enrol', eve, body))).toMatch(/^400 attestation: challenge: none of ours/);
  });

  it('is refused when its challenge is over', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const challenge = await challengeFor(bench, token);
    bench.now += 5 * 60_000;
    const body = await enrolment(bench, phone, token, { challenge });
    expect(outcome(bench, await post(bench, 'enrol', token, body))).toMatch(
      /^400 attestation: challenge: none of ours/,
    );
  });

  it('is refused when it is sent again as it was, and with its proof alone renewed', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const body = await enrolment(bench, phone, token);
    expect((await post(bench, 'enrol', token, body)).status).toBe(200);
    expect(outcome(bench, await post(bench, 'enrol', token, body))).toBe('401 unauthenticated: proof.jti: used before');
    const again = { ...body, proof: await phone.proof(token, ENROL) };
    expect(outcome(bench, await post(bench, 'enrol', token, again))).toBe('400 attestation: challenge: used before');
    expect(await bench.store.devices(null, 10)).toHaveLength(1);
  });

  it('of two at once with one challenge, one is made', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const challenge = await challengeFor(bench, token);
    const bodies = await Promise.all([1, 2].map(() => enrolment(bench, phone, token, { challenge })));
    const answers = await Promise.all(bodies.map((body) => post(bench, 'enrol', token, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('of an attested key that is enrolled is refused', async () => {
    const bench = await world();
    const { row } = await enrolled(bench);
    const phone = await makePhone(bench);
    const token = await bench.userToken({ sub: 'eve' });
    const body = await enrolment(bench, phone, token, { facts: { key: row.keyId } });
    expect(outcome(bench, await post(bench, 'enrol', token, body))).toBe(
      '400 attestation: the attested key is enrolled already',
    );
  });

  it('with a verdict that was used before is refused', async () => {
    const bench = await world();
    await enrolled(bench, { ...ANDROID, facts: { once: 'verdict' } });
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const body = await enrolment(bench, phone, token, { ...ANDROID, facts: { once: 'verdict' } });
    expect(outcome(bench, await post(bench, 'enrol', token, body))).toBe('400 attestation: attestation: used before');
  });

  it('beyond the number of devices takes the place of the oldest, whose tokens end', async () => {
    const bench = await world();
    const first = await enrolled(bench);
    for (let n = 0; n < 2; n++) {
      bench.now += 1000;
      await enrolled(bench);
    }
    expect((await call(bench, first.phone, first.token)).status).toBe(200);
    bench.now += 1000;
    const last = await enrolled(bench);
    expect(outcome(bench, await call(bench, first.phone, first.token))).toBe(
      '401 unauthenticated: device: not enrolled any more',
    );
    expect((await call(bench, last.phone, last.token)).status).toBe(200);
    const eve = await enrolled(bench, {}, await bench.userToken({ sub: 'eve' }));
    expect((await call(bench, eve.phone, eve.token)).status).toBe(200);
    expect((await call(bench, last.phone, last.token)).status).toBe(200);
  });

  it('of many at once leaves no more than the number of devices', async () => {
    const bench = await world();
    await Promise.all(Array.from({ length: 6 }, () => enrolled(bench)));
    const rows = await bench.store.devices(null, 100);
    expect(rows.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(3);
  });

  it('of the same key takes the place of the one before', async () => {
    const bench = await world();
    const before = await enrolled(bench);
    const after = await enrolled(bench, {}, undefined, before.phone);
    expect((await bench.store.device(before.device))?.revokedAt).toBe(bench.now);
    expect((await call(bench, before.phone, before.token)).status).toBe(401);
    expect((await call(bench, before.phone, after.token)).status).toBe(200);
  });

  it('needs a nonce where the policy says so, and the challenge holds for the second try', async () => {
    const bench = await world({ config: { nonce: true } });
    const phone = await makePhone(bench);
    const token = await bench.userToken();
    const challenge = await challengeFor(bench, token);
    const without = await post(bench, 'enrol', token, await enrolment(bench, phone, token, { challenge }));
    expect(without.status).toBe(401);
    expect(without.headers['www-authenticate']).toContain('DPoP error="use_dpop_nonce"');
    const nonce = without.headers['dpop-nonce'];
    const body = await enrolment(bench, phone, token, { challenge, proof: { nonce } });
    const answer = await post(bench, 'enrol', token, body);
    expect(outcome(bench, answer)).toBe('200');
    expect(answer.headers['dpop-nonce']).toBe(nonce);
    expect((await call(bench, phone, json(answer).access_token ?? '')).status).toBe(401);
  });

  it('is not for API keys, for nobody, for who has no role, and not by a device token', async () => {
    const bench = await world({
      roles: [
        role('admin', [
          { source: 'issuer', name: 'shop', claims: [{ path: ['admin'], test: 'equals', values: [true] }] },
        ]),
      ],
    });
    const token = await bench.userToken();
    expect(outcome(bench, await post(bench, 'challenge', token, {}))).toBe('403 forbidden: device: no role');
    expect((await send(bench, { method: 'POST', target: '/device/challenge' })).status).toBe(401);
    const admin = await world();
    const one = await enrolled(admin);
    const answer = await call(admin, one.phone, one.token, {
      method: 'POST',
      target: '/device/token',
      body: '{}',
      headers: ['content-type', 'application/json'],
    });
    expect(outcome(admin, answer)).toBe("403 forbidden: device: by the person's own token alone");
  });

  it('has no other endpoints, methods and parameters', async () => {
    const bench = await world();
    const token = await bench.userToken();
    const auth = ['authorization', `Bearer ${token}`];
    expect(outcome(bench, await send(bench, { method: 'GET', target: '/device/challenge', headers: auth }))).toMatch(
      /^405/,
    );
    for (const target of ['/device/x', '/device/enrol/x', '/device/%65nrol'])
      expect(outcome(bench, await send(bench, { method: 'POST', target, headers: auth }))).toMatch(/^404/);
    expect(
      outcome(bench, await send(bench, { method: 'POST', target: '/device/challenge?a=b', headers: auth })),
    ).toMatch(/^400/);
    expect(bench.devices.owns('/devices/challenge')).toBe(false);
    expect(bench.devices.owns('/device')).toBe(false);
  });
});

describe('a device token', () => {
  it('ends after its life, and never later than the token it was bought with', async () => {
    const bench = await world();
    const long = await enrolled(bench);
    const short = await enrolled(bench, {}, await bench.userToken({ exp: Math.floor(bench.now / 1000) + 60 }));
    bench.now += 59_000;
    expect((await call(bench, short.phone, short.token)).status).toBe(200);
    bench.now += 6_001;
    expect(outcome(bench, await call(bench, short.phone, short.token))).toBe('401 unauthenticated: token.exp: over');
    expect((await call(bench, long.phone, long.token)).status).toBe(200);
    bench.now += 600_000;
    expect(outcome(bench, await call(bench, long.phone, long.token))).toBe('401 unauthenticated: token.exp: over');
  });

  it('is refused as Bearer, with and without a proof, and with a proof of another key', async () => {
    const bench = await world();
    const { token } = await enrolled(bench);
    expect(outcome(bench, await send(bench, { headers: ['authorization', `Bearer ${token}`] }))).toBe(
      '401 unauthenticated: token.cnf: bound to a key, and sent without proof',
    );
    expect((await send(bench, { headers: ['authorization', `DPoP ${token}`] })).status).toBe(401);
    expect(outcome(bench, await call(bench, await makePhone(bench), token))).toBe(
      '401 unauthenticated: proof.jwk: not the key that the token is bound to',
    );
  });

  it('of another gateway is refused', async () => {
    const [bench, other] = [await world(), await world()];
    const { token, phone } = await enrolled(other);
    expect(outcome(bench, await call(bench, phone, token))).toMatch(/^401 unauthenticated: token\.kid/);
  });

  it('is not made by an issuer of people', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken({ iss: DEVICE_ISSUER, aud: DEVICE_ISSUER, cnf: { jkt: phone.jkt } });
    expect(outcome(bench, await call(bench, phone, token))).toMatch(/^401 unauthenticated: token\.kid/);
  });

  it('says nothing of a device where a person’s own token claims to have one', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken({ cnf: { jkt: phone.jkt }, dev: { id: 'x' }, user: {} });
    expect((await call(bench, phone, token)).status).toBe(200);
    expect(bench.principals.at(-1)?.device).toBeUndefined();
  });

  it('of a person with too many claims is not made', async () => {
    const bench = await world();
    const phone = await makePhone(bench);
    const token = await bench.userToken({ note: 'x'.repeat(4_800) });
    const body = await enrolment(bench, phone, token);
    expect(outcome(bench, await post(bench, 'enrol', token, body))).toMatch(/^413 too_large/);
    expect(await bench.store.devices(null, 10)).toEqual([]);
  });

  it('keeps claims as they were, digits and all', async () => {
    const bench = await world();
    const { phone, token } = await enrolled(
      bench,
      {},
      await bench.userToken({ groups: ['a', 'b'], nested: { tenant: 't9' } }),
    );
    await call(bench, phone, token);
    expect(bench.principals.at(-1)?.claims).toMatchObject({
      groups: ['a', 'b'],
      nested: { tenant: 't9' },
      sub: 'ada',
      tenant: 't1',
    });
  });

  it('is judged by the policy of each request, as the token that it was bought with would be', async () => {
    const before = await world();
    const { token, phone } = await enrolled(before);
    const next = (changes: Partial<BenchOptions>) => {
      const { store, issuerKey, signingKey } = before;
      return world({ store, issuerKey, signingKey, ...changes });
    };
    const same = await next({});
    expect((await call(same, phone, token)).status).toBe(200);
    expect(same.principals.at(-1)?.roles).toEqual(['mobile']);
    const admin = await next({ roles: [role('admin', [{ source: 'issuer', name: 'shop', claims: [] }])] });
    await call(admin, phone, token);
    expect(admin.principals.at(-1)?.roles).toEqual(['admin']);
    const narrowed = await next({ issuer: { audience: ['billing'] } });
    expect(outcome(narrowed, await call(narrowed, phone, token))).toBe(
      '401 unauthenticated: token.aud: for somebody else',
    );
    const without = await next({ issuer: { issuer: 'https://other.example.org/' } });
    expect(outcome(without, await call(without, phone, token))).toBe(
      '401 unauthenticated: token.user: not a known issuer',
    );
  });

  it.each([
    ['its person', { sub: ['ada'] }],
    ['the token that it was bought with', { jti: ['t1'] }],
  ])("ends when %s is on the issuer's list of what is revoked", async (_, revoked) => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-revoked-'));
    const list = join(folder, 'revoked.json');
    writeFileSync(list, '{}');
    const before = await world({ issuer: { revoked: list } });
    const { token, phone } = await enrolled(before, {}, await before.userToken({ jti: 't1' }));
    expect((await call(before, phone, token)).status).toBe(200);
    writeFileSync(list, JSON.stringify(revoked));
    const { store, issuerKey, signingKey } = before;
    const bench = await world({ store, issuerKey, signingKey, issuer: { revoked: list } });
    expect(outcome(bench, await call(bench, phone, token))).toBe('401 unauthenticated: token.user: revoked');
    rmSync(folder, { recursive: true });
  });

  it('ends at once when its device, its version, or its person is revoked', async () => {
    const bench = await world();
    for (const match of [{ platform: 'ios', version: VERSION } as const, 'id', 'subject'] as const) {
      const { token, phone, row } = await enrolled(bench);
      expect((await call(bench, phone, token)).status).toBe(200);
      await bench.store.revoke(
        match === 'id' ? { id: row.id } : match === 'subject' ? { subject: row.subject } : match,
        bench.now,
      );
      expect(outcome(bench, await call(bench, phone, token))).toBe(
        '401 unauthenticated: device: not enrolled any more',
      );
    }
  });
});

describe('a renewal', () => {
  it('gives the next token', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    bench.now += 590_000;
    const answer = await post(bench, 'token', one.user, await renewal(bench, one));
    expect(outcome(bench, answer)).toBe('200');
    const { access_token: token = '', device, token_type: type, expires_in: seconds } = json(answer);
    expect([device, type, seconds]).toEqual([one.device, 'DPoP', 600]);
    bench.now += 60_000;
    expect((await call(bench, one.phone, token)).status).toBe(200);
  });

  it('has to raise the counter: of two at once with one counter exactly one wins', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    const bodies = await Promise.all([1, 2].map(() => renewal(bench, one, 7)));
    const answers = await Promise.all(bodies.map((body) => post(bench, 'token', one.user, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    for (const counter of [0, 1, 7])
      expect(outcome(bench, await post(bench, 'token', one.user, await renewal(bench, one, counter)))).toBe(
        '401 step_up: assertion: the counter is not above the last one',
      );
    expect((await post(bench, 'token', one.user, await renewal(bench, one, 8))).status).toBe(200);
  });

  it.each<[string, Wrong, string]>([
    ['no assertion', { body: { assertion: undefined, challenge: undefined } }, '403 device: assertion: missing'],
    [
      'an assertion without its challenge',
      { body: { challenge: undefined } },
      '400 malformed_body: body: challenge and assertion go together',
    ],
    [
      'the challenge of nobody',
      { challenge: 'A'.repeat(51) },
      '401 step_up: challenge: none of ours for this principal, or over',
    ],
    [
      'another device',
      { body: { device: 'A'.repeat(22) } },
      '403 device: device: not enrolled by this principal with this key',
    ],
    ['a proof for another endpoint', { proof: { htu: ENROL.url } }, '401 unauthenticated: proof.htu: another URI'],
  ])('is refused with %s', async (_, wrong, expected) => {
    const bench = await world();
    const one = await enrolled(bench);
    expect(outcome(bench, await post(bench, 'token', one.user, await renewal(bench, one, 1, wrong)))).toBe(expected);
  });

  it('is refused with a challenge that was used', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    const body = await renewal(bench, one);
    expect((await post(bench, 'token', one.user, body)).status).toBe(200);
    const again = { ...(await renewal(bench, one, 9)), challenge: body.challenge };
    expect(outcome(bench, await post(bench, 'token', one.user, again))).toBe('401 step_up: challenge: used before');
  });

  it('is refused by another person, with another key, and with an assertion for something else', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    const eve = { ...one, user: await bench.userToken({ sub: 'eve' }) };
    expect(outcome(bench, await post(bench, 'token', eve.user, await renewal(bench, eve)))).toMatch(/^403 device/);
    const other = await renewal(bench, one, 1, { prover: await makePhone(bench) });
    expect(outcome(bench, await post(bench, 'token', one.user, other))).toMatch(/^403 device/);
    const challenge = await challengeFor(bench, one.user);
    const assertion = paper(enrolData(challenge, one.phone.jkt, APP, VERSION), { key: one.row.keyId, counter: 3 });
    const body = await renewal(bench, one, 1, { challenge, body: { assertion } });
    expect(outcome(bench, await post(bench, 'token', one.user, body))).toBe('401 step_up: paper: other client data');
  });

  it('is refused when the device was revoked, and when the person’s token is over', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    const body = await renewal(bench, one);
    await bench.store.revoke({ id: one.device }, bench.now);
    expect(outcome(bench, await post(bench, 'token', one.user, body))).toMatch(/^403 device/);
    const two = await enrolled(bench, {}, await bench.userToken({ exp: Math.floor(bench.now / 1000) + 60 }));
    const late = await renewal(bench, two);
    bench.now += 120_000;
    expect(outcome(bench, await post(bench, 'token', two.user, late))).toBe('401 unauthenticated: token.exp: over');
  });

  it('of a device without assertions needs the proof alone, and takes no assertion', async () => {
    const bench = await world();
    const one = await enrolled(bench, ANDROID);
    const bare = await renewal(bench, one, 1, { body: { assertion: undefined, challenge: undefined } });
    expect((await post(bench, 'token', one.user, bare)).status).toBe(200);
    expect(outcome(bench, await post(bench, 'token', one.user, await renewal(bench, one)))).toMatch(
      /^400 malformed_body/,
    );
  });
});

describe('a revocation by the person', () => {
  it('ends the device that asks', async () => {
    const bench = await world();
    const one = await enrolled(bench);
    const answer = await call(bench, one.phone, one.token, { method: 'POST', target: '/device/revoke' });
    expect(json(answer)).toEqual({ revoked: 1 });
    expect((await call(bench, one.phone, one.token)).status).toBe(401);
  });

  it('ends another device of theirs, and nobody else’s', async () => {
    const bench = await world();
    const [lost, other] = [await enrolled(bench), await enrolled(bench)];
    const eve = await bench.userToken({ sub: 'eve' });
    expect((await post(bench, 'revoke', eve, { device: lost.device })).status).toBe(404);
    expect((await call(bench, lost.phone, lost.token)).status).toBe(200);
    expect((await post(bench, 'revoke', other.user, { device: lost.device })).status).toBe(200);
    expect((await call(bench, lost.phone, lost.token)).status).toBe(401);
    expect((await call(bench, other.phone, other.token)).status).toBe(200);
    expect((await post(bench, 'revoke', other.user, {})).status).toBe(400);
  });
});

describe('a fresh operation', () => {
  const requirement = { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete']) };

  async function remove(
    bench: Bench,
    { phone, token, row }: Enrolled,
    changes: Partial<Record<'challenge' | 'assertion' | 'format' | 'target' | 'body' | 'signed', string>> & {
      counter?: number;
    } = {},
  ) {
    const target = changes.target ?? '/v1/orders/1?x=1';
    const asked = await call(bench, phone, token, { method: 'DELETE', target });
    expect(asked.status).toBe(401);
    expect(asked.headers['www-authenticate']).toBe('DPoP error="insufficient_user_authentication"');
    const challenge = changes.challenge ?? asked.headers['postern-challenge'] ?? '';
    const signed = { method: 'DELETE', target: changes.signed ?? target, body: Buffer.from(changes.body ?? '') };
    const assertion = paper(requestData(challenge, phone.jkt, signed), {
      key: row.keyId,
      counter: changes.counter ?? 1,
    });
    return call(bench, phone, token, {
      method: 'DELETE',
      target,
      headers: [
        'postern-challenge',
        challenge,
        'postern-assertion',
        `${changes.format ?? 'app-attest'} ${changes.assertion ?? assertion}`,
      ],
    });
  }

  it('is done with an assertion over this very request, once', async () => {
    const bench = await world({ requirement });
    const one = await enrolled(bench);
    expect((await call(bench, one.phone, one.token)).status).toBe(200);
    expect(outcome(bench, await remove(bench, one))).toBe('200');
    expect(outcome(bench, await remove(bench, one))).toBe(
      '401 step_up: assertion: the counter is not above the last one',
    );
    expect(outcome(bench, await remove(bench, one, { counter: 2 }))).toBe('200');
  });

  it.each<[string, Parameters<typeof remove>[2], string]>([
    ['another target', { signed: '/v1/orders/2?x=1' }, '401 step_up: paper: other client data'],
    ['another query', { signed: '/v1/orders/1?x=2' }, '401 step_up: paper: other client data'],
    ['another body', { body: '{}' }, '401 step_up: paper: other client data'],
    ['another format', { format: 'play-integrity' }, '401 step_up: assertion: of another format than the enrolment'],
    ['an unknown format', { format: 'paper' }, '401 step_up: assertion: malformed'],
    [
      'a challenge of nobody',
      { challenge: 'A'.repeat(51) },
      '401 step_up: challenge: none of ours for this principal, or over',
    ],
  ])('is refused with an assertion for %s', async (_, changes, expected) => {
    const bench = await world({ requirement });
    expect(outcome(bench, await remove(bench, await enrolled(bench), changes))).toBe(expected);
  });

  it('is refused with an assertion that was used', async () => {
    const bench = await world({ requirement });
    const { phone, token, row } = await enrolled(bench);
    const asked = await call(bench, phone, token, { method: 'DELETE', target: '/v1/orders/1' });
    const challenge = asked.headers['postern-challenge'] ?? '';
    const data = requestData(challenge, phone.jkt, { method: 'DELETE', target: '/v1/orders/1', body: Buffer.alloc(0) });
    const headers = [
      'postern-challenge',
      challenge,
      'postern-assertion',
      `app-attest ${paper(data, { key: row.keyId, counter: 5 })}`,
    ];
    const again = () => call(bench, phone, token, { method: 'DELETE', target: '/v1/orders/1', headers });
    expect((await again()).status).toBe(200);
    expect(outcome(bench, await again())).toBe('401 step_up: challenge: used before');
  });

  it('is out of reach for an app without a device, and for App Check', async () => {
    const bench = await world({ requirement: { ...requirement, attested: false } });
    const user = await bench.userToken();
    expect(
      outcome(bench, await send(bench, { method: 'DELETE', headers: ['authorization', `Bearer ${user}`] })),
    ).toMatch(/^403 device/);
    const web = await enrolled(bench, { body: { format: 'app-check', platform: 'web', keyId: undefined } });
    expect(outcome(bench, await call(bench, web.phone, web.token, { method: 'DELETE' }))).toBe(
      '403 device: device: App Check makes no assertions',
    );
  });
});
