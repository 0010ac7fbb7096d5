/**
 * The part of BER and LDAP that a probe needs (RFC 4511 section 5.1: definite lengths only).
 *
 *   element  tag (1), length (1, or 0x80 + n and n bytes), content
 *   message  30 { 02 id, operation, … }
 */
import type { Connection } from '../../../net/connection.ts';
import { ByteCursor } from '../../byte-cursor.ts';
import { malformed } from '../../observations.ts';

const LONGEST = 256 * 1024;

export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const head = Buffer.from([tag, 0x82, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

export function octets(text: string, tag = 0x04): Buffer {
  return element(tag, Buffer.from(text));
}

export function small(value: number, tag = 0x02): Buffer {
  return Buffer.from([tag, 1, value & 0x7f]);
}

/** @param id 1 to 127 */
export function message(id: number, operation: Uint8Array): Buffer {
  return element(0x30, small(id), operation);
}

/** Anonymous simple bind, version 3: empty name, empty password. */
export const ANONYMOUS_BIND: Buffer = element(0x60, small(3), octets(''), octets('', 0x80));
export const UNBIND: Buffer = Buffer.from([0x42, 0]);
/** StartTLS (RFC 4511 section 4.14). */
export const START_TLS: Buffer = element(0x77, octets('1.3.6.1.4.1.1466.20037', 0x80));

export interface Search {
  base: string;
  /** 0: the entry itself, 1: its children, 2: all below. */
  scope: 0 | 1 | 2;
  sizeLimit: number;
  /** No values: names of attributes only. */
  typesOnly: boolean;
  /** `objectClass` present, or one class. */
  objectClass?: string;
  attributes: readonly string[];
}

export function searchRequest({ base, scope, sizeLimit, typesOnly, objectClass, attributes }: Search): Buffer {
  const filter =
    objectClass === undefined ? octets('objectClass', 0x87) : element(0xa3, octets('objectClass'), octets(objectClass));
  return element(
    0x63,
    octets(base),
    small(scope, 0x0a),
    small(0, 0x0a),
    small(sizeLimit),
    small(2),
    Buffer.from([0x01, 1, typesOnly ? 0xff : 0]),
    filter,
    element(0x30, ...attributes.map((name) => octets(name))),
  );
}

export interface Answer {
  id: number;
  /** The operation's tag: 0x61 bind, 0x64 entry, 0x65 done, 0x73 reference, 0x78 extended. */
  tag: number;
  body: Buffer;
}

/** @throws PosternError `E_PROBE_IO` */
export async function readAnswer(connection: Connection): Promise<Answer> {
  const head = await connection.read(2);
  if (head[0] !== 0x30) throw malformed('LDAP', 'no message');
  const first = head[1] ?? 0;
  let length = first;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size < 1 || size > 4) throw malformed('LDAP', 'length');
    length = (await connection.read(size)).readUIntBE(0, size);
  }
  if (length < 5 || length > LONGEST) throw malformed('LDAP', 'length');
  const cursor = new ByteCursor(await connection.read(length), 'LDAP');
  const id = readElement(cursor);
  if (id.tag !== 0x02 || id.body.length < 1 || id.body.length > 4) throw malformed('LDAP', 'message id');
  const operation = readElement(cursor);
  return { id: id.body.readIntBE(0, id.body.length), tag: operation.tag, body: operation.body };
}

export function readElement(cursor: ByteCursor): { tag: number; body: Buffer } {
  const tag = cursor.u8();
  const first = cursor.u8();
  if (first < 0x80) return { tag, body: cursor.take(first) };
  const size = first & 0x7f;
  if (size < 1 || size > 4) throw malformed('LDAP', 'length');
  return { tag, body: cursor.take(cursor.take(size).readUIntBE(0, size)) };
}

/** The result code of a bind, done or extended response. */
export function resultCode(body: Buffer): number {
  const code = readElement(new ByteCursor(body, 'LDAP'));
  if (code.tag !== 0x0a || code.body.length !== 1) throw malformed('LDAP', 'result');
  return code.body[0] ?? 0;
}

/** Attributes of an entry; its name is skipped. */
export function readEntry(body: Buffer): Map<string, string[]> {
  const attributes = new Map<string, string[]>();
  const entry = new ByteCursor(body, 'LDAP');
  readElement(entry);
  const list = new ByteCursor(readElement(entry).body, 'LDAP');
  while (list.left > 0 && attributes.size < 500) {
    const one = new ByteCursor(readElement(list).body, 'LDAP');
    const name = readElement(one).body.toString('utf8');
    const values = new ByteCursor(readElement(one).body, 'LDAP');
    const read: string[] = [];
    while (values.left > 0 && read.length < 100) read.push(readElement(values).body.toString('utf8'));
    attributes.set(name, read);
  }
  return attributes;
}
