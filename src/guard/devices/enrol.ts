/**
 * `POST /<path>/enrol`: an attestation of the app and its device buys an enrolment, and the first access token.
 *
 *   { format, platform, app, version, challenge, proof, attestation, keyId? }  →  { device, access_token, token_type, expires_in }
 *
 * The order is chosen: what costs nothing first; the proof of the new key, which a client may have to make again with a nonce,
 * before the challenge is used up, since an attestation over it cannot always be made again; the verdict last.
 */
import { randomBytes } from 'node:crypto';
import { type AttestationFormat, DEVICE_PLATFORMS, type DevicePlatform, type DeviceRow } from '../contract/device.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import { oneOf, optionalText, readBody, text, texts } from './body.ts';
import { enrolData } from './client-data.ts';
import { type Granted, type Service, subjectOf } from './service.ts';
import { isVersion } from './version.ts';

const PLATFORMS_OF: Readonly<Record<AttestationFormat, readonly DevicePlatform[]>> = {
  'app-attest': ['ios'],
  'play-integrity': ['android'],
  'key-attestation': ['android'],
  'app-check': DEVICE_PLATFORMS,
};

const MEMBERS = ['format', 'platform', 'app', 'version', 'challenge', 'proof', 'attestation', 'keyId'];
const FORMATS = ['app-attest', 'play-integrity', 'key-attestation', 'app-check'] as const;
const APP = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/;
export const CHALLENGE = /^[A-Za-z0-9_-]{1,64}$/;
export const PROOF = /^[A-Za-z0-9._-]{1,4096}$/;
const ATTESTATION = /^[A-Za-z0-9+/=._-]{1,32768}$/;
const KEY_ID = /^[A-Za-z0-9+/=_-]{43,44}$/;
/** Of a chain. */
const MAX_CERTIFICATES = 8;

export interface Enrolment {
  readonly format: AttestationFormat;
  readonly platform: DevicePlatform;
  readonly app: string;
  readonly version: string;
  readonly challenge: string;
  readonly proof: string;
  readonly attestation: readonly string[];
  readonly keyId: string;
}

/** @throws Refusal `malformed_body`, `malformed_json`, `too_large` */
export function readEnrolment(request: ParsedRequest): Enrolment {
  const body = readBody(request, MEMBERS);
  const format = oneOf(body, 'format', FORMATS);
  const platform = oneOf(body, 'platform', DEVICE_PLATFORMS);
  if (!PLATFORMS_OF[format].includes(platform))
    throw new Refusal('malformed_body', 'body.platform: not of this format');
  const version = text(body, 'version', /^[0-9.]{1,64}$/);
  if (!isVersion(version)) throw new Refusal('malformed_body', 'body.version: neither numbers with dots nor a code');
  const keyId = optionalText(body, 'keyId', KEY_ID) ?? '';
  if ((keyId !== '') !== (format === 'app-attest'))
    throw new Refusal('malformed_body', 'body.keyId: with App Attest, and only there');
  return {
    format,
    platform,
    app: text(body, 'app', APP),
    version,
    challenge: text(body, 'challenge', CHALLENGE),
    proof: text(body, 'proof', PROOF),
    attestation: texts(body, 'attestation', ATTESTATION, format === 'key-attestation' ? MAX_CERTIFICATES : 1),
    keyId,
  };
}

/** @throws Refusal `attestation`, `unauthenticated`, `unavailable` */
export async function enrol(
  service: Service,
  user: Principal,
  enrolment: Enrolment,
  raw: RawRequest,
  now: number,
): Promise<Granted> {
  const { store, challenges } = service;
  const { challenge, app, version } = enrolment;
  const until = challenges.goodUntil(challenge, user.id, now);
  if (until === undefined) throw new Refusal('attestation', 'challenge: none of ours for this principal, or over');
  const key = await service.introduce(enrolment.proof, raw, now);
  await service.useOnce(`challenge:${challenge}`, until, 'challenge');
  // The challenge of a Key Attestation is fixed before there is a key; it need not name it, since the attested key is the one.
  const jkt = enrolment.format === 'key-attestation' ? '' : key.thumbprint;
  const attested = await service.attester.attest(
    {
      ...enrolment,
      clientData: enrolData(challenge, jkt, app, version),
      deviceKey: key.key,
    },
    now,
  );
  if (attested.once) await service.useOnce(attested.once.token, attested.once.until, 'attestation');
  const id = randomBytes(16).toString('base64url');
  const row: DeviceRow = {
    id,
    jkt: key.thumbprint,
    subject: subjectOf(service, user),
    facts: { id, ...attested.facts },
    assertionKey: attested.assertionKey,
    keyId: attested.keyId,
    counter: attested.counter,
    enrolledAt: now,
    revokedAt: null,
  };
  const granted = service.grant(user, row, now);
  if (!(await store.add(row))) throw new Refusal('attestation', 'the attested key is enrolled already');
  await makeRoom(service, row, now);
  return granted;
}

/**
 * Nobody has more than `maxDevices`, and no key is enrolled twice: an app that was installed again, or brought up to date, takes
 * the place of its earlier self. Decided after the row is there, so that of several enrolments at once none is overlooked.
 */
async function makeRoom({ store, config }: Service, row: DeviceRow, now: number): Promise<void> {
  const rows = (await store.devicesOf(row.subject))
    .filter(({ revokedAt }) => revokedAt === null)
    // The new one is the newest, also where the clock has not moved.
    .sort((a, b) => Number(b.id === row.id) - Number(a.id === row.id) || b.enrolledAt - a.enrolledAt);
  const same = rows.filter(({ id, jkt }) => id !== row.id && jkt === row.jkt);
  const others = rows.filter((one) => !same.includes(one));
  for (const { id } of [...same, ...others.slice(config.maxDevices)]) await store.revoke({ id }, now);
}
