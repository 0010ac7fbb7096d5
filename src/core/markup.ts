/** HTML that cannot be forgotten to escape: every value in an `html` template is text unless it is `Markup` already. */

export interface Markup {
  readonly markup: string;
}

export type Piece = string | number | Markup | null | undefined | false | readonly Piece[];

export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  let markup = strings[0] ?? '';
  for (const [index, value] of values.entries()) markup += rendered(value) + (strings[index + 1] ?? '');
  return { markup };
}

/** Our own text that is markup by intent: style sheets and scripts. Never for text of a report or of a policy. */
export function trusted(markup: string): Markup {
  return { markup };
}

function rendered(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (typeof piece === 'string') return escapeHtml(piece);
  if (typeof piece === 'number') return String(piece);
  if (isList(piece)) return piece.map(rendered).join('');
  return piece.markup;
}

function isList(piece: Piece): piece is readonly Piece[] {
  return Array.isArray(piece);
}

/** A host, URL or path that may break after its own delimiters instead of anywhere. */
export function breakable(text: string): Markup {
  const parts = text.split(/(?<=[./:@_-])(?=[^./:@_-])/);
  return html`${parts.map((part, index) => (index === 0 ? part : html`<wbr>${part}`))}`;
}

/** Text with names in backticks, as rules and descriptions write them. */
export function prose(text: string): Markup {
  return html`${text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls and marks of direction turn text around on screens and in terminals: they are shown as what they are. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Safe in text and in quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(UNSAFE, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
