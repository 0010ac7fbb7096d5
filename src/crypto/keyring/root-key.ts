/**
 * The key at the root of the vault. It wraps a handful of keys – the index key and one a week – and may live in a key service
 * that nobody can copy it out of.
 */
export interface RootKey {
  /** What it is, for messages and the files it wrapped. No secret. */
  readonly id: string;
  /**
   * @param plain a few hundred bytes at most; stays the caller's to zero
   * @param context constant text without anything personal (key services log it); authenticated, not encrypted
   * @throws PosternError `E_KEY`
   */
  wrap(plain: Uint8Array, context: string): Promise<Uint8Array>;
  /** @throws PosternError `E_KEY` also for what another key wrapped, or this key in another context */
  unwrap(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
  /** What will go wrong if nobody acts, such as a token that ends; null: nothing known. */
  trouble(): string | null;
  /** Zeroes what it holds. */
  close(): void;
}

/** As `SecretReference` of the configuration. */
type SecretPlace = { readonly file: string } | { readonly env: string };

/** As `vault.rootKey` of the policy has it; paths are absolute. */
export type RootKeyOptions =
  /** 32 random bytes in a file of mode 0600; made on first use. */
  | { readonly kind: 'file'; readonly path: string }
  /** A key sealed by a passphrase. */
  | { readonly kind: 'sealed'; readonly path: string; readonly passphrase: SecretPlace }
  | TransitOptions
  | AwsKmsOptions;

export interface TransitOptions {
  readonly kind: 'transit';
  /** `https://host:8200`; http on loopback only. */
  readonly url: string;
  readonly mount: string;
  readonly key: string;
  readonly token: SecretPlace;
  readonly namespace: string | null;
  /** PEM file of the authorities to trust; null: the system's. */
  readonly ca: string | null;
}

export interface AwsKmsOptions {
  readonly kind: 'aws-kms';
  readonly keyId: string;
  readonly region: string;
  readonly endpoint: string | null;
}
