/** What an access check is given and what it gives back. Ids, tokens and values live in memory and in none of the results. */
import type { Access } from '../../core/access.ts';
import type { ExchangeEvidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import type { Confidence } from '../../core/severity.ts';
import type { Skip } from '../../core/skip.ts';
import type { Dialer } from '../../net/index.ts';

/** One way to read one object by its id. */
export interface ApiEndpoint {
  /** With exactly one `{name}` where the id stands: `/orders/{id}`. */
  path: string;
  /** Where an account lists its own objects: `/orders`. */
  list?: string;
  /** The field of a listed object that holds its id. */
  idField?: string;
  /** The field of an object that names its owner, as a dotted path. */
  ownerField?: string;
  /** Everybody may read these objects: told, and no finding. */
  public?: boolean;
}

/** How an app that was never updated asks. */
export interface OldApp {
  /** As shown: the version, or `old app`. */
  name: string;
  headers: Readonly<Record<string, string>>;
  /** In place of the API's own prefix: `/v1`. */
  prefix?: string;
}

export interface Api {
  port: number;
  tls: boolean;
  /** Before every path: `/v2`, or nothing. */
  prefix: string;
  endpoints: readonly ApiEndpoint[];
  oldApps: readonly OldApp[];
  /** Operations that are known and not asked, with the reason. */
  notTested: readonly string[];
}

/** An account that the owner made for this. Its headers are secrets: they are sent over private links and never told. */
export interface Account {
  /** As the owner calls it; shown. */
  name: string;
  headers: Readonly<Record<string, string>>;
  /** Its own objects by endpoint path; in memory only. */
  ids: Readonly<Record<string, readonly string[]>>;
  /** For stores: only this service is asked with it. */
  service?: string;
  /** For stores: only this port is asked with it. */
  port?: number;
  /** A user name and its password, where the account has them: what the positive control of a store logs in with. */
  login?: { username: string; password: string };
}

export interface AccessConfig {
  api: Api;
  accounts: readonly Account[];
}

export interface AccessOptions {
  dialer?: Dialer;
  /** Milliseconds for all requests of one endpoint; 30,000 by default. */
  deadlineMs?: number;
  /** Milliseconds for the first answer of a connection; 8,000 by default. */
  firstByteMs?: number;
  /** Whether field names tell of people. */
  isPersonal?: (fields: readonly string[]) => boolean;
  now?: () => Date;
  signal?: AbortSignal;
}

/** What was told of one endpoint. */
export interface EndpointAccess {
  /** `GET /orders/{id}`. */
  what: string;
  access: Access[];
  /** Names of fields that somebody else than the owner was given. */
  fields: string[];
  confidence: Confidence;
  /** What it means that a stranger is given an object: `shared` ones are no news unless they tell of people. */
  objects: 'owned' | 'shared' | 'public';
  /** An old app was given what stands shut otherwise. */
  oldAppMatters: boolean;
  exchanges: ExchangeEvidence[];
}

export interface AccessOutcome {
  /** Host, as the owner wrote it, and port. */
  host: string;
  port: number;
  /** Null when nothing was asked. */
  address: string | null;
  endpoints: EndpointAccess[];
  access: Access[];
  exchanges: ExchangeEvidence[];
  findings: Finding[];
  skips: Skip[];
}
