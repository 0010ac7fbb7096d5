import type { SecretReference } from '../../config/secret.ts';
import type { Dialect } from '../contract/store.ts';

/** A PostgreSQL database behind resources. */
export interface SqlUpstreamConfig {
  readonly name: string;
  readonly store: 'postgresql';
  /** `postgresql://host:port/database`, without user and password. */
  readonly url: string;
  readonly username: string;
  readonly password: SecretReference | null;
  readonly tls: UpstreamTls;
  /** Plain connections are for loopback only, unless the policy says `tls: off`. */
  readonly secure: boolean;
  /** Most connections, per process. */
  readonly connections: number;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface UpstreamConfig {
  readonly name: string;
  readonly store: 'elasticsearch' | 'opensearch';
  /** Null: asked at start (`version: auto`). */
  readonly dialect: Dialect | null;
  /** Scheme, host and port, without a path. */
  readonly nodes: readonly string[];
  readonly tls: UpstreamTls;
  readonly credentials: UpstreamCredentials | null;
  /** Most connections, per node and process. */
  readonly connections: number;
  /** Milliseconds from sending a request to the end of its answer. */
  readonly timeout: number;
  /** Largest answer that is read. */
  readonly answerBytes: number;
}

export interface UpstreamTls {
  /** Absolute path of a PEM file; null: the system's authorities. */
  readonly ca: string | null;
  /** Name in the store's certificate, where it is not the node's host. */
  readonly serverName: string | null;
  /** The gateway's own certificate, for stores that ask for one; absolute paths. */
  readonly certificate: string | null;
  readonly key: string | null;
}

export type UpstreamCredentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: SecretReference }
  | { readonly kind: 'api-key'; readonly key: SecretReference };
