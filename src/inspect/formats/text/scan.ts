/** Text that stands inside a file of another format. */
import type { ReadContext } from '../reader.ts';
import { grammarOf, guessGrammar } from './index.ts';
import { createScanner } from './windows.ts';

/**
 * @param extension whose grammar it is read by; what is unknown is guessed from the first bytes
 * @param base offset of the text in the entry; undefined where the entry's bytes are not those of the text
 */
export function scanText(
  extension: string,
  text: Buffer,
  base: number | undefined,
  { entry, sink }: ReadContext,
): void {
  const grammar = grammarOf(extension) ?? guessGrammar(text.subarray(0, 512));
  const scanner = createScanner(grammar, ({ text: found, offset, line, name, joined }) => {
    const where = base === undefined ? { line } : { offset: base + offset };
    sink.string({
      text: found,
      entry,
      via: 'text',
      ...where,
      ...(name === undefined ? {} : { name }),
      ...(joined === undefined ? {} : { joined }),
    });
  });
  scanner.push(text);
  scanner.end();
}
