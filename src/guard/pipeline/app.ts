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
  /** Of an old version without attestation: what lets it in, each with limits of its own. */
  readonly legacy: readonly LegacyVersions[];
  /** Whoever was held has proven itself by an assertion. */
  readonly proven: boolean;
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

/**
 * What is asked of the device: by every role that has a part in the decision, and by a hold that wants the person to prove
 * itself anew.
 *
 * @throws Refusal `device`, `outdated`, `step_up`
 */
export function appOf({ raw, request, principal, now, plan, standing, snapshot }: Asked): App | Promise<App> {
  const { device } = principal;
  const known = device === undefined ? null : `${device.platform} ${device.version}`;
  const names = [plan.named ?? plan.operation, ...(plan.means ?? [])];
  const held = standing.kind === 'step-up' && !isWayOut(plan);
  const asked = requirementsOf(plan, snapshot);
  const wanted = held || asked.some(({ fresh }) => names.some((name) => fresh.has(name)));
  const requirements = asked.length === 0 && held ? [ATTESTED] : asked;
  if (requirements.length === 0) {
    return device === undefined ? NO_APP : { name: known, version: known, legacy: [], proven: false };
  }
  const { devices } = snapshot;
  if (devices === null) throw new Refusal('device', 'devices: none are in the policy');
  const [operation = plan.operation] = names;
  // An assertion can be used once: it is asked for with the last requirement, when nothing else can refuse any more.
  const fresh = wanted ? new Set([operation]) : NONE;
  const check = (requirement: DeviceRequirement, last: boolean) =>
    devices.check(
      { ...requirement, attested: held || requirement.attested, fresh: last ? fresh : NONE },
      principal,
      request,
      raw,
      operation,
      now,
    );
  const before = requirements.slice(0, -1).map((requirement) => check(requirement, false));
  return Promise.all(before).then(async (met) => {
    met.push(await check(requirements.at(-1)!, true));
    const legacy = met.flatMap((one) => (one.legacy === null ? [] : [one.legacy]));
    const name = legacy[0] === undefined ? known : `unattested below ${legacy[0].below}`;
    return { name, version: name, legacy, proven: held };
  });
}

const NONE: ReadonlySet<string> = new Set();
const NO_APP: App = Object.freeze({ name: null, version: null, legacy: [], proven: false });

function requirementsOf(plan: Plan, snapshot: Snapshot): readonly DeviceRequirement[] {
  // A device becomes an attested one by them.
  if (plan.operation.startsWith('device.')) return [];
  return (plan.roles ?? [plan.role]).flatMap((role) => snapshot.requirementOf(role) ?? []);
}

/**
 * Without a token no assertion can be made: whoever is held may renew that of a device that is enrolled already, which the
 * device has to prove itself for, and end an enrolment. Not enrol another one.
 */
function isWayOut({ operation }: Plan): boolean {
  return operation === 'device.challenge' || operation === 'device.token' || operation === 'device.revoke';
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
  for (const [at, { limits }] of legacy.entries()) add(legacyName(who, at), 'principal', limits.documents, 'exact');
  if (shared === undefined) return spenders;
  if (device !== null) add(`device:${device}`, 'device', shared.device?.documents ?? null, shared.counting);
  if (version !== null) add(`version:${version}`, 'version', shared.version?.documents ?? null, shared.counting);
  return spenders;
}

/** What an old version is counted as, beside the principal itself: under each entry that let it in. */
export function legacyName(who: string, at: number): string {
  return at === 0 ? `legacy:${who}` : `legacy-${at}:${who}`;
}
