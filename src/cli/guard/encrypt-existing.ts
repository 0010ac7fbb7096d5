import type { Command } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../../core/errors.ts';
import { Refusal } from '../../guard/contract/refusal.ts';
import type { Migration, Verification } from '../../guard/migrate/index.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { openVault } from '../vault/open.ts';
import { loadNamedPolicy } from './load.ts';

interface EncryptOptions {
  policy: string;
  dryRun: boolean;
  verify: boolean;
  json: boolean;
}

export function guardEncryptExisting(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('encrypt-existing')
    .description('encrypt the values that stand in a store in plain, for fields that the policy declares as encrypted')
    .argument('<resource>', 'name of the resource in the policy')
    .option('--policy <file>', 'the policy', 'guard.yaml')
    .option('--dry-run', 'count what would be encrypted, and change nothing', false)
    .option('--verify', 'only try every value: what is sealed, in plain, unreadable', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
The gateway may run meanwhile, with the new policy. A run that was stopped is run again: what is encrypted stays so. At
the end every value is tried. What was written over stays in old segments, logs, snapshots and backups of the store until
those are gone: see docs/guard/encrypting.md.

Exit codes: 0 nothing is in plain (or a dry run), 1 something is left in plain, 2 an error, 3 stopped: run it again.

Examples:
  $ postern guard encrypt-existing orders --dry-run
  $ postern guard encrypt-existing orders --policy guard.yaml
  $ postern guard encrypt-existing orders --verify --json`,
    )
    .action(async (name: string, options: EncryptOptions) => {
      exit(await run(io, name, options));
    });
}

async function run(io: Io, name: string, options: EncryptOptions): Promise<number> {
  const policy = await loadNamedPolicy(io, options.policy);
  const resource = policy.api?.resources.find((one) => one.name === name);
  if (resource === undefined || policy.vault === null) {
    const known = policy.api?.resources.map((one) => one.name).join(', ') || 'none';
    throw new PosternError(
      'E_POLICY_INVALID',
      resource === undefined ? 'the policy has no resource of this name' : 'the policy has no vault',
      { hint: `Resources of ${options.policy}: ${known}. Encrypted fields need a \`vault\`.` },
    );
  }
  const [{ openResourceStores }, { encryptExisting, verifyEncrypted }] = await Promise.all([
    import('../../guard/run/resources.ts'),
    import('../../guard/migrate/index.ts'),
  ]);
  const opened = await openResourceStores(policy, io.env);
  const store = opened.stores.get(resource.upstream);
  try {
    if (store === undefined) throw new PosternError('E_GUARD', 'the store of the resource was not opened');
    return await openVault(io, policy, policy.vault, ({ vault }) =>
      interruptible(async ({ signal }) => {
        const parts = { resource, store, vault };
        let migration: Migration | null = null;
        try {
          if (!options.verify) {
            const total = await store.count({ resource, bound: null }, []);
            migration = await encryptExisting(parts, {
              dryRun: options.dryRun,
              signal,
              onProgress: ({ seen, encrypted }) =>
                io.stderr.write(`${seen} of ${total} seen, ${encrypted} encrypted\n`),
            });
          }
          const verification = options.dryRun ? null : await verifyEncrypted(parts);
          await print(
            io,
            options.json
              ? JSON.stringify({ resource: resource.position, migration, verification }, null, 2)
              : [...migrationText(migration, options.dryRun), ...verificationText(verification)].join('\n'),
          );
          return verification !== null && verification.plain > 0 ? 1 : 0;
        } catch (error) {
          if (!signal.aborted && !(error instanceof Refusal)) throw error;
          const why = error instanceof Refusal ? error.detail || error.message : 'stopped';
          io.stderr.write(`${pc.yellow('not finished:')} ${why}. Run the same command again; it goes on.\n`);
          return 3;
        }
      }),
    );
  } finally {
    await opened.close();
  }
}

function migrationText(migration: Migration | null, dryRun: boolean): string[] {
  if (migration === null) return [];
  const lines = [
    `${dryRun ? 'would be encrypted' : 'encrypted'.padEnd(18)}  ${migration.encrypted} documents`,
    `nothing to do       ${migration.untouched}`,
  ];
  for (const [why, count] of Object.entries(migration.skipped))
    lines.push(pc.yellow(`left in plain       ${count} (${why})`));
  return lines;
}

function verificationText(found: Verification | null): string[] {
  if (found === null) return [];
  const { documents, sealed, plain, unreadable } = found;
  const values = `${sealed} values open with their key, ${plain} stand in plain, ${unreadable} no key opens`;
  return [`tried               ${documents} documents: ${plain > 0 ? pc.yellow(values) : values}`];
}
