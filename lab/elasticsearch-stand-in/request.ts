/** What a route gets and gives. */
import type { StoredIndex } from './index-set.ts';
import { resolveIndices } from './index-set.ts';
import type { Json } from './json.ts';
import type { StandInUser } from './security.ts';

export interface StandInCluster {
  name: string;
  uuid: string;
  version: string;
  indices: readonly StoredIndex[];
  securityEnabled: boolean;
  /** Clock of date math, ms since the epoch. */
  now(): number;
}

export interface StandInRequest {
  method: string;
  path: string;
  parameters: URLSearchParams;
  body: string;
  user: StandInUser | undefined;
}

export type StandInAnswer = { status: number; json: Json } | { status: number; text: string };

/** The indices that an expression in a path names. */
export function chosen(
  request: StandInRequest,
  expression: string | undefined,
  cluster: StandInCluster,
): StoredIndex[] {
  return resolveIndices(cluster.indices, expression, {
    ignoreUnavailable: request.parameters.get('ignore_unavailable') === 'true',
  });
}
