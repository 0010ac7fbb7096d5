import { PosternError } from '../core/errors.ts';
import type { Rule } from '../core/rule.ts';
import type { Dialer, NetworkTarget } from '../net/index.ts';
import { openRule } from './rules.ts';
import { runProbe } from './runner.ts';
import { type ControlOptions, type ControlResult, runServiceControl } from './runner-control.ts';
import type { ProbeTarget } from './runner-plan.ts';
import type { ControlCredentials, ProbeResult, ProbeService } from './service.ts';
import { couchdb } from './services/couchdb/index.ts';
import { elasticsearch } from './services/elasticsearch/index.ts';
import { firebaseRtdb } from './services/firebase-rtdb/index.ts';
import { memcached } from './services/memcached/index.ts';
import { mongodb } from './services/mongodb/index.ts';
import { mqtt } from './services/mqtt/index.ts';
import { mysql } from './services/mysql/index.ts';
import { opensearch } from './services/opensearch/index.ts';
import { postgresql } from './services/postgresql/index.ts';
import { redis } from './services/redis/index.ts';
import { s3 } from './services/s3/index.ts';

/** Every service that can be asked, in the fixed order in which services of one port are told apart. */
export const services: readonly ProbeService[] = [
  elasticsearch,
  opensearch,
  couchdb,
  s3,
  firebaseRtdb,
  redis,
  memcached,
  postgresql,
  mysql,
  mongodb,
  mqtt,
];

export interface ProbeAllOptions {
  /** Those asked; all by default. */
  services?: readonly ProbeService[];
  dialer?: Dialer;
  /** One login with an empty password outside loopback as well; on loopback it is always tried. */
  emptyPassword?: boolean;
  /** Milliseconds for one service's dialogue on one port; 8,000 by default. */
  deadlineMs?: number;
  concurrency?: number;
  signal?: AbortSignal;
}

/**
 * Asks each target as a stranger would. Results stream in the order in which they are known.
 *
 * @throws PosternError `E_USAGE` for a service that does not exist
 */
export function probe(targets: readonly ProbeTarget[], options: ProbeAllOptions = {}): AsyncIterable<ProbeResult> {
  return runProbe(targets, { services, ...options });
}

/** One rule per service: `probe/<service>-open`. */
export const probeRules: readonly Rule[] = services.map(openRule);

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
  const found = services.find((one) => one.id === service);
  if (found === undefined) throw new PosternError('E_USAGE', `There is no service "${service}".`);
  return await runServiceControl(target, found, port, credentials, options);
}

export { findingsOf, skipOf } from './findings.ts';
export type { ControlOptions, ControlResult } from './runner-control.ts';
export type { ProbeTarget } from './runner-plan.ts';
export { parseTarget, parseTargets, type TargetLine } from './targets.ts';
