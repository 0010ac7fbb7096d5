/** A process that opens a folder of keys at a word on its standard input, and says what it got. For the test of several. */
import { once } from 'node:events';
import { openEpochKeys } from '../epoch-keys.ts';
import { openFileRoot } from '../file-root.ts';

const [, , folder = '', file = ''] = process.argv;

process.stdout.write('ready\n');
await once(process.stdin, 'data');
const root = await openFileRoot(file);
const keys = await openEpochKeys(folder, root, { epochMs: 60_000 });
const { epoch, key } = await keys.current();
const next = await keys.begin();
const said = { vault: keys.vault, root: root.id, epoch, key: Buffer.from(key).toString('hex') };
process.stdout.write(`${JSON.stringify(said)}\n${next.epoch} ${Buffer.from(next.key).toString('hex')}\n`);
process.exit(0);
