/** `postern inspect` on a terminal: the app's own back ends first, where each string comes from, what was not read. */

import { ORIGINS, type Origin } from '../../core/asset.ts';
import type { EntryEvidence } from '../../core/contract/inspect.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { humanCount, plural, serviceTitle, storeName } from '../human.ts';
import type { InspectReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { writeFinding } from './check.ts';
import { columns, createPage, type Page } from './page.ts';
import { writeSkips } from './skips.ts';

const MOST_OWN = 40;

export function renderInspect(report: InspectReport, options: RenderOptions): string {
  const page = createPage(options);
  const { ink } = page;
  const { app } = report;
  page.write(
    '',
    `${ink.bold(app.id || 'unknown app')} ${app.version} ${ink.dim(`${app.platform} · sha256 ${app.sha256.slice(0, 16)}…`)}`,
  );
  for (const line of signedBy(report)) page.write('', line);
  writeEndpoints(page, report);
  writeStores(page, report);
  writeCredentials(page, report);
  writeFindings(page, report);
  writeSettings(page, report);
  writeLibraries(page, report);
  writeCoverage(page, report);
  writeSkips(page, report.skips);
  return page.toString();
}

/** `Signed by CN=Bluemarket (v2, v3), certificate 5f0c1e8d…`: one line per signer. */
function signedBy({ signatures }: InspectReport): string[] {
  const signers = new Map<string, { schemes: string[]; marks: Set<string> }>();
  for (const { subject, certificate, scheme, debug, weak } of signatures) {
    const hash = certificate === undefined ? '' : `, certificate ${certificate.slice(0, 16)}…`;
    const name = `${subject ?? 'an unnamed certificate'}${hash}`;
    const signer = signers.get(name) ?? { schemes: [], marks: new Set() };
    signers.set(name, signer);
    signer.schemes.push(scheme);
    if (debug) signer.marks.add('debug key');
    for (const what of weak) signer.marks.add(what);
  }
  return [...signers].map(([name, { schemes, marks }]) => {
    const mark = marks.size === 0 ? '' : ` [${[...marks].join(', ')}]`;
    return `Signed by ${name} (${[...new Set(schemes)].join(', ')})${mark}`;
  });
}

const MOST_LIBRARIES = 30;

/** Trackers first: they are what a reader looks for. */
function writeLibraries(page: Page, { libraries }: InspectReport): void {
  if (libraries.length === 0) return;
  const { ink } = page;
  const trackers = libraries.filter(({ tracker }) => tracker);
  page.heading(
    'Libraries',
    `${humanCount(libraries.length)}${trackers.length === 0 ? '' : `, ${plural(trackers.length, 'tracker')}`}`,
  );
  const ordered = [...trackers, ...libraries.filter(({ tracker }) => !tracker)];
  const shown = page.all ? ordered : ordered.slice(0, Math.max(MOST_LIBRARIES, trackers.length));
  columns(
    page,
    '  ',
    shown.map(({ name, version, purposes, tracker, evidence }) => [
      name,
      version ?? ink.dim('version unknown'),
      `${purposes.join(', ')}${tracker ? ` ${ink.yellow('[tracker]')}` : ''}`.trim(),
      ink.dim(places(evidence, page.all)),
    ]),
  );
  if (shown.length < ordered.length)
    page.write('  ', ink.dim(`Show ${humanCount(ordered.length - shown.length)} more: --all`));
}

function writeEndpoints(page: Page, { endpoints }: InspectReport): void {
  const { ink } = page;
  const own = withoutPieces(endpoints.filter(({ origin }) => origin === 'app'));
  page.heading('Back ends of the app', own.length === 0 ? 'none found' : plural(own.length, 'endpoint'));
  writeEndpointRows(page, page.all ? own : own.slice(0, MOST_OWN));
  if (!page.all && own.length > MOST_OWN)
    page.write('  ', ink.dim(`Show ${humanCount(own.length - MOST_OWN)} more: --all`));
  const others = endpoints.filter(({ origin }) => origin !== 'app');
  if (others.length === 0) return;
  page.gap();
  const counts = ORIGINS.filter((origin) => origin !== 'app')
    .map((origin): [Origin, number] => [origin, others.filter((endpoint) => endpoint.origin === origin).length])
    .filter(([, count]) => count > 0);
  if (!page.all) {
    const kinds = counts.map(([origin, count]) => `${humanCount(count)} ${origin}`).join(', ');
    page.write('  ', ink.dim(`Show ${humanCount(others.length)} suppressed (${kinds}): --all`));
    return;
  }
  for (const [origin, count] of counts) {
    page.heading(ORIGIN_TITLES[origin], humanCount(count));
    writeEndpointRows(
      page,
      others.filter((endpoint) => endpoint.origin === origin),
    );
  }
}

/** A path that stands in the list as a part of what code makes of it (`http://{}/login`) is not told twice. */
function withoutPieces(own: InspectReport['endpoints']): InspectReport['endpoints'] {
  const whole = new Set(own.filter(({ completeness }) => completeness !== 'relative').map(({ path }) => path));
  return own.filter(({ completeness, url }) => completeness !== 'relative' || !whole.has(url));
}

const ORIGIN_TITLES = {
  app: 'App',
  sdk: 'SDKs',
  framework: 'Framework and platform',
  documentation: 'Documentation and schemas',
  placeholder: 'Placeholders and examples',
} as const satisfies Record<Origin, string>;

function writeEndpointRows(page: Page, endpoints: InspectReport['endpoints']): void {
  for (const endpoint of endpoints) {
    const marks = [endpoint.complete ? '' : 'incomplete', isCleartext(endpoint.scheme) ? 'cleartext' : ''].filter(
      Boolean,
    );
    const mark = marks.length === 0 ? '' : ` ${page.ink.yellow(`[${marks.join(', ')}]`)}`;
    page.aside('  ', `${endpoint.url}${mark}`, places(endpoint.evidence, page.all));
    if (page.all) page.write('      ', page.ink.dim(endpoint.reason));
  }
}

function isCleartext(scheme: string | undefined): boolean {
  return scheme !== undefined && ['http', 'ws', 'ftp', 'mqtt', 'redis', 'mongodb', 'amqp'].includes(scheme);
}

function places(evidence: readonly EntryEvidence[], all: boolean): string {
  const texts = [...new Set(evidence.map(placeInPackage))];
  const shown = all ? texts : texts.slice(0, 1);
  return shown.join(', ') + (texts.length > shown.length ? ` and ${texts.length - shown.length} more` : '');
}

function placeInPackage({ entry, line, offset, name, class: type, method }: EntryEvidence): string {
  if (name !== undefined) return `${entry} ${name}`;
  if (line !== undefined) return `${entry}:${line}`;
  if (type !== undefined) return `${entry} ${type}${method === undefined ? '' : `.${method}`}`;
  return offset === undefined ? entry : `${entry}+0x${offset.toString(16)}`;
}

function writeStores(page: Page, { stores }: InspectReport): void {
  if (stores.length === 0) return;
  page.heading('Managed stores');
  columns(
    page,
    '  ',
    stores.map(({ kind, id, host, evidence }) => [
      serviceTitle(kind),
      storeName({ id, host }),
      page.ink.dim(places(evidence, page.all)),
    ]),
  );
}

function writeCredentials(page: Page, { credentials }: InspectReport): void {
  if (credentials.length === 0) return;
  const { ink } = page;
  const revealed = credentials.some(({ value }) => value !== undefined);
  const granted = credentials.some(({ grants }) => grants !== undefined);
  page.heading('Credentials in the package', revealed ? 'in clear: keep this output to yourself' : 'masked');
  columns(
    page,
    '  ',
    credentials.map(({ provider, kind, mask, value, sensitivity, grants, evidence }) => [
      `${provider} ${kind}`,
      value ?? mask,
      sensitivity === 'secret'
        ? ink.red('secret')
        : sensitivity === 'public'
          ? ink.dim('public by design')
          : ink.yellow('unknown'),
      ...(granted ? [grants ?? ''] : []),
      ink.dim(places(evidence, page.all)),
    ]),
  );
}

function writeSettings(page: Page, { settings }: InspectReport): void {
  if (settings.length === 0) return;
  // a default that is unsafe has a finding; the others say nothing about this app
  const shown = page.all ? settings : settings.filter(({ source }) => source === 'declared');
  page.heading('Settings', plural(settings.length, 'setting'));
  columns(
    page,
    '  ',
    shown.map(({ id, value, source, evidence }) => [
      id,
      Array.isArray(value) ? value.join(', ') : String(value),
      page.ink.dim(source === 'default' ? 'platform default' : places(evidence, page.all)),
    ]),
  );
  if (shown.length < settings.length)
    page.write('  ', page.ink.dim(`Show ${plural(settings.length - shown.length, 'platform default')}: --all`));
}

function writeFindings(page: Page, { findings }: InspectReport): void {
  if (findings.length === 0) return;
  page.heading('Findings', humanCount(findings.length));
  const ordered = findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  for (const finding of ordered) writeFinding(page, finding);
}

function writeCoverage(page: Page, { coverage }: InspectReport): void {
  const { ink } = page;
  const counts = (['read', 'partial', 'skipped', 'failed'] as const)
    .map((status) => ({ status, count: coverage.filter((entry) => entry.status === status).length }))
    .filter(({ count }) => count > 0);
  page.heading(
    'Coverage',
    counts.map(({ status, count }) => `${humanCount(count)} ${status}`).join(', ') || 'no entries',
  );
  const worse = coverage.filter(({ status }) => status === 'partial' || status === 'failed');
  const shown = page.all ? coverage.filter(({ status }) => status !== 'read') : worse.slice(0, 8);
  for (const { entry, status, reason } of shown) {
    page.write('  ', `${status === 'skipped' ? ink.dim(status) : ink.yellow(status)} ${entry}: ${reason}`);
  }
  if (!page.all && worse.length > shown.length)
    page.write('  ', ink.dim(`and ${worse.length - shown.length} more: --all`));
}
