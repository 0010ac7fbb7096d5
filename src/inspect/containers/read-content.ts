/** From the bytes of one entry to its reader: binary XML, resources, DEX, property lists, text. */

import { type ResourceTable, readResourceTable } from '../formats/arsc.ts';
import { type BinaryXml, binaryXmlMatters, isBinaryXml, isNamespace, readBinaryXml } from '../formats/axml.ts';
import { textCanMatter } from '../formats/candidate.ts';
import { readDex } from '../formats/dex.ts';
import { isXmlPlist, plistStrings, readPlist } from '../formats/plist.ts';
import type { ReadContext } from '../formats/reader.ts';
import { failed, type ReadResult, read } from '../formats/result.ts';
import { createScanner, grammarOf, guessGrammar, looksLikeText, type TextScanner } from '../formats/text/index.ts';
import { parseXmlText } from '../formats/xml-text.ts';
import type { FoundString, PackageSink, XmlElement } from '../source.ts';
import type { Limits } from './budget.ts';
import { extensionOf, isUtf16 } from './role.ts';

/** Where the strings of an entry go. */
export interface Target {
  sink: PackageSink;
  limits: Limits;
  label: string;
}

/** What a reader of a binary format is handed. */
export function readContext(sink: PackageSink, limits: Limits, entry: string, via: FoundString['via']): ReadContext {
  return {
    entry,
    limits,
    sink,
    string(text, offset, more) {
      sink.string({ text, entry, via, ...(offset === undefined ? {} : { offset }), ...more });
    },
    inner: (name) => readContext(sink, limits, `${entry}!${name}`, via),
  };
}

export function readDexEntry({ sink, limits, label }: Target, bytes: Buffer): ReadResult {
  return readDex(bytes, limits, (text, offset) => sink.string({ text, entry: label, offset, via: 'dex-string' }));
}

export function readArscEntry({ sink, limits, label }: Target, bytes: Buffer): ResourceTable {
  const table = readResourceTable(bytes, limits);
  table.strings((found) => sink.string({ entry: label, via: 'resource', ...found }));
  return table;
}

/** A document whose tree is wanted: the manifest, the network security configuration. */
export async function readDocument(
  target: Target,
  bytes: Buffer,
  resources: ResourceTable | undefined,
): Promise<BinaryXml> {
  const head = bytes.subarray(0, 512);
  if (!isBinaryXml(bytes) && looksLikeText(head)) {
    const root = await parseXmlText(bytes);
    readTextEntry(target, bytes);
    return root === undefined ? { result: failed('XML_CORRUPT', 'not readable') } : { result: read('text XML'), root };
  }
  if (!isBinaryXml(bytes) && isProtobufXml(bytes)) {
    return { result: { status: 'skipped', reason: 'protobuf manifest not read yet' } };
  }
  return readBinaryXml(bytes, target.limits, resources, xmlSink(target));
}

/** @returns undefined when the document holds nothing that matters, which is how nearly all layouts are */
export function readBinaryXmlEntry(
  target: Target,
  bytes: Buffer,
  resources: ResourceTable | undefined,
): ReadResult | undefined {
  if (!binaryXmlMatters(bytes, target.limits)) return undefined;
  const { result } = readBinaryXml(bytes, target.limits, resources, xmlSink(target));
  return result;
}

function xmlSink({ sink, label }: Target): (found: { text: string; name?: string; offset?: number }) => void {
  return (found) => {
    if (textCanMatter(found.text) && !isNamespace(found.text)) sink.string({ entry: label, via: 'xml', ...found });
  };
}

export async function readPlistEntry(target: Target, bytes: Buffer): Promise<ReadResult> {
  const { sink, label } = target;
  const { result, value } = await readPlist(bytes);
  if (value !== undefined) {
    sink.plist(label, value);
    plistStrings(value, (found) => sink.string({ entry: label, via: 'plist', ...found }));
    return result;
  }
  if (!isXmlPlist(bytes) && !looksLikeText(bytes.subarray(0, 512))) return result;
  readTextEntry(target, bytes);
  return { ...result, status: 'partial', reason: `${result.reason}; read as text` };
}

export function readTextEntry(target: Target, bytes: Buffer): ReadResult {
  if (isUtf16(bytes)) {
    const little = bytes[0] === 0xff;
    const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
    const text = (little ? even : even.swap16()).toString('utf16le');
    const scanner = textScanner(target, Buffer.from(text.slice(0, 512)), false);
    scanner.push(Buffer.from(text));
    scanner.end();
    return read('UTF-16 text');
  }
  const scanner = textScanner(target, bytes.subarray(0, 512), true);
  scanner.push(bytes);
  scanner.end();
  return read('text');
}

/** @param offsets whether byte offsets of the scanned text are those of the entry */
export function textScanner({ sink, label }: Target, head: Buffer, offsets: boolean): TextScanner {
  const grammar = grammarOf(extensionOf(label)) ?? guessGrammar(head);
  return createScanner(grammar, ({ text, offset, line, name }) => {
    const found: FoundString = { text, entry: label, line, via: 'text' };
    if (offsets) found.offset = offset;
    if (name !== undefined) found.name = name;
    sink.string(found);
  });
}

/** aapt2's XmlNode message: field 1 (element), length-delimited. */
function isProtobufXml(bytes: Buffer): boolean {
  return bytes[0] === 0x0a;
}

/** The resource that the manifest names as network security configuration, as a path in the archive. */
export function networkSecurityPath(manifest: XmlElement): string | undefined {
  for (const child of manifest.children) {
    const value = child.name === 'application' ? child.attributes.networkSecurityConfig : undefined;
    if (typeof value === 'string') return value;
  }
  return undefined;
}
