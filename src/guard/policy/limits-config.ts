import type { SecretReference } from '../../config/secret.ts';

/** Where limits are counted, and the limits that hold before anyone is known. */
export interface LimitsConfig {
  readonly store: LimitsStoreConfig;
  /** What a request gets while the store of the limits cannot be reached. */
  readonly onFailure: 'refuse' | 'allow';
  /** Per address of the network peer, before authentication; null: none. */
  readonly peer: CallLimits | null;
  /** Per key that requests are bound to (DPoP key or client certificate); null: none. */
  readonly device: RoleLimits | null;
  /** Distinct documents of all requests of one app version; null: none. */
  readonly version: Pick<RoleLimits, 'documents'> | null;
  /** How documents are counted in a shared store: every one, or estimated (HyperLogLog, standard error 0.81 %). */
  readonly counting: 'exact' | 'estimate';
}

export type LimitsStoreConfig =
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'valkey';
      /** `redis://` or `rediss://`, without a password. */
      readonly url: string;
      readonly username: string | null;
      readonly password: SecretReference | null;
      /** Absolute path of a PEM file; null: the system's authorities. */
      readonly ca: string | null;
      /** Begins every key. */
      readonly prefix: string;
    };

export interface CallLimits {
  readonly rate: Rate | null;
  /** Requests at the same time; null: any number. */
  readonly concurrent: number | null;
}

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/** What a role allows each of its principals. With several roles the loosest value holds. */
export interface RoleLimits extends CallLimits {
  /** Distinct documents seen in a window; null: any number. */
  readonly documents: { readonly count: number; readonly windowMs: number } | null;
}

export const NO_LIMITS: RoleLimits = Object.freeze({ rate: null, concurrent: null, documents: null });
