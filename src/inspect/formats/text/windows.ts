import type { EmitPiece } from './piece.ts';

/** Position of a window in its text. */
export interface Place {
  /** Byte offset of the window's first byte. */
  base: number;
  /** 1-based line of it. */
  line: number;
}

/**
 * Reads one window and says how many of its bytes it is done with; the rest is seen again at the head of the next
 * window. It may leave over at most `MAX_CARRY` bytes unless `final`, and keeps `place.line` up to date.
 */
export type ReadWindow = (window: Buffer, place: Place, final: boolean) => number;

export const MAX_CARRY = 1 << 16;

export interface TextScanner {
  push(chunk: Buffer): void;
  end(): void;
}

export type Grammar = (emit: EmitPiece) => ReadWindow;

/** Runs a grammar over a text that arrives in chunks, in memory of one chunk and what is carried over. */
export function createScanner(grammar: Grammar, emit: EmitPiece): TextScanner {
  const readWindow = grammar(emit);
  const place: Place = { base: 0, line: 1 };
  let carry: Buffer = Buffer.alloc(0);
  function advance(window: Buffer, final: boolean): void {
    const done = readWindow(window, place, final);
    place.base += done;
    carry = Buffer.from(window.subarray(done));
  }
  return {
    push(chunk) {
      advance(carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk, false);
    },
    end() {
      advance(carry, true);
    },
  };
}
