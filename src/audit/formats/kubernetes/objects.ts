/** The objects of a manifest: one per YAML document, and the items of lists. */

import type { Source, Span } from '../../source.ts';
import { child, entryOf, type MapNode, type ScalarNode, textOf, type YamlNode } from '../yaml/read.ts';

export interface KubernetesObject {
  kind: string;
  apiVersion: string;
  /** Empty where the object has none (`generateName`). */
  name: string;
  /** Null where it is left to whoever applies the file. */
  namespace: string | null;
  labels: ReadonlyMap<string, string>;
  node: MapNode;
  /** Of the name; of the kind where there is none. */
  nameSpan: Span;
  /** `Deployment/redis`; unique in its file. */
  pointer: string;
  source: Source;
}

const MAX_OBJECTS = 5_000;
const MAX_LIST_DEPTH = 4;

export function objectsOf(roots: readonly YamlNode[], source: Source): KubernetesObject[] {
  const objects: KubernetesObject[] = [];
  const seen = new Map<string, number>();
  const open: { node: YamlNode; depth: number }[] = roots.map((node) => ({ node, depth: 0 })).reverse();
  for (let next = open.pop(); next && objects.length < MAX_OBJECTS; next = open.pop()) {
    const { node, depth } = next;
    if (node.kind !== 'map') continue;
    const kind = child(node, 'kind');
    const apiVersion = textOf(child(node, 'apiVersion'));
    if (kind?.kind !== 'scalar' || kind.isNull || apiVersion === null) continue;
    const items = child(node, 'items');
    if (kind.text.endsWith('List') && items?.kind === 'seq') {
      if (depth < MAX_LIST_DEPTH) open.push(...items.items.map((item) => ({ node: item, depth: depth + 1 })).reverse());
      continue;
    }
    objects.push(objectOf(node, kind, apiVersion, source, seen));
  }
  return objects;
}

function objectOf(
  node: MapNode,
  kind: ScalarNode,
  apiVersion: string,
  source: Source,
  seen: Map<string, number>,
): KubernetesObject {
  const metadata = child(node, 'metadata');
  const nameNode = child(metadata, 'name');
  const name = knownText(nameNode) ?? '';
  const base = `${shownName(kind.text)}/${shownName(name)}`;
  const count = (seen.get(base) ?? 0) + 1;
  seen.set(base, count);
  return {
    kind: kind.text,
    apiVersion,
    name,
    namespace: knownText(child(metadata, 'namespace')),
    labels: textMap(child(metadata, 'labels')),
    node,
    nameSpan: nameNode && nameNode.span.end > nameNode.span.start ? nameNode.span : kind.span,
    pointer: count > 1 ? `${base}#${count}` : base,
    source,
  };
}

/** Names are shown; what does not look like one may be a value in the wrong place. */
function shownName(name: string): string {
  return /^[\w.:@-]{0,253}$/.test(name) ? name : '…';
}

/** The text of a scalar whose value stands there: no template, no variable of a tool. */
export function knownText(node: YamlNode | null | undefined): string | null {
  const text = textOf(node);
  return text === null || isTemplated(text) ? null : text;
}

export function isTemplated(text: string): boolean {
  return text.includes('{{') || text.includes('${') || text.includes('<%');
}

/** A mapping of texts; what is not a text is left out. */
export function textMap(node: YamlNode | null): Map<string, string> {
  const result = new Map<string, string>();
  for (const { key, value } of node?.kind === 'map' ? node.entries : []) {
    const text = knownText(value);
    if (text !== null) result.set(key, text);
  }
  return result;
}

/** The node below a path of keys, or null. */
export function at(node: YamlNode | null | undefined, ...path: readonly string[]): YamlNode | null {
  let current: YamlNode | null = node ?? null;
  for (const key of path) current = child(current, key);
  return current;
}

export function itemsOf(node: YamlNode | null): readonly YamlNode[] {
  return node?.kind === 'seq' ? node.items.slice(0, 2_000) : [];
}

/** `true` as YAML writes it. */
export function isTrue(node: YamlNode | null | undefined): node is ScalarNode {
  return node?.kind === 'scalar' && node.text === 'true';
}

export function isFalse(node: YamlNode | null | undefined): node is ScalarNode {
  return node?.kind === 'scalar' && node.text === 'false';
}

/** An integer, or null. */
export function numberOf(node: YamlNode | null | undefined): number | null {
  const text = textOf(node);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function annotation(object: KubernetesObject, key: string): string | null {
  return textOf(at(object.node, 'metadata', 'annotations', key));
}

/** Where a key stands; its value where there is one. */
export function spanAt(object: KubernetesObject, ...path: readonly string[]): Span {
  const last = path.at(-1) ?? '';
  const entry = entryOf(at(object.node, ...path.slice(0, -1)), last);
  if (!entry) return object.nameSpan;
  return entry.value && entry.value.span.end > entry.value.span.start ? entry.value.span : entry.keySpan;
}
