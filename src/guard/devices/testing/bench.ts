/** A gateway of one room for tests: the authenticator, the devices and a requirement, without stores, sockets and a journal. */
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createAuthenticator, createMemoryReplayStore } from '../../authn/index.ts';
import {
  AUDIENCE,
  ISSUER_CONFIG,
  identityOf,
  makeKey,
  NOW,
  network,
  role,
  type SigningKey,
  sign,
} from '../../authn/testing/issuer.ts';
import type { DeviceStore } from '../../contract/device.ts';
import type { Principal } from '../../contract/principal.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { Answer, RawRequest } from '../../contract/request.ts';
import { readRequest } from '../../http/read-request.ts';
import { refusalAnswer } from '../../http/refusal-answer.ts';
import type { DeviceRequirement, DevicesConfig } from '../../policy/devices-config.ts';
import type { IssuerConfig } from '../../policy/identity-config.ts';
import type { Role } from '../../policy/policy.ts';
import type { Attester } from '../attester.ts';
import { createDevices, type Devices } from '../devices.ts';
import { createMemoryDevices } from './memory-store.ts';

export const BENCH_ORIGIN = 'https://search.example.org';
export const DEVICE_ISSUER = `${BENCH_ORIGIN}/device`;

export const DEVICES_CONFIG: DevicesConfig = {
  path: 'device',
  tokens: { issuer: DEVICE_ISSUER, lifetime: 600_000, key: '/nowhere/device.key' },
  challengeKey: '/nowhere/challenge.key',
  nonce: false,
  maxDevices: 3,
  appAttest: null,
  playIntegrity: null,
  keyAttestation: null,
  appCheck: null,
};

/** Nothing is asked. */
export const NO_REQUIREMENT: DeviceRequirement = {
  attested: false,
  minimumVersion: new Map(),
  integrity: 'basic',
  fresh: new Set(),
  legacy: [],
};

export interface BenchOptions {
  readonly attester: Attester;
  readonly config?: Partial<DevicesConfig>;
  readonly requirement?: DeviceRequirement;
  /** Default: the issuer's `NOW`. */
  readonly now?: number;
  readonly store?: DeviceStore;
  readonly issuer?: Partial<IssuerConfig>;
  readonly roles?: readonly Role[];
  /** Of an earlier bench, so that its tokens are good here too: another gateway, or another policy of the same one. */
  readonly issuerKey?: SigningKey;
  readonly signingKey?: KeyObject;
}

export interface Bench {
  now: number;
  requirement: DeviceRequirement;
  readonly devices: Devices;
  readonly store: DeviceStore;
  readonly issuerKey: SigningKey;
  readonly signingKey: KeyObject;
  /** Why requests were refused, the last one last. */
  readonly refusals: Refusal[];
  /** Who was let in, the last one last. */
  readonly principals: Principal[];
  handle(request: RawRequest): Promise<Answer>;
  /** `handle` as clients see it. */
  readonly fetch: typeof fetch;
  /** A person's own token. */
  userToken(claims?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** What `handle` asks of a device for `DELETE` alone, by its requirement's `fresh`. */
export const FRESH_OPERATION = 'orders.delete';

export async function makeBench(options: BenchOptions): Promise<Bench> {
  const signingKey = options.signingKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const issuerKey = options.issuerKey ?? (await makeKey('k1'));
  const config = { ...DEVICES_CONFIG, ...options.config };
  const challengeKey = Buffer.alloc(32, 7);
  const bench: { now: number; requirement: DeviceRequirement } = {
    now: options.now ?? NOW,
    requirement: options.requirement ?? NO_REQUIREMENT,
  };
  const store = options.store ?? createMemoryDevices({ now: () => bench.now });
  const replay = createMemoryReplayStore({ now: () => bench.now });
  const devices = createDevices({
    config,
    store,
    replay,
    signingKey,
    challengeKey,
    pseudonym: (kind, text) => createHmac('sha256', 'key').update(`${kind}\0${text}`).digest('base64url').slice(0, 22),
    attester: options.attester,
  });
  const { get } = network({ 'https://id.example.org/jwks.json': { keys: [issuerKey.jwk] } });
  const authenticator = createAuthenticator(identityOf(options.issuer), {
    roles: options.roles ?? [role('mobile', [{ source: 'issuer', name: 'shop', claims: [] }])],
    fetch: get,
    now: () => bench.now,
    replay,
    devices: devices.tokens,
    ...(config.nonce && { nonceKey: challengeKey }),
  });
  await authenticator.refresh();
  const refusals: Refusal[] = [];
  const principals: Principal[] = [];

  async function handle(raw: RawRequest): Promise<Answer> {
    let principal: Principal | null = null;
    try {
      const request = readRequest(raw);
      principal = await authenticator.authenticate(raw, bench.now);
      principals.push(principal);
      if (devices.owns(raw.target)) {
        const plan = devices.plan(request, raw, principal, bench.now);
        return await plan.run({ send: () => Promise.reject(new Error('no store is asked')) });
      }
      const operation = raw.method === 'DELETE' ? FRESH_OPERATION : 'orders.list';
      const { legacy } = await devices.check(bench.requirement, principal, request, raw, operation, bench.now);
      const body = JSON.stringify({ id: principal.id, device: principal.device ?? null, legacy: legacy !== null });
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push(error);
      return refusalAnswer(error, {
        ...authenticator.challenge(error, bench.now),
        ...devices.challengeHeaders(error, principal, bench.now),
      });
    }
  }

  const asFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const headers = [...request.headers].flat();
    const answer = await handle({
      method: request.method,
      target: `${url.pathname}${url.search}`,
      headers: ['host', url.host, ...headers],
      body: new Uint8Array(await request.arrayBuffer()),
      peer: { address: '192.0.2.1', port: 40_000 },
      protocol: '1.1',
      origin: BENCH_ORIGIN,
    });
    const body = typeof answer.body === 'string' ? answer.body : new TextDecoder().decode(answer.body);
    return new Response(body === '' ? null : body, { status: answer.status, headers: answer.headers });
  };

  return Object.assign(bench, {
    devices,
    store,
    issuerKey,
    signingKey,
    refusals,
    principals,
    handle,
    fetch: asFetch,
    userToken: (claims: Readonly<Record<string, unknown>> = {}) =>
      sign(
        issuerKey,
        { typ: 'at+jwt', kid: issuerKey.kid },
        {
          iss: ISSUER_CONFIG.issuer,
          aud: AUDIENCE,
          sub: 'ada',
          tenant: 't1',
          iat: Math.floor(bench.now / 1000) - 10,
          exp: Math.floor(bench.now / 1000) + 3600,
          ...claims,
        },
      ),
  });
}
