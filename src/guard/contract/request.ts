import type { Peer } from './principal.ts';

/** A request as the listener hands it over: whole, bounded, and not yet understood. */
export interface RawRequest {
  /** As sent; methods are case-sensitive. */
  readonly method: string;
  /** The request target as sent: path and query, nothing decoded. */
  readonly target: string;
  /** Names and values in turn, as sent, duplicates included. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
  readonly peer: Peer;
  readonly protocol: '1.1' | '2';
  /** Scheme and authority that clients use for this listener, for DPoP's `htu`: `https://search.example.org`. */
  readonly origin: string;
}

/** The request after strict reading: what it says can be said in one way only. */
export interface ParsedRequest {
  readonly method: string;
  /** Percent-decoded once; none is empty, `.` or `..`. `GET /` has none. */
  readonly segments: readonly string[];
  /** Before decoding; a literal such as `_search` is matched against these. */
  readonly rawSegments: readonly string[];
  /** Decoded names and values; a repeated name was refused. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names; a repeated name that matters was refused. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** From Content-Type; null when there is no body. */
  readonly bodyType: 'json' | 'ndjson' | 'merge-patch' | null;
  /** `compatible-with=` of the vendor media type, where one was sent. */
  readonly compatibleWith: '7' | '8' | '9' | null;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. Content-Length is the listener's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** The connection is not to be used again. */
  readonly close?: boolean;
}
