/** From the bytes of one entry to its reader: binary XML, resources, DEX, property lists, text. */

import { readResourceTable } from '../formats/arsc.ts';
import { type BinaryXml, binaryXmlMatters, isBinaryXml, isNamespace, readBinaryXml } from '../formats/axml.ts';
import { textCanMatter } from '../formats/candidate.ts';
import { readDex } from '../formats/dex.ts';
import { libraryTraces } from '../formats/library-metadata/text-traces.ts';
import { isXmlPlist, plistStrings, readPlist } from '../formats/plist.ts';
import { readProtobufResources } from '../formats/protobuf/resource-table.ts';
import { isProtobufXml, readProtobufXml } from '../formats/protobuf/xml-node.ts';
import type { ReadContext } from '../formats/reader.ts';
import type { Resources, ResourceTable } from '../formats/resources.ts';
import { failed, type ReadResult, read } from '../formats/result.ts';
import { createScanner, grammarOf, guessGrammar, looksLikeText, type TextScanner } from '../formats/text/index.ts';
import { parseXmlText } from '../formats/xml-text.ts';
import type { CodePlace, FoundString, PackageSink } from '../source.ts';
import type { Limits } from './budget.ts';
import { requestsOf } from './retrofit.ts';
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
  const requests = requestsOf(sink);
  return readDex(
    bytes,
    limits,
    (text, offset, code) => {
      if (code === undefined) sink.string({ text, entry: label, offset, via: 'dex-string' });
      else sink.string(usedString(text, label, offset, code));
    },
    {
      packages: (names) => sink.code({ entry: label, via: 'dex-string', names }),
      joined: (text, offset, place) => {
        sink.string({ text, entry: label, offset, via: 'dex-code', code: [place], joined: true });
      },
      call(call) {
        if (call.api === 'http.base') requests.base(call.args[0]);
        sink.call({ ...call, entry: label });
      },
      path: (text, offset, place) => requests.path({ text, offset, place, entry: label }),
    },
  );
}

/** Names of classes and methods are made only for a string that somebody asks about. */
function usedString(text: string, entry: string, offset: number, code: () => readonly CodePlace[]): FoundString {
  let known: readonly CodePlace[] | undefined;
  return {
    text,
    entry,
    offset,
    via: 'dex-string',
    get code() {
      known ??= code();
      return known;
    },
  };
}

/** @param name of the entry: the files of a module in a bundle lie beside its table */
export function readResources(bytes: Buffer, limits: Limits, name: string): ResourceTable {
  if (!name.endsWith('.pb')) return readResourceTable(bytes, limits);
  return readProtobufResources(bytes, limits, name.slice(0, name.lastIndexOf('/') + 1));
}

/** A document whose tree is wanted: the manifest, the network security configuration. */
export async function readDocument(
  target: Target,
  bytes: Buffer,
  resources: Resources | undefined,
): Promise<BinaryXml & { isText?: true }> {
  const head = bytes.subarray(0, 512);
  if (!isBinaryXml(bytes) && looksLikeText(head)) {
    const root = await parseXmlText(bytes);
    readTextEntry(target, bytes);
    return root === undefined
      ? { result: failed('XML_CORRUPT', 'not readable') }
      : { result: read('text XML'), root, isText: true };
  }
  if (!isBinaryXml(bytes) && isProtobufXml(head, bytes.length)) {
    return readProtobufXml(bytes, target.limits, resources, xmlSink(target));
  }
  return readBinaryXml(bytes, target.limits, resources, xmlSink(target));
}

/** @returns undefined when the document holds nothing that matters, which is how nearly all layouts are */
export function readBinaryXmlEntry(
  target: Target,
  bytes: Buffer,
  resources: Resources | undefined,
): ReadResult | undefined {
  if (!isBinaryXml(bytes)) return readProtobufXml(bytes, target.limits, resources, xmlSink(target)).result;
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
    // a profile names devices, people and certificates, and no server
    if (!/\.(?:mobileprovision|provisionprofile)$/.test(label)) {
      plistStrings(value, (found) => sink.string({ entry: label, via: 'plist', ...found }));
    }
    return result;
  }
  if (!isXmlPlist(bytes) && !looksLikeText(bytes.subarray(0, 512))) return result;
  readTextEntry(target, bytes);
  return { ...result, status: 'partial', reason: `${result.reason}; read as text` };
}

export function readTextEntry(target: Target, bytes: Buffer): ReadResult {
  libraryTraces(target.label, bytes, target.sink);
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
  return createScanner(grammar, ({ text, offset, line, name, joined }) => {
    const found: FoundString = { text, entry: label, line, via: 'text' };
    if (offsets) found.offset = offset;
    if (name !== undefined) found.name = name;
    if (joined) found.joined = true;
    sink.string(found);
  });
}
