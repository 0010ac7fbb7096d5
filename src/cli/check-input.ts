/** What a run of the main job is given: from postern.yaml and the command line. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { CheckInput } from '../check/input.ts';
import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import type { Scope } from '../net/index.ts';
import { plain } from '../report/untrusted.ts';
import type { Io } from './io.ts';
import { redactionKey } from './project.ts';
import { openScope } from './scope-of.ts';
import { judgedBy } from './user-rules.ts';

const PACKAGES = new Set(['.apk', '.apks', '.xapk', '.aab', '.ipa']);

export interface CheckChoice {
  /** Packages and folders; none: what the configuration lists. */
  paths: readonly string[];
  /** Loopback hosts beside the configuration's targets. */
  targets: readonly string[];
  /** Vantage files of other places. */
  with?: readonly string[];
  ignoreFile?: string;
  emptyPassword?: boolean;
}

/** @throws PosternError `E_USAGE`, `E_INPUT_NOT_FOUND` */
export async function inputOf(
  io: Io,
  config: LoadedConfig | undefined,
  choice: CheckChoice,
): Promise<{ input: CheckInput; root: string }> {
  const chosen = await choose(io, config, choice.paths);
  const targets = choice.targets.length + (config?.targets.length ?? 0);
  if (chosen.packages.length + chosen.configuration.length + targets === 0) {
    throw new PosternError('E_USAGE', 'there is nothing to check', {
      hint: 'List packages, configuration or targets in postern.yaml, or name a package or a folder.',
      ...(config ? { at: { path: config.path } } : {}),
    });
  }
  if (choice.ignoreFile !== undefined && !existsSync(resolve(io.cwd, choice.ignoreFile))) {
    throw new PosternError('E_INPUT_NOT_FOUND', `--ignore-file ${choice.ignoreFile} does not exist`);
  }
  const [scope, { loadIgnore }, key] = await Promise.all([
    openScope(config, choice.targets),
    import('../config/index.ts'),
    redactionKey(config),
  ]);
  const ignoreFile = choice.ignoreFile === undefined ? config?.ignore : resolve(io.cwd, choice.ignoreFile);
  const ignore = ignoreFile === undefined ? [] : await loadIgnore(ignoreFile, new Date());
  const emptyPassword = choice.emptyPassword ?? config?.emptyPassword;
  const outside = await outsideOf(io, choice.with ?? [], scope);
  const root = config?.root ?? io.cwd;
  return {
    root,
    input: {
      root,
      ...chosen,
      scope,
      targets: config?.targets ?? [],
      ...(config?.firewall === undefined ? {} : { firewall: config.firewall }),
      ownCategories: config?.classify.categories ?? [],
      judgedBy: await judgedBy(io, config),
      vantage: config?.vantage ?? 'this machine',
      redactionKey: key,
      ...(emptyPassword === undefined ? {} : { emptyPassword }),
      ignore,
      ...(outside === undefined ? {} : { outside }),
    },
  };
}

async function outsideOf(io: Io, files: readonly string[], scope: Scope): Promise<CheckInput['outside']> {
  if (files.length === 0) return undefined;
  const { readVantages } = await import('./probe/vantage.ts');
  const merged = await readVantages(
    files.map((file) => resolve(io.cwd, file)),
    scope,
    new Date(),
  );
  for (const { subject, reason } of merged.skips) io.stderr.write(`note: ${plain(`${subject}: ${reason}`)}\n`);
  return merged;
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
