import { statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AuditOptions } from '../audit/index.ts';
import type { FileChange, FixPlan, Known, PlannedPatch } from '../audit/patch.ts';
import { PosternError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { plain, plainLines } from '../report/untrusted.ts';
import type { SecureOptions } from './fix-secure.ts';
import { type Io, stderrColors } from './io.ts';
import { collect, print } from './output.ts';
import { findConfig } from './project.ts';
import { judgedBy } from './user-rules.ts';

/** More places of one rule are the same instruction again. */
const MOST_PLACES = 5;

interface FixOptions extends Omit<SecureOptions, 'secure'> {
  secure?: string;
  config?: string;
  dryRun: boolean;
  yes: boolean;
  only: string[];
  rules: string[];
  experimental: boolean;
  quiet: boolean;
}

export function fix(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('fix')
    .description('apply the patches of findings, each proven before it is written')
    .argument('[path...]', 'folders and files to fix; none: the configuration that postern.yaml lists')
    .option('--dry-run', 'print the patches as a diff and change nothing', false)
    .option('--yes', 'apply everything that can be proven, without asking', false)
    .option(
      '--only <rule>',
      'this rule, or this finding by its fingerprint or the start of it; may be repeated',
      collect,
      [],
    )
    .option('--secure <store>', 'write the secured variant of a store’s own features instead: files, steps and proof')
    .option('--account <name>', 'with --secure: the account that the app’s back end logs in with')
    .option('--data <what>', 'with --secure: what the account works on; may be repeated', collect, [])
    .option('--may <access>', 'with --secure: read or write', 'read')
    .option('--database <name>', 'with --secure: the database, where a store has several')
    .option('--from <network>', 'with --secure: where the back end logs in from, e.g. 10.0.4.0/24')
    .option('--owner <field>', 'with --secure firebase or supabase: the field that names whose a document or row is')
    .option('--into <folder>', 'with --secure: where to write', 'secured')
    .option('--rules <file>', 'rules of your own, beside those of postern.yaml; may be repeated', collect, [])
    .option('--experimental', 'also rules that nobody verified yet', false)
    .option('--config <file>', 'postern.yaml to use')
    .option('--quiet', 'print nothing but the diff', false)
    .addHelpText(
      'after',
      `
A patch is written only when the file read again no longer raises its finding, raises no other, and no other line
changed. Each is shown and asked about, with whom it may cut off; where nobody can be asked, --yes is needed.
A value that looks like a secret is masked in the diff; every other line is as patch -p1 takes it.

Examples:
  $ postern fix --dry-run                   the patches as a diff
  $ postern fix deploy --only audit/elasticsearch-security-disabled
  $ postern fix --only 9a6fc9e4             one finding, by the start of its fingerprint
  $ postern fix --yes                       apply everything that can be proven
  $ postern fix --secure redis --account shop-api --data cart: --may write
  $ postern fix --secure postgresql --account shop_api --data shop.orders --database shop --from 10.0.4.0/24
  $ postern fix --secure supabase --data notes --data storage:avatars --owner user_id --may write

Stores of --secure: elasticsearch, firebase, mongodb, mosquitto, mysql (and MariaDB), opensearch, postgresql, redis, supabase.
Nothing that is there is written over, and no password stands in what is written.

Exit codes: 0 done, also when findings are left to a person; 2 wrong usage, or a file that cannot be read or written.`,
    )
    .action(async (paths: string[], options: FixOptions) => {
      if (options.secure !== undefined) {
        const { fixSecure } = await import('./fix-secure.ts');
        await fixSecure(io, { ...options, secure: options.secure });
        return exit(0);
      }
      const config = await findConfig(io, options.config);
      const judged = await judgedBy(io, config, options);
      const roots = paths.length > 0 ? paths.map((path) => resolve(io.cwd, path)) : (config?.configuration ?? []);
      if (roots.length === 0) {
        throw new PosternError('E_USAGE', 'there is nothing to fix', {
          hint: 'Name a folder, or list `configuration` in postern.yaml.',
        });
      }
      const totals = { applied: 0, left: 0, chosen: 0 };
      for (const root of roots) {
        const result = await fixRoot(io, root, options, judged);
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
  judged: AuditOptions,
): Promise<{ applied: number; left: number; chosen: number }> {
  const [{ auditPaths }, { applyPatches, planFixes, renderDiff }] = await Promise.all([
    import('../audit/index.ts'),
    import('../audit/patch.ts'),
  ]);
  const audited = await auditPaths(root, judged);
  const findings = audited.outcome.findings.filter((finding) => isChosen(finding, options.only));
  if (findings.length === 0) return { applied: 0, left: 0, chosen: 0 };
  const plan = await planFixes(root, findings, { before: audited, judged });
  // As one names it from here, so that `patch -p1` finds it, and two roots may hold a file of the same name.
  const folder = statSync(root, { throwIfNoEntry: false })?.isFile() === true ? dirname(root) : root;
  const shown = (path: string) => relative(io.cwd, join(folder, path)).replaceAll('\\', '/');
  const accepted =
    options.dryRun || options.yes ? plan : await consent(io, root, findings, plan, { before: audited, judged }, shown);
  // Before anything is told: what is told was done.
  if (!options.dryRun) applyPatches(root, accepted.changes);
  await print(io, diffOf(accepted.changes, renderDiff, shown));
  if (!options.quiet) {
    notes(io, accepted, shown);
    await instructions(io, findings, plan.manual, judged, shown);
  }
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

type Shown = (path: string) => string;

/** Cleaned for a terminal, and still a diff that `patch` takes: a file with CRLF keeps it. */
function diffOf(
  changes: readonly Pick<FileChange, 'path' | 'before' | 'after'>[],
  render: (changes: readonly Pick<FileChange, 'path' | 'before' | 'after'>[]) => string,
  shown: Shown,
): string {
  return render(changes.map(({ path, before, after }) => ({ path: shown(path), before, after })))
    .split('\n')
    .map((line) => plainLines(line.replace(/\r$/, '')) + (line.endsWith('\r') ? '\r' : ''))
    .join('\n');
}

/** Asks about each patch: what looks right may cut off legitimate clients. Where nobody can answer, all are left. */
async function consent(
  io: Io,
  root: string,
  findings: readonly Finding[],
  plan: FixPlan,
  known: Known,
  shown: Shown,
): Promise<FixPlan> {
  const agreed = new Set<string>();
  let declined = false;
  let all: boolean | undefined;
  for (const change of plan.changes) {
    for (const planned of change.patches) {
      const answer: Answer = all === undefined ? await agrees(io, change, planned, shown) : all ? 'yes' : 'no';
      if (answer === 'all') all = true;
      if (answer === 'stop') all = false;
      if (answer === 'yes' || answer === 'all') for (const finding of planned.findings) agreed.add(finding);
      else declined = true;
    }
  }
  if (!declined) return plan;
  const { planFixes } = await import('../audit/patch.ts');
  // Planned anew: what is left must hold on its own. Nothing that nobody agreed to, as what a declined one was in the way of.
  const left = await planFixes(
    root,
    findings.filter(({ fingerprint }) => agreed.has(fingerprint)),
    known,
  );
  return { ...left, refused: [...plan.refused, ...left.refused], manual: plan.manual };
}

type Answer = 'yes' | 'no' | 'all' | 'stop';

async function agrees(io: Io, change: FileChange, { patch, rules }: PlannedPatch, shown: Shown): Promise<Answer> {
  const title = plain(`${shown(patch.path)}: ${patch.title}`);
  if (io.stdin.isTTY !== true) {
    io.stderr.write(`left: ${title} (needs --yes: ${plain(patch.blastRadius)})\n`);
    return 'no';
  }
  const [{ expand }, { applyEdits }, { renderDiff }] = await Promise.all([
    import('@inquirer/prompts'),
    import('../audit/edits.ts'),
    import('../audit/patch.ts'),
  ]);
  const after = applyEdits(change.before, patch.edits) ?? change.before;
  const diff = diffOf([{ path: patch.path, before: change.before, after }], renderDiff, shown);
  const decision = patch.needsConfirmation ? 'Think before you say yes: ' : '';
  io.stderr.write(`\n${diff}\n${title} [${plain(rules.join(', '))}]\n  ${decision}${plain(patch.blastRadius)}\n`);
  return expand<Answer>(
    {
      message: 'Apply?',
      default: 'n',
      choices: [
        { key: 'y', name: 'yes, this one', value: 'yes' },
        { key: 'n', name: 'no, leave it', value: 'no' },
        { key: 'a', name: 'this one and all that follow', value: 'all' },
        { key: 'q', name: 'neither this one nor any that follows', value: 'stop' },
      ],
    },
    { input: io.stdin, output: io.stderr },
  );
}

function notes(io: Io, plan: FixPlan, shown: Shown): void {
  const colors = stderrColors(io);
  for (const { patches } of plan.changes) {
    for (const { patch, rules } of patches) {
      io.stderr.write(
        `${colors.green('fix')}  ${plain(`${shown(patch.path)}: ${patch.title}`)} ${colors.dim(`[${rules.join(', ')}]`)}\n`,
      );
      io.stderr.write(`     ${colors.dim(plain(patch.blastRadius))}\n`);
    }
  }
  for (const { path, title, reason } of plan.refused) {
    io.stderr.write(`${colors.yellow('not applied')}  ${plain(`${shown(path)}: ${title}: ${reason}`)}\n`);
  }
}

/** What no patch can decide – which network, which password – is told with what to do, once for each rule. */
async function instructions(
  io: Io,
  findings: readonly Finding[],
  manual: readonly string[],
  { rules = [] }: AuditOptions,
  shown: Shown,
): Promise<void> {
  const left = findings.filter(({ fingerprint }) => manual.includes(fingerprint));
  if (left.length === 0) return;
  const { auditRules } = await import('../audit/index.ts');
  const colors = stderrColors(io);
  for (const id of new Set(left.map(({ rule }) => rule))) {
    const own = left.filter(({ rule }) => rule === id);
    io.stderr.write(`${colors.cyan('by hand')}  ${colors.dim(`[${plain(id)}]`)}\n`);
    for (const { evidence, message } of own.slice(0, MOST_PLACES)) {
      const [first] = evidence;
      const place = first.kind === 'setting' ? `${shown(first.path)}:${first.line ?? 1}: ` : '';
      io.stderr.write(`     ${plain(`${place}${message}`)}\n`);
    }
    if (own.length > MOST_PLACES) io.stderr.write(`     and ${own.length - MOST_PLACES} more places\n`);
    const known = [...auditRules, ...rules.map(({ rule }) => rule)].find((rule) => rule.id === id);
    const remediation = known?.remediation;
    if (remediation !== undefined) io.stderr.write(`     ${colors.dim(`do: ${plain(remediation)}`)}\n`);
  }
}
