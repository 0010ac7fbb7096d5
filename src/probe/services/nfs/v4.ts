/**
 * NFSv4.0 COMPOUND (RFC 7530 section 16): PUTROOTFH, then LOOKUP for each part of a path, then READDIR or ACCESS. No file
 * handle leaves the call, nothing is opened, no state is made, and nothing like MNT's entry in `rmtab` stays behind.
 */
import type { ByteCursor } from '../../byte-cursor.ts';
import { call, NFS, opaque, readOpaque, u32 } from './rpc.ts';

const ACCESS = 3;
const LOOKUP = 15;
const PUTROOTFH = 24;
const READDIR = 26;
const MOST_ENTRIES = 200;

const NFS4_OK = 0;
export const NFS4ERR_NOENT = 2;

/** READ 1, LOOKUP 2, MODIFY 4, EXTEND 8, DELETE 16. */
const ALL_ACCESS = 0x1f;
export const READ_BIT = 0x01;
export const WRITE_BITS = 0x04 | 0x08;

function compound(xid: number, ...operations: readonly Buffer[]): Buffer {
  const args = Buffer.concat([opaque(Buffer.alloc(0)), u32(0), u32(operations.length), ...operations]);
  return call(xid, NFS, 4, 1, args, false);
}

function lookups(path: readonly string[]): Buffer[] {
  return path.map((name) => Buffer.concat([u32(LOOKUP), opaque(Buffer.from(name))]));
}

/** The first names of a folder; no attribute is asked for. */
export function listFolder(xid: number, path: readonly string[]): Buffer {
  // Cookie 0, verifier 0, sizes, and an empty attribute mask.
  const readdir = Buffer.concat([u32(READDIR), Buffer.alloc(16), u32(4_096), u32(16_384), u32(0)]);
  return compound(xid, u32(PUTROOTFH), ...lookups(path), readdir);
}

/** What this client may do with a folder. */
export function askAccess(xid: number, path: readonly string[]): Buffer {
  return compound(xid, u32(PUTROOTFH), ...lookups(path), Buffer.concat([u32(ACCESS), u32(ALL_ACCESS)]));
}

export interface CompoundResult {
  /** Of the operation that failed, or 0. */
  status: number;
  names: string[];
  access: number;
}

export function parseCompound(body: ByteCursor): CompoundResult {
  const result: CompoundResult = { status: body.u32be(), names: [], access: 0 };
  readOpaque(body);
  const count = Math.min(body.u32be(), 32);
  for (let n = 0; n < count; n++) {
    const operation = body.u32be();
    const status = body.u32be();
    if (status !== NFS4_OK) return { ...result, status };
    if (operation === ACCESS) {
      body.u32be();
      result.access = body.u32be();
    } else if (operation === READDIR) {
      body.take(8);
      for (let entries = 0; body.u32be() === 1 && entries < MOST_ENTRIES; entries++) {
        body.take(8);
        result.names.push(readOpaque(body).toString('utf8'));
        // Attribute mask (a counted list of words) and values.
        body.take(4 * Math.min(body.u32be(), 16));
        readOpaque(body);
      }
    }
  }
  return result;
}
