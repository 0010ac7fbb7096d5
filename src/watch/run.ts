/** Checks again and again: one run at a time, what changed is told, and a restart goes on where it stopped. */

import type { CheckReport } from '../core/contract/check.ts';
import type { CheckDiff } from '../core/contract/check-diff.ts';
import { PosternError } from '../core/errors.ts';
import { noticeOfDrift, noticeOfFailure, noticeOfState } from './notify/notice.ts';
import { nextRun, type Schedule } from './schedule.ts';
import type { Notice, WatchFolder, WatchState } from './state.ts';

export interface WatchOptions {
  project: string;
  schedule: Schedule;
  folder: WatchFolder;
  /** Reports that are kept. */
  keep: number;
  tell: 'changes' | 'always';
  /** How many receivers there are; messages to one that is gone are dropped. */
  receivers: number;
  deliver(receiver: number, notice: Notice): Promise<void>;
  /** The main job, with its report as text. */
  check(signal: AbortSignal): Promise<{ report: CheckReport; text: string }>;
  /** The report of an earlier run; undefined when it is gone. */
  readReport(path: string): Promise<CheckReport | undefined>;
  diff(before: CheckReport, after: CheckReport): CheckDiff;
  /** One line for whoever looks at the terminal or its log. */
  say(line: string): void;
  /** The same for what went wrong, which is told even to those who want to hear nothing else. */
  complain(line: string): void;
  signal: AbortSignal;
  /** One run, now, and no more. */
  once: boolean;
  now(): Date;
  random(): number;
  /** Resolves after so many milliseconds, or at the abort. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** After this many a message is dropped; with pauses that double that is a day and a half. */
const MOST_TRIES = 12;
const FIRST_PAUSE_MS = 60_000;
/** Messages that wait; the oldest are dropped first. */
const MOST_WAITING = 200;
/** A run that never comes to its end – it takes the process with it – is not begun anew for ever at each restart. */
const MOST_RESTARTS = 3;
/** Node's timers overflow beyond 24.8 days; the clock may be set meanwhile, too. */
const LONGEST_SLEEP_MS = 60_000;

/** Runs until the signal; resolves with the last report, undefined when none was made. */
export async function watch(options: WatchOptions): Promise<CheckReport | undefined> {
  const { signal } = options;
  let last: CheckReport | undefined;
  for (;;) {
    const due = options.once ? options.now() : dueAt(options);
    if (!options.once && due > options.now()) options.say(`next check at ${due.toISOString()}`);
    if (!(await until(due, options))) return last;
    last = (await runOnce(options)) ?? last;
    if (options.once || signal.aborted) return last;
  }
}

/** At once after a run that was cut off, and where there was none; else as the schedule says. */
function dueAt({ folder, schedule, now, random }: WatchOptions): Date {
  const { lastStart, unfinished = 0 } = folder.state();
  if (lastStart === undefined || (unfinished > 0 && unfinished <= MOST_RESTARTS)) return now();
  // A clock that was set back must not put off the next run by as much.
  return nextRun(schedule, new Date(Math.min(Date.parse(lastStart), now().getTime())), random());
}

/** Waits, and delivers meanwhile what is due for another try. False when stopped. */
async function until(due: Date, options: WatchOptions): Promise<boolean> {
  const { signal } = options;
  for (;;) {
    if (signal.aborted) return false;
    await deliverWaiting(options);
    const left = due.getTime() - options.now().getTime();
    if (left <= 0) return !signal.aborted;
    await options.sleep(Math.min(left, LONGEST_SLEEP_MS), signal);
  }
}

async function runOnce(options: WatchOptions): Promise<CheckReport | undefined> {
  const { folder, signal } = options;
  const started = options.now();
  const before = folder.state();
  folder.save({ ...before, lastStart: started.toISOString(), unfinished: (before.unfinished ?? 0) + 1 });
  options.say(`check started at ${started.toISOString()}`);
  try {
    const { report, text } = await options.check(signal);
    // A run that was stopped saw a part; what it did not see would look closed or lost.
    if (signal.aborted) {
      undo(folder, before);
      return report;
    }
    const earlier =
      before.lastReport === undefined ? undefined : await options.readReport(folder.reportPath(before.lastReport));
    const lastReport = folder.keepReport(text, options.now(), options.keep);
    const notice = noticeFor(options, earlier, report);
    const waiting = notice === undefined ? [] : letters(options, notice);
    const outbox = bounded([...folder.state().outbox, ...waiting]);
    folder.save({ ...folder.state(), lastReport, outbox, unfinished: undefined, failed: undefined });
    const { exposed, unknown } = report.summary;
    options.say(
      `check finished: ${exposed} exposed, ${unknown} unknown${notice === undefined ? '; nothing changed' : `; ${notice.title}`}`,
    );
    await deliverWaiting(options);
    return report;
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    if (signal.aborted) {
      undo(folder, before);
      return undefined;
    }
    options.complain(`the check did not run: ${error.message} (${error.code})`);
    const now = folder.state();
    // One message about a check that keeps failing in one way, not one per run.
    const told = now.failed === error.code && options.tell !== 'always';
    const waiting = told ? [] : letters(options, noticeOfFailure(options.project, error, options.now()));
    folder.save({ ...now, outbox: bounded([...now.outbox, ...waiting]), unfinished: undefined, failed: error.code });
    await deliverWaiting(options);
    return undefined;
  }
}

/** A run that was stopped is as if it had not begun. */
function undo(folder: WatchFolder, { lastStart, unfinished }: WatchState): void {
  folder.save({ ...folder.state(), lastStart, unfinished });
}

function noticeFor(options: WatchOptions, earlier: CheckReport | undefined, report: CheckReport): Notice | undefined {
  if (earlier === undefined) return noticeOfState(options.project, report, 'first', options.now());
  const drift = options.diff(earlier, report);
  if (drift.changes.length > 0) return noticeOfDrift(options.project, drift, options.now());
  return options.tell === 'always' ? noticeOfState(options.project, report, 'unchanged', options.now()) : undefined;
}

function letters(options: WatchOptions, notice: Notice): WatchState['outbox'] {
  return Array.from({ length: options.receivers }, (_, receiver) => ({ receiver, notice, tries: 0 }));
}

function bounded(outbox: WatchState['outbox']): WatchState['outbox'] {
  return outbox.slice(-MOST_WAITING);
}

/** In the order of their making; one receiver that is down does not hold up the others. */
async function deliverWaiting(options: WatchOptions): Promise<void> {
  const { folder } = options;
  const { outbox } = folder.state();
  if (outbox.length === 0) return;
  const left: WatchState['outbox'] = [];
  const down = new Set<number>();
  for (const letter of outbox) {
    if (letter.receiver >= options.receivers) continue;
    if (down.has(letter.receiver) || !isDue(letter, options.now())) {
      down.add(letter.receiver);
      left.push(letter);
      continue;
    }
    try {
      await options.deliver(letter.receiver, letter.notice);
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      down.add(letter.receiver);
      const tries = letter.tries + 1;
      if (tries < MOST_TRIES) left.push({ ...letter, tries });
      const next = tries < MOST_TRIES ? 'it is tried again' : 'it is dropped';
      options.complain(`a message was not delivered: ${error.message}; ${next}`);
    }
  }
  folder.save({ ...folder.state(), outbox: left });
}

/** Pauses double with each try, counted from the making of the message. */
function isDue({ notice, tries }: WatchState['outbox'][number], now: Date): boolean {
  return tries === 0 || now.getTime() >= Date.parse(notice.at) + FIRST_PAUSE_MS * (2 ** tries - 1);
}
