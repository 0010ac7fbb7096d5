/** What was not checked. Never left out: silence must not read as clean. */
import type { Skip } from '../../core/skip.ts';
import { humanCount } from '../human.ts';
import type { Page } from './page.ts';

const MOST = 8;

export function writeSkips(page: Page, skips: readonly Skip[]): void {
  const incomplete = skips.filter(({ severity }) => severity === 'incomplete');
  const notes = page.all ? skips.filter(({ severity }) => severity === 'note') : [];
  if (incomplete.length === 0 && notes.length === 0) return;
  page.heading('Not checked');
  const shown = page.all ? [...incomplete, ...notes] : incomplete.slice(0, MOST);
  for (const skip of shown) page.write('  ! ', `${skip.subject}: ${skip.reason} ${page.ink.dim(`(${skip.code})`)}`);
  const rest = incomplete.length + notes.length - shown.length;
  if (rest > 0) page.write('  ! ', page.ink.dim(`and ${humanCount(rest)} more: --all`));
}
