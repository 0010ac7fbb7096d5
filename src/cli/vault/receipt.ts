import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ShredReceipt, ShredReceiptEvent } from '../../crypto/shred-receipt.ts';
import type { Io } from '../io.ts';
import { collect, print } from '../output.ts';
import { findConfig } from '../project.ts';
import { readJson } from '../read-bounded.ts';
import { count, date, people, stdoutColors } from './text.ts';

export function vaultReceipt(command: Command, io: Io, exit: (code: number) => void): void {
  const receipt = command
    .command('receipt')
    .description('receipts of shreds and of destroyed keys')
    .addHelpText('after', '\nExample:\n  $ postern vault receipt verify .postern/receipts/*.json --key 3q2-7wAA…');
  receipt
    .command('verify')
    .description('who signed receipts, what they say, and that none is missing between them')
    .argument('<files...>', 'receipts of one chain, in any order')
    .option(
      '--key <key>',
      'public key to believe (base64url), besides `trust` of postern.yaml; may be repeated',
      collect,
      [],
    )
    .option('--config <file>', 'postern.yaml (default: the nearest one upward)')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
The key inside a receipt is believed by nobody. Contacts nothing. Exit code 2 for a receipt that is not trusted.

Examples:
  $ postern vault receipt verify .postern/receipts/000007.json --key "$(postern scope key)"
  $ postern vault receipt verify .postern/receipts/*.json --key "$(postern scope key)"`,
    )
    .action(async (files: readonly string[], options: { key: string[]; config?: string; json: boolean }) => {
      const config = await findConfig(io, options.config);
      const { verifyShredReceipt, verifyShredReceipts } = await import('../../crypto/shred-receipt.ts');
      const pinned = [...(config?.trust ?? []), ...options.key];
      const receipts: ShredReceipt[] = [];
      for (const file of files) {
        const { value } = await readJson(resolve(io.cwd, file), 'E_RECEIPT_INVALID');
        receipts.push(verifyShredReceipt(value, pinned));
      }
      receipts.sort((a, b) => a.body.number - b.body.number);
      verifyShredReceipts(receipts, pinned, { whole: false });
      const colors = stdoutColors(io);
      await print(
        io,
        options.json
          ? JSON.stringify(
              receipts.map(({ body }) => body),
              null,
              2,
            )
          : receipts
              .map(({ body }) =>
                [
                  colors.green(`receipt ${body.number}, signed by a key that is trusted`),
                  `vault               ${body.vault}`,
                  ...describeEvent(body.event),
                ].join('\n'),
              )
              .join('\n\n'),
      );
      exit(0);
    });
}

const KEYS = {
  none: 'there was none',
  kept: 'kept: a legal hold keeps documents that need it',
  shredded: 'was destroyed before',
} as const;

/** What a receipt says, in lines. */
export function describeEvent(event: ShredReceiptEvent): string[] {
  switch (event.kind) {
    case 'shred':
      return describeShred(event);
    case 'epoch-destroyed':
      return [
        `key of epoch ${String(event.epoch).padEnd(6)} destroyed ${date(Date.parse(event.destroyedAt))}; ${people(event.rewrapped)} moved on`,
        ...event.unreached.map((sentence) => `not reached         ${sentence}`),
      ];
    case 'erasure':
      return [
        `person              ${event.subject} (a keyed hash)`,
        `documents erased    ${date(Date.parse(event.erasedAt))}`,
        `key                 ${KEYS[event.key]}`,
        ...event.documents.map(describeDocuments),
      ];
  }
}

function describeShred(event: Extract<ShredReceiptEvent, { kind: 'shred' }>): string[] {
  const { backups, documents, samples, gateways } = event;
  const due = backups.due === null ? 'now' : date(Date.parse(backups.due));
  return [
    `person              ${event.subject} (a keyed hash)${event.hadKey ? '' : ', who had no key'}`,
    `key destroyed       ${date(Date.parse(event.times.key))}`,
    `live unreadable     ${date(Date.parse(event.liveUnreadableAt))} (${count(gateways.confirmed, 'gateway', 'gateways')} confirmed, ${gateways.expired} without a lease)`,
    backups.unreadableAt === null
      ? `backups unreadable  not yet: the ${backups.epochs.length === 1 ? 'key of epoch' : 'keys of epochs'} ${backups.epochs.join(', ')} may go from ${due} on`
      : `backups unreadable  ${date(Date.parse(backups.unreadableAt))}`,
    `tried               ${count(samples.taken, 'value', 'values')}: ${samples.readableBefore} readable before, ${samples.readableAfter} after`,
    ...(documents.length === 0
      ? ['documents           left where they are: what they hold encrypted cannot be read any more, the rest can']
      : documents.map(describeDocuments)),
  ];
}

function describeDocuments({
  resource,
  deleted,
  after,
  retained,
  reason,
}: Extract<ShredReceiptEvent, { kind: 'shred' }>['documents'][number]): string {
  return `documents           ${resource}: ${deleted} deleted, ${after} left${retained > 0 ? ` (${retained} kept: ${reason})` : ''}`;
}
