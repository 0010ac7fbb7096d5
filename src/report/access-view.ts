/** Who reads what, one row per endpoint or data set, as every renderer tells it. */
import type { Access, AccessAnswer, AccessAs } from '../core/access.ts';

import { plural } from './human.ts';
import type { CheckReport, ProbeLine } from './input.ts';
import { hostPort, indexAssets, labelOf } from './story-view.ts';

export const ACCESS_HEAD = ['Where', 'What', 'Stranger', 'Signed in', 'Other user', 'Old app'] as const;

export interface AccessRow {
  where: string;
  what: string;
  /** In the order of the head: stranger, signed in, other user, old app. */
  reads: AccessAnswer[];
  /** Everybody may read it. */
  isPublic: boolean;
  /** Why, for what somebody else than the owner reads and for what could not be told. */
  notes: string[];
}

const COLUMNS: readonly AccessAs[] = ['stranger', 'signed-in', 'other-user', 'old-app'];

export function accessOfCheck(report: CheckReport): AccessRow[] {
  const assets = indexAssets(report.assets);
  return [
    ...(report.access ?? []).flatMap(({ host, port, endpoints }) =>
      endpoints.flatMap(({ access, objects }) => rowsOf(hostPort(host, port), access, objects === 'public')),
    ),
    ...report.stories.flatMap(({ store, access = [] }) => rowsOf(labelOf(store, assets)[0], access)),
  ];
}

export function accessOfLines(lines: readonly ProbeLine[]): AccessRow[] {
  return lines.flatMap(({ target, port, access = [] }) =>
    rowsOf(port === null ? target : hostPort(target.replace(/:\d+$/, ''), port), access),
  );
}

function rowsOf(where: string, access: readonly Access[], isPublic = false): AccessRow[] {
  const whats = [...new Set(access.map(({ what }) => what))];
  return whats.map((what) => {
    const own = access.filter((one) => one.what === what);
    return {
      where,
      what,
      reads: COLUMNS.map((as) => worstOf(own.filter((one) => one.as === as))),
      isPublic,
      notes: own.filter(isWorthTelling).map(({ reason }) => reason),
    };
  });
}

function worstOf(access: readonly Access[]): AccessAnswer {
  return (['yes', 'unknown', 'no'] as const).find((answer) => access.some(({ read }) => read === answer)) ?? 'untested';
}

function isWorthTelling({ as, read }: Access): boolean {
  return read === 'unknown' || (read === 'yes' && as !== 'signed-in');
}

const RULES = new Set(['probe/other-user-reads', 'probe/stranger-reads-api', 'probe/old-app-reads']);

/** `2 API endpoints give objects to somebody else than their owner`; empty when none does. */
export function accessSentence({ findings }: Pick<CheckReport, 'findings'>): string {
  const count = findings.filter(({ rule }) => RULES.has(rule)).length;
  if (count === 0) return '';
  return `${plural(count, 'API endpoint')} ${count === 1 ? 'gives' : 'give'} objects to somebody else than their owner`;
}

/** A word for a cell; what is not asked stays empty. */
export function readWord(read: AccessAnswer): string {
  return { yes: 'reads', no: 'no', unknown: 'unknown', untested: '–' }[read];
}

/** Whether a cell is bad news: who signs in reads what is theirs. */
export function isBad({ isPublic, reads }: AccessRow, column: number): boolean {
  return reads[column] === 'yes' && COLUMNS[column] !== 'signed-in' && !isPublic;
}
