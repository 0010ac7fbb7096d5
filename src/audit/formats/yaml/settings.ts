/** Every setting of a YAML tree, for formats whose settings are its scalars. */
import type { SettingView } from '../../model.ts';
import type { Span } from '../../source.ts';
import type { YamlNode } from './read.ts';

/** Aliases make trees deeper than they are written. */
const MAX_DEPTH = 120;

/** Every scalar below a node; an empty list or mapping is a setting without values. */
export function* settingsBelow(root: YamlNode, base: string): Generator<SettingView> {
  const open: { node: YamlNode | null; pointer: string; span: Span; depth: number }[] = [
    { node: root, pointer: base, span: root.span, depth: 0 },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, pointer, span, depth } = next;
    if (node?.kind === 'map' && depth < MAX_DEPTH && node.entries.length > 0) {
      const below = node.entries.map(({ key, value, keySpan }) => ({
        node: value,
        pointer: pointer === '' ? quoted(key) : `${pointer}.${quoted(key)}`,
        span: keySpan,
        depth: depth + 1,
      }));
      open.push(...below.reverse());
    } else if (node?.kind === 'seq' && depth < MAX_DEPTH && node.items.length > 0) {
      const below = node.items.map((item, index) => ({
        node: item,
        pointer: `${pointer}[${index}]`,
        span: item.span,
        depth: depth + 1,
      }));
      open.push(...below.reverse());
    } else {
      const values = node?.kind === 'scalar' && !node.isNull ? [node.text] : [];
      const place = node && node.span.end > node.span.start ? node.span : span;
      if (place.end > place.start) yield { pointer, values, span: place };
    }
  }
}

/** A key with a dot in it would read as two. */
function quoted(key: string): string {
  return /^[^.[\]"]+$/.test(key) ? key : JSON.stringify(key);
}
