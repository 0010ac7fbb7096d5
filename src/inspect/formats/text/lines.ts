/** Line by line: properties, ini, env, YAML (`key = value`, `key: value`, `# comment`) and plain prose. */
import { canMatter } from '../candidate.ts';
import { COMMENT, classesOf, decode, type EmitPiece, emitRuns, MAX_PIECE } from './piece.ts';
import { MAX_CARRY, type Place, type ReadWindow } from './windows.ts';

const NEWLINE = 0x0a;

export function settings(emit: EmitPiece): ReadWindow {
  return byLine((bytes, start, end, place) => {
    const classes = classesOf(bytes, start, end);
    if (!canMatter(bytes, start, end, classes)) return;
    const line = end - start <= MAX_PIECE ? decode(bytes, start, end, classes) : '';
    if (/^\s*(?:[#;!]|\/\/)/.test(line)) {
      emitRuns(bytes, start, end, place, { addressesOnly: true, name: COMMENT }, emit);
      return;
    }
    // anchored, and the value is trimmed by hand: a lazy match up to the end would be quadratic in hostile lines
    const key = /^\s*(?:- )?["']?([\w.$-]{1,80})["']?\s*(?:=|:(?!\/\/))\s*["']?/.exec(line);
    const value =
      key === null
        ? ''
        : line
            .slice(key[0].length)
            .trimEnd()
            .replace(/["']?,?$/, '');
    if (key?.[1] === undefined || value === '') {
      emitRuns(bytes, start, end, place, { addressesOnly: false }, emit);
      return;
    }
    const offset = place.base + start + Buffer.byteLength(key[0]);
    // properties files escape the colon: https\://example.org
    emit({ text: value.replace(/\\([:=#!\\])/g, '$1'), offset, line: place.line, name: key[1] });
  });
}

export function prose(emit: EmitPiece): ReadWindow {
  return byLine((bytes, start, end, place) => {
    emitRuns(bytes, start, end, place, { addressesOnly: true }, emit);
  });
}

/** Documentation, such as Markdown: everything counts as comment. */
export function documentation(emit: EmitPiece): ReadWindow {
  return byLine((bytes, start, end, place) => {
    emitRuns(bytes, start, end, place, { addressesOnly: true, name: COMMENT }, emit);
  });
}

function byLine(take: (bytes: Buffer, start: number, end: number, place: Place) => void): ReadWindow {
  return function readWindow(bytes, place, final) {
    let i = 0;
    while (i < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, i);
      if (newline < 0 && !final && bytes.length - i <= MAX_CARRY) return i;
      // an endless line is taken in parts; its tail is carried over so that no run is cut
      const end = newline >= 0 ? newline : final ? bytes.length : Math.max(i + 1, bytes.length - MAX_PIECE);
      take(bytes, i, end, place);
      i = newline >= 0 ? newline + 1 : end;
      if (newline >= 0) place.line++;
      else return i;
    }
    return i;
  };
}
