import type { TlsFacts } from './tls.ts';

/**
 * A budgeted byte stream to one pinned address of an authorized target. Plug-ins get nothing else to talk with.
 * Every method rejects with `PosternError` `E_PROBE_IO` when the peer fails, the deadline passes or the byte budget is
 * spent, and with `E_PROBE_FORBIDDEN` when a write is not in the service's allow-list (nothing is sent then).
 */
export interface Connection {
  readonly address: string;
  readonly port: number;
  /** Set once the stream is TLS. */
  readonly tls: TlsFacts | undefined;
  /** Sends one complete request; the allow-list judges exactly these bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Exactly `length` bytes. */
  read(length: number): Promise<Buffer>;
  /** Up to and including `delimiter`; at most `max` bytes. */
  readUntil(delimiter: Uint8Array | string, max: number): Promise<Buffer>;
  /** Whatever has arrived by the time something has; empty at end of stream. */
  readSome(max: number): Promise<Buffer>;
  /** Upgrades in place (PostgreSQL SSLRequest, MySQL CLIENT_SSL, rediss). Certificates are recorded, not verified. */
  startTls(): Promise<void>;
  close(): void;
}

/** The answer of one HTTP request; the body is capped. */
export interface HttpAnswer {
  status: number;
  /** Lower-cased names; repeated headers joined with `, `. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** True when the body was cut at the cap. */
  truncated: boolean;
}

/** HTTP/1.1 over one pinned, authorized connection. Redirects are never followed; they are answers. */
export interface HttpSession {
  readonly address: string;
  readonly port: number;
  readonly tls: TlsFacts | undefined;
  /** `path` with its query. The allow-list judges method and path. `Host` and SNI come from the scope entry. */
  get(path: string, options?: { headers?: Record<string, string>; maxBytes?: number }): Promise<HttpAnswer>;
  head(path: string, options?: { headers?: Record<string, string> }): Promise<HttpAnswer>;
  close(): void;
}

/** A session that may also post what its allow-list has word for word. Probes are handed none. */
export interface PostingSession extends HttpSession {
  /** Sent as `application/json`. */
  post(
    path: string,
    body: string,
    options?: { headers?: Record<string, string>; maxBytes?: number },
  ): Promise<HttpAnswer>;
}
