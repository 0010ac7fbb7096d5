import { PosternError } from '../core/errors.ts';
import type { Rule } from '../core/rule.ts';
import type { Dialer, NetworkTarget } from '../net/index.ts';
import { isCalled, oneOfEach } from './faces.ts';
import { openRule } from './rules.ts';
import { runProbe } from './runner.ts';
import { type ControlOptions, type ControlResult, runServiceControl } from './runner-control.ts';
import type { ProbeTarget } from './runner-plan.ts';
import type { AddressReach } from './runner-reach.ts';
import type { ControlCredentials, ProbeContext, ProbeResult, ProbeService, ValueSink } from './service.ts';
import { services } from './services/index.ts';

export { services };

export interface ProbeAllOptions {
  /** Those asked; all by default. */
  services?: readonly ProbeService[];
  dialer?: Dialer;
  /** One login with an empty password outside loopback as well; on loopback it is always tried. */
  emptyPassword?: boolean;
  /** Which fields tell people apart, so that stores can be asked how many there are. */
  subjectFields?: ProbeContext['subjectFields'];
  /** Where up to five values per field go, in memory; left out: no value is asked for. */
  values?: ValueSink;
  /** Headers that sign an account of the owner in, for HTTP services over private links. */
  signedIn?: Readonly<Record<string, string>>;
  /** Milliseconds for one service's dialogue on one port; 8,000 by default. */
  deadlineMs?: number;
  concurrency?: number;
  /** Knocks on unused ports of each address, too, and tells what became of them. */
  onReach?: (reach: AddressReach) => void;
  /** True for a port that an earlier run asked already: it is left out. */
  isAsked?: (target: ProbeTarget, address: string, port: number) => boolean;
  /** A target is done: all its results were given. */
  onDone?: (target: ProbeTarget) => void;
  /** How many ports there are to ask: at the start of a list as if each host had one address, then as it turns out. */
  onPlanned?: (ports: number) => void;
  signal?: AbortSignal;
}

/**
 * Asks each target as a stranger would. Results stream in the order in which they are known.
 *
 * @throws PosternError `E_USAGE` for a service that does not exist
 */
export function probe(
  targets: readonly ProbeTarget[] | AsyncIterable<ProbeTarget>,
  options: ProbeAllOptions = {},
): AsyncIterable<ProbeResult> {
  return runProbe(targets, { services, ...options });
}

/** One rule per service: `probe/<service>-open`. */
export const probeRules: readonly Rule[] = oneOfEach(services).map((service) =>
  openRule(
    service,
    services.filter(({ id }) => id === service.id),
  ),
);

/**
 * Whether the owner's own way in works: the positive control of `verify`.
 *
 * @throws PosternError `E_USAGE` for a service that does not exist; `E_SCOPE` for a target that no scope made
 */
export async function runControl(
  target: NetworkTarget,
  service: string,
  port: number,
  credentials: ControlCredentials,
  options: ControlOptions = {},
): Promise<ControlResult> {
  const named = services.filter((one) => isCalled(one, service));
  const found =
    named.find((one) => one.control !== undefined && one.ports.some((own) => own.port === port)) ??
    named.find((one) => one.control !== undefined) ??
    named[0];
  if (found === undefined) throw new PosternError('E_USAGE', `There is no service "${service}".`);
  return await runServiceControl(target, found, port, credentials, options);
}

export {
  type AccessOutcome,
  accessOfStore,
  accessRules,
  apiAssetId,
  dryAccess,
  endpointsOf,
  probeAccess,
} from './access/index.ts';
export { findingsOf, skipOf } from './findings.ts';
export type { ControlOptions, ControlResult } from './runner-control.ts';
export type { ProbeTarget } from './runner-plan.ts';
export type { AddressReach } from './runner-reach.ts';
export { parseTarget, parseTargets, type TargetLine } from './targets.ts';
