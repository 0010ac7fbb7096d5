/** What the parts of bench/inspect.mjs share: a run of a command from outside, medians, a table. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');
export const cache = join(root, '.cache', 'bench');
export const cli = join(root, 'bin', 'postern.js');

export function run(command, args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** @returns wall seconds, CPU seconds and peak MiB of one run */
export function measure(command, ...args) {
  const [seconds, cpu, kibibytes, status] = run('python3', [join(here, 'measure.py'), command, ...args])
    .trim()
    .split(' ')
    .map(Number);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return { seconds, cpu, mebibytes: kibibytes / 1024 };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function summary(runs) {
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    least: Math.min(...runs.map(({ seconds }) => seconds)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)),
  };
}

export const time = (seconds) => `${seconds < 10 ? seconds.toFixed(3) : seconds.toFixed(1)} s`;

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One line per bar: `- met: …` or `- NOT met: …`. */
export function verdict(met, text) {
  return `- ${met ? 'met' : 'NOT met'}: ${text}`;
}
