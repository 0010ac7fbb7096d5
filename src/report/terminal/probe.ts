/** `postern probe` on a terminal: one row per target, address and service. */
import Table from 'cli-table3';
import { isExposed, isShut, type Verdict } from '../../core/verdict.ts';
import { accessOfLines } from '../access-view.ts';
import { categoryTitle, humanBytes, humanCount, plural, sentenceList } from '../human.ts';
import type { ProbeLine } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { hostOfTarget, hostPort, probedTitle } from '../story-view.ts';
import { writeAccess } from './access.ts';
import { createPage, type Ink } from './page.ts';

const HEAD = ['Target', 'Service', 'Version', 'Verdict', 'Documents', 'Size', 'Personal data'];
/** Below this width a table of seven columns cannot be read. */
const NARROW = 96;

export function renderProbe(all: readonly ProbeLine[], options: RenderOptions): string {
  const page = createPage(options);
  const { ink } = page;
  const { lines, folded } = foldClosed(all);
  if (page.quiet || page.width < NARROW) {
    for (const line of lines) {
      const [target, service, version, verdict, documents, size, categories] = cellsOf(line, ink);
      const what = [service, version].filter((part) => part !== '' && part !== '–').join(' ');
      const figures = [
        documents === '–' ? '' : plural(line.documents ?? 0, 'document'),
        size === '–' ? '' : size,
        categories,
        // Nothing else says why; elsewhere the reason follows on a line of its own.
        page.quiet && line.verdict === 'inconclusive' ? line.reason : '',
      ]
        .filter((part) => part !== '' && part !== '–')
        .join(', ');
      page.write('', `${target}  ${what}  ${verdict}${figures === '' ? '' : `  ${figures}`}`);
      if (!page.quiet) page.write('    ', ink.dim(line.reason));
    }
  } else if (lines.length > 0) {
    const table = new Table({
      head: HEAD.map((title) => ink.bold(title)),
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
      chars: BARE,
      colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'left'],
      colWidths: [null, null, null, null, null, null, 34],
      wordWrap: true,
    });
    for (const line of lines) table.push(cellsOf(line, ink));
    for (const row of table.toString().split('\n')) page.raw(row);
  }
  writeAccess(page, accessOfLines(lines));
  for (const text of folded) page.write('', ink.dim(text));
  if (!page.quiet) {
    const exposed = lines.filter(({ verdict }) => isExposed(verdict)).length;
    const unclear = lines.filter(({ verdict }) => verdict === 'inconclusive').length;
    const targets = new Set(all.map(({ target }) => target)).size;
    page.gap();
    page.write(
      '',
      ink.bold(
        `${plural(targets, 'target')}, ${plural(lines.length, 'service')}: ${humanCount(exposed)} open to strangers, ${humanCount(unclear)} inconclusive.`,
      ),
    );
    if (page.width >= NARROW) {
      for (const line of lines.filter(({ verdict }) => verdict === 'inconclusive')) {
        page.write('  ? ', `${line.target}: ${line.reason}`);
      }
    }
    for (const line of lines.filter(({ notTested }) => notTested.length > 0)) {
      page.write('  ! ', ink.dim(`${line.target}: not tested: ${sentenceList(line.notTested)}`));
    }
  }
  return page.toString();
}

/** A host that was swept has a hundred closed ports: they are told in one line. */
const MOST_CLOSED = 8;

function foldClosed(lines: readonly ProbeLine[]): { lines: ProbeLine[]; folded: string[] } {
  const placeOf = ({ target, address, vantage }: ProbeLine) => JSON.stringify([target, address, vantage ?? null]);
  const isClosed = ({ verdict }: ProbeLine) => verdict === 'refused' || verdict === 'filtered';
  const closed = new Map<string, ProbeLine[]>();
  for (const line of lines.filter(isClosed)) closed.set(placeOf(line), [...(closed.get(placeOf(line)) ?? []), line]);
  const many = [...closed].filter(([, group]) => group.length > MOST_CLOSED);
  const places = new Set(many.map(([place]) => place));
  const folded = many.map(([, group]) => {
    const count = (verdict: ProbeLine['verdict']) => group.filter((line) => line.verdict === verdict).length;
    const parts = [
      count('refused') > 0 ? `${plural(count('refused'), 'port')} refused` : '',
      count('filtered') > 0 ? `${plural(count('filtered'), 'port')} filtered` : '',
    ].filter((part) => part !== '');
    const { target, address, vantage } = group[0] as ProbeLine;
    const at = address === null || address === target ? target : `${target} (${address})`;
    return `${at}${vantage === undefined ? '' : ` from ${vantage}`}: ${parts.join(', ')}`;
  });
  return { lines: lines.filter((line) => !(isClosed(line) && places.has(placeOf(line)))), folded };
}

function cellsOf(line: ProbeLine, ink: Ink): string[] {
  const host = hostOfTarget(line.target);
  // What was not asked is called as the user called it.
  const at = line.port === null ? line.target : hostPort(host, line.port);
  const place = line.address === null || host === line.address ? at : `${at} (${line.address})`;
  const target = line.vantage === undefined ? place : `${place} from ${line.vantage}`;
  const categories = [...new Set(line.datasets.flatMap((set) => set.categories))];
  return [
    target,
    probedTitle(line),
    line.version ?? '–',
    verdictWord(line.verdict, ink),
    line.documents === null ? '–' : humanCount(line.documents),
    line.bytes === null ? '–' : humanBytes(line.bytes),
    categories.length === 0 ? '–' : sentenceList(categories.map(categoryTitle)),
  ];
}

export function verdictWord(verdict: Verdict, ink: Ink): string {
  if (isExposed(verdict)) return ink.bold(ink.red(verdict));
  return isShut(verdict) ? ink.green(verdict) : ink.yellow(verdict);
}

/** No frame: rows that can be copied and grepped. */
const BARE = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
};
