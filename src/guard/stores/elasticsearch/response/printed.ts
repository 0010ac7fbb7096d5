import { parseAnswer } from '../../../json/answer.ts';
import { printJson } from '../../../json/print.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../json/value.ts';

const BLOCK = 1024 * 1024;
const COMMA = 0x2c;

/**
 * A list whose elements are kept as printed bytes, outside of the heap: what large answers are made of, so that the tree of
 * one hit is gone before the next is read. An element that is looked at is read from its bytes again, each time.
 */
export class PrintedList extends Array<Json> {
  /** What `map` and `filter` make is a list like any other. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  readonly #full: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;

  add(json: Json): void {
    const text = printJson(json);
    const length = Buffer.byteLength(text);
    if (this.#used + length + 1 > this.#block.length) {
      if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
      this.#block = Buffer.allocUnsafe(Math.max(BLOCK, length + 1));
      this.#used = 0;
    }
    if (this.length > 0) this.#block[this.#used++] = COMMA;
    const bytes = this.#block.subarray(this.#used, this.#used + length);
    bytes.write(text);
    this.#used += length;
    Object.defineProperty(this, this.length, { enumerable: true, get: () => parseAnswer(bytes) });
  }

  /** The elements with commas between them. */
  get bytes(): readonly Buffer[] {
    return [...this.#full, this.#block.subarray(0, this.#used)];
  }
}

/** Prints an answer; hits that are bytes already are not read again for it. */
export function printAnswer(json: JsonObject): string | Uint8Array {
  const hits = json.hits;
  if (!isJsonObject(hits) || !(hits.hits instanceof PrintedList)) return printJson(json);
  const { hits: list, ...besides } = hits;
  const { hits: _hits, ...others } = json;
  return Buffer.concat([
    Buffer.from(`${open(others)}"hits":${open(besides)}"hits":[`),
    ...(list as PrintedList).bytes,
    Buffer.from(']}}'),
  ]);
}

/** An object that goes on. */
function open(json: JsonObject): string {
  const text = printJson(json);
  return text === '{}' ? '{' : `${text.slice(0, -1)},`;
}
