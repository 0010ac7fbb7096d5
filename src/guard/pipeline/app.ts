/** Which app and device a request comes from, whether that suffices, and whose budgets its answer is taken from. */
import type { Standing } from '../anomalies/index.ts';
import type { Principal } from '../contract/principal.ts';
import { Refusal } from '../contract/refusal.ts';
import type { ParsedRequest, RawRequest } from '../contract/request.ts';
import type { Plan } from '../contract/store.ts';
import type { Spender } from '../limits/index.ts';
import type { DeviceRequirement, LegacyVersions } from '../policy/devices-config.ts';
import type { LimitsConfig, RoleLimits } from '../policy/limits-config.ts';
import type { Snapshot } from './snapshot.ts';

export type SharedBudgets = Pick<LimitsConfig, 'device' | 'version' | 'counting'>;

export interface App {
  /** In the journal's words; null where nothing is known. Holds nothing that a client may choose freely. */
  readonly name: string | null;
  /** What versions are counted together under. */
  readonly version: string | null;
  /** An old version without attestation, which is let in under limits of its own. */
  readonly legacy: LegacyVersions | null;
}

interface Asked {
  readonly raw: RawRequest;
  readonly request: ParsedRequest;
  readonly principal: Principal;
  readonly now: number;
  readonly plan: Plan;
  readonly standing: Standing;
  readonly snapshot: Snapshot;
}

/** Of a principal that has to prove itself anew, whatever its roles ask. */
const ATTESTED: DeviceRequirement = Object.freeze({
  attested: true,
  minimumVersion: new Map(),
  integrity: 'basic',
  fresh: new Set<string>(),
  legacy: [],
});

/** @throws Refusal `device`, `outdated`, `step_up` */
export function appOf({ raw, request, principal, now, plan, standing, snapshot }: Asked): App | Promise<App> {
  const { device } = principal;
  const known = device === undefined ? null : `${device.platform} ${device.version}`;
  const operation = plan.named ?? plan.operation;
  const required = isDeviceOperation(plan) ? null : snapshot.requirementOf(plan.role);
  const requirement = standing.kind === 'step-up' ? freshly(required ?? ATTESTED, operation) : required;
  if (requirement === null) return device === undefined ? NO_APP : { name: known, version: known, legacy: null };
  const { devices } = snapshot;
  if (devices === null) throw new Refusal('device', 'devices: none are in the policy');
  const checked = devices.check(requirement, principal, request, raw, operation, now);
  return Promise.resolve(checked).then(({ legacy }) => {
    const name = legacy === null ? known : `unattested below ${legacy.below}`;
    return { name, version: name, legacy };
  });
}

const NO_APP: App = Object.freeze({ name: null, version: null, legacy: null });

function freshly(requirement: DeviceRequirement, operation: string): DeviceRequirement {
  return { ...requirement, attested: true, fresh: new Set([operation]) };
}

/** A device becomes an attested one by them. */
function isDeviceOperation({ operation }: Plan): boolean {
  return operation.startsWith('device.');
}

/**
 * @param who keyed hash of the principal
 * @param device keyed hash of the key that its requests are bound to
 */
export function spendersOf(
  who: string,
  device: string | null,
  { documents }: RoleLimits,
  { version, legacy }: App,
  shared: SharedBudgets | undefined,
): readonly Spender[] {
  const spenders: Spender[] = [];
  const add = (id: string, scope: Spender['scope'], budget: RoleLimits['documents'], counting: Spender['counting']) => {
    if (budget !== null) spenders.push({ id, scope, counting, ...budget });
  };
  add(who, 'principal', documents, 'exact');
  if (legacy !== null) add(`legacy:${who}`, 'principal', legacy.limits.documents, 'exact');
  if (shared === undefined) return spenders;
  if (device !== null) add(`device:${device}`, 'device', shared.device?.documents ?? null, shared.counting);
  if (version !== null) add(`version:${version}`, 'version', shared.version?.documents ?? null, shared.counting);
  return spenders;
}
