#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Compiled code is cached where Node supports it (>= 22.8): the command starts faster in hooks and pipelines.
module.enableCompileCache?.();
// Node 20 optimizes after so little work that a run of half a second spends a third of its time on compiling (and then
// throwing away) code. A function now earns it with fifteen times as much; what is truly hot still gets it at once.
// Only for the short verbs: what runs for hours is better off with the usual budget.
const SHORT = new Set(['check', 'inspect', 'audit', 'probe', 'verify', 'fix', 'explain', 'doctor']);
if (process.versions.v8.startsWith('11.') && SHORT.has(process.argv[2] ?? ''))
  setFlagsFromString('--interrupt-budget=1000000');
if (!existsSync(new URL('../dist/src/cli/main.js', import.meta.url))) {
  console.error('Postern is not compiled yet in this checkout. Run: npm install && npm run build');
  process.exit(2);
}
const { main } = await import('../dist/src/cli/main.js');
// Set, not called: what is still being written to a pipe is written to its end.
process.exitCode = await main(process.argv.slice(2));
