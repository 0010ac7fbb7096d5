import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { LINE_LIMIT } from './line.ts';

export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Without the line feed; null for a line above the limit, of which nothing is kept. */
  readonly bytes: Buffer | null;
  /** Bytes up to and with its line feed, from the start of the file (unpacked). */
  readonly end: number;
  /** False for what stands after the last line feed. */
  readonly whole: boolean;
}

/** The lines of a file, some at a time, in bounded memory. A name that ends in `.gz` is unpacked. */
export async function* readLines(path: string, start = 0): AsyncGenerator<readonly FileLine[]> {
  const file = createReadStream(path, { start, highWaterMark: 256 * 1024 });
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  if (source !== file) file.on('error', (error) => source.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  let tooLong = 0;
  let number = 0;
  let offset = start;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const found: FileLine[] = [];
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = data.indexOf(0x0a); at >= 0; at = data.indexOf(0x0a, from)) {
      const length = at - from + tooLong;
      offset += length + 1;
      const bytes = length > LINE_LIMIT ? null : data.subarray(from, at);
      found.push({ number: ++number, bytes, end: offset, whole: true });
      tooLong = 0;
      from = at + 1;
    }
    rest = data.subarray(from);
    if (rest.length + tooLong > LINE_LIMIT) {
      tooLong += rest.length;
      rest = Buffer.alloc(0);
    }
    if (found.length > 0) yield found;
  }
  const length = rest.length + tooLong;
  if (length === 0) return;
  yield [{ number: ++number, bytes: tooLong > 0 ? null : rest, end: offset + length, whole: false }];
}
