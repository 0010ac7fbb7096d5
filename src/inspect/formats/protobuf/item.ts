/**
 * aapt.pb.Item, one value of a resource or an attribute (AOSP frameworks/base/tools/aapt2/Resources.proto).
 *
 * Item: ref 1 · str 2 · raw_str 3 · styled_str 4 · file 5 · id 6 · prim 7. Reference: id 2 · name 3. String, RawString,
 * StyledString: value 1. FileReference: path 1. Primitive: null 1 · empty 2 · float 3 · int_decimal 6 · int_hexadecimal 7
 * · boolean 8 · color_argb8 9 … argb4 11, rgb4 12 · dimension 13 · fraction 14.
 */
import { BYTES, VARINT, type Wire } from './wire.ts';

export type Item =
  | { kind: 'string'; start: number; end: number }
  | { kind: 'file'; start: number; end: number }
  | { kind: 'reference'; id: number; name: string }
  | { kind: 'plain'; value: string | number | boolean };

const MAX_NAME = 512;

/** @throws WireError when it is damaged */
export function readItem(message: Wire): Item | undefined {
  let item: Item | undefined;
  while (message.next()) {
    if (message.type !== BYTES) continue;
    switch (message.field) {
      case 1:
        item = readReference(message.message());
        break;
      case 2:
      case 3:
      case 4:
        item = { kind: 'string', ...stringOf(message.message()) };
        break;
      case 5:
        item = { kind: 'file', ...stringOf(message.message()) };
        break;
      case 7:
        item = { kind: 'plain', value: readPrimitive(message.message()) };
        break;
    }
  }
  return item;
}

function stringOf(message: Wire): { start: number; end: number } {
  let place = { start: 0, end: 0 };
  while (message.next()) if (message.is(1)) place = { start: message.start, end: message.end };
  return place;
}

function readReference(message: Wire): Item {
  let id = 0;
  let name = '';
  let isAttribute = false;
  while (message.next()) {
    if (message.field === 1 && message.type === VARINT) isAttribute = message.value === 1;
    else if (message.field === 2 && message.type === VARINT) id = message.value;
    else if (message.is(3)) name = message.text(MAX_NAME);
  }
  if (!isAttribute && (id !== 0 || name !== '')) return { kind: 'reference', id, name };
  if (isAttribute) return { kind: 'plain', value: `?${name === '' ? hex(id) : name}` };
  return { kind: 'plain', value: '@null' };
}

function readPrimitive(message: Wire): string | number | boolean {
  let value: string | number | boolean = '';
  while (message.next()) {
    if (message.field === 1) value = '@null';
    else if (message.field === 2) value = '@empty';
    else if (message.field === 3) value = floatOf(message.value);
    else if (message.field === 6 || message.field === 7) value = message.value | 0;
    else if (message.field === 8) value = message.value !== 0;
    else if (message.field >= 9 && message.field <= 12) value = `#${message.value.toString(16).padStart(8, '0')}`;
    else value = hex(message.value);
  }
  return value;
}

function floatOf(bits: number): number {
  return new DataView(Uint32Array.of(bits).buffer).getFloat32(0, true);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
