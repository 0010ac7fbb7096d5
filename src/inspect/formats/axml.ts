/**
 * Binary XML: AndroidManifest.xml and res/**.xml (AOSP libs/androidfw ResourceTypes.h).
 *
 * RES_XML 0x0003: headerSize u16, size u32; then chunks: string pool 0x0001 · resource map 0x0180 (u32 resource ids of
 * the first strings of the pool) · nodes: namespace 0x0100/0x0101, element 0x0102/0x0103, text 0x0104.
 * Node: type u16 · headerSize u16 · size u32 · line u32 · comment u32. Start element, at headerSize: ns u32 · name u32 ·
 * attributeStart u16 · attributeSize u16 · attributeCount u16 · …; attribute: ns u32 · name u32 · rawValue u32 ·
 * Res_value @12.
 */
import type { Limits } from '../containers/budget.ts';
import type { XmlElement } from '../source.ts';
import { ANDROID_ATTRIBUTES } from './android-attributes.ts';
import { chunksOf } from './arsc-chunks.ts';
import { isReference, plainValue, TYPE_STRING } from './res-value.ts';
import type { Resources } from './resources.ts';
import { failed, partial, type ReadResult, read } from './result.ts';
import { CHUNK_STRING_POOL, EMPTY_POOL, readStringPool, type StringPool } from './string-pool.ts';

const CHUNK_XML = 0x0003;
const CHUNK_RESOURCE_MAP = 0x0180;
const CHUNK_START = 0x0102;
const CHUNK_END = 0x0103;
const CHUNK_TEXT = 0x0104;
const MAX_DEPTH = 200;
const MAX_NODES = 200_000;
/** A string that stands in a document more often than this is handed on no more. */
const MAX_REPEATS = 16;

export interface XmlString {
  text: string;
  /** Attribute or element that holds it. */
  name?: string;
  offset?: number;
}

export interface BinaryXml {
  result: ReadResult;
  root?: XmlElement;
}

export function isBinaryXml(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && bytes[0] === 0x03 && bytes[1] === 0x00 && bytes[2] === 0x08 && bytes[3] === 0x00;
}

/**
 * Reads the tree. Never throws: a damaged document gives what came before the damage.
 *
 * @param resources resolves references in attribute values; they stay `@0x7f…` without it
 * @param emit receives every literal string of the document with the attribute that holds it
 */
export function readBinaryXml(
  bytes: Buffer,
  limits: Limits,
  resources: Resources | undefined,
  emit?: (found: XmlString) => void,
): BinaryXml {
  const top: XmlElement = element('');
  const open: XmlElement[] = [top];
  let pool = EMPTY_POOL;
  let map: number[] = [];
  let nodes = 0;
  let tooDeep = 0;
  const told = new Map<number, number>();
  try {
    // The first word is not checked: Android does not either, and malware counts on tools that do.
    for (const chunk of chunksOf(bytes, documentStart(bytes), bytes.length)) {
      const body = chunk.at + bytes.readUInt16LE(chunk.at + 2);
      const parent = open.at(-1) ?? top;
      if (chunk.type === CHUNK_STRING_POOL && pool === EMPTY_POOL) {
        pool = readStringPool(bytes, chunk.at, limits.stringLength);
      } else if (chunk.type === CHUNK_RESOURCE_MAP) {
        map = readMap(bytes, body, chunk.end);
      } else if (chunk.type === CHUNK_START) {
        if (++nodes > MAX_NODES) return done(partial('AXML_LIMIT', `more than ${MAX_NODES} elements`));
        if (open.length > MAX_DEPTH) {
          tooDeep++;
          continue;
        }
        const node = element(pool.get(bytes.readUInt32LE(body + 4)) ?? '');
        readAttributes(node, body, chunk.end);
        parent.children.push(node);
        open.push(node);
      } else if (chunk.type === CHUNK_END) {
        if (tooDeep > 0) tooDeep--;
        else if (open.length > 1) open.pop();
      } else if (chunk.type === CHUNK_TEXT) {
        const index = bytes.readUInt32LE(body);
        const text = pool.get(index) ?? '';
        if (parent.text.length < limits.stringLength) parent.text += text;
        if (text.trim() !== '') tell(index, text, parent.name);
      }
    }
  } catch (error) {
    return done(partial('AXML_BAD_OFFSET', `damaged: ${error instanceof Error ? error.message : String(error)}`));
  }
  if (open.length > 1) return done(partial('AXML_TRUNCATED', `it ends inside an element, after ${nodes} elements`));
  return done(read(`${nodes} elements`));

  function done(result: ReadResult): BinaryXml {
    const root = top.children[0];
    if (root === undefined) return { result: failed('AXML_EMPTY', 'no element could be read') };
    return {
      result: pool.isForged() ? partial('AXML_OVERLAP', 'its strings overlap: the pool is forged') : result,
      root,
    };
  }

  function tell(index: number, text: string, name: string): void {
    const times = (told.get(index) ?? 0) + 1;
    told.set(index, times);
    if (times <= MAX_REPEATS) emit?.(located(text, name, pool.offsetOf(index)));
  }

  function readAttributes(node: XmlElement, body: number, end: number): void {
    const size = Math.max(20, bytes.readUInt16LE(body + 10));
    const first = body + bytes.readUInt16LE(body + 8);
    const count = Math.min(bytes.readUInt16LE(body + 12), Math.floor((end - first) / size));
    for (let i = 0; i < count; i++) {
      const at = first + i * size;
      const nameIndex = bytes.readUInt32LE(at + 4);
      const id = map[nameIndex];
      const known = id === undefined ? undefined : ANDROID_ATTRIBUTES.get(id);
      const named = known ?? (pool.get(nameIndex) || (id === undefined ? '' : `0x${id.toString(16)}`));
      const name = named.slice(named.indexOf(':') + 1);
      // An attribute without the framework's id cannot take the place of the one that the platform reads.
      if (Object.hasOwn(node.attributes, name) && known === undefined) continue;
      setAttribute(node, name, at);
    }
  }

  function setAttribute(node: XmlElement, name: string, at: number): void {
    const value = { type: bytes[at + 15] ?? 0, data: bytes.readUInt32LE(at + 16) };
    const raw = bytes.readUInt32LE(at + 8);
    let result: string | number | boolean;
    if (value.type === TYPE_STRING) {
      result = pool.get(value.data) ?? pool.get(raw) ?? '';
      if (result !== '') tell(value.data, result, name);
    } else if (isReference(value)) {
      result = resources?.resolve(value.data) ?? plainValue(value);
    } else result = plainValue(value);
    Object.defineProperty(node.attributes, name, {
      value: result,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
}

/** Whether any string of the document can matter: most layouts hold none, and then the tree need not be read. */
export function binaryXmlMatters(bytes: Buffer, limits: Limits): boolean {
  try {
    const pool = findPool(bytes, limits);
    for (let index = 0; index < pool.count; index++) {
      if (pool.matters(index) && !isNamespace(pool.get(index) ?? '')) return true;
    }
    return false;
  } catch {
    return true;
  }
}

export function isNamespace(text: string): boolean {
  return text.startsWith('http://schemas.android.com/');
}

function findPool(bytes: Buffer, limits: Limits): StringPool {
  for (const chunk of chunksOf(bytes, documentStart(bytes), bytes.length)) {
    if (chunk.type === CHUNK_STRING_POOL) return readStringPool(bytes, chunk.at, limits.stringLength);
  }
  return EMPTY_POOL;
}

function documentStart(bytes: Buffer): number {
  const headerSize = bytes.readUInt16LE(2);
  return bytes.readUInt16LE(0) === CHUNK_XML && headerSize >= 8 ? headerSize : 8;
}

function readMap(bytes: Buffer, from: number, to: number): number[] {
  const ids: number[] = [];
  for (let at = from; at + 4 <= to; at += 4) ids.push(bytes.readUInt32LE(at));
  return ids;
}

function element(name: string): XmlElement {
  return { name, attributes: {}, children: [], text: '' };
}

function located(text: string, name: string, offset: number | undefined): XmlString {
  return offset === undefined ? { text, name } : { text, name, offset };
}
