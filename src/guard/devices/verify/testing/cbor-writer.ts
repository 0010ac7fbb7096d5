/** CBOR for tests, in the shortest form. */

export type Writable =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly Writable[]
  | ReadonlyMap<Writable, Writable>;

export function cbor(value: Writable): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, member]) => [cbor(key), cbor(member)])]);
  }
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  throw new TypeError('not to be written');
}

/** Major type and argument. */
export function head(major: number, argument: number): Buffer {
  const initial = major << 5;
  if (argument < 24) return Buffer.of(initial | argument);
  if (argument < 0x100) return Buffer.of(initial | 24, argument);
  if (argument < 0x1_0000) return Buffer.of(initial | 25, argument >> 8, argument & 0xff);
  const wide = argument > 0xffff_ffff;
  const long = Buffer.alloc(wide ? 9 : 5);
  long[0] = initial | (wide ? 27 : 26);
  if (wide) long.writeBigUInt64BE(BigInt(argument), 1);
  else long.writeUInt32BE(argument, 1);
  return long;
}
