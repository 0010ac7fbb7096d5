/** Enrolment of devices, the gateway's own tokens for them, and what roles ask of them. */
import { hash, type KeyObject } from 'node:crypto';
import { readCredentials } from '../authn/credentials.ts';
import type { DeviceTokens } from '../authn/device-token.ts';
import { createProofVerifier } from '../authn/dpop.ts';
import { createNonces } from '../authn/nonce.ts';
import { Unauthenticated } from '../authn/refuse.ts';
import type { ReplayStore } from '../authn/replay.ts';
import type { DeviceProof, DeviceRow, DeviceStore } from '../contract/device.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import type { Plan } from '../contract/store.ts';
import type { DeviceRequirement, DevicesConfig, LegacyVersions } from '../policy/devices-config.ts';
import { createAccessTokens } from './access-token.ts';
import type { Attester } from './attester.ts';
import { createChallenges } from './challenge.ts';
import { planEndpoint } from './endpoints.ts';
import { CHALLENGE_HEADER, confirmFresh } from './fresh.ts';
import { meet, proofOf } from './requirement.ts';
import { createRows } from './rows.ts';
import type { Service } from './service.ts';

export interface DevicesOptions {
  readonly config: DevicesConfig;
  readonly store: DeviceStore;
  /** Used proofs: the same that the authenticator has. */
  readonly replay: ReplayStore;
  /** P-256, private. */
  readonly signingKey: KeyObject;
  /** 32 bytes, the same on all gateways; also the authenticator's `nonceKey` where the configuration says `nonce`. */
  readonly challengeKey: Uint8Array;
  /** Keyed hash of who somebody is: what rows hold, and what the journal calls them. */
  pseudonym(kind: 'principal', text: string): string;
  readonly attester: Attester;
}

export interface Devices {
  /** Whether a raw request target is one of the endpoints. */
  owns(target: string): boolean;
  /** @throws Refusal */
  plan(request: ParsedRequest, raw: RawRequest, principal: Principal | null, now: number): Plan;
  /** For the authenticator, which then takes the gateway's own tokens: `createAuthenticator(identity, { devices: devices.tokens })`. */
  readonly tokens: DeviceTokens;
  /** What a request says of its device, for limits and metrics. */
  proofOf(principal: Principal, request: ParsedRequest): DeviceProof;
  /**
   * Whether the request meets what the role asks of its device. An assertion that it brings for this is used up.
   *
   * @param operation `orders.delete`, or the name of an operation of the search API
   * @returns the entry of old versions that lets it in, with its limits; null where none was needed
   * @throws Refusal `device`, `outdated`, `step_up`, `unavailable`
   */
  check(
    requirement: DeviceRequirement,
    principal: Principal,
    request: ParsedRequest,
    raw: RawRequest,
    operation: string,
    now: number,
  ): Met | Promise<Met>;
  /** The assertion alone, where something else than the policy's list asks for it. @throws Refusal `step_up`, `device`, `unavailable` */
  confirm(principal: Principal, request: ParsedRequest, raw: RawRequest, now: number): Promise<void>;
  /** Headers for the answer to a refusal: what a client needs for a fresh assertion (RFC 9470 section 3). */
  challengeHeaders(refusal: Refusal, principal: Principal | null, now: number): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface Met {
  readonly legacy: LegacyVersions | null;
}

const MET: Met = Object.freeze({ legacy: null });

/** @throws TypeError for a signing key of another kind */
export function createDevices(options: DevicesOptions): Devices {
  const { config, store } = options;
  const nonces = config.nonce ? createNonces(options.challengeKey) : null;
  const proofs = createProofVerifier({ replay: options.replay, nonces });
  const accessTokens = createAccessTokens(config.tokens, options.signingKey);
  const rows = createRows(store);
  const prefix = `/${config.path}/`;

  const service: Service = {
    config,
    store,
    rows,
    challenges: createChallenges(options.challengeKey),
    attester: options.attester,
    pseudonym: (kind, text) => options.pseudonym(kind, text),
    introduce(proof, request, now) {
      const credentials = readCredentials(request.headers);
      if (credentials === null) throw new Unauthenticated('no credentials', 'none');
      return proofs.introduce(proof, request, hash('sha256', credentials.value, 'base64url'), now);
    },
    async useOnce(token, until, what) {
      if (!(await store.useOnce(token, until))) throw new Refusal('attestation', `${what}: used before`);
    },
    grant(user, row, now) {
      const { token, expiresIn } = accessTokens.issue(user, row.facts, row.jkt, now);
      return { device: row.id, access_token: token, token_type: 'DPoP', expires_in: expiresIn };
    },
  };

  return {
    owns: (target) => target.startsWith(prefix),
    plan: (request, raw, principal, now) =>
      planEndpoint(service, request, raw, principal, nonces && (() => nonces.fresh(now)), now),
    tokens: {
      issuer: accessTokens.issuer,
      standing(device, jkt, now) {
        const row = rows.row(device, now);
        return row instanceof Promise ? row.then((one) => stand(one, jkt)) : stand(row, jkt);
      },
    },
    proofOf,
    check(requirement, principal, request, raw, operation, now) {
      const legacy = meet(requirement, proofOf(principal, request), now);
      if (requirement.fresh.has(operation))
        return confirmFresh(service, principal, request, raw, now).then(() => ({ legacy }));
      return legacy === null ? MET : { legacy };
    },
    confirm: (principal, request, raw, now) => confirmFresh(service, principal, request, raw, now),
    challengeHeaders(refusal, principal, now): Readonly<Record<string, string>> {
      if (refusal.code !== 'step_up' || principal === null) return {};
      return {
        'www-authenticate': 'DPoP error="insufficient_user_authentication"',
        [CHALLENGE_HEADER]: service.challenges.fresh(principal.id, now),
      };
    },
    async close() {
      options.attester.close?.();
      await store.close();
    },
  };
}

function stand(row: DeviceRow | undefined, jkt: string): void {
  if (!row || row.revokedAt !== null || row.jkt !== jkt) throw new Unauthenticated('device: not enrolled any more');
}
