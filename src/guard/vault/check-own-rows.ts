import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PosternError } from '../../core/errors.ts';
import type { Reference, ShredRow, SubjectId, VaultStore } from '../contract/vault.ts';
import { unwrapDataKey } from './data-key.ts';
import type { EpochKeys } from './epoch-keys.ts';
import { epochKey, unavailable } from './unavailable.ts';

const STARTING = { looks: 10, pause: 50 };

/**
 * That the keys are the ones of this store, tried on one row of every epoch. With the wrong folder of keys nobody would be
 * found and everybody would get a second key: what they have now would look lost.
 *
 * @throws PosternError `E_KEY` when the keys belong to another store
 * @throws Refusal `unavailable` when either cannot be read
 */
export async function checkOwnRows(store: VaultStore, keys: EpochKeys): Promise<void> {
  const { byEpoch } = await read(() => store.counts());
  const facts = await read(() => keys.list());
  for (const [epoch, count] of byEpoch) {
    if (count === 0) continue;
    if (!facts.some((one) => one.epoch === epoch)) throw foreign(`there is no key of epoch ${epoch}`);
    const under = await epochKey(keys, epoch);
    if (under === undefined) continue;
    const [row] = await read(() => store.subjects(null, 1, epoch));
    if (row === undefined || row.wrapped === null) continue;
    const key = unwrapDataKey(under, row, row.wrapped);
    if (key === undefined) throw foreign(`a row of epoch ${epoch} does not open with its key`);
    key.fill(0);
  }
}

/**
 * That the store is the one of these keys. An empty store opens with any keys, and rotating with it would find that the keys
 * of old epochs wrap nothing: it would destroy those that the right store needs. So each knows the other by a random id: the
 * folder of keys in a file of its own, the store in the row of a shred that was done for nobody.
 *
 * @param id a subject's id that belongs to no subject
 * @throws PosternError `E_KEY` when the keys were made for another store
 */
export async function checkBinding(store: VaultStore, keys: EpochKeys, id: SubjectId): Promise<void> {
  let row = await read(() => store.shred(id));
  const bound = await read(() => keys.binding());
  if (bound !== null) {
    // Of gateways that start together on a new store one may just be taking over what another one said.
    for (let i = 0; row !== undefined && row.reference !== bound && i < STARTING.looks; i++) {
      await sleep(STARTING.pause);
      row = await read(() => store.shred(id));
    }
    if (row?.reference === bound) return;
    throw foreign(row === undefined ? 'the store is a new one' : 'the store is that of other keys');
  }
  const own = row?.reference ?? randomBytes(16).toString('base64url');
  // The store first: after a crash in between, its row is taken up at the next start.
  if (row === undefined) await read(() => store.saveShred(bindingRow(id, own)));
  const first = await read(() => keys.bind(own));
  if (first !== own) await read(() => store.saveShred(bindingRow(id, first)));
}

function bindingRow(id: SubjectId, reference: Reference): ShredRow {
  return { id, reference, step: 'receipt', times: {}, epoch: null, notes: '{"binding":"of the store to its keys"}' };
}

function foreign(why: string): PosternError {
  return new PosternError('E_KEY', `the keys of the vault are not those of its store: ${why}`, {
    hint: 'Check `data` and `vault.keys` in guard.yaml: they belong together, also in backups. To use these keys with a new store on purpose, remove store.json beside them.',
  });
}

async function read<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw unavailable(cause);
  }
}
