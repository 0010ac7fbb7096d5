/** A test double: a vault in memory with real ciphertext, whose people can be shredded. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { Refusal } from '../../contract/refusal.ts';
import type { Reference, SubjectKey, ValuePlace, Vault } from '../../contract/vault.ts';

export interface MemoryVault extends Vault {
  shred(subject: string): void;
  knows(reference: Reference): boolean;
  /** Rows of look-ups. */
  lookups(): number;
  /** Whether answers come as promises. */
  later: boolean;
}

const MARK = 'pv1.';

export function createMemoryVault(): MemoryVault {
  const secret = randomBytes(32);
  const people = new Map<string, SubjectKey | null>();
  const maps = new Map<string, Set<Reference>>();
  const row = (map: string, value: string) => createHmac('sha256', secret).update(`${map}\0${value}`).digest('hex');
  const byReference = (reference: Reference) => [...people.values()].find((key) => key?.reference === reference);
  const given = <T>(value: T): T | Promise<T> => (vault.later ? Promise.resolve(value) : value);

  const references = new Set<Reference>();
  const vault: MemoryVault = {
    later: false,
    knows: (reference) => references.has(reference),
    find: (subject) => given(people.get(subject) ?? undefined),
    open(subject) {
      const known = people.get(subject);
      if (known === null) throw new Refusal('erased');
      const key = known ?? { reference: randomBytes(16).toString('base64url'), epoch: 1, key: randomBytes(32) };
      people.set(subject, key);
      references.add(key.reference);
      return given(key);
    },
    byReferences(references) {
      const found = new Map<Reference, SubjectKey>();
      for (const reference of references) {
        const key = byReference(reference);
        if (key) found.set(reference, key);
      }
      return given(found);
    },
    seal(key, place, value) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key.key, nonce);
      cipher.setAAD(aad(key, place));
      const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return MARK + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },
    unseal(key, place, text) {
      if (!vault.isSealed(text)) return undefined;
      const bytes = Buffer.from(text.slice(MARK.length), 'base64url');
      if (bytes.length < 28) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', key.key, bytes.subarray(0, 12));
      decipher.setAAD(aad(key, place));
      decipher.setAuthTag(bytes.subarray(-16));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
    isSealed: (text) => typeof text === 'string' && text.startsWith(MARK),
    lookUp: (map, value) => given([...(maps.get(row(map, value)) ?? [])]),
    remember(map, value, key) {
      const name = row(map, value);
      maps.set(name, (maps.get(name) ?? new Set()).add(key.reference));
    },
    forget(map, value, reference) {
      maps.get(row(map, value))?.delete(reference);
    },
    beacon: (map, value, bits) =>
      (
        createHash('sha256')
          .update(`${row(map, value)}`)
          .digest()
          .readUInt32BE(0) >>>
        (32 - bits)
      ).toString(16),
    ready: () => true,
    close: async () => {},
    shred(subject) {
      const key = people.get(subject);
      for (const references of maps.values()) if (key) references.delete(key.reference);
      people.set(subject, null);
    },
    lookups: () => [...maps.values()].reduce((sum, references) => sum + references.size, 0),
  };
  return vault;
}

function aad(key: SubjectKey, { store, column }: ValuePlace): Buffer {
  return Buffer.from(`${store}\0${column}\0${key.reference}`);
}
