#!/usr/bin/env node
/**
 * `postern probe` on 1,000 loopback addresses of which 100 answer like an open Elasticsearch 7.10, against `nmap -sV`,
 * interleaved in one run. Every verdict is checked. Prints a Markdown table; writes bench/results/probe.md, and probe.json for charts.
 *
 *   npm run build && node bench/probe.mjs [--rounds 5] [--peer-rounds 2] [--no-peer]
 *
 * Needs nmap for the peer's row (Debian: nmap); without it the row is left out. Only 127.1.0.0/16 is contacted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addresses, answers, DOCUMENTS } from './probe/many-searches.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const BAR = { seconds: 1.5, peer: 15 };
const PORT = 9200;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'peer-rounds': { type: 'string', default: '2' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const hasNmap = !values['no-peer'] && spawnSync('nmap', ['--version']).status === 0;
if (!hasNmap) console.error('nmap is left out: it is not installed, or --no-peer was given');

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
const targets = join(folder, 'targets.txt');
const hosts = join(folder, 'hosts.txt');
writeFileSync(
  targets,
  addresses()
    .map((address) => `${address}:${PORT}\n`)
    .join(''),
);
writeFileSync(hosts, addresses().join('\n'));

/** Runs to the end; wall time in seconds, and what was printed. */
function timed(command, args) {
  const start = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, cwd: folder });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, stdout, stderr, status };
}

function postern() {
  const run = timed(process.execPath, [
    join(root, 'bin/postern.js'),
    'probe',
    '--targets',
    targets,
    '--format',
    'jsonl',
  ]);
  const lines = run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const right = addresses().filter((address, n) => {
    const own = lines.filter((line) => line.address === address);
    const expected = answers(n) ? ['anonymous-write', DOCUMENTS] : ['refused', null];
    return own.length === 1 && own[0].verdict === expected[0] && own[0].documents === expected[1];
  }).length;
  if (lines.length !== 1000 || right !== 1000)
    throw new Error(`${right} of 1000 right, ${lines.length} lines: ${run.stderr}`);
  return run.seconds;
}

function nmap() {
  const run = timed('nmap', ['-n', '-Pn', '-sV', '-p', `${PORT}`, '-iL', hosts, '-oG', '-']);
  const open = (run.stdout.match(/\/open\/tcp\//g) ?? []).length;
  const named = (run.stdout.match(/Elasticsearch/gi) ?? []).length;
  if (open !== 100) throw new Error(`nmap saw ${open} open ports: ${run.stderr}`);
  return { seconds: run.seconds, named };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const rounded = (rows) =>
  rows.map((row) => ({ ...row, median: Number(row.median.toFixed(4)), ratio: Number(row.ratio.toFixed(3)) }));
const range = (list) => `${median(list).toFixed(2)} (${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)})`;

const farm = spawn(process.execPath, [join(root, 'bench/probe/many-searches.mjs'), `${PORT}`], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await Promise.race([
    once(farm.stdout, 'data'),
    once(farm, 'exit').then(() => Promise.reject(new Error('the servers did not start: is the port in use?'))),
  ]);
  const own = [];
  const peer = [];
  let named = 0;
  const peerRounds = hasNmap ? Number(values['peer-rounds']) : 0;
  for (let round = 0; round < Math.max(Number(values.rounds), peerRounds); round++) {
    if (round < Number(values.rounds)) own.push(postern());
    if (round < peerRounds) {
      const one = nmap();
      peer.push(one.seconds);
      named = one.named;
    }
  }
  const ratio = peer.length > 0 ? median(peer) / median(own) : undefined;
  const rows = [
    '| tool | wall, s: median (range) | rounds | result |',
    '|---|---|---|---|',
    `| \`postern probe --targets FILE --format jsonl\` | ${range(own)} | ${own.length} | 1,000 of 1,000 verdicts right: 100 anonymous-write with ${DOCUMENTS.toLocaleString('en-US')} documents each, 900 refused |`,
    ...(peer.length > 0
      ? [
          `| \`nmap -n -Pn -sV -p ${PORT}\` | ${range(peer)} | ${peer.length} | 100 open, ${named} of them named Elasticsearch; access is not tested |`,
        ]
      : []),
  ];
  const verdicts = [
    `Bar: under ${BAR.seconds} s: ${median(own) < BAR.seconds ? 'met' : 'MISSED'}.`,
    ratio === undefined
      ? 'nmap was not there to compare with.'
      : `At least ${BAR.peer}× faster than nmap -sV: ${ratio.toFixed(1)}×, ${ratio >= BAR.peer ? 'met' : 'MISSED'}.`,
  ];
  const where = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const text = [
    '# 1,000 loopback addresses, 100 of them an open Elasticsearch',
    `\`node bench/probe.mjs\` on ${where}. Whole processes, start-up included; rounds interleaved.`,
    rows.join('\n'),
    verdicts.join(' '),
  ].join('\n\n');
  console.log(text);
  writeFileSync(join(root, 'bench/results/probe.md'), `${text}\n`);
  const measured = [
    { name: 'postern probe', median: median(own), ratio: 1 },
    ...(ratio === undefined ? [] : [{ name: 'nmap -sV', median: median(peer), ratio }]),
  ];
  writeFileSync(join(root, 'bench/results/probe.json'), `${JSON.stringify(rounded(measured), null, 2)}\n`);
  process.exitCode = verdicts.some((line) => line.includes('MISSED')) ? 1 : 0;
} finally {
  farm.kill();
  rmSync(folder, { recursive: true, force: true });
}
