import { existsSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = new URL('../../../.cache/servers/npm/node_modules/', import.meta.url).pathname;

/** The folder of a server's package; without it the test is skipped with a loud line, or fails in CI. */
export function requirePackage(name: string): string | undefined {
  const folder = join(MODULES, name);
  if (existsSync(folder)) return folder;
  const message = `${name} is not installed (bash test/servers/install.sh packages)`;
  if (process.env.POSTERN_REQUIRE_SERVERS === '1') throw new Error(message);
  console.warn(`SKIPPED real-server tests: ${message}`);
  return undefined;
}
