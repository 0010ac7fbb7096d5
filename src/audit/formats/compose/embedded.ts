/** Files that stand in a compose file: `configs.NAME.content`, under the name they get in the container. */
import type { EmbeddedText } from '../../model.ts';
import { child, entryOf, type ScalarNode, textOf } from '../yaml/read.ts';
import type { ComposeDocument } from './read.ts';

export function* embeddedTexts({ roots, text }: ComposeDocument): Generator<EmbeddedText> {
  for (const root of roots) {
    const configs = child(root, 'configs');
    for (const { key, value } of configs?.kind === 'map' ? configs.entries : []) {
      const content = entryOf(value, 'content')?.value;
      if (content?.kind !== 'scalar' || textOf(content) === null) continue;
      const at = placesOf(content, text.text);
      if (at) yield { name: key, text: content.text, at };
    }
  }
}

/** Where each character of a scalar's value stands; null where folds or escapes move it. */
function placesOf(node: ScalarNode, text: string): ((offset: number) => number) | null {
  const { inner } = node;
  if (inner) return (offset) => inner.start + offset;
  const written = text.slice(node.span.start, node.span.end);
  if (!written.startsWith('|')) return null;
  const lines = node.text.split('\n');
  const starts: { value: number; file: number }[] = [];
  let from = node.span.start + written.indexOf('\n') + 1;
  let value = 0;
  for (const line of lines) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    const at = line === '' ? from : text.slice(from, end).indexOf(line);
    if (line !== '' && at < 0) return null;
    starts.push({ value, file: line === '' ? from : from + at });
    value += line.length + 1;
    from = end + 1;
  }
  return (offset) => {
    const start = starts.findLast((one) => one.value <= offset) ?? { value: 0, file: node.span.start };
    return start.file + (offset - start.value);
  };
}
