/** Lines of a stream of bytes, in bounded memory. */
import { type Bytes, LONGEST_RECORD } from './source.ts';

export interface LineReader {
  /** Lines that were too long, and skipped. */
  readonly skipped: number;
  lines(): AsyncGenerator<string>;
}

export function lineReader(bytes: Bytes, most: number = LONGEST_RECORD): LineReader {
  let skipped = 0;
  async function* lines(): AsyncGenerator<string> {
    let held: Buffer[] = [];
    let length = 0;
    let skipping = false;
    for await (const part of bytes) {
      const buffer = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      let from = 0;
      for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, from)) {
        if (skipping || length + at - from > most) {
          skipped++;
          skipping = false;
        } else if (length === 0) yield buffer.toString('utf8', from, at);
        else {
          held.push(buffer.subarray(from, at));
          yield Buffer.concat(held).toString('utf8');
        }
        held = [];
        length = 0;
        from = at + 1;
      }
      if (from >= buffer.length || skipping) continue;
      length += buffer.length - from;
      if (length > most) {
        skipping = true;
        held = [];
        length = 0;
      } else held.push(Buffer.from(buffer.subarray(from)));
    }
    if (skipping) skipped++;
    else if (length > 0) yield Buffer.concat(held).toString('utf8');
  }
  return {
    lines,
    get skipped() {
      return skipped;
    },
  };
}
