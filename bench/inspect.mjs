#!/usr/bin/env node
/**
 * `postern inspect`: two real packages against `unzip -tqq` (no reader of every entry can be faster than inflating it) and
 * androguard (a peer), interleaved; one package of 300 MB; folders of 10 to 60 packages. Prints Markdown; writes
 * bench/results/inspect.{md,json}.
 *
 *   npm run build && node bench/inspect.mjs [--rounds 9] [--peer-rounds 1] [--no-peer] [--only single,large,folder]
 *
 * With `--only` nothing is written. Needs unzip and python3 (which measures, and runs the peer in an environment of its own
 * under .cache/bench).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFolder } from './inspect/folder.mjs';
import { measureLarge } from './inspect/large.mjs';
import { root } from './inspect/measure.mjs';
import { installPackages, measureSingle } from './inspect/single.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    'peer-rounds': { type: 'string', default: '1' },
    'no-peer': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const peerRounds = values['no-peer'] ? 0 : Number(values['peer-rounds']);
const only = values.only?.split(',');

const PARTS = {
  single: { title: 'One package', measure: () => measureSingle({ rounds, peerRounds }) },
  large: { title: 'A package of 300 MB', measure: () => measureLarge({ rounds: Math.min(rounds, 3) }) },
  folder: { title: 'Folders of packages', measure: () => measureFolder({ rounds: Math.min(rounds, 3) }) },
};

installPackages();
const busy = loadavg()[0] ?? 0;
const sections = [];
const results = [];
for (const [name, { title, measure }] of Object.entries(PARTS)) {
  if (only !== undefined && !only.includes(name)) continue;
  const measured = measure();
  sections.push(`## ${title}\n\n${measured.text}\n`);
  results.push(...measured.results);
}
const load = busy > 0.5 ? ` The machine was not quiet: load ${busy.toFixed(1)} at the start.` : '';
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}; medians of ${rounds} interleaved rounds (peer ${peerRounds}; large and folders ${Math.min(rounds, 3)}), peak resident memory of any round.${load}`;
const text = `# bench/inspect\n\n\`node bench/inspect.mjs\` — ${machine}\n\n${sections.join('\n')}`;
if (only === undefined) {
  mkdirSync(join(root, 'bench', 'results'), { recursive: true });
  writeFileSync(join(root, 'bench', 'results', 'inspect.md'), text);
  writeFileSync(join(root, 'bench', 'results', 'inspect.json'), `${JSON.stringify(results, null, 2)}\n`);
}
console.log(text);
