/**
 * An assertion over one very request:
 *
 *   postern-challenge: CHALLENGE
 *   postern-assertion: FORMAT SP ASSERTION
 *
 * made over method, target, the hash of the body and the key of the proof (`requestData`). What the assertion is depends on
 * how the device was enrolled: an App Attest assertion, a Play Integrity token, or a JWS of the attested key. App Check has
 * nothing that could be made over a request, so its devices do not reach operations that need one.
 */
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import { confirmAssertion } from './assertion.ts';
import { requestData } from './client-data.ts';
import { CHALLENGE } from './enrol.ts';
import type { Service } from './service.ts';

export const CHALLENGE_HEADER = 'postern-challenge';
export const ASSERTION_HEADER = 'postern-assertion';

const ASSERTION = /^(app-attest|play-integrity|key-attestation) ([A-Za-z0-9+/=._-]{1,12288})$/;

/** @throws Refusal `step_up`, `device` for a device that cannot make one, `unavailable` */
export async function confirmFresh(
  service: Service,
  principal: Principal,
  request: ParsedRequest,
  raw: RawRequest,
  now: number,
): Promise<void> {
  const { device, confirmation } = principal;
  if (device === undefined || confirmation === null)
    throw new Refusal('device', 'device: none that could make an assertion');
  if (device.format === 'app-check') throw new Refusal('device', 'device: App Check makes no assertions');
  const header = request.headers.get(ASSERTION_HEADER);
  const challenge = request.headers.get(CHALLENGE_HEADER);
  if (header === undefined || challenge === undefined) throw new Refusal('step_up', 'assertion: missing');
  const match = header.length <= 13_000 ? ASSERTION.exec(header) : null;
  if (!match || !CHALLENGE.test(challenge)) throw new Refusal('step_up', 'assertion: malformed');
  if (match[1] !== device.format) throw new Refusal('step_up', 'assertion: of another format than the enrolment');
  const row = await service.store.device(device.id);
  if (!row || row.revokedAt !== null || row.jkt !== confirmation)
    throw new Refusal('device', 'device: not enrolled any more');
  const clientData = requestData(challenge, confirmation, raw);
  await confirmAssertion(service, { row, user: principal.id, challenge, text: match[2] ?? '', clientData }, now);
}
