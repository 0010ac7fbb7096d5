/**
 * aapt.pb.XmlNode: the manifest and the XML resources of an app bundle (AOSP frameworks/base/tools/aapt2/Resources.proto).
 *
 * XmlNode: element 1 · text 2. XmlElement: namespace_declaration 1 · namespace_uri 2 · name 3 · attribute 4 · child 5.
 * XmlAttribute: namespace_uri 1 · name 2 · value 3 · resource_id 5 · compiled_item 6 (Item).
 */
import type { Limits } from '../../containers/budget.ts';
import type { XmlElement } from '../../source.ts';
import { ANDROID_ATTRIBUTES } from '../android-attributes.ts';
import type { BinaryXml, XmlString } from '../axml.ts';
import type { Resources } from '../resources.ts';
import { failed, partial, read } from '../result.ts';
import { type Item, readItem } from './item.ts';
import { VARINT, Wire, WireError } from './wire.ts';

const MAX_DEPTH = 200;
const MAX_NODES = 200_000;
const MAX_NAME = 512;

/**
 * Whether bytes are an XmlNode: one field, an element, that fills them, and in it an element's fields. There is no magic.
 *
 * @param head the first bytes
 * @param size of the whole
 */
export function isProtobufXml(head: Buffer, size: number): boolean {
  if (head[0] !== 0x0a) return false;
  let length = 0;
  let at = 1;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = head[at++];
    if (byte === undefined) return false;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  // `source`, the position in the file it was made from, follows
  const rest = size - at - length;
  const first = head[at];
  return rest >= 0 && rest <= 32 && (first === 0x0a || first === 0x12 || first === 0x1a) && length > 2;
}

/**
 * Reads the tree. Never throws: a damaged document gives what came before the damage.
 *
 * @param resources resolves references in attribute values; they stay `@string/name` without it
 * @param emit receives every literal string of the document with the attribute that holds it
 */
export function readProtobufXml(
  bytes: Buffer,
  limits: Limits,
  resources: Resources | undefined,
  emit?: (found: XmlString) => void,
): BinaryXml {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  let nodes = 0;
  try {
    readNode(new Wire(bytes), top, 0);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return done(partial('PROTOBUF_DAMAGED', `damaged: ${error.message}`));
  }
  return done(read(`${nodes} elements`));

  function done(result: BinaryXml['result']): BinaryXml {
    const root = top.children[0];
    return root === undefined ? { result: failed('AXML_EMPTY', 'no element could be read') } : { result, root };
  }

  function readNode(message: Wire, parent: XmlElement, depth: number): void {
    if (depth > MAX_DEPTH) throw new WireError(`nested deeper than ${MAX_DEPTH}`);
    while (message.next()) {
      if (message.is(1)) readElement(message.message(), parent, depth);
      else if (message.is(2)) {
        const text = message.text(limits.stringLength);
        if (parent.text.length < limits.stringLength) parent.text += text;
        if (text.trim() !== '') emit?.({ text, name: parent.name, offset: message.start });
      }
    }
  }

  function readElement(message: Wire, parent: XmlElement, depth: number): void {
    if (++nodes > MAX_NODES) throw new WireError(`more than ${MAX_NODES} elements`);
    const node: XmlElement = { name: '', attributes: {}, children: [], text: '' };
    parent.children.push(node);
    while (message.next()) {
      if (message.is(3)) node.name = message.text(MAX_NAME);
      else if (message.is(4)) readAttribute(message.message(), node);
      else if (message.is(5)) readNode(message.message(), node, depth + 1);
    }
  }

  function readAttribute(message: Wire, node: XmlElement): void {
    let name = '';
    let id = 0;
    let value: { start: number; end: number } | undefined;
    let item: Item | undefined;
    while (message.next()) {
      if (message.is(2)) name = message.text(MAX_NAME);
      else if (message.is(3)) value = { start: message.start, end: message.end };
      else if (message.field === 5 && message.type === VARINT) id = message.value;
      else if (message.is(6)) item = readItem(message.message());
    }
    const known = ANDROID_ATTRIBUTES.get(id);
    const key = known ?? name;
    // an attribute without the framework's id cannot take the place of the one that the platform reads
    if (key === '' || (known === undefined && Object.hasOwn(node.attributes, key))) return;
    const literal = item?.kind === 'string' ? item : item === undefined ? value : undefined;
    const text = value === undefined ? '' : bytes.toString('utf8', value.start, cut(value.start, value.end));
    const shown = literal === undefined ? shownOf(item, text) : literalOf(literal, key);
    Object.defineProperty(node.attributes, key, { value: shown, enumerable: true, writable: true, configurable: true });
  }

  function literalOf({ start, end }: { start: number; end: number }, name: string): string {
    const text = bytes.toString('utf8', start, cut(start, end));
    if (text !== '') emit?.({ text, name, offset: start });
    return text;
  }

  function shownOf(item: Item | undefined, text: string): string | number | boolean {
    if (item?.kind === 'plain') return item.value;
    if (item?.kind !== 'reference') return text;
    const resolved = item.id === 0 ? undefined : resources?.resolve(item.id);
    return resolved ?? (item.name === '' ? `@0x${item.id.toString(16).padStart(8, '0')}` : `@${item.name}`);
  }

  function cut(start: number, end: number): number {
    return Math.min(end, start + limits.stringLength);
  }
}
