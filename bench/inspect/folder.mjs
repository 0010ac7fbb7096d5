/**
 * Folders of 10 to 60 packages: packages per minute with one and two workers, and from the cache. Every package is the
 * smaller of the two real ones with another ZIP comment, so that each has a hash of its own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, cli, measure, summary, table, time, verdict } from './measure.mjs';
import { PACKAGES } from './single.mjs';

const SIZES = [10, 20, 40, 60];
/** The time for one package may not grow with the number of packages. */
const BAR = { growth: 1.15 };
const WAYS = [
  { name: 'one worker', options: ['--workers', '1', '--no-cache'] },
  { name: 'two workers', options: ['--workers', '2', '--no-cache'] },
  {
    name: 'two workers, all cached',
    options: ['--workers', '2', '--cache', join(cache, 'folder-cache')],
    cached: true,
  },
];

function makeFolder(count) {
  const folder = join(cache, `folder-${count}`);
  if (existsSync(folder) && readdirSync(folder).length === count) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bytes = readFileSync(PACKAGES[0].file);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  for (let at = 0; at < count; at++) {
    const comment = Buffer.from(`package ${at} of ${count}`);
    const record = Buffer.from(bytes.subarray(end, end + 22));
    record.writeUInt16LE(comment.length, 20);
    writeFileSync(
      join(folder, `app-${String(at).padStart(2, '0')}.apk`),
      Buffer.concat([bytes.subarray(0, end), record, comment]),
    );
  }
  return folder;
}

export function measureFolder({ rounds }) {
  const rows = [];
  const verdicts = [];
  const results = [];
  for (const { name, options, cached = false } of WAYS) {
    const each = [];
    for (const count of SIZES) {
      const folder = makeFolder(count);
      const command = [
        process.execPath,
        cli,
        'inspect',
        folder,
        ...options,
        '--format',
        'json',
        '--exit-zero',
        '--no-progress',
      ];
      if (cached) measure(...command);
      const runs = [];
      for (let round = 0; round < rounds; round++) {
        runs.push(measure(...command));
        process.stderr.write(`folder ${count} ${name} ${runs.at(-1).seconds.toFixed(2)} s\n`);
      }
      const { seconds, cpu, mebibytes } = summary(runs);
      each.push({ count, seconds, mebibytes });
      const perMinute = (count / seconds) * 60;
      rows.push([count, name, time(seconds), time(cpu), perMinute.toFixed(0), `${mebibytes.toFixed(0)} MiB`]);
      results.push({
        package: `folder of ${count}`,
        name,
        median: Number(seconds.toFixed(3)),
        perMinute: Math.round(perMinute),
        mebibytes: Math.round(mebibytes),
      });
    }
    const [first, last] = [each[0], each.at(-1)];
    const growth = last.seconds / last.count / (first.seconds / first.count);
    const text = `${name}: a package of ${last.count} takes ${growth.toFixed(2)}× of the time of one of ${first.count}, bar ${BAR.growth}×.`;
    verdicts.push(verdict(growth <= BAR.growth, text));
  }
  rmSync(join(cache, 'folder-cache'), { recursive: true, force: true });
  const head = ['packages', 'how', 'wall', 'CPU', 'packages per minute', 'peak'];
  return { text: `${table(head, rows)}\n\n${verdicts.join('\n')}`, results };
}
