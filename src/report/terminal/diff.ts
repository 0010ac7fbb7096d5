/** `postern diff A B` on a terminal: like a diff, by kind of thing. */
import type { BuildChange } from '../../core/contract/inspect-diff.ts';
import { humanCount, plural } from '../human.ts';
import type { InspectDiff } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { createPage, type Ink, type Page, severityBadge } from './page.ts';

export const CHANGE_TITLES = {
  app: 'App',
  signature: 'Signed by (certificate)',
  endpoint: 'Back ends',
  store: 'Managed stores',
  credential: 'Credentials',
  setting: 'Settings',
  library: 'Libraries',
  declaration: 'What is declared',
  finding: 'Findings',
} as const satisfies Record<BuildChange['kind'], string>;

/** Changes of each kind; `--all` shows the rest. */
const MOST = 50;

const KINDS = Object.keys(CHANGE_TITLES) as BuildChange['kind'][];

export function renderDiff(diff: InspectDiff, options: RenderOptions): string {
  const page = createPage(options);
  const { before, after, summary } = diff;
  page.write('', page.ink.red(`--- ${before.path}  ${before.id} ${before.version}`.trimEnd()));
  page.write('', page.ink.green(`+++ ${after.path}  ${after.id} ${after.version}`.trimEnd()));
  for (const warning of warnings(diff)) page.write('', page.ink.yellow(warning));
  for (const kind of KINDS) {
    const changes = diff.changes.filter((change) => change.kind === kind);
    if (changes.length === 0) continue;
    page.heading(CHANGE_TITLES[kind], plural(changes.length, 'change'));
    for (const change of page.all ? changes : changes.slice(0, MOST)) writeChange(page, change);
    if (!page.all && changes.length > MOST) {
      page.write('  ', page.ink.dim(`Show ${humanCount(changes.length - MOST)} more: --all`));
    }
  }
  page.gap();
  page.write(
    '',
    diff.changes.length === 0
      ? 'No difference.'
      : `${summary.new} new, ${summary.changed} changed, ${summary.gone} gone`,
  );
  return page.toString();
}

/** What a reader must know before trusting the difference. */
export function warnings({ before, after }: InspectDiff): string[] {
  const unread = [before, after].filter(({ complete }) => !complete).map(({ path }) => path);
  const lines = unread.map((path) => `A part of ${path} was not read: what seems new or gone may only be unread.`);
  if (before.id !== after.id && before.id !== '' && after.id !== '') lines.push('These are two different apps.');
  return lines;
}

function writeChange(page: Page, { change, kind, id, before, after, severity, origin }: BuildChange): void {
  const { ink } = page;
  const badge = severity === undefined ? '' : `${severityBadge(severity, ink)} `;
  const owner = origin === undefined || origin === 'app' ? '' : ink.dim(` (${origin})`);
  const text = kind === 'finding' || kind === 'setting' || kind === 'library' ? (after ?? before ?? '') : '';
  const named = `${badge}${id}${owner}`;
  const detail = change === 'changed' ? `${before ?? ''} → ${after ?? ''}` : text;
  page.write(`  ${SIGNS[change](ink)} `, detail === '' ? named : `${named}  ${ink.dim(detail)}`);
}

const SIGNS = {
  new: (ink: Ink) => ink.green('+'),
  gone: (ink: Ink) => ink.red('-'),
  changed: (ink: Ink) => ink.yellow('~'),
} as const;
