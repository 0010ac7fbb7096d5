/** Where the servers of the application services are installed (test/servers/install.d/application.sh). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = new URL('../../../.cache/servers/', import.meta.url).pathname;

/** npm packages of Parse Server, GraphQL servers and others. */
export const PACKAGES = join(CACHE, 'application/node_modules');

/** A path that the installation brings; without it the test is skipped with a loud line, or fails in CI. */
export function requireInstalled(section: string, path: string): string | undefined {
  const full = path.startsWith('/') ? path : join(CACHE, path);
  if (existsSync(full)) return full;
  const message = `${full} is not there (bash test/servers/install.sh ${section})`;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(message);
  console.warn(`SKIPPED real-server tests: ${message}`);
  return undefined;
}

/** The path of a script beside this file. */
export function script(name: string): string {
  return new URL(name, import.meta.url).pathname;
}
