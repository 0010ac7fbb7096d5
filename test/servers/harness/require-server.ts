import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The path of the first candidate program that exists (absolute, or looked up in PATH). Without one the test is skipped
 * with a loud line; with POSTERN_REQUIRE_SERVERS=1 (as CI sets it) a missing server fails instead.
 */
export function requireServer(name: string, candidates: readonly string[]): string | undefined {
  const server = findProgram(candidates);
  // The TLS variants of the servers need certificates.
  const missing = server === undefined ? name : findProgram(['openssl']) === undefined ? 'openssl' : undefined;
  if (missing === undefined) return server;
  const message = `${missing} is not installed (test/servers/install.sh installs it)`;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(message);
  console.warn(`SKIPPED real-server tests: ${message}`);
  return undefined;
}

/** As `requireServer`, for a server that the installation does not bring: building it takes longer than all the tests. */
export function optionalServer(name: string, candidates: readonly string[], how: string): string | undefined {
  const server = findProgram(candidates);
  if (server === undefined) console.warn(`SKIPPED real-server tests: ${name} is not installed (${how})`);
  return server;
}

export function findProgram(candidates: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const candidate of candidates) {
    for (const path of isAbsolute(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate))) {
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next one.
      }
    }
  }
  return undefined;
}
