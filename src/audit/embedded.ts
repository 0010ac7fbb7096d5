/**
 * Texts of other formats that stand inside a file – a `redis.conf` in a ConfigMap – as sources of their own: they are
 * read and judged by their format's rules, and what is found is told where it stands in the file.
 */
import type { TextEdit } from '../core/patch.ts';
import type { EmbeddedText } from './model.ts';
import { type Source, sourceOf } from './source.ts';

/** Path of an embedded text: `k8s/redis.yaml!redis-config/redis.conf`. */
export function embeddedPath(file: string, name: string): string {
  return `${file}!${name}`;
}

export function sourceWithin(outer: Source, { name, text, at }: EmbeddedText): Source {
  return {
    ...sourceOf(embeddedPath(outer.path, name), text),
    position: (offset) => outer.position(at(Math.max(0, Math.min(offset, text.length)))),
    within: { source: outer, at },
  };
}

/**
 * Edits of an embedded text as edits of its file. Null unless each stays on one line, replaces the very characters that
 * stand in the file, and writes nothing that YAML or JSON would have to quote.
 */
export function editsWithin(source: Source, edits: readonly TextEdit[]): TextEdit[] | null {
  const { within } = source;
  if (within === undefined) return [...edits];
  const mapped: TextEdit[] = [];
  for (const { start, end, text } of edits) {
    const written = source.text.slice(start, end);
    const place = { start: within.at(start), end: within.at(end) };
    if (/[\r\n]/.test(written) || !/^[\w ./@+=,-]*$/.test(text) || (written === '' && text === '')) return null;
    if (within.source.text.slice(place.start, place.end) !== written) return null;
    mapped.push({ ...place, text });
  }
  return mapped;
}
