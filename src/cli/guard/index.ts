import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { guardApi } from './api.ts';
import { guardDevices } from './devices.ts';
import { guardEncryptExisting } from './encrypt-existing.ts';
import { guardExplain } from './explain.ts';
import { guardInit } from './init.ts';
import { guardJournal } from './journal.ts';
import { guardKey } from './key.ts';
import { guardLearn } from './learn.ts';
import { guardLint } from './lint.ts';
import { guardRun } from './run.ts';
import { guardTest } from './test.ts';

export function guard(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('guard')
    .description('the gateway: authentication, authorization per document and field, limits and a journal for a store')
    .addHelpText(
      'after',
      `
Examples:
  $ postern guard init --mapping mapping.json        propose a policy from what a store holds
  $ postern guard lint guard.yaml                    what is not meant, or not safe
  $ postern guard test guard-cases.yaml              who may what, as cases
  $ postern guard explain GET /orders/_search --role mobile --claim tenant=t1
  $ postern guard run guard.yaml                     stand in front of the store
  $ postern guard api page --output api.html         a reference page of the declared resources
  $ postern guard journal verify journal/*.jsonl     prove that the record is whole`,
    );
  for (const add of [
    guardRun,
    guardInit,
    guardLint,
    guardTest,
    guardExplain,
    guardLearn,
    guardJournal,
    guardKey,
    guardApi,
    guardDevices,
    guardEncryptExisting,
  ]) {
    add(command, io, exit);
  }
}
