/** Makes a program of this folder one file that `node` runs: Node 20 does not read TypeScript. For tests of processes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** @returns its path, inside the project: the native part of the store is loaded from the installed packages */
export async function bundle(name: 'shredder' | 'opener'): Promise<string> {
  const folder = fileURLToPath(new URL('../../../../.cache', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `${name}-${process.pid}.mjs`);
  const made = await rolldown({
    input: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
    platform: 'node',
    external: /^(?:node:|[a-z@])/,
  });
  await made.write({ file: program, format: 'esm' });
  await made.close();
  return program;
}
