import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import type { Io } from './io.ts';

/** The project's configuration: the named file, or the nearest postern.yaml upward, or none where that is allowed. */
export async function findConfig(io: Io, named: string | undefined): Promise<LoadedConfig | undefined> {
  // Looked for before the loader is: most runs of a hook have no configuration, and its schema library is slow to load.
  if (named === undefined && !hasConfig(resolve(io.cwd))) return undefined;
  const { loadConfig } = await import('../config/index.ts');
  return loadConfig(named ?? io.cwd, { named: named !== undefined });
}

function hasConfig(folder: string): boolean {
  if (existsSync(join(folder, 'postern.yaml'))) return true;
  const parent = dirname(folder);
  return parent !== folder && hasConfig(parent);
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
