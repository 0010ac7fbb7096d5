/**
 * A layered layout (Sugiyama, Tagawa, Toda 1981), small: layers are given, so what is left is order (barycentres, a few
 * sweeps), placement (towards the neighbours, without overlap) and way points where an edge passes a layer.
 */
import type { Graph, GraphEdge, GraphNode, Layer } from './graph.ts';

export interface Box {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
  lines: string[];
  notes: string[];
}

export interface Route {
  edge: GraphEdge;
  /** Way points from the right side of the first box to the left side of the last. */
  points: { x: number; y: number }[];
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  routes: Route[];
  /** Left edge and width of each layer's column. */
  columns: { x: number; width: number }[];
}

const WIDTHS = { app: 198, endpoint: 228, store: 204, data: 228 } as const satisfies Record<Layer, number>;
const GAP_X = 82;
/** Between two columns alone many lines cross: they need room to be told apart. */
const WIDE_GAP_X = 320;
const GAP_Y = 18;
const MARGIN = 4;
/** Room above for the names of the columns. */
const TOP = 40;
const LINE = 17;
const PADDING = 24;
const DETAIL = 17;
const STATE = 18;
const SWEEPS = 6;
/** Details are set smaller than labels. */
export const DETAIL_EXTRA = 4;

interface Slot {
  /** Key of the node, or of the edge that passes here. */
  key: string;
  layer: number;
  height: number;
  y: number;
  neighbours: string[];
}

export function layoutOf(graph: Graph): Layout {
  const gap = graph.layers.length > 2 ? GAP_X : WIDE_GAP_X;
  const widths = graph.layers.map((layer) => WIDTHS[layer]);
  const columns = widths.map((width, index) => ({
    x: MARGIN + widths.slice(0, index).reduce((sum, part) => sum + part + gap, 0),
    width,
  }));
  const layerOf = new Map(graph.nodes.map((node) => [node.key, graph.layers.indexOf(node.layer)]));
  const linesOf = new Map(graph.nodes.map((node) => [node.key, wrapLabel(node.label, charactersOf(node.layer))]));
  const notesOf = new Map(
    graph.nodes.map((node) => {
      const most = charactersOf(node.layer) + DETAIL_EXTRA;
      return [node.key, node.note === '' ? [] : wrapLabel(node.note, most, /\s/g)];
    }),
  );
  const slots = new Map<string, Slot>();
  for (const node of graph.nodes) {
    const lines = linesOf.get(node.key)?.length ?? 1;
    const height =
      PADDING +
      lines * LINE +
      (node.detail === '' ? 0 : DETAIL) +
      (notesOf.get(node.key)?.length ?? 0) * DETAIL +
      (node.layer === 'store' ? STATE : 0);
    slots.set(node.key, { key: node.key, layer: layerOf.get(node.key) ?? 0, height, y: 0, neighbours: [] });
  }
  const ways = new Map<string, string[]>();
  for (const edge of graph.edges) {
    const from = layerOf.get(edge.from) ?? 0;
    const to = layerOf.get(edge.to) ?? 0;
    const way = [edge.from];
    for (let layer = from + 1; layer < to; layer++) {
      const key = `${edge.key}@${layer}`;
      slots.set(key, { key, layer, height: 14, y: 0, neighbours: [] });
      way.push(key);
    }
    way.push(edge.to);
    ways.set(edge.key, way);
    for (const [index, key] of way.entries()) {
      const next = way[index + 1];
      if (next === undefined) continue;
      slots.get(key)?.neighbours.push(next);
      slots.get(next)?.neighbours.push(key);
    }
  }
  const layers = graph.layers.map((_, layer) => [...slots.values()].filter((slot) => slot.layer === layer));
  order(layers, slots);
  place(layers, slots);
  const height = Math.max(TOP + 60, ...[...slots.values()].map((slot) => slot.y + slot.height)) + MARGIN;
  const boxes = graph.nodes.map((node): Box => {
    const slot = slots.get(node.key);
    const column = columns[slot?.layer ?? 0];
    return {
      node,
      x: column?.x ?? 0,
      y: slot?.y ?? 0,
      width: column?.width ?? 0,
      height: slot?.height ?? 0,
      lines: linesOf.get(node.key) ?? [],
      notes: notesOf.get(node.key) ?? [],
    };
  });
  const routes = graph.edges.map((edge): Route => {
    const way = (ways.get(edge.key) ?? []).map((key) => slots.get(key)).filter((slot) => slot !== undefined);
    const points = way.flatMap((slot, index) => {
      const column = columns[slot.layer] ?? { x: 0, width: 0 };
      const y = slot.y + slot.height / 2;
      const left = { x: column.x, y };
      const right = { x: column.x + column.width, y };
      if (index === 0) return [right];
      return index === way.length - 1 ? [left] : [left, right];
    });
    return { edge, points };
  });
  const last = columns.at(-1) ?? { x: 0, width: 0 };
  return { width: last.x + last.width + MARGIN, height, boxes, routes, columns };
}

/** Sorts each layer by the mean position of its neighbours, down and up in turn. */
function order(layers: Slot[][], slots: ReadonlyMap<string, Slot>): void {
  const rank = new Map<string, number>();
  const renumber = (layer: readonly Slot[]): void => {
    for (const [index, slot] of layer.entries()) rank.set(slot.key, index / Math.max(layer.length - 1, 1));
  };
  for (const layer of layers) renumber(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers.slice(1) : layers.slice(0, -1).reverse()) {
      const side = sweep % 2 === 0 ? -1 : 1;
      const weight = new Map(
        layer.map((slot) => {
          const near = slot.neighbours.filter((key) => (slots.get(key)?.layer ?? 0) - slot.layer === side);
          const ranks = near.map((key) => rank.get(key) ?? 0);
          return [
            slot.key,
            ranks.length === 0 ? (rank.get(slot.key) ?? 0) : ranks.reduce((a, b) => a + b, 0) / ranks.length,
          ];
        }),
      );
      layer.sort((a, b) => (weight.get(a.key) ?? 0) - (weight.get(b.key) ?? 0));
      renumber(layer);
    }
  }
}

/** Stacks each layer, then pulls boxes towards the middle of their neighbours without letting two touch. */
function place(layers: readonly (readonly Slot[])[], slots: ReadonlyMap<string, Slot>): void {
  for (const layer of layers)
    pack(
      layer,
      layer.map(() => 0),
    );
  for (let sweep = 0; sweep < SWEEPS * 2; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      const wanted = layer.map((slot) => {
        const middles = slot.neighbours.map((key) => slots.get(key)).filter((near) => near !== undefined);
        if (middles.length === 0) return slot.y;
        return middles.reduce((sum, near) => sum + near.y + near.height / 2, 0) / middles.length - slot.height / 2;
      });
      pack(layer, wanted);
    }
  }
  const top = Math.min(...[...slots.values()].map(({ y }) => y));
  for (const slot of slots.values()) slot.y += TOP - (Number.isFinite(top) ? top : 0);
}

/**
 * Positions nearest to the wanted ones that keep the order and the gaps: neighbours that collide are joined to a block
 * that stands at the mean of what its members want (isotonic regression by pooling adjacent violators).
 */
function pack(layer: readonly Slot[], wanted: readonly number[]): void {
  const blocks: { slots: { slot: Slot; offset: number }[]; sum: number; y: number; height: number }[] = [];
  for (const [index, slot] of layer.entries()) {
    const want = wanted[index] ?? 0;
    blocks.push({ slots: [{ slot, offset: 0 }], sum: want, y: want, height: slot.height });
    while (blocks.length > 1) {
      const last = blocks.at(-1)!;
      const before = blocks.at(-2)!;
      if (before.y + before.height + GAP_Y <= last.y) break;
      const shift = before.height + GAP_Y;
      before.slots.push(...last.slots.map((part) => ({ slot: part.slot, offset: part.offset + shift })));
      before.sum += last.sum - shift * last.slots.length;
      before.y = before.sum / before.slots.length;
      before.height = shift + last.height;
      blocks.pop();
    }
  }
  for (const block of blocks) for (const { slot, offset } of block.slots) slot.y = block.y + offset;
}

/** Characters of a label that fit a column, at 13 px and with room for the sign. */
export function charactersOf(layer: Layer): number {
  return Math.floor((WIDTHS[layer] - 56) / 7);
}

/** At most two lines, broken where a host name or path may break; what is left over becomes an ellipsis. */
export function wrapLabel(label: string, most: number, breakable = /[\s./_:-]/g): string[] {
  if (label.length <= most) return [label];
  const breaks = [...label.slice(0, most + 1).matchAll(breakable)]
    .map(({ index }) => index)
    .filter((index) => index > most / 3);
  const at = breaks.at(-1) ?? most;
  const keepsBreak = label[at] === ' ' ? 1 : 0;
  return [label.slice(0, at).trimEnd(), shorten(label.slice(at + keepsBreak), most)];
}

export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
