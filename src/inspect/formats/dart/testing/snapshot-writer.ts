/** Writes Dart snapshots as far as their strings go, in each of the layouts that are read. */
const HASH = '0123456789abcdef0123456789abcdef';

export interface SnapshotContents {
  strings: readonly string[];
  /** `clusters`: inside the clusters, as with compressed pointers. Otherwise objects of the data image. */
  layout: 'clusters' | 'clusters-by-width' | '64' | '64-wide' | '32' | '32-wide';
  classId?: number;
  hash?: string;
  /** What stands before and behind the strings' table in the clusters. */
  noise?: Buffer;
  /** Leaves the table of sizes out, as no version of Dart does. */
  withoutTable?: boolean;
}

/** Seven bits a byte, the last one plus 0x80. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push(left & 0x7f);
  bytes.push(left + 0x80);
  return Buffer.from(bytes);
}

const isWide = (text: string): boolean => /[^\0-\xff]/.test(text);
const unitsOf = (text: string): Buffer => Buffer.from(text, isWide(text) ? 'utf16le' : 'latin1');

export function writeSnapshot(contents: SnapshotContents): Buffer {
  const { strings, layout, classId = 94, hash = HASH, noise = NOISE } = contents;
  const inClusters = layout.startsWith('clusters');
  const machine = layout.startsWith('32') ? 'arm android no-compressed-pointers' : 'arm64 android';
  const features = `product no-asserts ${machine}${inClusters ? ' compressed-pointers' : ''}`;
  const start = Buffer.alloc(20);
  const body = Buffer.concat([
    Buffer.from(`${hash}${features}\0`, 'latin1'),
    noise,
    ...(inClusters ? [clusters(contents, noise)] : []),
    noise,
  ]);
  Buffer.from([0xf5, 0xf5, 0xdc, 0xdc]).copy(start);
  start.writeBigInt64LE(BigInt(16 + body.length), 4);
  start.writeBigInt64LE(3n, 12);
  const whole = Buffer.concat([start, body]);
  const image = inClusters ? Buffer.alloc(64) : Buffer.concat(strings.map((text) => object(text, layout, classId)));
  const header = Buffer.alloc(64);
  header.writeUInt32LE(header.length + image.length);
  return Buffer.concat([whole, Buffer.alloc(-whole.length & 63), header, image, Buffer.alloc(-image.length & 63)]);
}

/** References and small numbers, as most of a cluster is. */
export const NOISE = Buffer.concat(Array.from({ length: 400 }, (_, index) => varint((index * 7919) % 3000)));

function clusters({ strings, layout, withoutTable = false }: SnapshotContents, noise: Buffer): Buffer {
  const merged = layout === 'clusters';
  const groups = merged ? [strings] : [strings.filter((text) => !isWide(text)), strings.filter(isWide)];
  const sizeOf = (text: string): Buffer => varint(merged ? text.length * 2 + Number(isWide(text)) : text.length);
  const alloc = groups.map((group) => Buffer.concat([varint(group.length), ...group.map(sizeOf)]));
  const fill = groups.map((group) => Buffer.concat(group.flatMap((text) => [sizeOf(text), unitsOf(text)])));
  const tags = groups.map((_, index) => varint(2 * (94 + index) + 1));
  const tables = withoutTable ? [] : alloc.flatMap((one, index) => [tags[index] ?? noise, one]);
  return Buffer.concat([...tables, noise, ...fill, noise]);
}

function object(text: string, layout: SnapshotContents['layout'], classId: number): Buffer {
  const units = unitsOf(text);
  const [step, header] = layout.startsWith('64') ? [16, 16] : [8, 12];
  const size = Math.ceil((header + units.length) / step);
  const bytes = Buffer.alloc(size * step);
  const id = classId + Number(isWide(text));
  const wideTags = layout.endsWith('wide');
  const told = size > (wideTags ? 0xff : 0x0f) ? 0 : size;
  bytes.writeUInt32LE(((wideTags ? id * 2 ** 16 : id * 2 ** 12) + told * 2 ** 8 + 0x32) >>> 0, 0);
  const length = layout.startsWith('64') || layout === '32' ? 8 : 4;
  bytes.writeUInt32LE(0x2468ace0, length === 8 ? 4 : 8); // the hash
  bytes.writeUInt32LE(text.length * 2, length);
  units.copy(bytes, header);
  return bytes;
}
