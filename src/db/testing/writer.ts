/**
 * A process of its own on an embedded store, told what to do by its arguments. What it was promised it says on stdout, one
 * line each, before it does the next thing.
 *
 *   write FOLDER            adds people for ever, eight at once; says the id of each that is there
 *   member FOLDER LEASE     joins the purges; says what it was told to forget
 */
import { writeSync } from 'node:fs';
import { createEmbeddedData } from '../embedded.ts';
import { newId, newSubject } from './rows.ts';

const [task, folder = '', lease = '1000'] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const data = await createEmbeddedData(folder);
say('ready');
if (task === 'write') {
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const row = newSubject();
        await data.vault.addSubject(row);
        say(`${row.id} ${row.reference}`);
        const token = newId();
        await data.vault.addLookUp(token, row.reference);
        say(`${token} ${row.reference} look-up`);
      }
    }),
  );
} else {
  const member = await data.vault.join('child', Number(lease), (reference) => say(`forget ${reference}`));
  say(member.held() ? 'held' : 'not held');
  setInterval(() => {}, 1000);
}
