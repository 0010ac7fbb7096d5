/** `postern guard run` as a process of its own, from the sources as they are: joined into one file, as the build does it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Program {
  readonly file: string;
  remove(): void;
}

export async function buildCommand(): Promise<Program> {
  // Within the checkout, where its packages are found.
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'faults-'));
  const bundle = await rolldown({
    input: { main: join(root, 'src/cli/main.ts') },
    platform: 'node',
    external: (id) => /^(?:node:|@?[a-z])/i.test(id),
    logLevel: 'silent',
  });
  await bundle.write({ dir: folder, format: 'esm' });
  await bundle.close();
  const file = join(folder, 'postern.mjs');
  writeFileSync(file, "import { main } from './main.js';\nprocess.exitCode = await main(process.argv.slice(2));\n");
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Line {
  readonly level: number;
  readonly pid: number;
  readonly msg: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has said, a JSON line each. */
  readonly lines: Line[];
  /** What it has said that is no JSON. */
  text: string;
  /** Ids of the processes that listen, the newest last. */
  listening(): number[];
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
}

const running: Running[] = [];

export function runGuard(program: Program, args: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [program.file, 'guard', 'run', ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH ?? '' },
  });
  let pending = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    const parts = (pending + chunk).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('{')) one.lines.push(JSON.parse(part));
      else one.text += `${part}\n`;
    }
  });
  const one: Running = {
    child,
    lines: [],
    text: '',
    listening: () => one.lines.filter(({ msg }) => msg.startsWith('listening on')).map(({ pid }) => pid),
    exit: once(child, 'exit').then(([code, signal]) => ({ code, signal })),
  };
  running.push(one);
  return one;
}

/** For `afterEach`. */
export async function killAll(): Promise<void> {
  for (const { child, exit, lines } of running.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exit;
    // Workers end by themselves when the first process is gone; one that does not would hold the port.
    for (const pid of new Set(lines.map((line) => line.pid))) {
      try {
        if (pid !== child.pid) process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    }
  }
}
