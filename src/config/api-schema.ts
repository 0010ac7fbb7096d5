/** What postern.yaml says of an API and of the accounts that ask it: `targets[].api` and `targets[].accounts`. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { SecretReference } from './secret.ts';

const text = z.string().min(1);
const file = text.describe('a path, relative to this file');
const PATH = /^(?:\/[^\s/?#{}<>\\%]+)*\/?(?:\?[^\s#{}<>\\]*)?$/;
const prefixSchema = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9._~-]+)+$/, { error: 'expected a path such as /v2, without a slash at its end' });
/** Of one segment or query value: `/orders/{id}`, `/orders?id={id}`. */
const objectPathSchema = text.refine(
  (path) =>
    path.startsWith('/') &&
    path.split(/\{[A-Za-z0-9_.-]{1,64}\}/).length === 2 &&
    PATH.test(path.replace(/\{[A-Za-z0-9_.-]{1,64}\}/, 'id')),
  { error: 'expected a path with one place for the id, e.g. /orders/{id}' },
);
/** Names that HTTP itself needs, or that would change what is asked. */
const NOT_OURS =
  /^(?:host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect|accept|accept-encoding|range|user-agent|keep-alive|proxy-.*|x-http-method.*|x-method-override|if-.*)$/i;
const headerNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'expected the name of a header' })
  .refine((name) => !NOT_OURS.test(name), { error: 'this header is not for a configuration to set' });

const endpointSchema = z
  .strictObject({
    path: objectPathSchema.describe('one object, with one place for its id: /orders/{id}'),
    list: text
      .regex(PATH, { error: 'expected a path, e.g. /orders' })
      .refine((path) => path.startsWith('/'), { error: 'expected a path, e.g. /orders' })
      .optional()
      .describe('where an account lists its own objects; their ids are taken from there, in memory'),
    idField: text.max(128).optional().describe('the field of a listed object that holds its id (default: id, _id, …)'),
    owner: z
      .strictObject({
        field: text.max(256).describe('dotted path of the field that names the owner, e.g. customer.id'),
      })
      .optional()
      .describe('how an object says whose it is'),
    public: z.boolean().default(false).describe('everybody may read these objects: told, and no finding'),
  })
  .describe('one way to read one object by its id');

export const apiSchema = z
  .strictObject({
    baseUrl: text
      .refine((url) => baseOf(url) !== undefined, {
        error: 'expected scheme, host and optionally port and path, e.g. https://api.example.com/v2',
      })
      .optional()
      .describe('the API as the app calls it; its host is the target’s'),
    port: z.int().min(1).max(65_535).optional().describe('instead of baseUrl (default 443)'),
    tls: z.boolean().optional().describe('with port: whether it speaks TLS (default: true, false on port 80)'),
    prefix: prefixSchema.optional().describe('with port: the path before every endpoint, e.g. /v2'),
    endpoints: z.array(endpointSchema).max(50).default([]).describe('what is asked for; two or three are enough'),
    openapi: file.optional().describe('an OpenAPI 3 or Swagger 2 file that further endpoints are taken from'),
    most: z.int().min(1).max(50).default(10).describe('how many endpoints of the OpenAPI file are asked'),
    oldApp: z
      .strictObject({
        headers: z
          .record(headerNameSchema, z.string().regex(/^[\x20-\x7e]{0,512}$/))
          .default({})
          .describe('headers by which an old app is known; <version> stands for each version'),
        versions: z
          .array(text.regex(/^[\w.+-]{1,32}$/, { error: 'expected a version, e.g. 1.4.2' }))
          .max(3)
          .default([])
          .describe('versions of the app that were never updated'),
        prefix: prefixSchema.optional().describe('the address that old versions use, e.g. /v1'),
      })
      .refine(({ headers, prefix }) => Object.keys(headers).length > 0 || prefix !== undefined, {
        error: 'an old app is known by its headers or its prefix',
      })
      .optional()
      .describe('how a version of the app asks that was never updated'),
  })
  .refine(({ baseUrl, port, tls, prefix }) => baseUrl === undefined || (port ?? tls ?? prefix) === undefined, {
    error: 'the address comes from one place: baseUrl, or port, tls and prefix',
    path: ['baseUrl'],
  })
  .refine(({ endpoints, openapi }) => endpoints.length > 0 || openapi !== undefined, {
    error: 'name endpoints, or an OpenAPI file to take them from',
    path: ['endpoints'],
  })
  .describe('the API of the app at this host: who reads whose objects is told with two accounts');

const fromSchema = z
  .strictObject({ file: file.optional(), env: text.optional() })
  .refine(({ file: path, env }) => (path === undefined) !== (env === undefined), {
    error: 'a value comes from one place: file or env',
  });

const WAYS = ['tokenFile', 'tokenEnv', 'cookieFile', 'cookieEnv', 'passwordFile', 'passwordEnv', 'headers'] as const;

export const accountSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, { error: 'expected a short name, e.g. alice: it is shown in reports' })
      .describe('what reports call this account; never an e-mail address'),
    tokenFile: file.optional().describe('file with an access token, sent as Bearer'),
    tokenEnv: text.optional().describe('environment variable with an access token, sent as Bearer'),
    cookieFile: file.optional().describe('file with the Cookie header of a session'),
    cookieEnv: text.optional().describe('environment variable with the Cookie header of a session'),
    username: text.optional().describe('with a password: sent as Basic'),
    passwordFile: file.optional().describe('file that holds the password'),
    passwordEnv: text.optional().describe('environment variable that holds the password'),
    headers: z
      .record(headerNameSchema, fromSchema)
      .optional()
      .describe(
        'further headers that sign in, each from a file or an environment variable: { X-Api-Key: { env: NAME } }',
      ),
    ids: z
      .record(z.string(), z.array(z.union([text.max(128), z.int().min(0)])).max(50))
      .default({})
      .describe('own objects by endpoint, where there is no list: { "/orders/{id}": [17] }'),
    service: text
      .optional()
      .describe('for a store: the service that the account is of, e.g. elasticsearch; no other is asked with it'),
    port: z.int().min(1).max(65_535).optional().describe('for a store: its port'),
  })
  .refine((account) => WAYS.some((way) => account[way] !== undefined), {
    error: 'an account has a way in: tokenFile, tokenEnv, cookieFile, cookieEnv, headers, or username with a password',
  })
  .refine(
    (account) =>
      [account.tokenFile, account.tokenEnv, account.passwordFile, account.passwordEnv].filter(
        (way) => way !== undefined,
      ).length <= 1,
    {
      error: 'the authorization comes from one place: tokenFile, tokenEnv, passwordFile or passwordEnv',
    },
  )
  .refine((account) => account.cookieFile === undefined || account.cookieEnv === undefined, {
    error: 'the cookie comes from one place: cookieFile or cookieEnv',
    path: ['cookieEnv'],
  })
  .refine(
    (account) => (account.username === undefined) === ((account.passwordFile ?? account.passwordEnv) === undefined),
    {
      error: 'a username and a password belong together',
      path: ['username'],
    },
  )
  .describe('an account that you made for this; its secrets stand in files or the environment');

export type ApiConfig = z.infer<typeof apiSchema>;
export type AccountConfig = z.infer<typeof accountSchema>;

/** Whether every id is of an endpoint that is known; those of an OpenAPI file are known later. */
export function hasIdsOfEndpoints(api: ApiConfig | undefined, accounts: readonly AccountConfig[]): boolean {
  if (api?.openapi !== undefined) return true;
  const paths = new Set(api?.endpoints.map(({ path }) => path));
  return accounts.every(({ ids }) => Object.keys(ids).every((path) => paths.has(path)));
}

/** An API with its paths absolute. */
export interface TargetApi {
  port: number;
  tls: boolean;
  /** Undefined: the one of the OpenAPI file, or none. */
  prefix: string | undefined;
  endpoints: { path: string; list?: string; idField?: string; ownerField?: string; public: boolean }[];
  /** Absolute. */
  openapi?: string;
  most: number;
  oldApps: { name: string; headers: Record<string, string>; prefix?: string }[];
}

/** An account; its secrets are read at the moment of use. */
export interface TargetAccount {
  name: string;
  /** By header name. */
  headers: Record<string, { scheme?: 'Bearer'; secret: SecretReference }>;
  login?: { username: string; password: SecretReference };
  ids: Record<string, string[]>;
  service?: string;
  port?: number;
}

/** `https://api.example.com:8443/v2` -> its parts; undefined for anything with a query or a login. */
export function baseOf(url: string): { host: string; port: number; tls: boolean; prefix: string } | undefined {
  const match = /^(https?):\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?((?:\/[A-Za-z0-9._~-]+)*)\/?$/.exec(
    url,
  );
  if (!match) return undefined;
  const [, scheme, named = '', digits, prefix = ''] = match;
  const port = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  return { host: named.replace(/^\[|\]$/g, '').toLowerCase(), port, tls: scheme === 'https', prefix };
}

export function apiOf(root: string, api: ApiConfig): TargetApi {
  const base = api.baseUrl === undefined ? undefined : baseOf(api.baseUrl);
  const port = base?.port ?? api.port ?? (api.tls === false ? 80 : 443);
  const { oldApp } = api;
  const versions = oldApp === undefined ? [] : oldApp.versions.length > 0 ? oldApp.versions : [undefined];
  return {
    port,
    tls: base?.tls ?? api.tls ?? port !== 80,
    prefix: base?.prefix === '' ? undefined : (base?.prefix ?? api.prefix),
    endpoints: api.endpoints.map(({ path, list, idField, owner, public: everybody }) => ({
      path,
      ...(list !== undefined && { list }),
      ...(idField !== undefined && { idField }),
      ...(owner !== undefined && { ownerField: owner.field }),
      public: everybody,
    })),
    ...(api.openapi !== undefined && { openapi: resolve(root, api.openapi) }),
    most: api.most,
    oldApps: versions.map((version) => ({
      name: version === undefined ? 'an old app' : `the app ${version}`,
      headers: Object.fromEntries(
        Object.entries(oldApp?.headers ?? {}).map(([name, value]) => [
          name.toLowerCase(),
          value.replaceAll('<version>', () => version ?? ''),
        ]),
      ),
      ...(oldApp?.prefix !== undefined && { prefix: oldApp.prefix }),
    })),
  };
}

export function accountOf(root: string, account: AccountConfig): TargetAccount {
  const from = (path: string | undefined, env: string | undefined): SecretReference | undefined =>
    path !== undefined ? { file: resolve(root, path) } : env === undefined ? undefined : { env };
  const token = from(account.tokenFile, account.tokenEnv);
  const cookie = from(account.cookieFile, account.cookieEnv);
  const password = from(account.passwordFile, account.passwordEnv);
  const further = Object.entries(account.headers ?? {}).flatMap(([name, { file: path, env }]) => {
    const secret = from(path, env);
    return secret === undefined ? [] : [[name.toLowerCase(), { secret }] as const];
  });
  return {
    name: account.name,
    headers: {
      ...Object.fromEntries(further),
      ...(cookie !== undefined && { cookie: { secret: cookie } }),
      ...(token !== undefined && { authorization: { scheme: 'Bearer' as const, secret: token } }),
    },
    ...(password !== undefined && { login: { username: account.username ?? '', password } }),
    ids: Object.fromEntries(Object.entries(account.ids).map(([path, ids]) => [path, ids.map(String)])),
    ...(account.service !== undefined && { service: account.service }),
    ...(account.port !== undefined && { port: account.port }),
  };
}
