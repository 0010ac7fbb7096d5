/** Settings of YAML and JSON files (JSON is read as YAML), by their path. */
import type { YamlNode } from '../yaml/read.ts';
import { nestedGroup } from './group.ts';
import { defaultOf } from './lines.ts';
import type { AppSetting } from './read.ts';

const MAX_NODES = 20_000;

export function treeSettings(roots: readonly YamlNode[]): AppSetting[] {
  const settings: AppSetting[] = [];
  const open = roots.map((node, at) => ({ node, pointer: at === 0 ? '' : `[document ${at + 1}]` })).reverse();
  // Aliases share nodes; without a bound they multiply.
  for (let visited = 0, next = open.pop(); next && visited < MAX_NODES; visited += 1, next = open.pop()) {
    const { node, pointer } = next;
    if (node.kind === 'scalar') {
      if (pointer === '' || node.span.end <= node.span.start) continue;
      const spring = node.inner ? defaultOf(node.text) : null;
      const start = node.inner?.start ?? node.span.start;
      settings.push({
        pointer,
        name: (pointer.split('.').at(-1) ?? pointer).replace(/\[\d+\]$/, ''),
        ...nestedGroup(pointer),
        value: node.isNull ? null : (spring?.value ?? node.text),
        fallback: spring !== null,
        span: spring
          ? { start: start + spring.at, end: start + spring.at + spring.value.length }
          : node.inner && node.inner.end > node.inner.start
            ? node.inner
            : node.span,
        exact: node.inner !== null && node.inner.end > node.inner.start,
      });
    } else if (node.kind === 'seq') {
      for (const [at, item] of [...node.items.entries()].reverse()) {
        open.push({ node: item, pointer: `${pointer}[${at}]` });
      }
    } else {
      for (const { key, value, merged } of [...node.entries].reverse()) {
        if (value && !merged) open.push({ node: value, pointer: pointer === '' ? key : `${pointer}.${key}` });
      }
    }
    if (open.length > MAX_NODES) break;
  }
  return settings;
}
