/** The classifier's modules as one file that Node 20 can import, made anew at each call. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string} entry a file below src/ */
export async function bundled(entry) {
  const folder = join(root, '.cache/bench-classify');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`);
  const bundle = await rolldown({
    input: join(root, 'src', entry),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  return import(`${pathToFileURL(file).href}?${Date.now()}`);
}
