/** A page of text for a terminal: wraps to the width, hangs continuations under their text, colours if asked to. */
import pc from 'picocolors';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Severity } from '../../core/severity.ts';
import type { StoryState } from '../../core/verdict.ts';
import type { RenderOptions } from '../options.ts';

export type Ink = ReturnType<typeof pc.createColors>;

const NARROWEST = 40;
/** Longer lines tire the eye; a wide terminal gets margins instead. */
const WIDEST = 120;

export interface Page {
  readonly ink: Ink;
  readonly width: number;
  readonly quiet: boolean;
  readonly all: boolean;
  /** One paragraph: `lead` stands before the first line, continuations are indented to the same column. */
  write(lead: string, text: string): void;
  /** One line as it is. */
  raw(line: string): void;
  /** Text at the left, a muted note at the right edge; the note moves to its own line when both do not fit. */
  aside(lead: string, text: string, note: string): void;
  /** An empty line, never two in a row and none at the top. */
  gap(): void;
  heading(text: string, note?: string): void;
  toString(): string;
}

export function createPage(options: RenderOptions): Page {
  const ink = pc.createColors(options.color ?? false);
  const width = Math.min(Math.max(options.width ?? 80, NARROWEST), WIDEST);
  const lines: string[] = [];
  function write(lead: string, text: string): void {
    if (options.quiet) {
      // For grep: a line stays a line.
      lines.push(`${lead}${text}`.trimEnd());
      return;
    }
    const hang = hangOf(lead);
    const wrapped = wrapAnsi(text, Math.max(width - stringWidth(lead), 16), { hard: true }).split('\n');
    for (const [index, line] of wrapped.entries()) lines.push(`${index === 0 ? lead : hang}${line}`.trimEnd());
  }
  return {
    ink,
    width,
    quiet: options.quiet ?? false,
    all: options.all ?? false,
    write,
    raw(line) {
      lines.push(line.trimEnd());
    },
    aside(lead, text, note) {
      const used = stringWidth(lead) + stringWidth(text);
      const free = width - used - stringWidth(note);
      if (note === '') write(lead, text);
      else if (free >= 2) lines.push(`${lead}${text}${' '.repeat(Math.min(free, 4))}${ink.dim(note)}`);
      else {
        write(lead, text);
        write(`${hangOf(lead)}  `, ink.dim(note));
      }
    },
    gap() {
      if (lines.length > 0 && lines.at(-1) !== '') lines.push('');
    },
    heading(text, note = '') {
      this.gap();
      this.write('', note === '' ? ink.bold(text) : `${ink.bold(text)}  ${ink.dim(note)}`);
    },
    toString() {
      while (lines.at(-1) === '') lines.pop();
      return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
    },
  };
}

/** What stands before continuations: spaces, or the bar of a chain. */
function hangOf(lead: string): string {
  return lead.includes('│') ? lead : ' '.repeat(stringWidth(lead));
}

/** ` CRITICAL ` on colour, `[critical]` without. */
export function severityBadge(severity: Severity, ink: Ink): string {
  if (!ink.isColorSupported) return `[${severity}]`;
  const text = ` ${severity.toUpperCase()} `;
  switch (severity) {
    case 'critical':
      return ink.bold(ink.white(ink.bgRed(text)));
    case 'high':
      return ink.bold(ink.black(ink.bgRedBright(text)));
    case 'medium':
      return ink.bold(ink.black(ink.bgYellow(text)));
    case 'low':
      return ink.bold(ink.black(ink.bgCyan(text)));
    case 'info':
      return ink.bold(ink.black(ink.bgWhite(text)));
  }
}

export function stateWord(state: StoryState, ink: Ink): string {
  switch (state) {
    case 'exposed':
      return ink.bold(ink.red('exposed'));
    case 'closed':
      return ink.bold(ink.green('closed'));
    case 'unknown':
      return ink.bold(ink.yellow('unknown'));
  }
}

/** Columns of equal rows; the last column takes what is left and wraps. Empty cells are allowed. */
export function columns(page: Page, indent: string, rows: readonly (readonly string[])[]): void {
  const first = rows[0];
  if (first === undefined) return;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  const fixed = widths.slice(0, -1);
  const needed = indent.length + fixed.reduce((sum, width) => sum + width + 2, 0);
  // Too narrow for columns: one paragraph per row.
  if (needed > page.width - 16) {
    for (const row of rows) page.write(indent, row.filter((cell) => cell !== '').join('  '));
    return;
  }
  for (const row of rows) {
    const lead = fixed.map((width, column) => pad(row[column] ?? '', width + 2)).join('');
    page.write(indent + lead, row.at(-1) ?? '');
  }
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - stringWidth(text), 0));
}
