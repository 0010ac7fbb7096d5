/**
 * ZooKeeper's four-letter words and the little of its jute protocol that is needed
 * (https://github.com/apache/zookeeper/blob/master/zookeeper-jute/src/main/resources/zookeeper.jute).
 *
 *   word        srvr | mntr, alone on its connection; text, then the connection is closed
 *   packet      length (4), body; integers big-endian; string and buffer: length (4), bytes
 *   connect     protocol 0 (4), last zxid 0 (8), timeout (4), session 0 (8), password (16 zero bytes), read-only (1)
 *               answered: protocol (4), timeout (4), session (8), password, [read-only]
 *   request     xid (4), operation (4), path, [watch]     answer  xid (4), zxid (8), error (4), body
 *   operations  3 exists, 6 getACL, 12 getChildren2, -11 closeSession
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

const TIMEOUT_MS = 4_000;
const MAX_PACKET = 1024 * 1024;
const MAX_NAMES = 10_000;

/** Operations of the dialogue. */
export const OPERATIONS = { exists: 3, acl: 6, children: 12 } as const;
export type Operation = keyof typeof OPERATIONS;

/** What the reply's header says. */
export const NO_NODE = -101;
export const NO_AUTH = -102;

/** Rights, as bits. */
export const RIGHTS = { read: 1, write: 2, create: 4, delete: 8, admin: 16 } as const;

/** A new session that is given up after seconds. */
export function connectRequest(): Buffer {
  const body = Buffer.alloc(45);
  body.writeInt32BE(TIMEOUT_MS, 12);
  body.writeInt32BE(16, 24);
  return framed(body);
}

/** Reads at most: none of these operations changes anything. */
export function request(xid: number, operation: Operation, path: string): Buffer {
  const name = Buffer.from(path);
  const watch = operation === 'acl' ? 0 : 1;
  const body = Buffer.alloc(12 + name.length + watch);
  body.writeInt32BE(xid, 0);
  body.writeInt32BE(OPERATIONS[operation], 4);
  body.writeInt32BE(name.length, 8);
  name.copy(body, 12);
  return framed(body);
}

export function closeRequest(xid: number): Buffer {
  const body = Buffer.alloc(8);
  body.writeInt32BE(xid, 0);
  body.writeInt32BE(-11, 4);
  return framed(body);
}

function framed(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length, 0);
  return Buffer.concat([head, body]);
}

/** The body of one packet. */
export async function readPacket(connection: Connection): Promise<Buffer> {
  const length = (await connection.read(4)).readInt32BE(0);
  if (length < 4 || length > MAX_PACKET) throw malformed('ZooKeeper', 'length');
  return await connection.read(length);
}

/** True when the server opened a session. */
export function isSession(body: Buffer): boolean {
  if (body.length < 36 || body.length > 37 || body.readInt32BE(0) !== 0 || body.readInt32BE(16) !== 16) {
    throw malformed('ZooKeeper', 'connect answer');
  }
  // A time-out of zero means that the session was refused.
  return body.readInt32BE(4) > 0;
}

export interface Reply {
  error: number;
  body: Buffer;
}

export function parseReply(packet: Buffer, xid: number): Reply {
  if (packet.length < 16 || packet.readInt32BE(0) !== xid) throw malformed('ZooKeeper', 'reply');
  return { error: packet.readInt32BE(12), body: packet.subarray(16) };
}

/** Names of children, and the node's own number of them from its stat. */
export function parseChildren(body: Buffer): string[] {
  const reader = new Reader(body);
  const total = reader.int();
  if (total < -1 || total > MAX_NAMES) throw malformed('ZooKeeper', 'children');
  const names: string[] = [];
  for (let n = 0; n < total; n++) names.push(reader.text());
  return names;
}

export interface Grant {
  rights: number;
  scheme: string;
  id: string;
}

export function parseAcl(body: Buffer): Grant[] {
  const reader = new Reader(body);
  const total = reader.int();
  if (total < -1 || total > 1_000) throw malformed('ZooKeeper', 'ACL');
  const grants: Grant[] = [];
  for (let n = 0; n < total; n++) grants.push({ rights: reader.int(), scheme: reader.text(), id: reader.text() });
  return grants;
}

class Reader {
  #at = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  int(): number {
    if (this.#body.length < this.#at + 4) throw malformed('ZooKeeper', 'cut answer');
    this.#at += 4;
    return this.#body.readInt32BE(this.#at - 4);
  }

  text(): string {
    const length = Math.max(this.int(), 0);
    if (this.#body.length < this.#at + length) throw malformed('ZooKeeper', 'cut answer');
    this.#at += length;
    return this.#body.toString('utf8', this.#at - length, this.#at);
  }
}
