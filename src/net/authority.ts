/**
 * The four ways an owner shows that the tool may be pointed at an address. Each one binds the *addresses*, not only the
 * name: whoever owns a name could point it at a stranger's server.
 *
 * - `loopback`: every listed address is in 127.0.0.0/8 or is ::1.
 * - `dns-txt`: the TXT record `_postern.<host>` holds `postern-scope=v1 <hex>`, where `<hex>` is the SHA-256 of the
 *   listed addresses in canonical form (see `address.ts`), sorted by byte value, without repetition, joined by LF.
 * - a signed statement (`crypto/statement.ts`): the owner's Ed25519 signature over hosts, their addresses and an expiry, by
 *   a key that the configuration pins.
 * - a provider's project: the host is one that the provider itself made from the project's id, so only that project
 *   answers there. Addresses are the provider's; private and special ones are never among them.
 */
import { createHash } from 'node:crypto';
import { PosternError } from '../core/errors.ts';
import type { SignedStatement } from '../crypto/statement.ts';
import { isLoopbackNetwork, type Network, parseAddress, parseNetwork } from './address.ts';
import { PROVIDER_HOSTS } from './provider-hosts.ts';
import type { Authority, ScopeEntry } from './scope.ts';

/** What the configuration claims; confirmed by `confirmAuthority`. */
export type AuthorityRequest =
  | 'loopback'
  | 'dns-txt'
  | { statement: SignedStatement }
  | { project: { provider: string; id: string } };

/** What confirming an authority needs from outside. */
export interface AuthorityEnvironment {
  now(): Date;
  /** As `dns.promises.resolveTxt`: one list of chunks per record. */
  resolveTxt(name: string): Promise<string[][]>;
  /** Pinned raw Ed25519 public keys, base64url. */
  readonly trustedKeys: readonly string[];
}

interface Confirmed {
  authority: Authority;
  /** Canonical texts of what may be connected to. */
  allowed: readonly string[];
  /** What the authority proves beside addresses: the project's id on a host that a provider shares among customers. */
  identifiers?: Readonly<Record<string, string>>;
  /** The project, where the host is as much any other customer's. */
  project?: string;
}

/** @throws PosternError `E_AUTHORITY` when the authority cannot be confirmed; the message says what is missing. */
export async function confirmAuthority(
  entry: ScopeEntry,
  networks: readonly Network[],
  environment: AuthorityEnvironment,
): Promise<Confirmed> {
  const { authority } = entry;
  const allowed = networks.map((network) => network.text);
  if (typeof authority === 'object' && 'project' in authority)
    return confirmProject(entry, networks, authority.project);
  if (networks.length === 0) {
    throw refusal(entry, 'lists no addresses', 'List the addresses that the name may resolve to under `addresses`.');
  }
  if (authority === 'loopback') {
    const outside = networks.find((network) => !isLoopbackNetwork(network));
    if (outside !== undefined) {
      throw refusal(
        entry,
        `claims loopback, and ${outside.text} is not a loopback address`,
        'Only 127.0.0.0/8 and ::1 need no further authority. Use dns-txt or a signed statement.',
      );
    }
    return { authority: { kind: 'loopback' }, allowed };
  }
  if (authority === 'dns-txt') {
    const name = await confirmTxt(entry, allowed, environment);
    return { authority: { kind: 'dns-txt', name, confirmedAt: environment.now().toISOString() }, allowed };
  }
  return { authority: await confirmStatement(entry, networks, authority.statement, environment), allowed };
}

/** The hash that the TXT record and the documentation use; `addresses` in any order and form. */
export function scopeTxtRecord(addresses: readonly string[]): string {
  const canonical = addresses.map((text) => parseNetwork(text)?.text ?? text);
  const sorted = [...new Set(canonical)].sort();
  return `postern-scope=v1 ${createHash('sha256').update(sorted.join('\n')).digest('hex')}`;
}

async function confirmTxt(
  entry: ScopeEntry,
  allowed: readonly string[],
  environment: AuthorityEnvironment,
): Promise<string> {
  const expected = scopeTxtRecord(allowed);
  if (parseAddress(entry.host) !== undefined) {
    throw refusal(entry, 'is an address, which cannot carry a TXT record', 'Name the host, or use a signed statement.');
  }
  const name = `_postern.${entry.host.replace(/\.$/, '')}`;
  let records: string[][];
  try {
    records = await environment.resolveTxt(name);
  } catch (cause) {
    throw refusal(entry, `has no TXT record at ${name}`, `Publish this record there: "${expected}"`, cause);
  }
  const texts = records.map((chunks) => chunks.join('').trim().replace(/\s+/g, ' '));
  if (!texts.some((text) => text.toLowerCase() === expected)) {
    const stale = texts.some((text) => text.startsWith('postern-scope='));
    throw refusal(
      entry,
      stale ? `has a TXT record at ${name} for other addresses` : `has no postern-scope record at ${name}`,
      `Publish this record there: "${expected}"`,
    );
  }
  return name;
}

async function confirmStatement(
  entry: ScopeEntry,
  networks: readonly Network[],
  signed: SignedStatement,
  environment: AuthorityEnvironment,
): Promise<Authority> {
  // Loaded on demand: parsing statements brings a schema library that most runs never need.
  const { verifyStatement } = await import('../crypto/statement.ts');
  const body = verifyStatement(signed, environment.trustedKeys, environment.now());
  const stated = body.targets
    .filter((one) => one.host.toLowerCase() === entry.host.toLowerCase())
    .flatMap((one) => one.addresses.map((text) => parseNetwork(text)));
  const missing = networks.find((network) => !stated.some((outer) => outer !== undefined && covers(outer, network)));
  if (missing !== undefined) {
    throw refusal(
      entry,
      `lists ${missing.text}, which its signed statement does not name for this host`,
      'List only addresses that the statement names, or have it signed again.',
    );
  }
  return { kind: 'signed-statement', keyId: signed.signature.keyId, expires: body.expires };
}

function covers(outer: Network, inner: Network): boolean {
  const base = parseAddress(inner.text.replace(/\/.*/, ''));
  return base !== undefined && inner.prefix >= outer.prefix && outer.contains(base);
}

function confirmProject(
  entry: ScopeEntry,
  networks: readonly Network[],
  project: { provider: string; id: string },
): Confirmed {
  const provider = Object.hasOwn(PROVIDER_HOSTS, project.provider) ? PROVIDER_HOSTS[project.provider] : undefined;
  if (provider === undefined) {
    const known = Object.keys(PROVIDER_HOSTS).join(', ');
    throw refusal(entry, `names the provider "${project.provider}", which is not known`, `Known providers: ${known}.`);
  }
  const host = entry.host.toLowerCase().replace(/\.$/, '');
  if (!provider.id.test(project.id) || !provider.owns(project.id, host)) {
    throw refusal(
      entry,
      `is not a host that ${project.provider} makes for the project "${project.id}"`,
      `Use the provider's own host name of the project: ${provider.describes}.`,
    );
  }
  if (entry.resolve !== 'dns') {
    throw refusal(entry, 'belongs to a provider and must be resolved', 'Use `resolve: dns`.');
  }
  return {
    authority: { kind: 'provider-project', provider: project.provider, project: project.id },
    // A /0 means the public Internet only; `resolve.ts` never lets a special or private address through it.
    allowed: networks.length > 0 ? networks.map((network) => network.text) : ['0.0.0.0/0', '::/0'],
    ...(provider.binds === undefined ? {} : { identifiers: { [provider.binds]: project.id } }),
    // A host that no id has to stand in is everybody's.
    ...(provider.owns('', host) ? { project: project.id } : {}),
  };
}

function refusal(entry: ScopeEntry, what: string, hint: string, cause?: unknown): PosternError {
  return new PosternError('E_AUTHORITY', `${entry.host} ${what}.`, cause === undefined ? { hint } : { hint, cause });
}
