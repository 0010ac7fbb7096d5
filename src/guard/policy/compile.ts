import { createHash } from 'node:crypto';
import { dirname, resolve as resolvePath } from 'node:path';
import type { YamlFile } from '../../config/yaml-file.ts';
import { compileAnomalies } from './compile-anomalies.ts';
import { compileApi } from './compile-api.ts';
import { compileDevices, deviceFiles } from './compile-devices.ts';
import { compileIdentity } from './compile-identity.ts';
import { compileLimits } from './compile-limits.ts';
import { compileListeners } from './compile-listeners.ts';
import { compileRoles } from './compile-role.ts';
import { compileDatabases, compileUpstreams } from './compile-upstreams.ts';
import { compileData, compileVault } from './compile-vault.ts';
import type { IdentityConfig } from './identity-config.ts';
import type { Policy } from './policy.ts';
import { Problems } from './problems.ts';
import { splitAddress } from './schema/listener.ts';
import type { PolicyFile } from './schema/policy.ts';

/**
 * The file as the gateway uses it: paths absolute, names checked, every rule a frozen grant.
 *
 * @throws PosternError `E_POLICY_INVALID` with all that is wrong
 */
export function compilePolicy(file: PolicyFile, source: YamlFile, text: string, now: number): Policy {
  const problems = new Problems(source);
  const root = dirname(source.path);
  const resolve = (path: string) => resolvePath(root, path);
  const identity = compileIdentity(file.identity, resolve, problems);
  const { journal, keys } = file;
  const upstreams = compileUpstreams(file.upstreams, resolve, problems);
  const databases = compileDatabases(file.upstreams, resolve);
  const roles = compileRoles(file, now, problems);
  const devices = compileDevices(file, roles, resolve, problems);
  const data = compileData(file.data, resolve);
  const policy: Policy = Object.freeze({
    path: source.path,
    hash: textHash(text),
    listeners: compileListeners(file.listeners, resolve, problems),
    admin: file.admin ? Object.freeze(splitAddress(file.admin.address) ?? { host: '127.0.0.1', port: 0 }) : null,
    upstreams,
    databases,
    identity,
    roles,
    journal: Object.freeze({
      file: resolve(journal.file),
      durability: journal.durability,
      checkpointEvery: journal.checkpointEvery,
      rotateBytes: journal.rotate,
      onFailure: journal.onFailure,
      witness: witnessOf(journal.witness, resolve),
    }),
    limits: compileLimits(file.limits, resolve, problems),
    keys: Object.freeze({
      seal: resolve(keys.seal),
      mask: resolve(keys.mask),
      journal: resolve(keys.journal),
      limits: resolve(keys.limits),
    }),
    workers: file.workers,
    api: compileApi(file, { stores: storesOf(file), roles, roleNames: Object.keys(file.roles), problems }),
    data,
    vault: compileVault(file.vault, data, resolve, problems),
    devices,
    anomalies: compileAnomalies(file, resolve, problems),
    files: Object.freeze([...new Set([...identityFiles(identity), ...deviceFiles(devices)])]),
    source,
  });
  if (policy.roles.length === 0) problems.add(['roles'], 'there is no role', 'Without one nobody may do anything.');
  problems.throwIfAny();
  return policy;
}

/** SHA-256 of a policy's text, hex. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function witnessOf(
  file: PolicyFile['journal']['witness'],
  resolve: (path: string) => string,
): Policy['journal']['witness'] {
  if (file?.url !== undefined) return Object.freeze({ kind: 'url', url: file.url });
  return file?.file === undefined ? null : Object.freeze({ kind: 'file', path: resolve(file.file) });
}

function storesOf(file: PolicyFile): ReadonlyMap<string, 'elasticsearch' | 'postgresql'> {
  return new Map(
    Object.entries(file.upstreams).map(([name, { store }]) => [name, store === 'postgresql' ? store : 'elasticsearch']),
  );
}

function identityFiles(identity: IdentityConfig): readonly string[] {
  const files = new Set<string>();
  for (const issuer of identity.issuers) {
    if (issuer.keys.kind === 'file') files.add(issuer.keys.path);
    if (issuer.revoked !== null) files.add(issuer.revoked);
  }
  if (identity.apiKeys) files.add(identity.apiKeys.file);
  for (const source of identity.certificates) files.add(source.ca);
  return [...files];
}
