/** `postern inspect FOLDER` on a terminal: what apps share, worst apps, what could not be read. */
import type { FleetApp, FleetSharer } from '../../core/contract/fleet.ts';
import { SEVERITIES, type Severity } from '../../core/severity.ts';
import { humanCount, plural, serviceTitle } from '../human.ts';
import type { FleetReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { columns, createPage, type Page, severityBadge } from './page.ts';

/** Rows of each list; `--all` shows the rest. */
const MOST = 25;

export function renderFleet(report: FleetReport, options: RenderOptions): string {
  const page = createPage(options);
  const { summary } = report;
  page.write(
    '',
    `${page.ink.bold(report.root)} ${plural(summary.packages, 'package')} of ${plural(summary.apps, 'app')}: ${humanCount(summary.read)} read${
      summary.partial > 0 ? ` (${humanCount(summary.partial)} in part)` : ''
    }, ${humanCount(summary.failed)} failed${summary.cached > 0 ? `, ${humanCount(summary.cached)} from the cache` : ''}`,
  );
  writeBackends(page, report);
  writeCredentials(page, report);
  writeTrackers(page, report);
  writeApps(page, report);
  writeFailures(page, report);
  return page.toString();
}

function writeBackends(page: Page, { backends }: FleetReport): void {
  const own = backends.filter(({ common }) => common !== true);
  const shared = own.filter(({ apps }) => apps.length > 1).length;
  const listed = page.all ? backends : own;
  page.heading('Back ends and stores', `${humanCount(backends.length)}, ${humanCount(shared)} shared by several apps`);
  columns(
    page,
    '  ',
    cut(page, listed).map(({ kind, id, schemes, common, apps }) => [
      share(page, apps),
      common === true ? `${id} (probably of a library)` : id,
      kind === 'host' ? schemes.join(', ') : serviceTitle(kind),
      page.ink.dim(names(apps)),
    ]),
  );
  more(page, listed);
  const hidden = backends.length - listed.length;
  if (hidden > 0) {
    const what = `${plural(hidden, 'host')} that most apps of many makers call, probably of libraries`;
    page.write('  ', page.ink.dim(`Left out: ${what}. Show: --all`));
  }
}

function writeCredentials(page: Page, { credentials }: FleetReport): void {
  const worth = page.all ? credentials : credentials.filter(({ sensitivity }) => sensitivity !== 'public');
  if (worth.length === 0) return;
  page.heading('Credentials', humanCount(worth.length));
  columns(
    page,
    '  ',
    cut(page, worth).map(({ provider, kind, mask, sensitivity, apps }) => [
      share(page, apps),
      `${provider} ${kind}`,
      sensitivity === 'secret' ? page.ink.red(mask) : mask,
      page.ink.dim(names(apps)),
    ]),
  );
  more(page, worth);
}

function writeTrackers(page: Page, { libraries }: FleetReport): void {
  const trackers = libraries.filter(({ tracker }) => tracker);
  if (trackers.length === 0) return;
  page.heading('Trackers', humanCount(trackers.length));
  columns(
    page,
    '  ',
    cut(page, trackers).map(({ name, versions, apps }) => [share(page, apps), name, page.ink.dim(versions.join(', '))]),
  );
  more(page, trackers);
}

function writeApps(page: Page, { apps }: FleetReport): void {
  const marked = apps.filter((app) => worst(app) !== undefined).sort((a, b) => rank(a) - rank(b));
  if (marked.length === 0) return;
  page.heading('Apps with findings', humanCount(marked.length));
  columns(
    page,
    '  ',
    cut(page, marked).map((app) => {
      const severity = worst(app);
      const counts = SEVERITIES.filter((one) => app.findings[one] > 0).map((one) => `${app.findings[one]} ${one}`);
      return [
        severity === undefined ? '' : severityBadge(severity, page.ink),
        `${app.id || '?'} ${app.version}`,
        counts.join(', '),
        page.ink.dim(app.path),
      ];
    }),
  );
  more(page, marked);
}

function writeFailures(page: Page, { failures }: FleetReport): void {
  if (failures.length === 0) return;
  page.heading('Not read', humanCount(failures.length));
  for (const { path, code, message } of cut(page, failures)) page.write('  ', `${path}: ${message} (${code})`);
  more(page, failures);
}

function worst({ findings }: FleetApp): Severity | undefined {
  return SEVERITIES.find((severity) => findings[severity] > 0);
}

function rank(app: FleetApp): number {
  const severity = worst(app);
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity) - app.findings[severity] / 1e6;
}

function share({ ink }: Page, apps: readonly FleetSharer[]): string {
  const text = plural(apps.length, 'app');
  return apps.length > 1 ? ink.bold(text) : text;
}

function names(apps: readonly FleetSharer[]): string {
  const shown = apps.slice(0, 3).map(({ id, versions }) => `${id} ${versions.join(', ')}`.trim());
  return shown.join('; ') + (apps.length > 3 ? ` and ${humanCount(apps.length - 3)} more` : '');
}

function cut<T>(page: Page, rows: readonly T[]): readonly T[] {
  return page.all ? rows : rows.slice(0, MOST);
}

function more(page: Page, rows: readonly unknown[]): void {
  if (!page.all && rows.length > MOST)
    page.write('  ', page.ink.dim(`Show ${humanCount(rows.length - MOST)} more: --all`));
}
