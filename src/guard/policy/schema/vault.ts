/** `data` and `vault` of guard.yaml: where rows live that outlast the process, and the keys of people. */
import { z } from 'zod';
import { fileSchema, isTrustedUrl } from './names.ts';
import { duration } from './units.ts';
import { databaseUrl } from './upstream.ts';

const text = z.string().min(1);

export const dataSchema = z
  .strictObject({
    folder: fileSchema.optional().describe('an embedded store, shared by the processes of one machine'),
    postgresql: z
      .strictObject({
        url: databaseUrl,
        username: text,
        passwordFile: fileSchema.optional(),
        passwordEnv: text.optional(),
        ca: fileSchema.optional().describe('PEM file with the authorities of the database’s certificate'),
        schema: z
          .string()
          .regex(/^[a-z_][a-z0-9_]{0,62}$/, { error: 'expected the name of a schema, in small letters' })
          .default('postern'),
      })
      .refine((store) => store.passwordFile === undefined || store.passwordEnv === undefined, {
        error: 'the password comes from one place: passwordFile or passwordEnv',
      })
      .optional()
      .describe('shared by several gateways'),
  })
  .refine((data) => (data.folder === undefined) !== (data.postgresql === undefined), {
    error: 'expected folder or postgresql',
  })
  .prefault({ folder: '.postern/guard-data' })
  .describe('where the vault’s and the devices’ rows live');

const transitSchema = z
  .strictObject({
    url: text.refine((url) => isTrustedUrl(url) && new URL(url).search === '', {
      error: 'expected https://HOST:8200 (http:// on loopback only)',
    }),
    mount: text
      .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/, { error: 'expected the path of a mount' })
      .default('transit'),
    key: text.regex(/^[A-Za-z0-9_.-]+$/, { error: 'expected the name of a transit key' }),
    tokenFile: fileSchema.optional(),
    tokenEnv: text.optional(),
    namespace: text.optional(),
    ca: fileSchema.optional(),
  })
  .refine((transit) => (transit.tokenFile === undefined) !== (transit.tokenEnv === undefined), {
    error: 'expected tokenFile or tokenEnv',
  });

const rootKeySchema = z
  .strictObject({
    file: fileSchema.optional().describe('32 random bytes, mode 0600; made on first use'),
    sealed: fileSchema.optional().describe('a key file sealed by a passphrase'),
    passphraseFile: fileSchema.optional(),
    passphraseEnv: text.optional(),
    transit: transitSchema.optional().describe('HashiCorp Vault or OpenBao'),
    awsKms: z
      .strictObject({
        keyId: text,
        region: text.regex(/^[a-z0-9-]+$/, { error: 'expected a region, e.g. eu-central-1' }),
        endpoint: text
          .refine(isTrustedUrl, { error: 'expected an https:// URL (http:// on loopback only)' })
          .optional(),
      })
      .optional()
      .describe('AWS KMS, with the SDK’s own ways to credentials'),
  })
  .refine((key) => [key.file, key.sealed, key.transit, key.awsKms].filter((kind) => kind !== undefined).length === 1, {
    error: 'expected one of file, sealed, transit, awsKms',
  })
  .refine(
    (key) =>
      [key.passphraseFile, key.passphraseEnv].filter((way) => way !== undefined).length ===
      (key.sealed === undefined ? 0 : 1),
    { error: 'a sealed key, and it alone, comes with passphraseFile or passphraseEnv' },
  );

export const vaultSchema = z
  .strictObject({
    rootKey: rootKeySchema.prefault({ file: '.postern/vault-root.key' }),
    keys: fileSchema
      .default('.postern/vault-keys')
      .describe('folder of the epochs’ keys; never inside the data folder'),
    epoch: duration.prefault('7d').describe('how long keys of people are wrapped by one epoch’s key'),
    retain: duration
      .prefault('7d')
      .describe('how long an epoch’s key is kept after its end; then backups are unreadable'),
    cache: z
      .strictObject({
        subjects: z
          .int()
          .min(2_000)
          .max(10_000_000)
          .default(50_000)
          .describe('keys in memory; at least those of two of the largest pages'),
        ttl: duration.prefault('5m'),
      })
      .prefault({}),
  })
  .describe('keys of people, for encrypted fields');

export type DataFile = z.infer<typeof dataSchema>;
export type VaultFile = z.infer<typeof vaultSchema>;
