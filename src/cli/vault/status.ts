import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { print } from '../output.ts';
import { describeRoot } from './init.ts';
import { type Opened, OWN_NAME, type VaultOptions, withPolicy, withVault } from './open.ts';
import { count, date, iso, people, stdoutColors, table } from './text.ts';

export function vaultStatus(command: Command, io: Io, exit: (code: number) => void): void {
  withPolicy(command.command('status').description('epochs, people, unfinished shreds, gateways, and what is due'))
    .addHelpText(
      'after',
      `
Exit code 3 when something is unfinished or due: a shred, a rotation, rows of an old backup, trouble with the root key.

Examples:
  $ postern vault status
  $ postern vault status --json | jq .due`,
    )
    .action(async (options: VaultOptions) => {
      const status = await withVault(io, options.policy, readStatus);
      await print(io, options.json ? JSON.stringify(asJson(status), null, 2) : text(io, status));
      exit(status.due.length === 0 ? 0 : 3);
    });
}

type Status = Awaited<ReturnType<typeof readStatus>>;

async function readStatus({ vault, data, config }: Opened) {
  const [status, shreds, gateways] = await Promise.all([vault.status(), vault.pendingShreds(), data.vault.gateways()]);
  const now = Date.now();
  const epochs = status.epochs.map((epoch) => ({
    ...epoch,
    due: epoch.destroyed === null ? epoch.ends + config.retain : null,
  }));
  const overdue = epochs.filter(({ due }) => due !== null && due <= now);
  const due = [
    ...(status.trouble === null ? [] : [status.trouble]),
    ...(shreds.length === 0 ? [] : [`${count(shreds.length, 'shred is', 'shreds are')} unfinished: run it again`]),
    ...(overdue.length === 0 ? [] : [`${count(overdue.length, 'epoch is', 'epochs are')} over: postern vault rotate`]),
    ...(status.stranded === 0
      ? []
      : [`${people(status.stranded)} under a destroyed key: rows of an old backup, unreadable for good`]),
  ];
  return {
    ...status,
    vault: vault.vaultId,
    rootKey: describeRoot(config.rootKey),
    retain: config.retain,
    epochs,
    shreds,
    gateways: gateways.filter(({ name }) => !name.startsWith(`${OWN_NAME}#`)),
    due,
  };
}

function asJson({ epochs, shreds, gateways, vault, rootKey, subjects, shredded, stranded, due }: Status): object {
  return {
    vault,
    rootKey,
    subjects,
    shredded,
    stranded,
    epochs: epochs.map((epoch) => ({
      epoch: epoch.epoch,
      subjects: epoch.subjects,
      created: iso(epoch.created),
      ends: iso(epoch.ends),
      retired: iso(epoch.retired),
      destroyed: iso(epoch.destroyed),
      due: iso(epoch.due),
    })),
    shreds: shreds.map(({ id, step, times }) => ({ id, step, begun: iso(times.tombstone ?? null) })),
    gateways: gateways.map(({ name, leaseMs, renewedAt }) => ({ name, leaseMs, renewed: iso(renewedAt) })),
    due,
  };
}

function text(io: Io, status: Status): string {
  const colors = stdoutColors(io);
  const epochs = status.epochs.filter(({ destroyed }) => destroyed === null);
  return [
    `vault      ${status.vault}`,
    `root key   ${status.rootKey}`,
    `people     ${status.subjects.toLocaleString('en')}, and ${status.shredded.toLocaleString('en')} shredded`,
    '',
    ...table([
      ['epoch', 'people', 'began', 'ends', 'its key goes'],
      ...epochs.map(({ epoch, subjects, created, ends, due, retired }) => [
        String(epoch),
        subjects.toLocaleString('en'),
        date(created),
        date(ends),
        retired === null ? `from ${date(due)} on` : 'with the rotation that has begun',
      ]),
    ]),
    `${count(status.epochs.length - epochs.length, 'key', 'keys')} of older epochs destroyed`,
    '',
    `gateways   ${status.gateways.length === 0 ? 'none at present' : ''}`,
    ...status.gateways.map(({ name, renewedAt, leaseMs }) => `  ${name}, renewed ${date(renewedAt)} for ${leaseMs} ms`),
    `shreds     ${status.shreds.length === 0 ? 'none unfinished' : ''}`,
    ...status.shreds.map(
      ({ id, step, times }) => `  ${id}: done up to ${step}, begun ${date(times.tombstone ?? null)}`,
    ),
    ...(status.due.length === 0
      ? ['', colors.green('nothing is due')]
      : ['', ...status.due.map((line) => colors.yellow(line))]),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}
