import type { InspectReport } from '../core/contract/inspect.ts';
import { PosternError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { inspectRules } from '../inspect/index.ts';
import { type RenderOptions, render } from '../report/index.ts';
import { formatOf } from './format.ts';

/** One package prints its report as it is (a contract); several print a list of reports, or one document of them all. */
export async function renderInspect(
  name: string,
  reports: readonly { path: string; report: InspectReport }[],
  options: RenderOptions,
): Promise<string> {
  const format = formatOf(name);
  const texts = await Promise.all(
    reports.map(({ report }) => render(format, report, { ...options, rules: inspectRules, toolVersion: VERSION })),
  );
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return only;
  if (format === 'json' || format === 'cyclonedx') return `[\n${texts.map((text) => text.trimEnd()).join(',\n')}\n]\n`;
  if (format === 'sarif') return mergeSarif(texts);
  return texts.join('\n');
}

/** SARIF 2.1.0 section 3.13.4: a log holds any number of runs. */
function mergeSarif(texts: readonly string[]): string {
  const logs = texts.map((text) => JSON.parse(text) as { runs: unknown[] });
  const [first] = logs;
  if (!first) throw new PosternError('E_INTERNAL', 'nothing to merge');
  return `${JSON.stringify({ ...first, runs: logs.flatMap(({ runs }) => runs) }, null, 2)}\n`;
}
