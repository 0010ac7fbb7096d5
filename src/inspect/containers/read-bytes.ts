/** From the bytes of one entry to its reader, and what the other entries of the archive have to know of it. */
import { PosternError } from '../../core/errors.ts';
import { isBinaryXml } from '../formats/axml.ts';
import { isXmlPlist } from '../formats/plist.ts';
import { isProtobufXml } from '../formats/protobuf/xml-node.ts';
import { mergeResources, type ResourceTable } from '../formats/resources.ts';
import { failed, type ReadResult } from '../formats/result.ts';
import { looksLikeText } from '../formats/text/index.ts';
import { isValuesFile, readValuesXml, resolveNames } from '../formats/values-xml.ts';
import { bufferSource } from './byte-source.ts';
import { manifestDocuments } from './manifest-documents.ts';
import type { Item } from './read-ahead.ts';
import {
  readBinaryXmlEntry,
  readContext,
  readDexEntry,
  readDocument,
  readPlistEntry,
  readResources,
  readTextEntry,
  type Target,
} from './read-content.ts';
import type { EntryProblem } from './read-entry.ts';
import { isAppManifest, isUtf16, roleByMagic } from './role.ts';
import { ignore, notRead, type Walk } from './walk.ts';

/** First bytes that a format is recognised by. */
export const HEAD = 512;

/** An error in the reader of one entry costs that entry alone, and is told without what it holds. */
export async function readBytes(walk: Walk, item: Item, bytes: Buffer, problem?: EntryProblem): Promise<void> {
  try {
    await readGuarded(walk, item, bytes, problem);
  } catch (error) {
    // what is meant to end the run is no defect of a reader
    if (error instanceof PosternError || walk.job.options.signal?.aborted) throw error;
    const kind = error instanceof Error ? error.name : 'error';
    walk.coverage.add(item.label, failed('READER_FAILED', `its reader stopped with an internal ${kind}`));
  }
}

async function readGuarded(walk: Walk, item: Item, bytes: Buffer, problem?: EntryProblem): Promise<void> {
  const { job, coverage } = walk;
  const { label } = item;
  const target: Target = { sink: job.sink, limits: job.budget.limits, label };
  switch (item.recognised.role) {
    case 'dex':
      return account(readDexEntry(target, bytes));
    case 'arsc':
      return account(readTable(walk, item, target, bytes));
    case 'manifest':
      return account(await readManifest(walk, item, target, bytes));
    case 'plist':
      return account(await readPlistEntry(target, bytes));
    case 'archive':
      return walk.openArchive(item, bufferSource(bytes));
    case 'binary':
      return readBinary();
    case 'xml':
      return readXml();
    default:
      return readText();
  }

  function account(result: ReadResult): void {
    // a problem with the bytes was told already and explains what the reader says about them
    if (problem === undefined) coverage.add(label, result);
  }

  /** A name may promise what the bytes are not (`libapp.so` of an app that is no Flutter app): the reader says so. */
  async function readBinary(): Promise<void> {
    const { format } = item.recognised;
    if (format === undefined) return account(failed('FORMAT_UNKNOWN', 'no reader'));
    const reader = await format.load();
    const result = await reader(bytes, readContext(job.sink, job.budget.limits, label, format.via));
    if (format.many !== undefined && result.status === 'read') {
      return coverage.count(format.many, 'read', 'their strings');
    }
    return account(result);
  }

  async function readXml(): Promise<void> {
    const purposes = walk.documents.get(item.entry.name);
    if (purposes !== undefined) {
      const { result, root } = await readDocument(target, bytes, walk.resources);
      walk.documents.delete(item.entry.name);
      if (root === undefined) return account(result);
      for (const purpose of purposes) {
        if (purpose === 'network-security-config') job.sink.networkSecurityConfig(label, root);
        else job.sink.resourceXml(label, purpose, root);
      }
      return account(result);
    }
    const isProtobuf = !isBinaryXml(bytes) && isProtobufXml(bytes.subarray(0, HEAD), bytes.length);
    if (isBinaryXml(bytes) || isProtobuf) {
      const result = readBinaryXmlEntry(target, bytes, walk.resources);
      if (result !== undefined && result.status !== 'read') return account(result);
      return coverage.count(isProtobuf ? 'protobuf XML' : 'binary XML', 'read', 'layouts and other resources');
    }
    if (isXmlPlist(bytes)) return account(await readPlistEntry(target, bytes));
    if (isValuesFile(item.entry.name)) {
      const result = await readValuesXml(bytes, (found) => {
        job.sink.string({ entry: label, via: 'resource', ...found });
        if (!walk.names.has(found.name)) walk.names.set(found.name, found.text);
      });
      if (result !== undefined) return account(result);
    }
    return readText();
  }

  async function readText(): Promise<void> {
    const head = bytes.subarray(0, HEAD);
    if (looksLikeText(head) || isUtf16(head)) return account(readTextEntry(target, bytes));
    const found = roleByMagic(head);
    if (found.role === 'text') return account(readTextEntry(target, bytes));
    if (found.role === 'ignored') {
      if (item.recognised.role === 'text') return account(readTextEntry(target, bytes)); // invalid UTF-8 is still text
      return ignore(walk, found);
    }
    item.recognised = found;
    if (found.role === 'unread') return notRead(walk, item);
    return readBytes(walk, item, bytes, problem);
  }
}

/** A resource table: resources.arsc, or a module's resources.pb, whose files lie beside it. */
function readTable(walk: Walk, { entry, label }: Item, target: Target, bytes: Buffer): ReadResult {
  const table = walk.job.splits?.tables.get(label) ?? readResources(bytes, target.limits, entry.name);
  table.strings((found) => target.sink.string({ entry: label, via: 'resource', ...found }));
  if (entry.name === 'resources.arsc' || entry.name.endsWith('resources.pb')) addTable(walk, table);
  return table.result;
}

function addTable(walk: Walk, table: ResourceTable): void {
  walk.tables.push(table);
  const siblings = (walk.job.splits?.siblings ?? []).filter((one) => !walk.tables.includes(one));
  walk.resources = mergeResources([...walk.tables, ...siblings]);
}

async function readManifest(walk: Walk, item: Item, target: Target, bytes: Buffer): Promise<ReadResult> {
  // a split may have no table of its own
  if (walk.resources === undefined && walk.job.splits !== undefined) {
    walk.resources = mergeResources(walk.job.splits.siblings);
  }
  const { result, root, isText } = await readDocument(target, bytes, walk.resources);
  if (root === undefined) return result;
  if (isText) resolveNames(root, walk.names);
  walk.job.sink.manifest(target.label, root);
  if (isAppManifest(item.entry.name)) {
    for (const [path, purposes] of manifestDocuments(root)) walk.documents.set(path, purposes);
  }
  return result;
}
