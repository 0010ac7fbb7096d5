/**
 * Text in GitHub-flavoured Markdown that stays text: no markup, no HTML, no mention of a person or an issue, no link
 * that a stranger's string makes.
 */

/** Inline text. Every character that can begin markup is escaped or, where a backslash is not enough, an entity. */
export function md(text: string): string {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/[\\`*_{}[\]()#+!|~$]/g, (character) => `\\${character}`)
      .replace(/@/g, '&#64;')
      // Autolinked by GitHub although it stands in plain text: break the scheme and the `www.`.
      .replace(/:\/\//g, '&#58;//')
      .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`)
      .replace(/^(\s*)([-=]|\d+\.)(?=\s|$|-|=)/, '$1\\$2')
  );
}

/** A code span; its fence is longer than any run of backticks inside. A pipe is escaped for tables. */
export function code(text: string, inTable = false): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = text.startsWith('`') || text.endsWith('`') || text === '' ? ' ' : '';
  const body = inTable ? text.replace(/\|/g, '\\|') : text;
  return `${fence}${padding}${body}${padding}${fence}`;
}

/** A fenced block. */
export function block(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)];
}

/** A collapsed section; `summary` is HTML-safe already (`md` output holds no tags). */
export function details(summary: string, body: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...body, '', '</details>', ''];
}
