/** What guard.yaml may say. The editor's JSON Schema is generated from here, so every field tells what it is for. */
import { z } from 'zod';
import { anomaliesSchema, devicesSchema } from './device.ts';
import { identitySchema } from './identity.ts';
import { callLimitsShape, roleLimitsSchema } from './limits.ts';
import { adminSchema, listenerSchema } from './listener.ts';
import { fileSchema, isTrustedUrl, nameSchema } from './names.ts';
import { apiSchema, resourceSchema } from './resource.ts';
import { roleSchema } from './role.ts';
import { budget, size } from './units.ts';
import { upstreamSchema } from './upstream.ts';
import { dataSchema, vaultSchema } from './vault.ts';

const text = z.string().min(1);

const journalSchema = z
  .strictObject({
    file: fileSchema.default('journal/decisions.jsonl'),
    durability: z
      .enum(['fsync', 'write'])
      .default('fsync')
      .describe('fsync: no answer before its entry is on the disk'),
    checkpointEvery: z.int().min(1).max(1_000_000).default(1000).describe('entries between two signed checkpoints'),
    rotate: size.prefault('256MiB'),
    onFailure: z.enum(['refuse', 'allow']).default('refuse').describe('what requests get when nothing can be written'),
    witness: z
      .strictObject({
        url: text.refine(isTrustedUrl, { error: 'expected an https:// URL (http:// on loopback only)' }).optional(),
        file: fileSchema.optional().describe('a file on another disk or machine'),
      })
      .refine((witness) => (witness.url === undefined) !== (witness.file === undefined), {
        error: 'expected url or file',
      })
      .optional()
      .describe('keeps checkpoints elsewhere, so that a cut tail is noticed'),
  })
  .prefault({});

const valkeySchema = z
  .strictObject({
    url: text.regex(/^rediss?:\/\/(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:\/\d{1,3})?$/, {
      error: 'expected rediss://HOST:PORT or redis://HOST:PORT, without a password',
    }),
    username: text.optional(),
    passwordFile: fileSchema.optional(),
    passwordEnv: text.optional(),
    ca: fileSchema.optional(),
    prefix: z.string().max(64).default('postern:'),
  })
  .refine((store) => store.passwordFile === undefined || store.passwordEnv === undefined, {
    error: 'the password comes from one place: passwordFile or passwordEnv',
  });

const callLimitsSchema = z.strictObject(callLimitsShape);

const limitsSchema = z
  .strictObject({
    store: z
      .union([z.literal('memory'), z.strictObject({ valkey: valkeySchema })])
      .default('memory')
      .describe('memory: per process; valkey: shared by several gateways'),
    onFailure: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('what requests get when the store is unreachable'),
    peer: callLimitsSchema.optional().describe('per network address, before anyone is known'),
    device: roleLimitsSchema.optional().describe('per key that requests are bound to'),
    version: z.strictObject({ documents: budget }).optional().describe('per version of the app, over all its requests'),
    counting: z
      .enum(['exact', 'estimate'])
      .default('exact')
      .describe('estimate: HyperLogLog in a shared store, standard error 0.81 %'),
  })
  .prefault({});

const keysSchema = z
  .strictObject({
    seal: fileSchema.default('.postern/guard-seal.key').describe('seals scroll and point-in-time ids'),
    mask: fileSchema.default('.postern/guard-mask.key').describe('keys the mask `token`'),
    journal: fileSchema.default('.postern/guard-journal.key').describe('signs checkpoints of the journal'),
    limits: fileSchema.default('.postern/guard-limits.key').describe('hides principals in the store of the limits'),
  })
  .prefault({})
  .describe('key files of mode 0600, made on first use');

export const policySchema = z.strictObject({
  version: z.literal(1).describe('version of this file’s format'),
  listeners: z.array(listenerSchema).min(1),
  admin: adminSchema.optional(),
  upstreams: z.record(nameSchema, upstreamSchema).describe('the stores, by a name of your choice'),
  identity: identitySchema.describe('who is believed'),
  roles: z.record(nameSchema, roleSchema).describe('in order: the first rule that fits decides'),
  api: apiSchema.optional(),
  resources: z.record(nameSchema, resourceSchema).default({}).describe('typed REST APIs over indices and tables'),
  data: dataSchema,
  vault: vaultSchema.optional(),
  devices: devicesSchema.optional(),
  journal: journalSchema,
  limits: limitsSchema,
  anomalies: anomaliesSchema.optional(),
  keys: keysSchema,
  workers: z.int().min(1).max(256).default(1).describe('processes that share the listeners'),
});

export type PolicyFile = z.infer<typeof policySchema>;
