/**
 * The APK Signing Block, between the entries of an APK and its directory
 * (https://source.android.com/docs/security/features/apksigning/v2, …/v3, …/v3-1).
 *
 * Block: size u64 · pairs { size u64, id u32, value } · size u64 · "APK Sig Block 42"; the sizes leave out the first word.
 * Value of v2, v3 and v3.1: list of signers. Signer: signed data · (v3: minSdk u32, maxSdk u32) · signatures · public key.
 * Signed data: digests · certificates · (v3: minSdk u32, maxSdk u32) · attributes { id u32, value }. All lists and pieces
 * begin with their length as u32. The signer's certificate is the first.
 * Attribute 0x3ba06f8c: the lineage of a rotated key: version u32, then nodes { signed data { certificate, … }, … }.
 */
import type { FoundSignature } from '../../source.ts';
import type { ByteSource } from '../byte-source.ts';
import { signerFacts } from './certificate.ts';
import { Pieces, piecesOf } from './length-prefixed.ts';

const MAGIC = 'APK Sig Block 42';
const FOOTER = 24;
const END_RECORD = 22;
const MAX_COMMENT = 0xffff;
/** The largest real ones, with a dependency list and Play's own blocks, are some hundred kilobytes. */
const MAX_BLOCK = 16 << 20;
const MAX_SIGNERS = 16;
const MAX_PAIRS = 256;
const LINEAGE = 0x3ba06f8c;

const SCHEMES = new Map<number, FoundSignature['scheme']>([
  [0x7109871a, 'v2'],
  [0xf05368c0, 'v3'],
  [0x1b93ad61, 'v3.1'],
]);
const SOURCE_STAMPS = new Set([0x6dff800d, 0x2b09189e]);

export interface SigningBlock {
  signatures: Omit<FoundSignature, 'entry'>[];
  /** Certificates of the longest lineage of rotated keys, the oldest first, the present one last: SHA-256. */
  lineage: string[];
  hasSourceStamp: boolean;
  /** Why some of it could not be read. */
  damage?: string;
}

/** @returns undefined when the archive has none */
export function readSigningBlock(source: ByteSource): SigningBlock | undefined {
  const directory = directoryOffset(source);
  if (directory === undefined || directory < FOOTER + 8) return undefined;
  const footer = source.take(directory - FOOTER, FOOTER);
  if (footer.length < FOOTER || footer.toString('latin1', 8) !== MAGIC) return undefined;
  const found: SigningBlock = { signatures: [], lineage: [], hasSourceStamp: false };
  const size = Number(footer.readBigUInt64LE(0));
  const start = directory - size - 8;
  if (size < FOOTER || size > MAX_BLOCK || start < 0) return { ...found, damage: `it says that it has ${size} bytes` };
  const bytes = source.take(start, size + 8);
  if (Number(bytes.readBigUInt64LE(0)) !== size) return { ...found, damage: 'its two sizes differ' };
  try {
    let at = 8;
    const end = bytes.length - FOOTER;
    for (let pair = 0; at + 12 <= end && pair < MAX_PAIRS; pair++) {
      const length = Number(bytes.readBigUInt64LE(at));
      if (length < 4 || at + 8 + length > end) throw new RangeError(`a pair of ${length} bytes`);
      takePair(bytes.readUInt32LE(at + 8), bytes.subarray(at + 12, at + 8 + length), found);
      at += 8 + length;
    }
  } catch (error) {
    return { ...found, damage: error instanceof Error ? error.message : String(error) };
  }
  return found;
}

function takePair(id: number, value: Buffer, found: SigningBlock): void {
  if (SOURCE_STAMPS.has(id)) found.hasSourceStamp = true;
  const scheme = SCHEMES.get(id);
  if (scheme === undefined) return;
  for (const signer of piecesOf(new Pieces(value).piece(), MAX_SIGNERS)) {
    const signed = new Pieces(new Pieces(signer).piece());
    signed.piece(); // digests
    const [certificate] = piecesOf(signed.piece(), MAX_SIGNERS);
    if (certificate === undefined) throw new RangeError(`a signer of ${scheme} without a certificate`);
    found.signatures.push({ scheme, ...signerFacts(certificate) });
    if (scheme === 'v2') continue;
    signed.word(); // minSdk
    signed.word(); // maxSdk
    for (const attribute of piecesOf(signed.piece(), MAX_PAIRS)) {
      const lineage = lineageOf(attribute);
      if (lineage.length > found.lineage.length) found.lineage = lineage;
    }
  }
}

function lineageOf(attribute: Buffer): string[] {
  const pieces = new Pieces(attribute);
  if (pieces.word() !== LINEAGE) return [];
  pieces.word(); // version
  return piecesOf(pieces.rest(), MAX_SIGNERS).flatMap((node) => {
    const certificate = new Pieces(new Pieces(node).piece()).piece();
    return signerFacts(certificate).certificate ?? [];
  });
}

/** From the end record: the last 'PK\5\6' whose comment reaches the end of the file. */
function directoryOffset(source: ByteSource): number | undefined {
  const plain = source.read(source.size - END_RECORD, END_RECORD);
  if (isEndRecord(plain, 0)) return plain.readUInt32LE(16);
  const from = Math.max(0, source.size - END_RECORD - MAX_COMMENT);
  const tail = source.take(from, source.size - from);
  for (let at = tail.length - END_RECORD; at >= 0; at--) {
    if (tail[at] === 0x50 && isEndRecord(tail, at)) return tail.readUInt32LE(at + 16);
  }
  return undefined;
}

function isEndRecord(bytes: Buffer, at: number): boolean {
  if (at + END_RECORD > bytes.length || bytes.readUInt32LE(at) !== 0x06054b50) return false;
  return at + END_RECORD + bytes.readUInt16LE(at + 20) === bytes.length;
}
