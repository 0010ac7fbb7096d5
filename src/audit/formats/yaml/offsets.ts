/** Where each character of a scalar's text stands in its file: for texts of other formats that a scalar holds. */
import type { ScalarNode } from './read.ts';

/** Maps offsets of a scalar's text to offsets of the file; to its start where its writing differs too much. */
export function offsetsOf(node: ScalarNode, file: string): (offset: number) => number {
  const { inner, span } = node;
  if (inner) return (offset) => Math.min(inner.start + offset, inner.end);
  const map = node.style === 'block' ? blockMap(node, file) : escapedMap(node, file);
  return map === null ? () => span.start : (offset) => map(offset);
}

/** A literal block (`|`): line by line, each behind its indentation. Folded blocks (`>`) where nothing was folded. */
function blockMap(node: ScalarNode, file: string): ((offset: number) => number) | null {
  const header = file.indexOf('\n', node.span.start);
  if (header < 0 || !/^[|>]/.test(file.slice(node.span.start, node.span.start + 1))) return null;
  const lines = node.text.split('\n');
  const starts: number[] = [];
  const places: number[] = [];
  let offset = 0;
  let line = header + 1;
  let indent: number | null = null;
  for (const text of lines) {
    const stop = file.indexOf('\n', line);
    const end = stop < 0 ? file.length : stop;
    const written = file.slice(line, end).replace(/\r$/, '');
    if (text !== '') {
      indent ??= written.length - text.length;
      if (indent < 0 || written.slice(indent) !== text || written.slice(0, indent).trim() !== '') return null;
    } else if (written.trim() !== '') {
      // The empty piece behind the last line ending; what stands below belongs to the next key.
      if (offset < node.text.length) return null;
    }
    starts.push(offset);
    places.push(text === '' ? line : line + (indent ?? 0));
    offset += text.length + 1;
    line = stop < 0 ? file.length : stop + 1;
  }
  return (wanted) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= wanted) low = middle;
      else high = middle - 1;
    }
    return Math.min((places[low] ?? 0) + wanted - (starts[low] ?? 0), file.length);
  };
}

/** A quoted scalar with simple escapes (`\n`, `\"`); null for folded lines and `\u` escapes. */
function escapedMap(node: ScalarNode, file: string): ((offset: number) => number) | null {
  if (node.style !== 'double' && node.style !== 'single') return null;
  const end = node.span.end - 1;
  const places: number[] = [];
  for (let place = node.span.start + 1; place < end; place += 1) {
    const character = file[place];
    if (character === '\n') return null;
    places.push(place);
    if (node.style === 'double' && character === '\\') {
      place += 1;
      if (!/[ntr"\\/ ]/.test(file[place] ?? '')) return null;
    } else if (node.style === 'single' && character === "'") place += 1;
  }
  if (places.length !== node.text.length) return null;
  return (offset) => places[offset] ?? end;
}
