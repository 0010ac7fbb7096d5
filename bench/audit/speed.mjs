/** How long `postern audit` takes on whole trees, as a user runs it, and peers on the same trees in the same run. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../inspect/measure.mjs';
import { filesOf } from './kics.mjs';

const measurer = join(root, 'bench', 'inspect', 'measure.py');

/** One run from outside: wall and CPU seconds, peak MiB, exit code; undefined when it took longer than allowed. */
export function timed(command, { minutes = 3, cwd } = {}) {
  // `timeout` ends the command itself, and what it started
  const limited = ['timeout', '--signal=KILL', String(minutes * 60), ...command];
  const done = spawnSync('python3', [measurer, ...limited], {
    encoding: 'utf8',
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (done.status !== 0) return undefined;
  const [seconds, cpu, kibibytes, status] = done.stdout.trim().split('\n').at(-1).split(' ').map(Number);
  return status === 137 || status === -9 ? undefined : { seconds, cpu, mebibytes: kibibytes / 1024, status };
}

/** Files of a kind below a folder, without what is a link or not text. */
export function treeOf(folder, pattern) {
  return filesOf(folder)
    .filter((path) => pattern.test(path) && statSync(join(folder, path)).isFile())
    .sort();
}

/** Copies files into a fresh folder, with their paths. */
export function copyOf(folder, paths) {
  const into = mkdtempSync(join(tmpdir(), 'postern-bench-audit-'));
  for (const path of paths) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    cpSync(join(folder, path), join(into, path));
  }
  return into;
}

export const audit = (cli, folder, out) => [
  process.execPath,
  cli,
  'audit',
  folder,
  '--format',
  'json',
  '--exit-zero',
  '--no-progress',
  ...(out === undefined ? [] : ['--output', `json=${out}`]),
];

/** @returns the median run of so many, its least, and the highest peak */
export function rounds(count, command) {
  const runs = Array.from({ length: count }, () => timed(command));
  if (runs.some((run) => run === undefined || run.status !== 0)) throw new Error(`failed: ${command.join(' ')}`);
  runs.sort((a, b) => a.seconds - b.seconds);
  const median = runs[Math.floor(count / 2)];
  return { ...median, least: runs[0].seconds, mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)) };
}

/** Runs `audit` and gives its report. */
export function reportOf(cli, folder) {
  const out = join(mkdtempSync(join(tmpdir(), 'postern-bench-report-')), 'report.json');
  const run = timed(audit(cli, folder, out));
  if (run === undefined || run.status !== 0) throw new Error(`postern audit ${folder} failed`);
  const report = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(dirname(out), { recursive: true, force: true });
  return report;
}

/** Peers: their command for a folder, and how many results they wrote. `results` are `{ name, file, line, endLine }`. */
export function peersOf({ kics, queries, checkov, trivy }) {
  const peers = [];
  if (kics !== undefined) {
    peers.push({
      name: 'KICS',
      takes: ['compose', 'terraform'],
      command: (folder, out) =>
        [kics, 'scan', '-p', folder, '-q', queries, '-b', join(dirname(queries), 'libraries')].concat(
          ['-o', dirname(out), '--output-name', 'kics', '--report-formats', 'json', '--no-progress', '--no-color'],
          ['--disable-secrets', '--ignore-on-exit', 'all', '-t', 'DockerCompose,Terraform'],
        ),
      read: (out, folder) => {
        const report = JSON.parse(readFileSync(join(dirname(out), 'kics.json'), 'utf8'));
        return report.queries.flatMap(({ query_id: name, files }) =>
          files.map(({ file_name: file, line }) => ({ name, file: within(folder, file), line, endLine: line })),
        );
      },
    });
  }
  if (trivy !== undefined) {
    peers.push({
      name: 'Trivy',
      takes: ['terraform'],
      command: (folder, out) => [
        trivy,
        'config',
        '--quiet',
        '--skip-check-update',
        '--format',
        'json',
        '-o',
        out,
        folder,
      ],
      read: (out) =>
        (JSON.parse(readFileSync(out, 'utf8')).Results ?? []).flatMap(
          ({ Target: file, Misconfigurations: found = [] }) =>
            found
              .filter(({ Status: status }) => status === 'FAIL')
              .map(({ ID: name, CauseMetadata: { StartLine: line = 1, EndLine: endLine = line } = {} }) => ({
                name,
                file,
                line,
                endLine,
              })),
        ),
    });
  }
  if (checkov !== undefined) {
    peers.push({
      name: 'Checkov',
      takes: ['terraform'],
      command: (folder, out) =>
        [checkov, '-d', folder, '--framework', 'terraform', '-o', 'json', '--quiet', '--compact', '--soft-fail'].concat(
          ['--skip-download', '--output-file-path', dirname(out)],
        ),
      read: (out) => {
        const file = join(dirname(out), 'results_json.json');
        const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
        return [report]
          .flat()
          .flatMap(({ results }) => results?.failed_checks ?? [])
          .map(({ check_class: name, file_path: path, file_line_range: [line, endLine] }) => ({
            name: name.replace(/^checkov\.terraform\.checks\.resource\.(\w+)\.(\w+)$/, '$1/$2'),
            file: path.replace(/^\//, ''),
            line,
            endLine,
          }));
      },
    });
  }
  return peers;
}

function within(folder, file) {
  const at = file.indexOf(`${folder.split('/').at(-1)}/`);
  return at < 0 ? file : file.slice(at + folder.split('/').at(-1).length + 1);
}

/** One run of a peer. @returns its run and results, or why there are none */
export function runPeer(peer, folder, minutes) {
  const scratch = mkdtempSync(join(tmpdir(), 'postern-bench-peer-'));
  const out = join(scratch, 'out.json');
  writeFileSync(join(scratch, 'ran'), '');
  try {
    // `soft-fail` and the like: a peer that found something did not fail
    const run = timed(peer.command(folder, out), { minutes, cwd: scratch });
    if (run === undefined) return { why: `not done after ${minutes} min` };
    return { ...run, results: peer.read(out, folder) };
  } catch (error) {
    return { why: `no result: ${error.message.slice(0, 80)}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
