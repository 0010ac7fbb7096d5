/** Writes binary XML (AOSP ResourceTypes.h), the compiled form of AndroidManifest.xml and res/xml. */
import { writeStringPool } from './string-pool-writer.ts';

const ANDROID = 'http://schemas.android.com/apk/res/android';
const NONE = 0xffffffff;

export interface XmlNode {
  name: string;
  /** A name with `android:` is a framework attribute and needs its id in `ATTRIBUTE_IDS`. */
  attributes?: Record<string, XmlValue>;
  children?: XmlNode[];
  text?: string;
}

export type XmlValue = string | number | boolean | { reference: number };

/** Resource ids of framework attributes (android.R.attr); the platform reads attributes by these, not by name. */
const ATTRIBUTE_IDS: Record<string, number> = {
  label: 0x01010001,
  name: 0x01010003,
  debuggable: 0x0101000f,
  exported: 0x01010010,
  minSdkVersion: 0x0101020c,
  versionCode: 0x0101021b,
  versionName: 0x0101021c,
  targetSdkVersion: 0x01010270,
  allowBackup: 0x01010280,
  usesCleartextTraffic: 0x010104ec,
  networkSecurityConfig: 0x01010527,
};

export function writeBinaryXml(root: XmlNode): Buffer {
  // attribute names that have an id come first in the pool: the resource map is parallel to its head
  const ids = new Map<string, number>();
  collectIds(root, ids);
  const names = [...ids].sort((a, b) => a[1] - b[1]);
  const pool = new Map<string, number>();
  for (const [name] of names) pool.set(`id:${name}`, pool.size);
  const plain: string[] = [];
  function indexOf(text: string): number {
    const known = pool.get(text);
    if (known !== undefined) return known;
    plain.push(text);
    pool.set(text, pool.size);
    return pool.size - 1;
  }
  const prefix = indexOf('android');
  const uri = indexOf(ANDROID);
  const nodes: Buffer[] = [];
  const space = words(prefix, uri);
  nodes.push(node(0x0100, space));
  writeNode(root);
  nodes.push(node(0x0101, space));

  const strings = writeStringPool([...names.map(([name]) => name), ...plain], 'utf16');
  const map = chunk(0x0180, 8, words(...names.map(([, id]) => id)));
  return chunk(0x0003, 8, Buffer.concat([strings, map, ...nodes]));

  function writeNode({ name, attributes = {}, children = [], text }: XmlNode): void {
    const items = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    items.sort((a, b) => a.id - b.id); // the platform searches them by id
    const head = Buffer.alloc(20);
    head.writeUInt32LE(NONE, 0);
    head.writeUInt32LE(indexOf(name), 4);
    head.writeUInt16LE(20, 8);
    head.writeUInt16LE(20, 10);
    head.writeUInt16LE(items.length, 12);
    nodes.push(node(0x0102, Buffer.concat([head, ...items.map((item) => item.bytes)])));
    if (text !== undefined) nodes.push(node(0x0104, words(indexOf(text), 0x03000008, indexOf(text))));
    for (const child of children) writeNode(child);
    nodes.push(node(0x0103, words(NONE, indexOf(name))));
  }

  function attribute(key: string, value: XmlValue): { id: number; bytes: Buffer } {
    const framework = key.startsWith('android:');
    const name = framework ? key.slice('android:'.length) : key;
    const bytes = Buffer.alloc(20);
    bytes.writeUInt32LE(framework ? uri : NONE, 0);
    bytes.writeUInt32LE(framework ? indexOf(`id:${name}`) : indexOf(name), 4);
    bytes.writeUInt32LE(typeof value === 'string' ? indexOf(value) : NONE, 8);
    bytes.writeUInt16LE(8, 12);
    const typed = typedValue(value);
    bytes.writeUInt8(typed.type, 15);
    bytes.writeUInt32LE(typed.data, 16);
    return { id: ids.get(name) ?? NONE, bytes };
  }

  function typedValue(value: XmlValue): { type: number; data: number } {
    if (typeof value === 'string') return { type: 0x03, data: indexOf(value) };
    if (typeof value === 'boolean') return { type: 0x12, data: value ? NONE : 0 };
    if (typeof value === 'number') return { type: 0x10, data: value };
    return { type: 0x01, data: value.reference };
  }
}

function collectIds({ attributes = {}, children = [] }: XmlNode, ids: Map<string, number>): void {
  for (const key of Object.keys(attributes)) {
    if (!key.startsWith('android:')) continue;
    const name = key.slice('android:'.length);
    const id = ATTRIBUTE_IDS[name];
    if (id === undefined) throw new Error(`the resource id of ${key} is not known to this writer`);
    ids.set(name, id);
  }
  for (const child of children) collectIds(child, ids);
}

/** A node: header of 16 bytes with line and comment. */
function node(type: number, body: Buffer): Buffer {
  return chunk(type, 16, Buffer.concat([words(1, NONE), body]));
}

export function chunk(type: number, headerSize: number, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(type, 0);
  header.writeUInt16LE(headerSize, 2);
  header.writeUInt32LE(8 + body.length, 4);
  return Buffer.concat([header, body]);
}

export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}
