/**
 * A process that shreds one person and kills itself at the n-th point where it could be killed, or not at all. Everything is
 * real and on the disk: the embedded store, the folder of keys, the receipts; documents are lines of a file. For the test.
 *
 *   node shredder.mjs prepare FOLDER
 *   node shredder.mjs shred FOLDER N      N = 0: not killed; prints what came of it
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEpochKeys } from '../../../crypto/keyring/epoch-keys.ts';
import { openFileRoot } from '../../../crypto/keyring/file-root.ts';
import { openShredLedger } from '../../../crypto/shred-ledger.ts';
import { loadOrCreateSigningKey } from '../../../crypto/signing-key.ts';
import { createEmbeddedData } from '../../../db/embedded.ts';
import type { ValuePlace, VaultStore } from '../../contract/vault.ts';
import { shredEvent } from '../receipt-events.ts';
import { createVault } from '../vault.ts';

const [, , verb, folder = '', kill = '0'] = process.argv;
const PHONE: ValuePlace = { store: 'elasticsearch', column: 'phone' };
const CHANGES = /^(?:addSubject|tombstone|dropKey|saveShred|purge|removeLookUp)$/;
const file = join(folder, 'documents.json');

let points = 0;
function point(): void {
  points++;
  if (points === Number(kill)) process.kill(process.pid, 'SIGKILL');
}

/** Can be killed before and after each change. */
function dangerous(store: VaultStore): VaultStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      if (!CHANGES.test(String(name))) return method.bind(target);
      return async (...given: unknown[]) => {
        point();
        const result: unknown = await Reflect.apply(method, target, given);
        point();
        return result;
      };
    },
  });
}

interface Line {
  readonly reference: string;
  readonly phone: string;
}

function documents(): readonly Line[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

const data = await createEmbeddedData(join(folder, 'data'));
const root = await openFileRoot(join(folder, 'root.key'));
const keys = await openEpochKeys(join(folder, 'keys'), root, { epochMs: 3_600_000 });
const cache = { subjects: 10, ttl: 60_000 };
const vault = await createVault({ store: dangerous(data.vault), keys, gateway: 'cli', cache, lease: 100 });

if (verb === 'prepare') {
  const lines: Line[] = [];
  for (const person of ['anna', 'berta']) {
    const key = await vault.open(person);
    for (let i = 0; i < 3; i++) {
      lines.push({ reference: key.reference, phone: vault.seal(key, PHONE, `+4930555${i}`) });
    }
    await vault.remember('orders.phone', person, key);
  }
  writeFileSync(file, JSON.stringify(lines));
  writeFileSync(join(folder, 'stolen.json'), JSON.stringify(lines));
} else {
  points = 0;
  const key = await loadOrCreateSigningKey(join(folder, 'signing.key'));
  const ledger = await openShredLedger(join(folder, 'receipts'), { key, vault: vault.vaultId, version: '0.0.0' });
  const report = await vault.shredSubject('anna', {
    retain: 0,
    deleteDocuments: async (reference) => {
      const before = documents();
      point();
      writeFileSync(file, JSON.stringify(before.filter((line) => line.reference !== reference)));
      point();
      const deleted = before.length - documents().length;
      return [{ resource: 'orders', before: deleted, deleted, after: 0, retained: 0, reason: null }];
    },
    sampleCiphertexts: async (reference) =>
      documents()
        .filter((line) => line.reference === reference)
        .map(({ phone }) => ({ place: PHONE, text: phone })),
    issueReceipt: async (body) => {
      point();
      const { hash } = await ledger.append(shredEvent(body));
      point();
      return hash;
    },
  });
  const stolen: readonly Line[] = JSON.parse(readFileSync(join(folder, 'stolen.json'), 'utf8'));
  const found = await vault.byReferences(stolen.map(({ reference }) => reference));
  const readable = stolen.filter((line) => {
    const one = found.get(line.reference);
    return one !== undefined && vault.unseal(one, PHONE, line.phone) !== undefined;
  });
  const again = await Promise.resolve()
    .then(() => vault.open('anna'))
    .then(
      () => 'opened',
      (error: { code?: string }) => error.code,
    );
  const said = {
    points,
    report,
    readable: readable.length,
    again,
    documents: documents().length,
    lookUps: [...(await vault.lookUp('orders.phone', 'anna')), ...(await vault.lookUp('orders.phone', 'berta'))].length,
    receipts: (await ledger.entries()).length,
    pending: (await vault.pendingShreds()).length,
  };
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
await vault.close();
process.exit(0);
