import { DEVICE_PLATFORMS } from '../contract/device.ts';
import { OPERATIONS } from '../contract/grant.ts';
import { RESOURCE_OPERATIONS } from '../contract/resource.ts';
import { roleLimitsOf } from './compile-limits.ts';
import type { DeviceRequirement, LegacyVersions } from './devices-config.ts';
import type { Path, Problems } from './problems.ts';
import type { RequirementFile } from './schema/device.ts';
import type { PolicyFile } from './schema/policy.ts';

const LONGEST_LEGACY = 2 * 366 * 86_400_000;

/** Null where the role asks nothing. */
export function compileRequirement(
  name: string,
  file: PolicyFile,
  now: number,
  problems: Problems,
): DeviceRequirement | null {
  const device = file.roles[name]?.device;
  if (!device) return null;
  const path = ['roles', name, 'device'];
  if (!file.devices && (device.attested || device.fresh.length > 0)) {
    problems.add(path, 'no device can be enrolled', 'Add `devices:` to the policy, or `attested: false`.');
  }
  if (!device.attested) {
    if (device.integrity !== 'basic') {
      problems.add([...path, 'integrity'], 'is what an attestation says', 'Leave it out, or use `attested: true`.');
    }
    if (device.legacy.length > 0) {
      problems.add(
        [...path, 'legacy'],
        'is for versions without attestation, and none is asked for',
        'Leave it out, or use `attested: true`.',
      );
    }
  }
  const minimumVersion = new Map(
    DEVICE_PLATFORMS.flatMap((platform) => {
      const version = device.minimumVersion[platform];
      return version === undefined ? [] : [[platform, version] as const];
    }),
  );
  checkFresh(device, name, file, path, problems);
  return Object.freeze({
    attested: device.attested,
    minimumVersion,
    integrity: device.integrity,
    fresh: new Set(device.fresh),
    legacy: Object.freeze(
      device.legacy.map((one, index): LegacyVersions => {
        const at = [...path, 'legacy', index];
        if (one.until - now > LONGEST_LEGACY) {
          problems.add([...at, 'until'], 'is more than two years ahead', 'Choose a nearer day; it can be moved later.');
        }
        return Object.freeze({
          platform: one.platform ?? null,
          below: one.below,
          until: one.until,
          limits: roleLimitsOf(one.limits, [...at, 'limits'], problems),
        });
      }),
    ),
  });
}

function checkFresh(device: RequirementFile, role: string, file: PolicyFile, path: Path, problems: Problems): void {
  for (const [index, operation] of device.fresh.entries()) {
    const at = [...path, 'fresh', index];
    const [resource = '', verb, ...more] = operation.split('.');
    if (verb === undefined) {
      if (!(OPERATIONS as readonly string[]).includes(operation)) {
        problems.add(
          at,
          'is not an operation',
          `Write RESOURCE.OPERATION, e.g. orders.delete, or one of ${OPERATIONS.join(', ')}.`,
        );
      }
      continue;
    }
    const declared = Object.hasOwn(file.resources, resource) ? file.resources[resource] : undefined;
    if (more.length > 0 || !declared) {
      const names = Object.keys(file.resources).join(', ');
      problems.add(
        at,
        'there is no resource of this name',
        names ? `Known: ${names}.` : 'Declare it under `resources`.',
      );
    } else if (!(RESOURCE_OPERATIONS as readonly string[]).includes(verb)) {
      problems.add(at, 'is not an operation of a resource', `Known: ${RESOURCE_OPERATIONS.join(', ')}.`);
    } else {
      const granted = Object.hasOwn(declared.roles, role) ? (declared.roles[role] ?? []) : [];
      if (!(granted as readonly string[]).includes(verb)) {
        problems.add(
          at,
          `the role ${role} may not do this`,
          `Grant it under \`resources.${resource}.roles\`, or leave it out.`,
        );
      }
    }
  }
}
