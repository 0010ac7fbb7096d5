import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './line.ts';

/**
 * Keeps checkpoints where the gateway cannot take them back. Only with one does a tail that was cut off – with its
 * checkpoints – leave a trace.
 */
export interface Witness {
  /** Resolves when the checkpoint is kept. */
  record(checkpoint: Checkpoint): Promise<void>;
  close?(): Promise<void>;
}

/** Appends to a file: on another machine's share, or one that can only be appended to. */
export function createFileWitness(path: string): Witness {
  return {
    async record(checkpoint) {
      const file = await open(path, 'a', 0o600);
      try {
        await file.appendFile(`${JSON.stringify(checkpoint)}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Sends each checkpoint as a JSON text.
 *
 * @param send from outside, since this room opens no connection: sends one body, resolves with the HTTP status
 */
export function createHttpWitness(send: (body: string) => Promise<number>): Witness {
  return {
    async record(checkpoint) {
      const status = await send(JSON.stringify(checkpoint));
      if (status < 200 || status > 299) throw new Error(`the witness answered ${status}`);
    },
  };
}

/** What a witness file holds: checkpoints one by one, undefined for a line that is none. */
export async function* readWitnessFile(path: string): AsyncGenerator<Checkpoint | undefined> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      yield undefined;
      continue;
    }
    yield readCheckpoint(value);
  }
}
