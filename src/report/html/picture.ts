/**
 * The picture as SVG. Places are links to their evidence, so that they work with the keyboard and without scripts; a
 * state is told by line, colour and word, never by colour alone. Presentation stays in the style sheet.
 */

import { html, type Markup } from '../../core/markup.ts';
import type { Graph, Layer } from './graph.ts';
import { type Box, charactersOf, DETAIL_EXTRA, layoutOf, type Route, shorten } from './layout.ts';
import { LAYER_TITLES, speak, WAY_TITLES } from './words.ts';

/** More words than this on the lines would hide them. */
const MOST_WORDS = 40;

export function picture(graph: Graph): Markup {
  const { width, height, boxes, routes, columns } = layoutOf(graph);
  const words = routes.filter(({ edge }) => isIntoStore(edge.to, graph)).length <= MOST_WORDS;
  // Exposed lines are drawn last, on top.
  const order = ['none', 'secured', 'unknown', 'exposed'];
  const drawn = routes.toSorted((a, b) => order.indexOf(a.edge.state) - order.indexOf(b.edge.state));
  return html`<svg id="picture" class="picture" role="group" aria-label="${graph.title}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}">
<defs>${(['exposed', 'unknown', 'secured'] as const).map(
    (state) =>
      html`<marker id="tip-${state}" class="tip ${state}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .6 7.4 4 0 7.4z"/></marker>`,
  )}</defs>
<g aria-hidden="true">${graph.layers.map((layer, index) => html`<text class="column" x="${columns[index]?.x ?? 0}" y="18">${LAYER_TITLES[layer]}</text>`)}</g>
<g class="edges" aria-hidden="true">${drawn.map(({ edge, points }) => html`<path class="edge ${edge.state}" data-edge="${edge.key}" data-from="${edge.from}" data-to="${edge.to}" d="${curve(points)}"${edge.state === 'none' ? '' : html` marker-end="url(#tip-${edge.state})"`}/>`)}</g>
<g class="nodes">${boxes.map((box) => place(box, graph.layers.indexOf(box.node.layer)))}</g>
<g class="words" aria-hidden="true">${words ? drawn.filter(({ edge }) => isIntoStore(edge.to, graph)).map(word) : ''}</g>
</svg>`;
}

function isIntoStore(key: string, graph: Graph): boolean {
  return graph.nodes.some((node) => node.key === key && node.layer === 'store');
}

function place({ node, x, y, width, height, lines, notes }: Box, column: number): Markup {
  const text = x + 40;
  const most = charactersOf(node.layer) + DETAIL_EXTRA;
  const small = [...(node.detail === '' ? [] : [shorten(node.detail, most)]), ...notes];
  const bare = node.layer === 'data' && node.note === '' ? ' bare' : '';
  const first = y + 24;
  const second = first + lines.length * 17;
  return html`<a class="node ${node.layer} ${node.state}${bare}" href="#p-${node.key}" data-node="${node.key}" data-layer="${column}" aria-label="${speak(node)}"><title>${[node.label, node.detail, node.note].filter((part) => part !== '').join('\n')}</title>
${node.members.length > 0 ? html`<rect class="behind" x="${x + 5}" y="${fixed(y + 5)}" width="${width}" height="${fixed(height)}" rx="10"/>` : ''}
<rect class="box" x="${x}" y="${fixed(y)}" width="${width}" height="${fixed(height)}" rx="10"/>
<g class="sign" transform="translate(${x + 13} ${fixed(y + 12)})">${bare === '' ? SIGNS[node.layer] : BARE_SIGN}</g>
<text class="label" aria-hidden="true">${lines.map((line, index) => html`<tspan x="${text}" y="${fixed(first + index * 17)}">${line}</tspan>`)}</text>
<text class="detail" aria-hidden="true">${small.map((line, index) => html`<tspan x="${text}" y="${fixed(second + index * 17)}">${line}</tspan>`)}</text>
${node.layer === 'store' ? html`<text class="state" x="${text}" y="${fixed(second + small.length * 17 + 1)}" aria-hidden="true">${WAY_TITLES[node.state]}</text>` : ''}
</a>`;
}

/** Records without personal data: rows, not a person. */
const BARE_SIGN = html`<path d="M2 3.5h13M2 8.5h13M2 13.5h13"/>`;

const SIGNS = {
  app: html`<rect x="3" y="0" width="11" height="17" rx="2.5"/><path d="M7 14h3"/>`,
  endpoint: html`<circle cx="8.5" cy="8.5" r="7.5"/><path d="M1 8.5h15M8.5 1c5 4.6 5 10.4 0 15c-5-4.6-5-10.4 0-15"/>`,
  store: html`<ellipse cx="8.5" cy="3.5" rx="7" ry="2.7"/><path d="M1.5 3.5v10c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7v-10M1.5 8.5c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7"/>`,
  data: html`<circle cx="8.5" cy="5" r="3.6"/><path d="M1.8 16.5c0-4 3-6 6.7-6s6.7 2 6.7 6"/>`,
} as const satisfies Record<Layer, Markup>;

/** A smooth line through the way points; it leaves and enters horizontally. */
function curve(points: Route['points']): string {
  const [start, ...rest] = points;
  if (start === undefined) return '';
  let path = `M${fixed(start.x)} ${fixed(start.y)}`;
  let from = start;
  for (const to of rest) {
    const middle = fixed((from.x + to.x) / 2);
    path += `C${middle} ${fixed(from.y)} ${middle} ${fixed(to.y)} ${fixed(to.x)} ${fixed(to.y)}`;
    from = to;
  }
  return path;
}

function word({ edge, points }: Route): Markup {
  const to = points.at(-1) ?? { x: 0, y: 0 };
  const from = points.at(-2) ?? to;
  const text = WAY_TITLES[edge.state];
  const width = text.length * 6.2 + 14;
  // On the curve: at its half way both ordinates count the same.
  const x = (from.x + to.x) / 2;
  const y = (from.y + to.y) / 2;
  return html`<g class="word ${edge.state}" data-edge="${edge.key}"><rect x="${fixed(x - width / 2)}" y="${fixed(y - 9)}" width="${fixed(width)}" height="18" rx="9"/><text x="${fixed(x)}" y="${fixed(y + 4)}" text-anchor="middle">${text}</text></g>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
