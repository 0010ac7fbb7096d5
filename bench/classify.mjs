#!/usr/bin/env node
/**
 * How right `postern classify` is on a labelled set, and how fast beside its peers. Prints Markdown; writes
 * bench/results/classify.md and classify.json.
 *
 *   node bench/classify.mjs [--rounds 3] [--megabytes 40] [--peer-seconds 8] [--mistakes] [--no-peers]
 *
 * The labelled set: columns of public schemas (bench/classify/schemas.mjs) with made-up values (bench/classify/values.mjs).
 * Parts a and b served for tuning, parts c and d were written afterwards, parts e and f without sight of the vocabulary
 * (bench/classify/unseen.mjs); all of them have since been learnt from. Part g (bench/classify/fresh.mjs) is the one of which
 * nothing but totals is ever printed. Peers: redact-pii (npm) and Presidio (PyPI, its pattern recognisers alone), installed
 * below .cache; one that cannot be is left out, loudly.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundled, root } from './classify/bundle.mjs';
import { writeDocuments } from './classify/documents.mjs';
import { freshSet, labelledSet, unseenSet } from './classify/labelled.mjs';
import { scoreOf } from './classify/score.mjs';

const BAR = { right: 0.97, falsely: 0.01, megabytes: 12 };
const PEERS = { 'redact-pii': '3.4.0', 'presidio-analyzer': '2.2.358' };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '40' },
    'peer-seconds': { type: 'string', default: '8' },
    mistakes: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
  },
});
const { classifyDataset, createTally } = await bundled('classify/index.ts');
await bundled('classify/files/index.ts');
const bundles = join(root, '.cache/bench-classify');

const sets = labelledSet();
const judge = (withValues) => (set) =>
  classifyDataset({
    name: set.name,
    fields: set.columns.map(({ name, values: column }) => {
      if (!withValues || column.length === 0) return { name };
      const tally = createTally();
      for (const value of column) tally.add(value);
      return { name, values: tally.summary() };
    }),
  }).fields;
const percent = (part, whole) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
const whole = scoreOf(sets, judge(true));
const halves = ['a', 'b', 'c', 'd'].map((half) => [
  half,
  scoreOf(
    sets.filter((set) => set.half === half),
    judge(true),
  ),
]);
const names = scoreOf(
  sets.filter(({ name }) => !/^(?:opaque|blob|mystery)/.test(name)),
  judge(false),
);
/** Parts e to g, with values and by names alone. Of g no mistake is printed, not even with --mistakes. */
const unseen = [...unseenSet(), ...freshSet()];
const [e, f, g] = ['e', 'f', 'g'].map((half) => {
  const part = unseen.filter((set) => set.half === half);
  return { values: scoreOf(part, judge(true)), names: scoreOf(part, judge(false)) };
});
const traps = scoreOf(
  sets.filter(({ name }) => name.startsWith('traps')),
  judge(true),
);
if (values.mistakes) console.error([...whole.mistakes, ...e.values.mistakes, ...f.values.mistakes].join('\n'));

const row = (title, score) =>
  `| ${title} | ${score.columns} | ${percent(score.right, score.columns)} | ${score.negatives} | ${score.falsely} (${percent(score.falsely, score.negatives)}) |`;
const accuracy = [
  '| columns | in all | told right | nothing personal | of them told as personal |',
  '|---|---|---|---|---|',
  row('parts a to d, names and 60 values', whole),
  row('half a, tuned on', halves[0][1]),
  row('half b, tuned on', halves[1][1]),
  row('part c, written afterwards (94.7 % at first)', halves[2][1]),
  row('part d, written after that (93.2 % at first)', halves[3][1]),
  row('parts a to d with telling names, without any value', names),
  row('part e, learnt from (88.5 % and 16 at first)', e.values),
  row('part e, without any value (84.5 % and 21 at first)', e.names),
  row('part f, learnt from (92.1 % and 8 at first)', f.values),
  row('part f, without any value (90.7 % and 9 at first)', f.names),
  row('**part g, its mistakes never looked at** (94.4 % and 10 at first)', g.values),
  row('**part g, without any value** (93.5 % and 9 at first)', g.names),
  row('traps', traps),
];
const categories = [
  '| category | precision | recall |',
  '|---|---|---|',
  ...[...whole.per]
    .sort()
    .map(
      ([category, { right, wrong, missed }]) =>
        `| ${category} | ${percent(right, right + wrong)} | ${percent(right, right + missed)} |`,
    ),
];

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-classify-'));
try {
  const [jsonl, csv] = [join(folder, 'users.jsonl'), join(folder, 'users.csv')];
  writeDocuments(jsonl, csv, Number(values.megabytes));
  const runners = [
    [
      'postern classify, JSON Lines',
      () => json(process.execPath, [join(root, 'bench/classify/postern.mjs'), jsonl, bundles]),
    ],
    ['postern classify, CSV', () => json(process.execPath, [join(root, 'bench/classify/postern.mjs'), csv, bundles])],
    ...(values['no-peers'] ? [] : peers(jsonl)),
  ];
  const rates = new Map(runners.map(([title]) => [title, []]));
  let peak = 0;
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [title, run] of runners) {
      const { bytes, seconds, found, peak: memory = 0 } = run();
      if (found === 0) throw new Error(`${title} found nothing`);
      peak = Math.max(peak, memory);
      rates.get(title).push(bytes / 1e6 / seconds);
    }
  }
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const own = median(rates.get('postern classify, JSON Lines'));
  const speed = [
    '| tool | MB/s of CPU time: median (range) | JSON Lines of Postern ÷ it |',
    '|---|---|---|',
    ...[...rates].map(
      ([title, list]) =>
        `| ${title} | ${median(list).toFixed(2)} (${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)}) | ${(own / median(list)).toFixed(1)}× |`,
    ),
  ];
  const slowest = Math.min(own, median(rates.get('postern classify, CSV')));
  const bars = [
    [
      `at least ${100 * BAR.right} % of all columns right`,
      whole.right / whole.columns >= BAR.right,
      percent(whole.right, whole.columns),
    ],
    [
      `at most ${100 * BAR.falsely} % of what is nothing personal told as personal`,
      whole.falsely / whole.negatives <= BAR.falsely,
      percent(whole.falsely, whole.negatives),
    ],
    [
      `part g: at least ${100 * BAR.right} % right`,
      g.values.right / g.values.columns >= BAR.right,
      percent(g.values.right, g.values.columns),
    ],
    [
      `part g: at most ${100 * BAR.falsely} % of what is nothing personal told as personal`,
      g.values.falsely / g.values.negatives <= BAR.falsely,
      percent(g.values.falsely, g.values.negatives),
    ],
    ['no trap hit', traps.falsely === 0, `${traps.falsely}`],
    [`at least ${BAR.megabytes} MB/s per core`, slowest >= BAR.megabytes, `${slowest.toFixed(1)} MB/s`],
  ];
  const where = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const text = [
    '# Classification: how right, how fast',
    `\`node bench/classify.mjs\` on ${where}.`,
    `## Columns\n\n${sets.length + unseen.length} data sets of public schemas in ${new Set([...sets, ...unseen].map(({ country }) => country)).size} countries, made-up values; a column is right when it gets its one category, or none. In parts e to g some columns have two defensible labels (either is right), and some have no values.`,
    accuracy.join('\n'),
    categories.join('\n'),
    `## Speed\n\nFiles of ${values.megabytes} MB, ${values.rounds} rounds in turns, each a process of its own; CPU time without start-up. Peers get the same values for ${values['peer-seconds']} s. Peak of Postern: ${peak} MiB.`,
    speed.join('\n'),
    bars.map(([bar, met, figure]) => `- ${bar}: ${figure}, ${met ? 'met' : '**MISSED**'}`).join('\n'),
  ].join('\n\n');
  console.log(text);
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(join(root, 'bench/results/classify.md'), `${text}\n`);
  const measured = [...rates].map(([name, list]) => ({
    name,
    median: Number(median(list).toFixed(3)),
    ratio: Number((own / median(list)).toFixed(3)),
  }));
  writeFileSync(join(root, 'bench/results/classify.json'), `${JSON.stringify(measured, null, 2)}\n`);
  process.exitCode = bars.every(([, met]) => met) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function json(command, args) {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** Installs what is missing; a peer that cannot be had is left out, and said so. */
function peers(jsonl) {
  const cache = join(root, '.cache/bench-classify');
  const found = [];
  const npm = join(cache, 'npm');
  if (!existsSync(join(npm, 'node_modules/redact-pii'))) {
    mkdirSync(npm, { recursive: true });
    writeFileSync(join(npm, 'package.json'), '{}');
    spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `redact-pii@${PEERS['redact-pii']}`], {
      cwd: npm,
    });
  }
  if (existsSync(join(npm, 'node_modules/redact-pii'))) {
    found.push([
      `redact-pii ${PEERS['redact-pii']}, JSON Lines`,
      () => json(process.execPath, [join(root, 'bench/classify/redact-pii.mjs'), jsonl, values['peer-seconds'], npm]),
    ]);
  } else console.error('!!! redact-pii is left out: npm could not install it');
  const venv = join(cache, 'venv');
  const python = join(venv, 'bin/python');
  const works = () => spawnSync(python, ['-c', 'import presidio_analyzer']).status === 0;
  if (!works()) {
    spawnSync('python3', ['-m', 'venv', venv]);
    spawnSync(python, ['-m', 'pip', 'install', '--quiet', `presidio-analyzer==${PEERS['presidio-analyzer']}`], {
      timeout: 600_000,
    });
  }
  if (works()) {
    found.push([
      `Presidio ${PEERS['presidio-analyzer']}, patterns alone, JSON Lines`,
      () => json(python, [join(root, 'bench/classify/presidio.py'), jsonl, values['peer-seconds']]),
    ]);
  } else console.error('!!! Presidio is left out: pip could not install it');
  return found;
}
