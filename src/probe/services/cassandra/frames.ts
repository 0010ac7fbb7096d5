/**
 * CQL native protocol 4 (https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec).
 *
 *   frame    version (1; 0x84 in answers), flags (1), stream (2), opcode (1), length (4), body
 *   request  01 STARTUP | 05 OPTIONS | 07 QUERY <long string> <consistency 2> <flags 1>
 *   answer   00 ERROR <code 4> <string> | 02 READY | 03 AUTHENTICATE | 06 SUPPORTED | 08 RESULT
 *   rows     kind 2 (4), flags (4), columns (4), [paging state], [global keyspace, table], (names, type)*, count (4), values
 */
import type { Connection } from '../../../net/connection.ts';
import { ByteCursor } from '../../byte-cursor.ts';
import { malformed } from '../../observations.ts';

const VERSION = 4;
const LONGEST = 4 * 1024 * 1024;
const MOST_COLUMNS = 64;
const MOST_ROWS = 5_000;

export const OPTIONS: Buffer = frame(0x05, Buffer.alloc(0));
export const STARTUP: Buffer = frame(
  0x01,
  Buffer.concat([Buffer.from([0, 1]), shortString('CQL_VERSION'), shortString('3.0.0')]),
);

export function query(cql: string): Buffer {
  const text = Buffer.from(cql);
  const length = Buffer.alloc(4);
  length.writeInt32BE(text.length);
  // Consistency ONE, no flags: no values, default paging.
  return frame(0x07, Buffer.concat([length, text, Buffer.from([0, 1, 0])]));
}

/** The CQL of a request made by `query`; undefined for anything else. */
export function cqlOf(bytes: Buffer): string | undefined {
  if (bytes.length < 16 || bytes[4] !== 0x07) return undefined;
  const cql = bytes.toString('utf8', 13, bytes.length - 3);
  return query(cql).equals(bytes) ? cql : undefined;
}

function frame(opcode: number, body: Buffer): Buffer {
  const head = Buffer.from([VERSION, 0, 0, 1, opcode, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 5);
  return Buffer.concat([head, body]);
}

function shortString(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

export type Answer =
  | { kind: 'error'; code: number; message: string }
  | { kind: 'ready' }
  | { kind: 'authenticate'; authenticator: string }
  | { kind: 'supported' }
  | { kind: 'rows'; rows: (Buffer | null)[][] }
  | { kind: 'other' };

/** @throws PosternError `E_PROBE_IO` */
export async function readFrame(connection: Connection): Promise<Answer> {
  const head = await connection.read(9);
  const version = (head[0] ?? 0) & 0x7f;
  if ((head[0] ?? 0) < 0x80 || version < 1 || version > 6) throw malformed('CQL', 'version');
  const length = head.readUInt32BE(5);
  if (length > LONGEST || (head[4] ?? 0xff) > 0x10) throw malformed('CQL', 'frame');
  const body = new ByteCursor(length === 0 ? Buffer.alloc(0) : await connection.read(length), 'CQL');
  // Warnings come before the body (flag 0x08), a tracing id too (0x02).
  if (((head[1] ?? 0) & 0x02) !== 0) body.take(16);
  if (((head[1] ?? 0) & 0x08) !== 0) {
    for (let left = body.u16be(); left > 0; left--) body.take(body.u16be());
  }
  switch (head[4]) {
    case 0x00:
      return { kind: 'error', code: body.i32be(), message: readString(body).slice(0, 512) };
    case 0x02:
      return { kind: 'ready' };
    case 0x03:
      return { kind: 'authenticate', authenticator: readString(body) };
    case 0x06:
      return { kind: 'supported' };
    case 0x08:
      return readResult(body);
    default:
      return { kind: 'other' };
  }
}

function readString(body: ByteCursor): string {
  return body.take(body.u16be()).toString('utf8');
}

function readResult(body: ByteCursor): Answer {
  if (body.i32be() !== 2) return { kind: 'other' };
  const flags = body.i32be();
  const columns = body.i32be();
  if (columns < 1 || columns > MOST_COLUMNS) throw malformed('CQL', 'columns');
  if ((flags & 0x02) !== 0) readBytes(body);
  if ((flags & 0x04) !== 0) throw malformed('CQL', 'rows without metadata');
  if ((flags & 0x01) !== 0) for (let n = 0; n < 2; n++) readString(body);
  for (let column = 0; column < columns; column++) {
    if ((flags & 0x01) === 0) for (let n = 0; n < 2; n++) readString(body);
    readString(body);
    skipType(body, 0);
  }
  const count = body.i32be();
  if (count < 0 || count > MOST_ROWS + 1) throw malformed('CQL', 'rows');
  const rows: (Buffer | null)[][] = [];
  for (let row = 0; row < count; row++) {
    const values: (Buffer | null)[] = [];
    for (let column = 0; column < columns; column++) values.push(readBytes(body));
    rows.push(values);
  }
  return { kind: 'rows', rows };
}

function readBytes(body: ByteCursor): Buffer | null {
  const length = body.i32be();
  return length < 0 ? null : body.take(length);
}

function skipType(body: ByteCursor, depth: number): void {
  if (depth > 4) throw malformed('CQL', 'type');
  switch (body.u16be()) {
    case 0x00:
      readString(body);
      break;
    case 0x20:
    case 0x22:
      skipType(body, depth + 1);
      break;
    case 0x21:
      skipType(body, depth + 1);
      skipType(body, depth + 1);
      break;
    case 0x30:
    case 0x31:
      throw malformed('CQL', 'a type that was not asked for');
    default:
      break;
  }
}
