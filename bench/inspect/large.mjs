/** One package of 300 MB, made by make-large.mjs: time and memory must stay bounded. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, cli, measure, run, summary, table, time, verdict } from './measure.mjs';

const BAR = { seconds: 30, megabytes: 500 };

export function measureLarge({ rounds }) {
  const file = join(cache, 'large.apk');
  if (!existsSync(file)) {
    console.error('making .cache/bench/large.apk');
    run(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), 'make-large.mjs'), file]);
  }
  const commands = {
    '`unzip -tqq`': ['unzip', '-tqq', file],
    '`postern inspect`': [process.execPath, cli, 'inspect', file, '--format', 'json', '--exit-zero', '--no-progress'],
  };
  const runs = new Map(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      runs.get(name).push(measure(...command));
      process.stderr.write(`large ${name} ${runs.get(name).at(-1).seconds.toFixed(2)} s\n`);
    }
  }
  const size = statSync(file).size / 1e6;
  const unzip = summary(runs.get('`unzip -tqq`'));
  const rows = [...runs].map(([name, all]) => {
    const { seconds, cpu, mebibytes } = summary(all);
    return [
      size.toFixed(0),
      name,
      time(seconds),
      time(cpu),
      `${mebibytes.toFixed(0)} MiB`,
      `${(seconds / unzip.seconds).toFixed(2)}×`,
    ];
  });
  const { seconds, mebibytes } = summary(runs.get('`postern inspect`'));
  const megabytes = (mebibytes * 2 ** 20) / 1e6;
  const verdicts = [
    verdict(seconds < BAR.seconds, `${size.toFixed(0)} MB in ${seconds.toFixed(1)} s, bar ${BAR.seconds} s.`),
    verdict(megabytes < BAR.megabytes, `${megabytes.toFixed(0)} MB peak, bar ${BAR.megabytes} MB.`),
  ];
  const results = [...runs].map(([name, all]) => {
    const { seconds: median, mebibytes: peak } = summary(all);
    const ratio = Number((median / unzip.seconds).toFixed(3));
    return {
      package: 'large',
      name: name.replaceAll('`', ''),
      median: Number(median.toFixed(3)),
      ratio,
      mebibytes: Math.round(peak),
    };
  });
  const head = ['MB', 'reader', 'wall', 'CPU', 'peak', 'wall ÷ unzip'];
  return { text: `${table(head, rows)}\n\n${verdicts.join('\n')}`, results };
}
