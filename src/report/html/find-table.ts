/** Tables of a page whose rows can be narrowed by what is typed. */
import { html, type Markup, type Piece } from '../../core/markup.ts';
import { MOST_ROWS, rest } from './sections.ts';

export interface FoundTable {
  id: string;
  title: string;
  hint?: string;
  heads: readonly string[];
  /** Rows that are shown are the first ones. */
  most?: number;
}

/** The first column names its rows. Null when there is nothing to list. */
export function findTable<T>(
  { id, title, hint, heads, most = MOST_ROWS }: FoundTable,
  things: readonly T[],
  rowOf: (thing: T) => readonly [name: Piece, ...cells: Piece[]],
): Markup | null {
  if (things.length === 0) return null;
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${hint === undefined ? '' : html`<p class="muted">${hint}</p>`}
<div class="scroll" role="group" aria-label="${title}" tabindex="0"><table class="findable"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${things.slice(0, most).map((thing) => {
    const [name, ...cells] = rowOf(thing);
    return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  })}</tbody></table></div>${rest(things.length, most)}</section>`;
}

/** Hidden without scripts. @param what can be found: `an app or a back end` */
export function finder(what: string): Markup {
  return html`<div class="finder" id="finder" role="search" hidden><label for="find">Find ${what}</label><input type="search" id="find" autocomplete="off" spellcheck="false"><span id="found" class="muted" role="status"></span></div>`;
}
