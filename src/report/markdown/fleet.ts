/** A folder of packages, for a wiki page or a pull request. */
import type { FleetSharer } from '../../core/contract/fleet.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { plural, serviceTitle } from '../human.ts';
import type { FleetReport } from '../input.ts';
import { code, details, md, table } from './text.ts';

const MOST = 200;

export function fleetMarkdown(report: FleetReport): string[] {
  const { summary, backends, credentials, apps, failures } = report;
  const lines = [
    `## Postern inspect: ${md(report.root)}`,
    '',
    `${plural(summary.packages, 'package')} of ${plural(summary.apps, 'app')}: ${summary.read} read, ${summary.partial} of them in part, ${summary.failed} failed.`,
    '',
  ];
  const rows = backends
    .slice(0, MOST)
    .map(({ kind, id, schemes, common, apps: by }) => [
      common === true ? `${code(id, true)} (probably of a library)` : code(id, true),
      kind === 'host' ? md(schemes.join(', ')) : md(serviceTitle(kind)),
      String(by.length),
      names(by),
    ]);
  lines.push(...table(['Back end or store', 'Kind', 'Apps', 'Which'], rows), '');
  const secrets = credentials.filter(({ sensitivity }) => sensitivity !== 'public').slice(0, MOST);
  if (secrets.length > 0) {
    lines.push(
      ...table(
        ['Credential', 'Mask', 'Apps', 'Which'],
        secrets.map(({ provider, kind, mask, apps: by }) => [
          md(`${provider} ${kind}`),
          code(mask, true),
          String(by.length),
          names(by),
        ]),
      ),
      '',
    );
  }
  const found = apps.filter(({ findings }) => SEVERITIES.some((severity) => findings[severity] > 0)).slice(0, MOST);
  if (found.length > 0) {
    const body = table(
      ['App', 'Version', ...SEVERITIES],
      found.map((app) => [
        md(app.id || app.path),
        md(app.version),
        ...SEVERITIES.map((one) => String(app.findings[one])),
      ]),
    );
    lines.push(...details(plural(found.length, 'app with findings', 'apps with findings'), body));
  }
  if (failures.length > 0) {
    const body = table(
      ['Package', 'Why'],
      failures.slice(0, MOST).map(({ path, message }) => [code(path, true), md(message)]),
    );
    lines.push(...details(plural(failures.length, 'package not read', 'packages not read'), body));
  }
  return lines;
}

function names(apps: readonly FleetSharer[]): string {
  const shown = apps.slice(0, 5).map(({ id, versions }) => md(`${id} ${versions.join(', ')}`.trim()));
  return shown.join('; ') + (apps.length > 5 ? ` and ${apps.length - 5} more` : '');
}
