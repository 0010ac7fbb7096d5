/** Makes a large graph drawable: places that say the same are drawn as one, until the picture has at most `most` nodes. */
import { groupBy } from '../group.ts';
import { humanCount, plural } from '../human.ts';
import { type Graph, type GraphEdge, type GraphNode, worstWay } from './graph.ts';

export const MOST_NODES = 150;
/** More back ends than this that lead to no store would drown those that do. */
const MOST_LOOSE = 6;

/** Neighbours of a node's key, before and behind it. */
interface Neighbours {
  before: ReadonlyMap<string, string[]>;
  behind: ReadonlyMap<string, string[]>;
}

type GroupOf = (node: GraphNode, near: Neighbours) => { key: string; label: string } | null;

const foldLoose: GroupOf = (node, near) => (isLoose(node, near) ? { key: 'loose', label: 'Other back ends' } : null);

/** Gentlest first. What leads to a store that was asked is folded last. */
const STEPS: readonly GroupOf[] = [
  (node, { before }) => (node.layer === 'data' ? { key: keysOf(node, before), label: 'Sets of records' } : null),
  (node) => (node.layer === 'store' ? { key: `${node.state} ${familyOf(node)}`, label: familyOf(node) } : null),
  (node, { behind }) =>
    node.layer === 'endpoint' ? { key: node.state + keysOf(node, behind), label: 'Back ends' } : null,
  (node, { before }) => (node.layer === 'data' ? { key: keysOf(node, before), label: 'Sets of records' } : null),
  (node) => (node.layer === 'endpoint' ? { key: node.state, label: 'Back ends' } : null),
  (node) => (node.layer === 'app' ? { key: node.state, label: 'Apps' } : null),
  (node) => ({ key: `${node.layer} ${node.state}`, label: 'Places' }),
];

export function clustered(graph: Graph, most = MOST_NODES): Graph {
  const near = neighboursOf(graph);
  const loose = graph.nodes.filter((node) => isLoose(node, near)).length;
  let current = loose > MOST_LOOSE ? folded(graph, foldLoose) : graph;
  for (const step of STEPS) {
    if (current.nodes.length <= most) break;
    current = folded(current, step);
  }
  return current;
}

/** A back end that leads to no store. */
function isLoose(node: GraphNode, { behind }: Neighbours): boolean {
  return node.layer === 'endpoint' && !behind.has(node.key);
}

function familyOf(node: GraphNode): string {
  return node.label.replace(/\s+[\d.]+$/, '');
}

function keysOf(node: GraphNode, keys: ReadonlyMap<string, string[]>): string {
  return (keys.get(node.key) ?? []).toSorted().join(' ');
}

function neighboursOf({ edges }: Graph): Neighbours {
  const before = groupBy(edges, ({ to }) => to);
  const behind = groupBy(edges, ({ from }) => from);
  return {
    before: new Map([...before].map(([key, group]) => [key, group.map(({ from }) => from)])),
    behind: new Map([...behind].map(([key, group]) => [key, group.map(({ to }) => to)])),
  };
}

function folded(graph: Graph, groupOf: GroupOf): Graph {
  const near = neighboursOf(graph);
  const groups = new Map<string, { label: string; nodes: GraphNode[] }>();
  for (const node of graph.nodes) {
    const group = groupOf(node, near);
    const id = group === null ? `alone ${node.key}` : `${node.layer} ${group.key}`;
    const known = groups.get(id);
    if (known === undefined) groups.set(id, { label: group?.label ?? '', nodes: [node] });
    else known.nodes.push(node);
  }
  const keyOf = new Map<string, string>();
  const nodes: GraphNode[] = [];
  for (const { label, nodes: parts } of groups.values()) {
    const node = merged(label, parts);
    if (node === null) continue;
    for (const part of parts) keyOf.set(part.key, node.key);
    nodes.push(node);
  }
  const edges = new Map<string, GraphEdge>();
  for (const edge of graph.edges) {
    const from = keyOf.get(edge.from) ?? edge.from;
    const to = keyOf.get(edge.to) ?? edge.to;
    const known = edges.get(`${from}>${to}`);
    if (known === undefined) edges.set(`${from}>${to}`, { ...edge, from, to });
    else {
      known.state = worstWay([known.state, edge.state]);
      known.texts = [...new Set([...known.texts, ...edge.texts])].slice(0, 50);
      known.evidence = [...known.evidence, ...edge.evidence].slice(0, 50);
    }
  }
  return { ...graph, nodes, edges: [...edges.values()] };
}

function merged(label: string, parts: readonly GraphNode[]): GraphNode | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  const members = parts.flatMap((part) =>
    part.members.length > 0
      ? part.members
      : [
          {
            label: part.label,
            detail: [part.detail, part.note].filter((text) => text !== '').join(' · '),
            state: part.state,
          },
        ],
  );
  return {
    ...first,
    assets: parts.flatMap(({ assets }) => assets),
    label: `${label} (${humanCount(members.length)})`,
    detail: plural(members.length, 'place drawn as one', 'places drawn as one'),
    note: '',
    state: worstWay(parts.map(({ state }) => state)),
    members,
    stories: [...new Set(parts.flatMap(({ stories }) => stories))],
  };
}
