/** One story, as a chain that is read from top to bottom. */
import type { Story } from '../../core/story.ts';
import { type Change, changesOf } from '../change.ts';
import { categoryTitle, humanSize, OWNER_TITLES, plural, sentenceList } from '../human.ts';
import {
  chainOf,
  datasetNoun,
  detailOf,
  distinctRequests,
  fixCommand,
  headlineParts,
  hostPort,
  placesOf,
  type StoryContext,
  serviceOf,
  strangerGets,
  tasksByOwner,
  tellEvidence,
} from '../story-view.ts';
import { columns, type Page, severityBadge, stateWord } from './page.ts';

const MOST_DATASETS = 6;
const MOST_PLACES = 3;

export function writeStory(page: Page, story: Story, context: StoryContext): void {
  const { ink } = page;
  page.gap();
  const [first = '', ...rest] = page.quiet ? [story.headline] : headlineParts(story);
  page.write('', `${severityBadge(story.severity, ink)} ${stateWord(story.state, ink)}  ${ink.bold(first)}`);
  for (const part of rest) page.write('  → ', ink.bold(part));
  if (page.quiet) {
    writeCompact(page, story, context);
    return;
  }
  page.gap();
  writeChain(page, story, context);
  page.gap();
  page.write('  ', ink.bold(strangerGets(story, context.assets)));
  writeDatasets(page, story, context);
  writeExchanges(page, story);
  writeTasks(page, story, context);
  if (story.unknowns.length > 0) {
    page.gap();
    page.write('  ', ink.bold(ink.yellow('Remains unknown')));
    for (const unknown of story.unknowns) page.write('    ? ', unknown);
  }
}

/** For pipes: what to do, one line each; the headline has said the rest. */
function writeCompact(page: Page, story: Story, context: StoryContext): void {
  for (const [index, task] of story.tasks.entries()) {
    const command = fixCommand(task, context.findings);
    const title = `${OWNER_TITLES[task.owner]}: ${task.title}`;
    page.write(`  ${index + 1}. `, command === null ? title : `${title} (${command})`);
  }
  for (const unknown of story.unknowns) page.write('  ? ', unknown);
}

function writeChain(page: Page, story: Story, { assets }: StoryContext): void {
  const { ink } = page;
  const nodes = chainOf(story, assets);
  for (const [index, node] of nodes.entries()) {
    const next = nodes[index + 1];
    const isLast = next === undefined;
    const marker = index === 0 ? '●' : node.kind === 'data' ? '◆' : '▼';
    page.aside(`  ${ink.dim(marker)} `, ink.bold(node.label), detailOf(node));
    for (const link of node.links) {
      const places = placesOf(link);
      const shown = page.all ? places : places.slice(0, MOST_PLACES);
      const more = places.length > shown.length ? ` and ${places.length - shown.length} more` : '';
      page.aside(`  ${ink.dim(isLast ? ' ' : '│')}   `, link.text, `${shown.join(', ')}${more}`);
    }
  }
}

function writeDatasets(page: Page, story: Story, { assets }: StoryContext): void {
  const { ink } = page;
  const service = serviceOf(story, assets);
  const sets = story.datasets.toSorted(
    (a, b) => b.categories.length - a.categories.length || (b.documents ?? 0) - (a.documents ?? 0),
  );
  const shown = page.all ? sets : sets.slice(0, MOST_DATASETS);
  const rows = shown.map((set) => [
    set.name,
    ink.dim(
      [humanSize(set, service), set.people === undefined ? '' : plural(set.people.count, 'person', 'people')]
        .filter(Boolean)
        .join(', '),
    ),
    fieldsOf(set, page.all),
  ]);
  columns(page, '    ', rows);
  if (sets.length > shown.length) {
    const rest = sets.length - shown.length;
    page.write('    ', ink.dim(`and ${plural(rest, ...datasetNoun(service))} more: --all`));
  }
}

function fieldsOf(set: Story['datasets'][number], all: boolean): string {
  const names = set.fields.map(({ name }) => name);
  if (names.length === 0) return sentenceList(set.categories.map(categoryTitle));
  return sentenceList([...new Set(names)], all ? undefined : 6);
}

function writeExchanges(page: Page, story: Story): void {
  const { ink } = page;
  const asked = page.all ? story.outsider : distinctRequests(story).slice(0, 2);
  for (const request of asked) {
    const exchanges = page.all ? request.exchanges : request.exchanges.slice(-1);
    const where = `${hostPort(request.address, request.port)} from ${request.vantage}: ${request.verdict}`;
    if (exchanges.length === 0) page.write('    ', ink.dim(where));
    for (const exchange of exchanges) page.write('    ', ink.dim(`${tellEvidence(exchange)}  (${where})`));
  }
  const rest = distinctRequests(story).length - asked.length;
  if (rest > 0) page.write('    ', ink.dim(`and ${plural(rest, 'address', 'addresses')} more: --all`));
}

function writeTasks(page: Page, story: Story, context: StoryContext): void {
  const { ink } = page;
  for (const { owner, tasks } of tasksByOwner(story)) {
    page.gap();
    page.write('  ', ink.bold(ink.cyan(OWNER_TITLES[owner])));
    for (const { number, task } of tasks) {
      page.write(`    ${number}. `, task.title);
      if (task.detail !== '' && task.detail !== task.title) page.write('       ', ink.dim(task.detail));
      for (const change of changesOf(task, context.findings, context.options.sources)) writeChange(page, change);
      const command = fixCommand(task, context.findings);
      if (command !== null) page.write('       fix: ', ink.green(command));
    }
  }
}

function writeChange(page: Page, change: Change): void {
  const { ink } = page;
  page.write('       ', ink.dim(change.line === null ? change.path : `${change.path}:${change.line}`));
  for (const line of change.lines) {
    const text = `${line.sign} ${line.text}`;
    page.write('       ', line.sign === '-' ? ink.red(text) : ink.green(text));
  }
  if (change.more > 0) page.write('       ', ink.dim(`… ${plural(change.more, 'more changed line')}`));
}
