import type { Answer, RawRequest } from '../contract/request.ts';
import type { InflateLimits } from '../http/inflate.ts';

/** Answers every request; what it throws is answered as a defect. */
export type Handle = (request: RawRequest) => Promise<Answer> | Answer;

/** Milliseconds and bytes. */
export interface ListenerOptions {
  /** Plain HTTP on an address that others can reach. */
  readonly insecure?: boolean;
  readonly maxBodyBytes?: number;
  /** Bytes of bodies held at one time, over all connections. */
  readonly maxBodyBytesInFlight?: number;
  /** Of these, in bodies that one peer (an IPv4 address, an IPv6 /64) has not finished sending. */
  readonly maxBodyBytesPerPeer?: number;
  /** Bounds for `Content-Encoding: gzip`; false refuses it. */
  readonly inflate?: Omit<InflateLimits, 'maxBytes'> | false;
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
  /** From the first byte (or the connection) to the end of the header section. */
  readonly headersTimeout?: number;
  /** From the first byte to the last of the body. */
  readonly requestTimeout?: number;
  readonly keepAliveTimeout?: number;
  readonly handshakeTimeout?: number;
  /** Bytes per second that a body must reach on average, after five seconds. */
  readonly minBodyRate?: number;
  /** How long a client may take no byte of its answer. */
  readonly answerTimeout?: number;
  /** How often timeouts are looked at. */
  readonly checkInterval?: number;
  /** How often certificate files are looked at; 0: only `reloadTls()`. */
  readonly certificateInterval?: number;
  /** Several processes on one port by the system's means (Node 22.12 and later; `node:cluster` needs nothing). */
  readonly reusePort?: boolean;
  /** Counters. Cheap, and must not throw. */
  readonly onConnection?: () => void;
  readonly onClosed?: () => void;
  /** A message that never became a request, by the parser's code (`HPE_INVALID_HEADER_TOKEN`) or our own word. */
  readonly onMalformed?: (code: string) => void;
  /** Certificates were read again: null, or why the old ones stay. */
  readonly onCertificates?: (error: Error | null) => void;
}

export type Settled = Required<Omit<ListenerOptions, 'inflate'>> & { readonly inflate: InflateLimits | null };

const KIB = 1024;
const MIB = 1024 * KIB;
const nothing = () => undefined;

export function settle(options: ListenerOptions): Settled {
  const maxBodyBytes = options.maxBodyBytes ?? 10 * MIB;
  return {
    insecure: false,
    maxBodyBytesInFlight: 256 * MIB,
    maxBodyBytesPerPeer: 32 * MIB,
    maxConnections: 16_384,
    maxConnectionsPerAddress: 4096,
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    handshakeTimeout: 10_000,
    minBodyRate: 512,
    answerTimeout: 30_000,
    checkInterval: 1000,
    certificateInterval: 10_000,
    reusePort: false,
    onConnection: nothing,
    onClosed: nothing,
    onMalformed: nothing,
    onCertificates: nothing,
    ...options,
    maxBodyBytes,
    inflate: options.inflate === false ? null : { maxRatio: 100, ...options.inflate, maxBytes: maxBodyBytes },
  };
}

/** The header section, and what HTTP/2 counts as such. */
export const MAX_HEADER_BYTES = 16 * KIB;
