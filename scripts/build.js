#!/usr/bin/env node
/**
 * Compiles src/ and lab/ and joins the modules into a few files in dist/: loading one file is several times faster than
 * resolving and compiling a hundred, and a command in a commit hook is mostly start-up. Packages stay outside; what a
 * verb loads on demand keeps a chunk of its own. `npm run build`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

const external = (id) => /^(?:node:|@?[a-z])/i.test(id) && !/^[a-z]:[\\/]/i.test(id);
const { rolldown } = await import('rolldown');
const bundle = await rolldown({
  input: {
    'src/cli/main': join(modules, 'src/cli/main.js'),
    'src/cli/inspect-alone': join(modules, 'src/cli/inspect-alone.js'),
    'src/cli/audit-alone': join(modules, 'src/cli/audit-alone.js'),
    'src/cli/probe-alone': join(modules, 'src/cli/probe-alone.js'),
    'lab/demo': join(modules, 'lab/demo.js'),
    'src/inspect/fleet/worker': join(modules, 'src/inspect/fleet/worker.js'),
  },
  platform: 'node',
  external,
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
buildClient(join(fresh, 'client'));
await buildCached(join(fresh, 'cached'));
writeFileSync(join(fresh, '.complete'), '');
rmSync(join(root, 'dist'), { recursive: true, force: true });
renameSync(fresh, join(root, 'dist'));

/**
 * `inspect`, `audit` and `probe` as scripts that bin/load-cached.js runs. The code that V8 makes of them is kept when the package is built on
 * Node 20, which has no compile cache of its own.
 */
async function buildCached(folder) {
  const scripts = await rolldown({
    input: {
      inspect: join(modules, 'src/cli/inspect-alone.js'),
      audit: join(modules, 'src/cli/audit-alone.js'),
      probe: join(modules, 'src/cli/probe-alone.js'),
    },
    platform: 'node',
    external,
  });
  await scripts.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    plugins: [
      {
        name: 'import-by-loader',
        // packages come through `require`, which gives an ES module whole and not as the default of another
        renderChunk: (code) =>
          code
            .replaceAll(/\bimport\((?="(?:node:|@?[a-z])[^"\n]*"\))/gi, '__import(')
            .replaceAll(/\b(?:\w+\.)?__toESM\(/g, '__imported('),
      },
    ],
  });
  await scripts.close();
  for (const verb of ['inspect', 'audit', 'probe']) {
    const warmed = spawnSync(process.execPath, [join(root, 'scripts', 'warm.js'), join(folder, `${verb}.cjs`)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (warmed.status !== 0) process.exit(warmed.status ?? 1);
  }
}

/** `postern/client`: its modules as they are – apps bundle them by themselves – with their types. */
function buildClient(folder) {
  const types = join(root, '.cache', 'client-types');
  rmSync(types, { recursive: true, force: true });
  const emitted = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.client.json'), '--outDir', types], {
    cwd: root,
    stdio: 'inherit',
  });
  if (emitted.status !== 0) process.exit(emitted.status ?? 1);
  mkdirSync(folder, { recursive: true });
  for (const [from, ending] of [
    [join(modules, 'src/client'), '.js'],
    [types, '.d.ts'],
  ]) {
    for (const name of readdirSync(from)) {
      if (!name.endsWith(ending) || name.includes('.test.')) continue;
      // In declarations the compiler leaves the endings of the sources.
      const text = readFileSync(join(from, name), 'utf8').replaceAll(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'");
      writeFileSync(join(folder, name), text);
    }
  }
}
