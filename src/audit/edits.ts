/** Text edits: applying them, and telling which lines they touch. */
import type { TextEdit } from '../core/patch.ts';

/** The text with the edits applied, or null when they overlap or lie outside the text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string | null {
  const sorted = sortEdits(edits);
  const parts: string[] = [];
  let at = 0;
  for (const [index, edit] of sorted.entries()) {
    const previous = sorted[index - 1];
    if (!isWithin(edit, text) || (previous && overlap(previous, edit))) return null;
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

export function sortEdits(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Two edits want the same characters, or insert at the same place, where their order would be a guess. */
export function overlap(a: TextEdit, b: TextEdit): boolean {
  if (a.start === b.start && (a.start === a.end || b.start === b.end)) return a.end === b.end;
  return a.start < b.end && b.start < a.end;
}

export function sameEdits(a: readonly TextEdit[], b: readonly TextEdit[]): boolean {
  return JSON.stringify(sortEdits(a)) === JSON.stringify(sortEdits(b));
}

function isWithin(edit: TextEdit, text: string): boolean {
  const { start, end } = edit;
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length;
}

/** True when every line that no edit touches stands in the patched text too, in its order. */
export function changesOnlyEditedLines(before: string, after: string, edits: readonly TextEdit[]): boolean {
  const touched = new Set<number>();
  for (const edit of edits) {
    const first = lineOf(before, edit.start);
    // An edit that ends at the start of a line leaves that line alone.
    const last = edit.end > edit.start ? lineOf(before, edit.end - 1) : first;
    for (let line = first; line <= last; line += 1) touched.add(line);
  }
  // Not by a diff: where lines are alike, it may choose another one of them to have changed.
  const lines = after.split('\n');
  let at = 0;
  for (const [line, text] of before.split('\n').entries()) {
    if (touched.has(line)) continue;
    while (at < lines.length && lines[at] !== text) at += 1;
    if (at === lines.length) return false;
    at += 1;
  }
  return true;
}

/** 0-based. */
function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
