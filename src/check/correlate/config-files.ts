/** Which configuration files of its own a running store reads: those its container mounts, or the only one there is. */
import { posix } from 'node:path';
import { own } from '../../core/own.ts';
import type { RunningStore } from '../gather/running.ts';
import { type Deployment, type DeploymentMatch, familyOf } from './declared.ts';

export interface NativeFile {
  path: string;
  format: string;
}

export interface ConfigFiles {
  files: NativeFile[];
  /** How it is known that the store reads them. */
  by: 'mount' | 'hint' | 'only-one';
  unknowns: string[];
}

/** The engine that reads a format, by family. */
const READER: Readonly<Record<string, string>> = {
  'elasticsearch.yml': 'elasticsearch',
  'opensearch.yml': 'elasticsearch',
  'redis.conf': 'redis',
  'postgresql.conf': 'postgresql',
  'pg_hba.conf': 'postgresql',
  'mosquitto.conf': 'mqtt',
  'mongod.conf': 'mongodb',
  'my.cnf': 'mysql',
};

/**
 * @param match the compose service of the store
 * @param files every file that was audited
 * @param hints files that the owner says configure the store's hosts
 * @param alone whether the store is the only running one of its engine
 */
export function configFilesOf(
  store: RunningStore,
  match: DeploymentMatch,
  files: readonly NativeFile[],
  hints: readonly string[],
  alone: boolean,
): ConfigFiles {
  const native = files.filter(({ format }) => own(READER, format) === familyOf(store.service));
  if (match.kind === 'found') return mountedFiles(match.deployment, native);
  const meant = native.filter(({ path }) => hints.includes(path) || hints.includes(posix.dirname(path)));
  if (meant.length > 0) return { files: meant, by: 'hint', unknowns: [] };
  const folders = new Set(native.map(({ path }) => posix.dirname(path)));
  const formats = new Set(native.map(({ format }) => format));
  if (native.length === 0 || match.kind === 'ambiguous') return { files: [], by: 'only-one', unknowns: [] };
  if (alone && folders.size === 1 && formats.size === native.length)
    return { files: native, by: 'only-one', unknowns: [] };
  const names = native.map(({ path }) => path).join(', ');
  return {
    files: [],
    by: 'only-one',
    unknowns: [`several files could configure this store (${names}); name the right one with \`configuredBy\``],
  };
}

function mountedFiles({ service }: Deployment, native: readonly NativeFile[]): ConfigFiles {
  const sources = service.mounts.map(({ source }) => source);
  const files = native.filter(({ path }) => sources.some((source) => path === source || path.startsWith(`${source}/`)));
  const beside = native.filter(
    ({ path }) => !files.some((file) => file.path === path) && posix.dirname(path) === posix.dirname(service.file),
  );
  const unknowns =
    files.length > 0
      ? []
      : beside.map(
          ({ path }) => `${path} stands beside ${service.file}, and nothing mounts it: not known whether it is in use`,
        );
  return { files, by: 'mount', unknowns };
}
