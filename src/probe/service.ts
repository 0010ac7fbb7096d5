/** The contract between the probe runner and its services. A service is one folder with an `index.ts`. */
import type { ExchangeEvidence } from '../core/evidence.ts';
import type { Verdict } from '../core/verdict.ts';
import type { AllowList } from '../net/allow-list.ts';
import type { Connection, HttpSession } from '../net/connection.ts';

export interface ServicePort {
  port: number;
  /** `first`: TLS from the first byte; `retry`: plain first, TLS once if the peer wants it; `never`. */
  tls: 'first' | 'retry' | 'never';
  /** Asked only where the scope entry says `managedService` or the user names the service: the provider's edge on 443. */
  managedOnly?: true;
}

export interface ProbeOptions {
  /** One login with an empty password (MySQL/MariaDB). On by default for loopback targets only. */
  emptyPassword: boolean;
  /** Buckets that the scope names, for object stores whose list of buckets is refused although a bucket is open. */
  buckets?: readonly string[];
}

/** What a service's dialogue gets. Deadlines, byte budgets, TLS retry and the allow-list live below it. */
export interface ProbeContext {
  readonly host: string;
  readonly port: number;
  readonly options: ProbeOptions;
  /** A fresh connection to the same pinned address (at most a few per dialogue). */
  connect(): Promise<Connection>;
  /** A fresh HTTP session to the same pinned address; https when the port speaks TLS. */
  http(): Promise<HttpSession>;
  /** A random lower-case token for control requests, new at each call. */
  nonce(): string;
  /** Records what was asked and the shape of the answer; never pass values read from the store. */
  record(request: string, answer: string): void;
}

/** A set of records that a stranger can see. `fields` are names only; `name` is a pattern where it may be a value. */
export interface ObservedDataset {
  name: string;
  documents?: number;
  bytes?: number;
  fields: string[];
}

export interface Observation {
  /** False: this port speaks something else; the runner tries the next service. */
  identified: boolean;
  /** The answer fits other products as well (a bare 401): the runner prefers a service that is sure. */
  tentative?: true;
  verdict: Verdict;
  version?: string;
  /** More exact product, e.g. `valkey`, `mariadb`, `opensearch`. */
  product?: string;
  documents?: number;
  bytes?: number;
  datasets: ObservedDataset[];
  /** Why this verdict, in one sentence without values. */
  reason: string;
  notTested: string[];
}

/** Credentials that the owner supplied (environment or file); never logged, never from a package. */
export interface ControlCredentials {
  username: string;
  password: string;
}

/** Logs in as the owner and reads nothing but that it worked. It has its own allow-list. */
export interface ServiceControl {
  readonly allow: AllowList;
  /** True when the authorized way works. */
  run(context: ProbeContext, credentials: ControlCredentials): Promise<boolean>;
}

export interface ProbeService {
  readonly id: string;
  readonly title: string;
  /** Raised when the dialogue changes what it can conclude. */
  readonly version: number;
  readonly transport: 'http' | 'tcp';
  /** True when the server sends the first byte (MySQL). */
  readonly serverSpeaksFirst: boolean;
  readonly ports: readonly ServicePort[];
  readonly allow: AllowList;
  /** Owned by a provider: probed by name only, on 443 (Firebase, S3). Matches the scope entry's `managedService`. */
  readonly managed?: boolean;
  /** What the owner does about it, by audience, in the store's own terms. */
  readonly remediation: { developer: string; it: string; security: string };
  /** Sources of the dialogue. */
  readonly references: readonly string[];
  /** The owner's own way in, used by `verify` as positive control. */
  readonly control?: ServiceControl;
  /** Runs the read-only dialogue. Throws only `PosternError`; the runner turns that into `inconclusive`. */
  probe(context: ProbeContext): Promise<Observation>;
}

/** What the runner reports for one address and port. */
export interface ProbeResult {
  target: string;
  host: string;
  address: string | null;
  port: number | null;
  service: string;
  product?: string;
  version?: string;
  verdict: Verdict;
  documents?: number;
  bytes?: number;
  datasets: ObservedDataset[];
  exchanges: ExchangeEvidence[];
  reason: string;
  notTested: string[];
  elapsedMs: number;
}
