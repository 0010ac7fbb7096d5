/**
 * The device endpoints, all `POST`, JSON in and out:
 *
 *   /<path>/challenge   a challenge for one attestation or assertion
 *   /<path>/enrol       enrol.ts
 *   /<path>/token       renew.ts
 *   /<path>/revoke      { device? }: an enrolment of the person's own ends; without `device`, that of the token which asks
 */
import type { OperationName } from '../contract/grant.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import type { Plan, StoreReply } from '../contract/store.ts';
import { optionalText, readBody } from './body.ts';
import { CHALLENGE_LIFE } from './challenge.ts';
import { enrol, readEnrolment } from './enrol.ts';
import { DEVICE_ID, readRenewal, renew } from './renew.ts';
import { type Service, subjectOf } from './service.ts';

type Run = () => object | Promise<object>;

/**
 * @param nonce for the next proof; null: none is asked for
 * @throws Refusal
 */
export function planEndpoint(
  service: Service,
  request: ParsedRequest,
  raw: RawRequest,
  principal: Principal | null,
  nonce: (() => string) | null,
  now: number,
): Plan {
  const [operation, run] = read(service, request, raw, principal, now);
  return {
    operation,
    upstream: null,
    indices: [],
    rules: [],
    role: null,
    own: true,
    async run() {
      return reply(await run(), nonce);
    },
  };
}

function read(
  service: Service,
  request: ParsedRequest,
  raw: RawRequest,
  principal: Principal | null,
  now: number,
): [OperationName, Run] {
  const [, verb, ...rest] = request.rawSegments;
  if (rest.length > 0) throw new Refusal('absent', 'device: no such endpoint');
  switch (verb) {
    case 'challenge': {
      const who = admit(request, principal);
      readBody(request, []);
      return [
        'device.challenge',
        () => ({
          challenge: service.challenges.fresh(who.id, now),
          expires_in: CHALLENGE_LIFE / 1000,
          // Phones' clocks may be wrong by hours, and proofs say when they were made.
          time: Math.floor(now / 1000),
        }),
      ];
    }
    case 'enrol': {
      const who = signedIn(admit(request, principal));
      const enrolment = readEnrolment(request);
      return ['device.enrol', () => enrol(service, who, enrolment, raw, now)];
    }
    case 'token': {
      const who = signedIn(admit(request, principal));
      const renewal = readRenewal(request);
      return ['device.token', () => renew(service, who, renewal, raw, now)];
    }
    case 'revoke': {
      const who = admit(request, principal);
      const device = optionalText(readBody(request, ['device']), 'device', DEVICE_ID) ?? who.device?.id;
      if (device === undefined) throw new Refusal('malformed_body', 'body.device: missing');
      return ['device.revoke', () => revoke(service, who, device, now)];
    }
    default:
      throw new Refusal('absent', 'device: no such endpoint');
  }
}

/** Somebody whom the policy knows: who has no role has nothing that a device could be bound to. */
function admit(request: ParsedRequest, principal: Principal | null): Principal {
  if (request.method !== 'POST') throw new Refusal('method', 'device: POST alone');
  if (request.query.size > 0) throw new Refusal('malformed_parameter', 'device: no parameters');
  if (principal === null) throw new Refusal('unauthenticated', 'no credentials');
  if (principal.kind !== 'token') throw new Refusal('forbidden', 'device: for tokens of people alone');
  if (principal.roles.length === 0) throw new Refusal('forbidden', 'device: no role');
  return principal;
}

/** By their own token: one device token does not buy the next, or it would never end. */
function signedIn(principal: Principal): Principal {
  if (principal.device !== undefined) throw new Refusal('forbidden', "device: by the person's own token alone");
  return principal;
}

async function revoke(service: Service, who: Principal, device: string, now: number): Promise<object> {
  const revoked = await service.store.revoke({ id: device, subject: subjectOf(service, who) }, now);
  service.rows.forget();
  if (revoked === 0) throw new Refusal('absent', 'device: not enrolled by this principal');
  return { revoked };
}

function reply(body: object, nonce: (() => string) | null): StoreReply {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(nonce && { 'dpop-nonce': nonce() }),
    },
    body: JSON.stringify(body),
    documents: [],
    outcome: 'answered',
  };
}
