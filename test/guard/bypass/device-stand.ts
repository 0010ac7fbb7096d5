/** Declared resources behind attested devices: real authenticator, real verifiers under made-up roots, the whole gateway. */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createAuthenticator, createMemoryReplayStore } from '../../../src/guard/authn/index.ts';
import {
  identityOf,
  makeKey,
  makeToken,
  NOW,
  network,
  type SigningKey,
  sha256,
  sign,
} from '../../../src/guard/authn/testing/issuer.ts';
import { enrolData, requestData } from '../../../src/guard/devices/client-data.ts';
import { createDevices } from '../../../src/guard/devices/index.ts';
import { DEVICES_CONFIG, NO_REQUIREMENT } from '../../../src/guard/devices/testing/bench.ts';
import { createMemoryDevices } from '../../../src/guard/devices/testing/memory-store.ts';
import { createAttester } from '../../../src/guard/devices/verifiers.ts';
import type { AttestationTrust } from '../../../src/guard/devices/verify/index.ts';
import {
  makeAppAttest,
  makeAppleAuthority,
  makeAssertion,
  makePlayKeys,
  makePlayToken,
} from '../../../src/guard/devices/verify/testing/index.ts';
import { API_ROLES, type ApiBench, createApiBench, type Told } from '../harness/api-fixture.ts';
import type { Sent } from '../harness/fixture.ts';

export const ORIGIN = 'https://search.shop.example';
export const BUNDLE = 'org.example.shop';
export const APP_ID = `ABCDE12345.${BUNDLE}`;
export const CERTIFICATE = Buffer.alloc(32, 7).toString('base64url');
export const apple = makeAppleAuthority(NOW);
export const play = makePlayKeys();

const TRUST: AttestationTrust = {
  appAttest: { config: { appIds: [APP_ID], environment: 'production' }, root: apple.root },
  playIntegrity: {
    config: { packages: [BUNDLE], certificates: [CERTIFICATE], integrity: 'device', licensed: false, maxAge: 120_000 },
    keys: play.keys,
    decode: null,
  },
  keyAttestation: null,
  appCheck: null,
};
const KEY = Buffer.alloc(32, 9);

type Made = ReturnType<typeof makeAppAttest>;
export type AppleChanges = Parameters<typeof makeAppAttest>[0]['changes'];
type Claims = Readonly<Record<string, unknown>>;
export type PlayRequest = Omit<Partial<Parameters<typeof makePlayToken>[0]>, 'keys'>;

export interface Phone {
  readonly key: SigningKey;
  readonly jkt: string;
  /** Its device token, with the id of the enrolment; empty before. */
  token: string;
  device: string;
  made: Made | undefined;
}

export interface Enrol {
  readonly apple?: AppleChanges;
  readonly authority?: ReturnType<typeof makeAppleAuthority>;
  readonly environment?: 'development';
  readonly play?: PlayRequest;
  /** In place of what a good client sends. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** In place of a new one. */
  readonly challenge?: string;
  readonly appId?: string;
}

export interface DeviceStand {
  readonly bench: ApiBench;
  readonly clock: { now: number };
  user(claims?: Claims): Promise<string>;
  phone(): Promise<Phone>;
  challenge(token: string): Promise<string>;
  /** `play` given: as an Android phone. */
  enrol(phone: Phone, format: 'app-attest' | 'play-integrity', changes?: Enrol): Promise<Told>;
  /** An enrolled one. @throws Error */
  enrolled(format: 'app-attest' | 'play-integrity'): Promise<Phone>;
  proof(
    phone: Phone,
    token: string,
    request: { method: string; target: string },
    claims?: Claims,
    header?: Claims,
  ): Promise<string>;
  /** With the phone's own token and a proof, unless told. */
  call(phone: Phone, sent: Sent, credentials?: readonly (readonly [string, string])[]): Promise<Told>;
  /** An assertion over a request, in its two headers. */
  fresh(
    phone: Phone,
    sent: { method: string; target: string; body?: string },
    changes?: { counter?: number; challenge?: string; key?: Made; play?: PlayRequest; appId?: string },
  ): Promise<[string, string][]>;
}

export async function deviceStand(options: { nonce?: boolean } = {}): Promise<DeviceStand> {
  const clock = { now: NOW };
  const now = () => clock.now;
  const issuer = await makeKey('k1');
  const replay = createMemoryReplayStore({ now });
  const devices = createDevices({
    config: {
      ...DEVICES_CONFIG,
      maxDevices: 10_000,
      nonce: options.nonce === true,
      tokens: { ...DEVICES_CONFIG.tokens, issuer: `${ORIGIN}/device` },
    },
    store: createMemoryDevices({ now }),
    replay,
    signingKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    challengeKey: KEY,
    pseudonym: (kind, text) => createHmac('sha256', KEY).update(`${kind}\0${text}`).digest('base64url').slice(0, 22),
    attester: createAttester(TRUST),
  });
  const authenticator = createAuthenticator(identityOf(), {
    roles: API_ROLES,
    fetch: network({ 'https://id.example.org/jwks.json': { keys: [issuer.jwk] } }).get,
    now,
    replay,
    devices: devices.tokens,
    ...(options.nonce && { nonceKey: KEY }),
  });
  await authenticator.refresh();
  const requirement = { ...NO_REQUIREMENT, attested: true, fresh: new Set(['orders.delete', 'parcels.update']) };
  const bench = await createApiBench({ authenticator, devices, requirementOf: () => requirement, now });

  const user = (claims: Claims = {}) => makeToken(issuer, { role: 'mobile', ...claims });
  const post = (target: string, token: string, body: unknown): Promise<Told> =>
    bench.send({ as: null, method: 'POST', target, body, headers: [['Authorization', `Bearer ${token}`]] });

  let proofs = 0;
  function proof(
    { key }: Phone,
    token: string,
    { method, target }: { method: string; target: string },
    claims: Claims = {},
    header: Claims = {},
  ): Promise<string> {
    const { kid: _, ...jwk } = key.jwk;
    const all = {
      htm: method,
      htu: `${ORIGIN}${target.split('?')[0]}`,
      jti: `p-${++proofs}`,
      iat: Math.floor(clock.now / 1000),
      ath: sha256(token),
    };
    return sign(key, { typ: 'dpop+jwt', jwk, ...header }, { ...all, ...claims });
  }

  const stand: DeviceStand = {
    bench,
    clock,
    user,
    proof,
    async phone() {
      const key = await makeKey('phone');
      const { crv, kty, x, y } = key.jwk;
      return { key, jkt: sha256(JSON.stringify({ crv, kty, x, y })), token: '', device: '', made: undefined };
    },
    async challenge(token) {
      const told = await post('/device/challenge', token, {});
      return (told.json as { challenge: string }).challenge;
    },
    async enrol(phone, format, changes = {}) {
      const token = await user();
      const challenge = changes.challenge ?? (await stand.challenge(token));
      const version = format === 'app-attest' ? '5.2.0' : '50200';
      const clientData = enrolData(challenge, phone.jkt, BUNDLE, version);
      const own = await proof(phone, token, { method: 'POST', target: '/device/enrol' });
      let evidence: object;
      if (format === 'app-attest') {
        phone.made = makeAppAttest({
          appId: changes.appId ?? APP_ID,
          challenge: clientData,
          now: clock.now,
          authority: changes.authority ?? apple,
          changes: changes.apple ?? {},
          ...(changes.environment && { environment: changes.environment }),
        });
        evidence = { attestation: phone.made.attestation.toString('base64'), keyId: phone.made.keyId };
      } else {
        evidence = {
          attestation: await makePlayToken({
            keys: play,
            package: BUNDLE,
            certificate: CERTIFICATE,
            clientData,
            now: clock.now,
            ...changes.play,
          }),
        };
      }
      const told = await post('/device/enrol', token, {
        format,
        platform: format === 'app-attest' ? 'ios' : 'android',
        app: BUNDLE,
        version,
        challenge,
        proof: own,
        ...evidence,
        ...changes.body,
      });
      const granted = told.json as { device?: string; access_token?: string } | undefined;
      phone.token = granted?.access_token ?? '';
      phone.device = granted?.device ?? '';
      return told;
    },
    async enrolled(format) {
      const phone = await stand.phone();
      const told = await stand.enrol(phone, format);
      if (told.answer.status !== 200) throw new Error(`not enrolled: ${told.text} ${told.entry?.detail}`);
      return phone;
    },
    async call(phone, sent, credentials) {
      const method = sent.method ?? 'GET';
      const shown = credentials ?? [
        ['Authorization', `DPoP ${phone.token}`],
        ['DPoP', await proof(phone, phone.token, { method, target: sent.target })],
      ];
      return bench.send({ ...sent, as: null, headers: [...shown, ...(sent.headers ?? [])] });
    },
    async fresh(phone, { method, target, body = '' }, changes = {}) {
      const challenge = changes.challenge ?? (await stand.challenge(await user()));
      const clientData = requestData(challenge, phone.jkt, { method, target, body: Buffer.from(body) });
      const key = changes.key ?? phone.made;
      const assertion =
        key === undefined
          ? `play-integrity ${await makePlayToken({ keys: play, package: BUNDLE, certificate: CERTIFICATE, clientData, now: clock.now, ...changes.play })}`
          : `app-attest ${makeAssertion({ appId: changes.appId ?? APP_ID, clientData, counter: changes.counter ?? 1, privateKey: key.keys.privateKey }).toString('base64')}`;
      return [
        ['Postern-Challenge', challenge],
        ['Postern-Assertion', assertion],
      ];
    },
  };
  return stand;
}
