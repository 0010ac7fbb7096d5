/**
 * SMB 2 and 3 up to 3.0.2, unsigned (MS-SMB2, https://learn.microsoft.com/openspecs/windows_protocols/ms-smb2/).
 *
 *   frame    00, length (3), header (64), body
 *   header   fe 'SMB', 64, charge, status (4), command (2), credits (2), flags (4), next (4), message id (8), 0 (4), tree (4), session (8), 0 (16)
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';
import { ANONYMOUS, NTLM_NEGOTIATE } from './ntlm.ts';
import { BIND, SHARE_ENUM } from './srvsvc.ts';

const LONGEST = 128 * 1024;
const HEADER = 64;

export const COMMAND = { negotiate: 0, sessionSetup: 1, logoff: 2, treeConnect: 3, create: 5, ioctl: 11 } as const;

/** NTSTATUS values (MS-ERREF section 2.3.1). */
export const STATUS = {
  success: 0,
  bufferOverflow: 0x8000_0005,
  moreProcessing: 0xc000_0016,
  badNetworkName: 0xc000_00cc,
} as const;

/** What identifies a message within a session. */
export interface Ids {
  message: number;
  tree: number;
  session: bigint;
}

function frame(command: number, { message, tree, session }: Ids, body: Buffer): Buffer {
  const all = Buffer.alloc(4 + HEADER);
  all.writeUInt32BE(HEADER + body.length, 0);
  all.write('\xfeSMB', 4, 'latin1');
  all.writeUInt16LE(HEADER, 8);
  all.writeUInt16LE(command === COMMAND.negotiate ? 0 : 1, 10);
  all.writeUInt16LE(command, 16);
  all.writeUInt16LE(8, 18);
  all.writeUInt32LE(message, 28);
  all.writeUInt32LE(tree, 40);
  all.writeBigUInt64LE(session, 44);
  return Buffer.concat([all, body]);
}

/** Dialects 2.0.2, 2.1, 3.0 and 3.0.2. */
export function negotiate(ids: Ids): Buffer {
  const body = Buffer.alloc(36 + 8);
  body.writeUInt16LE(36, 0);
  body.writeUInt16LE(4, 2);
  body.writeUInt16LE(1, 4);
  for (const [n, dialect] of [0x0202, 0x0210, 0x0300, 0x0302].entries()) body.writeUInt16LE(dialect, 36 + 2 * n);
  return frame(COMMAND.negotiate, ids, body);
}

/** The first half of an NTLM login, or the second: of nobody, with no name and no password. */
export function sessionSetup(ids: Ids, half: 'negotiate' | 'anonymous'): Buffer {
  const token = half === 'negotiate' ? NTLM_NEGOTIATE : ANONYMOUS;
  const body = Buffer.alloc(24);
  body.writeUInt16LE(25, 0);
  body[3] = 1;
  body.writeUInt16LE(HEADER + 24, 12);
  body.writeUInt16LE(token.length, 14);
  return frame(COMMAND.sessionSetup, ids, Buffer.concat([body, token]));
}

/** @param path `\\host\share` */
export function treeConnect(ids: Ids, path: string): Buffer {
  const name = Buffer.from(path, 'utf16le');
  const body = Buffer.alloc(8);
  body.writeUInt16LE(9, 0);
  body.writeUInt16LE(HEADER + 8, 4);
  body.writeUInt16LE(name.length, 6);
  return frame(COMMAND.treeConnect, ids, Buffer.concat([body, name]));
}

/** Opens the pipe of the server service, which lists shares. */
export function openPipe(ids: Ids): Buffer {
  const name = Buffer.from('srvsvc', 'utf16le');
  const body = Buffer.alloc(56);
  body.writeUInt16LE(57, 0);
  body.writeUInt32LE(2, 4);
  body.writeUInt32LE(0x0012_019f, 24);
  body.writeUInt32LE(3, 32);
  body.writeUInt32LE(1, 36);
  body.writeUInt16LE(HEADER + 56, 44);
  body.writeUInt16LE(name.length, 46);
  return frame(COMMAND.create, ids, Buffer.concat([body, name]));
}

/** @param file the pipe's 16-byte id */
export function onPipe(ids: Ids, file: Buffer, what: 'bind' | 'shares'): Buffer {
  const input = what === 'bind' ? BIND : SHARE_ENUM;
  const body = Buffer.alloc(56);
  body.writeUInt16LE(57, 0);
  // FSCTL_PIPE_TRANSCEIVE
  body.writeUInt32LE(0x0011_c017, 4);
  file.copy(body, 8, 0, 16);
  body.writeUInt32LE(HEADER + 56, 24);
  body.writeUInt32LE(input.length, 28);
  body.writeUInt32LE(65_536, 44);
  body.writeUInt32LE(1, 48);
  return frame(COMMAND.ioctl, ids, Buffer.concat([body, input]));
}

export function logoff(ids: Ids): Buffer {
  return frame(COMMAND.logoff, ids, Buffer.from([4, 0, 0, 0]));
}

export interface SmbAnswer {
  command: number;
  status: number;
  tree: number;
  session: bigint;
  body: Buffer;
  /** At an offset that counts from the header, as SMB's offsets do; empty when it lies outside. */
  at(offset: number, length: number): Buffer;
}

/** @throws PosternError `E_PROBE_IO` */
export async function readAnswer(connection: Connection): Promise<SmbAnswer> {
  for (let interim = 0; interim < 4; interim++) {
    const length = (await connection.read(4)).readUInt32BE(0);
    if (length < HEADER + 4 || length > LONGEST) throw malformed('SMB', 'length');
    const all = await connection.read(length);
    if (all.toString('latin1', 0, 4) !== '\xfeSMB') throw malformed('SMB', 'no SMB 2');
    const status = all.readUInt32LE(8);
    // STATUS_PENDING: the answer follows.
    if (status === 0x0000_0103) continue;
    return {
      command: all.readUInt16LE(12),
      status,
      tree: all.readUInt32LE(36),
      session: all.readBigUInt64LE(40),
      body: all.subarray(HEADER),
      at: (offset, size) =>
        offset >= HEADER && offset + size <= all.length ? all.subarray(offset, offset + size) : Buffer.alloc(0),
    };
  }
  throw malformed('SMB', 'no final answer');
}
