/** From what postern.yaml says of APIs and accounts to who reads what. Secrets are read here, at the moment of use. */
import { readFile, stat } from 'node:fs/promises';
import type { Target, TargetAccount, TargetApi } from '../config/index.ts';
import type { Access } from '../core/access.ts';
import type { EndpointAsset } from '../core/asset.ts';
import type { AccessReport } from '../core/contract/access.ts';
import type { ProbeLine } from '../core/contract/probe.ts';
import { PosternError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { LIMITS } from '../core/limits.ts';
import type { Skip } from '../core/skip.ts';
import { isExposed } from '../core/verdict.ts';
import type { Scope } from '../net/index.ts';
import type { AccessConfig, AccessOptions, Account } from '../probe/access/index.ts';
import type { DryPort } from '../probe/dry-run.ts';
import type { ProbeResult } from '../probe/service.ts';
import { hostName } from './gather/inspected.ts';

export interface AccessChecked {
  reports: AccessReport[];
  assets: EndpointAsset[];
  findings: Finding[];
  skips: Skip[];
}

/** Asks signed in what strangers were asked, for the targets that have accounts. */
export interface AccessChecker {
  /** What the target's accounts get from a store that a stranger was told of; empty where none is meant for it. */
  ofStore(result: ProbeResult): Promise<Access[]>;
  /** Every API, one after the other, and what could not be asked, stores included. */
  ofApis(): Promise<AccessChecked>;
}

/** @param targets of postern.yaml; those without accounts and those out of scope are left alone */
export function createAccess(targets: readonly Target[], scope: Scope, options: AccessOptions = {}): AccessChecker {
  const checked: AccessChecked = { reports: [], assets: [], findings: [], skips: [] };
  const own = targets.filter(({ accounts = [] }) => accounts.length > 0);
  const signedIn = new Map<Target, Promise<Account[] | undefined>>();
  const accountsOf = (target: Target): Promise<Account[] | undefined> => {
    const known = signedIn.get(target);
    if (known !== undefined) return known;
    const read = Promise.all((target.accounts ?? []).map(accountOf)).catch(told(target.host));
    signedIn.set(target, read);
    return read;
  };
  const told = (subject: string) => (error: unknown) => {
    if (!(error instanceof PosternError)) throw error;
    const reason = `${error.message} ${error.hint}`;
    checked.skips.push({ subject, code: error.code, reason, severity: 'incomplete' });
    return undefined;
  };
  const ask = async (configured: Target, api: TargetApi): Promise<void> => {
    const target = scope.find(configured.host, sharedProject(configured, scope));
    const accounts = target === undefined ? undefined : await accountsOf(configured);
    // What is not in scope is told by whoever made the scope.
    if (target === undefined || accounts === undefined) return;
    const { probeAccess } = await import('../probe/index.ts');
    // Those that name a service are of a store.
    const users = accounts.filter(({ service }) => service === undefined);
    const outcome = await probeAccess(target, { api: await apiOf(api), accounts: users }, options);
    checked.findings.push(...outcome.findings);
    checked.skips.push(...outcome.skips);
    if (outcome.access.length === 0) return;
    const { host, port, address } = outcome;
    const endpoints = outcome.endpoints.map(({ what, access, fields, objects }) => ({ what, access, fields, objects }));
    checked.reports.push({ host, port, address, endpoints });
    checked.assets.push(await assetOf(host, port, api.tls));
  };
  return {
    ofStore: async (result) => {
      const configured = own.find(
        (one) => hostName(one.host) === hostName(result.host) && sharedProject(one, scope) === result.project,
      );
      const target = configured === undefined ? undefined : scope.find(configured.host, result.project);
      if (configured === undefined || target === undefined) return [];
      // An account is of a store only where it says so: its credentials are nothing for other services to see.
      const isMeant = ({ service }: TargetAccount) => service === result.service;
      if (!(configured.accounts ?? []).some(isMeant)) return [];
      const accounts = (await accountsOf(configured)) ?? [];
      const names = new Set((configured.accounts ?? []).filter(isMeant).map(({ name }) => name));
      const { accessOfStore, services } = await import('../probe/index.ts');
      const meant = accounts.filter(({ name }) => names.has(name));
      return (await accessOfStore(target, result, meant, services, options).catch(told(result.host))) ?? [];
    },
    ofApis: async () => {
      for (const configured of own) {
        if (configured.api !== undefined) await ask(configured, configured.api).catch(told(configured.host));
      }
      return checked;
    },
  };
}

/** The project that tells this target from others on a host that a provider shares among customers. */
function sharedProject({ host, authority }: Target, scope: Scope): string | undefined {
  if (typeof authority === 'string' || !('provider' in authority)) return undefined;
  return scope.find(host, authority.project)?.project;
}

async function assetOf(host: string, port: number, tls: boolean): Promise<EndpointAsset> {
  const { apiAssetId } = await import('../probe/index.ts');
  const scheme = tls ? 'https' : 'http';
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    kind: 'endpoint',
    id: apiAssetId({ host, port }),
    url: `${scheme}://${shown}:${port}`,
    scheme,
    host,
    port,
    origin: 'app',
  };
}

/** What accounts get from stores that are shut to strangers: no story tells of them. */
export function storesWithoutStory(results: readonly ProbeResult[]): AccessReport[] {
  return results.flatMap(({ host, port, address, verdict, access = [] }) => {
    if (access.length === 0 || port === null || isExposed(verdict)) return [];
    const whats = [...new Set(access.map(({ what }) => what))];
    const endpoints = whats.map((what) => ({
      what,
      access: access.filter((one) => one.what === what),
      fields: [],
      objects: 'shared' as const,
    }));
    return [{ host, port, address, endpoints }];
  });
}

/** What would be asked of the APIs, for `--dry-run`; no secret is read. */
export async function dryAccessOf(targets: readonly Target[], scope: Scope): Promise<DryPort[]> {
  const { dryAccess } = await import('../probe/index.ts');
  const ports: DryPort[] = [];
  for (const { host, api, accounts = [] } of targets) {
    const target = scope.find(host);
    if (api === undefined || target === undefined) continue;
    const names = accounts.filter(({ service }) => service === undefined).map(({ name }) => name);
    ports.push(dryAccess({ label: host, host: target.host, allowed: target.allowed }, await apiOf(api), names));
  }
  return ports;
}

/** What `postern probe` prints of one API. */
export function accessLine(report: AccessReport): ProbeLine {
  const access = report.endpoints.flatMap((endpoint) => endpoint.access);
  // What is meant for everybody says nothing about how strangers are treated.
  const owned = report.endpoints.filter(({ objects }) => objects === 'owned').flatMap((endpoint) => endpoint.access);
  const stranger = readsOf(owned, 'stranger');
  const verdict = (
    { yes: 'anonymous-read', no: 'secured', unknown: 'inconclusive', untested: 'inconclusive' } as const
  )[stranger];
  const reads = (as: Access['as']) =>
    new Set(access.filter((one) => one.as === as && one.read === 'yes').map(({ what }) => what)).size;
  return {
    target: report.host,
    address: report.address,
    port: report.port,
    service: 'api',
    version: null,
    verdict,
    documents: null,
    bytes: null,
    datasets: [],
    access,
    elapsedMs: 0,
    notTested: ['whether anybody may write'],
    reason: `of ${report.endpoints.length} endpoints, strangers read ${reads('stranger')}, other users ${reads('other-user')}, old apps ${reads('old-app')}`,
  };
}

/** The worst that was told of one `as` over all endpoints. */
function readsOf(access: readonly Access[], as: Access['as']): Access['read'] {
  const told = access.filter((one) => one.as === as).map(({ read }) => read);
  return (['yes', 'unknown', 'no'] as const).find((answer) => told.includes(answer)) ?? 'untested';
}

async function accountOf(account: TargetAccount): Promise<Account> {
  // Loaded where there are accounts: a probe without them does not pay for the configuration's schema.
  const { readSecret } = await import('../config/index.ts');
  const headers: Record<string, string> = {};
  for (const [name, { scheme, secret }] of Object.entries(account.headers)) {
    const value = await readSecret(secret);
    headers[name] = scheme === undefined ? value : `${scheme} ${value}`;
  }
  const login = account.login && {
    username: account.login.username,
    password: await readSecret(account.login.password),
  };
  if (login !== undefined) {
    headers.authorization = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  }
  return {
    name: account.name,
    headers,
    ids: account.ids,
    ...(login === undefined ? {} : { login }),
    ...(account.service === undefined ? {} : { service: account.service }),
    ...(account.port === undefined ? {} : { port: account.port }),
  };
}

async function apiOf(api: TargetApi): Promise<AccessConfig['api']> {
  const { port, tls, oldApps } = api;
  if (api.openapi === undefined) {
    return { port, tls, oldApps, prefix: api.prefix ?? '', endpoints: api.endpoints, notTested: [] };
  }
  const { endpointsOf } = await import('../probe/index.ts');
  const described = endpointsOf(await documentOf(api.openapi), api.most);
  if (described === undefined) {
    throw new PosternError('E_INPUT_UNSUPPORTED', `${api.openapi} is no OpenAPI 3 or Swagger 2 document`);
  }
  // What the owner writes goes first, and stands for what the document says of the same path.
  const named = new Set(api.endpoints.map(({ path }) => path));
  const endpoints = [...api.endpoints, ...described.endpoints.filter(({ path }) => !named.has(path))];
  return { port, tls, oldApps, prefix: api.prefix ?? described.prefix, endpoints, notTested: described.notTested };
}

/** JSON is read as such, because it is quicker by far; everything else as YAML. */
async function documentOf(path: string): Promise<unknown> {
  if (!/\.json$/i.test(path)) {
    const { readYamlFile } = await import('../config/yaml-file.ts');
    return (await readYamlFile(path, 'E_CONFIG_INVALID')).value;
  }
  try {
    const { size } = await stat(path);
    if (size > LIMITS.configBytes)
      throw new PosternError('E_INPUT_LIMIT', `${path} is larger than ${LIMITS.configBytes} bytes`);
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof PosternError) throw error;
    const gone = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new PosternError(error instanceof SyntaxError ? 'E_INPUT_CORRUPT' : 'E_INPUT_NOT_FOUND', `${path} ${gone}`);
  }
}
