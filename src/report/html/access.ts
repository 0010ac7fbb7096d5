/** Who reads what, as a section of the page. */
import { html, type Markup } from '../../core/markup.ts';
import { ACCESS_HEAD, type AccessRow, isBad, readWord } from '../access-view.ts';
import { MOST_ROWS, rest } from './sections.ts';

export function accessSection(rows: readonly AccessRow[]): Markup | null {
  if (rows.length === 0) return null;
  return html`<section id="access" aria-labelledby="access-title"><h2 id="access-title">Who reads what</h2><p class="muted">Asked with the owner’s own accounts, reading only. Writing was not tried.</p>
<div class="scroll" role="group" aria-label="Who reads what" tabindex="0"><table><thead><tr>${[...ACCESS_HEAD, 'Why'].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.slice(0, MOST_ROWS).map((row) => html`<tr><td>${row.where}</td><th scope="row"><code>${row.what}</code></th>${row.reads.map((read, index) => html`<td>${cell(row, index, read)}</td>`)}<td>${row.notes.map((note) => html`<p>${note}</p>`)}</td></tr>`)}</tbody></table></div>${rest(rows.length)}</section>`;
}

function cell(row: AccessRow, index: number, read: AccessRow['reads'][number]): Markup {
  const state = isBad(row, index) ? 'exposed' : read === 'no' ? 'secured' : read === 'unknown' ? 'unknown' : 'none';
  return html`<span class="way ${state}">${readWord(read)}</span>`;
}
