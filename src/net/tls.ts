/** What a TLS handshake told. The certificate is recorded as a fact; a probe never refuses a store for it. */
export interface TlsFacts {
  /** e.g. `TLSv1.3`. */
  protocol: string;
  /** SHA-256 fingerprint of the leaf certificate, colon-separated hex. */
  fingerprint256: string;
  /** Whether the chain and name verify against the system's roots. */
  trusted: boolean;
}
