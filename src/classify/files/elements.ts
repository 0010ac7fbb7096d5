/** Elements of a JSON array that is the whole document, one by one: the array itself is never in memory. */
import { type Bytes, LONGEST_RECORD } from './source.ts';

const [QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [34, 92, 44, 91, 93, 123, 125];

export interface ElementReader {
  readonly skipped: number;
  readonly broken: number;
  elements(): AsyncGenerator<unknown>;
}

/** @param bytes begin with white space and `[` */
export function elementReader(bytes: Bytes, most: number = LONGEST_RECORD): ElementReader {
  let skipped = 0;
  let broken = 0;
  async function* elements(): AsyncGenerator<unknown> {
    let depth = 0;
    let quoted = false;
    let escaped = false;
    let held: Buffer[] = [];
    let length = 0;
    let skipping = false;
    const finish = (rest: Buffer): { value: unknown } | undefined => {
      const text = Buffer.concat([...held, rest])
        .toString('utf8')
        .trim();
      const whole = !skipping && length + rest.length <= most;
      held = [];
      length = 0;
      if (!whole) {
        skipped++;
        skipping = false;
        return undefined;
      }
      if (text === '') return undefined;
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        broken++;
        return undefined;
      }
    };
    for await (const part of bytes) {
      const buffer = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      let from = 0;
      for (let at = 0; at < buffer.length; at++) {
        const byte = buffer[at];
        if (quoted) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) quoted = false;
          continue;
        }
        if (byte === QUOTE) quoted = true;
        else if (byte === OPEN_LIST || byte === OPEN_MAP) {
          depth++;
          if (depth === 1) from = at + 1;
        } else if (byte === CLOSE_LIST || byte === CLOSE_MAP || (byte === COMMA && depth === 1)) {
          if (depth === 1) {
            const found = finish(buffer.subarray(from, at));
            from = at + 1;
            if (found) yield found.value;
          }
          if (byte !== COMMA) depth--;
        }
      }
      if (depth === 0 || skipping) continue;
      length += buffer.length - from;
      if (length > most) {
        skipping = true;
        held = [];
      } else held.push(Buffer.from(buffer.subarray(from)));
    }
    if (depth > 0) broken++;
  }
  return {
    elements,
    get skipped() {
      return skipped;
    },
    get broken() {
      return broken;
    },
  };
}
