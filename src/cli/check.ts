import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { checkFormats, collect, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig, redactionKey } from './project.ts';
import { readCheckReport } from './read-report.ts';
import { allRules } from './rules.ts';
import { openScope } from './scope-of.ts';
import { sourcesOf } from './sources.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'html', 'markdown'];
const PACKAGES = new Set(['.apk', '.apks', '.xapk', '.aab', '.ipa']);

interface CheckOptions extends OutputOptions {
  config?: string;
  target: string[];
  baseline?: string;
  ignoreFile?: string;
  showSuppressed: boolean;
  emptyPassword?: boolean;
}

export function check(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('check')
      .description('the main job: inspect, audit, probe, and tell how they hang together')
      .argument('[path...]', 'packages and configuration folders; none: what postern.yaml lists')
      .option('--config <file>', 'postern.yaml to use (default: the nearest one upward)')
      .option('--target <host>', 'also probe this loopback host; may be repeated', collect, [])
      .option('--baseline <report>', 'an earlier JSON report: what it holds is not new and does not fail the run')
      .option('--ignore-file <file>', 'accepted findings (default: the one that postern.yaml names)')
      .option('--show-suppressed', 'show accepted findings too', false)
      .option('--empty-password', 'one login with an empty password at MySQL/MariaDB (always tried on loopback)'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Examples:
  $ postern check                                      what postern.yaml lists
  $ postern check app.apk deploy/                      no configuration needed; nothing is contacted
  $ postern check app.apk deploy/ --target 127.0.0.1   and the stores on this machine
  $ postern check --output html=report.html --output json=report.json
  $ postern check --baseline main.json --fail-on medium    in a release gate`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      checkFormats(io, options, FORMATS);
      const config = await findConfig(io, options.config);
      if (!config && paths.length === 0 && options.target.length === 0) {
        throw new PosternError('E_CONFIG_NOT_FOUND', 'there is no postern.yaml here or above, and no path was given');
      }
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const chosen = await choose(io, config, paths);
      const targets = options.target.length + (config?.targets.length ?? 0);
      if (chosen.packages.length + chosen.configuration.length + targets === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to check', {
          hint: 'List packages, configuration or targets in postern.yaml, or name a package or a folder.',
          ...(config ? { at: { path: config.path } } : {}),
        });
      }
      const scope = await openScope(config, options.target);
      const [{ runCheck, checkExitCode }, { loadIgnore }, key, baseline] = await Promise.all([
        import('../check/index.ts'),
        import('../config/index.ts'),
        redactionKey(config),
        options.baseline === undefined ? undefined : readCheckReport(resolve(io.cwd, options.baseline)),
      ]);
      if (options.ignoreFile !== undefined && !existsSync(resolve(io.cwd, options.ignoreFile))) {
        throw new PosternError('E_INPUT_NOT_FOUND', `--ignore-file ${options.ignoreFile} does not exist`);
      }
      const ignoreFile = options.ignoreFile === undefined ? config?.ignore : resolve(io.cwd, options.ignoreFile);
      const ignore = ignoreFile === undefined ? [] : await loadIgnore(ignoreFile, new Date());
      const emptyPassword = options.emptyPassword ?? config?.emptyPassword;
      const progress = await createProgress(io, options);
      const root = config?.root ?? io.cwd;
      const report = await interruptible(({ signal }) =>
        runCheck({
          root,
          ...chosen,
          scope,
          targets: config?.targets ?? [],
          vantage: config?.vantage ?? 'this machine',
          redactionKey: key,
          ...(emptyPassword === undefined ? {} : { emptyPassword }),
          ignore,
          ...(baseline ? { baseline } : {}),
          onProgress: ({ part, label, done, total }) => progress.update(`${part} ${label}`, done, total),
          signal,
        }),
      );
      progress.stop();
      const [{ render }, { formatOf }, rules, sources] = await Promise.all([
        import('../report/index.ts'),
        import('./format.ts'),
        allRules(),
        sourcesOf(root, report),
      ]);
      await emit(io, options, FORMATS, (format, look) =>
        render(formatOf(format), report, {
          ...look,
          rules,
          sources,
          baseDirectory: root,
          baseline: baseline !== undefined,
          all: options.showSuppressed,
        }),
      );
      exit(checkExitCode(report, { failOn, exitZero: options.exitZero }));
    });
}

/** Paths of the command line take the place of what the configuration lists. */
async function choose(
  io: Io,
  config: LoadedConfig | undefined,
  paths: readonly string[],
): Promise<{ packages: string[]; configuration: string[] }> {
  if (paths.length === 0) return { packages: config?.packages ?? [], configuration: config?.configuration ?? [] };
  const packages: string[] = [];
  const configuration: string[] = [];
  for (const path of paths) {
    const absolute = resolve(io.cwd, path);
    const facts = await stat(absolute).catch((cause: unknown) => {
      throw new PosternError('E_INPUT_NOT_FOUND', `${path} does not exist`, { cause });
    });
    if (facts.isFile() && PACKAGES.has(extname(path).toLowerCase())) packages.push(absolute);
    else configuration.push(absolute);
  }
  return { packages, configuration };
}
