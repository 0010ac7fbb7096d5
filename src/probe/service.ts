/** The contract between the probe runner and its services. A service is one folder with an `index.ts`. */
import type { Access } from '../core/access.ts';
import type { ExchangeEvidence } from '../core/evidence.ts';
import type { Verdict } from '../core/verdict.ts';
import type { AllowList } from '../net/allow-list.ts';
import type { Connection, HttpAnswer, PostingSession } from '../net/connection.ts';

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
  /** Collections, tables and indices that the scope names, where a stranger gets no list of them. */
  datasets?: readonly string[];
  /** The scope entry's public identifiers by name (`projectId`, `anonKey`, `appId`, …): all that an app carries openly. */
  identifiers?: Readonly<Record<string, string>>;
}

/** Takes values straight into a classifier in memory; nothing comes back and nothing is kept but counts. */
export interface ValueSink {
  /** Values asked for per field: 1 to 5. */
  readonly most: number;
  take(dataset: string, field: string, values: readonly unknown[]): void;
}

/** How many different people a data set is about, told without reading who they are. */
export interface PeopleEstimate {
  count: number;
  /** `cardinality`: distinct values, counted by the store; `statistics`: the store's own estimate; `records`: one each. */
  how: 'cardinality' | 'statistics' | 'records';
  /** The field that tells one person from another. */
  field?: string;
}

/** What a service's dialogue gets. Deadlines, byte budgets, TLS retry and the allow-list live below it. */
export interface ProbeContext {
  readonly host: string;
  readonly port: number;
  readonly options: ProbeOptions;
  /** A fresh connection to the same pinned address (at most a few per dialogue). */
  connect(): Promise<Connection>;
  /** A fresh HTTP session to the same pinned address; https when the port speaks TLS. */
  http(): Promise<PostingSession>;
  /** A random lower-case token for control requests, new at each call. */
  nonce(): string;
  /** Records what was asked and the shape of the answer; never pass values read from the store. */
  record(request: string, answer: string): void;
  /**
   * Of a data set's fields those that tell one person from another, the best first; empty when none does. For services
   * that can have the store count distinct values.
   */
  subjectFields?(dataset: string, fields: readonly string[]): readonly string[];
  /** Only with `--sample`: where up to five values per field go. */
  readonly values?: ValueSink;
}

/** A set of records that a stranger can see. `fields` are names only; `name` is a pattern where it may be a value. */
export interface ObservedDataset {
  name: string;
  documents?: number;
  bytes?: number;
  fields: string[];
  /** By field name, in the store's words, where it tells them. */
  fieldTypes?: Record<string, string>;
  people?: PeopleEstimate;
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

/** With what a dialogue was tried: a real server, answers recorded from one (with their source), or documentation. */
export interface Tested {
  readonly how: 'server' | 'recorded' | 'documentation';
  /** `Redis 7.0.15 (open, requirepass, TLS)`; for recordings their source. */
  readonly what: string;
}

export interface ProbeService {
  /** As in the catalogue; two services may share it when one product speaks two protocols (`face`). */
  readonly id: string;
  /** The protocol, where several services share the id: `http`, `bolt`, `amqp`. */
  readonly face?: string;
  /** Further names that targets may use. */
  readonly aliases?: readonly string[];
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
  readonly tested: readonly Tested[];
  /** `false`: asked on its own ports and by name only, never while an unknown port is identified. */
  readonly ladder?: false;
  /**
   * True for what lies on paths of any web server (API documents, forgotten files, GraphQL): asked beside whatever product
   * the port was identified as, and reported only when found.
   */
  readonly beside?: true;
  /** HTTP: what the port's answer to `GET /`, asked once for all, says. `no` spares the dialogue on ports of others. */
  recognise?(root: HttpAnswer): 'sure' | 'possible' | 'no';
  /** Server speaks first: whether these first bytes are its greeting. */
  recogniseGreeting?(bytes: Buffer): boolean;
  /** What may be sent beyond `allow` when values are asked for (`--sample`). */
  readonly sampling?: AllowList;
  /** The owner's own way in, used by `verify` as positive control. */
  readonly control?: ServiceControl;
  /** Runs the read-only dialogue. Throws only `PosternError`; the runner turns that into `inconclusive`. */
  probe(context: ProbeContext): Promise<Observation>;
}

/** What the runner reports for one address and port. */
export interface ProbeResult {
  target: string;
  host: string;
  /** The customer's project, where the host is a provider's for all its customers. */
  project?: string;
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
  /** What others than a stranger get, where that was asked. */
  access?: Access[];
  /** The place that was asked from; the run's own when left out. */
  vantage?: string;
  elapsedMs: number;
}
