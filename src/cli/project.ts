import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import type { Io } from './io.ts';

/** The project's configuration: the named file, or the nearest postern.yaml upward, or none where that is allowed. */
export async function findConfig(io: Io, named: string | undefined): Promise<LoadedConfig | undefined> {
  const { loadConfig } = await import('../config/index.ts');
  try {
    return await loadConfig(named ?? io.cwd, { named: named !== undefined });
  } catch (error) {
    if (named === undefined && error instanceof PosternError && error.code === 'E_CONFIG_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * The key that hashes secrets. A project has one, in a 0600 file, so that its reports compare; without a project it
 * lives as long as the run.
 */
export async function redactionKey(config: LoadedConfig | undefined): Promise<Uint8Array> {
  if (!config) return (await import('node:crypto')).randomBytes(32);
  const { loadOrCreateRedactionKey } = await import('../crypto/index.ts');
  return loadOrCreateRedactionKey(config.keys.redaction);
}
