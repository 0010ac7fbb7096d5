import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown'];

export function audit(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('audit')
      .description('read the configuration of servers and stores')
      .argument('[path]', 'a folder or a file', '.'),
    FORMATS,
    'table',
  )
    .addHelpText(
      'after',
      `
Reads Docker Compose, elasticsearch.yml, redis.conf, postgresql.conf and pg_hba.conf, told by content.

Examples:
  $ postern audit deploy
  $ postern audit . --format sarif > postern.sarif
  $ postern fix deploy --dry-run               the patches, as a diff`,
    )
    .action(async (path: string, options: OutputOptions) => {
      const failOn = parseFailOn(options.failOn, (await findConfig(io, undefined))?.failOn);
      const { auditPaths, auditRules } = await import('../audit/index.ts');
      const progress = await createProgress(io, options);
      progress.update(`auditing ${path}`);
      const { report } = await auditPaths(resolve(io.cwd, path));
      progress.stop();
      await emit(io, options, FORMATS, async (format, look) => {
        const [{ render }, { formatOf }] = await Promise.all([import('../report/index.ts'), import('./format.ts')]);
        return render(formatOf(format), report, { ...look, rules: auditRules });
      });
      exit(exitCodeOf(report.findings, report.skips, failOn, options.exitZero));
    });
}
