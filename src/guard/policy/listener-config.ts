export interface ListenerConfig {
  readonly host: string;
  readonly port: number;
  /** Scheme and authority that clients use, without a final slash: what DPoP's `htu` is compared with. */
  readonly publicUrl: string;
  /** Null: plain HTTP; on loopback only, unless the policy says `insecure: true`. */
  readonly tls: ListenerTls | null;
  /** Offer HTTP/2 by ALPN. */
  readonly http2: boolean;
}

export interface ListenerTls {
  /** Absolute paths of PEM files, read again when they change. */
  readonly certificate: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** Absolute path of the PEM file with the authorities of client certificates; null with `none`. */
  readonly clientCa: string | null;
}

export interface AdminConfig {
  readonly host: string;
  readonly port: number;
}
