import { createHash } from 'node:crypto';
import { PosternError } from '../core/errors.ts';
import { canonicalJson } from '../crypto/canonical.ts';
import { isNoHost, type Network, parseAddress, parseNetwork } from './address.ts';
import type { Identifiers } from './allow-list.ts';
import { type AuthorityEnvironment, type AuthorityRequest, confirmAuthority } from './authority.ts';
import { secretForm } from './public-identifier.ts';

/** Why the owner may point the tool at a host. A name alone authorizes nothing. */
export type Authority =
  | { kind: 'loopback' }
  | { kind: 'dns-txt'; name: string; confirmedAt: string }
  | { kind: 'signed-statement'; keyId: string; expires: string }
  | { kind: 'provider-project'; provider: string; project: string };

/** Not exported: outside this file nobody can write an object that has it. */
const authorized: unique symbol = Symbol('authorized');

/**
 * A host with the addresses it may resolve to and the authority for them. Only `createScope` makes one, so a network
 * target cannot exist without its authority.
 */
export interface NetworkTarget {
  readonly [authorized]: true;
  /** As the owner wrote it; used for Host and SNI. */
  readonly host: string;
  /** CIDRs or single addresses, both families, in canonical form. */
  readonly allowed: readonly string[];
  /** `dns`: resolved at connect time, each address checked; `listed`: the listed single addresses, no DNS. */
  readonly resolve: 'dns' | 'listed';
  readonly authority: Authority;
  /** Ports to ask beside those of the catalogue. */
  readonly ports: readonly number[];
  /** A managed service of this id only (Firebase, S3, …): no port sweep; the provider's edge answers. */
  readonly managedService?: string;
  /** Buckets that may be asked for by name on an object store. */
  readonly buckets: readonly string[];
  /** Collections, tables and indices that may be asked for by name, where a stranger gets no list of them. */
  readonly datasets: readonly string[];
  /** Identifiers that are public by design (project id, anonymous key): what an app carries and a stranger has. */
  readonly identifiers: Identifiers;
  /** The customer's project on a host that a provider shares among customers: another target may have the same host. */
  readonly project?: string;
}

export interface Scope {
  /** SHA-256 (hex) of the canonical form of the whole scope. */
  readonly hash: string;
  readonly targets: readonly NetworkTarget[];
  /**
   * The target for a host, when it is in scope.
   * @param project which one, where several have the host; left out: the first
   */
  find(host: string, project?: string): NetworkTarget | undefined;
  /** Every target that has the host. */
  findAll(host: string): readonly NetworkTarget[];
  /** What the configuration named but could not be authorized, and why. */
  readonly refused: readonly { host: string; error: PosternError }[];
}

/** One target as the owner's configuration names it. */
export interface ScopeEntry {
  host: string;
  /** CIDRs and single addresses; may be empty for a provider's project only. */
  addresses: readonly string[];
  resolve: 'dns' | 'listed';
  authority: AuthorityRequest;
  ports?: readonly number[];
  managedService?: string;
  buckets?: readonly string[];
  datasets?: readonly string[];
  identifiers?: Identifiers;
}

/**
 * Confirms each entry's authority and makes the targets. An entry that cannot be confirmed ends in `refused`
 * (`E_AUTHORITY`), never in an exception: one bad entry does not stop the others.
 */
export async function createScope(entries: readonly ScopeEntry[], environment: AuthorityEnvironment): Promise<Scope> {
  const targets: NetworkTarget[] = [];
  const refused: { host: string; error: PosternError }[] = [];
  const judged = await Promise.all(entries.map((entry) => judge(entry, environment)));
  for (const outcome of judged) {
    if ('error' in outcome) refused.push(outcome);
    else targets.push(outcome.target);
  }
  const byHost = new Map<string, NetworkTarget[]>();
  for (const target of targets) {
    const same = byHost.get(hostKey(target.host));
    if (same === undefined) byHost.set(hostKey(target.host), [target]);
    else same.push(target);
  }
  const findAll = (host: string) => byHost.get(hostKey(host)) ?? [];
  return Object.freeze({
    hash: hashOf(targets),
    targets: Object.freeze(targets),
    refused: Object.freeze(refused),
    find: (host: string, project?: string) =>
      findAll(host).find((target) => project === undefined || target.project === project),
    findAll,
  });
}

const networks = new WeakMap<NetworkTarget, readonly Network[]>();

/** What the target allows, parsed once. */
export function networksOf(target: NetworkTarget): readonly Network[] {
  let parsed = networks.get(target);
  if (parsed === undefined) {
    parsed = target.allowed.flatMap((text) => parseNetwork(text) ?? []);
    networks.set(target, parsed);
  }
  return parsed;
}

/** True for an object that `createScope` made. The dialer asks, because types are gone at run time. */
export function isAuthorized(target: NetworkTarget): boolean {
  return Object.hasOwn(target, authorized);
}

type Judged = { target: NetworkTarget } | { host: string; error: PosternError };

async function judge(entry: ScopeEntry, environment: AuthorityEnvironment): Promise<Judged> {
  try {
    checkHost(entry.host);
    const networks = entry.addresses.map((text) => checkedNetwork(text, entry));
    const { authority, allowed, identifiers = {}, project } = await confirmAuthority(entry, networks, environment);
    checkIdentifiers(entry);
    const target: NetworkTarget = Object.freeze({
      [authorized]: true as const,
      host: entry.host,
      allowed: Object.freeze([...new Set(allowed)].sort()),
      resolve: entry.resolve,
      authority: Object.freeze(authority),
      ports: Object.freeze([...new Set(entry.ports ?? [])].sort((a, b) => a - b)),
      ...(entry.managedService === undefined ? {} : { managedService: entry.managedService }),
      buckets: Object.freeze([...new Set(entry.buckets ?? [])].sort()),
      datasets: Object.freeze([...new Set(entry.datasets ?? [])].sort()),
      // What the authority itself proves comes last: it cannot be overruled.
      identifiers: Object.freeze({ ...entry.identifiers, ...identifiers }),
      ...(project === undefined ? {} : { project }),
    });
    return { target };
  } catch (error) {
    if (error instanceof PosternError) return { host: entry.host, error };
    throw error;
  }
}

/** RFC 1123 names and addresses. What a URL parser or resolver could read as something else is not a host. */
function checkHost(host: string): void {
  if (parseAddress(host) !== undefined) return;
  const labels = host.replace(/\.$/, '').split('.');
  const named = host.length <= 253 && labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i.test(label));
  // inet_aton reads a name whose last label is a number as an address (0x7f.1, 2130706433).
  if (!named || /^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')) {
    throw new PosternError('E_AUTHORITY', `"${host}" is not a host name or an address in its plain form.`, {
      hint: 'Write the name, or the address as 203.0.113.7 or 2001:db8::7.',
    });
  }
}

/** An identifier that is a secret by its own form is refused before anything is sent with it. */
function checkIdentifiers(entry: ScopeEntry): void {
  for (const [name, value] of Object.entries(entry.identifiers ?? {})) {
    const why = secretForm(value);
    if (why === undefined) continue;
    throw new PosternError(
      'E_AUTHORITY',
      `The identifier "${name}" under ${entry.host} is ${why}, which is no public identifier.`,
      {
        hint: 'Only what is public by design may be listed: project ids, anonymous or publishable keys. Rotate the secret if an app carries it.',
      },
    );
  }
}

/** Wider lists than these are no longer a list of one's own servers. */
const WIDEST = { 4: 16, 6: 32 } as const;

function checkedNetwork(text: string, entry: ScopeEntry): Network {
  const network = parseNetwork(text);
  if (network === undefined) {
    throw new PosternError('E_AUTHORITY', `"${text}" under ${entry.host} is not an address or a CIDR.`, {
      hint: 'Write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/64, with no host bits set.',
    });
  }
  const base = parseAddress(network.text.replace(/\/.*/, ''));
  if (base !== undefined && isNoHost(base)) {
    throw new PosternError('E_AUTHORITY', `${network.text} under ${entry.host} is no host's address.`);
  }
  if (network.prefix < WIDEST[network.family] && entry.authority !== 'loopback') {
    throw new PosternError(
      'E_AUTHORITY',
      `${network.text} under ${entry.host} is too wide to be one host's addresses.`,
      {
        hint: `List /${WIDEST[network.family]} or longer prefixes.`,
      },
    );
  }
  if (entry.resolve === 'listed' && network.text.includes('/')) {
    throw new PosternError(
      'E_AUTHORITY',
      `${entry.host} uses its listed addresses, and ${network.text} is a network.`,
      {
        hint: 'List single addresses, or use `resolve: dns`.',
      },
    );
  }
  return network;
}

function hostKey(host: string): string {
  return parseAddress(host)?.text ?? host.replace(/\.$/, '').toLowerCase();
}

function hashOf(targets: readonly NetworkTarget[]): string {
  const plain = targets.map((target) => ({
    host: hostKey(target.host),
    allowed: target.allowed,
    resolve: target.resolve,
    authority: stable(target.authority),
    ports: target.ports,
    managedService: target.managedService ?? null,
    ...(target.buckets.length > 0 ? { buckets: target.buckets } : {}),
    ...(target.datasets.length > 0 ? { datasets: target.datasets } : {}),
    ...(Object.keys(target.identifiers).length > 0 ? { identifiers: target.identifiers } : {}),
  }));
  plain.sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0));
  return createHash('sha256')
    .update(canonicalJson({ version: 1, targets: plain }))
    .digest('hex');
}

/** The time of confirmation is not part of what is authorized: the same scope has the same hash tomorrow. */
function stable(authority: Authority): object {
  return authority.kind === 'dns-txt' ? { kind: authority.kind, name: authority.name } : authority;
}
