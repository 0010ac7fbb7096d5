/**
 * What is remembered between runs, so that a restart loses nothing: the time of the last start, the last report, and
 * messages that could not be delivered yet. One process at a time holds the folder.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PosternError } from '../core/errors.ts';

const REPORT = /^check-\d{8}T\d{6}Z\.json$/;

const noticeSchema = z.object({
  /** ISO 8601, UTC. */
  at: z.string(),
  title: z.string(),
  lines: z.array(z.string()),
  /** The drift, or null where there is none to tell (the first run, a run that failed). */
  drift: z.unknown(),
});

const stateSchema = z.object({
  version: z.literal(1),
  /** Start of the last run, ISO 8601. */
  lastStart: z.iso.datetime().optional(),
  /** How many runs in a row were begun and not ended: the process was killed meanwhile. */
  unfinished: z.int().optional(),
  /** Code of the error that the last run ended with, which was told. */
  failed: z.string().optional(),
  /** Name of the last report in the folder. */
  lastReport: z.string().regex(REPORT).optional(),
  /** Not delivered yet: which receiver (its position), what, and how often it was tried. */
  outbox: z.array(z.object({ receiver: z.number().int(), notice: noticeSchema, tries: z.number().int() })),
});

export type Notice = z.infer<typeof noticeSchema>;
export type WatchState = z.infer<typeof stateSchema>;

const STATE = 'state.json';
const LOCK = 'lock';

export interface WatchFolder {
  readonly path: string;
  state(): WatchState;
  save(state: WatchState): void;
  /** @returns the report's name */
  keepReport(text: string, finished: Date, most: number): string;
  reportPath(name: string): string;
  release(): void;
}

/** @throws PosternError `E_USAGE` when another process watches here; `E_OUTPUT` */
export function openWatchFolder(path: string): WatchFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `the folder ${path} cannot be made`, { cause });
  }
  const lock = join(path, LOCK);
  takeLock(lock, path);
  return {
    path,
    state: () => readState(join(path, STATE)),
    save: (state) => replaceFile(join(path, STATE), `${JSON.stringify(state, null, 2)}\n`),
    keepReport(text, finished, most) {
      const stamp = finished
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replace(/[-:]/g, '');
      const name = `check-${stamp}.json`;
      replaceFile(join(path, name), text);
      const reports = readdirSync(path)
        .filter((one) => REPORT.test(one))
        .sort();
      for (const old of reports.slice(0, Math.max(0, reports.length - most))) rmSync(join(path, old), { force: true });
      return name;
    },
    reportPath: (name) => join(path, name),
    release: () => rmSync(lock, { force: true }),
  };
}

function takeLock(lock: string, folder: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const fd = openSync(lock, 'wx', 0o600);
      writeSync(fd, `${[process.pid, ...startOf(process.pid)].join(' ')}\n`);
      closeSync(fd);
      return;
    } catch (cause) {
      const holder = holderOf(lock);
      if (holder !== undefined) {
        throw new PosternError('E_USAGE', `another process (${holder}) watches with ${folder} already`, {
          hint: 'Stop it, or set `watch.reports` to another folder.',
          cause,
        });
      }
      // Its process is gone: it was killed before it could give the folder back.
      rmSync(lock, { force: true });
    }
  }
  throw new PosternError('E_OUTPUT', `${lock} cannot be written`);
}

/** The process that holds the lock; undefined when it is gone. */
function holderOf(lock: string): number | undefined {
  try {
    const [text = '', ...started] = readFileSync(lock, 'utf8').trim().split(' ');
    const pid = Number(text);
    if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid)) return undefined;
    const now = startOf(pid);
    // After a restart of the machine the number may be another process's.
    return started.length > 0 && now.length > 0 && started.join() !== now.join() ? undefined : pid;
  } catch {
    return undefined;
  }
}

/** What tells a process from a later one of the same number: the boot, and its start since then. Linux only. */
function startOf(pid: number): string[] {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // proc_pid_stat(5): the name in parentheses may hold anything; the 22nd field is the start, the third follows the name.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return [boot, fields[19] ?? ''];
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readState(path: string): WatchState {
  const empty: WatchState = { version: 1, outbox: [] };
  if (!existsSync(path)) return empty;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new PosternError('E_REPORT_INVALID', `${path} cannot be read`, {
      hint: 'Move it away to start anew: the next run then tells everything as new.',
      cause,
    });
  }
}

/** A crash leaves the old file or the new one, never half of one. */
function replaceFile(path: string, text: string): void {
  try {
    writeFileSync(`${path}.part`, text, { mode: 0o600, flush: true });
    renameSync(`${path}.part`, path);
  } catch (cause) {
    throw new PosternError('E_OUTPUT', `${path} cannot be written`, { cause });
  }
}
