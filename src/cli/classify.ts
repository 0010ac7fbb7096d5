/** `postern classify`: what fields of files and of one's own stores hold. */
import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { OwnDetector, SourcedDataset } from '../classify/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import type { ClassifyReport } from '../core/contract/classify.ts';
import { PosternError } from '../core/errors.ts';
import type { Severity } from '../core/severity.ts';
import type { Skip } from '../core/skip.ts';
import { isExposed } from '../core/verdict.ts';
import type { ProbeResult } from '../probe/service.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { checkFormats, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { authorize } from './probe/authorize.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';

const FORMATS = ['table', 'json', 'markdown'];
const MOST_SAMPLED = 5;

interface ClassifyOptions extends OutputOptions {
  config?: string;
  as?: string;
  sample?: string;
}

export function classify(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('classify')
      .description('tell which fields of files and stores are personal, how sure, and about how many people')
      .argument('<source...>', 'files, or stores as host, host:port or host:port/service')
      .option(
        '--as <kind>',
        'read files as this kind instead of telling it: csv, json, jsonl, sql, key-list, object-list, …',
      )
      .option('--sample <n>', 'stores: look at up to n values of each field, in memory only (0 to 5)', '0')
      .option('--config <file>', 'postern.yaml with categories of your own, and authority over stores'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Files: CSV and TSV, JSON, JSON Lines, Elasticsearch mappings, SQL dumps, Firebase exports, lists of Redis keys and of
object names. They are read whole, but no value is kept or printed: only counts. Stores are asked for names alone unless
--sample says otherwise. Passwords that look readable are a finding of severity high, fast hashes medium. See docs/classify.md.

Examples:
  $ postern classify export.csv users.jsonl
  $ postern classify mapping.json                  fields of an Elasticsearch index, without values
  $ postern classify keys.txt --as key-list        redis-cli --scan > keys.txt
  $ postern classify 127.0.0.1:9200/elasticsearch --sample 5
  $ postern classify dump.sql --format json --output markdown=personal.md`,
    )
    .action(async (sources: string[], options: ClassifyOptions) => {
      checkFormats(io, options, FORMATS);
      const sample = parseSample(options.sample);
      const config = await findConfig(io, options.config);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const { classifyReport, ownDetectors } = await import('../classify/index.ts');
      const own = ownDetectors(config?.classify.categories ?? []);
      const files = sources.filter((source) => isFile(io, source));
      const stores = sources.filter((source) => !isFile(io, source));
      const progress = await createProgress(io, options);
      const skips: Skip[] = [];
      const datasets: SourcedDataset[] = [];
      for (const file of files) {
        progress.update(`reading ${file}`);
        const read = await readFile(io, file, options.as, own);
        datasets.push(...read.datasets);
        skips.push(...read.skips);
      }
      if (stores.length > 0) {
        await interruptible(async (interrupted) => {
          const read = await readStores(config, stores, sample, own, interrupted.signal, (text) =>
            progress.update(text),
          );
          datasets.push(...read.datasets);
          skips.push(...read.skips);
          if (interrupted.signal.aborted) {
            skips.push({
              subject: 'classify',
              code: 'INTERRUPTED',
              reason: 'stopped by the user',
              severity: 'incomplete',
            });
          }
        });
      }
      progress.stop();
      const report = classifyReport(datasets, skips, own);
      for (const { subject, reason } of skips) io.stderr.write(`not looked at: ${plain(`${subject}: ${reason}`)}\n`);
      await emit(io, options, FORMATS, async (format, look) => {
        const [{ render }, { formatOf }] = await Promise.all([import('../report/index.ts'), import('./format.ts')]);
        return render(formatOf(format), report, look);
      });
      exit(exitCodeOf(passwordFindings(report), skips, failOn, options.exitZero));
    });
}

/** A name that exists is a file; one with a path or an extension of files that does not exist is a slip, not a host. */
function isFile(io: Io, source: string): boolean {
  const path = resolve(io.cwd, source);
  if (existsSync(path)) {
    if (statSync(path).isDirectory())
      throw new PosternError('E_USAGE', `${source} is a folder`, { hint: 'Name the files in it.' });
    return true;
  }
  if (/\.(?:csv|tsv|jsonl?|ndjson|sql|txt|dump)$/i.test(source) || /^[./~]/.test(source)) {
    throw new PosternError('E_INPUT_NOT_FOUND', `there is no ${source}`);
  }
  return false;
}

async function readFile(
  io: Io,
  file: string,
  as: string | undefined,
  own: readonly OwnDetector[],
): Promise<{ datasets: SourcedDataset[]; skips: Skip[] }> {
  const [{ patternsOf }, { FILE_FORMATS, readDataFile }] = await Promise.all([
    import('../classify/index.ts'),
    import('../classify/files/index.ts'),
  ]);
  const kind = FILE_FORMATS.find((known) => known === as);
  if (as !== undefined && kind === undefined) {
    throw new PosternError('E_USAGE', `--as ${as}: no such kind of file`, {
      hint: `Use one of ${FILE_FORMATS.join(', ')}.`,
    });
  }
  const path = resolve(io.cwd, file);
  const { datasets, format, skips } = await readDataFile(path, { own: patternsOf(own), format: kind, shown: file });
  const source = relative(io.cwd, path) || file;
  return { datasets: datasets.map((dataset) => ({ ...dataset, name: dataset.name ?? source, source, format })), skips };
}

function parseSample(text: string | undefined): number {
  const sample = Number(text ?? '0');
  if (Number.isInteger(sample) && sample >= 0 && sample <= MOST_SAMPLED) return sample;
  throw new PosternError('E_USAGE', `--sample ${text}: expected 0 to ${MOST_SAMPLED}`);
}

/** Stores through the probe: authorized targets only, read-only; values go into tallies and nowhere else. */
async function readStores(
  config: LoadedConfig | undefined,
  names: readonly string[],
  sample: number,
  own: readonly OwnDetector[],
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<{ datasets: SourcedDataset[]; skips: Skip[] }> {
  const [{ parseTarget, probe, skipOf }, { subjectFields }, { createSampler }] = await Promise.all([
    import('../probe/index.ts'),
    import('../classify/index.ts'),
    import('./sampler.ts'),
  ]);
  const datasets: SourcedDataset[] = [];
  const { targets, skips } = await authorize(
    config,
    names.map((name) => parseTarget(name)),
  );
  const sampler = createSampler(sample, own);
  const options = { signal, subjectFields, ...(sample > 0 ? { values: sampler.values } : {}) };
  // One store at a time, so that its values are weighed with its own names.
  for (const asked of targets) {
    const before = datasets.length;
    const seen: ProbeResult[] = [];
    for await (const result of probe([asked], options)) {
      seen.push(result);
      tell(`${result.target} ${result.service} ${result.verdict}`);
      const skip = skipOf(result);
      if (skip) skips.push(skip);
      for (const { name, documents, fields, fieldTypes, people } of result.datasets) {
        datasets.push({
          name,
          source: result.target,
          format: result.product ?? result.service,
          ...(documents === undefined ? {} : { records: documents }),
          ...(people === undefined ? {} : { people }),
          fields: fields.map((field) => ({
            name: field,
            type: fieldTypes?.[field],
            values: sampler.summaryOf(name, field),
          })),
        });
      }
      sampler.clear();
    }
    // A store that showed nothing was not looked at: that is not the same as nothing personal.
    if (datasets.length === before) skips.push(...closedStore(asked.label, seen));
  }
  return { datasets, skips };
}

/** Empty for a store that a stranger enters, or that is told as a skip already. */
function closedStore(label: string, seen: readonly ProbeResult[]): Skip[] {
  if (seen.some(({ verdict }) => isExposed(verdict) || verdict === 'inconclusive')) return [];
  const told = seen.find(({ verdict }) => verdict !== 'refused' && verdict !== 'filtered') ?? seen[0];
  if (told === undefined) return [];
  const reason = `a stranger sees no data there: ${told.reason}`;
  return [{ subject: label, code: 'CLASSIFY_STORE_CLOSED', reason, severity: 'incomplete' }];
}

/** That data is personal is no fault; how passwords are kept may be one. */
function passwordFindings({ datasets }: ClassifyReport): { severity: Severity }[] {
  return datasets.flatMap(({ passwords }) =>
    passwords.flatMap(({ storage }): { severity: Severity }[] => {
      if (storage === 'plaintext-like') return [{ severity: 'high' }];
      return storage === 'fast-hash' ? [{ severity: 'medium' }] : [];
    }),
  );
}
