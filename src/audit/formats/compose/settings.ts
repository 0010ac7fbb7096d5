/** Every scalar of a YAML file with its path, as it is written: for rules of the user. */
import type { SettingView } from '../../model.ts';
import type { YamlNode } from '../yaml/read.ts';

const MAX_SETTINGS = 20_000;

export function* yamlSettings(roots: readonly YamlNode[]): Generator<SettingView> {
  const open: { node: YamlNode; pointer: string }[] = roots.map((node, at) => ({
    node,
    pointer: at === 0 ? '' : `[document ${at + 1}]`,
  }));
  const seen = new Set<string>();
  // Aliases share nodes; without a bound they multiply.
  for (let visited = 0, next = open.pop(); next && visited < MAX_SETTINGS; visited += 1, next = open.pop()) {
    const { node, pointer } = next;
    if (node.kind === 'scalar') {
      if (node.span.end === node.span.start || seen.has(pointer)) continue;
      seen.add(pointer);
      yield { pointer: pointer || '.', values: node.isNull ? [] : [node.text], span: node.span };
    } else if (node.kind === 'seq') {
      for (const [at, item] of [...node.items.entries()].reverse())
        open.push({ node: item, pointer: `${pointer}[${at}]` });
    } else {
      for (const { key, value, merged } of [...node.entries].reverse()) {
        if (value && !merged) open.push({ node: value, pointer: pointer === '' ? key : `${pointer}.${key}` });
      }
    }
    if (open.length > MAX_SETTINGS) return;
  }
}
