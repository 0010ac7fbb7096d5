/** Property lists: XML and binary ones, and the XML one inside a signed provisioning profile. */
import type { PlistValue } from '../source.ts';
import { binaryPlistProblem } from './bplist-bounds.ts';
import { cmsContent } from './cms.ts';
import { failed, partial, type ReadResult, read } from './result.ts';
import { readXmlPlist } from './xml-plist.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 200;

export interface PlistString {
  text: string;
  /** Nearest dictionary key above it. */
  name?: string;
}

export function isBinaryPlist(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 8) === 'bplist00';
}

export function isXmlPlist(bytes: Buffer): boolean {
  return /^\s*(?:\ufeff|ï»¿)?\s*<(?:\?xml[^>]{0,200}>\s*)?(?:<?!DOCTYPE\s+plist|<?plist[\s>])/.test(
    bytes.toString('latin1', 0, 512),
  );
}

/**
 * Never throws. `value` is absent when nothing could be read. The parsers are loaded when the first property list comes:
 * Android packages have none, and loading a parser takes a tenth of the time that reading such a package does.
 */
export async function readPlist(bytes: Buffer): Promise<{ result: ReadResult; value?: PlistValue }> {
  if (bytes.length > MAX_BYTES) return { result: failed('PLIST_LIMIT', `larger than ${MAX_BYTES} bytes`) };
  // a profile signed by Apple: what was signed is the list
  if (bytes[0] === 0x30) bytes = cmsContent(bytes) ?? bytes;
  try {
    if (isBinaryPlist(bytes)) return { result: read('property list'), value: await readBinary(bytes) };
    const xml = xmlOf(bytes);
    const value = await readXmlPlist(xml);
    if (xml.includes('</plist>')) return { result: read('property list'), value };
    return { result: partial('PLIST_TRUNCATED', 'it has no end'), value };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { result: failed('PLIST_CORRUPT', `not readable: ${reason.slice(0, 120)}`) };
  }
}

async function readBinary(bytes: Buffer): Promise<PlistValue> {
  const problem = binaryPlistProblem(bytes);
  if (problem !== undefined) throw new Error(problem);
  const { parseBuffer } = await import('bplist-parser');
  return plain(parseBuffer(bytes)[0], 0);
}

/** A signed message that is damaged may still hold the list in clear; a plist proper starts at its start. */
function xmlOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  const start = bytes.indexOf('<?xml', 0, 'latin1');
  const end = bytes.lastIndexOf('</plist>', undefined, 'latin1');
  const from = Math.max(start, 0);
  return bytes.toString('utf8', from, end > from ? end + 8 : bytes.length).replace(/^\ufeff/, '');
}

/** What the parser returns, as our own type: foreign objects (UIDs, odd numbers) become plain values. */
function plain(value: unknown, depth: number): PlistValue {
  if (depth > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH}`);
  if (value === null || value === undefined) return null;
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const result: { [key: string]: PlistValue } = {};
  for (const [key, item] of Object.entries(value)) {
    Object.defineProperty(result, key, {
      value: plain(item, depth + 1),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

/** Every string of a property list with the key it stands under. */
export function plistStrings(value: PlistValue, emit: (found: PlistString) => void, name?: string): void {
  if (typeof value === 'string') {
    if (value !== '') emit(name === undefined ? { text: value } : { text: value, name });
  } else if (Array.isArray(value)) {
    for (const item of value) plistStrings(item, emit, name);
  } else if (
    value !== null &&
    typeof value === 'object' &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  ) {
    for (const [key, item] of Object.entries(value)) plistStrings(item, emit, key);
  }
}
