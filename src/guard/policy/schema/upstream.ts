import { z } from 'zod';
import { fileSchema, originOf } from './names.ts';
import { duration, size } from './units.ts';

const text = z.string().min(1);

const credentialsSchema = z
  .strictObject({
    username: text.optional(),
    passwordFile: fileSchema.optional(),
    passwordEnv: text.optional().describe('environment variable that holds the password'),
    apiKeyFile: fileSchema.optional().describe('file that holds an encoded API key of the store'),
    apiKeyEnv: text.optional(),
  })
  .refine(
    (c) =>
      [c.passwordFile, c.passwordEnv, c.apiKeyFile, c.apiKeyEnv].filter((way) => way !== undefined).length === 1 &&
      (c.username !== undefined) === (c.passwordFile !== undefined || c.passwordEnv !== undefined),
    { error: 'expected username with passwordFile or passwordEnv, or apiKeyFile or apiKeyEnv alone' },
  )
  .describe('the gateway’s own account in the store');

export const upstreamSchema = z.strictObject({
  store: z.enum(['elasticsearch', 'opensearch']),
  version: z
    .union([z.literal('auto'), z.int().min(1).max(99)], { error: 'expected a major version, or auto' })
    .default('auto')
    .describe('major version: 7, 8 or 9 of Elasticsearch, 2 or 3 of OpenSearch; auto asks the store at start'),
  nodes: z
    .array(
      z.string().refine((url) => originOf(url, ['http:', 'https:']) !== undefined, {
        error: 'expected scheme, host and port alone, e.g. https://10.0.0.5:9200',
      }),
    )
    .min(1),
  tls: z
    .strictObject({
      ca: fileSchema.optional().describe('PEM file with the authorities of the store’s certificate'),
      serverName: text.optional().describe('name in the store’s certificate'),
      certificate: fileSchema.optional().describe('the gateway’s own certificate, where the store asks for one'),
      key: fileSchema.optional(),
    })
    .refine((tls) => (tls.certificate === undefined) === (tls.key === undefined), {
      error: 'certificate and key go together',
    })
    .optional(),
  credentials: credentialsSchema.optional(),
  connections: z.int().min(1).max(4096).default(64).describe('most connections, per node and process'),
  timeout: duration.prefault('30s').describe('longest time for one answer'),
  answerBytes: size.prefault('64MiB').describe('largest answer that is read'),
});

export type UpstreamFile = z.infer<typeof upstreamSchema>;
