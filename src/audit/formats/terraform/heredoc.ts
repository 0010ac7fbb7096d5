/** Heredocs (`<<EOT` and the indented `<<-EOT`) and the escapes of quoted strings. */
import type { Expression, TemplateText } from './syntax.ts';

export const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

interface Heredoc {
  /** Where its text begins and ends. */
  from: number;
  to: number;
  /** Behind the closing word. */
  end: number;
  /** The indentation that its lines share is no part of it. */
  flush: boolean;
  flushed(parts: readonly (TemplateText | Expression)[]): (TemplateText | Expression)[];
}

const OPENING = /<<(-?)([A-Za-z_][\w-]{0,60})[ \t]*\r?\n/y;

export function heredocAt(text: string, start: number): Heredoc | null {
  OPENING.lastIndex = start;
  const opening = OPENING.exec(text);
  if (opening === null) return null;
  const word = opening[2] ?? '';
  const from = start + opening[0].length;
  for (let line = from; line <= text.length; ) {
    const end = lineAfter(text, line);
    if (end - line < word.length + 4_096 && text.slice(line, end).trim() === word) {
      const stop = line + text.slice(line, end).trimEnd().length;
      const flush = opening[1] === '-';
      return { from, to: line, end: stop, flush, flushed: (parts) => flushed(parts, text, from, line) };
    }
    if (end >= text.length) return null;
    line = end + 1;
  }
  return null;
}

/** The parts with the indentation taken away; a part for each line, so that every one stands as it is in the file. */
function flushed(
  parts: readonly (TemplateText | Expression)[],
  text: string,
  from: number,
  to: number,
): (TemplateText | Expression)[] {
  let indent = Number.POSITIVE_INFINITY;
  for (let line = from; line < to; line = lineAfter(text, line) + 1) {
    let width = 0;
    while (text.charCodeAt(line + width) === 32 || text.charCodeAt(line + width) === 9) width += 1;
    if (line + width < lineAfter(text, line)) indent = Math.min(indent, width);
  }
  if (!Number.isFinite(indent) || indent === 0) return [...parts];
  return parts.flatMap((part): (TemplateText | Expression)[] => {
    if (part.kind !== 'text' || !part.exact) return [part];
    const lines: TemplateText[] = [];
    for (let at = part.start; at < part.end; ) {
      const next = Math.min(part.end, lineAfter(text, at) + 1);
      const first = at === from || text.charCodeAt(at - 1) === 10;
      const start = first ? Math.min(at + indent, next) : at;
      const value = text.slice(start, next);
      if (value !== '') lines.push({ kind: 'text', value, exact: true, start, end: next });
      at = next;
    }
    return lines;
  });
}

/** Where a line's newline stands, or the end of the text. */
export function lineAfter(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
