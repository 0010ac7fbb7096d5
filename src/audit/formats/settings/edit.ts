/** Edits of settings in YAML: values in place, lines in and out, without touching what stands around them. */
import type { Fix } from '../../model.ts';
import { lineEnd, type Source, wholeLines } from '../../source.ts';
import type { MapNode, YamlNode } from '../yaml/read.ts';
import type { Setting, SettingsDocument } from './read.ts';

type Details = Omit<Fix, 'edits'>;

/** Replaces a scalar's characters inside its quotes. */
export function replaceValue(setting: Pick<Setting, 'inner'>, text: string, details: Details): Fix | null {
  return setting.inner && { ...details, edits: [{ ...setting.inner, text }] };
}

/** Cuts a setting that is alone on its lines; null where that would leave an empty mapping behind. */
export function removeLines(
  { text }: Source,
  { root }: SettingsDocument,
  setting: Setting,
  details: Details,
): Fix | null {
  const lines = wholeLines(text, setting.entry);
  const alone = /^[ \t]*$/.test(text.slice(lines.start, setting.entry.start));
  const after = text.slice(setting.entry.end, lineEnd(text, setting.entry.end));
  if (!alone || !/^[ \t]*(?:#.*)?$/.test(after) || !hasSiblings(root, setting)) return null;
  return { ...details, edits: [{ ...lines, text: '' }] };
}

/** Its mapping is a block with more entries than this one. */
function hasSiblings(root: YamlNode | null, setting: Setting): boolean {
  let node = root;
  for (let depth = 0; node?.kind === 'map' && depth < 100; depth += 1) {
    const { entries, flow }: MapNode = node;
    const entry = entries.find(({ span }) => span.start <= setting.entry.start && span.end >= setting.entry.end);
    if (entry?.keySpan.start === setting.entry.start) return !flow && entries.length > 1;
    node = entry?.value ?? null;
  }
  return false;
}

/**
 * A new setting where its nearest mapping is written: `net.tls.mode` goes below `net` when that stands there. Null where
 * the file's form leaves it open where to write.
 */
export function addSetting(
  source: Source,
  { root, complete }: SettingsDocument,
  path: readonly string[],
  value: string,
  details: Details,
): Fix | null {
  if (!complete) return null;
  let node: YamlNode | null = root;
  let rest = path;
  let prefix = '';
  while (node?.kind === 'map' && rest.length > 1) {
    const [name = ''] = rest;
    const entry = node.entries.find(({ key, merged }) => key === name && !merged);
    if (!entry) break;
    if (entry.value?.kind !== 'map') {
      const empty = entry.value === null || (entry.value.kind === 'scalar' && entry.value.isNull);
      const at = lineEnd(source.text, entry.keySpan.end);
      const line = wholeLines(source.text, entry.keySpan).start;
      const indent = source.text.slice(line, entry.keySpan.start);
      if (!empty || !/^[ \t]*$/.test(indent) || !/^:[ \t]*(?:#.*)?$/.test(source.text.slice(entry.keySpan.end, at)))
        return null;
      const text = written(rest.slice(1), value, `${indent}  `, source.eol);
      return { ...details, edits: [{ start: at, end: at, text: `${source.eol}${text}` }] };
    }
    node = entry.value;
    rest = rest.slice(1);
    const first = node.entries[0];
    if (node.flow || !first || first.merged) return null;
    const start = source.text.lastIndexOf('\n', first.keySpan.start - 1) + 1;
    prefix = source.text.slice(start, first.keySpan.start);
    if (!/^ +$/.test(prefix)) return null;
  }
  if (prefix === '') return appendLines(source, root, path, value, details);
  const first = node?.kind === 'map' ? node.entries[0] : undefined;
  if (!first) return null;
  const at = first.keySpan.start - prefix.length;
  const text = `${written(rest, value, prefix, source.eol)}${source.eol}`;
  return { ...details, edits: [{ start: at, end: at, text }] };
}

/** `a: / b: value`, each level two blanks deeper. */
function written(path: readonly string[], value: string, indent: string, eol: string): string {
  return path
    .map((name, depth) => `${indent}${'  '.repeat(depth)}${name}:${depth === path.length - 1 ? ` ${value}` : ''}`)
    .join(eol);
}

/** At the end of a file that is one block mapping. */
function appendLines(
  source: Source,
  root: YamlNode | null,
  path: readonly string[],
  value: string,
  details: Details,
): Fix | null {
  const { text, eol } = source;
  if (root !== null && (root.kind !== 'map' || root.flow)) return null;
  const first = root?.kind === 'map' ? root.entries[0] : undefined;
  if (first && text.lastIndexOf('\n', first.keySpan.start - 1) + 1 !== first.keySpan.start && first.keySpan.start > 1)
    return null;
  if (/^(?:---|\.\.\.)[ \t]*\S*\s*$/m.test(text.slice(4))) return null;
  const before = text === '' || text.endsWith('\n') ? '' : eol;
  return {
    ...details,
    edits: [{ start: text.length, end: text.length, text: `${before}${written(path, value, '', eol)}${eol}` }],
  };
}

/** A setting as one dotted line, as Elasticsearch and OpenSearch files have it. */
export function addLine(
  source: Source,
  document: SettingsDocument,
  key: string,
  value: string,
  details: Details,
): Fix | null {
  return document.complete ? appendLines(source, document.root, [key], value, details) : null;
}
