/** Rows that are measured in turn, round by round, so that whatever else the machine does falls on all of them. */
import { cpu, family, median, wrkBeside } from './load.mjs';

/**
 * A row: `name`, `key`, `loads` (each `url`, `script`, `connections`) that run at once, and
 * `processes` whose CPU is counted; that of `beside` by itself.
 *
 * @returns the rows with `rounds`: rate (of all loads together), p50 and p99 (of the slowest load), cpu and
 *   cpuBeside in µs per request
 */
export async function measureRounds(rows, { rounds, seconds, warm = Math.min(3, seconds) }) {
  for (const row of rows) await run(row, warm, true);
  const results = new Map(rows.map((row) => [row, []]));
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) results.get(row).push(await run(row, seconds));
  }
  return rows.map((row) => ({ ...row, rounds: results.get(row) }));
}

/** @throws Error when anything was refused or failed */
async function run({ name, loads, processes = [], beside = [] }, seconds, warming = false) {
  const pids = [processes, beside].map((some) => some.flatMap(({ pid }) => family(pid)));
  const before = pids.map(cpu);
  const results = await Promise.all(loads.map(({ url, ...load }) => wrkBeside(url, { ...load, seconds })));
  const after = pids.map(cpu);
  const sum = (key) => results.reduce((total, one) => total + one[key], 0);
  const [refused, failed] = [sum('refused'), sum('failed')];
  if (!warming && (refused > 0 || failed > 0)) {
    throw new Error(`${name}: ${refused} refused, ${failed} failed. ${processes.map(({ log }) => log?.()).join(' ')}`);
  }
  const slowest = (key) => Math.max(...results.map((one) => one[key]));
  const [own, others] = after.map((used, n) =>
    pids[n].length === 0 ? null : ((used - before[n]) * 1e6) / sum('requests'),
  );
  return { rate: sum('rate'), p50: slowest('p50'), p99: slowest('p99'), cpu: own, cpuBeside: others };
}

export const of = (row, key) => row.rounds.map((round) => round[key]);
export const whole = (n) => Math.round(n).toLocaleString('en-US');

/** Median and range. */
export function spread(values, print = whole) {
  return `${print(median(values))} (${print(Math.min(...values))}–${print(Math.max(...values))})`;
}

/** Within each round. */
export function ratios(row, base, key = 'rate') {
  return row.rounds.map((round, n) => round[key] / base.rounds[n][key]);
}

export const twoPlaces = (n) => n.toFixed(2);
