import { resolve } from 'node:path';
import type { Command } from 'commander';
import { VERSION } from '../../core/version.ts';
import type { ShredLedger } from '../../crypto/shred-ledger.ts';
import type { Io } from '../io.ts';
import { findConfig } from '../project.ts';

export interface LedgerOptions {
  readonly receipts: string;
  readonly config?: string;
}

/** The options of verbs that sign receipts. */
export function withLedger(command: Command): Command {
  return command
    .option('--receipts <folder>', 'where signed receipts are kept, one chain', '.postern/receipts')
    .option('--config <file>', 'postern.yaml whose signing key is used (default: the nearest one upward)');
}

/** @throws PosternError `E_KEY`, `E_OUTPUT` */
export async function openLedger(
  io: Io,
  vault: string,
  options: LedgerOptions,
): Promise<ShredLedger & { readonly publicKey: string }> {
  const [{ openShredLedger }, { loadOrCreateSigningKey }, config] = await Promise.all([
    import('../../crypto/shred-ledger.ts'),
    import('../../crypto/signing-key.ts'),
    findConfig(io, options.config),
  ]);
  const key = await loadOrCreateSigningKey(config?.keys.signing ?? resolve(io.cwd, '.postern/signing.key'));
  const ledger = await openShredLedger(resolve(io.cwd, options.receipts), { key, vault, version: VERSION });
  return { ...ledger, publicKey: key.publicKey };
}
