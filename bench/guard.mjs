#!/usr/bin/env node
/**
 * `postern guard run` against its peers, rounds interleaved, on one machine and in front of one upstream (nginx, which answers
 * with fixed JSON). Journal (fsync) and limits are on in every row of Postern's, and every answer class is checked.
 * Prints Markdown; writes bench/results/guard.md and guard.json.
 *
 *   npm run build && node bench/guard.mjs [--rounds 5] [--seconds 10] [--soak 600] [--opensearch] [--growth] [--node PATH]
 *
 * Needs wrk, nginx and haproxy (Debian: wrk nginx-light haproxy); without haproxy or nginx rows are left out and the output
 * says so. `--opensearch` needs a Java and `bash test/servers/install.sh search`. Only 127.0.0.1 is contacted.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeProofs } from './guard/dpop.mjs';
import { answer, ask, LONG_QUESTION, QUESTION, requireFiltered, requireWhole, writePolicy } from './guard/fixture.mjs';
import { measureGrowth } from './guard/growth.mjs';
import { family, median, memory, script, wrk } from './guard/load.mjs';
import { basic, missing, READER, startOpenSearch } from './guard/opensearch.mjs';
import { haproxy, nginxProxy, start, upstream } from './guard/peers.mjs';
import { createIssuer, writeTokens } from './guard/tokens.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const BARS = { compat: 2.2, strict: 1.2, dpop: 4000, p99: 3, store: 0.85, memory: 1.1 };
const PORT = {
  store: 19200,
  nginx: 19201,
  haproxy: 19202,
  guard: 19203,
  haproxy2: 19204,
  guard2: 19205,
  search: 19210,
  plugin: 19211,
  searchGuard: 19212,
};
const HITS = { small: 5, large: 50 };
/** More than the verified tokens that are kept, so that going around never meets one of them. */
const UNIQUE = 120_000;
const FIXED_RATE = 2000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    soak: { type: 'string', default: '0' },
    opensearch: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const installed = (name, flag) => spawnSync(name, [flag]).error === undefined;
const has = { wrk: installed('wrk', '-v'), nginx: installed('nginx', '-v'), haproxy: installed('haproxy', '-v') };
const left = Object.keys(has).filter((name) => !has[name]);
if (!has.wrk || !has.nginx) {
  console.error(`not measured: ${left.join(', ')} missing (Debian: wrk nginx-light haproxy)`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));
// Started by root, nginx reads and OpenSearch runs as another account.
chmodSync(folder, 0o755);
const running = [];
const keep = async (promise) => {
  const one = await promise;
  running.push(one);
  return one;
};
const url = (port, index = 'small') => `http://127.0.0.1:${port}/${index}/_search`;
const guard = (file, port) => keep(start(values.node, [join(root, 'bin/postern.js'), 'guard', 'run', file], port));
const version = spawnSync(values.node, ['--version'], { encoding: 'utf8' }).stdout.trim();

const issuer = createIssuer(folder);
const tokens = {
  service: join(folder, 'service.txt'),
  mobile: join(folder, 'mobile.txt'),
  unique: join(folder, 'unique.txt'),
  growth: join(folder, 'growth.txt'),
};
writeTokens(tokens.service, issuer, 512, { role: 'service' });
writeTokens(tokens.mobile, issuer, 512, { role: 'mobile' });
writeTokens(tokens.unique, issuer, UNIQUE, { role: 'service' });
writeTokens(tokens.growth, issuer, 512, { role: 'mobile', group: 'g' });
const scripts = {
  none: script(folder, 'none', { body: QUESTION }),
  service: script(folder, 'service', { file: tokens.service, body: QUESTION }),
  mobile: script(folder, 'mobile', { file: tokens.mobile, body: QUESTION }),
  unique: script(folder, 'unique', { file: tokens.unique, body: QUESTION }),
  growth: script(folder, 'growth', { file: tokens.growth, body: LONG_QUESTION }),
};
const bearer = (role) => ({ authorization: `Bearer ${issuer.issue({ sub: 'check', role })}` });

/** A row's rate at each round, and what else was seen. @throws Error when anything was refused or failed */
function run(row, time = seconds, warming = false) {
  row.prepare?.(time);
  const pids = row.process === undefined ? [] : family(row.process.pid);
  const result = wrk(row.url, {
    script: row.script,
    seconds: time,
    pids,
    connections: row.connections ?? 64,
    core: row.core ?? null,
  });
  if (!warming && (result.refused > 0 || result.failed > 0))
    throw new Error(`${row.name}: ${result.refused} refused, ${result.failed} failed. ${row.process?.log?.() ?? ''}`);
  return result;
}

/** Rounds in turn over all rows, after each was warmed up. */
function measure(rows, { warm = 3 } = {}) {
  for (const row of rows) run(row, warm, true);
  const results = new Map(rows.map((row) => [row, []]));
  for (let round = 0; round < rounds; round++) for (const row of rows) results.get(row).push(run(row));
  return rows.map((row) => ({ ...row, rounds: results.get(row) }));
}

const of = (row, key) => row.rounds.map((round) => round[key]);
const ratio = (row, base) => median(row.rounds.map((round, n) => round.rate / base.rounds[n].rate));
const ratioRange = (row, base) => {
  const all = row.rounds.map((round, n) => round.rate / base.rounds[n].rate);
  return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`;
};
const whole = (n) => Math.round(n).toLocaleString('en-US');
const rates = (row) =>
  `${whole(median(of(row, 'rate')))} (${whole(Math.min(...of(row, 'rate')))}–${whole(Math.max(...of(row, 'rate')))})`;
const verdicts = [];
function bar(met, text) {
  verdicts.push({ met, text: `- ${text}: ${met ? 'met' : '**MISSED**'}.` });
}

const sections = [];
const json = { rows: [] };
try {
  await keep(
    upstream(folder, PORT.store, { small: answer('small', HITS.small), large: answer('large', HITS.large, 30) }),
  );
  const sizes = {
    small: Buffer.byteLength(answer('small', HITS.small)),
    large: Buffer.byteLength(answer('large', HITS.large, 30)),
  };
  const proxy = await keep(nginxProxy(folder, PORT.nginx, PORT.store));
  const peer = has.haproxy ? await keep(haproxy(folder, PORT.haproxy, PORT.store, issuer.files.pem)) : null;
  const peer2 = has.haproxy ? await keep(haproxy(folder, PORT.haproxy2, PORT.store, issuer.files.pem, 2)) : null;
  const indices = ['small', 'large'];
  const one = await guard(writePolicy(folder, { port: PORT.guard, store: PORT.store, indices }), PORT.guard);
  const two = await guard(
    writePolicy(folder, { port: PORT.guard2, store: PORT.store, indices, workers: 2 }),
    PORT.guard2,
  );

  // Every answer class, before anything is timed.
  requireWhole(await ask(url(PORT.store)), HITS.small);
  requireWhole(await ask(url(PORT.nginx)), HITS.small);
  if (peer) {
    requireWhole(await ask(url(PORT.haproxy), bearer('service')), HITS.small);
    await fetch(url(PORT.haproxy), { method: 'POST', body: QUESTION }).then((reply) => {
      if (reply.status !== 401) throw new Error('haproxy lets strangers in');
    });
  }
  for (const port of [PORT.guard, PORT.guard2]) {
    for (const index of indices) {
      requireWhole(await ask(url(port, index), bearer('service')), HITS[index]);
      requireFiltered(await ask(url(port, index), bearer('mobile')), HITS[index]);
    }
    await ask(url(port), { status: 401 });
    await ask(url(port), { ...bearer('stranger'), status: 403 });
    const forged = `${bearer('service').authorization.slice(0, -6)}AAAAAA`;
    await ask(url(port), { authorization: forged, status: 401 });
  }

  const dpopScript = script(folder, 'dpop', { file: join(folder, 'proofs.txt'), dpop: true, body: QUESTION });
  const proofs = (time) =>
    writeProofs(
      join(folder, 'proofs.txt'),
      { issue: (claims) => issuer.issue({ role: 'mobile', ...claims }) },
      {
        count: 14_000 * time,
        devices: 512,
        method: 'POST',
        url: url(PORT.guard),
      },
    );
  const rows = measure([
    { name: 'nginx, the upstream itself (1 KB)', key: 'direct', url: url(PORT.store), script: scripts.none },
    { name: 'nginx proxy', key: 'nginx', url: url(PORT.nginx), script: scripts.none, process: proxy },
    ...(peer
      ? [
          {
            name: 'haproxy jwt_verify',
            key: 'haproxy',
            url: url(PORT.haproxy),
            script: scripts.service,
            process: peer,
          },
          {
            name: 'haproxy jwt_verify, unique tokens',
            key: 'haproxyUnique',
            url: url(PORT.haproxy),
            script: scripts.unique,
            process: peer,
          },
        ]
      : []),
    { name: 'Postern compat, 1 KB', key: 'compat', url: url(PORT.guard), script: scripts.service, process: one },
    {
      name: 'Postern compat, 1 KB, unique tokens',
      key: 'compatUnique',
      url: url(PORT.guard),
      script: scripts.unique,
      process: one,
    },
    {
      name: 'Postern strict (DLS + FLS + mask), 1 KB',
      key: 'strict',
      url: url(PORT.guard),
      script: scripts.mobile,
      process: one,
    },
    {
      name: 'Postern strict (DLS + FLS + mask), 10 KB',
      key: 'strict10',
      url: url(PORT.guard, 'large'),
      script: scripts.mobile,
      process: one,
    },
    {
      name: 'Postern strict, DPoP proof in each request, 1 KB',
      key: 'dpop',
      url: url(PORT.guard),
      script: dpopScript,
      process: one,
      prepare: proofs,
    },
    ...(peer2
      ? [
          {
            name: 'haproxy jwt_verify, 2 threads',
            key: 'haproxy2',
            url: url(PORT.haproxy2),
            script: scripts.service,
            process: peer2,
          },
        ]
      : []),
    {
      name: 'Postern compat, 1 KB, 2 workers',
      key: 'compat2',
      url: url(PORT.guard2),
      script: scripts.service,
      process: two,
    },
    {
      name: 'Postern strict, 1 KB, 2 workers',
      key: 'strict2',
      url: url(PORT.guard2),
      script: scripts.mobile,
      process: two,
    },
  ]);
  const row = Object.fromEntries(rows.map((each) => [each.key, each]));
  sections.push([
    '## Throughput',
    `64 connections for ${seconds} s, ${rounds} rounds interleaved. Answers of ${whole(sizes.small)} and ${whole(sizes.large)} bytes. One process (Postern) and one thread (haproxy, nginx) unless it says otherwise; CPU is that of the row's own process with all its threads. The ratio is within each round.`,
    [
      '| row | requests/s: median (range) | ÷ haproxy jwt_verify | CPU µs/request | p50 ms | p99 ms |',
      '|---|---|---|---|---|---|',
      ...rows.map((each) => {
        const base = each.key.endsWith('2') ? row.haproxy2 : row.haproxy;
        const cpu = each.process === undefined ? '–' : median(of(each, 'cpu')).toFixed(0);
        return `| ${each.name} | ${rates(each)} | ${base ? ratioRange(each, base) : '–'} | ${cpu} | ${median(of(each, 'p50')).toFixed(1)} | ${median(of(each, 'p99')).toFixed(1)} |`;
      }),
    ].join('\n'),
  ]);
  for (const each of rows)
    json.rows.push({
      name: each.name,
      rate: Math.round(median(of(each, 'rate'))),
      cpuMicros: Number(median(of(each, 'cpu')).toFixed(1)),
      ratio: row.haproxy ? Number(ratio(each, each.key.endsWith('2') ? row.haproxy2 : row.haproxy).toFixed(3)) : null,
    });
  const byCpu = (each) => (median(of(row.haproxy, 'cpu')) / median(of(each, 'cpu'))).toFixed(2);
  if (row.haproxy) {
    const compat = ratio(row.compat, row.haproxy);
    bar(
      compat >= BARS.compat,
      `compat with repeated tokens at least ${BARS.compat}× haproxy jwt_verify: ${compat.toFixed(2)}× (by CPU per request ${byCpu(row.compat)}×)`,
    );
    verdicts.push({
      met: true,
      text: `- compat with unique tokens (every signature verified): ${ratio(row.compatUnique, row.haproxyUnique).toFixed(2)}× haproxy jwt_verify on the same tokens.`,
    });
    const strict = ratio(row.strict, row.haproxy);
    bar(
      strict >= BARS.strict,
      `strict at 1 KB at least ${BARS.strict}× haproxy jwt_verify, which filters nothing: ${strict.toFixed(2)}× (by CPU per request ${byCpu(row.strict)}×)`,
    );
  } else verdicts.push({ met: false, text: '- haproxy is not installed: the ratios to it were not measured.' });
  const perCore = 1e6 / median(of(row.dpop, 'cpu'));
  bar(
    perCore >= BARS.dpop,
    `DPoP at least ${whole(BARS.dpop)} requests/s for each core: ${whole(perCore)} by CPU per request (${whole(median(of(row.dpop, 'rate')))}/s measured beside wrk and the upstream)`,
  );

  const connections = 32;
  const pause = Math.round((1000 * connections) / FIXED_RATE);
  const paced = (name, file) => script(folder, name, { ...(file && { file }), body: QUESTION, pause });
  const fixed = measure([
    { name: 'nginx, the upstream itself', url: url(PORT.store), script: paced('paced-none'), connections },
    {
      name: 'Postern compat, 1 KB',
      url: url(PORT.guard),
      script: paced('paced-service', tokens.service),
      process: one,
      connections,
    },
    {
      name: 'Postern strict, 1 KB',
      url: url(PORT.guard),
      script: paced('paced-mobile', tokens.mobile),
      process: one,
      connections,
    },
  ]);
  const added = (each) => median(each.rounds.map((round, n) => round.p99 - fixed[0].rounds[n].p99));
  sections.push([
    `## Latency at ${whole(FIXED_RATE)} requests/s`,
    `${connections} connections that pause between requests at random.`,
    [
      '| row | requests/s | p50 ms | p99 ms | added p99 ms |',
      '|---|---|---|---|---|',
      ...fixed.map(
        (each) =>
          `| ${each.name} | ${whole(median(of(each, 'rate')))} | ${median(of(each, 'p50')).toFixed(2)} | ${median(of(each, 'p99')).toFixed(2)} | ${added(each).toFixed(2)} |`,
      ),
    ].join('\n'),
  ]);
  const worst = Math.max(...fixed.map(added));
  bar(worst <= BARS.p99, `added p99 at most ${BARS.p99} ms at ${whole(FIXED_RATE)} requests/s: ${worst.toFixed(2)} ms`);

  if (values.growth)
    sections.push(
      await measureGrowth({
        folder,
        guard,
        ports: { store: 19220, guard: 19221 },
        issuer,
        scripts,
        run,
        keep,
        ask,
        bearer,
      }),
    );
  if (values.opensearch)
    await measureStore().catch((error) => {
      verdicts.push({ met: false, text: `- The rows with a real OpenSearch were not measured: ${error.message}` });
    });
  if (Number(values.soak) > 0) soak(one);

  /** Memory under full load, both roles in turn. */
  function soak(process) {
    const samples = [];
    const step = 10;
    for (let at = 0; at < Number(values.soak); at += step) {
      run(
        {
          name: 'soak',
          url: url(PORT.guard, at % 20 === 0 ? 'small' : 'large'),
          script: at % 40 < 20 ? scripts.mobile : scripts.unique,
          process,
        },
        step,
      );
      samples.push({ at: at + step, mib: memory(process.pid) });
    }
    const third = samples.slice(Math.floor(samples.length / 3));
    const half = Math.ceil(third.length / 2);
    const early = median(third.slice(0, half).map(({ mib }) => mib));
    const late = median(third.slice(half).map(({ mib }) => mib));
    const shown = samples.filter(
      (_, n) => n % Math.max(1, Math.floor(samples.length / 10)) === 0 || n === samples.length - 1,
    );
    sections.push([
      `## Memory over ${values.soak} s of full load`,
      'Resident MiB of the one process; strict and compat, 1 KB and 10 KB, repeated and unique tokens in turn.',
      [
        `| s | ${shown.map(({ at }) => at).join(' | ')} |`,
        `|---|${shown.map(() => '---|').join('')}`,
        `| MiB | ${shown.map(({ mib }) => mib.toFixed(0)).join(' | ')} |`,
      ].join('\n'),
    ]);
    bar(
      late <= early * BARS.memory,
      `memory flat over ${values.soak} s: median ${early.toFixed(0)} MiB in the second third, ${late.toFixed(0)} MiB in the last`,
    );
  }

  async function measureStore() {
    const absent = missing('opensearch-2');
    if (absent !== null) {
      verdicts.push({ met: false, text: `- The rows with a real OpenSearch were not measured: ${absent} is missing.` });
      return;
    }
    // The store has the last core for itself; the client and what stands between have the first.
    const core = availableParallelism() - 1;
    const store = await keep(startOpenSearch(folder, PORT.search, { core, secured: false }));
    await store.fill();
    const plugin =
      missing('opensearch-security') === null
        ? await keep(startOpenSearch(folder, PORT.plugin, { core, secured: true }))
        : null;
    await plugin?.fill();
    const file = writePolicy(folder, {
      port: PORT.searchGuard,
      store: PORT.search,
      kind: 'opensearch',
      version: 2,
      indices: ['small'],
    });
    const between = await keep(
      start('taskset', ['-c', '0', values.node, join(root, 'bin/postern.js'), 'guard', 'run', file], PORT.searchGuard),
    );
    const byHand = JSON.stringify({
      query: { bool: { must: [{ term: { city: 'Lyon' } }], filter: [{ term: { tenant: 't1' } }] } },
      _source: ['name', 'city', 'tenant', 'email'],
      size: 50,
    });
    requireFiltered(await ask(url(PORT.searchGuard), bearer('mobile')), 5);
    if (plugin) {
      const seen = await ask(url(PORT.plugin), { authorization: basic(READER) });
      if (
        seen.hits.hits.length !== 5 ||
        seen.hits.hits.some(({ _source }) => 'note' in _source || _source.email.includes('@'))
      )
        throw new Error(`the plug-in does not filter: ${JSON.stringify(seen).slice(0, 400)}`);
    }
    const login = `${READER.username}:${READER.password}`;
    const measured = measure(
      [
        { name: 'direct, the same question', url: url(PORT.search), script: scripts.none, core: '0' },
        {
          name: 'direct, filter and fields written by hand',
          url: url(PORT.search),
          script: script(folder, 'by-hand', { body: byHand }),
          core: '0',
        },
        { name: 'Postern compat', url: url(PORT.searchGuard), script: scripts.service, process: between, core: '0' },
        {
          name: 'Postern strict (DLS + FLS + mask)',
          url: url(PORT.searchGuard),
          script: scripts.mobile,
          process: between,
          core: '0',
        },
        ...(plugin
          ? [
              {
                name: 'OpenSearch Security plug-in (DLS + FLS + masked field, basic authentication)',
                url: url(PORT.plugin),
                script: script(folder, 'plugin', { basic: login, body: QUESTION }),
                core: '0',
              },
            ]
          : []),
      ],
      { warm: 15 },
    );
    const [direct] = measured;
    // A store that did not answer in a whole round was not measured: its password hashing had the core for itself.
    const silent = plugin && of(measured[4], 'rate').some((rate) => rate === 0);
    if (silent) measured.pop();
    sections.push([
      '## A real OpenSearch 2.19 behind',
      `The store has core ${core} for itself, wrk and Postern share core 0. 20,000 documents, five of them match. ${silent ? 'The Security plug-in is left out: with basic authentication it answered nothing in at least one round, which is no figure.' : plugin ? '' : 'The Security plug-in is not installed.'}`,
      [
        '| row | requests/s: median (range) | ÷ direct | p50 ms | p99 ms |',
        '|---|---|---|---|---|',
        ...measured.map(
          (each) =>
            `| ${each.name} | ${rates(each)} | ${ratioRange(each, direct)} | ${median(of(each, 'p50')).toFixed(1)} | ${median(of(each, 'p99')).toFixed(1)} |`,
        ),
      ].join('\n'),
    ]);
    for (const each of measured)
      json.rows.push({
        name: `OpenSearch: ${each.name}`,
        rate: Math.round(median(of(each, 'rate'))),
        ratio: Number(ratio(each, direct).toFixed(3)),
      });
    const strict = measured[3];
    const toDirect = ratio(strict, direct);
    bar(
      toDirect >= BARS.store,
      `strict within 15 % of direct throughput with a real OpenSearch: ${toDirect.toFixed(2)}× of the same question asked directly, ${ratio(strict, measured[1]).toFixed(2)}× of filter and fields written by hand${plugin && !silent ? `, ${ratio(strict, measured[4]).toFixed(2)}× of the Security plug-in` : ''}`,
    );
    await Promise.all([store.stop(), plugin?.stop(), between.stop()]);
  }
} finally {
  await Promise.all(running.map((each) => each.stop()));
  rmSync(folder, { recursive: true, force: true });
}

const where = `Node ${version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
const flags = [
  `--rounds ${rounds}`,
  `--seconds ${seconds}`,
  ...(Number(values.soak) > 0 ? [`--soak ${values.soak}`] : []),
  ...(values.opensearch ? ['--opensearch'] : []),
  ...(values.growth ? ['--growth'] : []),
];
const text = [
  '# The guard against its peers',
  `\`node bench/guard.mjs ${flags.join(' ')}\` on ${where}, which the client and the upstream share. Journal (fsync) and limits are on in every row of Postern's; in the measured rounds no request was refused or failed; answers were checked before.${left.length > 0 ? ` Left out for want of the program: ${left.join(', ')}.` : ''}`,
  ...sections.flat(),
  '## Bars',
  verdicts.map((one) => one.text).join('\n'),
].join('\n\n');
console.log(text);
writeFileSync(join(root, 'bench/results/guard.md'), `${text}\n`);
writeFileSync(join(root, 'bench/results/guard.json'), `${JSON.stringify({ node: version, ...json }, null, 2)}\n`);
process.exitCode = verdicts.every((one) => one.met) ? 0 : 1;
