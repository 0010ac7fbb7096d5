/** Two real packages, beside `node -e 0`, `unzip -tqq` (the floor: it inflates every entry) and androguard (a peer). */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, cli, measure, run, summary, table, time, verdict } from './measure.mjs';

export const PACKAGES = [
  { npm: 'android-apidemos@5.0.0', path: 'android-apidemos/apks/ApiDemos-debug.apk' },
  {
    npm: 'appium-uiautomator2-server@10.6.6',
    path: 'appium-uiautomator2-server/apks/appium-uiautomator2-server-v10.6.6.apk',
    bar: { unzip: 1.5, megabytes: 250 },
  },
].map((one) => ({ ...one, file: join(cache, 'node_modules', one.path) }));
const PEER = 'androguard==3.4.0a1';
const PEER_BAR = 40;
const LABELS = { node: '`node -e 0`', unzip: '`unzip -tqq`', postern: '`postern inspect`', peer: 'androguard 3.4.0a1' };

export function installPackages() {
  mkdirSync(cache, { recursive: true });
  if (PACKAGES.every(({ file }) => existsSync(file))) return;
  console.error('installing the packages into .cache/bench');
  const names = PACKAGES.map(({ npm }) => npm);
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', cache, ...names]);
}

function installPeer() {
  const python = join(cache, 'venv', 'bin', 'python');
  if (existsSync(python)) return python;
  console.error(`installing ${PEER} into .cache/bench/venv`);
  run('python3', ['-m', 'venv', join(cache, 'venv')]);
  run(python, ['-m', 'pip', 'install', '--quiet', PEER]);
  return python;
}

export function measureSingle({ rounds, peerRounds }) {
  const peer = peerRounds > 0 ? [installPeer(), join(dirname(fileURLToPath(import.meta.url)), 'peer.py')] : [];
  const rows = [];
  const verdicts = [];
  const results = [];
  for (const { npm, file, bar } of PACKAGES) {
    const commands = {
      node: [process.execPath, '-e', '0'],
      unzip: ['unzip', '-tqq', file],
      postern: [process.execPath, cli, 'inspect', file, '--format', 'json', '--exit-zero', '--no-progress'],
      peer: [...peer, file],
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
    const unzip = summary(runs.unzip);
    const postern = summary(runs.postern);
    for (const [name, label] of Object.entries(LABELS)) {
      if (runs[name].length === 0) continue;
      const { seconds, least, cpu, mebibytes } = summary(runs[name]);
      const ratio = seconds / unzip.seconds;
      results.push({
        package: npm,
        name: label.replaceAll('`', ''),
        median: Number(seconds.toFixed(4)),
        ratio: Number(ratio.toFixed(3)),
        cpu: Number(cpu.toFixed(4)),
        mebibytes: Math.round(mebibytes),
      });
      const ratios = [`${ratio.toFixed(2)}×`, `${(cpu / unzip.cpu).toFixed(2)}×`];
      const size = (statSync(file).size / 1e6).toFixed(1);
      rows.push([npm, size, label, time(seconds), time(least), time(cpu), `${mebibytes.toFixed(0)} MiB`, ...ratios]);
    }
    const ratio = postern.seconds / unzip.seconds;
    if (bar === undefined) verdicts.push(`- ${npm}: ${ratio.toFixed(2)}× of unzip; no bar, start-up is most of it.`);
    else {
      verdicts.push(verdict(ratio <= bar.unzip, `${npm}: ${ratio.toFixed(2)}× of unzip, bar ${bar.unzip}×.`));
      const megabytes = (postern.mebibytes * 2 ** 20) / 1e6;
      verdicts.push(
        verdict(megabytes < bar.megabytes, `${npm}: ${megabytes.toFixed(0)} MB peak, bar ${bar.megabytes} MB.`),
      );
    }
    if (runs.peer.length > 0) {
      const faster = summary(runs.peer).seconds / postern.seconds;
      verdicts.push(
        verdict(faster >= PEER_BAR, `${npm}: ${faster.toFixed(0)}× faster than androguard, bar ${PEER_BAR}×.`),
      );
    }
  }
  const head = ['package', 'MB', 'reader', 'wall', 'least wall', 'CPU', 'peak', 'wall ÷ unzip', 'CPU ÷ unzip'];
  return { text: `${table(head, rows)}\n\n${verdicts.join('\n')}`, results };
}
