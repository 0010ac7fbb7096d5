/**
 * `POST /<path>/token`: the person's own token and a proof of the enrolled key buy the next access token.
 *
 *   { device, proof, challenge?, assertion? }  →  { device, access_token, token_type, expires_in }
 *
 * A device that was enrolled by App Attest also makes an assertion, so that its counter shows whether there are two of it.
 */
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import { confirmAssertion } from './assertion.ts';
import { optionalText, readBody, text } from './body.ts';
import { renewalData } from './client-data.ts';
import { CHALLENGE, PROOF } from './enrol.ts';
import { type Granted, type Service, subjectOf } from './service.ts';

const MEMBERS = ['device', 'proof', 'challenge', 'assertion'];
export const DEVICE_ID = /^[A-Za-z0-9_-]{22}$/;
const ASSERTION = /^[A-Za-z0-9+/=_-]{1,4096}$/;

export interface Renewal {
  readonly device: string;
  readonly proof: string;
  readonly assertion: { readonly challenge: string; readonly text: string } | null;
}

/** @throws Refusal `malformed_body`, `malformed_json`, `too_large` */
export function readRenewal(request: ParsedRequest): Renewal {
  const body = readBody(request, MEMBERS);
  const challenge = optionalText(body, 'challenge', CHALLENGE);
  const assertion = optionalText(body, 'assertion', ASSERTION);
  if ((challenge === undefined) !== (assertion === undefined))
    throw new Refusal('malformed_body', 'body: challenge and assertion go together');
  return {
    device: text(body, 'device', DEVICE_ID),
    proof: text(body, 'proof', PROOF),
    assertion: challenge === undefined || assertion === undefined ? null : { challenge, text: assertion },
  };
}

/** @throws Refusal `device` for a device that is not this person's, not this key's, or not enrolled any more */
export async function renew(
  service: Service,
  user: Principal,
  { device, proof, assertion }: Renewal,
  raw: RawRequest,
  now: number,
): Promise<Granted> {
  const key = await service.introduce(proof, raw, now);
  const row = await service.store.device(device);
  if (!row || row.revokedAt !== null || row.subject !== subjectOf(service, user) || row.jkt !== key.thumbprint)
    throw new Refusal('device', 'device: not enrolled by this principal with this key');
  if (row.facts.format === 'app-attest') {
    if (assertion === null) throw new Refusal('device', 'assertion: missing');
    const data = renewalData(assertion.challenge, row.jkt, row.id);
    await confirmAssertion(service, { row, user: user.id, ...assertion, clientData: data }, now);
  } else if (assertion !== null) throw new Refusal('malformed_body', 'body.assertion: not of this device');
  return service.grant(user, row, now);
}
