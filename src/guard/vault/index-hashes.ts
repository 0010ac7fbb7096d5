/**
 * Keyed hashes of what must not be readable in the store: who a row is about, and which value a look-up row stands for.
 * Each kind has a key of its own, derived from the vault's index key, so that a hash of one kind says nothing in another.
 */
import { createHmac } from 'node:crypto';
import type { SubjectId } from '../contract/vault.ts';
import { lengthPrefixed } from './length-prefixed.ts';

export interface IndexHashes {
  subjectId(subject: string): SubjectId;
  /** Of no subject: a hash of another kind. */
  readonly bindingId: SubjectId;
  /** Token of a look-up row, 43 characters of base64url. */
  lookUpToken(map: string, value: string): string;
  /** The first `bits` of a keyed hash, hex, the last digit's spare bits zero. @throws RangeError outside 1 to 256 bits */
  beacon(map: string, value: string, bits: number): string;
  /** Zeroes the keys. */
  close(): void;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID is one however its letters are written (RFC 9562, 4), and so is the person: an erasure must not meet half of one. */
function canonical(subject: string): string {
  return UUID.test(subject) ? subject.toLowerCase() : subject;
}

/** @param derive 32 bytes of their own for each label */
export function createIndexHashes(derive: (label: string) => Uint8Array): IndexHashes {
  const subjects = derive('postern subject id 1');
  const lookUps = derive('postern look-up 1');
  const beacons = derive('postern beacon 1');
  const binding = derive('postern binding 1');
  return {
    bindingId: Buffer.from(binding).toString('base64url'),
    subjectId: (subject) => createHmac('sha256', subjects).update(canonical(subject)).digest('base64url'),
    lookUpToken: (map, value) => createHmac('sha256', lookUps).update(lengthPrefixed(map, value)).digest('base64url'),
    beacon(map, value, bits) {
      if (!Number.isInteger(bits) || bits < 1 || bits > 256) throw new RangeError('a beacon has 1 to 256 bits');
      const hash = createHmac('sha256', beacons).update(lengthPrefixed(map, value)).digest();
      const bytes = hash.subarray(0, Math.ceil(bits / 8));
      const spare = bytes.length * 8 - bits;
      bytes[bytes.length - 1] = ((bytes.at(-1) ?? 0) >> spare) << spare;
      return bytes.toString('hex').slice(0, Math.ceil(bits / 4));
    },
    close() {
      for (const key of [subjects, lookUps, beacons]) key.fill(0);
    },
  };
}
