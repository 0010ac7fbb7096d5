import type { Command } from 'commander';
import type { ShredReceiptEvent } from '../../crypto/shred-receipt.ts';
import type { DestroyedEpoch, Rotation } from '../../guard/vault/index.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { createProgress } from '../progress.ts';
import { type LedgerOptions, openLedger, withLedger } from './ledger.ts';
import { type VaultOptions, withPolicy, withVault } from './open.ts';
import { date, iso, people, stdoutColors } from './text.ts';

export function vaultRotate(command: Command, io: Io, exit: (code: number) => void): void {
  withLedger(
    withPolicy(command.command('rotate'))
      .description('move everybody to the newest epoch and destroy the keys of those whose time is over')
      .option('--now', 'begin a new epoch and retire all older ones, whatever their time', false)
      .option('--no-progress', 'draw no progress line'),
  )
    .addHelpText(
      'after',
      `
Gateways go on meanwhile. It may be stopped and run again at any point. Run it daily: an epoch's key is destroyed when
the epoch and then \`retain\` are over, and with it whatever backups hold of people who were shredded before. Each
destroyed key has a signed receipt.

Exit code 3 when a key had to be kept.

Examples:
  $ postern vault rotate
  $ postern vault rotate --now        after a copy of the keys fell into other hands`,
    )
    .action(async (options: VaultOptions & LedgerOptions & { now: boolean; progress: boolean }) => {
      const progress = await createProgress(io, { quiet: false, progress: options.progress });
      const rotation = await withVault(io, options.policy, async ({ vault, config }) => {
        const ledger = await openLedger(io, vault.vaultId, options);
        const rotated = await interruptible(({ signal }) =>
          vault.rotate({
            force: options.now,
            retain: config.retain,
            signal,
            onProgress: ({ epoch, rewrapped, total }) => progress.update(`epoch ${epoch}`, rewrapped, total),
          }),
        );
        for (const destroyed of rotated.destroyed) await ledger.append(destroyedEvent(destroyed));
        return rotated;
      }).finally(() => progress.stop());
      await print(io, options.json ? JSON.stringify(asJson(rotation), null, 2) : text(io, rotation));
      exit(rotation.kept.length === 0 ? 0 : 3);
    });
}

function destroyedEvent({ epoch, created, ends, at, rewrapped, unreached }: DestroyedEpoch): ShredReceiptEvent {
  return {
    kind: 'epoch-destroyed',
    epoch,
    created: new Date(created).toISOString(),
    ends: new Date(ends).toISOString(),
    destroyedAt: new Date(at).toISOString(),
    rewrapped,
    unreached: [...unreached],
  };
}

function asJson({ current, begun, destroyed, kept }: Rotation): object {
  return {
    current,
    begun,
    destroyed: destroyed.map(({ epoch, rewrapped, at, unreached }) => ({ epoch, rewrapped, at: iso(at), unreached })),
    kept,
  };
}

function text(io: Io, { current, begun, destroyed, kept }: Rotation): string {
  const colors = stdoutColors(io);
  const unreached = new Set(destroyed.flatMap((epoch) => epoch.unreached));
  return [
    `${begun ? 'A new epoch began' : 'The current epoch is'}: ${current}`,
    ...destroyed.map(({ epoch, rewrapped, at }) =>
      colors.green(`The key of epoch ${epoch} is destroyed (${date(at)}); ${people(rewrapped)} moved on.`),
    ),
    ...kept.map(({ epoch, subjects, reason }) =>
      colors.yellow(`The key of epoch ${epoch} is kept: it wraps ${people(subjects)} (${reason}).`),
    ),
    ...(destroyed.length + kept.length === 0 ? ['No older epoch is due.'] : []),
    ...(unreached.size === 0 ? [] : ['', 'This cannot reach:', ...[...unreached].map((sentence) => `  - ${sentence}`)]),
  ].join('\n');
}
