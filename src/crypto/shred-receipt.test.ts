import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PosternError } from '../core/errors.ts';
import { hasOpenssl } from '../core/testing/openssl.ts';
import { openShredLedger, type ShredLedger } from './shred-ledger.ts';
import {
  hashOfReceipt,
  type ShredReceipt,
  type ShredReceiptEvent,
  signShredReceipt,
  verifyShredReceipt,
  verifyShredReceipts,
} from './shred-receipt.ts';
import { generateSigningKey } from './signing-key.ts';

const KEY = generateSigningKey();
const VAULT = 'v'.repeat(22);
const AT = '2026-03-01T12:00:00.000Z';

function shred(subject = 's'.repeat(43), purge = AT): ShredReceiptEvent {
  return {
    kind: 'shred',
    subject,
    hadKey: true,
    times: { tombstone: AT, documents: AT, key: AT, purge },
    documents: [{ resource: 'orders', before: 3, deleted: 2, after: 1, retained: 1, reason: 'tax law' }],
    samples: { taken: 2, readableBefore: 2, triedAfter: 2, readableAfter: 0 },
    gateways: { confirmed: 2, expired: 0 },
    liveUnreadableAt: AT,
    backups: { epochs: [3], unreadableAt: null, due: AT },
  };
}

function epoch(number: number): ShredReceiptEvent {
  return {
    kind: 'epoch-destroyed',
    epoch: number,
    created: AT,
    ends: AT,
    destroyedAt: AT,
    rewrapped: 9,
    unreached: ['copies'],
  };
}

function chain(...events: readonly ShredReceiptEvent[]): ShredReceipt[] {
  const receipts: ShredReceipt[] = [];
  for (const event of events) {
    const previous = receipts.at(-1) ?? null;
    receipts.push(signShredReceipt(event, { version: '1.0.0', issuedAt: new Date(AT), vault: VAULT, previous }, KEY));
  }
  return receipts;
}

/** As it comes from a file. */
function read(receipt: ShredReceipt): ShredReceipt {
  return JSON.parse(JSON.stringify(receipt));
}

function reasonOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof PosternError && error.code === 'E_RECEIPT_INVALID') return error.message;
    throw error;
  }
  return 'none';
}

describe('a receipt of a shred', () => {
  it('verifies with the pinned key alone', () => {
    const [receipt] = chain(shred()).map(read);
    expect(verifyShredReceipt(receipt, [KEY.publicKey]).body.event).toEqual(shred());
    expect(reasonOf(() => verifyShredReceipt(receipt, []))).toContain('no key is pinned');
    expect(reasonOf(() => verifyShredReceipt(receipt, [generateSigningKey().publicKey]))).toContain('not pinned');
  });

  it('does not verify when anything in it is something else', () => {
    const [receipt] = chain(shred()).map(read);
    const text = JSON.stringify(receipt);
    let tried = 0;
    for (const [from, to] of [
      ['"before":3', '"before":4'],
      ['"hadKey":true', '"hadKey":false'],
      ['"readableAfter":0', '"readableAfter":1'],
      ['"due":"2026', '"due":"2025'],
      ['"number":1', '"number":2'],
      ['"previous":null', `"previous":"${'0'.repeat(64)}"`],
      ['"tax law"', '"tax low"'],
      ['"kind":"shred"', '"kind":"shred","more":1'],
      [`"${VAULT}"`, `"${'w'.repeat(22)}"`],
    ] as const) {
      expect(text).toContain(from);
      tried++;
      expect(reasonOf(() => verifyShredReceipt(JSON.parse(text.replace(from, to)), [KEY.publicKey]))).toContain(
        'changed after signing',
      );
    }
    expect(tried).toBe(9);
    for (const other of [null, 7, [], {}, { body: receipt?.body }]) {
      expect(reasonOf(() => verifyShredReceipt(other, [KEY.publicKey]))).toContain('not a signed document');
    }
  });

  it('cannot say that something was still readable, nor hold more than its schema', () => {
    const facts = { version: '1.0.0', issuedAt: new Date(AT), vault: VAULT, previous: null };
    const event = shred();
    for (const wrong of [
      { ...event, name: 'anna' },
      { ...event, subject: 'anna@example.org' },
      { ...event, samples: { taken: 1, readableBefore: 1, triedAfter: 1, readableAfter: 1 } },
    ]) {
      expect(() => Reflect.apply(signShredReceipt, undefined, [wrong, facts, KEY])).toThrow('its own schema');
    }
  });
});

describe('a chain of receipts', () => {
  const receipts = chain(shred(), epoch(3), shred('t'.repeat(43)), epoch(4)).map(read);
  const [first, second, third, fourth] = receipts;

  it('verifies whole, and in part where that is asked for', () => {
    expect(verifyShredReceipts(receipts, [KEY.publicKey])).toHaveLength(4);
    expect(verifyShredReceipts([], [KEY.publicKey])).toEqual([]);
    expect(verifyShredReceipts([second, third], [KEY.publicKey], { whole: false })).toHaveLength(2);
    expect(second?.body.previous).toBe(first && hashOfReceipt(first));
  });

  it.each([
    ['without its first', [second, third, fourth], 2],
    ['without one in the middle', [first, third, fourth], 3],
    ['in another order', [first, third, second, fourth], 3],
    ['with one twice', [first, first], 1],
    ['with one of another chain', [first, chain(epoch(9), epoch(3))[1]], 2],
  ])('does not verify %s', (_, given, number) => {
    expect(reasonOf(() => verifyShredReceipts(given, [KEY.publicKey]))).toContain(`receipt ${number} does not follow`);
  });
});

describe('the folder of receipts', () => {
  const newFolder = () => mkdtempSync(join(tmpdir(), 'postern-receipts-'));
  const open = (folder: string): Promise<ShredLedger> =>
    openShredLedger(folder, { key: KEY, vault: VAULT, version: '1.0.0', now: () => new Date(AT) });

  it('grows by one file a receipt, and gives the one that there is for the same event', async () => {
    const folder = newFolder();
    const ledger = await open(folder);
    const one = await ledger.append(shred());
    await ledger.append(epoch(3));
    expect(await ledger.append(shred())).toEqual(one);
    expect(await ledger.append(epoch(3))).toMatchObject({ receipt: { body: { number: 2 } } });
    await ledger.append(shred('s'.repeat(43), '2026-03-02T00:00:00.000Z'));
    expect(readdirSync(folder).sort()).toEqual(['000001.json', '000002.json', '000003.json']);
    expect((await ledger.findShred('s'.repeat(43)))?.receipt.body.number).toBe(3);
    expect(await ledger.findShred('x'.repeat(43))).toBeUndefined();
    expect(await (await open(folder)).entries()).toHaveLength(3);
  });

  it('holds one chain, however many append at once', async () => {
    const folder = newFolder();
    const ledgers = await Promise.all([open(folder), open(folder), open(folder)]);
    await Promise.all(Array.from({ length: 18 }, (_, i) => ledgers[i % 3]?.append(epoch(i + 1))));
    const entries = await (ledgers[0] as ShredLedger).entries();
    expect(entries).toHaveLength(18);
    expect(new Set(entries.map(({ receipt: { body } }) => 'epoch' in body.event && body.event.epoch)).size).toBe(18);
  });

  it('is not continued when a file of it is missing, damaged, renamed or of another vault', async () => {
    const folder = newFolder();
    const ledger = await open(folder);
    for (const number of [1, 2, 3]) await ledger.append(epoch(number));
    const middle = join(folder, '000002.json');
    const text = readFileSync(middle, 'utf8');
    const invalid = { code: 'E_RECEIPT_INVALID' };
    for (const damage of ['', '{}', text.replace('"epoch": 2', '"epoch": 7'), text.slice(0, 100)]) {
      writeFileSync(middle, damage);
      await expect(ledger.append(epoch(4))).rejects.toMatchObject(invalid);
    }
    rmSync(middle);
    await expect(ledger.append(epoch(4))).rejects.toMatchObject(invalid);
    await expect(ledger.entries()).rejects.toMatchObject(invalid);
    writeFileSync(join(folder, '0000002.json'), text);
    await expect(ledger.append(epoch(4))).rejects.toMatchObject(invalid);
    rmSync(join(folder, '0000002.json'));
    writeFileSync(middle, text);
    await ledger.append(epoch(4));
    const other = await openShredLedger(folder, { key: KEY, vault: 'w'.repeat(22), version: '1.0.0' });
    await expect(other.append(epoch(5))).rejects.toThrow('another vault');
  });

  it('is read no further back than a receipt of the event could be', async () => {
    const folder = newFolder();
    let at = Date.parse(AT);
    const ledger = await openShredLedger(folder, { key: KEY, vault: VAULT, version: '1.0.0', now: () => new Date(at) });
    for (let i = 1; i <= 5; i++) await ledger.append(epoch(i));
    writeFileSync(join(folder, '000002.json'), 'damaged');
    at += 10 * 86_400_000;
    const late = shred('s'.repeat(43), new Date(at).toISOString());
    expect((await ledger.append(late)).receipt.body.number).toBe(6);
    expect((await ledger.append(late)).receipt.body.number).toBe(6);
    await expect(ledger.entries()).rejects.toThrow('000002.json is not a receipt');
  });

  it('is continued under a new signing key that knows the earlier one', async () => {
    const folder = newFolder();
    await (await open(folder)).append(epoch(1));
    const key = generateSigningKey();
    const options = { key, vault: VAULT, version: '1.0.0' };
    await expect((await openShredLedger(folder, options)).append(epoch(2))).rejects.toThrow('not pinned');
    const next = await openShredLedger(folder, { ...options, earlierKeys: [KEY.publicKey] });
    expect((await next.append(epoch(2))).receipt.body.number).toBe(2);
  });

  it.skipIf(!hasOpenssl)('verifies with OpenSSL, which knows nothing of this tool', async () => {
    const folder = newFolder();
    const { receipt } = await (await open(folder)).append(shred());
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(KEY.publicKey, 'base64url'),
    ]);
    writeFileSync(join(folder, 'key.der'), spki);
    writeFileSync(join(folder, 'sig'), Buffer.from(receipt.signature.value, 'base64url'));
    const { canonicalJson } = await import('./canonical.ts');
    writeFileSync(join(folder, 'body'), canonicalJson(receipt.body));
    const checked = spawnSync(
      'openssl',
      [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-keyform',
        'DER',
        '-inkey',
        'key.der',
        '-rawin',
        '-in',
        'body',
        '-sigfile',
        'sig',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(checked.stdout).toContain('Signature Verified Successfully');
  });
});
