import { createHash } from 'node:crypto';

/** A range of a file, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** 1-based; columns count UTF-16 code units, as editors do. */
export interface Position {
  line: number;
  column: number;
}

/** A configuration file as it was read. Offsets everywhere in this room are into `text`. */
export interface Source {
  /** Relative to the audited root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** SHA-256 (hex) of the file's bytes. */
  readonly sha256: string;
  /** `latin1` when the bytes are not valid UTF-8: every byte then survives reading and writing. */
  readonly encoding: 'utf8' | 'latin1';
  /** Line ending of the first line; what inserted lines end with. */
  readonly eol: '\n' | '\r\n';
  position(offset: number): Position;
  /** Set for a text that stands inside a file (a key of a ConfigMap): the file, and where in it an offset stands. */
  readonly within?: { readonly source: Source; at(offset: number): number };
}

/** The file that a text stands in: itself, unless it is embedded in another (a key of a ConfigMap). */
export function fileOf(source: Source): Source {
  return source.within?.source ?? source;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as the source of a file at `path`; the byte-order mark, if any, stays in the text so that offsets hold. */
export function sourceOf(path: string, content: Uint8Array | string): Source {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const { text, encoding } = decode(bytes);
  let starts: number[] | undefined;
  return {
    path,
    text,
    encoding,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    eol: /\r\n|\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n',
    position(offset) {
      starts ??= lineStarts(text);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
  };
}

/** The bytes of an edited text, in the encoding its source was read in. */
export function encode(text: string, encoding: Source['encoding']): Buffer {
  return Buffer.from(text, encoding);
}

function decode(bytes: Uint8Array): { text: string; encoding: Source['encoding'] } {
  try {
    return { text: strict.decode(bytes), encoding: 'utf8' };
  } catch {
    return {
      text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
      encoding: 'latin1',
    };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** One line of a text without its ending. */
export interface Line extends Span {
  text: string;
}

/** The lines of a text; `\n` and `\r\n` end a line. */
export function* linesOf(text: string): Generator<Line> {
  let start = 0;
  while (start <= text.length) {
    const newline = text.indexOf('\n', start);
    const stop = newline < 0 ? text.length : newline;
    const end = stop > start && text[stop - 1] === '\r' ? stop - 1 : stop;
    yield { start, end, text: text.slice(start, end) };
    if (newline < 0) return;
    start = newline + 1;
  }
}

/** The whole lines that a span lies on, with the ending of the last: what to cut to remove them. */
export function wholeLines(text: string, span: Span): Span {
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const newline = text.indexOf('\n', Math.max(span.start, span.end - 1));
  return { start, end: newline < 0 ? text.length : newline + 1 };
}

/** Where the line that holds `offset` ends, before its line ending. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  const stop = newline < 0 ? text.length : newline;
  return stop > offset && text[stop - 1] === '\r' ? stop - 1 : stop;
}
