/**
 * How rows of the vault are written into bytes. Ids and tokens are keyed hashes and references are random: their text is
 * base64url, what is stored are the bytes.
 *
 *   subject     flags (1: has a key) · reference (16) · epoch (u32) · shredded at (u48, ms; 0: not) · wrapped key, or zeros
 *
 * A row is as long on its last day as on its first: LMDB then changes it in place within its page, and leaves no copy beside it.
 */
import { Refusal } from '../guard/contract/refusal.ts';
import type { Reference, SubjectId, SubjectRow } from '../guard/contract/vault.ts';

const ID_BYTES = 32;
const REFERENCE_BYTES = 16;
const HAS_KEY = 1;
const EPOCH_AT = 1 + REFERENCE_BYTES;
const SHREDDED_AT = EPOCH_AT + 4;
const HEAD = SHREDDED_AT + 6;
const TOKEN_LIMIT = 400;

/** @throws Refusal `internal` for what no vault makes */
export function idBytes(id: SubjectId): Buffer {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== ID_BYTES) throw new Refusal('internal', 'vault: an id has another length');
  return bytes;
}

export function idText(bytes: Uint8Array): SubjectId {
  return textOf(bytes);
}

/** Undefined for a text that is no reference: documents may hold anything. */
export function referenceBytes(reference: Reference): Buffer | undefined {
  if (reference.length !== 22) return undefined;
  const bytes = Buffer.from(reference, 'base64url');
  // The last character has four bits that say nothing: of sixteen spellings one is ours.
  return bytes.length === REFERENCE_BYTES && bytes.toString('base64url') === reference ? bytes : undefined;
}

/** @throws Refusal `internal` */
export function ownReferenceBytes(reference: Reference): Buffer {
  const bytes = referenceBytes(reference);
  if (bytes === undefined) throw new Refusal('internal', 'vault: a reference has another form');
  return bytes;
}

export function referenceText(bytes: Uint8Array): Reference {
  return textOf(bytes);
}

/** @throws Refusal `internal` */
export function tokenBytes(token: string): Buffer {
  const packed = Buffer.from(token, 'base64url');
  const bytes =
    packed.toString('base64url') === token
      ? Buffer.concat([Buffer.of(0), packed])
      : Buffer.concat([Buffer.of(1), Buffer.from(token, 'utf8')]);
  if (token === '' || bytes.length > TOKEN_LIMIT) throw new Refusal('internal', 'vault: a token has another length');
  return bytes;
}

/** @param length of the wrapped key that was there */
export function encodeSubject(row: SubjectRow, length = 0): Buffer {
  const { wrapped, shreddedAt } = row;
  const bytes = Buffer.alloc(HEAD + (wrapped?.length ?? length));
  bytes[0] = wrapped === null ? 0 : HAS_KEY;
  ownReferenceBytes(row.reference).copy(bytes, 1);
  bytes.writeUInt32LE(row.epoch, EPOCH_AT);
  bytes.writeUIntLE(shreddedAt ?? 0, SHREDDED_AT, 6);
  if (wrapped !== null) bytes.set(wrapped, HEAD);
  return bytes;
}

/** @param bytes may be used again by whoever owns them: what is kept is copied */
export function decodeSubject(id: SubjectId, bytes: Buffer): SubjectRow {
  const shreddedAt = bytes.readUIntLE(SHREDDED_AT, 6);
  return {
    id,
    reference: bytes.toString('base64url', 1, EPOCH_AT),
    epoch: bytes.readUInt32LE(EPOCH_AT),
    wrapped: ((bytes[0] ?? 0) & HAS_KEY) === 0 ? null : Uint8Array.from(bytes.subarray(HEAD, bytes.length)),
    shreddedAt: shreddedAt === 0 ? null : shreddedAt,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}
