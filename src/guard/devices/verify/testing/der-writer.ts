/** DER for tests: writes what it is told, right or wrong. */

/** A value under its identifier octet. */
export function der(identifier: number, ...parts: readonly Uint8Array[]): Buffer {
  return node(Buffer.of(identifier), Buffer.concat(parts));
}

/** An explicit context tag, of any number. */
export function context(number: number, ...parts: readonly Uint8Array[]): Buffer {
  if (number < 31) return der(0xa0 | number, ...parts);
  const digits = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return node(Buffer.of(0xbf, ...digits), Buffer.concat(parts));
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
export const octets = (bytes: Uint8Array) => der(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0) => der(0x03, Buffer.of(unused), bytes);
export const boolean = (value: boolean) => der(0x01, Buffer.of(value ? 0xff : 0));
export const empty = () => der(0x05);
export const integer = (value: number | bigint) => der(0x02, magnitude(value));
export const enumerated = (value: number) => der(0x0a, magnitude(value));

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(0x80 | (left & 0x7f));
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

/** GeneralizedTime. */
export function time(ms: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
}

/** A name of one attribute; common name unless told. */
export function name(text: string, attribute = '2.5.4.3'): Buffer {
  return sequence(set(sequence(oid(attribute), der(0x0c, Buffer.from(text)))));
}

function magnitude(value: number | bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

function node(identifier: Buffer, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([identifier, Buffer.of(length), content]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([identifier, Buffer.of(0x80 | bytes.length), bytes, content]);
}
