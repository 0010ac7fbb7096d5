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

const tlsShape = {
  ca: fileSchema.optional().describe('PEM file with the authorities of the store’s certificate'),
  serverName: text.optional().describe('name in the store’s certificate'),
  certificate: fileSchema.optional().describe('the gateway’s own certificate, where the store asks for one'),
  key: fileSchema.optional(),
};
const tlsSchema = z
  .strictObject(tlsShape)
  .refine((tls) => (tls.certificate === undefined) === (tls.key === undefined), {
    error: 'certificate and key go together',
  });

const searchSchema = z.strictObject({
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
  tls: tlsSchema.optional(),
  credentials: credentialsSchema.optional(),
  connections: z.int().min(1).max(4096).default(64).describe('most connections, per node and process'),
  timeout: duration.prefault('30s').describe('longest time for one answer'),
  answerBytes: size.prefault('64MiB').describe('largest answer that is read'),
});

export const databaseUrl = z.string().refine((url) => databaseOf(url) !== undefined, {
  error: 'expected postgresql://HOST:PORT/DATABASE, without user, password and options',
});

/** Host, port and name of a database. */
export function databaseOf(text: string): { host: string; port: number; database: string } | undefined {
  const [, bracketed, plain, digits = '5432', database] =
    /^postgres(?:ql)?:\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?\/([A-Za-z0-9_.-]{1,63})$/.exec(
      text,
    ) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || database === undefined || port > 65_535 ? undefined : { host, port, database };
}

const databaseSchema = z.strictObject({
  store: z.literal('postgresql'),
  url: databaseUrl,
  credentials: z
    .strictObject({
      username: text,
      passwordFile: fileSchema.optional(),
      passwordEnv: text.optional().describe('environment variable that holds the password'),
    })
    .refine((c) => c.passwordFile === undefined || c.passwordEnv === undefined, {
      error: 'the password comes from one place: passwordFile or passwordEnv',
    })
    .describe('the gateway’s own account in the database'),
  tls: z
    .union([z.literal('off'), z.literal(false), tlsSchema], {
      error: ({ input }) => (typeof input === 'object' && input !== null ? undefined : 'expected { ca: FILE }, or off'),
    })
    .optional()
    .describe('default: TLS, but on loopback'),
  connections: z.int().min(1).max(1000).default(10).describe('most connections, per process'),
  timeout: duration.prefault('10s').describe('longest time for one answer'),
});

/** A store of documents that the search API and resources are about, or a database that resources alone are about. */
export const upstreamSchema = z.discriminatedUnion('store', [searchSchema, databaseSchema], {
  error: ({ input }) =>
    typeof input === 'object' && input !== null
      ? 'expected elasticsearch, opensearch or postgresql'
      : 'expected a map, e.g. { store: elasticsearch, nodes: [ … ] }',
});

export type SearchFile = z.infer<typeof searchSchema>;
