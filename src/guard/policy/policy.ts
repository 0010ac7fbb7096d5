import type { YamlFile } from '../../config/yaml-file.ts';
import type { FieldType, Grant } from '../contract/grant.ts';
import type { AnomaliesConfig, DeviceRequirement, DevicesConfig } from './devices-config.ts';
import type { IdentityConfig } from './identity-config.ts';
import type { JournalConfig, KeysConfig } from './journal-config.ts';
import type { LimitsConfig, RoleLimits } from './limits-config.ts';
import type { AdminConfig, ListenerConfig } from './listener-config.ts';
import type { ApiConfig, DataConfig, VaultConfig } from './resources-config.ts';
import type { SqlUpstreamConfig, UpstreamConfig } from './upstream-config.ts';

/** One reading of guard.yaml: immutable; a request uses one from its beginning to its end. */
export interface Policy {
  /** The file, absolute. */
  readonly path: string;
  /** SHA-256 of the file's text, hex: which policy a journal entry speaks of. */
  readonly hash: string;
  readonly listeners: readonly ListenerConfig[];
  readonly admin: AdminConfig | null;
  readonly upstreams: ReadonlyMap<string, UpstreamConfig>;
  /** Databases that only resources can be declared on. Names are unique over both. */
  readonly databases: ReadonlyMap<string, SqlUpstreamConfig>;
  readonly identity: IdentityConfig;
  /** In the policy's order, which decides. */
  readonly roles: readonly Role[];
  readonly journal: JournalConfig;
  readonly limits: LimitsConfig;
  readonly keys: KeysConfig;
  readonly workers: number;
  /** Typed resources; null: none are declared. */
  readonly api: ApiConfig | null;
  readonly data: DataConfig;
  /** Null: no field is encrypted. */
  readonly vault: VaultConfig | null;
  readonly devices: DevicesConfig | null;
  readonly anomalies: AnomaliesConfig | null;
  /** Absolute paths of the files that the policy names and that take part in decisions: watched with it. */
  readonly files: readonly string[];
  /** The file with its positions, for the lint. */
  readonly source: YamlFile;
}

export interface Role {
  readonly name: string;
  /** One of them must hold. */
  readonly match: readonly RoleMatch[];
  readonly mode: 'strict' | 'compat';
  /** Watched and not enforced until then (ms since the epoch). */
  readonly observe: { readonly until: number } | null;
  readonly limits: RoleLimits;
  /** What it asks of the device; null: nothing. */
  readonly device: DeviceRequirement | null;
  readonly rules: readonly Rule[];
}

export interface RoleMatch {
  readonly source: 'issuer' | 'api-key' | 'certificate' | 'anonymous';
  /** Name of the issuer or certificate source, id of the API key; empty for `anonymous`. */
  readonly name: string;
  /** All of them must hold. */
  readonly claims: readonly ClaimCondition[];
}

export interface ClaimCondition {
  readonly path: readonly string[];
  readonly test: 'equals' | 'contains' | 'oneOf';
  readonly values: readonly (string | number | boolean)[];
}

export interface Rule {
  /** `roles.mobile.rules[0]`. */
  readonly position: string;
  readonly role: string;
  readonly upstream: string;
  /** Concrete names as listed, then expanded patterns (only with a catalogue). */
  readonly indices: readonly string[];
  readonly patterns: readonly string[];
  /** Only with exactly one index. */
  readonly aliases: readonly string[];
  /** The grant of every listed index, in order. */
  readonly grants: readonly Grant[];
  /** The grant of an index that a pattern matched. */
  grantFor(index: string): Grant;
  /** Types of all fields that the rule speaks of, those of its filter too. */
  readonly types: ReadonlyMap<string, FieldType>;
}

/** What indices the stores have: names of indices and data streams, without aliases. */
export interface Catalogue {
  /** The same set until something changed: its identity is the key of caches. */
  indices(upstream: string): ReadonlySet<string>;
}
