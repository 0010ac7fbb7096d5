import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AuditResult } from '../audit/index.ts';
import type { FixPlan, PlannedPatch } from '../audit/patch.ts';
import { PosternError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { plain, plainLines } from '../report/untrusted.ts';
import { type Io, stderrColors } from './io.ts';
import { collect, print } from './output.ts';
import { findConfig } from './project.ts';

interface FixOptions {
  config?: string;
  dryRun: boolean;
  yes: boolean;
  only: string[];
  quiet: boolean;
}

export function fix(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('fix')
    .description('apply the patches of findings, each proven before it is written')
    .argument('[path...]', 'folders and files to fix; none: the configuration that postern.yaml lists')
    .option('--dry-run', 'print the patches as a diff and change nothing', false)
    .option('--yes', 'apply also what may cut off legitimate clients, without asking', false)
    .option(
      '--only <rule>',
      'this rule, or this finding by its fingerprint or the start of it; may be repeated',
      collect,
      [],
    )
    .option('--config <file>', 'postern.yaml to use')
    .option('--quiet', 'print nothing but the diff', false)
    .addHelpText(
      'after',
      `
A patch is written only when the file read again no longer raises its finding, raises no other, and no other line
changed. Patches that may cut off legitimate clients are asked about one by one, or need --yes.

Examples:
  $ postern fix --dry-run                   the patches as a diff
  $ postern fix deploy --only audit/elasticsearch-security-disabled
  $ postern fix --yes                       apply everything that can be proven`,
    )
    .action(async (paths: string[], options: FixOptions) => {
      const config = paths.length > 0 ? undefined : await findConfig(io, options.config);
      const roots = paths.length > 0 ? paths.map((path) => resolve(io.cwd, path)) : (config?.configuration ?? []);
      if (roots.length === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to fix', {
          hint: 'Name a folder, or list `configuration` in postern.yaml.',
        });
      }
      const totals = { applied: 0, left: 0, chosen: 0 };
      for (const root of roots) {
        const result = await fixRoot(io, root, options);
        totals.applied += result.applied;
        totals.left += result.left;
        totals.chosen += result.chosen;
      }
      if (options.only.length > 0 && totals.chosen === 0) {
        throw new PosternError('E_USAGE', `no finding here is called ${options.only.join(' or ')}`, {
          hint: 'Name a rule, or a finding by the first 8 or more digits of its fingerprint, as `postern audit` shows them.',
        });
      }
      if (!options.quiet && !options.dryRun) {
        io.stderr.write(`${totals.applied} patches applied, ${totals.left} findings left to a person\n`);
        if (totals.applied > 0)
          io.stderr.write('Restart what reads these files, then prove it: postern verify REPORT\n');
      }
      exit(0);
    });
}

async function fixRoot(
  io: Io,
  root: string,
  options: FixOptions,
): Promise<{ applied: number; left: number; chosen: number }> {
  const [{ auditPaths }, { applyPatches, planFixes, renderDiff }] = await Promise.all([
    import('../audit/index.ts'),
    import('../audit/patch.ts'),
  ]);
  const audited = await auditPaths(root);
  const findings = audited.outcome.findings.filter((finding) => isChosen(finding, options.only));
  if (findings.length === 0) return { applied: 0, left: 0, chosen: 0 };
  const plan = await planFixes(root, findings, audited);
  const accepted = options.dryRun || options.yes ? plan : await consent(io, root, findings, plan, audited);
  await print(io, plainLines(renderDiff(accepted.changes)));
  if (!options.quiet) notes(io, accepted);
  if (!options.dryRun) applyPatches(root, accepted.changes);
  const cleared = new Set(accepted.changes.flatMap(({ patches }) => patches.flatMap((patch) => patch.findings)));
  const applied = accepted.changes.reduce((sum, { patches }) => sum + patches.length, 0);
  const left = findings.filter(({ fingerprint }) => !cleared.has(fingerprint)).length;
  return { applied, left, chosen: findings.length };
}

function isChosen(finding: Finding, only: readonly string[]): boolean {
  return (
    only.length === 0 ||
    only.some((name) => finding.rule === name || (/^[0-9a-f]{8,}$/.test(name) && finding.fingerprint.startsWith(name)))
  );
}

/** Asks about each patch that may cut somebody off. Where nobody can answer, such patches are left. */
async function consent(
  io: Io,
  root: string,
  findings: readonly Finding[],
  plan: FixPlan,
  audited: AuditResult,
): Promise<FixPlan> {
  const declined = new Set<string>();
  for (const planned of plan.changes.flatMap(({ patches }) => patches)) {
    if (planned.patch.needsConfirmation && !(await agrees(io, planned))) {
      for (const finding of planned.findings) declined.add(finding);
    }
  }
  if (declined.size === 0) return plan;
  const { planFixes } = await import('../audit/patch.ts');
  // Planned anew: what is left must hold on its own.
  return planFixes(
    root,
    findings.filter(({ fingerprint }) => !declined.has(fingerprint)),
    audited,
  );
}

async function agrees(io: Io, { patch }: PlannedPatch): Promise<boolean> {
  if (io.stdin.isTTY !== true) {
    io.stderr.write(`left: ${plain(`${patch.path}: ${patch.title}`)} (needs --yes: ${plain(patch.blastRadius)})\n`);
    return false;
  }
  const { confirm } = await import('@inquirer/prompts');
  io.stderr.write(`\n${plain(`${patch.path}: ${patch.title}`)}\n  ${plain(patch.blastRadius)}\n`);
  return confirm({ message: 'Apply?', default: false }, { output: process.stderr });
}

function notes(io: Io, plan: FixPlan): void {
  const colors = stderrColors(io);
  for (const { patches } of plan.changes) {
    for (const { patch, rules } of patches) {
      io.stderr.write(
        `${colors.green('fix')}  ${plain(`${patch.path}: ${patch.title}`)} ${colors.dim(`[${rules.join(', ')}]`)}\n`,
      );
      io.stderr.write(`     ${colors.dim(plain(patch.blastRadius))}\n`);
    }
  }
  for (const { path, title, reason } of plan.refused) {
    io.stderr.write(`${colors.yellow('not applied')}  ${plain(`${path}: ${title}: ${reason}`)}\n`);
  }
}
