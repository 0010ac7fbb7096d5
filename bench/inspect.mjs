#!/usr/bin/env node
/**
 * `postern inspect` on two real packages, against `unzip -tqq` (no reader of every entry can be faster than inflating it)
 * and androguard (a peer), interleaved in one run. Prints a Markdown table; writes bench/results/inspect.md, and
 * inspect.json for charts.
 *
 *   npm run build && node bench/inspect.mjs [--rounds 7] [--peer-rounds 1] [--no-peer]
 *
 * Needs unzip and python3 (which measures, and runs the peer in an environment of its own under .cache/bench).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache', 'bench');
const PACKAGES = [
  { npm: 'android-apidemos@5.0.0', path: 'android-apidemos/apks/ApiDemos-debug.apk' },
  {
    npm: 'appium-uiautomator2-server@10.6.6',
    path: 'appium-uiautomator2-server/apks/appium-uiautomator2-server-v10.6.6.apk',
  },
];
const PEER = 'androguard==3.4.0a1';
const BAR = { unzip: 2, peer: 40, megabytes: 200 };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    'peer-rounds': { type: 'string', default: '1' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const peerRounds = values['no-peer'] ? 0 : Number(values['peer-rounds']);

function run(command, args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function install() {
  mkdirSync(cache, { recursive: true });
  const missing = PACKAGES.filter(({ path }) => !existsSync(join(cache, 'node_modules', path)));
  if (missing.length > 0) {
    console.error(`installing ${missing.map(({ npm }) => npm).join(', ')} into .cache/bench`);
    run('npm', [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      '--prefix',
      cache,
      ...PACKAGES.map(({ npm }) => npm),
    ]);
  }
  const python = join(cache, 'venv', 'bin', 'python');
  if (peerRounds > 0 && !existsSync(python)) {
    console.error(`installing ${PEER} into .cache/bench/venv`);
    run('python3', ['-m', 'venv', join(cache, 'venv')]);
    run(python, ['-m', 'pip', 'install', '--quiet', PEER]);
  }
  return python;
}

/** @returns wall seconds, CPU seconds and peak MiB of one run */
function measure(command, ...args) {
  const [seconds, cpu, kibibytes, status] = run('python3', [
    join(root, 'bench', 'inspect', 'measure.py'),
    command,
    ...args,
  ])
    .trim()
    .split(' ')
    .map(Number);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return { seconds, cpu, mebibytes: kibibytes / 1024 };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function summary(runs) {
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)),
  };
}

const python = install();
const cli = join(root, 'bin', 'postern.js');
const peerScript = join(root, 'bench', 'inspect', 'peer.py');
const time = (seconds) => `${seconds < 10 ? seconds.toFixed(3) : seconds.toFixed(1)} s`;
const LABELS = { node: '`node -e 0`', unzip: '`unzip -tqq`', postern: '`postern inspect`', peer: 'androguard 3.4.0a1' };
const lines = [
  '| package | MB | reader | wall | CPU | peak | wall ÷ unzip | CPU ÷ unzip |',
  '|---|---|---|---|---|---|---|---|',
];
const verdicts = [];
const measured = [];
for (const { npm, path } of PACKAGES) {
  const file = join(cache, 'node_modules', path);
  const commands = {
    node: [process.execPath, '-e', '0'],
    unzip: ['unzip', '-tqq', file],
    postern: [process.execPath, cli, 'inspect', file, '--format', 'json', '--exit-zero', '--no-progress'],
    peer: [python, peerScript, file],
  };
  const runs = { node: [], unzip: [], postern: [], peer: [] };
  measure(...commands.unzip); // the file into the page cache, the code into the caches
  measure(...commands.postern);
  for (let round = 0; round < rounds; round++) {
    for (const name of ['node', 'unzip', 'postern', ...(round < peerRounds ? ['peer'] : [])]) {
      runs[name].push(measure(...commands[name]));
      process.stderr.write(`${npm} ${name} ${runs[name].at(-1).seconds.toFixed(3)} s\n`);
    }
  }
  const [unzip, postern] = [runs.unzip, runs.postern].map(summary);
  const peer = runs.peer.length > 0 ? summary(runs.peer) : undefined;
  const overUnzip = postern.seconds / unzip.seconds;
  const overPeer = peer && peer.seconds / postern.seconds;
  for (const [name, label] of Object.entries(LABELS)) {
    if (runs[name].length === 0) continue;
    const { seconds, cpu, mebibytes } = summary(runs[name]);
    measured.push({
      package: npm,
      name: label.replaceAll('`', ''),
      median: Number(seconds.toFixed(4)),
      ratio: Number((seconds / unzip.seconds).toFixed(3)),
    });
    const size = (statSync(file).size / 1e6).toFixed(1);
    const ratios = `${(seconds / unzip.seconds).toFixed(2)}× | ${(cpu / unzip.cpu).toFixed(2)}×`;
    lines.push(
      `| ${npm} | ${size} | ${label} | ${time(seconds)} | ${time(cpu)} | ${mebibytes.toFixed(0)} MiB | ${ratios} |`,
    );
  }
  verdicts.push(
    `- ${npm}: ${overUnzip.toFixed(2)}× of unzip, ${overUnzip <= BAR.unzip ? 'within' : 'NOT within'} the bar of ${BAR.unzip}×; ${overPeer === undefined ? 'peer not run' : `${overPeer.toFixed(0)}× faster than the peer, bar ${BAR.peer}×`}; ${postern.mebibytes.toFixed(0)} MiB, bar ${BAR.megabytes} MB.`,
  );
}
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, medians of ${rounds} interleaved rounds (peer ${peerRounds}), peak resident memory of any round.`;
const text = `# bench/inspect\n\n\`node bench/inspect.mjs\` — ${machine}\n\n${lines.join('\n')}\n\n${verdicts.join('\n')}\n`;
mkdirSync(join(root, 'bench', 'results'), { recursive: true });
writeFileSync(join(root, 'bench', 'results', 'inspect.md'), text);
writeFileSync(join(root, 'bench', 'results', 'inspect.json'), `${JSON.stringify(measured, null, 2)}\n`);
console.log(text);
