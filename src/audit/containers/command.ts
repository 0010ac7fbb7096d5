/** `command` and `entrypoint` as words; a script handed to a shell (`sh -c "…"`) is split into words as well. */
import type { YamlNode } from '../formats/yaml/read.ts';
import type { Span } from '../source.ts';

export interface Command {
  words: string[];
  span: Span;
}

const MAX_WORDS = 5_000;

export function readCommand(node: YamlNode | null): Command | null {
  if (node?.kind === 'scalar' && !node.isNull) return { words: expand(splitWords(node.text)), span: node.span };
  if (node?.kind === 'seq') {
    const words = node.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
    return { words: expand(words), span: node.span };
  }
  return null;
}

function expand(words: string[]): string[] {
  const shell = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = shell > 0 && /(?:^|\/)(?:ba|da|a|z)?sh$/.test(words[shell - 1] ?? '') ? words[shell + 1] : undefined;
  return (script === undefined ? words : [...words, ...splitWords(script)]).slice(0, MAX_WORDS);
}

/** Words as a POSIX shell would split them, without expanding anything. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\;|&]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+|["']/g;
  // Real commands are short; the bound keeps hostile ones cheap.
  for (const match of text.slice(0, 65_536).matchAll(pattern)) {
    words.push(match[0].replace(/\\([\s\S])|["']/g, (_all, escaped: string | undefined) => escaped ?? ''));
    if (words.length >= MAX_WORDS) break;
  }
  return words;
}

/** The value of `--name value` or `--name=value`; empty for a flag at the end; null when it is not there. */
export function flag(command: Command | null, name: string): string | null {
  const words = command?.words ?? [];
  for (const [index, word] of words.entries()) {
    if (word === name) return words[index + 1] ?? '';
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return null;
}
