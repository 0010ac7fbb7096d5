/**
 * Whether the device behind a request is what a role asks for.
 *
 *   attested   integrity at least, version at least, an assertion over this request where the operation needs a fresh one
 *   claimed    headers `app-version` and `app-platform` of an app without attestation: its word alone. Old versions that the
 *              policy still lets in come in by it, each with its own limits, until its sunset; where the role does not ask for
 *              attestation, the lowest version is compared with it.
 */
import { DEVICE_PLATFORMS, type DevicePlatform, type DeviceProof } from '../contract/device.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest } from '../contract/request.ts';
import type { DeviceRequirement, LegacyVersions } from '../policy/devices-config.ts';
import { compareVersions, isVersion } from './version.ts';

export const VERSION_HEADER = 'app-version';
export const PLATFORM_HEADER = 'app-platform';

const RANK = { basic: 0, device: 1, strong: 2 } as const;

/** What a request says of its device. Claims that are malformed are none. */
export function proofOf(principal: Principal, request: ParsedRequest): DeviceProof {
  const version = request.headers.get(VERSION_HEADER);
  const platform = request.headers.get(PLATFORM_HEADER);
  return {
    facts: principal.device ?? null,
    claimedVersion: version !== undefined && isVersion(version) ? version : null,
    claimedPlatform: DEVICE_PLATFORMS.find((one): one is DevicePlatform => one === platform) ?? null,
  };
}

/**
 * All but the freshness of an operation.
 *
 * @returns the entry of old versions that lets the request in; null where none was needed
 * @throws Refusal `device`, `outdated`
 */
export function meet(requirement: DeviceRequirement, proof: DeviceProof, now: number): LegacyVersions | null {
  const { facts } = proof;
  if (facts === null) return requirement.attested ? legacyOf(requirement, proof, now) : meetByWord(requirement, proof);
  if (RANK[facts.integrity] < RANK[requirement.integrity]) throw new Refusal('device', 'device: too little integrity');
  const minimum = requirement.minimumVersion.get(facts.platform);
  // What cannot be compared is not known to be new enough.
  if (minimum !== undefined && !isAtLeast(facts.version, minimum))
    throw new Refusal('outdated', 'device: a version below the lowest');
  return null;
}

function legacyOf(
  { legacy }: DeviceRequirement,
  { claimedVersion, claimedPlatform }: DeviceProof,
  now: number,
): LegacyVersions {
  if (claimedVersion === null) throw new Refusal('device', 'device: none');
  let over = false;
  for (const entry of legacy) {
    if (entry.platform !== null && entry.platform !== claimedPlatform) continue;
    const order = compareVersions(claimedVersion, entry.below);
    if (order === undefined || order >= 0) continue;
    if (now < entry.until) return entry;
    over = true;
  }
  throw over
    ? new Refusal('outdated', 'device: the sunset of this version is over')
    : new Refusal('device', 'device: none');
}

function meetByWord(
  { minimumVersion }: DeviceRequirement,
  { claimedVersion, claimedPlatform }: DeviceProof,
): LegacyVersions | null {
  if (minimumVersion.size === 0) return null;
  // A platform that the policy does not name has no lowest version; one that the request does not name could be any.
  const minimum = claimedPlatform === null ? undefined : minimumVersion.get(claimedPlatform);
  if (claimedPlatform !== null && minimum === undefined) return null;
  if (minimum === undefined || claimedVersion === null || !isAtLeast(claimedVersion, minimum))
    throw new Refusal('outdated', 'device: no version that is new enough');
  return null;
}

function isAtLeast(version: string, minimum: string): boolean {
  const order = compareVersions(version, minimum);
  return order !== undefined && order >= 0;
}
