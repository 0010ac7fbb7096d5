/**
 * Several files as one text: what a service means is spread over a compose file, its override, what it includes and
 * extends, and its `env_file`. Each file gets its own range of offsets, so that a span names its file by itself.
 */
import type { Source, Span } from '../../source.ts';
import type { YamlNode } from '../yaml/read.ts';

export interface Joined {
  /** Everything as one; `position` is that in the file an offset belongs to. */
  readonly source: Source;
  /** Gives a file its range. @returns what to add to its own offsets */
  add(source: Source): number;
  /** The file that a span is in, and the span there. */
  place(span: Span): { source: Source; span: Span };
}

export function joinSources(first: Source): Joined {
  const parts: { source: Source; base: number }[] = [{ source: first, base: 0 }];
  let length = first.text.length + 1;
  let text: string | null = first.text;
  function at(offset: number): { source: Source; base: number } {
    return parts.findLast(({ base }) => base <= offset) ?? { source: first, base: 0 };
  }
  return {
    source: {
      path: first.path,
      sha256: first.sha256,
      encoding: first.encoding,
      eol: first.eol,
      get text() {
        text ??= parts.map((part) => part.source.text).join('\n');
        return text;
      },
      position(offset) {
        const { source, base } = at(offset);
        return source.position(offset - base);
      },
    },
    add(source) {
      const known = parts.find((part) => part.source.path === source.path);
      if (known) return known.base;
      const base = length;
      parts.push({ source, base });
      length += source.text.length + 1;
      text = null;
      return base;
    },
    place(span) {
      const { source, base } = at(span.start);
      return { source, span: { start: span.start - base, end: Math.min(span.end - base, source.text.length) } };
    },
  };
}

/** Moves the spans of a tree; nodes that are shared (aliases) stay shared. */
export function shifted(root: YamlNode, by: number): YamlNode {
  if (by === 0) return root;
  const move = (span: Span): Span => ({ start: span.start + by, end: span.end + by });
  const done = new Map<YamlNode, YamlNode>();
  // Depth is bounded by the reader.
  function visit(node: YamlNode): YamlNode {
    const known = done.get(node);
    if (known) return known;
    let made: YamlNode;
    if (node.kind === 'scalar') {
      made = { ...node, span: move(node.span), inner: node.inner && move(node.inner) };
    } else if (node.kind === 'seq') {
      made = { ...node, span: move(node.span), items: node.items.map(visit) };
    } else {
      const entries = node.entries.map((entry) => ({
        ...entry,
        keySpan: move(entry.keySpan),
        span: move(entry.span),
        value: entry.value && visit(entry.value),
      }));
      made = { ...node, span: move(node.span), entries };
    }
    done.set(node, made);
    return made;
  }
  return visit(root);
}
