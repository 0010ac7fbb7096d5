/** What a receiver is told: counts, services and verdicts. Nothing personal is in a report, and less is in a message. */

import type { CheckReport } from '../../core/contract/check.ts';
import type { CheckChange, CheckDiff } from '../../core/contract/check-diff.ts';
import { humanCount } from '../../core/words.ts';
import type { Notice } from '../state.ts';

/** Longer lists are for the report. */
const MOST = 20;

const WORDS: Readonly<Record<CheckChange['change'], string>> = {
  opened: 'OPENED',
  changed: 'changed',
  lost: 'cannot be told any more',
  closed: 'closed',
  new: 'new',
  gone: 'gone',
};

export function noticeOfDrift(project: string, diff: CheckDiff, at: Date): Notice {
  const { summary, changes } = diff;
  const title = `${project}: ${[
    count(summary.opened, 'store opened', 'stores opened'),
    count(summary.closed, 'closed', 'closed'),
    count(summary.changed, 'changed', 'changed'),
    count(summary.lost, 'cannot be told any more', 'cannot be told any more'),
    count(summary.new, 'new finding', 'new findings'),
    count(summary.gone, 'finding gone', 'findings gone'),
  ]
    .filter((text) => text !== '')
    .join(', ')}`;
  const lines = changes.slice(0, MOST).map(lineOf);
  if (changes.length > MOST) lines.push(`… and ${humanCount(changes.length - MOST)} more in the report`);
  return { at: at.toISOString(), title, lines, drift: diff.summary };
}

export function noticeOfState(project: string, report: CheckReport, what: 'first' | 'unchanged', at: Date): Notice {
  const { exposed, unknown, closed } = report.summary;
  const now = `${humanCount(exposed)} exposed, ${humanCount(closed)} closed, ${humanCount(unknown)} unknown`;
  return {
    at: at.toISOString(),
    title: `${project}: ${what === 'first' ? 'watching from now on' : 'nothing changed'}: ${now}`,
    lines: report.stories
      .filter(({ state }) => state === 'exposed')
      .slice(0, MOST)
      .map(({ headline }) => headline),
    drift: null,
  };
}

export function noticeOfFailure(project: string, error: { code: string; message: string }, at: Date): Notice {
  return {
    at: at.toISOString(),
    title: `${project}: the check did not run`,
    lines: [`${error.message} (${error.code})`],
    drift: null,
  };
}

function lineOf({ change, title, before, after, severity }: CheckChange): string {
  const told = [before, after].filter((text) => text !== undefined);
  const from = told.length > 0 ? ` (${told.join(' → ')})` : '';
  return `${WORDS[change]}${severity === undefined ? '' : `, ${severity}`}: ${title}${from}`;
}

function count(number: number, one: string, many: string): string {
  return number === 0 ? '' : `${humanCount(number)} ${number === 1 ? one : many}`;
}
