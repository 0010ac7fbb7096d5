import { secretOf } from './compile-upstreams.ts';
import type { LimitsConfig, LimitsStoreConfig, RoleLimits } from './limits-config.ts';
import type { Path, Problems } from './problems.ts';
import type { RoleLimitsFile } from './schema/limits.ts';
import type { PolicyFile } from './schema/policy.ts';

/** Where limits are counted, and those that hold before anyone is known. */
export function compileLimits(
  file: PolicyFile['limits'],
  resolve: (path: string) => string,
  problems: Problems,
): LimitsConfig {
  return Object.freeze({
    store: Object.freeze(storeOf(file.store, resolve)),
    onFailure: file.onFailure,
    peer: file.peer ? callLimitsOf(file.peer, ['limits', 'peer'], problems) : null,
    device: file.device ? roleLimitsOf(file.device, ['limits', 'device'], problems) : null,
    version: file.version ? Object.freeze({ documents: Object.freeze(file.version.documents) }) : null,
    counting: file.counting,
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

/** Of a role, or of a device. */
export function roleLimitsOf(file: RoleLimitsFile, path: Path, problems: Problems): RoleLimits {
  return Object.freeze({
    ...callLimitsOf(file, path, problems),
    documents: file.documents ? Object.freeze(file.documents) : null,
  });
}

/** Of anything that makes calls. */
export function callLimitsOf(
  file: { rate?: number | undefined; burst?: number | undefined; concurrent?: number | undefined },
  path: Path,
  problems: Problems,
): Pick<RoleLimits, 'rate' | 'concurrent'> {
  if (file.burst !== undefined && file.rate === undefined) {
    problems.add([...path, 'burst'], 'needs a rate', 'Add e.g. `rate: 50/s`.');
  }
  const rate =
    file.rate === undefined
      ? null
      : Object.freeze({ perSecond: file.rate, burst: file.burst ?? Math.max(1, Math.ceil(file.rate)) });
  return Object.freeze({ rate, concurrent: file.concurrent ?? null });
}
