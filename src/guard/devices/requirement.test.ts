import { describe, expect, it } from 'vitest';
import type { DeviceFacts, DeviceProof } from '../contract/device.ts';
import { Refusal } from '../contract/refusal.ts';
import type { DeviceRequirement, LegacyVersions } from '../policy/devices-config.ts';
import { NO_LIMITS } from '../policy/limits-config.ts';
import { meet } from './requirement.ts';

const NOW = Date.UTC(2026, 10, 22);
const NOTHING: DeviceRequirement = {
  attested: false,
  minimumVersion: new Map(),
  integrity: 'basic',
  fresh: new Set(),
  legacy: [],
};
const ATTESTED: DeviceRequirement = {
  ...NOTHING,
  attested: true,
  integrity: 'device',
  minimumVersion: new Map([
    ['ios', '5.2.0'],
    ['android', '50200'],
  ]),
};
const OLD: LegacyVersions = { platform: 'android', below: '5.0.0', until: NOW + 1, limits: NO_LIMITS };
const ANY: LegacyVersions = { platform: null, below: '2.0', until: NOW + 1, limits: NO_LIMITS };
const OVER: LegacyVersions = { ...OLD, until: NOW };
const LEGACY: DeviceRequirement = { ...ATTESTED, legacy: [OVER, OLD, ANY] };

function device(changes: Partial<DeviceFacts> = {}): DeviceProof {
  const facts: DeviceFacts = {
    id: 'd',
    platform: 'ios',
    app: 'org.example.shop',
    version: '5.2.0',
    format: 'app-attest',
    integrity: 'device',
    ...changes,
  };
  return { facts, claimedVersion: null, claimedPlatform: null };
}

function word(version: string | null, platform: DeviceProof['claimedPlatform'] = 'android'): DeviceProof {
  return { facts: null, claimedVersion: version, claimedPlatform: platform };
}

function outcome(requirement: DeviceRequirement, proof: DeviceProof): string {
  try {
    const legacy = meet(requirement, proof, NOW);
    return legacy === null ? 'met' : `legacy below ${legacy.below}`;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('a requirement', () => {
  it.each<[string, DeviceRequirement, DeviceProof, string]>([
    ['nothing, and no device', NOTHING, word(null, null), 'met'],
    ['nothing, and a device', NOTHING, device({ integrity: 'basic', version: '0.1' }), 'met'],
    ['an attested app, and one', ATTESTED, device(), 'met'],
    ['an attested app, and a newer one', ATTESTED, device({ version: '5.10' }), 'met'],
    ['an attested app, and none', ATTESTED, word(null, null), 'device'],
    ['an attested app, and the word for one', ATTESTED, word('5.2.0', 'ios'), 'device'],
    ['an attested app, and the word for an old one', ATTESTED, word('1.0', 'ios'), 'device'],
    ['a version, and one below', ATTESTED, device({ version: '5.1.9' }), 'outdated'],
    ['a version code, and one below', ATTESTED, device({ platform: 'android', version: '50199' }), 'outdated'],
    ['a version code, and dots', ATTESTED, device({ platform: 'android', version: '9.0.0' }), 'outdated'],
    ['dots, and a version code', ATTESTED, device({ version: '99999' }), 'outdated'],
    ['a version of another platform alone', ATTESTED, device({ platform: 'web', version: '0.1' }), 'met'],
    ['integrity, and less', ATTESTED, device({ integrity: 'basic' }), 'device'],
    ['integrity, and more', ATTESTED, device({ integrity: 'strong' }), 'met'],
    ['strong integrity, and less', { ...ATTESTED, integrity: 'strong' }, device(), 'device'],
    [
      'less integrity than it has, and an old version',
      ATTESTED,
      device({ integrity: 'basic', version: '1.0' }),
      'device',
    ],

    ['old versions let in, and one of them', LEGACY, word('4.9.9'), 'legacy below 5.0.0'],
    ['old versions let in, and the first that is none', LEGACY, word('5.0.0'), 'device'],
    ['old versions let in, and another platform', LEGACY, word('4.9.9', 'ios'), 'device'],
    ['old versions let in, and no platform', LEGACY, word('4.9.9', null), 'device'],
    ['old versions of any platform let in', LEGACY, word('1.9', 'ios'), 'legacy below 2.0'],
    ['old versions of any platform let in, and none said', LEGACY, word('1.9', null), 'legacy below 2.0'],
    ['old versions let in, and no version', LEGACY, word(null), 'device'],
    ['old versions let in, and a code', LEGACY, word('40900'), 'device'],
    ['old versions let in, and an old one that is attested', LEGACY, device({ version: '4.0.0' }), 'outdated'],
    ['old versions whose sunset is over', { ...ATTESTED, legacy: [OVER] }, word('4.9.9'), 'outdated'],
    ['old versions whose sunset is over, and a new one', { ...ATTESTED, legacy: [OVER] }, word('5.0.0'), 'device'],

    ['a version by word, and one', { ...ATTESTED, attested: false }, word('5.2.0', 'ios'), 'met'],
    ['a version by word, and one below', { ...ATTESTED, attested: false }, word('5.1.0', 'ios'), 'outdated'],
    ['a version by word, and none', { ...ATTESTED, attested: false }, word(null, 'ios'), 'outdated'],
    ['a version by word, and no platform', { ...ATTESTED, attested: false }, word('9.0', null), 'outdated'],
    ['a version by word, and a platform without one', { ...ATTESTED, attested: false }, word(null, 'web'), 'met'],
    [
      'a version by word, and an attested one below',
      { ...ATTESTED, attested: false },
      device({ version: '1.0' }),
      'outdated',
    ],
  ])('of %s', (_, requirement, proof, expected) => {
    expect(outcome(requirement, proof)).toBe(expected);
  });
});
