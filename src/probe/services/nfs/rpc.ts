/**
 * ONC RPC over TCP (RFC 5531) and the calls that a probe makes.
 *
 *   record   0x80000000 | length (4), message
 *   call     xid, 0, 2, program, version, procedure, credentials (flavour, length, body), verifier (0, 0), arguments
 *   reply    xid, 1, 0 accepted | 1 denied; accepted: verifier, 0 success | 1 no program | 2 wrong version | 3 no procedure …
 */
import type { Connection } from '../../../net/connection.ts';
import { ByteCursor } from '../../byte-cursor.ts';
import { malformed } from '../../observations.ts';

const LONGEST = 512 * 1024;

export const PORTMAP = 100_000;
export const NFS = 100_003;
export const MOUNT = 100_005;

/** AUTH_SYS of nobody (65534), the account that root is squashed to: machine name `postern`. */
const NOBODY = Buffer.concat([u32(0), u32(7), Buffer.from('postern\0'), u32(65_534), u32(65_534), u32(0)]);

/** @param anonymous AUTH_NONE instead of AUTH_SYS */
export function call(
  xid: number,
  program: number,
  version: number,
  procedure: number,
  args: Uint8Array = Buffer.alloc(0),
  anonymous = true,
): Buffer {
  const credentials = anonymous ? Buffer.concat([u32(0), u32(0)]) : Buffer.concat([u32(1), u32(NOBODY.length), NOBODY]);
  const message = Buffer.concat([
    u32(xid),
    u32(0),
    u32(2),
    u32(program),
    u32(version),
    u32(procedure),
    credentials,
    u32(0),
    u32(0),
    args,
  ]);
  return Buffer.concat([u32(0x8000_0000 + message.length), message]);
}

export type RpcReply =
  | { state: 'success'; body: ByteCursor }
  | { state: 'no program' | 'wrong version' | 'no procedure' | 'failed' | 'refused' };

/** @throws PosternError `E_PROBE_IO` */
export async function readReply(connection: Connection, xid: number): Promise<RpcReply> {
  const parts: Buffer[] = [];
  let total = 0;
  for (let fragments = 0; fragments < 64; fragments++) {
    const head = (await connection.read(4)).readUInt32BE(0);
    const length = head & 0x7fff_ffff;
    total += length;
    // The first fragment holds at least a denied reply; text of another protocol reads as an absurd length.
    if (length > LONGEST || total > LONGEST || (fragments === 0 && length < 16)) throw malformed('ONC RPC', 'record');
    parts.push(length === 0 ? Buffer.alloc(0) : await connection.read(length));
    if (head >= 0x8000_0000) return parseReply(new ByteCursor(Buffer.concat(parts), 'ONC RPC'), xid);
  }
  throw malformed('ONC RPC', 'an endless record');
}

function parseReply(body: ByteCursor, xid: number): RpcReply {
  if (body.u32be() !== xid || body.u32be() !== 1) throw malformed('ONC RPC', 'reply');
  const state = body.u32be();
  if (state === 1) return { state: 'refused' };
  if (state !== 0) throw malformed('ONC RPC', 'reply');
  body.u32be();
  body.take(padded(body.u32be()));
  const accepted = body.u32be();
  if (accepted === 0) return { state: 'success', body };
  const failures = { 1: 'no program', 2: 'wrong version', 3: 'no procedure' } as const;
  return { state: failures[accepted as 1 | 2 | 3] ?? 'failed' };
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** XDR opaque data: length, bytes, zeros up to a multiple of four. */
export function opaque(bytes: Uint8Array): Buffer {
  return Buffer.concat([u32(bytes.length), bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
}

export function readOpaque(body: ByteCursor): Buffer {
  const length = body.u32be();
  return body.take(padded(length)).subarray(0, length);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
