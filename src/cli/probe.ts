import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/index.ts';
import type { ProbeLine } from '../core/contract/probe.ts';
import { PosternError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Skip } from '../core/skip.ts';
import type { ProbeTarget, TargetLine } from '../probe/index.ts';
import { stringify } from '../report/json.ts';
import { plain } from '../report/untrusted.ts';
import { exitCodeOf } from './exit-code.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import {
  checkFormats,
  emit,
  type OutputOptions,
  parseFailOn,
  type Renderer,
  withOutput,
  writeOutputs,
} from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';
import { readBounded } from './read-bounded.ts';
import { openScope } from './scope-of.ts';

const FORMATS = ['table', 'json', 'jsonl', 'markdown'];

interface ProbeOptions extends OutputOptions {
  targets?: string;
  config?: string;
  emptyPassword?: boolean;
}

export function probe(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('probe')
      .description('ask your own stores what a stranger gets; read-only')
      .argument('[target...]', 'host, host:port or host:port/service; none: every target of postern.yaml')
      .option('--targets <file>', 'read targets from a file, one per line')
      .option('--config <file>', 'postern.yaml that authorizes the targets')
      .option('--empty-password', 'one login with an empty password at MySQL/MariaDB (always tried on loopback)'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Only targets that postern.yaml authorizes are contacted; loopback needs no entry. What is sent: docs/probes.md.

Examples:
  $ postern probe                                every store port of every target in postern.yaml
  $ postern probe 127.0.0.1:9200
  $ postern probe --targets hosts.txt --format jsonl`,
    )
    .action(async (names: string[], options: ProbeOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, options.config);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const { findingsOf, parseTarget, parseTargets, probe: run, skipOf } = await import('../probe/index.ts');
      const lines = [
        ...names.map((name) => parseTarget(name)),
        ...(options.targets === undefined
          ? []
          : parseTargets((await readBounded(resolve(io.cwd, options.targets))).toString('utf8'), options.targets)),
      ];
      if (lines.length === 0 && (config?.targets.length ?? 0) === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to probe', {
          hint: 'Name targets, pass --targets FILE, or list them in postern.yaml.',
        });
      }
      const { targets, skips, unasked } = await authorize(config, lines);
      const { probeLine } = await import('../check/probe-line.ts');
      const progress = await createProgress(io, options);
      const results: ProbeLine[] = [];
      let answers = 0;
      let stopped = false;
      const findings: Finding[] = [];
      const emptyPassword = options.emptyPassword ?? config?.emptyPassword;
      await interruptible(async (interrupted) => {
        const keep = (line: ProbeLine) => {
          // Lines stream as they are known; the other formats need them all.
          if (options.format !== 'jsonl' || options.output.length > 0) results.push(line);
          answers++;
          if (options.format !== 'jsonl') return;
          // Nobody is asked on for a reader that has left, unless a file keeps the answers.
          const onWritten = (error?: Error | null) => error && options.output.length === 0 && interrupted.abort();
          io.stdout.write(`${stringify(line)}\n`, onWritten);
        };
        unasked.forEach(keep);
        for await (const result of run(targets, {
          signal: interrupted.signal,
          ...(emptyPassword === undefined ? {} : { emptyPassword }),
        })) {
          const line = probeLine(result);
          keep(line);
          findings.push(...findingsOf(result));
          const skip = skipOf(result);
          if (skip) skips.push(skip);
          progress.update(`${answers} answers; ${line.target} ${line.service} ${line.verdict}`);
        }
        stopped = interrupted.signal.aborted;
      });
      progress.stop();
      if (stopped) {
        skips.push({ subject: 'probe', code: 'INTERRUPTED', reason: 'stopped by the user', severity: 'incomplete' });
      }
      for (const skip of skips) {
        if (skip.code !== 'PROBE_INCONCLUSIVE')
          io.stderr.write(`not asked: ${plain(`${skip.subject}: ${skip.reason}`)}\n`);
      }
      const toText: Renderer = async (format, look) => {
        const [{ render }, { formatOf }] = await Promise.all([import('../report/index.ts'), import('./format.ts')]);
        return render(formatOf(format), results, look);
      };
      if (options.format === 'jsonl') await writeOutputs(io, options, FORMATS, toText);
      else await emit(io, options, FORMATS, toText);
      exit(exitCodeOf(findings, skips, failOn, options.exitZero));
    });
}

/**
 * Lines of the command line and file, or every target of the configuration. What is not authorized is not contacted: it
 * becomes a skip, and a line that says so.
 */
async function authorize(
  config: LoadedConfig | undefined,
  lines: readonly TargetLine[],
): Promise<{ targets: ProbeTarget[]; skips: Skip[]; unasked: ProbeLine[] }> {
  const scope = await openScope(
    config,
    lines.map(({ host }) => host),
  );
  const asked: readonly TargetLine[] =
    lines.length > 0 ? lines : [...scope.targets, ...scope.refused].map(({ host }) => ({ label: host, host }));
  const targets: ProbeTarget[] = [];
  const skips: Skip[] = [];
  const unasked: ProbeLine[] = [];
  for (const { label, host, port, service } of asked) {
    const target = scope.find(host);
    if (target) {
      targets.push({
        label,
        target,
        ...(port === undefined ? {} : { port }),
        ...(service === undefined ? {} : { service }),
      });
      continue;
    }
    const error = scope.refused.find((refused) => refused.host.toLowerCase() === host.toLowerCase())?.error;
    const reason = error ? `${error.message} ${error.hint}` : 'not in scope';
    skips.push({ subject: label, code: error?.code ?? 'E_SCOPE', reason, severity: 'incomplete' });
    unasked.push(lineNotAsked(label, port, service, reason));
  }
  return { targets, skips, unasked };
}

function lineNotAsked(
  target: string,
  port: number | undefined,
  service: string | undefined,
  reason: string,
): ProbeLine {
  return {
    target,
    address: null,
    port: port ?? null,
    service: service ?? 'unknown',
    version: null,
    verdict: 'inconclusive',
    documents: null,
    bytes: null,
    datasets: [],
    elapsedMs: 0,
    notTested: ['everything: nothing was sent'],
    reason,
  };
}
