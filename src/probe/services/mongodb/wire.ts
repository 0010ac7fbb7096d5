/**
 * MongoDB wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/).
 *
 *   header    length (4, with itself), request id, response to, opcode
 *   OP_MSG    2013: flags (4), kind 0, document            since 3.6; the only one for commands since 5.1
 *   OP_QUERY  2004: flags (4), "<db>.$cmd"\0, skip (4), return -1 (4), document      before 3.6
 *   OP_REPLY  1: flags (4), cursor (8), from (4), count (4), document
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';
import { type Doc, decodeDocument, encodeDocument, type Plain } from './bson.ts';

export type Dialect = 'msg' | 'query';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const MAX_MESSAGE = 1024 * 1024;

/** @param command without `$db` */
export function encodeRequest(
  dialect: Dialect,
  id: number,
  database: string,
  command: Readonly<Record<string, Plain>>,
): Buffer {
  const body =
    dialect === 'msg'
      ? Buffer.concat([Buffer.alloc(5), encodeDocument({ ...command, $db: database })])
      : Buffer.concat([
          Buffer.alloc(4),
          Buffer.from(`${database}.$cmd\0`),
          Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
          encodeDocument(command),
        ]);
  const head = Buffer.alloc(16);
  head.writeInt32LE(body.length + 16, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(dialect === 'msg' ? OP_MSG : OP_QUERY, 12);
  return Buffer.concat([head, body]);
}

/** One request of ours, read back by the allow-list; undefined when anything but its shape differs. */
export function decodeRequest(
  bytes: Uint8Array,
): { dialect: Dialect; id: number; database: string; command: Doc } | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length < 26 || all.length > 8192 || all.readInt32LE(0) !== all.length || all.readInt32LE(8) !== 0) {
    return undefined;
  }
  const id = all.readInt32LE(4);
  const opcode = all.readInt32LE(12);
  try {
    if (opcode === OP_MSG) {
      if (all.readUInt32LE(16) !== 0 || all[20] !== 0) return undefined;
      const command = decodeDocument(all.subarray(21));
      const database = command.get('$db');
      if (typeof database !== 'string' || [...command.keys()].at(-1) !== '$db') return undefined;
      command.delete('$db');
      return { dialect: 'msg', id, database, command };
    }
    if (opcode !== OP_QUERY || all.readUInt32LE(16) !== 0) return undefined;
    const end = all.indexOf(0, 20);
    const name = end < 0 ? '' : all.toString('utf8', 20, end);
    if (!name.endsWith('.$cmd') || all.length < end + 14) return undefined;
    if (all.readInt32LE(end + 1) !== 0 || all.readInt32LE(end + 5) !== -1) return undefined;
    return { dialect: 'query', id, database: name.slice(0, -5), command: decodeDocument(all.subarray(end + 9)) };
  } catch {
    return undefined;
  }
}

/**
 * The answer to the request `id`.
 * @throws PosternError `E_PROBE_IO`
 */
export async function readAnswer(connection: Connection, id: number): Promise<Doc> {
  const head = await connection.read(16);
  const length = head.readInt32LE(0);
  const opcode = head.readInt32LE(12);
  if (opcode !== OP_MSG && opcode !== OP_REPLY) throw malformed('the MongoDB protocol', 'opcode');
  if (head.readInt32LE(8) !== id) throw malformed('the MongoDB protocol', 'answer to another request');
  if (length < 26 || length > MAX_MESSAGE) throw malformed('the MongoDB protocol', 'message length');
  const body = await connection.read(length - 16);
  return opcode === OP_MSG ? parseMsg(body) : parseReply(body);
}

export function parseMsg(body: Buffer): Doc {
  const flags = body.readUInt32LE(0);
  // Bit 0: a CRC-32C follows. We never ask for more than one answer, so no other bit may be set.
  const checksum = flags & 1 ? 4 : 0;
  if ((flags & ~1) !== 0 || body[4] !== 0) throw malformed('the MongoDB protocol', 'flags or section kind');
  return decodeDocument(body.subarray(5, body.length - checksum));
}

export function parseReply(body: Buffer): Doc {
  if (body.length < 25 || body.readInt32LE(16) !== 1) throw malformed('the MongoDB protocol', 'reply');
  return decodeDocument(body.subarray(20));
}
