/** The form of APK signature blocks: pieces that begin with their length (u32, little-endian). */
export class Pieces {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @throws RangeError when it is not all there */
  piece(): Buffer {
    const length = this.word();
    return this.raw(length);
  }

  /** @throws RangeError when it is not all there */
  word(): number {
    const value = this.#bytes.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  raw(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError(`${length} bytes are announced, ${this.rest().length} are left`);
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }
}

/** The pieces of a list, `most` of them at most. @throws RangeError when one is not all there */
export function piecesOf(bytes: Buffer, most: number): Buffer[] {
  const list = new Pieces(bytes);
  const found: Buffer[] = [];
  while (!list.isEmpty && found.length < most) found.push(list.piece());
  return found;
}
