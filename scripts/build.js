#!/usr/bin/env node
/**
 * Compiles src/ and lab/ and joins the modules into a few files in dist/: loading one file is several times faster than
 * resolving and compiling a hundred, and a command in a commit hook is mostly start-up. Packages stay outside; what a
 * verb loads on demand keeps a chunk of its own. `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, '.cache', 'build');
const compiler = join(
  dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json')),
  'bin',
  'tsc',
);

const compiled = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', modules], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const { rolldown } = await import('rolldown');
const bundle = await rolldown({
  input: {
    'src/cli/main': join(modules, 'src/cli/main.js'),
    'lab/demo': join(modules, 'lab/demo.js'),
  },
  platform: 'node',
  external: (id) => /^(?:node:|@?[a-z])/i.test(id) && !/^[a-z]:[\\/]/i.test(id),
});
// Written beside and moved at the end: a command that runs meanwhile never sees half a build.
const fresh = join(root, '.cache', 'dist');
rmSync(fresh, { recursive: true, force: true });
await bundle.write({
  dir: fresh,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
});
await bundle.close();
writeFileSync(join(fresh, '.complete'), '');
rmSync(join(root, 'dist'), { recursive: true, force: true });
renameSync(fresh, join(root, 'dist'));
