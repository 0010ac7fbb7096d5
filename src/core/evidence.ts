/** A place in a file. `line` and `column` are 1-based; `offset` is a byte offset in the entry; `length` in bytes. */
export interface FileEvidence {
  kind: 'file';
  /** Path as the user knows it: the package or the configuration file. */
  path: string;
  /** Entry inside a package, e.g. `classes2.dex`. */
  entry?: string;
  offset?: number;
  line?: number;
  column?: number;
  /** Class and method whose code it is about, where the package tells. */
  class?: string;
  method?: string;
  /** What stands there, already redacted. */
  text?: string;
}

/** What was asked and the shape (never the values) of what came back. */
export interface ExchangeEvidence {
  kind: 'exchange';
  service: string;
  address: string;
  port: number;
  tls?: { protocol: string; fingerprint256: string };
  /** Printable form of the request, e.g. `GET /_cat/indices?format=json`. */
  request: string;
  /** Shape of the answer, e.g. `200, array of 4 indices`. */
  answer: string;
  /** ISO 8601 time, UTC. */
  at: string;
}

/** A setting whose actual value is unsafe. `pointer` is the setting's path in its own format's terms. */
export interface SettingEvidence {
  kind: 'setting';
  path: string;
  pointer: string;
  actual: string;
  expected: string;
  line?: number;
  column?: number;
  endLine?: number;
  endColumn?: number;
}

/** A number of things of one sort. */
export interface CountEvidence {
  kind: 'count';
  what: string;
  count: number;
}

export type Evidence = FileEvidence | ExchangeEvidence | SettingEvidence | CountEvidence;
