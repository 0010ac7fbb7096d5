import { createHash } from 'node:crypto';
import { dirname, resolve as resolvePath } from 'node:path';
import type { YamlFile } from '../../config/yaml-file.ts';
import { compileIdentity } from './compile-identity.ts';
import { compileListeners } from './compile-listeners.ts';
import { callLimitsOf, compileRoles } from './compile-role.ts';
import { compileUpstreams, secretOf } from './compile-upstreams.ts';
import type { IdentityConfig } from './identity-config.ts';
import type { LimitsConfig, LimitsStoreConfig } from './limits-config.ts';
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
  const policy: Policy = Object.freeze({
    path: source.path,
    hash: textHash(text),
    listeners: compileListeners(file.listeners, resolve, problems),
    admin: file.admin ? Object.freeze(splitAddress(file.admin.address) ?? { host: '127.0.0.1', port: 0 }) : null,
    upstreams: compileUpstreams(file.upstreams, resolve, problems),
    identity,
    roles: compileRoles(file, now, problems),
    journal: Object.freeze({
      file: resolve(journal.file),
      durability: journal.durability,
      checkpointEvery: journal.checkpointEvery,
      rotateBytes: journal.rotate,
      onFailure: journal.onFailure,
      witness: witnessOf(journal.witness, resolve),
    }),
    limits: limitsOf(file.limits, resolve, problems),
    keys: Object.freeze({
      seal: resolve(keys.seal),
      mask: resolve(keys.mask),
      journal: resolve(keys.journal),
      limits: resolve(keys.limits),
    }),
    workers: file.workers,
    files: identityFiles(identity),
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

function limitsOf(file: PolicyFile['limits'], resolve: (path: string) => string, problems: Problems): LimitsConfig {
  return Object.freeze({
    store: Object.freeze(storeOf(file.store, resolve)),
    onFailure: file.onFailure,
    peer: file.peer ? callLimitsOf(file.peer, ['limits', 'peer'], problems) : null,
    device: file.device ? callLimitsOf(file.device, ['limits', 'device'], problems) : null,
  });
}

function storeOf(file: PolicyFile['limits']['store'], resolve: (path: string) => string): LimitsStoreConfig {
  if (file === 'memory') return { kind: 'memory' };
  const { url, username, passwordFile, passwordEnv, ca, prefix } = file.valkey;
  const password = secretOf(passwordFile, passwordEnv, resolve);
  return {
    kind: 'valkey',
    url,
    username: username ?? null,
    password,
    ca: ca === undefined ? null : resolve(ca),
    prefix,
  };
}

function identityFiles(identity: IdentityConfig): readonly string[] {
  const files = new Set<string>();
  for (const issuer of identity.issuers) {
    if (issuer.keys.kind === 'file') files.add(issuer.keys.path);
    if (issuer.revoked !== null) files.add(issuer.revoked);
  }
  if (identity.apiKeys) files.add(identity.apiKeys.file);
  for (const source of identity.certificates) files.add(source.ca);
  return Object.freeze([...files]);
}
