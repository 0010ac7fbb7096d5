import type { SecretReference } from '../../config/secret.ts';
import type { Resource } from '../contract/resource.ts';

/** How declared resources are published. */
export interface ApiConfig {
  readonly title: string;
  readonly description: string;
  /** Whether `GET /<version>/openapi.json` and the reference page `GET /<version>/` are answered (to anyone). */
  readonly publish: boolean;
  /** Origins that browsers may call from, byte for byte; empty: closed. Never `*`. */
  readonly corsOrigins: readonly string[];
  readonly resources: readonly Resource[];
}

/** Where rows live that outlast the process: the vault's and the devices'. */
export type DataConfig =
  /** A folder of an embedded store; shared by the processes of one machine. */
  | { readonly kind: 'embedded'; readonly folder: string }
  | {
      readonly kind: 'postgresql';
      /** `postgresql://host:port/database`, without a password. */
      readonly url: string;
      readonly username: string;
      readonly password: SecretReference | null;
      /** Absolute path of a PEM file; null: the system's authorities. */
      readonly ca: string | null;
      readonly schema: string;
    };

export interface VaultConfig {
  readonly rootKey: RootKeyConfig;
  /** Absolute path of the folder that holds the epochs' keys, wrapped by the root key. Never inside `data`'s folder. */
  readonly keys: string;
  /** Length of an epoch, ms. */
  readonly epoch: number;
  /** How long after an epoch's end its key is kept before survivors are re-wrapped and it is destroyed, ms. */
  readonly retain: number;
  readonly cache: { readonly subjects: number; readonly ttl: number };
}

export type RootKeyConfig =
  /** A key file of mode 0600, 32 random bytes; made on first use. */
  | { readonly kind: 'file'; readonly path: string }
  /** A key file sealed by a passphrase (scrypt). */
  | { readonly kind: 'sealed'; readonly path: string; readonly passphrase: SecretReference }
  /** HashiCorp Vault or OpenBao, transit engine. */
  | {
      readonly kind: 'transit';
      /** `https://host:8200`; http on loopback only. */
      readonly url: string;
      readonly mount: string;
      readonly key: string;
      readonly token: SecretReference;
      readonly namespace: string | null;
      readonly ca: string | null;
    }
  /** AWS KMS, with the SDK's own ways to credentials. */
  | { readonly kind: 'aws-kms'; readonly keyId: string; readonly region: string; readonly endpoint: string | null };
