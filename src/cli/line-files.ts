import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PosternError } from '../core/errors.ts';
import type { Io } from './io.ts';

/** Files that grow line by line while a long run goes on, so that nothing is lost when it is stopped. */
export interface LineFiles {
  /** @throws PosternError E_OUTPUT */
  write(line: string): void;
  close(): void;
}

/** @param specs `FORMAT=FILE` of the command line; those of other formats are not ours */
export function createLineFiles(io: Io, specs: readonly string[], format: string): LineFiles {
  const files = specs
    .filter((spec) => spec.startsWith(`${format}=`))
    .map((spec) => resolve(io.cwd, spec.slice(format.length + 1)));
  const open = files.map((path) => ({ path, fd: failing(path, () => openLineFile(path)) }));
  return {
    write(line) {
      for (const { path, fd } of open) failing(path, () => writeSync(fd, line));
    },
    close() {
      for (const { fd } of open.splice(0)) closeSync(fd);
    },
  };
}

function openLineFile(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'w');
}

function failing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${path} could not be written: ${(cause as Error).message}`, { cause });
  }
}
