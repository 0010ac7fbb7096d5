/**
 * RethinkDB's driver protocol (https://rethinkdb.com/docs/writing-drivers/).
 *
 *   handshake V1_0   c3 bd c2 34; then JSON ended by NUL, both ways (SCRAM-SHA-256)
 *   query            token (8), length (4, little endian), JSON [1, term, {}]
 *   answer           token (8), length (4), JSON { t, r }: 1 atom, 2 sequence, 3 partial; 16–18 errors
 */
import type { Connection } from '../../../net/connection.ts';
import { at, isRecord, parseJson } from '../../json.ts';
import { malformed } from '../../observations.ts';

const LONGEST = 1024 * 1024;

export const MAGIC: Buffer = Buffer.from([0xc3, 0xbd, 0xc2, 0x34]);

export type Term = readonly [number, readonly (Term | string)[]];

export const DB_LIST: Term = [59, []];
export function tableList(database: string): Term {
  return [62, [[14, [database]]]];
}
export function tableInfo(database: string, table: string): Term {
  return [79, [[15, [[14, [database]], table]]]];
}

export function query(term: Term): Buffer {
  const json = Buffer.from(JSON.stringify([1, term, {}]));
  const head = Buffer.alloc(12);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(json.length, 8);
  return Buffer.concat([head, json]);
}

export function greeting(message: object): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\0`);
}

/** One JSON text of the handshake; undefined when the peer answers in clear text, as old or other servers do. */
export async function readGreeting(connection: Connection): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await connection.readUntil('\0', 8_192);
  const body = parseJson(text.subarray(0, -1));
  return isRecord(body) ? body : undefined;
}

export type Answer = { kind: 'result'; values: unknown[] } | { kind: 'error'; type: number };

/** @throws PosternError `E_PROBE_IO` */
export async function readAnswer(connection: Connection): Promise<Answer> {
  const length = (await connection.read(12)).readUInt32LE(8);
  if (length < 2 || length > LONGEST) throw malformed('ReQL', 'length');
  const body = parseJson(await connection.read(length));
  const type = at(body, 't');
  const values = at(body, 'r');
  if (typeof type !== 'number' || !Array.isArray(values)) throw malformed('ReQL', 'answer');
  return type >= 1 && type <= 3 ? { kind: 'result', values } : { kind: 'error', type };
}
