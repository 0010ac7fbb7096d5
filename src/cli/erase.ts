import { createHmac } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { Erasure, ErasureParts, ErasurePlan } from '../erase/index.ts';
import { Refusal } from '../guard/contract/refusal.ts';
import type { Policy } from '../guard/policy/index.ts';
import { loadNamedPolicy } from './guard/load.ts';
import { interruptible } from './interrupt.ts';
import type { Io } from './io.ts';
import { print } from './output.ts';
import { findConfig } from './project.ts';
import { openVault, refuseNoVault } from './vault/open.ts';
import { confirmed, readSubject } from './vault/subject.ts';

export interface EraseOptions {
  policy: string;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
  receipts: string;
  config?: string;
}

export function erase(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('erase')
    .description(
      'erase a person from the declared resources: documents, then the key of what is encrypted, with a signed receipt',
    )
    .argument('<subject>', 'the person, as the owner claim of the policy says it; - for the first line of stdin')
    .option('--policy <file>', 'the policy that declares the resources', 'guard.yaml')
    .option('--dry-run', 'only say what there is and what would happen', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'print JSON', false)
    .option('--receipts <folder>', 'where signed receipts are kept, one chain', '.postern/receipts')
    .option('--config <file>', 'postern.yaml whose signing key is used (default: the nearest one upward)')
    .addHelpText(
      'after',
      `
First it counts: what the person owns in each resource, what a legal hold keeps and why, and where others' documents speak
of the person. After you agree it deletes in batches, asks again until nothing is left, destroys the person's key so that
copies are unreadable too, and signs a receipt with two dates: live data, and backups. Stopped at any point, it goes on
when the command is run again. Documents that a legal hold keeps stay readable, and so does the key: erase again later.

Copies that left before the fields were encrypted cannot be called back.

Exit codes: 0 erased (or nothing to do), 1 something is kept by a legal hold, 2 an error, 3 it is not finished: run it again.

Examples:
  $ postern erase - --dry-run < subject.txt        what there is; the name in no shell history
  $ postern erase user-4711 --policy guard.yaml
  $ postern erase - --yes --json < subject.txt > erased.json`,
    )
    .action(async (argument: string, options: EraseOptions) => exit(await eraseSubject(io, argument, options)));
}

/**
 * The whole order of a shred: plan, consent, documents, key, purge, receipt.
 *
 * @param argument the person, or `-` for the first line of stdin
 * @returns the exit code
 */
export async function eraseSubject(io: Io, argument: string, options: EraseOptions): Promise<number> {
  const subject = await readSubject(io, argument);
  const policy = await loadNamedPolicy(io, options.policy);
  if (policy.api === null || policy.api.resources.length === 0) {
    throw new PosternError('E_POLICY_INVALID', `${options.policy} declares no resources`, {
      hint: 'Declare what belongs to whom under `resources:`; see docs/guard/policy.md.',
    });
  }
  return run(io, policy, subject, argument === '-', options);
}

async function run(
  io: Io,
  policy: Policy,
  subject: string,
  stdinTaken: boolean,
  options: EraseOptions,
): Promise<number> {
  // Without a look at them, folders that are not mounted would become a new vault, in which nobody ever had a key.
  if (policy.vault !== null) refuseNoVault(policy.vault, options.policy);
  const { openResourceStores } = await import('../guard/run/resources.ts');
  const opened = await openResourceStores(policy, io.env);
  const resources = policy.api?.resources ?? [];
  try {
    const parts = { resources, stores: opened.stores };
    if (policy.vault === null)
      return await withParts(io, policy, subject, stdinTaken, options, { ...parts, vault: null });
    return await openVault(io, policy, policy.vault, ({ vault }) =>
      withParts(io, policy, subject, stdinTaken, options, { ...parts, vault }),
    );
  } finally {
    await opened.close();
  }
}

async function withParts(
  io: Io,
  policy: Policy,
  subject: string,
  stdinTaken: boolean,
  options: EraseOptions,
  parts: ErasureParts,
): Promise<number> {
  const [{ erase: eraseNow, planErasure }, { shredEvent }] = await Promise.all([
    import('../erase/index.ts'),
    import('../guard/vault/index.ts'),
  ]);
  const plan = await planErasure(subject, parts);
  if (options.dryRun) {
    await print(io, options.json ? JSON.stringify(plan, null, 2) : planText(plan).join('\n'));
    return plan.resources.some(({ owned }) => owned === null) ? 3 : 0;
  }
  io.stderr.write(`${planText(plan).join('\n')}\n`);
  if (!(await confirmed(io, 'Erase this person? Nothing can bring it back.', { yes: options.yes, stdinTaken }))) {
    io.stderr.write('Nothing was done.\n');
    return 0;
  }
  const ledger = await openLedger(io, policy, parts, options);
  return await interruptible(async ({ signal }) => {
    try {
      const done = await eraseNow(subject, parts, {
        retain: policy.vault?.retain ?? 0,
        issueShredReceipt: async (report) => (await ledger.append(shredEvent(report, { documentsKept: false }))).hash,
        onStep: (step) => io.stderr.write(`done: ${STEPS[step]}\n`),
        onProgress: (resource, deleted) => io.stderr.write(`${resource}: ${deleted} deleted\n`),
        signal,
      });
      const subjectHash = await hashOf(policy, parts, subject);
      const entry =
        done.kind === 'shredded'
          ? await ledger.findShred(done.report.subject)
          : await ledger.append({
              kind: 'erasure',
              subject: subjectHash,
              erasedAt: new Date().toISOString(),
              key: done.key,
              documents: [...done.documents],
            });
      const receipt = entry === undefined ? null : { file: entry.path, sha256: entry.hash };
      await print(
        io,
        options.json ? JSON.stringify({ ...done, receipt }, null, 2) : doneText(done, receipt).join('\n'),
      );
      const kept =
        done.kind === 'documents' && (done.key === 'kept' || done.documents.some(({ retained }) => retained > 0));
      return kept ? 1 : 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      io.stderr.write(
        `${pc.yellow('not finished:')} ${error.detail || error.message}. Run the same command again; it goes on.\n`,
      );
      return 3;
    }
  });
}

async function openLedger(io: Io, policy: Policy, { vault }: ErasureParts, options: EraseOptions) {
  const [{ openShredLedger }, { loadOrCreateSigningKey }] = await Promise.all([
    import('../crypto/shred-ledger.ts'),
    import('../crypto/signing-key.ts'),
  ]);
  const config = await findConfig(io, options.config);
  return openShredLedger(resolve(io.cwd, options.receipts), {
    key: await loadOrCreateSigningKey(config?.keys.signing ?? resolve(io.cwd, '.postern/signing.key')),
    vault: vault?.vaultId ?? (await hashUnder(policy, 'ledger')).slice(0, 22),
    version: VERSION,
  });
}

/** The person in the receipt: the vault's id, or without a vault a hash under the key that also hides people in the journal. */
async function hashOf(policy: Policy, { vault }: ErasureParts, subject: string): Promise<string> {
  return vault?.subjectId(subject) ?? hashUnder(policy, `erased\0${subject}`);
}

async function hashUnder({ keys }: Policy, text: string): Promise<string> {
  const { loadSecretKey } = await import('../guard/run/keys.ts');
  return createHmac('sha256', await loadSecretKey(keys.limits))
    .update(text)
    .digest('base64url');
}

const iso = (ms: number) => new Date(ms).toISOString();

const STEPS = {
  tombstone: 'no key is made for this person any more, and every gateway has heard it',
  documents: 'the documents are gone',
  key: 'the key is out of the store',
  purge: 'every gateway has forgotten it',
  receipt: 'the receipt is signed',
} as const;

const KEYS = {
  shred: 'will be destroyed',
  shredded: 'was destroyed before',
  none: 'there is none',
  kept: 'stays: a legal hold keeps documents that need it',
} as const;

function planText({ resources, key, resumes }: ErasurePlan): string[] {
  const lines = resumes === null ? [] : [`An erasure that was stopped after the step \`${resumes}\` goes on.`];
  for (const one of resources) {
    const what =
      one.owned === null
        ? pc.red(`cannot be asked: ${one.problem}`)
        : one.action === 'keep'
          ? `${one.owned} documents, kept as declared`
          : `${one.owned} documents${one.held > 0 ? `, of which ${one.held} are held (${one.holdReason})` : ''}`;
    lines.push(`  ${one.resource.padEnd(28)} ${what}`);
    for (const [name, count] of Object.entries(one.mentioned)) {
      const then = key === 'kept' ? '' : ': those fields become unreadable';
      if (count > 0) lines.push(`  ${''.padEnd(28)} ${count} documents of others speak of the person (${name})${then}`);
    }
    if (one.mentionedHeld > 0)
      lines.push(`  ${''.padEnd(28)} ${one.mentionedHeld} of these are held (${one.holdReason})`);
  }
  lines.push(`  ${'key'.padEnd(28)} ${KEYS[key]}`);
  return lines;
}

function doneText(done: Erasure, receipt: { file: string } | null): string[] {
  const documents = done.kind === 'shredded' ? done.report.documents : done.documents;
  const lines = documents.map(
    ({ resource, before, deleted, after, reason }) =>
      `  ${resource.padEnd(28)} ${before} before, ${deleted} deleted, ${after} left${reason === null ? '' : ` (${reason})`}`,
  );
  if (done.kind === 'shredded') {
    const { backups, liveUnreadableAt } = done.report;
    lines.push(`  ${'live copies'.padEnd(28)} unreadable since ${iso(liveUnreadableAt)}`);
    const due =
      backups.unreadableAt === null
        ? `unreadable from ${backups.due === null ? 'now' : iso(backups.due)}, when \`postern vault rotate\` destroys the epoch's key`
        : `unreadable since ${iso(backups.unreadableAt)}`;
    lines.push(`  ${'backups'.padEnd(28)} ${due}`);
  } else {
    lines.push(`  ${'key'.padEnd(28)} ${KEYS[done.key]}`);
  }
  if (receipt !== null) lines.push(`  ${'receipt'.padEnd(28)} ${receipt.file}`);
  return [pc.green('erased'), ...lines];
}
