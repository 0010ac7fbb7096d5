/**
 * A process that writes a journal as fast as it can and says on stdout, a line each, which entries were committed. It is
 * killed, or finds the disk full. Arguments: the file, the PEM of a key, how to write, how many entries.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { createJournal } from '../journal.ts';
import { decision } from './entries.ts';

const [file = '', keyFile = '', durability = 'fsync', count = '1e9'] = process.argv.slice(2);
const privateKey = createPrivateKey(readFileSync(keyFile));
const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
const journal = await createJournal({
  file,
  key: { privateKey, publicKey },
  durability: durability === 'write' ? 'write' : 'fsync',
  checkpointEvery: 100,
});
let number = 0;
async function client(): Promise<void> {
  while (number < Number(count)) {
    const own = number++;
    const result = await journal.commit(decision(own)).then(
      () => 'committed',
      (error: Error & { detail?: string }) => `refused ${error.detail}`,
    );
    // Synchronous, so that it is out before anything else happens.
    writeSync(1, `${own} ${result}\n`);
  }
}
await Promise.all(Array.from({ length: 16 }, client));
// Its last checkpoint may not fit any more.
await journal.close().catch(() => {});
