/**
 * Protocol Buffers, the wire format (https://protobuf.dev/programming-guides/encoding/): fields one after another, each a
 * tag (varint, number << 3 | wire type) and a value.
 *
 * Wire types: 0 varint · 1 eight bytes · 2 length (varint) and as many bytes · 5 four bytes. 3 and 4 are groups, which no
 * format here uses.
 *
 * A reader of our own rather than a library: the libraries decode into objects, and what is wanted here is where a string
 * stands in the file, a look at its bytes before a string is made of it, and damage that ends one message only.
 */

export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

export class WireError extends RangeError {}

/** Walks the fields of one message; `next` moves on and fills the properties. */
export class Wire {
  readonly bytes: Buffer;
  #at: number;
  readonly #end: number;
  /** Field number. */
  field = 0;
  type = 0;
  /** Of a varint or four bytes: its low 32 bits, unsigned. No field that is read here is wider. */
  value = 0;
  /** Where the bytes of a length-delimited field begin and end. */
  start = 0;
  end = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#at = start;
    this.#end = Math.min(end, bytes.length);
  }

  /** @throws WireError when the message is damaged here */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    this.field = tag >>> 3;
    this.type = tag & 7;
    if (this.field === 0) throw new WireError(`field number 0 at ${this.#at}`);
    if (this.type === VARINT) this.value = this.#varint();
    else if (this.type === BYTES) this.#skip(this.#length());
    else if (this.type === FIXED64) this.#skip(8);
    else if (this.type === FIXED32) {
      this.#skip(4);
      this.value = this.bytes.readUInt32LE(this.start);
    } else throw new WireError(`wire type ${this.type} at ${this.#at}`);
    return true;
  }

  /** Whether the field at hand is the message, string or bytes numbered `field`. */
  is(field: number): boolean {
    return this.field === field && this.type === BYTES;
  }

  /** The message in the field at hand. */
  message(): Wire {
    return new Wire(this.bytes, this.start, this.end);
  }

  /** The string in the field at hand, cut at `most` bytes. */
  text(most: number): string {
    return this.bytes.toString('utf8', this.start, Math.min(this.end, this.start + most));
  }

  #skip(length: number): void {
    this.start = this.#at;
    this.end = this.#at + length;
    if (this.end > this.#end) throw new WireError(`field ${this.field} at ${this.#at} reaches beyond its message`);
    this.#at = this.end;
  }

  #length(): number {
    const length = this.#varint();
    if (length > 0x7fffffff) throw new WireError(`a length of ${length} at ${this.#at}`);
    return length;
  }

  #varint(): number {
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw new WireError(`a number breaks off at ${this.#at}`);
      const byte = this.bytes[this.#at++] ?? 0;
      if (shift < 28) result |= (byte & 0x7f) << shift;
      else if (shift === 28) result |= (byte & 0x0f) << 28;
      if (byte < 0x80) return result >>> 0;
    }
    throw new WireError(`a number of more than ten bytes at ${this.#at}`);
  }
}
