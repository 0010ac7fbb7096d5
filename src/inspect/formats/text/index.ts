import { code } from './code.ts';
import { documentation, prose, settings } from './lines.ts';
import { markup } from './markup.ts';
import type { Grammar } from './windows.ts';

export { prose } from './lines.ts';
export type { TextPiece } from './piece.ts';
export { createScanner, type TextScanner } from './windows.ts';

const GRAMMARS = new Map<string, Grammar>();
for (const [grammar, extensions] of [
  [
    code,
    'js mjs cjs jsx ts tsx json json5 jsonc webmanifest map css scss less jsbundle bundle graphql dart kt java vue strings',
  ],
  [markup, 'html htm xhtml xml plist'],
  [settings, 'properties yml yaml env cfg conf ini toml prop sh sql'],
  [prose, 'txt csv tsv log'],
  [documentation, 'md markdown rst'],
] as const) {
  for (const extension of extensions.split(' ')) GRAMMARS.set(extension, grammar);
}

/** The grammar that reads files of this extension (lower case, no dot); undefined when it is no text that we know. */
export function grammarOf(extension: string): Grammar | undefined {
  return GRAMMARS.get(extension);
}

/** The grammar for text of an unknown extension, by its first bytes. */
export function guessGrammar(head: Buffer): Grammar {
  const start = head.toString('latin1', 0, 256).trimStart();
  if (start.startsWith('<')) return markup;
  if (/^(?:[{[]|\/\*|\/\/|var |let |const |function|import |!function|\(function|__d\(|["']use strict)/.test(start))
    return code;
  return /^[\w.-]+\s*[=:]/.test(start) || start.startsWith('#') ? settings : prose;
}

/** Text by the look of its first bytes: no NUL, valid UTF-8 up to a cut at the end, hardly any control characters. */
export function looksLikeText(head: Buffer): boolean {
  if (head.length === 0) return false;
  let control = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c) control++;
  }
  if (control * 50 > head.length) return false;
  // the look may end inside a character
  const text = head.toString('utf8', 0, Math.max(1, head.length - 4));
  return !text.includes('\ufffd');
}
