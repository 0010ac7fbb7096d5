import type { OperationName } from '../contract/grant.ts';
import type { RefusalCode } from '../contract/refusal.ts';

/**
 * What the pipeline knows about one answered request. Nothing in it was written by the client, and no value is a
 * person's: who asked appears as keyed hashes that are made before they come here.
 */
export interface DecisionEntry {
  /** ms since the epoch. */
  readonly time: number;
  /** The gateway's own. */
  readonly requestId: string;
  /** Null when the request was refused before it was understood. */
  readonly operation: OperationName | null;
  readonly decision: 'allow' | 'deny';
  /** Why, when it was refused. */
  readonly code: RefusalCode | null;
  /** `Refusal.detail`: positions in the request's grammar, never values. */
  readonly detail?: string | null;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly role: string | null;
  /** Positions in the policy: `roles.mobile.rules[0]`. */
  readonly rules: readonly string[];
  readonly upstream: string | null;
  /** Concrete names from the policy. */
  readonly indices: readonly string[];
  /** Documents that the answer shows. */
  readonly documents: number;
  /** Keyed hash of `Principal.id`; null for a stranger. */
  readonly principal: string | null;
  /** Keyed hash of the peer's address, or its network prefix. */
  readonly peer: string | null;
  /** What enforcing would have done, for a role that is only observed. */
  readonly observed: 'deny' | 'narrow' | null;
  readonly durationMicros: number;
  /** Which app asked: `ios 5.2.0` where it was attested, `unattested below 5.0.0` by the policy's own words, or nothing. */
  readonly app?: string | null;
  readonly authKind: 'token' | 'api-key' | 'certificate' | 'anonymous' | null;
}
