import { Cron } from 'croner';
import { PosternError } from '../core/errors.ts';

/** When to run: every so many milliseconds, or by a cron expression; `jitter` milliseconds are added by chance. */
export type Schedule = { jitter: number } & ({ every: number } | { cron: string; timezone?: string });

/** Shorter intervals would be an attack on one's own servers. Milliseconds. */
const SHORTEST = 60_000;

/** @throws PosternError `E_CONFIG_INVALID` */
export function checkSchedule(schedule: Schedule): void {
  if ('every' in schedule) {
    if (schedule.every >= SHORTEST) return;
    throw new PosternError('E_CONFIG_INVALID', 'the interval is shorter than a minute', {
      hint: 'Use 1m or more; a check of a large scope takes longer than that.',
    });
  }
  const { timezone } = schedule;
  if (timezone !== undefined && !isTimezone(timezone)) {
    throw new PosternError('E_CONFIG_INVALID', `"${timezone}" is no time zone`, {
      hint: 'Use a name of the IANA database, such as Europe/Berlin.',
    });
  }
  const [first, second] = cronOf(schedule).nextRuns(2);
  if (first === undefined) {
    throw new PosternError('E_CONFIG_INVALID', `the cron expression "${schedule.cron}" never comes`);
  }
  if (second !== undefined && second.getTime() - first.getTime() < SHORTEST) {
    throw new PosternError(
      'E_CONFIG_INVALID',
      `the cron expression "${schedule.cron}" comes more often than every minute`,
    );
  }
}

/**
 * The start after `last`. When the process was down at that time, it is in the past: the run is due at once, and only
 * once, however many were missed.
 *
 * @param random from 0 to 1
 */
export function nextRun(schedule: Schedule, last: Date, random: number): Date {
  const planned = 'every' in schedule ? new Date(last.getTime() + schedule.every) : cronOf(schedule).nextRun(last);
  if (planned === null) throw new PosternError('E_CONFIG_INVALID', 'the schedule has no further run');
  return new Date(planned.getTime() + Math.round(schedule.jitter * random));
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function cronOf({ cron, timezone }: { cron: string; timezone?: string }): Cron {
  try {
    return new Cron(cron, { paused: true, ...(timezone === undefined ? {} : { timezone }) });
  } catch (cause) {
    throw new PosternError('E_CONFIG_INVALID', `"${cron}" is no cron expression`, {
      hint: 'Five fields: minute, hour, day of month, month, day of week – for example "17 3 * * *".',
      cause,
    });
  }
}
