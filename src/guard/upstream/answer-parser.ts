/**
 * Reads the store's HTTP/1.1 answers (RFC 9112), strictly: whatever could be read in two ways ends the connection.
 *
 *   HTTP/1.1 200 OK CRLF  *( name ":" OWS value OWS CRLF )  CRLF  body
 *
 * The body ends by Content-Length, by chunks, or with the connection. It is gathered up to a limit.
 */
import { Refusal } from '../contract/refusal.ts';
import type { UpstreamAnswer } from '../contract/store.ts';

const MAX_HEAD = 64 * 1024;
const MAX_CHUNK_LINE = 1024;
const EMPTY = Buffer.alloc(0);

export interface ReadAnswer extends UpstreamAnswer {
  /** The connection may carry another request. */
  readonly reusable: boolean;
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-close' | 'done';

/** One parser reads one answer after another; `reset` before each. */
export class AnswerParser {
  readonly #maxBytes: number;
  #state: State = 'head';
  #pending: Buffer = EMPTY;
  #parts: Buffer[] = [];
  #size = 0;
  #left = 0;
  #status = 0;
  #headers: Record<string, string> = {};
  #close = false;
  #trailerBytes = 0;
  #bodiless = false;
  #untouched = true;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @param bodiless the request was a HEAD */
  reset(bodiless: boolean): void {
    this.#state = 'head';
    this.#pending = EMPTY;
    this.#parts = [];
    this.#size = 0;
    this.#close = false;
    this.#trailerBytes = 0;
    this.#bodiless = bodiless;
    this.#untouched = true;
  }

  /** True before the first byte of an answer. */
  get untouched(): boolean {
    return this.#untouched;
  }

  /**
   * @returns the answer when these bytes complete it
   * @throws Refusal `upstream_answer` for anything that is not an answer, `too_large` above the limit
   */
  push(chunk: Buffer): ReadAnswer | undefined {
    this.#untouched = false;
    let data = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = EMPTY;
    for (;;) {
      switch (this.#state) {
        case 'head': {
          const end = data.indexOf('\r\n\r\n');
          if (end > MAX_HEAD || (end < 0 && data.length > MAX_HEAD)) throw garbage('the head is too long');
          if (end < 0) {
            this.#pending = data;
            return undefined;
          }
          this.#readHead(data.toString('latin1', 0, end));
          data = data.subarray(end + 4);
          break;
        }
        case 'length': {
          const body = this.#take(data, this.#left);
          if (this.#left > 0) return undefined;
          return this.#finish(body);
        }
        case 'chunk-size': {
          const end = data.indexOf('\r\n');
          if (end > MAX_CHUNK_LINE || (end < 0 && data.length > MAX_CHUNK_LINE))
            throw garbage('a chunk line is too long');
          if (end < 0) {
            this.#pending = data;
            return undefined;
          }
          this.#left = chunkSize(data.toString('latin1', 0, end));
          this.#state = this.#left === 0 ? 'trailers' : 'chunk';
          if (this.#size + this.#left > this.#maxBytes) throw tooLarge();
          data = data.subarray(end + 2);
          break;
        }
        case 'chunk': {
          data = this.#take(data, this.#left);
          if (this.#left > 0) return undefined;
          this.#state = 'chunk-end';
          break;
        }
        case 'chunk-end': {
          if (data.length < 2) {
            this.#pending = data;
            return undefined;
          }
          if (data[0] !== 13 || data[1] !== 10) throw garbage('a chunk does not end where it says');
          this.#state = 'chunk-size';
          data = data.subarray(2);
          break;
        }
        case 'trailers': {
          const end = data.indexOf('\r\n');
          if (this.#trailerBytes + (end < 0 ? data.length : end) > MAX_HEAD) throw garbage('the trailers are too long');
          if (end < 0) {
            this.#pending = data;
            return undefined;
          }
          this.#trailerBytes += end + 2;
          data = data.subarray(end + 2);
          if (end === 0) return this.#finish(data);
          break;
        }
        case 'until-close': {
          this.#take(data, Number.POSITIVE_INFINITY);
          return undefined;
        }
        case 'done':
          throw garbage('bytes after the answer');
      }
    }
  }

  /** The connection ended. @returns the answer where its end is the end of the connection */
  end(): ReadAnswer | undefined {
    return this.#state === 'until-close' ? this.#finish(EMPTY) : undefined;
  }

  #readHead(head: string): void {
    const lines = head.split('\r\n');
    const status = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?$/.exec(lines[0] ?? '');
    if (!status) throw garbage('no status line');
    this.#status = Number(status[2]);
    this.#close = status[1] === '0';
    this.#headers = {};
    let length: string | undefined;
    let coding: string | undefined;
    for (let at = 1; at < lines.length; at++) {
      const line = lines[at] ?? '';
      const colon = line.indexOf(':');
      if (colon <= 0 || /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(line.slice(0, colon))) throw garbage('a malformed header');
      if (line.includes('\n') || line.includes('\r') || line.includes('\0')) throw garbage('a malformed header');
      const name = line.slice(0, colon).toLowerCase();
      const value = withoutBlanks(line, colon + 1);
      if (name === 'content-length') {
        if (length !== undefined && length !== value) throw garbage('two lengths');
        length = value;
      } else if (name === 'transfer-encoding') {
        if (coding !== undefined) throw garbage('two codings');
        coding = value.toLowerCase();
      } else if (name === 'connection') {
        if (/\bclose\b/i.test(value)) this.#close = true;
      } else if (name === 'content-encoding') {
        if (value.toLowerCase() !== 'identity') throw garbage('a content coding that was not asked for');
      } else if (name === 'content-type' || name === 'warning') {
        this.#headers[name] = value;
      }
    }
    if (length !== undefined && coding !== undefined) throw garbage('a length and a coding');
    if (coding !== undefined && coding !== 'chunked') throw garbage('an unknown coding');
    if (this.#status < 200) {
      // 1xx: the answer itself follows. 101 was never asked for.
      if (this.#status === 101) throw garbage('a switch of protocols');
      this.#state = 'head';
    } else if (this.#bodiless || this.#status === 204 || this.#status === 304) {
      this.#left = 0;
      this.#state = 'length';
    } else if (coding !== undefined) {
      this.#state = 'chunk-size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw garbage('a malformed length');
      this.#left = Number(length);
      if (this.#left > this.#maxBytes) throw tooLarge();
      this.#state = 'length';
    } else {
      this.#close = true;
      this.#state = 'until-close';
    }
  }

  /** Keeps up to `wanted` bytes of the body. @returns what follows them */
  #take(data: Buffer, wanted: number): Buffer {
    const part = data.length > wanted ? data.subarray(0, wanted) : data;
    if (part.length > 0) {
      this.#size += part.length;
      if (this.#size > this.#maxBytes) throw tooLarge();
      this.#parts.push(part);
      if (wanted !== Number.POSITIVE_INFINITY) this.#left -= part.length;
    }
    return data.subarray(part.length);
  }

  #finish(rest: Buffer): ReadAnswer {
    if (rest.length > 0) throw garbage('bytes after the answer');
    this.#state = 'done';
    const body = this.#parts.length === 1 ? (this.#parts[0] ?? EMPTY) : Buffer.concat(this.#parts);
    this.#parts = [];
    return { status: this.#status, headers: this.#headers, body, reusable: !this.#close };
  }
}

/** RFC 9110, 5.6.3: spaces and tabs, and nothing else that `trim` takes for a blank. */
function withoutBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

function chunkSize(line: string): number {
  const size = /^([0-9A-Fa-f]{1,12})(?:[ \t]*;[^\r\n]*)?$/.exec(line)?.[1];
  if (size === undefined) throw garbage('a malformed chunk size');
  return Number.parseInt(size, 16);
}

function garbage(detail: string): Refusal {
  return new Refusal('upstream_answer', `the store's answer: ${detail}`);
}

function tooLarge(): Refusal {
  return new Refusal('upstream_answer', "the store's answer is larger than answerBytes allows");
}
