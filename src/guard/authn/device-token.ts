/**
 * The gateway's own access tokens for enrolled devices: what the authenticator has to know of them.
 *
 *   { "iss", "aud", "sub", "client_id", "iat", "exp", "jti", "cnf": { "jkt" }, "dev": DeviceFacts, "user": { claims } }
 *
 * `user` are the claims of the token that the person signed in with, as that issuer made them. They are judged again by the
 * policy of each request – issuer, audience, end, revocation, roles – so that such a token never says more than the one it
 * was bought with.
 */
import { type AttestationFormat, DEVICE_PLATFORMS, type DeviceFacts, type DevicePlatform } from '../contract/device.ts';
import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { IssuerConfig } from '../policy/identity-config.ts';
import { Unauthenticated } from './refuse.ts';

/** What the authenticator is handed to take device tokens; made by the room of devices. */
export interface DeviceTokens {
  /** The gateway itself, as an issuer. */
  readonly issuer: IssuerConfig;
  /**
   * Returns when the device is enrolled, with this key, and not revoked.
   *
   * @throws Unauthenticated, Refusal `unavailable`
   */
  standing(device: string, jkt: string, now: number): void | Promise<void>;
}

export interface DeviceClaims {
  readonly device: DeviceFacts;
  readonly user: JsonObject;
}

const FORMATS: ReadonlySet<Json | undefined> = new Set<AttestationFormat>([
  'app-attest',
  'play-integrity',
  'key-attestation',
  'app-check',
]);
const INTEGRITIES: ReadonlySet<Json | undefined> = new Set<DeviceFacts['integrity']>(['basic', 'device', 'strong']);
const PLATFORMS: ReadonlySet<Json | undefined> = new Set<DevicePlatform>(DEVICE_PLATFORMS);

/**
 * @param claims of a token that was verified
 * @throws Unauthenticated
 */
export function readDeviceClaims(claims: JsonObject): DeviceClaims {
  const { dev, user } = claims;
  if (!isJsonObject(dev) || !isJsonObject(user)) throw new Unauthenticated('token.dev: not a device token');
  const { id, platform, app, version, format, integrity } = dev;
  if (typeof id !== 'string' || typeof app !== 'string' || typeof version !== 'string')
    throw new Unauthenticated('token.dev: not a device');
  if (!isPlatform(platform) || !isFormat(format) || !isIntegrity(integrity))
    throw new Unauthenticated('token.dev: not a device');
  return { device: Object.freeze({ id, platform, app, version, format, integrity }), user };
}

function isPlatform(value: Json | undefined): value is DevicePlatform {
  return PLATFORMS.has(value);
}

function isFormat(value: Json | undefined): value is AttestationFormat {
  return FORMATS.has(value);
}

function isIntegrity(value: Json | undefined): value is DeviceFacts['integrity'] {
  return INTEGRITIES.has(value);
}
