/** A picture with its table: two views of one model, of which the reader picks one. */
import { html, type Markup, type Piece } from '../../core/markup.ts';
import type { Graph } from './graph.ts';
import { picture } from './picture.ts';
import { wayTable } from './table.ts';

/** @param above stands between the title and the views, `below` under them */
export function mapSection(graph: Graph, title: string, { above, below }: { above?: Piece; below?: Piece }): Markup {
  return html`<section class="map" aria-labelledby="ways-title"><div class="head"><h2 id="ways-title">${title}</h2>
<div class="switch" role="group" aria-label="Show as" id="views" hidden><button type="button" id="view-picture" aria-pressed="true">Picture</button><button type="button" id="view-table" aria-pressed="false">Table</button></div></div>
${above}
<div class="view" id="as-picture"><div class="scroll canvas" role="group" aria-label="Picture" tabindex="0">${picture(graph)}</div><p class="muted hint">Activate a place to see its evidence. In the picture, arrow keys move along the lines.</p></div>
<div class="view" id="as-table">${wayTable(graph)}</div>${below}</section>`;
}
