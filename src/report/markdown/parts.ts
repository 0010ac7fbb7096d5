/** Sections that several reports share. */
import type { Skip } from '../../core/skip.ts';
import { plural } from '../human.ts';
import { code, details, md, table } from './text.ts';

const MOST = 50;

/** Unfolded when something was not checked, since silence must not read as clean. */
export function skipLines(skips: readonly Skip[]): string[] {
  const incomplete = skips.filter(({ severity }) => severity === 'incomplete');
  if (incomplete.length === 0) return [];
  const rows = incomplete
    .slice(0, MOST)
    .map(({ subject, code: id, reason }) => [code(subject, true), md(reason), code(id, true)]);
  return details(`⚠️ ${plural(incomplete.length, 'thing')} not checked`, [
    ...table(['What', 'Why', 'Code'], rows),
    ...(incomplete.length > rows.length ? ['', `and ${incomplete.length - rows.length} more`] : []),
  ]);
}
