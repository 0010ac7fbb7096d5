#!/usr/bin/env node
/**
 * The typed API, the vault and shared limits of `postern guard run`, each beside a floor or a peer in the same run:
 *
 *   1. list, get and create with three encrypted fields per document, against the same without encryption
 *   2. the vault over an embedded store: look-ups, creation, disk, memory of a gateway, shred, rotation, as people grow
 *   3. two gateways on one Redis: exact and estimated budgets, DPoP proofs sent to both at once, throughput
 *
 * Journal (fsync) and limits are on in every gateway, and every kind of answer is checked before it is timed.
 *
 *   npm run build && node bench/guard-api.mjs [--rounds 5] [--seconds 10] [--people 10000,100000,1000000] [--only rates,vault,shared] [--quick]
 *
 * Prints Markdown; writes bench/results/guard-api.md and guard-api.json, unless it was `--quick` (a smoke run, whose figures
 * mean nothing) or `--only` some. Needs wrk, nginx and redis-server (Debian: wrk nginx-light redis-server). Only 127.0.0.1 is
 * contacted. A full run takes about 4 GB of the temporary folder; set TMPDIR to the disk that is to be measured.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureRates } from './guard/api-rates.mjs';
import { start } from './guard/peers.mjs';
import { measureShared } from './guard/shared.mjs';
import { createIssuer } from './guard/tokens.mjs';
import { measureVault } from './guard/vault.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    people: { type: 'string' },
    only: { type: 'string', default: 'rates,vault,shared' },
    quick: { type: 'boolean', default: false },
  },
});
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 5));
const seconds = Number(values.seconds ?? (quick ? 1 : 10));
const people = (values.people ?? (quick ? '1000,3000' : '10000,100000,1000000')).split(',').map(Number);
const parts = { rates: measureRates, vault: measureVault, shared: measureShared };
const only = values.only.split(',');
const unknown = only.filter((name) => !(name in parts));
if (unknown.length > 0 || [rounds, seconds, ...people].some((n) => !(n > 0))) {
  console.error('usage: --rounds N --seconds N --people N,… --only rates,vault,shared --quick');
  process.exit(2);
}
const wanted = ['wrk', 'nginx', ...(only.includes('shared') ? ['redis-server'] : [])];
const absent = wanted.filter((name) => spawnSync(name, ['-v']).error !== undefined);
if (absent.length > 0 || !existsSync(join(root, '.cache/build/src')) || !existsSync(join(root, 'dist/.complete'))) {
  console.error(
    absent.length > 0
      ? `not measured: ${absent.join(', ')} missing (Debian: wrk nginx-light redis-server)`
      : 'npm run build first',
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-api-'));
// Started by root, nginx reads as another account.
chmodSync(folder, 0o755);
let running = [];
const context = {
  folder,
  issuer: createIssuer(folder),
  modules: join(root, '.cache/build/src'),
  guard: (file, port) => start(process.execPath, [join(root, 'bin/postern.js'), 'guard', 'run', file], port),
  async keep(promise) {
    const one = await promise;
    let stopped;
    const stop = () => (stopped ??= one.stop());
    const kept = { ...one, stop };
    running.push(kept);
    return kept;
  },
  ...{ rounds, seconds, people, quick },
  ports: {
    ...{ capture: 19230, writer: 19231, store: 19232, guard: 19233 },
    ...{ walking: 19240, people: 19241, endless: 19250, first: 19251, second: 19252, alone: 19253, redis: 19254 },
  },
};

const began = new Date();
// What a durable write costs is a matter of what it is written to.
const disk = spawnSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).stdout?.trim() || 'unknown';
const sections = [];
const verdicts = [];
const json = {};
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    console.error(`${new Date().toISOString()} ${name}`);
    try {
      const { text, json: figures, bars = [] } = await measure(context);
      sections.push(...text);
      verdicts.push(...bars);
      json[name] = figures;
    } catch (error) {
      // The other parts took their time, and are kept.
      console.error(error);
      sections.push(`## ${name}: not measured`, String(error.message));
      process.exitCode = 1;
    } finally {
      // The next part may need the same ports.
      await Promise.all(running.map((one) => one.stop()));
      running = [];
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, temporary folder on ${disk}`;
const flags = [
  `--rounds ${rounds}`,
  `--seconds ${seconds}`,
  `--people ${people.join(',')}`,
  ...(values.only === Object.keys(parts).join(',') ? [] : [`--only ${values.only}`]),
  ...(quick ? ['--quick'] : []),
];
const text = [
  '# Typed API, vault and shared limits',
  `${quick ? '**A smoke run: its figures mean nothing.** ' : ''}\`node bench/guard-api.mjs ${flags.join(' ')}\` on ${began.toISOString().slice(0, 10)}, Node ${process.version}, ${machine}, which the clients and the stores share; ${Math.round((Date.now() - began) / 60_000)} minutes. Journal (fsync) and limits are on in every gateway; in the measured rounds no request was refused or failed; answers were checked before.`,
  ...sections,
  ...(verdicts.length > 0
    ? ['## Bars', verdicts.map(([met, said]) => `- ${said}: ${met ? 'met' : '**MISSED**'}.`).join('\n')]
    : []),
].join('\n\n');
console.log(text);
if (!quick && only.length === Object.keys(parts).length) {
  writeFileSync(join(root, 'bench/results/guard-api.md'), `${text}\n`);
  const head = { date: began.toISOString(), node: process.version, machine, rounds, seconds, people };
  writeFileSync(join(root, 'bench/results/guard-api.json'), `${JSON.stringify({ ...head, ...json }, null, 2)}\n`);
}
if (verdicts.some(([met]) => !met)) process.exitCode = 1;
