import { malformed } from './observations.ts';

/** Reads numbers and pieces out of bytes that a stranger sent: never beyond their end. */
export class ByteCursor {
  at = 0;
  readonly #bytes: Buffer;
  readonly #protocol: string;

  /** @param protocol named in the error */
  constructor(bytes: Buffer, protocol: string) {
    this.#bytes = bytes;
    this.#protocol = protocol;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  /** @throws PosternError `E_PROBE_IO` when fewer bytes are left */
  take(length: number): Buffer {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.left) {
      throw malformed(this.#protocol, 'a length beyond the end');
    }
    const taken = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u16be(): number {
    return this.take(2).readUInt16BE(0);
  }

  u16le(): number {
    return this.take(2).readUInt16LE(0);
  }

  i32be(): number {
    return this.take(4).readInt32BE(0);
  }

  u32be(): number {
    return this.take(4).readUInt32BE(0);
  }

  u32le(): number {
    return this.take(4).readUInt32LE(0);
  }
}
