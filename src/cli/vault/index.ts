import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { vaultChangeRoot } from './change-root.ts';
import { vaultCompact } from './compact.ts';
import { vaultExportSubject } from './export-subject.ts';
import { vaultInit } from './init.ts';
import { vaultPassphrase } from './passphrase.ts';
import { vaultReceipt } from './receipt.ts';
import { vaultRotate } from './rotate.ts';
import { vaultShred } from './shred.ts';
import { vaultStatus } from './status.ts';

export function vault(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('vault')
    .description('the keys of people: one each, so that one can be destroyed')
    .addHelpText(
      'after',
      `
Examples:
  $ postern vault init                                         make the root key, the folder of keys and the store
  $ postern vault status                                       epochs, people, what is due
  $ postern vault rotate                                       daily: move on, destroy the keys of old epochs
  $ postern vault shred - --keep-documents --yes < subject.txt destroy one person's key
  $ postern vault receipt verify .postern/receipts/*.json      who signed it, and what it says`,
    );
  for (const add of [
    ...[vaultInit, vaultStatus, vaultRotate, vaultShred, vaultExportSubject],
    ...[vaultPassphrase, vaultChangeRoot, vaultCompact, vaultReceipt],
  ]) {
    add(command, io, exit);
  }
}
