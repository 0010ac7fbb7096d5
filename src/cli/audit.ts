import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { collect, emit, type OutputOptions, parseFailOn, withOutput } from './output.ts';
import { createProgress } from './progress.ts';
import { findConfig } from './project.ts';
import { judgedBy } from './user-rules.ts';

const FORMATS = ['table', 'json', 'jsonl', 'sarif', 'markdown'];

interface AuditCliOptions extends OutputOptions {
  rules: string[];
  experimental: boolean;
  config?: string;
}

export function audit(program: Command, io: Io, exit: (code: number) => void): void {
  withOutput(
    program
      .command('audit')
      .description('read the configuration of servers and stores')
      .argument('[path]', 'a folder or a file', '.'),
    FORMATS,
    'table',
  )
    .option('--rules <file>', 'rules of your own, beside those of postern.yaml; may be repeated', collect, [])
    .option('--experimental', 'also rules that nobody verified yet', false)
    .option('--config <file>', 'postern.yaml to use')
    .addHelpText(
      'after',
      `
Reads the configuration of stores, containers, clouds, proxies and packet filters, told by content (docs/audit.md has the
list), and joins it: which store a stranger reaches, through what, and whether it asks for a login. Nothing is contacted.

Examples:
  $ postern audit deploy
  $ postern audit . --format markdown > handover.md      for those who fix it, without this tool
  $ postern audit . --format sarif > postern.sarif
  $ postern audit infra --rules our-rules.yaml
  $ postern fix deploy --dry-run                          the patches, as a diff`,
    )
    .action(async (path: string, options: AuditCliOptions) => {
      const config = await findConfig(io, options.config);
      const failOn = parseFailOn(options.failOn, config?.failOn);
      const judged = await judgedBy(io, config, options);
      const { auditPaths, auditRules } = await import('../audit/index.ts');
      const progress = await createProgress(io, options);
      progress.update(`auditing ${path}`);
      const root = resolve(io.cwd, path);
      const { report } = await auditPaths(root, {
        ...judged,
        onProgress: ({ done, path: file }) => progress.update(`auditing ${path}: ${done} files, ${file}`),
      });
      progress.stop();
      await emit(io, options, FORMATS, async (format, look) => {
        const [{ render }, { formatOf }, { sourcesOf }] = await Promise.all([
          import('../report/index.ts'),
          import('./format.ts'),
          import('./sources.ts'),
        ]);
        const folder = statSync(root).isFile() ? dirname(root) : root;
        const sources = await sourcesOf(folder, { findings: report.findings, stories: [] });
        return render(formatOf(format), report, {
          ...look,
          sources,
          rules: [...auditRules, ...judged.rules.map(({ rule }) => rule)],
        });
      });
      exit(exitCodeOf(report.findings, report.skips, failOn, options.exitZero));
    });
}
