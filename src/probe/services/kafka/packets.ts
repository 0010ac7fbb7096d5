/**
 * Kafka's protocol, as little as is needed (https://kafka.apache.org/protocol): requests in versions that brokers from
 * 1.0 to 4.x share, none of them with tagged fields.
 *
 *   request   length (4), api key (2), version (2), correlation id (4), client id (string), body
 *   answer    length (4), correlation id (4), body
 *   string    length (2, -1 is null), bytes; array: length (4, -1 is null), elements
 *
 *   18 ApiVersions v0     error (2), [key, min, max]
 *   3  Metadata v4, v8    [topic] or null for all, auto-create = false, v8: tell cluster rights, tell topic rights
 *   2  ListOffsets v1     replica -1, [topic, [partition, -1 latest | -2 earliest]]
 *   29 DescribeAcls v1    one resource, one principal: only the error code is read
 *   17 SaslHandshake v1   a mechanism that does not exist: the answer names those that do
 */
import type { Connection } from '../../../net/connection.ts';
import { malformed } from '../../observations.ts';

export const API = { offsets: 2, metadata: 3, sasl: 17, versions: 18, acls: 29 } as const;
const CLIENT = 'postern';
const MAX_ANSWER = 4 * 1024 * 1024;
const MOST = 100_000;

/** The rights in Metadata v8 are bits by the codes of AclOperation. */
export const MAY = { read: 1 << 3, write: 1 << 4 } as const;

export const LATEST = -1n;
export const EARLIEST = -2n;

function frame(key: number, version: number, id: number, ...body: readonly Buffer[]): Buffer {
  const rest = Buffer.concat([int16(key), int16(version), int32(id), string(CLIENT), ...body]);
  return Buffer.concat([int32(rest.length), rest]);
}

export function apiVersionsRequest(id: number): Buffer {
  return frame(API.versions, 0, id);
}

/** @param topic one topic, never created by asking; undefined asks for all */
export function metadataRequest(id: number, version: 4 | 8, topic: string | undefined): Buffer {
  const topics = topic === undefined ? int32(-1) : Buffer.concat([int32(1), string(topic)]);
  const rights = version === 8 ? [Buffer.from([0, 1])] : [];
  return frame(API.metadata, version, id, topics, Buffer.from([0]), ...rights);
}

export function listOffsetsRequest(id: number, topic: string, partitions: readonly number[], at: bigint): Buffer {
  const asked = partitions.map((partition) => Buffer.concat([int32(partition), int64(at)]));
  return frame(API.offsets, 1, id, int32(-1), int32(1), string(topic), int32(asked.length), ...asked);
}

/** Literal ACLs of the cluster for the anonymous principal: resource 4, pattern 3, any operation and permission. */
export function describeAclsRequest(id: number): Buffer {
  const filter = [Buffer.from([4]), string('kafka-cluster'), Buffer.from([3]), string('User:ANONYMOUS'), int16(-1)];
  return frame(API.acls, 1, id, ...filter, Buffer.from([1, 1]));
}

export function saslHandshakeRequest(id: number): Buffer {
  return frame(API.sasl, 1, id, string('POSTERN'));
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}

/** The body of the answer to request `id`. */
export async function readAnswer(connection: Connection, id: number): Promise<Reader> {
  const length = (await connection.read(4)).readInt32BE(0);
  if (length < 4 || length > MAX_ANSWER) throw malformed('Kafka', 'length');
  // The correlation id decides before the rest is waited for.
  if ((await connection.read(4)).readInt32BE(0) !== id) throw malformed('Kafka', 'correlation id');
  return new Reader(length === 4 ? Buffer.alloc(0) : await connection.read(length - 4));
}

/** Reads fields in their order; every one is checked against the end of the answer. */
export class Reader {
  #at = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  #step(bytes: number): number {
    if (bytes < 0 || this.#at + bytes > this.#body.length) throw malformed('Kafka', 'cut answer');
    this.#at += bytes;
    return this.#at - bytes;
  }

  int8(): number {
    return this.#body.readInt8(this.#step(1));
  }

  int16(): number {
    return this.#body.readInt16BE(this.#step(2));
  }

  int32(): number {
    return this.#body.readInt32BE(this.#step(4));
  }

  int64(): bigint {
    return this.#body.readBigInt64BE(this.#step(8));
  }

  text(): string {
    const length = Math.max(this.int16(), 0);
    const from = this.#step(length);
    return this.#body.toString('utf8', from, from + length);
  }

  list<T>(element: () => T): T[] {
    const length = this.int32();
    if (length > MOST) throw malformed('Kafka', 'array');
    const elements: T[] = [];
    for (let n = 0; n < length; n++) elements.push(element());
    return elements;
  }
}

export interface ApiRange {
  min: number;
  max: number;
}

export function parseApiVersions(reader: Reader): ReadonlyMap<number, ApiRange> {
  const error = reader.int16();
  const ranges = new Map(reader.list(() => [reader.int16(), { min: reader.int16(), max: reader.int16() }] as const));
  // Every broker has Produce, Fetch, Metadata and this request itself.
  if (error !== 0 || ![0, 1, API.metadata, API.versions].every((key) => ranges.has(key))) {
    throw malformed('Kafka', 'ApiVersions');
  }
  return ranges;
}

export interface Topic {
  error: number;
  name: string;
  internal: boolean;
  partitions: number[];
  /** Bits of `MAY`; undefined where the version does not tell. */
  rights: number | undefined;
}

/** Addresses of brokers are skipped: advertised listeners are never followed. */
export function parseMetadata(reader: Reader, version: 4 | 8): { brokers: number; topics: Topic[] } {
  reader.int32();
  const brokers = reader.list(() => [reader.int32(), reader.text(), reader.int32(), reader.text()]).length;
  reader.text();
  reader.int32();
  const topics = reader.list((): Topic => {
    const [error, name, internal] = [reader.int16(), reader.text(), reader.int8() === 1];
    const partitions = reader.list(() => parsePartition(reader, version));
    return { error, name, internal, partitions, rights: version === 8 ? told(reader.int32()) : undefined };
  });
  return { brokers, topics };
}

function parsePartition(reader: Reader, version: 4 | 8): number {
  reader.int16();
  const index = reader.int32();
  reader.int32();
  if (version === 8) reader.int32();
  for (let lists = version === 8 ? 3 : 2; lists > 0; lists--) reader.list(() => reader.int32());
  return index;
}

/** The smallest integer stands for "not asked". */
function told(rights: number): number | undefined {
  return rights === -2_147_483_648 ? undefined : rights;
}

/** Offsets by partition; those that another broker leads are left out. */
export function parseOffsets(reader: Reader): { error: number; offsets: Map<number, bigint> } {
  const offsets = new Map<number, bigint>();
  let error = 0;
  reader.list(() => {
    reader.text();
    reader.list(() => {
      const [partition, problem] = [reader.int32(), reader.int16()];
      reader.int64();
      const offset = reader.int64();
      if (problem === 0) offsets.set(partition, offset);
      else error = problem;
    });
  });
  return { error, offsets };
}

/** 54: no authorizer is configured. */
export function parseAclsError(reader: Reader): number {
  reader.int32();
  return reader.int16();
}

/** Names of mechanisms, where the broker asks for SASL; 34: it does not. */
export function parseSaslHandshake(reader: Reader): { error: number; mechanisms: string[] } {
  return { error: reader.int16(), mechanisms: reader.list(() => reader.text()) };
}
