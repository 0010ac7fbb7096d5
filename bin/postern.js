#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// Compiled code is cached where Node supports it (>= 22.8): the command starts faster in hooks and pipelines.
module.enableCompileCache?.();
// Node 20 optimizes after so little work that a run of half a second spends a third of its time on compiling (and then
// throwing away) code. A function now earns it with fifteen times as much; what is truly hot still gets it at once.
// Only for the short verbs: what runs for hours is better off with the usual budget.
const SHORT = new Set(['check', 'inspect', 'audit', 'probe', 'verify', 'fix', 'explain', 'doctor']);
const isV8of20 = process.versions.v8.startsWith('11.');
if (isV8of20 && SHORT.has(process.argv[2] ?? '')) setFlagsFromString('--interrupt-budget=1000000');
if (!existsSync(new URL('../dist/src/cli/main.js', import.meta.url))) {
  console.error('Postern is not compiled yet in this checkout. Run: npm install && npm run build');
  process.exit(2);
}
const main = await load();
// Set, not called: what is still being written to a pipe is written to its end.
process.exitCode = await main(process.argv.slice(2));

/** Verbs that run at every build, or ask and are done: they come without the others, and on V8 11 with their code. */
async function load() {
  const verb = process.argv[2];
  if (!['inspect', 'audit', 'probe'].includes(verb)) return (await import('../dist/src/cli/main.js')).main;
  const cached = fileURLToPath(new URL(`../dist/cached/${verb}.cjs`, import.meta.url));
  if (!isV8of20 || !existsSync(cached)) return (await import(`../dist/src/cli/${verb}-alone.js`)).main;
  const { loadCached } = await import('./load-cached.js');
  return loadCached(cached).exports.main;
}
