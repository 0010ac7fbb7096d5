import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import { plain } from '../report/untrusted.ts';
import { type Io, wantsColor } from './io.ts';
import { findConfig } from './project.ts';
import { openScope } from './scope-of.ts';

interface Diagnosis {
  state: 'ok' | 'warn' | 'fail';
  what: string;
  detail: string;
}

export function doctor(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('doctor')
    .description('check this machine and this project: Node, configuration, keys, scope')
    .option('--config <file>', 'postern.yaml to check (default: the nearest one upward)')
    .option('--format <format>', 'text, json', 'text')
    .addHelpText('after', '\nExamples:\n  $ postern doctor\n  $ postern doctor --format json')
    .action(async (options: { config?: string; format: string }) => {
      const diagnoses = await diagnose(io, options.config);
      if (options.format === 'json') io.stdout.write(`${JSON.stringify(diagnoses, null, 2)}\n`);
      else io.stdout.write(render(diagnoses, wantsColor(io, io.stdout)));
      exit(diagnoses.some(({ state }) => state === 'fail') ? 2 : 0);
    });
}

async function diagnose(io: Io, named: string | undefined): Promise<Diagnosis[]> {
  const result: Diagnosis[] = [{ state: 'ok', what: 'postern', detail: VERSION }, node()];
  let config: LoadedConfig | undefined;
  try {
    config = await findConfig(io, named);
  } catch (error) {
    const at = error instanceof PosternError && error.at ? `${error.at.path}:${error.at.line ?? 1}: ` : '';
    result.push({ state: 'fail', what: 'configuration', detail: `${at}${(error as Error).message}` });
    return result;
  }
  if (!config) {
    result.push({
      state: 'warn',
      what: 'configuration',
      detail: 'no postern.yaml here or above; `postern init` writes one',
    });
    return result;
  }
  result.push({ state: 'ok', what: 'configuration', detail: config.path });
  result.push(inputs('packages', config.packages), inputs('configured folders', config.configuration));
  result.push(key('redaction key', config.keys.redaction), key('signing key', config.keys.signing));
  const scope = await openScope(config, []);
  for (const target of scope.targets) {
    result.push({ state: 'ok', what: `scope: ${target.host}`, detail: `authority ${target.authority.kind}` });
  }
  for (const { host, error } of scope.refused) {
    result.push({ state: 'fail', what: `scope: ${host}`, detail: error.message });
  }
  return result;
}

function node(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return { state: 'fail', what: 'node', detail: `${process.versions.node}; 20.19 or newer is needed` };
  }
  return major === 20
    ? { state: 'warn', what: 'node', detail: `${process.versions.node} works; a supported LTS is recommended` }
    : { state: 'ok', what: 'node', detail: process.versions.node };
}

function inputs(what: string, paths: readonly string[]): Diagnosis {
  const missing = paths.filter((path) => !existsSync(path));
  if (paths.length === 0) return { state: 'warn', what, detail: 'none; nothing of this kind will be read' };
  return missing.length > 0
    ? { state: 'fail', what, detail: `not found: ${missing.join(', ')}` }
    : { state: 'ok', what, detail: `${paths.length}` };
}

function key(what: string, path: string): Diagnosis {
  if (!existsSync(path)) {
    return { state: 'ok', what, detail: `will be made on first use in ${resolve(dirname(path))}` };
  }
  const mode = statSync(path).mode & 0o777;
  return process.platform !== 'win32' && (mode & 0o077) !== 0
    ? { state: 'fail', what, detail: `${path} is readable by others (mode ${mode.toString(8)}); run chmod 600` }
    : { state: 'ok', what, detail: path };
}

function render(diagnoses: readonly Diagnosis[], color: boolean): string {
  const colors = pc.createColors(color);
  const badge = { ok: colors.green('ok  '), warn: colors.yellow('warn'), fail: colors.red('fail') };
  const width = Math.max(...diagnoses.map(({ what }) => what.length));
  return diagnoses
    .map(({ state, what, detail }) => `${badge[state]}  ${what.padEnd(width)}  ${plain(detail)}\n`)
    .join('');
}
