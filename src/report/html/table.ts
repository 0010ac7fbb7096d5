/** The same model as the picture, one row for each line of it; places that nothing leads to or from have their own rows. */

import { breakable, html, type Markup } from '../../core/markup.ts';
import { plural } from '../human.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { LAYER_TITLES, WAY_TITLES } from './words.ts';

export function wayTable(graph: Graph): Markup {
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  const joined = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const alone = graph.nodes.filter(({ key }) => !joined.has(key));
  const stated = graph.nodes.some(({ state }) => state !== 'none');
  return html`<div class="scroll" role="group" aria-label="${graph.title}, as a table" tabindex="0">
<table id="ways" class="ways">
<caption class="hidden">${graph.title}: ${plural(graph.edges.length, 'link')} between ${plural(graph.nodes.length, 'place')}</caption>
<thead><tr><th scope="col">From</th><th scope="col">To</th>${stated ? html`<th scope="col">State</th>` : ''}<th scope="col">What is known</th><th scope="col">Evidence</th></tr></thead>
<tbody>${graph.edges.map((edge) => edgeRow(edge, nodes, stated))}${alone.map((node) => aloneRow(node, stated))}</tbody>
</table></div>`;
}

function edgeRow(edge: GraphEdge, nodes: ReadonlyMap<string, GraphNode>, stated: boolean): Markup {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  return html`<tr data-edge="${edge.key}" data-from="${edge.from}" data-to="${edge.to}">
<th scope="row">${from === undefined ? '' : placeCell(from)}</th><td>${to === undefined ? '' : placeCell(to)}</td>
${stated ? html`<td>${stateWord(edge.state)}</td>` : ''}<td class="known">${known(edge, to)}</td>
<td><a class="open" href="#p-${edge.key}" data-open="${edge.key}">${edge.evidence.length === 0 ? 'Details' : plural(edge.evidence.length, 'piece')}<span class="hidden"> of evidence from ${from?.label} to ${to?.label}</span></a></td></tr>`;
}

function known(edge: GraphEdge, to: GraphNode | undefined): string {
  if (edge.texts.length > 0) return edge.texts.join('; ');
  return to?.layer === 'data'
    ? [to.detail, to.note || 'no personal data recognised'].filter((part) => part !== '').join('; ')
    : '–';
}

function aloneRow(node: GraphNode, stated: boolean): Markup {
  return html`<tr data-alone="${node.key}"><th scope="row">${placeCell(node)}</th><td>–</td>${stated ? html`<td>${stateWord(node.state)}</td>` : ''}<td>${node.detail || '–'}</td><td>–</td></tr>`;
}

function placeCell(node: GraphNode): Markup {
  return html`<span class="eyebrow">${LAYER_TITLES[node.layer]}</span><a class="open" href="#p-${node.key}" data-open="${node.key}">${breakable(node.label)}</a>`;
}

export function stateWord(state: GraphEdge['state']): Markup {
  return html`<span class="way ${state}">${WAY_TITLES[state]}</span>`;
}
