/**
 * YAML 1.2 with exact positions, for every YAML format of this room.
 *
 * The `yaml` package gives tokens and nodes; this file turns them into a small tree of maps, sequences and scalars in
 * which aliases and merge keys (`<<`) are already followed, and bounds what hostile input can cost: the composer of
 * `yaml` recurses, and deep nesting kills the process (it cannot be caught), so depth is measured on the token tree
 * first, without recursion.
 */
import { Composer, type CST, isAlias, isMap, isPair, isScalar, isSeq, type Node as LibraryNode, Parser } from 'yaml';
import type { Span } from '../../source.ts';

/** Deepest nesting read; real files stay below 20. */
const MAX_DEPTH = 100;
/** Most nodes read from one file. */
const MAX_NODES = 200_000;
/** Most anchors and tags on one node; the specification allows one of each. */
const MAX_PROPERTIES = 16;
/** Most aliases followed in one file. */
const MAX_ALIASES = 10_000;

export interface ScalarNode {
  kind: 'scalar';
  /** A tag of its own (`!reset`, `!Ref`); not the ones of YAML itself. */
  tag?: string;
  /** The value as text, whatever its type: `"false"` and `false` are both `false`. */
  text: string;
  isNull: boolean;
  style: 'plain' | 'single' | 'double' | 'block';
  span: Span;
  /** The characters of the value inside its quotes; null when escapes or folds make them differ from `text`. */
  inner: Span | null;
}

export interface Entry {
  key: string;
  keySpan: Span;
  /** Key to end of value. */
  span: Span;
  value: YamlNode | null;
  /** Comes from a merge key, so it is written elsewhere. */
  merged: boolean;
}

export interface MapNode {
  kind: 'map';
  tag?: string;
  span: Span;
  flow: boolean;
  /** In order; of duplicate keys the last, of merged ones the nearest. */
  entries: Entry[];
}

export interface SeqNode {
  kind: 'seq';
  tag?: string;
  span: Span;
  flow: boolean;
  items: YamlNode[];
}

export type YamlNode = ScalarNode | MapNode | SeqNode;

export interface YamlProblem {
  code: 'YAML_SYNTAX' | 'YAML_DUPLICATE_KEY' | 'YAML_LIMIT' | 'YAML_ALIAS';
  reason: string;
  offset: number;
}

export interface YamlFile {
  /** One root per document of the stream. */
  roots: YamlNode[];
  problems: YamlProblem[];
}

export function readYaml(text: string): YamlFile {
  const problems: YamlProblem[] = [];
  const tokens = [...new Parser().parse(text)];
  const excess = excessOf(tokens);
  if (excess !== null) {
    problems.push({ code: 'YAML_LIMIT', ...excess });
    return { roots: [], problems };
  }
  const roots: YamlNode[] = [];
  const options = { version: '1.2', uniqueKeys: false, merge: false, logLevel: 'silent', prettyErrors: false } as const;
  for (const document of new Composer(options).compose(tokens, false, text.length)) {
    for (const error of document.errors.slice(0, 5)) {
      // The library's message may quote a value; its code does not.
      problems.push({ code: 'YAML_SYNTAX', reason: `not valid YAML (${error.code})`, offset: error.pos[0] });
    }
    const root = document.contents;
    if (root === null) continue;
    const node = convert(root, text, problems);
    if (node) roots.push(node);
  }
  return { roots, problems };
}

/** What is too much about the tokens, and where; null when they are safe to compose. */
function excessOf(tokens: readonly CST.Token[]): { reason: string; offset: number } | null {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  let nodes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return { reason: `nested deeper than ${MAX_DEPTH} levels`, offset: token.offset };
    if (token.type === 'document') {
      if (hasManyProperties(token.start))
        return { reason: 'too many anchors and tags on one node', offset: token.offset };
      if (token.value) open.push({ token: token.value, depth });
    }
    if (!('items' in token)) continue;
    for (const item of token.items) {
      nodes += 1;
      if (nodes > MAX_NODES) return { reason: `more than ${MAX_NODES} nodes`, offset: token.offset };
      if (hasManyProperties(item.start) || hasManyProperties(item.sep ?? [])) {
        return { reason: 'too many anchors and tags on one node', offset: token.offset };
      }
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return null;
}

function hasManyProperties(tokens: readonly CST.SourceToken[]): boolean {
  if (tokens.length <= MAX_PROPERTIES) return false;
  return tokens.filter(({ type }) => type === 'anchor' || type === 'tag').length > MAX_PROPERTIES;
}

/** One pass over the library's nodes. Anchored nodes are converted once and shared, so aliases cost nothing. */
function convert(root: LibraryNode, text: string, problems: YamlProblem[]): YamlNode | null {
  const anchors = new Map<string, YamlNode | null>();
  let nodes = 0;
  let aliases = 0;
  let limited = false;

  function limit(reason: string, offset: number): null {
    if (!limited) problems.push({ code: 'YAML_LIMIT', reason, offset });
    limited = true;
    return null;
  }

  function spanOf(node: { range?: [number, number, number] | null }): Span {
    const [start, end] = node.range ?? [0, 0];
    return { start, end: Math.max(start, end) };
  }

  /** Block collections run up to the next token in the library's ranges; what they hold ends before the blanks. */
  function trimmed(span: Span): Span {
    let { end } = span;
    while (end > span.start && /\s/.test(text[end - 1] ?? '')) end -= 1;
    return { start: span.start, end };
  }

  function visit(node: unknown): YamlNode | null {
    if (limited) return null;
    if (isAlias(node)) {
      if (++aliases > MAX_ALIASES) return limit(`more than ${MAX_ALIASES} aliases`, spanOf(node).start);
      const target = anchors.get(node.source);
      // Undefined anchors are reported by the composer; null is an anchor that holds itself.
      if (target === null) {
        problems.push({ code: 'YAML_ALIAS', reason: 'an alias inside its own anchor', offset: spanOf(node).start });
      }
      return target ?? null;
    }
    if (++nodes > MAX_NODES) return limit(`more than ${MAX_NODES} nodes`, 0);
    if (isScalar(node)) return anchored(node, () => scalar(node));
    if (isMap(node)) {
      return anchored(node, () => {
        const own: Entry[] = [];
        const merges: Entry[] = [];
        const seen = new Map<string, number>();
        for (const pair of node.items) {
          if (!isPair(pair) || !isScalar(pair.key)) continue;
          const key = typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? '');
          const keySpan = spanOf(pair.key);
          const value = visit(pair.value);
          if (key === '<<') {
            const sources = value?.kind === 'seq' ? value.items : [value];
            for (const source of sources) if (source?.kind === 'map') merges.push(...source.entries);
            if (merges.length > MAX_NODES) return limit('merge keys expand too far', keySpan.start);
            continue;
          }
          const end = isAlias(pair.value) || value === null ? keySpan.end : value.span.end;
          const entry = { key, keySpan, span: { start: keySpan.start, end }, value, merged: false };
          const earlier = seen.get(key);
          if (earlier !== undefined) {
            const reason = 'a key stands twice in one mapping; the last one was judged';
            problems.push({ code: 'YAML_DUPLICATE_KEY', reason, offset: keySpan.start });
            own[earlier] = entry;
          } else {
            seen.set(key, own.push(entry) - 1);
          }
        }
        for (const entry of merges) {
          if (seen.has(entry.key)) continue;
          seen.set(entry.key, own.push({ ...entry, merged: true }) - 1);
        }
        nodes += merges.length;
        return { kind: 'map', span: trimmed(spanOf(node)), flow: node.flow === true, entries: own };
      });
    }
    if (isSeq(node)) {
      return anchored(node, () => {
        const items: YamlNode[] = [];
        for (const item of node.items) {
          const converted = visit(item);
          if (converted) items.push(converted);
        }
        return { kind: 'seq', span: trimmed(spanOf(node)), flow: node.flow === true, items };
      });
    }
    return null;
  }

  function anchored(node: { anchor?: string; tag?: string }, make: () => YamlNode | null): YamlNode | null {
    const { anchor, tag } = node;
    if (anchor !== undefined) anchors.set(anchor, null);
    const made = make();
    if (made && tag?.startsWith('!')) made.tag = tag;
    if (anchor !== undefined) anchors.set(anchor, made);
    return made;
  }

  function scalar(node: {
    value: unknown;
    source?: string;
    type?: string;
    range?: [number, number, number] | null;
  }): ScalarNode {
    const span = spanOf(node);
    const styles: Record<string, ScalarNode['style']> = {
      QUOTE_SINGLE: 'single',
      QUOTE_DOUBLE: 'double',
      PLAIN: 'plain',
    };
    const style = styles[node.type ?? ''] ?? 'block';
    const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    const quote = style === 'single' || style === 'double' ? 1 : 0;
    const inner = { start: span.start + quote, end: span.end - quote };
    const verbatim = style !== 'block' && text.slice(inner.start, inner.end) === value;
    return { kind: 'scalar', text: value, isNull: node.value === null, style, span, inner: verbatim ? inner : null };
  }

  return visit(root);
}

/** The entry of a mapping, or undefined. */
export function entryOf(node: YamlNode | null | undefined, key: string): Entry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The value under a key, or null. */
export function child(node: YamlNode | null | undefined, key: string): YamlNode | null {
  return entryOf(node, key)?.value ?? null;
}

/** The text of a scalar, or null. */
export function textOf(node: YamlNode | null | undefined): string | null {
  return node?.kind === 'scalar' && !node.isNull ? node.text : null;
}
