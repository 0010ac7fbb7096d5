#!/usr/bin/env node
/**
 * `postern probe` beside `nmap -sV` and, where it is given, nuclei; every verdict is checked, and what was asked of and read
 * from the stores is counted by the stores themselves. Four parts:
 *
 * - `many`: 1,000 loopback addresses of which 100 are an open Elasticsearch (a stand-in), the others refuse
 * - `dropped`: the same, and a firewall drops what goes to half of the addresses (nftables in a network namespace; root)
 * - `host`: one host with 60 services on the ports of the catalogue (stand-ins), open and secured ones
 * - `linear`: 10,000 addresses of which 1,000 are open, against 1,000
 *
 *   npm run build && node bench/probe.mjs [--only many,host] [--rounds 5] [--peer-rounds 1] [--no-peer]
 *                                         [--nuclei PROGRAM --nuclei-templates FOLDER]
 *
 * Prints Markdown tables; writes bench/results/probe.md and probe.json when all parts ran. Only 127.0.0.0/8 is contacted.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addresses, answers, DOCUMENTS } from './probe/many-searches.mjs';
import { HOST, standIns } from './probe/one-host.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PARTS = ['many', 'dropped', 'host', 'linear'];
const PORT = 9200;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    rounds: { type: 'string', default: '5' },
    'peer-rounds': { type: 'string', default: '1' },
    'no-peer': { type: 'boolean', default: false },
    nuclei: { type: 'string' },
    'nuclei-templates': { type: 'string' },
    /** Set by this script for its own run inside a network namespace. */
    inside: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const peerRounds = values['no-peer'] ? 0 : Number(values['peer-rounds']);
const hasNmap = peerRounds > 0 && spawnSync('nmap', ['--version']).status === 0;
if (!hasNmap) console.error('nmap is left out: it is not installed, or --no-peer was given');
const nuclei = values.nuclei && values['nuclei-templates'] && peerRounds > 0 ? values.nuclei : undefined;
if (nuclei === undefined) console.error('nuclei is left out: give --nuclei PROGRAM --nuclei-templates FOLDER');

const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'));

/** Runs to the end; wall time in seconds, most memory in MiB, and what was printed. */
function timed(command, args) {
  const usage = join(folder, 'usage');
  const gnu = spawnSync('/usr/bin/time', ['-f', '%M', 'true']).status === 0;
  const [program, all] = gnu ? ['/usr/bin/time', ['-f', '%M', '-o', usage, command, ...args]] : [command, args];
  const start = process.hrtime.bigint();
  const { stdout, stderr, status } = spawnSync(program, all, { encoding: 'utf8', maxBuffer: 1 << 29, cwd: folder });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const kib = gnu ? Number(readFileSync(usage, 'utf8').trim().split('\n').at(-1)) : Number.NaN;
  return { seconds, mib: Math.round(kib / 1024), stdout, stderr, status };
}

function postern(args) {
  const run = timed(process.execPath, [join(root, 'bin/postern.js'), 'probe', ...args, '--format', 'jsonl']);
  const lines = run.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { ...run, lines };
}

async function farm(script, ...args) {
  const child = fork(join(root, 'bench/probe', script), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${script} did not start: are its ports in use?`))),
  ]);
  return {
    /** What was asked and given since the last call. */
    async counts() {
      child.send('counts');
      return (await once(child, 'message'))[0];
    },
    stop: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/**
 * The tools in turns over one list of addresses.
 * @param expected what is right for the n-th address: `[verdict, documents]`
 */
async function overAddresses(part, all, expected, { peers, bar }) {
  const targets = join(folder, `${part}.targets`);
  const hosts = join(folder, `${part}.hosts`);
  writeFileSync(targets, all.map((address) => `${address}:${PORT}\n`).join(''));
  writeFileSync(hosts, all.join('\n'));
  const stores = await farm('many-searches.mjs', String(PORT), String(all.length));
  const rows = [];
  try {
    const own = { name: '`postern probe --targets FILE`', seconds: [], bar };
    const nmap = { name: `\`nmap -n -Pn -sV -p ${PORT}\``, seconds: [] };
    const peer = { name: '`nuclei -t FOLDER -l FILE`', seconds: [] };
    for (let round = 0; round < Math.max(rounds, peers ? peerRounds : 0); round++) {
      if (round < rounds) {
        await stores.counts();
        const run = postern(['--targets', targets]);
        own.seconds.push(run.seconds);
        own.mib = Math.max(own.mib ?? 0, run.mib);
        Object.assign(own, await stores.counts());
        const byAddress = Map.groupBy?.(run.lines, (line) => line.address) ?? groupBy(run.lines);
        const wrong = all.filter((address, n) => {
          const told = byAddress.get(address) ?? [];
          const [verdict, documents] = expected(n);
          return told.length !== 1 || told[0].verdict !== verdict || told[0].documents !== documents;
        });
        if (wrong.length > 0) {
          const first = byAddress.get(wrong[0])?.map(({ verdict, reason }) => `${verdict}: ${reason}`);
          throw new Error(`${part}: ${wrong.length} wrong, the first at ${wrong[0]}: ${first}; ${run.stderr}`);
        }
        own.right = `${all.length} of ${all.length}`;
      }
      if (peers && round < peerRounds && hasNmap) {
        const run = timed('nmap', ['-n', '-Pn', '-sV', '-p', String(PORT), '-iL', hosts, '-oG', '-']);
        nmap.seconds.push(run.seconds);
        Object.assign(nmap, await stores.counts());
        const open = (run.stdout.match(/\/open\/tcp\//g) ?? []).length;
        nmap.right = `${open} ports open; access is not tested`;
      }
      if (peers && round < peerRounds && nuclei) {
        const urls = join(folder, `${part}.urls`);
        writeFileSync(urls, all.map((address) => `http://${address}:${PORT}`).join('\n'));
        const run = timed(nuclei, nucleiArgs(urls));
        peer.seconds.push(run.seconds);
        Object.assign(peer, await stores.counts());
        const found = new Set(nucleiHits(run.stdout).map(({ host, ip }) => ip ?? host.split(':')[0]));
        const right = all.filter((address, n) => found.has(address) === expected(n)[0].startsWith('anonymous'));
        peer.right = `${right.length} of ${all.length} (open or not)`;
      }
    }
    rows.push(own, ...[nmap, peer].filter(({ seconds }) => seconds.length > 0));
  } finally {
    await stores.stop();
  }
  return rows;
}

function groupBy(lines) {
  const groups = new Map();
  for (const line of lines) groups.set(line.address, [...(groups.get(line.address) ?? []), line]);
  return groups;
}

function nucleiArgs(list) {
  return ['-t', values['nuclei-templates'], '-l', list, '-jsonl', '-silent', '-duc', '-ni', '-no-mhe', '-nc'];
}

function nucleiHits(stdout) {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

async function oneHost() {
  const stores = await farm('one-host.mjs');
  const wanted = standIns();
  const own = { name: '`postern probe HOST`', seconds: [], bar: 1 };
  const nmap = { name: '`nmap -n -Pn -sV --script …` (its scripts for these services)', seconds: [] };
  const peer = { name: '`nuclei -t FOLDER -u HOST:PORT …`', seconds: [] };
  try {
    for (let round = 0; round < Math.max(rounds, peerRounds); round++) {
      if (round < rounds) {
        await stores.counts();
        const run = postern([HOST]);
        own.seconds.push(run.seconds);
        own.mib = Math.max(own.mib ?? 0, run.mib);
        Object.assign(own, await stores.counts());
        const wrong = wanted.filter(({ port, service, verdict }) => {
          const told = run.lines.filter((line) => line.port === port);
          return !told.some((line) => line.verdict === verdict && (service === undefined || line.service === service));
        });
        const surplus = run.lines.filter(
          (line) =>
            !['refused', 'unidentified'].includes(line.verdict) && !wanted.some(({ port }) => port === line.port),
        );
        if (wrong.length + surplus.length > 0) {
          const told = wrong.map(({ port, service, verdict }) => {
            const lines = run.lines
              .filter((line) => line.port === port)
              .map((line) => `${line.service} ${line.verdict} (${line.reason})`);
            return `${port}: wanted ${service} ${verdict}, told ${lines.join(' | ')}`;
          });
          throw new Error(
            `one host: ${told.join('\n')}\n${surplus.map((line) => `${line.port} ${line.service} ${line.verdict}`).join('\n')}`,
          );
        }
        own.right = `${wanted.length} of ${wanted.length}`;
      }
      const ports = wanted.map(({ port }) => port);
      if (round < peerRounds && hasNmap) {
        const scripts =
          'redis-info,mongodb-info,mongodb-databases,couchdb-databases,memcached-info,mysql-empty-password,mqtt-subscribe,cassandra-info,http-title,docker-version';
        const run = timed('nmap', ['-n', '-Pn', '-sV', '--script', scripts, '-p', ports.join(','), HOST]);
        nmap.seconds.push(run.seconds);
        Object.assign(nmap, await stores.counts());
        nmap.right = `${(run.stdout.match(/^\d+\/tcp\s+open/gm) ?? []).length} ports open`;
      }
      if (round < peerRounds && nuclei) {
        const list = join(folder, 'host.urls');
        writeFileSync(list, ports.map((port) => `${HOST}:${port}`).join('\n'));
        const run = timed(nuclei, nucleiArgs(list));
        peer.seconds.push(run.seconds);
        Object.assign(peer, await stores.counts());
        const found = new Set(
          nucleiHits(run.stdout).map((hit) => Number(hit.port ?? /:(\d+)/.exec(hit['matched-at'] ?? '')?.[1])),
        );
        const right = wanted.filter(({ port, verdict }) => found.has(port) === verdict.startsWith('anonymous'));
        peer.right = `${right.length} of ${wanted.length} (open or not)`;
      }
    }
  } finally {
    await stores.stop();
  }
  return [own, ...[nmap, peer].filter(({ seconds }) => seconds.length > 0)];
}

/** Half of the addresses are behind a firewall that drops: the whole part runs in a namespace of its own. */
function droppedInside() {
  const args = [
    '-n',
    process.execPath,
    fileURLToPath(import.meta.url),
    '--inside',
    '--only',
    'dropped',
    '--rounds',
    values.rounds,
  ];
  args.push('--peer-rounds', values['peer-rounds'], ...(values['no-peer'] ? ['--no-peer'] : []));
  const run = spawnSync('unshare', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const last = run.stdout.trim().split('\n').at(-1) ?? '';
  if (run.status !== 0 || !last.startsWith('['))
    throw new Error(`the part in a network namespace failed (root and nft?): ${run.stdout}`);
  return JSON.parse(last);
}

const isDropped = (n) => n % 2 === 0;

async function dropped() {
  const all = addresses(1000);
  for (const args of [['link', 'set', 'lo', 'up']]) {
    if (spawnSync('ip', args).status !== 0) throw new Error('ip cannot be run');
  }
  const list = all.filter((_, n) => isDropped(n)).join(', ');
  const rules = `table inet bench { set away { type ipv4_addr; elements = { ${list} }; }\nchain input { type filter hook input priority 0; ip daddr @away drop; }\n}`;
  const nft = spawnSync('nft', ['-f', '-'], { input: rules, encoding: 'utf8' });
  if (nft.status !== 0) throw new Error(`nft: ${nft.stderr}`);
  const expected = (n) =>
    isDropped(n) ? ['filtered', null] : answers(n) ? ['anonymous-write', DOCUMENTS] : ['refused', null];
  return await overAddresses('dropped', all, expected, { peers: true, bar: 2 });
}

const open = (n) => (answers(n) ? ['anonymous-write', DOCUMENTS] : ['refused', null]);

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const range = (list) => `${median(list).toFixed(2)} (${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)})`;
const number = (value) => (value === undefined ? '–' : value.toLocaleString('en-US'));

function tableOf(title, rows) {
  const own = median(rows[0].seconds);
  const lines = rows.map((row, index) =>
    [
      row.name,
      range(row.seconds),
      index === 0 ? '1' : `${(median(row.seconds) / own).toFixed(1)}×`,
      row.right,
      number(row.requests),
      number(row.bytes),
      number(row.documents),
      row.mib === undefined || Number.isNaN(row.mib) ? '–' : `${row.mib} MiB`,
    ].join(' | '),
  );
  const { bar } = rows[0];
  return [
    `## ${title}`,
    '',
    '| tool | wall, s: median (range) | ratio | verdicts right | requests to stores | bytes read | documents read | memory |',
    '|---|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
    '',
    ...(bar === undefined ? [] : [`Bar: under ${bar} s: ${own < bar ? 'met' : 'MISSED'}.`, '']),
  ].join('\n');
}

const only = values.only.split(',');
try {
  if (values.inside) {
    console.log(JSON.stringify(await dropped()));
  } else {
    const load = loadavg()[0];
    const done = {};
    const texts = [];
    if (only.includes('many')) {
      done.many = await overAddresses('many', addresses(1000), open, { peers: true, bar: 0.8 });
      texts.push(tableOf('1,000 addresses, 100 of them an open Elasticsearch, 900 refuse', done.many));
    }
    if (only.includes('dropped')) {
      done.dropped = droppedInside();
      texts.push(tableOf('The same; a firewall drops what goes to 500 of them', done.dropped));
    }
    if (only.includes('host')) {
      done.host = await oneHost();
      texts.push(tableOf(`One host with ${standIns().length} services`, done.host));
    }
    if (only.includes('linear')) {
      done.linear = await overAddresses('linear', addresses(10_000), open, { peers: false });
      texts.push(tableOf('10,000 addresses, 1,000 of them open', done.linear));
      if (done.many !== undefined) {
        const per = (rows, count) => median(rows[0].seconds) / count;
        const ratio = per(done.linear, 10_000) / per(done.many, 1_000);
        texts.push(
          `Time per address at 10,000 against 1,000: ${ratio.toFixed(2)}× (linear is 1×; starting up counts once).\n`,
        );
      }
    }
    const where = `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load.toFixed(1)} at the start`;
    const head = `# postern probe beside its peers\n\n\`node bench/probe.mjs\` on ${where}. Whole processes, start-up included; the tools take turns. Requests, bytes and documents are counted by the stores, of the last round.\n`;
    const text = [head, ...texts].join('\n');
    console.log(text);
    if (PARTS.every((part) => only.includes(part))) {
      writeFileSync(join(root, 'bench/results/probe.md'), text);
      const measured = done.many.map(({ name, seconds }) => ({
        name: name.includes('postern') ? 'postern probe' : name.includes('nmap') ? 'nmap -sV' : 'nuclei',
        median: Number(median(seconds).toFixed(4)),
        ratio: Number((median(seconds) / median(done.many[0].seconds)).toFixed(3)),
      }));
      writeFileSync(join(root, 'bench/results/probe.json'), `${JSON.stringify(measured, null, 2)}\n`);
    }
    process.exitCode = text.includes('MISSED') ? 1 : 0;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
