import { describe, expect, it } from 'vitest';
import { generateSigningKey, signShredReceipt, verifyShredReceipt } from '../../crypto/index.ts';
import { epochEvent, shredEvent } from './receipt-events.ts';
import { createMemoryEpochKeys } from './testing/memory-keys.ts';
import { createMemoryVaultStore } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

describe('what the vault did', () => {
  it('is told by receipts that verify and name nobody', async () => {
    const vault = await createVault({
      store: createMemoryVaultStore(),
      keys: createMemoryEpochKeys(),
      gateway: 'one',
      cache: { subjects: 10, ttl: 1000 },
    });
    const { reference } = await vault.open('anna@example.org');
    const counts = { resource: 'orders', before: 1, deleted: 1, after: 0, retained: 0, reason: null };
    // What a caller hangs on to the counts must not get out.
    const deleteDocuments = async () => [{ ...counts, owner: 'anna@example.org' }];
    const report = await vault.shredSubject('anna@example.org', { retain: 0, deleteDocuments });
    const { destroyed } = await vault.rotate({ force: true, settle: 0 });
    const key = generateSigningKey();
    const facts = { version: '1.0.0', issuedAt: new Date(), vault: vault.vaultId, previous: null };
    const events = [
      shredEvent(report),
      shredEvent(report, { documentsKept: true }),
      ...destroyed.map((one) => epochEvent(one)),
    ];
    expect(events).toHaveLength(3);
    for (const event of events) {
      const receipt = signShredReceipt(event, facts, key);
      expect(verifyShredReceipt(JSON.parse(JSON.stringify(receipt)), [key.publicKey]).body.event).toEqual(event);
      const text = JSON.stringify(receipt);
      expect(text).not.toContain('anna');
      expect(text).not.toContain(reference);
    }
    expect(events[1]).toMatchObject({ documentsKept: true });
    await vault.close();
  });
});
