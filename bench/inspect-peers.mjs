#!/usr/bin/env node
/**
 * `postern inspect` beside its peers on real packages: time, memory, what each finds of what is known to be there, and
 * how much of what each lists is the app's own.
 *
 *   npm run build && POSTERN_CORPUS=DIR node bench/inspect-peers.mjs [--cli bin/postern.js] [--only NAME,NAME] [--note TEXT] [--minutes N] [--resume]
 *
 * DIR holds packages and TRUTH.tsv (file, kind, value …): `P:` rows stand in the package and are the app's, `N:` rows stand
 * there too and are not. Needs java, mvn, python3, unzip, strings; peers are installed into .cache/bench. Writes
 * bench/results/inspect-peers.{md,json}.
 *
 * How it is judged. A P row counts as found when a tool lists it, or lists something that holds it. An N row counts against
 * a tool when it lists it, or something that begins with it; Postern lists such endpoints too, under the origin they have,
 * so that for Postern only what it calls the app's own counts. Precision: of the endpoints listed, those that are the app's
 * own by bench/inspect/judged.tsv (made by hand: every endpoint that Postern calls the app's own, with a verdict) and the
 * P rows. An endpoint of Postern that is not judged ends the run with 1. What a peer lists counts as the app's when it is,
 * begins with, or is the beginning of one of those, scheme and host at least.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache', 'bench');
const here = join(root, 'bench', 'inspect');
const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: join(root, 'bin', 'postern.js') },
    only: { type: 'string' },
    note: { type: 'string', default: '' },
    // start no further package after so many minutes; what is measured is kept, and `--resume` goes on from it
    minutes: { type: 'string', default: '600' },
    resume: { type: 'boolean', default: false },
  },
});
const corpus = process.env.POSTERN_CORPUS;
if (corpus === undefined) throw new Error('POSTERN_CORPUS names no folder of packages');

const NPM = [
  { npm: 'android-apidemos@5.0.0', path: 'android-apidemos/apks/ApiDemos-debug.apk' },
  {
    npm: 'appium-uiautomator2-server@10.6.6',
    path: 'appium-uiautomator2-server/apks/appium-uiautomator2-server-v10.6.6.apk',
  },
];
/** Times faster than at least two peers. */
const BAR = 40;

function run(command, args, cwd) {
  return execFileSync(command, args, { encoding: 'utf8', cwd, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Installs what is missing; @returns where it is */
function install() {
  mkdirSync(cache, { recursive: true });
  const missing = NPM.filter(({ path }) => !existsSync(join(cache, 'node_modules', path)));
  if (missing.length > 0) {
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    run('npm', ['install', ...quiet, '--prefix', cache, ...NPM.map(({ npm }) => npm)]);
  }
  const venv = (name, ...packages) => {
    const bin = join(cache, name, 'bin');
    if (!existsSync(join(bin, 'python'))) {
      run('python3', ['-m', 'venv', join(cache, name)]);
      run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
    }
    return bin;
  };
  const androguard = venv('venv', 'androguard==3.4.0a1');
  const apkleaks = venv('apkleaks-venv', 'apkleaks==2.6.3', 'setuptools');
  const jadx = join(cache, 'jadx');
  if (!existsSync(join(jadx, 'bin', 'jadx'))) {
    mkdirSync(join(jadx, 'bin'), { recursive: true });
    run('mvn', [
      '-q',
      '-B',
      '-f',
      join(here, 'jadx-pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(jadx, 'lib')}`,
      '-DincludeScope=runtime',
    ]);
    run('javac', ['-cp', join(jadx, 'lib', '*'), '-d', join(jadx, 'classes'), join(here, 'Jadx.java')]);
    const script = `#!/bin/sh\nexec java -Xmx4g -cp '${join(jadx, 'classes')}:${join(jadx, 'lib')}/*' Jadx "$@"\n`;
    writeFileSync(join(jadx, 'bin', 'jadx'), script);
    chmodSync(join(jadx, 'bin', 'jadx'), 0o755);
  }
  return { androguard, apkleaks, jadx: join(jadx, 'bin') };
}

const { androguard, apkleaks, jadx } = install();
const lines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

/** Each: the command for a package, and what it listed. */
const TOOLS = {
  postern: {
    label: '`postern inspect`',
    rounds: 3,
    takes: () => true,
    command: (file, out) => [
      process.execPath,
      options.cli,
      'inspect',
      file,
      '--format',
      'json',
      '--reveal-secrets',
      '--exit-zero',
      '--no-progress',
      '--output',
      `json=${out}`,
    ],
  },
  apkleaks: {
    label: 'apkleaks 2.6.3 with jadx 1.5.1',
    takes: (file) => file.endsWith('.apk'),
    command: (file, out) => [join(apkleaks, 'apkleaks'), '-f', file, '-o', out, '--json'],
    env: { PATH: [jadx, process.env.PATH].join(delimiter) },
    read(out) {
      const text = existsSync(out) ? readFileSync(out, 'utf8') : '';
      const results = text === '' ? [] : JSON.parse(text).results;
      const all = results.flatMap(({ name, matches }) =>
        matches.map((one) => ({ name, text: one.replace(/^["']|["']$/g, '') })),
      );
      const endpoints = all.filter(({ name }) => /LinkFinder|Firebase|S3_Bucket|IP_Address|Password_in_URL/.test(name));
      return { texts: all.map(({ text }) => text), endpoints: endpoints.map(({ text }) => text) };
    },
  },
  androguard: {
    label: 'androguard 3.4.0a1, URLs of its strings',
    takes: (file) => file.endsWith('.apk'),
    command: (file, out) => [join(androguard, 'python'), join(here, 'peer-androguard.py'), file, out],
    read: (out) => ({ texts: lines(out), endpoints: lines(out) }),
  },
  strings: {
    label: '`unzip -p`, `strings`, `grep ://`',
    rounds: 3,
    takes: () => true,
    command: (file, out) => ['sh', join(here, 'peer-strings.sh'), file, out],
    read: (out) => ({ texts: lines(out), endpoints: lines(out) }),
  },
};

/** Peak memory is that of the largest process: a tool that starts another is measured with it. */
function measure(command, env) {
  const done = spawnSync('python3', [join(here, 'measure.py'), ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 900_000,
  });
  const [seconds, , kibibytes, status] = (done.stdout ?? '').trim().split(' ').map(Number);
  return { seconds, mebibytes: kibibytes / 1024, status };
}

function medianOf(rounds, once) {
  const runs = Array.from({ length: rounds }, once).sort((a, b) => a.seconds - b.seconds);
  return { ...runs[Math.floor(rounds / 2)], mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)) };
}

const bare = (text) => text.replace(/\/+$/, '');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function readPostern(out) {
  const report = JSON.parse(readFileSync(out, 'utf8'));
  const isOwn = ({ origin }) => origin === undefined || origin === 'app';
  const own = report.endpoints.filter(isOwn);
  const texts = [
    ...own.flatMap(({ url, raw, path, host, port }) => [url, raw, path, host, port && `${host}:${port}`]),
    ...report.stores.filter(isOwn).flatMap(({ url, id, host }) => [url, id, host]),
    ...report.credentials.filter(isOwn).map(({ value }) => value),
  ];
  return {
    texts: texts.filter((text) => typeof text === 'string' && text !== ''),
    endpoints: own.map(({ url }) => url),
  };
}

const truth = lines(join(corpus, 'TRUTH.tsv'))
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file, kind, value]) => ({ file, kind, value }))
  .filter(({ kind }) => /^[PN]:/.test(kind));
const judged = lines(join(here, 'judged.tsv'))
  .slice(1)
  .map((line) => line.split('\t'))
  .map(([file, endpoint, verdict]) => ({ file, endpoint, own: verdict === 'own' }));

/** Does a text hold the value of a row? Secrets are kept as hashes: every piece of their length is tried. */
function holds(text, value) {
  const secret = /^sha256:([0-9a-f]{64}) len=(\d+) prefix=(\S+)/.exec(value);
  if (secret === null) return bare(text).includes(bare(value));
  const [, hash, length, prefix] = secret;
  for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1))
    if (sha256(text.slice(at, at + Number(length))) === hash) return true;
  return false;
}
const leaks = (text, value) => bare(text) === bare(value) || (value.includes('://') && text.startsWith(bare(value)));

function isSame(listed, own) {
  const [a, b] = [bare(listed), bare(own)];
  if (a === b) return true;
  const short = a.length < b.length ? a : b;
  return /^[a-z+]+:\/\/[^/]+\./i.test(short) && (a.startsWith(b) || b.startsWith(a));
}

/** As the report shows it when secrets stay hidden. */
function redacted(file) {
  const out = execFileSync(
    process.execPath,
    [options.cli, 'inspect', file, '--format', 'json', '--exit-zero', '--no-progress'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return JSON.parse(out)
    .endpoints.filter(({ origin }) => origin === 'app')
    .map(({ url }) => url);
}

const every = [
  ...[...new Set(truth.map(({ file }) => file))].map((name) => ({ name, file: join(corpus, name) })),
  ...NPM.map(({ npm, path }) => ({ name: npm, file: join(cache, 'node_modules', path) })),
];
every.sort((a, b) => statSync(a.file).size - statSync(b.file).size);
const names = Object.keys(TOOLS).filter((name) => options.only === undefined || options.only.split(',').includes(name));
const kept = join(cache, 'inspect-peers-rows.json');
const rows = options.resume && existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : [];
const packages = [];
const started = Date.now();
const unjudged = [];
const scratch = mkdtempSync(join(tmpdir(), 'postern-peers-'));
const load = loadavg()[0];
for (const { name, file } of every) {
  const isKept = names.every((tool) => rows.some((row) => row.package === name && row.tool === tool));
  if (!isKept && Date.now() - started > Number(options.minutes) * 60_000) continue;
  packages.push({ name, file });
  const mine = judged.filter((one) => one.file === name);
  const shown = redacted(file);
  for (const endpoint of shown)
    if (!mine.some((one) => one.endpoint === endpoint)) unjudged.push(`${name}\t${endpoint}`);
  const wanted = truth.filter((row) => row.file === name && row.kind.startsWith('P:'));
  const unwanted = truth.filter((row) => row.file === name && row.kind.startsWith('N:'));
  const own = [...mine.filter((one) => one.own).map(({ endpoint }) => endpoint), ...wanted.map(({ value }) => value)];
  for (const tool of names) {
    if (rows.some((row) => row.package === name && row.tool === tool)) continue;
    const { takes, command, env, read, rounds = 1 } = TOOLS[tool];
    if (!takes(file)) {
      rows.push({ package: name, tool, wanted: wanted.length, unwanted: unwanted.length });
      continue;
    }
    const out = join(scratch, `${tool}.out`);
    rmSync(out, { force: true });
    const { seconds, mebibytes, status } = medianOf(rounds, () => measure(command(file, out), env));
    const { texts, endpoints } = tool === 'postern' ? readPostern(out) : read(out);
    const listed = [...new Set(endpoints)];
    // Postern's own are judged one by one, as shown; of a peer's, what names one of the app's own
    const right =
      tool === 'postern'
        ? shown.filter((url) => mine.some((one) => one.own && one.endpoint === url))
        : listed.filter((text) => own.some((one) => isSame(text, one)));
    rows.push({
      package: name,
      tool,
      seconds,
      mebibytes,
      status,
      found: wanted.filter(({ value }) => texts.some((text) => holds(text, value))).length,
      wanted: wanted.length,
      wrong: unwanted.filter(({ value }) => texts.some((text) => leaks(text, value))).length,
      unwanted: unwanted.length,
      listed: listed.length,
      right: right.length,
    });
    process.stderr.write(
      `${name} ${tool} ${seconds.toFixed(2)} s, ${rows.at(-1).found}/${wanted.length}, ${listed.length} listed\n`,
    );
  }
  writeFileSync(kept, JSON.stringify(rows));
}
rmSync(scratch, { recursive: true, force: true });

const sum = (list, of) => list.reduce((total, one) => total + (one[of] ?? 0), 0);
const time = (seconds) => `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
const measured = [];
const table = (head, body) =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...body.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
const totals = names.map((tool) => {
  const ran = rows.filter((row) => row.tool === tool && row.seconds !== undefined);
  const beside = rows.filter((row) => row.tool === 'postern' && ran.some((one) => one.package === row.package));
  const ratio = sum(ran, 'seconds') / sum(beside, 'seconds');
  measured.push({
    package: 'all',
    name: TOOLS[tool].label.replaceAll('`', ''),
    median: Number(sum(ran, 'seconds').toFixed(3)),
    ratio: Number(ratio.toFixed(2)),
  });
  return { tool, ran, ratio };
});
const whole = table(
  [
    'tool',
    'packages it takes',
    'wall in all',
    'times Postern’s',
    'largest peak',
    'known own found',
    'known foreign listed as own',
    'endpoints listed',
    'of them the app’s own',
  ],
  totals.map(({ tool, ran, ratio }) => {
    const all = rows.filter((row) => row.tool === tool);
    const judgedOnes = ran.filter((row) => row.wanted > 0);
    const listed = sum(judgedOnes, 'listed');
    return [
      TOOLS[tool].label,
      `${ran.length} of ${all.length}`,
      time(sum(ran, 'seconds')),
      `${ratio.toFixed(ratio < 10 ? 1 : 0)}×`,
      `${Math.max(...ran.map((row) => row.mebibytes)).toFixed(0)} MiB`,
      `${sum(all, 'found')} of ${sum(all, 'wanted')}`,
      `${sum(all, 'wrong')} of ${sum(all, 'unwanted')}`,
      `${listed}`,
      `${sum(judgedOnes, 'right')} (${listed === 0 ? '–' : `${((100 * sum(judgedOnes, 'right')) / listed).toFixed(1)} %`})`,
    ];
  }),
);
const each = table(
  ['package', 'MB', ...names.flatMap((tool) => [`${TOOLS[tool].label}`, 'found', 'listed'])],
  packages.map(({ name, file }) => [
    name,
    (statSync(file).size / 1e6).toFixed(1),
    ...names.flatMap((tool) => {
      const row = rows.find((one) => one.package === name && one.tool === tool);
      if (row.seconds === undefined) return ['not taken', '', ''];
      measured.push({
        package: name,
        name: TOOLS[tool].label.replaceAll('`', ''),
        median: Number(row.seconds.toFixed(3)),
        ratio: Number(
          (row.seconds / rows.find((one) => one.package === name && one.tool === 'postern').seconds).toFixed(2),
        ),
      });
      return [
        `${time(row.seconds)}${row.status === 0 ? '' : ` (ended with ${row.status})`}`,
        row.wanted === 0 ? '–' : `${row.found}/${row.wanted}`,
        `${row.listed}`,
      ];
    }),
  ]),
);
const fast = totals.filter(({ tool, ratio }) => tool !== 'postern' && ratio >= BAR);
const verdict = `${packages.length} of ${every.length} packages measured. Of the peers, ${fast.length} take at least ${BAR} times as long as Postern on the packages they take (bar: two).`;
const machine =
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}; one after the other, medians of three runs of Postern and of strings, one run of the others; load of the machine at the start ${load.toFixed(1)}. ${options.note}`.trim();
const judgedHow = `How judged: a known endpoint (TRUTH.tsv) counts as found when a tool lists it or something that holds it; one that is known to be foreign counts against a tool when it lists it, for Postern when it calls it the app’s own. “The app’s own” among what is listed, on the packages with known endpoints: for Postern every endpoint was judged by hand (bench/inspect/judged.tsv, ${judged.length} rows); for a peer, whose lists hold hundreds of foreign ones, what is, begins with or is the beginning of an endpoint judged so. Peers give no origin: what they list is all they say. apkleaks and androguard take no IPA. Peak memory is that of the largest process.`;
const text = `# bench/inspect-peers\n\n\`node bench/inspect-peers.mjs\` — ${machine}\n\n${whole}\n\n${verdict}\n\n${judgedHow}\n\n${each}\n`;
mkdirSync(join(root, 'bench', 'results'), { recursive: true });
writeFileSync(join(root, 'bench', 'results', 'inspect-peers.md'), text);
const json = join(root, 'bench', 'results', 'inspect-peers.json');
writeFileSync(json, `${JSON.stringify(measured, null, 2)}\n`);
spawnSync('npx', ['--no-install', 'biome', 'format', '--write', json], { cwd: root, stdio: 'ignore' });
console.log(text);
const failed = rows.filter(({ status }) => status !== undefined && status !== 0);
if (failed.length > 0) {
  console.error(
    `FAILED, figures of these mean nothing: ${failed.map((row) => `${row.tool} on ${row.package}`).join(', ')}`,
  );
  process.exitCode = 1;
}
if (unjudged.length > 0) {
  console.error(`NOT JUDGED, add to bench/inspect/judged.tsv:\n${unjudged.join('\n')}`);
  process.exitCode = 1;
}
