/** What postern.yaml may say. The editor's JSON Schema is generated from here, so every field tells what it is for. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { SEVERITIES } from '../core/severity.ts';
import { accountSchema, apiSchema, baseOf, hasIdsOfEndpoints } from './api-schema.ts';
import { auditSchema } from './audit-schema.ts';
import { classifySchema } from './classify-schema.ts';
import { firewallSchema } from './firewall-schema.ts';
import { watchSchema } from './watch-schema.ts';

const HOST = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

function isAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && !text.includes('%') && ipaddr.isValid(text))
  );
}

function isRange(text: string): boolean {
  const [address, bits, ...rest] = text.split('/');
  if (rest.length > 0 || bits === undefined || !/^\d{1,3}$/.test(bits)) return false;
  return isAddress(address ?? '') && ipaddr.isValidCIDR(text);
}

/** Ranges wider than this belong to more than one owner: a slip of the pen here would point the tool at strangers. */
const WIDEST = { ipv4: 16, ipv6: 32 } as const;

function isTooWide(text: string): boolean {
  if (!isRange(text)) return false;
  const [address, bits] = ipaddr.parseCIDR(text);
  return address.range() !== 'loopback' && bits < WIDEST[address.kind()];
}

const text = z.string().min(1);
const file = text.describe('a path, relative to this file');
const port = z.int().min(1).max(65_535);
const hostSchema = text.refine((host) => HOST.test(host) || isAddress(host), {
  error: 'expected a host name or address alone: no scheme, no port, no path',
});
const addressSchema = text
  .refine((address) => isAddress(address) || isRange(address), { error: 'expected an IP address or a CIDR range' })
  .refine((address) => !isTooWide(address), {
    error: `the range is wider than /${WIDEST.ipv4} (IPv4) or /${WIDEST.ipv6} (IPv6); list what you own`,
  });

const controlSchema = z
  .strictObject({
    service: text.describe('service id, e.g. elasticsearch'),
    port: port.optional().describe('which port, when the host runs the service on several'),
    username: z.string().optional().describe('who logs in; leave out where the service knows passwords alone'),
    passwordFile: file.optional().describe('file that holds the password'),
    passwordEnv: text.optional().describe('environment variable that holds the password'),
    trustedAddress: text
      .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):\d{1,5}$/, { error: 'expected ADDRESS:PORT, e.g. 127.0.0.1:9200' })
      .optional()
      .describe('ADDRESS:PORT where the service is seen alive from a trusted place'),
  })
  .refine((control) => (control.trustedAddress === undefined) !== !hasPassword(control), {
    error: 'a control is either a way in (passwordFile or passwordEnv) or a trustedAddress',
  })
  .refine((control) => control.passwordFile === undefined || control.passwordEnv === undefined, {
    error: 'the password comes from one place: passwordFile or passwordEnv',
    path: ['passwordEnv'],
  })
  .describe('how `verify` sees that the service is alive while strangers are refused');

function hasPassword(control: { passwordFile?: string | undefined; passwordEnv?: string | undefined }): boolean {
  return control.passwordFile !== undefined || control.passwordEnv !== undefined;
}

const guardedBySchema = z
  .strictObject({
    url: text
      .refine((url) => gatewayOf(url) !== undefined, {
        error: 'expected scheme, host and port alone, e.g. https://search.example.com:9443',
      })
      .describe('the gateway as clients reach it; its host must be a target of this file, too'),
    index: text
      .regex(/^(?![-_+.])[^A-Z\\/*?"<>| ,#:%&]{1,255}$/, { error: 'expected the name of one index' })
      .describe('the one index that the signed-in control may read'),
    tokenFile: file.optional().describe('file with an access token of an ordinary user, sent as Bearer'),
    tokenEnv: text.optional().describe('environment variable that holds the token'),
    apiKeyFile: file.optional().describe('file with an encoded API key of the gateway'),
    apiKeyEnv: text.optional().describe('environment variable that holds the API key'),
    policy: file.optional().describe('guard.yaml of the gateway, to see which roles are only watched'),
  })
  .refine(
    ({ tokenFile, tokenEnv, apiKeyFile, apiKeyEnv }) =>
      [tokenFile, tokenEnv, apiKeyFile, apiKeyEnv].filter((way) => way !== undefined).length === 1,
    { error: 'the signed-in control has one of tokenFile, tokenEnv, apiKeyFile, apiKeyEnv' },
  )
  .describe('the gateway in front of this store: `verify` asks there, too');

/** `https://search.example.com:9443` -> its parts; undefined for anything with a path, a query or a login. */
export function gatewayOf(url: string): { host: string; port: number; tls: boolean } | undefined {
  const match = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[^:/?#@[\]\s]+)(?::(\d{1,5}))?\/?$/.exec(url);
  if (!match) return undefined;
  const [, scheme, named = '', digits] = match;
  const host = named.replace(/^\[|\]$/g, '');
  const number = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  if (number < 1 || number > 65_535 || !(HOST.test(host) || isAddress(host))) return undefined;
  return { host, port: number, tls: scheme === 'https' };
}

const authoritySchema = z.union(
  [
    z.literal('loopback'),
    z.literal('dns-txt'),
    z.strictObject({ statement: file }),
    z.strictObject({ provider: text, project: text }),
  ],
  {
    error: 'expected loopback, dns-txt, { statement: FILE } or { provider: firebase, project: MY-PROJECT }',
  },
);

const targetSchema = z
  .strictObject({
    host: hostSchema.describe('the name the app uses; sent as Host and SNI'),
    addresses: z.array(addressSchema).default([]).describe('what the name may resolve to: addresses or CIDR ranges'),
    resolve: z
      .enum(['dns', 'listed'])
      .optional()
      .describe('dns: ask the name; listed: use the listed addresses (default with authority loopback)'),
    authority: authoritySchema.describe('why you may ask this host'),
    ports: z.array(port).default([]).describe('ports to ask beside those every store is known to use'),
    managedService: text
      .optional()
      .describe('the provider’s service behind this name, e.g. firebase-rtdb: no port sweep'),
    buckets: z
      .array(text.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'expected a bucket name' }))
      .default([])
      .describe('buckets to ask for by name, on an object store'),
    datasets: z
      .array(text.max(255))
      .default([])
      .describe('collections, tables and indices to ask for by name, where a stranger gets no list of them'),
    identifiers: z
      .record(z.string().regex(/^[a-z][A-Za-z]{1,39}$/, { error: 'expected a name such as anonKey' }), text.max(4_096))
      .default({})
      .describe('identifiers that are public by design and that your app carries: projectId, anonKey, appId, …'),
    configuredBy: file.optional().describe('the compose file or configuration that deploys this host'),
    controls: z.array(controlSchema).default([]),
    guardedBy: guardedBySchema.optional(),
    api: apiSchema.optional(),
    accounts: z
      .array(accountSchema)
      .max(10)
      .default([])
      .refine((accounts) => new Set(accounts.map(({ name }) => name)).size === accounts.length, {
        error: 'two accounts have the same name',
      })
      .describe('accounts that you made for this: who reads what, signed in'),
  })
  .refine(
    ({ host, api }) => api?.baseUrl === undefined || (baseOf(api.baseUrl)?.host ?? hostKey(host)) === hostKey(host),
    { error: 'the host of baseUrl is not the host of this target', path: ['api', 'baseUrl'] },
  )
  .refine(({ api, accounts }) => hasIdsOfEndpoints(api, accounts), {
    error: 'the ids of an account are listed by the path of an endpoint, as it is written there',
    path: ['accounts'],
  })
  .refine(({ api, accounts }) => api !== undefined || accounts.every(({ service }) => service !== undefined), {
    error: 'an account says which service it is of, or the target has an `api`',
    path: ['accounts'],
  })
  .refine(
    ({ api, accounts }) => api === undefined || accounts.filter(({ service }) => service === undefined).length >= 2,
    {
      error: 'who reads whose objects is told by two accounts: list two',
      path: ['accounts'],
    },
  )
  .refine((target) => target.addresses.length > 0 || isProviders(target.authority), {
    error: 'list the addresses that the name may resolve to: a name alone authorizes nothing',
    path: ['addresses'],
  })
  .refine((target) => resolveMode(target) !== 'listed' || target.addresses.every((address) => !address.includes('/')), {
    error: 'with `resolve: listed` (the default for loopback) every address is a single one, not a range',
    path: ['addresses'],
  });

type Authority = z.infer<typeof authoritySchema>;

function isProviders(authority: Authority): boolean {
  return typeof authority === 'object' && 'provider' in authority;
}

/** Where the addresses come from when the file does not say. */
export function resolveMode(target: {
  resolve?: 'dns' | 'listed' | undefined;
  authority: Authority;
}): 'dns' | 'listed' {
  return target.resolve ?? (target.authority === 'loopback' ? 'listed' : 'dns');
}

function hostKey(host: string): string {
  return host.replace(/\.$/, '').toLowerCase();
}

export const configSchema = z.strictObject({
  version: z.literal(1).describe('version of this file’s format'),
  project: text.optional().describe('name of the project; the folder’s name when left out'),
  vantage: text.default('this machine').describe('name of the place that probes are sent from'),
  packages: z.array(file).default([]).describe('app packages (APK, APKS, AAB, IPA): files or globs'),
  configuration: z.array(file).default([]).describe('folders or files to audit'),
  targets: z
    .array(targetSchema)
    .default([])
    .superRefine((targets, context) => {
      const known = new Set(targets.map(({ host }) => hostKey(host)));
      for (const [position, { guardedBy }] of targets.entries()) {
        const host = guardedBy === undefined ? undefined : gatewayOf(guardedBy.url)?.host;
        if (host === undefined || known.has(hostKey(host))) continue;
        const path = [position, 'guardedBy', 'url'];
        context.addIssue({ code: 'custom', path, message: `the gateway's host ${host} is no target of this file` });
      }
    })
    .describe('what may be asked, and on whose authority'),
  watch: watchSchema.optional(),
  firewall: firewallSchema.optional(),
  keys: z
    .strictObject({
      redaction: file.default('.postern/redaction.key').describe('hashes secrets, so that reports compare'),
      signing: file.default('.postern/signing.key').describe('signs receipts'),
    })
    .prefault({})
    .describe('key files of mode 0600, made on first use'),
  trust: z
    .array(text.regex(/^[A-Za-z0-9_-]{43}$/, { error: 'expected an Ed25519 public key: 43 characters of base64url' }))
    .default([])
    .describe('public keys whose receipts and scope statements are trusted'),
  ignore: file.default('.postern-ignore.yaml').describe('accepted findings, each with a statement and an expiry date'),
  failOn: z
    .enum([...SEVERITIES, 'never'])
    .default('high')
    .describe('exit with 1 at this severity or above'),
  classify: classifySchema,
  audit: auditSchema,
  emptyPassword: z
    .boolean()
    .default(false)
    .describe('try one login with an empty password at MySQL/MariaDB outside loopback'),
});

export type ConfigFile = z.infer<typeof configSchema>;
export type TargetConfig = ConfigFile['targets'][number];
export type GuardedByConfig = NonNullable<TargetConfig['guardedBy']>;
export type ControlConfig = TargetConfig['controls'][number];
