/** `environment` of a compose service, in its map and its list form, with where each value stands. */
import type { EnvironmentVariable } from '../../containers/model.ts';
import type { Source, Span } from '../../source.ts';
import type { YamlNode } from '../yaml/read.ts';
import { interpolate } from './interpolate.ts';

export interface ComposeVariable extends EnvironmentVariable {
  /** Where the default of `${NAME:-default}` stands when that is the whole value. */
  defaultSpan: Span | null;
  /** Key to end, or the whole list item without its dash. */
  entry: Span;
  /** The entry is written out in this service, alone on its lines, with others beside it: its lines can be cut. */
  removable: boolean;
}

export function readEnvironment(
  node: YamlNode | null,
  source: Source,
  variables: ReadonlyMap<string, string>,
): ComposeVariable[] {
  return joinEnvironment([{ node, variables }], source);
}

/** Variables of several files: the last that names one wins. */
export function joinEnvironment(
  parts: readonly { node: YamlNode | null; variables: ReadonlyMap<string, string> }[],
  source: Source,
  below: readonly ComposeVariable[] = [],
): ComposeVariable[] {
  const found = new Map(below.map((variable) => [variable.name, variable]));
  for (const { node, variables } of parts) readInto(found, node, source, variables);
  // What does not look like a name may be a value in the wrong place, and names are shown.
  return [...found.values()].filter(({ name }) => /^[\w.-]{1,128}$/.test(name));
}

function readInto(
  found: Map<string, ComposeVariable>,
  node: YamlNode | null,
  source: Source,
  variables: ReadonlyMap<string, string>,
): void {
  if (node?.kind === 'map') {
    for (const { key, span, keySpan, value, merged } of node.entries) {
      if (value?.tag === '!reset') {
        found.delete(key);
        continue;
      }
      const scalar = value?.kind === 'scalar' && !value.isNull ? value : null;
      const written = interpolate(scalar?.text ?? '', variables);
      const removable = !merged && !node.flow && node.entries.length > 1 && aloneOnLines(source.text, span, /^[ \t]*$/);
      found.set(key, {
        name: key,
        value: scalar && written.known ? written.text : null,
        source: scalar ? written.source : 'unknown',
        span: scalar?.span ?? keySpan,
        inner: scalar?.inner ?? null,
        defaultSpan: shift(written.defaultSpan, scalar?.inner),
        entry: span,
        removable,
      });
    }
  }
  if (node?.kind === 'seq') {
    for (const item of node.items) {
      if (item.kind !== 'scalar') continue;
      const equals = item.text.indexOf('=');
      const name = equals < 0 ? item.text : item.text.slice(0, equals);
      const written = interpolate(equals < 0 ? '' : item.text.slice(equals + 1), variables);
      const inner = equals >= 0 && item.inner ? { start: item.inner.start + equals + 1, end: item.inner.end } : null;
      found.set(name.trim(), {
        name: name.trim(),
        value: equals >= 0 && written.known ? written.text : null,
        source: equals < 0 ? 'unknown' : written.source,
        span: inner && inner.end > inner.start ? inner : item.span,
        inner,
        defaultSpan: shift(written.defaultSpan, inner),
        entry: item.span,
        removable: !node.flow && node.items.length > 1 && aloneOnLines(source.text, item.span, /^[ \t]*-[ \t]+$/),
      });
    }
  }
}

function shift(span: Span | null, inner: Span | null | undefined): Span | null {
  return span && inner ? { start: inner.start + span.start, end: inner.start + span.end } : null;
}

/** Nothing else but `before` and a comment stand on the lines of the span. */
function aloneOnLines(text: string, span: Span, before: RegExp): boolean {
  const start = text.lastIndexOf('\n', span.start - 1) + 1;
  const newline = text.indexOf('\n', span.end);
  const after = text.slice(span.end, newline < 0 ? text.length : newline);
  return before.test(text.slice(start, span.start)) && /^[ \t]*(?:#.*)?\r?$/.test(after);
}
