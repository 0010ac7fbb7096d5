/** Res_value: size u16 · 0 u8 · dataType u8 · data u32 (AOSP ResourceTypes.h). */
export const TYPE_NULL = 0x00;
export const TYPE_REFERENCE = 0x01;
export const TYPE_ATTRIBUTE = 0x02;
export const TYPE_STRING = 0x03;
export const TYPE_FLOAT = 0x04;
export const TYPE_DYNAMIC_REFERENCE = 0x07;
export const TYPE_DYNAMIC_ATTRIBUTE = 0x08;
export const TYPE_INT_DEC = 0x10;
export const TYPE_INT_HEX = 0x11;
export const TYPE_INT_BOOLEAN = 0x12;
const TYPE_FIRST_COLOR = 0x1c;
const TYPE_LAST_COLOR = 0x1f;

/** One typed value: what it means depends on `type`; a string is an index into the pool of its document. */
export interface ResValue {
  type: number;
  data: number;
}

export function isReference(value: ResValue): boolean {
  return value.type === TYPE_REFERENCE || value.type === TYPE_DYNAMIC_REFERENCE;
}

/** A value that is neither string nor resolvable reference, as the developer would write it. */
export function plainValue(value: ResValue): string | number | boolean {
  const hex = `0x${value.data.toString(16).padStart(8, '0')}`;
  switch (value.type) {
    case TYPE_INT_BOOLEAN:
      return value.data !== 0;
    case TYPE_INT_DEC:
    case TYPE_INT_HEX:
      return value.data | 0;
    case TYPE_FLOAT:
      return new DataView(Uint32Array.of(value.data).buffer).getFloat32(0, true);
    case TYPE_REFERENCE:
    case TYPE_DYNAMIC_REFERENCE:
      return value.data === 0 ? '@null' : `@${hex}`;
    case TYPE_ATTRIBUTE:
    case TYPE_DYNAMIC_ATTRIBUTE:
      return `?${hex}`;
    case TYPE_NULL:
      return value.data === 1 ? '@empty' : '@null';
    default:
      if (value.type >= TYPE_FIRST_COLOR && value.type <= TYPE_LAST_COLOR) return `#${hex.slice(2)}`;
      return hex;
  }
}
