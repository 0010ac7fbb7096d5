import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig, Target } from '../../config/index.ts';
import type { ProbeLine } from '../../core/contract/probe.ts';
import { PosternError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Skip } from '../../core/skip.ts';
import type { AddressReach } from '../../probe/index.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { stringify } from '../../report/json.ts';
import { plain } from '../../report/untrusted.ts';
import { createEta } from '../eta.ts';
import { exitCodeOf } from '../exit-code.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { Journal } from '../journal.ts';
import { journalOf } from '../journal-of.ts';
import {
  checkFormats,
  collect,
  emit,
  type OutputOptions,
  parseFailOn,
  print,
  type Renderer,
  withOutput,
  writeOutputs,
} from '../output.ts';
import { createProgress } from '../progress.ts';
import { findConfig } from '../project.ts';
import { readBounded } from '../read-bounded.ts';
import { type Authorized, authorize } from './authorize.ts';
import { reachText } from './reach-text.ts';
import type { ResumeFile } from './resume.ts';
import type { Merged } from './vantage.ts';

const FORMATS = ['table', 'json', 'jsonl', 'markdown', 'vantage'];

interface ProbeOptions extends OutputOptions {
  targets?: string;
  config?: string;
  emptyPassword?: boolean;
  from?: string;
  with: string[];
  dryRun: boolean;
  journal: string | boolean;
  resume?: string;
  sample?: string;
}

export function probe(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('probe')
      .description('ask your own stores what a stranger gets; read-only')
      .argument('[target...]', 'host, host:port or host:port/service; none: every target of postern.yaml')
      .option('--targets <file>', 'read targets from a file, one per line')
      .option('--config <file>', 'postern.yaml that authorizes the targets')
      .option('--empty-password', 'one login with an empty password at MySQL/MariaDB (always tried on loopback)')
      .option('--from <label>', 'name of the place this is asked from (default: `vantage` of postern.yaml)')
      .option('--with <file>', 'also show what another place saw (its vantage file); may be repeated', collect, [])
      .option('--dry-run', 'print every byte that would be sent, and send nothing', false)
      .option(
        '--journal <file>',
        'keep a journal of all that is sent (default: .postern/journal.jsonl beside postern.yaml)',
      )
      .option('--no-journal', 'keep none')
      .option('--sample <n>', 'look at up to n values of each field, in memory only, to tell what they are (1 to 5)')
      .option('--resume <file>', 'keep finished targets in this file, and go on where an earlier run with it stopped'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Only targets that postern.yaml authorizes are contacted; loopback needs no entry. What is sent: docs/probes.md, or
--dry-run. Ctrl-C keeps what is known.

Examples:
  $ postern probe                                every store port of every target in postern.yaml
  $ postern probe 127.0.0.1:9200
  $ postern probe 127.0.0.1:9200/elasticsearch --dry-run
  $ postern probe --targets hosts.txt --format jsonl --resume hosts.state
  $ postern probe --from outside --output vantage=outside.json      on another host, and then here:
  $ postern probe --with outside.json`,
    )
    .action(async (names: string[], options: ProbeOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, options.config);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const room = await import('../../probe/index.ts');
      const lines = [
        ...names.map((name) => room.parseTarget(name)),
        ...(options.targets === undefined
          ? []
          : room.parseTargets((await readBounded(resolve(io.cwd, options.targets))).toString('utf8'), options.targets)),
      ];
      if (lines.length === 0 && (config?.targets.length ?? 0) === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to probe', {
          hint: 'Name targets, pass --targets FILE, or list them in postern.yaml.',
        });
      }
      const authorized = await authorize(config, lines);
      if (options.dryRun) {
        await print(io, await dryRunOf(authorized, config, options));
        exit(0);
        return;
      }
      const vantage = options.from ?? config?.vantage ?? 'this machine';
      const merged = await withOthers(io, options.with, authorized);
      const resumed = await resumeOf(io, options.resume, authorized, vantage);
      const journal = await journalOf(io, options.journal, config);
      const run = await ask(io, options, { authorized, config, vantage, resumed, journal, merged });
      const skips = [...authorized.skips, ...merged.skips, ...run.skips];
      for (const skip of skips) {
        if (skip.code !== 'PROBE_INCONCLUSIVE')
          io.stderr.write(
            `${skip.severity === 'note' ? 'note' : 'not asked'}: ${plain(`${skip.subject}: ${skip.reason}`)}\n`,
          );
      }
      const toText: Renderer = async (format, look) => {
        if (format === 'vantage') {
          const { vantageReport } = await import('./vantage.ts');
          return stringify(
            vantageReport({ ...run, vantage, scopeHash: authorized.scope.hash }, run.reach, run.results),
          );
        }
        const [{ render }, { formatOf }] = await Promise.all([import('../../report/index.ts'), import('../format.ts')]);
        return render(formatOf(format), run.lines, look);
      };
      if (options.format === 'jsonl') await writeOutputs(io, options, FORMATS, toText);
      else await emit(io, options, FORMATS, toText);
      if (options.format === 'table' && !options.quiet)
        await print(io, reachText([...run.reach, ...merged.reach], vantage));
      exit(exitCodeOf(run.findings, skips, failOn, options.exitZero));
    });
}

interface Asking {
  authorized: Authorized;
  config: LoadedConfig | undefined;
  vantage: string;
  resumed: ResumeFile | undefined;
  journal: Journal | undefined;
  merged: Merged;
}

interface Run {
  lines: ProbeLine[];
  results: ProbeResult[];
  reach: AddressReach[];
  findings: Finding[];
  skips: Skip[];
  startedAt: Date;
  finishedAt: Date;
}

async function ask(io: Io, options: ProbeOptions, asking: Asking): Promise<Run> {
  const { authorized, config, vantage, resumed, journal, merged } = asking;
  const [
    room,
    { createDialer },
    { probeLineOf },
    { classifierOf },
    { accessLine, createAccess },
    { ownDetectors, subjectFields },
  ] = await Promise.all([
    import('../../probe/index.ts'),
    import('../../net/index.ts'),
    import('../../check/gather/probed.ts'),
    import('../../check/verbs.ts'),
    import('../../check/access.ts'),
    import('../../classify/index.ts'),
  ]);
  const run: Run = {
    lines: [],
    results: [],
    reach: [],
    findings: [],
    skips: [],
    startedAt: new Date(),
    finishedAt: new Date(),
  };
  const keeping = options.format === 'vantage' || options.output.some((spec) => spec.startsWith('vantage='));
  // Lines stream as they are known; the other formats need them all.
  const collecting = options.format !== 'jsonl' || options.output.length > 0;
  const named = options.from !== undefined || options.with.length > 0;
  const emptyPassword = options.emptyPassword ?? config?.emptyPassword;
  const targets = authorized.targets.filter((target) => resumed?.isDone(target) !== true);
  const progress = await createProgress(io, options);
  const before = authorized.targets.length - targets.length;
  const clock = createEta(() => performance.now());
  const most = sampleOf(options.sample);
  const own = ownDetectors(config?.classify.categories ?? []);
  const byNames = classifierOf(own);
  const sampler = most === 0 ? undefined : (await import('../sampler.ts')).createSampler(most, own);
  let asked = 0;
  let answers = 0;
  let ports = 0;
  // Ports of targets that an earlier run began: they are not asked again.
  const labels = new Set(targets.map(({ label }) => label));
  const told = (resumed?.earlier ?? []).filter(({ target }) => labels.has(target)).length;
  await interruptible(async (interrupted) => {
    const show = (line: ProbeLine) => {
      if (collecting) run.lines.push(line);
      if (options.format !== 'jsonl') return;
      // Nobody is asked on for a reader that has left, unless a file keeps the answers.
      const onWritten = (error?: Error | null) => error && options.output.length === 0 && interrupted.abort();
      io.stdout.write(`${stringify(line)}\n`, onWritten);
    };
    const keep = (result: ProbeResult) => {
      if (keeping) run.results.push(result);
      show(probeLineOf(named ? { vantage, ...result } : result, sampler?.classify ?? byNames));
      sampler?.clear();
      run.findings.push(...room.findingsOf(result));
      const skip = room.skipOf(result);
      if (skip) run.skips.push(skip);
    };
    authorized.unasked.forEach(show);
    for (const result of resumed?.earlier ?? []) keep(result);
    const dialer = createDialer(journal === undefined ? {} : { onSend: (sent) => journal.write(sent) });
    // A sweep tells what unused ports do; single ports of many hosts are asked for themselves alone.
    const sweeping =
      options.from !== undefined ||
      authorized.targets.some(({ port, service }) => port === undefined && service === undefined);
    // The bar says how many targets are done; before the first one is, the answers say that the run goes on. How long the
    // rest takes is told by the ports: all hosts of a large sweep are under way long before one is done.
    const tell = () =>
      progress.update(
        `${asked === 0 ? `${answers} answers so far` : 'targets asked'}${clock(answers, ports - told)}`,
        asked + before,
        targets.length + before,
      );
    const access = createAccess(accessTargets(config, authorized), authorized.scope, {
      dialer,
      signal: interrupted.signal,
      isPersonal: (fields) => byNames(fields).length > 0,
    });
    for await (const result of room.probe(targets, {
      dialer,
      signal: interrupted.signal,
      subjectFields,
      // One store at a time, so that its values are weighed with its own names.
      ...(sampler === undefined ? {} : { values: sampler.values, concurrency: 1 }),
      ...(emptyPassword === undefined ? {} : { emptyPassword }),
      ...(sweeping ? { onReach: (one: AddressReach) => run.reach.push(one) } : {}),
      ...(resumed === undefined ? {} : { isAsked: resumed.isAsked }),
      onPlanned: (planned) => {
        ports = planned;
      },
      onDone: (target) => {
        asked++;
        resumed?.done(target);
        tell();
      },
    })) {
      const signedIn = await access.ofStore(result);
      if (signedIn.length > 0) result.access = signedIn;
      resumed?.result(result);
      keep(result);
      answers++;
      if (asked === 0) tell();
    }
    const apis = await access.ofApis();
    for (const report of apis.reports) show(accessLine(report));
    run.findings.push(...apis.findings);
    run.skips.push(...apis.skips);
    for (const result of merged.results) keep(result);
    if (interrupted.signal.aborted) {
      const reason = `stopped by the user after ${asked + before} of ${targets.length + before} targets, with ${answers} answers`;
      run.skips.push({ subject: 'probe', code: 'INTERRUPTED', reason, severity: 'incomplete' });
    }
  });
  progress.stop();
  journal?.close();
  run.finishedAt = new Date();
  return run;
}

/** Of hosts that are asked as a whole; an API that was not named beside another port is left alone. */
function accessTargets(config: LoadedConfig | undefined, { targets }: Authorized): Target[] {
  const named = new Set(targets.map(({ target }) => target.host));
  // A target that names a port or a service means that alone; the port of the API means the API.
  const isMeant = (host: string, api: number) =>
    targets.some(({ target, port, service }) => target.host === host && service === undefined && (port ?? api) === api);
  return (config?.targets ?? [])
    .filter(({ host }) => named.has(host))
    .map(({ api, ...target }) => (api !== undefined && isMeant(target.host, api.port) ? { ...target, api } : target));
}

/** @throws PosternError `E_USAGE` */
function sampleOf(text: string | undefined): number {
  const most = Number(text ?? 0);
  if (Number.isInteger(most) && most >= 0 && most <= 5) return most;
  throw new PosternError('E_USAGE', `--sample ${text}: expected a number from 0 to 5`);
}

async function dryRunOf(
  authorized: Authorized,
  config: LoadedConfig | undefined,
  { format, sample }: ProbeOptions,
): Promise<string> {
  const [{ dryRun }, { services }, { dryRunJson, dryRunText }, { dryAccessOf }] = await Promise.all([
    import('../../probe/dry-run.ts'),
    import('../../probe/index.ts'),
    import('./dry-run.ts'),
    import('../../check/access.ts'),
  ]);
  const ports = [
    ...dryRun(authorized.targets, services, { sample: sampleOf(sample) > 0 }),
    ...(await dryAccessOf(accessTargets(config, authorized), authorized.scope)),
  ];
  return format === 'json' ? dryRunJson(ports) : dryRunText(ports);
}

async function withOthers(io: Io, files: readonly string[], { scope }: Authorized): Promise<Merged> {
  if (files.length === 0) return { results: [], reach: [], skips: [] };
  const { readVantages } = await import('./vantage.ts');
  return await readVantages(
    files.map((file) => resolve(io.cwd, file)),
    scope,
    new Date(),
  );
}

async function resumeOf(
  io: Io,
  file: string | undefined,
  { scope }: Authorized,
  vantage: string,
): Promise<ResumeFile | undefined> {
  if (file === undefined) return undefined;
  const { openResumeFile } = await import('./resume.ts');
  const opened = await openResumeFile(resolve(io.cwd, file), scope.hash, vantage);
  if (opened.broken > 0)
    io.stderr.write(`note: ${opened.broken} lines of ${file} cannot be read; their targets are asked again\n`);
  return opened;
}
