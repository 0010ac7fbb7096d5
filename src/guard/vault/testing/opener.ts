/**
 * A gateway that goes on and on: makes keys of new people and uses those of earlier ones, until its standard input ends. Says
 * `person sealed` a line. The embedded store and the folder of keys are real. For the test of several processes.
 *
 *   node opener.mjs FOLDER NAME
 */
import { join } from 'node:path';
import { openEpochKeys } from '../../../crypto/keyring/epoch-keys.ts';
import { openFileRoot } from '../../../crypto/keyring/file-root.ts';
import { createEmbeddedData } from '../../../db/embedded.ts';
import { createVault } from '../vault.ts';

const [, , folder = '', name = ''] = process.argv;

let running = true;
process.stdin.on('end', () => {
  running = false;
});
process.stdin.resume();

const data = await createEmbeddedData(join(folder, 'data'));
const root = await openFileRoot(join(folder, 'root.key'));
const keys = await openEpochKeys(join(folder, 'keys'), root, { epochMs: 3_600_000 });
const cache = { subjects: 5, ttl: 60_000 };
const vault = await createVault({ store: data.vault, keys, gateway: name, cache });
for (let i = 0; running; i++) {
  // Some of them are made by both gateways at once.
  const person = i % 4 === 0 ? `shared-${i}` : `${name}-${i % 3 === 0 ? i >> 1 : i}`;
  const key = await vault.open(person);
  const sealed = vault.seal(key, { store: 'postgresql', column: 'note' }, person);
  process.stdout.write(`${person} ${sealed}\n`);
}
await vault.close();
process.exit(0);
