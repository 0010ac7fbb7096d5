/**
 * resources.pb of an app bundle: aapt.pb.ResourceTable (AOSP frameworks/base/tools/aapt2/Resources.proto).
 *
 * ResourceTable: package 2 · dynamic_ref_table 5. Package: package_id 1 · package_name 2 · type 3.
 * Type: type_id 1 · name 2 · entry 3. Entry: entry_id 1 · name 2 · config_value 6. PackageId, TypeId, EntryId: id 1.
 * ConfigValue: config 1 (an empty message is the default configuration) · value 2. Value: item 4 · compound_value 5.
 * CompoundValue: style 2 · array 4 · plural 5, whose elements hold an Item: Style.Entry in 3 at 4, Array.Element in 1 at 3,
 * Plural.Entry in 1 at 4. DynamicRefTable: package_id 1 · package_name 2.
 */
import type { Limits } from '../../containers/budget.ts';
import { BYTE_CLASS, canMatter } from '../candidate.ts';
import { type FoundResource, mergeResources, type ResourceString, type ResourceTable } from '../resources.ts';
import { failed, partial, type ReadResult, read } from '../result.ts';
import { type Item, readItem } from './item.ts';
import { VARINT, Wire, WireError } from './wire.ts';

const MAX_NAME = 512;
/** Resources that are found again by their id; a real table has some ten thousand. */
const MAX_RESOURCES = 1_000_000;

interface Entry {
  packageName: string;
  typeName: string;
  start: number;
  end: number;
}

/**
 * Never throws: what cannot be read is left out and `result` says so.
 *
 * @param folder of the module in the bundle, `base/`: paths of files in the table begin there
 */
export function readProtobufResources(bytes: Buffer, limits: Limits, folder = ''): ResourceTable {
  const entries = new Map<number, Entry>();
  const unnumbered: Entry[] = [];
  const packages: { id: number; name: string }[] = [];
  const libraries = new Map<number, string>();
  let result: ReadResult;
  try {
    const table = new Wire(bytes);
    while (table.next()) {
      if (table.is(2)) indexPackage(table.message());
      else if (table.is(5)) takeLibrary(table.message());
    }
    const count = entries.size + unnumbered.length;
    result =
      packages.length === 0 && bytes.length > 0 && count === 0
        ? failed('PROTOBUF_EMPTY', 'no package of resources could be read')
        : read(`${count} resources of ${packages.length} packages`);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    result = partial('PROTOBUF_DAMAGED', `damaged: ${error.message}`);
  }

  function takeLibrary(message: Wire): void {
    let id = 0;
    let name = '';
    while (message.next()) {
      if (message.is(1)) id = idOf(message.message());
      else if (message.is(2)) name = message.text(MAX_NAME);
    }
    if (libraries.size < 256) libraries.set(id, name);
  }

  function indexPackage(message: Wire): void {
    const found = { id: 0, name: '' };
    if (packages.length < 256) packages.push(found);
    while (message.next()) {
      if (message.is(1)) found.id = idOf(message.message());
      else if (message.is(2)) found.name = message.text(MAX_NAME);
      else if (message.is(3)) indexType(message.message(), found);
    }
  }

  function indexType(message: Wire, inPackage: { id: number; name: string }): void {
    let typeId = 0;
    let typeName = '';
    while (message.next()) {
      if (message.is(1)) typeId = idOf(message.message());
      else if (message.is(2)) typeName = message.text(MAX_NAME);
      else if (message.is(3)) {
        const entry: Entry = { packageName: inPackage.name, typeName, start: message.start, end: message.end };
        if (entries.size + unnumbered.length >= MAX_RESOURCES) throw new WireError('more resources than are kept');
        const entryId = entryIdOf(message.message());
        const id = ((inPackage.id << 24) | (typeId << 16) | (entryId ?? 0)) >>> 0;
        // the table of a library (AAR) has no ids: its resources are read all the same
        if (entryId === undefined || typeId === 0 || entries.has(id)) unnumbered.push(entry);
        else entries.set(id, entry);
      }
    }
  }

  function plainValue(item: Item | undefined): Pick<FoundResource, 'value' | 'reference'> {
    if (item === undefined) return {};
    if (item.kind === 'plain') return { value: item.value };
    if (item.kind === 'reference') return item.id === 0 ? { value: `@${item.name}` } : { reference: item.id };
    const text = bytes.toString('utf8', item.start, Math.min(item.end, item.start + limits.stringLength));
    return { value: item.kind === 'file' ? `${folder}${text}` : text };
  }

  /** What was asked for before: a forged entry has a hundred thousand values, and as many references lead to it. */
  const known = new Map<number, FoundResource | undefined>();

  function find(id: number, packageName?: string): FoundResource | undefined {
    const entry = entries.get(id);
    if (entry === undefined || (packageName !== undefined && packageName !== entry.packageName)) return undefined;
    if (!known.has(id)) known.set(id, resourceOf(entry));
    return known.get(id);
  }

  function resourceOf(entry: Entry): FoundResource | undefined {
    let best: FoundResource | undefined;
    safely(() =>
      eachValue(bytes, entry, (name, isDefault, item, single) => {
        if (best?.isDefault || (best !== undefined && !isDefault)) return;
        best = { name: `${entry.typeName}/${name}`, isDefault, ...(single ? plainValue(item) : {}) };
      }),
    );
    return best;
  }

  function strings(emit: (found: ResourceString) => void): void {
    for (const entry of [...entries.values(), ...unnumbered]) {
      const isText = entry.typeName === 'string' || entry.typeName === 'array' || entry.typeName === 'plurals';
      safely(() =>
        eachValue(bytes, entry, (name, isDefault, item) => {
          if (item?.kind === 'reference' && isText && item.id !== 0) {
            const text = resources.resolve(item.id);
            if (typeof text === 'string') emit({ text, name: `${entry.typeName}/${name}` });
          }
          if (item?.kind !== 'string' || item.start === item.end) return;
          const end = Math.min(item.end, item.start + limits.stringLength);
          if ((!isDefault || !isText) && !matters(bytes, item.start, end)) return;
          const text = bytes.toString('utf8', item.start, end);
          emit({ text, name: `${entry.typeName}/${name}`, offset: item.start });
        }),
      );
    }
  }

  const libraryOf = (packageId: number) => libraries.get(packageId);
  const resources = mergeResources([{ find, libraryOf }]);
  return { result, packages, libraryOf, find, strings, ...resources };
}

type TakeValue = (name: string, isDefault: boolean, item: Item | undefined, single: boolean) => void;

/** Every value of an entry, in all its configurations; `single` unless it is one of several in a style or an array. */
function eachValue(bytes: Buffer, { start, end }: Entry, take: TakeValue): void {
  const entry = new Wire(bytes, start, end);
  let name = '';
  while (entry.next()) {
    if (entry.is(2)) name = entry.text(MAX_NAME);
    else if (entry.is(6)) readConfigValue(entry.message(), name, take);
  }
}

function readConfigValue(message: Wire, name: string, take: TakeValue): void {
  let isDefault = true;
  while (message.next()) {
    if (message.is(1)) isDefault = message.start === message.end;
    else if (message.is(2)) {
      const value = message.message();
      while (value.next()) {
        if (value.is(4)) take(name, isDefault, readItem(value.message()), true);
        else if (value.is(5)) readCompound(value.message(), (item) => take(name, isDefault, item, false));
      }
    }
  }
}

/** Field of CompoundValue -> field of its elements, field of the Item in one. */
const ELEMENTS = new Map([
  [2, [3, 4]],
  [4, [1, 3]],
  [5, [1, 4]],
]);

function readCompound(compound: Wire, take: (item: Item | undefined) => void): void {
  while (compound.next()) {
    const [elements = 0, inElement = 0] = ELEMENTS.get(compound.field) ?? [];
    if (elements === 0 || !compound.is(compound.field)) continue;
    const list = compound.message();
    while (list.next()) {
      if (!list.is(elements)) continue;
      const element = list.message();
      while (element.next()) if (element.is(inElement)) take(readItem(element.message()));
    }
  }
}

function idOf(message: Wire): number {
  let id = 0;
  while (message.next()) if (message.field === 1 && message.type === VARINT) id = message.value;
  return id;
}

/** Undefined without one. The first entry's id is 0, which stands as an empty message. */
function entryIdOf(entry: Wire): number | undefined {
  while (entry.next()) if (entry.is(1)) return idOf(entry.message());
  return undefined;
}

function matters(bytes: Buffer, start: number, end: number): boolean {
  let classes = 0;
  for (let at = start; at < end; at++) classes |= BYTE_CLASS[bytes[at] ?? 0] ?? 0;
  return canMatter(bytes, start, end, classes);
}

/** A damaged message costs what it holds, not the rest: its length is known from outside. */
function safely(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}
