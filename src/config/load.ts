import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PosternError } from '../core/errors.ts';
import type { Severity } from '../core/severity.ts';
import { adviseConfig } from './advice.ts';
import { accountOf, apiOf, type TargetAccount, type TargetApi } from './api-schema.ts';
import type { AuditConfig } from './audit-schema.ts';
import type { ClassifyConfig } from './classify-schema.ts';
import { type FirewallConfig, firewallOf } from './firewall-schema.ts';
import { expandFiles } from './glob.ts';
import { parseWith } from './parse-with.ts';
import {
  type ControlConfig,
  configSchema,
  type GuardedByConfig,
  gatewayOf,
  resolveMode,
  type TargetConfig,
} from './schema.ts';
import type { SecretReference } from './secret.ts';
import { type Watch, watchOf } from './watch.ts';
import { readYamlFile } from './yaml-file.ts';

export const CONFIG_NAME = 'postern.yaml';

/** How `verify` sees that a service is alive while strangers are refused. */
export type Control =
  | { kind: 'authorized'; service: string; port?: number; username: string; password: SecretReference }
  | { kind: 'trusted-vantage'; service: string; port?: number; at: { host: string; port: number } };

/** The gateway in front of a store. */
export interface GuardedBy {
  host: string;
  port: number;
  tls: boolean;
  /** What the signed-in control reads. */
  index: string;
  scheme: 'Bearer' | 'ApiKey';
  credentials: SecretReference;
  /** Absolute path of the gateway's policy. */
  policy?: string;
}

export interface Target {
  host: string;
  addresses: string[];
  resolve: 'dns' | 'listed';
  authority: 'loopback' | 'dns-txt' | { statement: string } | { provider: string; project: string };
  ports: number[];
  managedService?: string;
  buckets?: string[];
  datasets?: string[];
  identifiers?: Record<string, string>;
  configuredBy?: string;
  controls: Control[];
  guardedBy?: GuardedBy;
  api?: TargetApi;
  accounts?: TargetAccount[];
}

/** postern.yaml with every path absolute and every default filled in. */
export interface LoadedConfig {
  /** The file itself. */
  path: string;
  /** Its folder. */
  root: string;
  project: string;
  vantage: string;
  /** Absolute files. A pattern that matches nothing stays (absolute), so that whoever reads it says so. */
  packages: string[];
  /** Absolute folders and files, as `packages`. */
  configuration: string[];
  targets: Target[];
  /** How `postern watch` runs; its defaults when the file says nothing. */
  watch: Watch;
  keys: { redaction: string; signing: string };
  trust: string[];
  /** Absolute; the file need not exist. */
  ignore: string;
  /** Its files absolute. */
  firewall?: FirewallConfig;
  failOn: Severity | 'never';
  emptyPassword: boolean;
  /** Categories of personal data of one's own. */
  classify: ClassifyConfig;
  /** Its files absolute. */
  audit: AuditConfig;
}

/**
 * Reads the project's configuration.
 *
 * @param start with `named`, the file or its folder; otherwise where to look from, upward
 * @throws PosternError `E_CONFIG_NOT_FOUND`, or `E_CONFIG_INVALID` with line and column
 */
export async function loadConfig(start: string, options: { named?: boolean } = {}): Promise<LoadedConfig> {
  const path = options.named === true ? named(start) : upward(start);
  const file = parseWith(await readYamlFile(path, 'E_CONFIG_INVALID'), configSchema, 'E_CONFIG_INVALID', adviseConfig);
  const root = dirname(path);
  return {
    path,
    root,
    project: file.project ?? (basename(root) || 'project'),
    vantage: file.vantage,
    packages: await expand(root, file.packages),
    configuration: await expand(root, file.configuration),
    targets: file.targets.map((target) => targetOf(root, target)),
    watch: watchOf(root, file.watch),
    keys: { redaction: resolve(root, file.keys.redaction), signing: resolve(root, file.keys.signing) },
    trust: file.trust,
    ignore: resolve(root, file.ignore),
    ...(file.firewall !== undefined && { firewall: await firewallOf(root, file.firewall) }),
    failOn: file.failOn,
    emptyPassword: file.emptyPassword,
    classify: file.classify,
    audit: { ...file.audit, rules: file.audit.rules.map((rules) => resolve(root, rules)) },
  };
}

async function expand(root: string, patterns: readonly string[]): Promise<string[]> {
  const { files, unmatched } = await expandFiles(root, patterns);
  return [...files, ...unmatched.map((pattern) => resolve(root, pattern))];
}

function named(start: string): string {
  const path = resolve(start);
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) return path;
    if (existsSync(join(path, CONFIG_NAME))) return join(path, CONFIG_NAME);
  }
  throw new PosternError('E_CONFIG_NOT_FOUND', `there is no ${start}`, {
    hint: 'Check the path, or run `postern init` to write a postern.yaml.',
  });
}

function upward(start: string): string {
  let folder = resolve(start);
  for (;;) {
    const candidate = join(folder, CONFIG_NAME);
    if (existsSync(candidate)) return candidate;
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new PosternError('E_CONFIG_NOT_FOUND', `no ${CONFIG_NAME} in ${resolve(start)} or a folder above it`);
}

function targetOf(root: string, target: TargetConfig): Target {
  const { authority } = target;
  return {
    host: target.host,
    addresses: target.addresses,
    resolve: resolveMode(target),
    authority:
      typeof authority === 'object' && 'statement' in authority
        ? { statement: resolve(root, authority.statement) }
        : authority,
    ports: target.ports,
    ...(target.managedService !== undefined && { managedService: target.managedService }),
    buckets: target.buckets,
    datasets: target.datasets,
    identifiers: target.identifiers,
    ...(target.configuredBy !== undefined && { configuredBy: resolve(root, target.configuredBy) }),
    controls: target.controls.map((control) => controlOf(root, control)),
    ...(target.guardedBy !== undefined && { guardedBy: guardedByOf(root, target.guardedBy) }),
    ...(target.api !== undefined && { api: apiOf(root, target.api) }),
    ...(target.accounts.length > 0 && { accounts: target.accounts.map((account) => accountOf(root, account)) }),
  };
}

function guardedByOf(root: string, guard: GuardedByConfig): GuardedBy {
  const gateway = gatewayOf(guard.url);
  if (gateway === undefined) throw new PosternError('E_CONFIG_INVALID', 'the address of the gateway cannot be read');
  const file = guard.tokenFile ?? guard.apiKeyFile;
  return {
    ...gateway,
    index: guard.index,
    scheme: guard.apiKeyFile === undefined && guard.apiKeyEnv === undefined ? 'Bearer' : 'ApiKey',
    credentials: file === undefined ? { env: guard.tokenEnv ?? guard.apiKeyEnv ?? '' } : { file: resolve(root, file) },
    ...(guard.policy !== undefined && { policy: resolve(root, guard.policy) }),
  };
}

function controlOf(root: string, control: ControlConfig): Control {
  const common = { service: control.service, ...(control.port !== undefined && { port: control.port }) };
  if (control.trustedAddress !== undefined) {
    const colon = control.trustedAddress.lastIndexOf(':');
    const host = control.trustedAddress.slice(0, colon).replace(/^\[|\]$/g, '');
    return { kind: 'trusted-vantage', ...common, at: { host, port: Number(control.trustedAddress.slice(colon + 1)) } };
  }
  const password: SecretReference =
    control.passwordFile !== undefined
      ? { file: resolve(root, control.passwordFile) }
      : { env: control.passwordEnv ?? '' };
  return { kind: 'authorized', ...common, username: control.username ?? '', password };
}
