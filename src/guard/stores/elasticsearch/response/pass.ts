/**
 * Answers to trusted services that pass as the store's own bytes. What decides is still looked at: every hit is of an index
 * that the policy grants (B183), there are no more than were asked for, each is counted, and nothing is in the answer that
 * would have to be taken out.
 *
 * The members of the answer, of `hits` and of each hit are read where they stand, everything below them is stepped over: a
 * fifth of what parsing costs. What is not plainly so – an escape in a key that matters, a key that stands twice, a bracket
 * too few – is undefined here, and the answer is parsed, checked and printed as all others are.
 */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '../../../contract/refusal.ts';
import type { DocumentKey, UpstreamAnswer } from '../../../contract/store.ts';
import { grantOf } from './hit.ts';
import type { Projection } from './projection.ts';
import { LARGE_ANSWER, requireJson } from './search.ts';

export interface PassedSearch {
  readonly bytes: Uint8Array;
  readonly documents: readonly DocumentKey[];
}

/**
 * @param answer of status 200
 * @returns undefined where the answer has to be projected
 * @throws Refusal `upstream_answer`, `post_check`
 */
export function passSearch(answer: UpstreamAnswer, projection: Projection): PassedSearch | undefined {
  if (projection.strict || projection.prefix !== '' || projection.parts.totalAsInt || projection.aggregations !== null)
    return undefined;
  const { body } = answer;
  requireJson(answer);
  if (body.length > LARGE_ANSWER || !isUtf8(body)) return undefined;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const reader = new Reader(bytes, projection);
  return reader.answer() ? { bytes: body, documents: reader.documents } : undefined;
}

/** Answers with more in them (aggregations, suggestions, a store's ids) are the projection's. */
const PLAIN: ReadonlySet<string> = new Set(['took', 'timed_out', 'terminated_early', '_shards', 'hits']);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Each method starts at the first byte of what it reads and ends behind it; false: not plain. */
class Reader {
  readonly documents: DocumentKey[] = [];
  readonly #bytes: Buffer;
  /** The bytes as characters: cutting strings out of it costs a tenth of decoding each. */
  readonly #text: string;
  readonly #projection: Projection;
  #at = 0;
  /** Of the key that was read last. */
  #keyStart = 0;
  #keyEnd = 0;
  /** Hits of one index follow each other: its name is looked up once. */
  #index = '';
  #granted = '';

  constructor(bytes: Buffer, projection: Projection) {
    this.#bytes = bytes;
    this.#text = bytes.toString('latin1');
    this.#projection = projection;
  }

  answer(): boolean {
    let hits = 0;
    let shards = 0;
    const plain = this.#object(() => {
      const key = this.#key();
      if (!PLAIN.has(key)) return false;
      if (key === 'hits') return ++hits === 1 && this.#hits();
      if (key === '_shards') return ++shards === 1 && this.#object(() => !this.#isKey('failures') && this.#value());
      return this.#value();
    });
    this.#space();
    return plain && hits === 1 && shards === 1 && this.#at === this.#bytes.length;
  }

  #hits(): boolean {
    let lists = 0;
    const plain = this.#object(() => (this.#isKey('hits') ? ++lists === 1 && this.#list() : this.#value()));
    return plain && lists === 1;
  }

  #list(): boolean {
    if (this.#bytes[this.#at] !== OPEN_LIST) return false;
    this.#at++;
    this.#space();
    if (this.#bytes[this.#at] === CLOSE_LIST) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (!this.#hit()) return false;
      this.#space();
      const byte = this.#bytes[this.#at++];
      if (byte === CLOSE_LIST) return true;
      if (byte !== COMMA) return false;
      this.#space();
    }
  }

  #hit(): boolean {
    const { grants, parts } = this.#projection;
    if (this.documents.length === parts.size) throw new Refusal('post_check', 'hits: more than were asked for');
    this.#hitIndex = undefined;
    this.#hitId = undefined;
    if (!this.#object(this.#hitMember)) return false;
    const index: string | undefined = this.#hitIndex;
    const id: string | undefined = this.#hitId;
    if (index === undefined || id === undefined) return false;
    if (index !== this.#index || this.#granted === '') {
      const grant = grantOf(index, grants);
      if (grant === undefined) throw new Refusal('post_check', 'hits: of another index');
      this.#index = index;
      this.#granted = `${grant.index}/`;
    }
    this.documents.push(this.#granted + id);
    return true;
  }

  #hitIndex: string | undefined;
  #hitId: string | undefined;
  /** One for all hits: a function for each would cost more than reading it. */
  readonly #hitMember = (): boolean => {
    if (this.#isKey('_index')) {
      if (this.#hitIndex !== undefined) return false;
      this.#hitIndex = this.#plainText();
      return this.#hitIndex !== undefined;
    }
    if (!this.#isKey('_id')) return this.#value();
    if (this.#hitId !== undefined) return false;
    this.#hitId = this.#plainText();
    return this.#hitId !== undefined;
  };

  /** @param member stands at the value of a member whose key was read */
  #object(member: () => boolean): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== OPEN) return false;
    this.#at++;
    this.#space();
    if (bytes[this.#at] === CLOSE) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (bytes[this.#at] !== QUOTE) return false;
      const start = this.#at + 1;
      if (!this.#string()) return false;
      const end = this.#at - 1;
      this.#space();
      if (bytes[this.#at++] !== COLON) return false;
      this.#space();
      this.#keyStart = start;
      this.#keyEnd = end;
      // A key that an escape could hide in another spelling.
      for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return false;
      if (!member()) return false;
      this.#space();
      const byte = bytes[this.#at++];
      if (byte === CLOSE) return true;
      if (byte !== COMMA) return false;
      this.#space();
    }
  }

  #key(): string {
    return this.#text.slice(this.#keyStart, this.#keyEnd);
  }

  #isKey(name: string): boolean {
    return this.#keyEnd - this.#keyStart === name.length && this.#text.startsWith(name, this.#keyStart);
  }

  /** A string without escapes. */
  #plainText(): string | undefined {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    if (bytes[this.#at] !== QUOTE || !this.#string()) return undefined;
    const end = this.#at - 1;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH) return undefined;
      if (byte >= 0x80)
        return bytes.toString('utf8', start, end).includes('\\') ? undefined : bytes.toString('utf8', start, end);
    }
    return this.#text.slice(start, end);
  }

  #string(): boolean {
    const bytes = this.#bytes;
    const end = bytes.length;
    let at = this.#at + 1;
    while (at < end) {
      const byte = bytes[at++];
      if (byte === QUOTE) {
        this.#at = at;
        return true;
      }
      if (byte === BACKSLASH) at++;
    }
    return false;
  }

  /** Any value: brackets are counted outside of strings. */
  #value(): boolean {
    const bytes = this.#bytes;
    const end = bytes.length;
    let depth = 0;
    let at = this.#at;
    while (at < end) {
      const byte = bytes[at++];
      if (byte === QUOTE) {
        for (;;) {
          if (at >= end) return false;
          const inner = bytes[at++];
          if (inner === QUOTE) break;
          if (inner === BACKSLASH) at++;
        }
      } else if (byte === OPEN || byte === OPEN_LIST) depth++;
      else if (byte === COMMA || byte === CLOSE || byte === CLOSE_LIST) {
        if (depth === 0) {
          this.#at = at - 1;
          return true;
        }
        if (byte !== COMMA) depth--;
      }
    }
    return false;
  }

  #space(): void {
    const bytes = this.#bytes;
    let byte = bytes[this.#at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at];
  }
}
