/**
 * Which apps share which back ends, as a model for picture and table. A folder may hold ten thousand apps: the most shared
 * back ends are drawn, apps that share the same of them are one place, and what is left over is one place too.
 */
import type { FleetSharer } from '../../core/contract/fleet.ts';
import { groupBy } from '../group.ts';
import { humanCount, plural, serviceTitle } from '../human.ts';
import type { FleetReport } from '../input.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';

type Backend = FleetReport['backends'][number];

/** More than this cannot be told apart. */
const MOST_BACKENDS = 30;
const MOST_APPS = 40;
/** Apps are drawn one by one as long as they are no more than this. */
const MOST_SINGLE = 24;

export interface FleetGraph {
  graph: Graph;
  /** By key of a place. */
  backends: ReadonlyMap<string, Backend>;
  /** Shared ones that are not drawn. */
  left: number;
}

export function isShared({ apps, common }: Backend): boolean {
  return apps.length > 1 && common !== true;
}

export function fleetGraph(report: FleetReport): FleetGraph {
  const shared = report.backends.filter(isShared);
  const drawn = shared.slice(0, MOST_BACKENDS);
  const backends = new Map(drawn.map((backend, at) => [`n${at + 1}`, backend]));
  const groups = appGroups(backends);
  const nodes: GraphNode[] = groups.map((group, at) => appNode(`n${drawn.length + at + 1}`, group));
  const edges: GraphEdge[] = [];
  for (const [at, group] of groups.entries()) {
    for (const to of group.backends) {
      const from = nodes[at]?.key ?? '';
      const sharers = group.apps.length === 1 ? sharerOf(backends.get(to), group.apps[0]) : undefined;
      const text = sharers === undefined ? plural(group.apps.length, 'app') : versionsOf(sharers);
      edges.push({
        key: `e${edges.length + 1}`,
        from,
        to,
        state: 'none',
        texts: text === '' ? [] : [text],
        evidence: [],
      });
    }
  }
  for (const [key, backend] of backends) nodes.push(backendNode(key, backend));
  return {
    graph: { title: 'Apps and the back ends they share', layers: ['app', 'endpoint'], nodes, edges },
    backends,
    left: shared.length - drawn.length,
  };
}

interface Group {
  apps: string[];
  /** Keys of their places. */
  backends: string[];
  rest: boolean;
}

/** Apps by what they share, the largest groups first; the smallest are one group in the end. */
function appGroups(backends: ReadonlyMap<string, Backend>): Group[] {
  const keysOf = new Map<string, string[]>();
  for (const [key, { apps }] of backends) {
    for (const { id } of apps) {
      const keys = keysOf.get(id);
      if (keys === undefined) keysOf.set(id, [key]);
      else keys.push(key);
    }
  }
  const single = keysOf.size <= MOST_SINGLE;
  const groups = [...groupBy([...keysOf], ([id, keys]) => (single ? id : keys.join(' '))).values()]
    .map((members): Group => ({ apps: members.map(([id]) => id), backends: members[0]?.[1] ?? [], rest: false }))
    .sort((a, b) => b.apps.length - a.apps.length || b.backends.length - a.backends.length);
  if (groups.length <= MOST_APPS) return groups;
  const rest = groups.splice(MOST_APPS - 1);
  const all = new Set(rest.flatMap(({ backends: of }) => of));
  return [
    ...groups,
    {
      apps: rest.flatMap(({ apps }) => apps),
      backends: [...backends.keys()].filter((key) => all.has(key)),
      rest: true,
    },
  ];
}

function appNode(key: string, { apps, rest }: Group): GraphNode {
  const several = apps.length > 1;
  return {
    ...PLAIN,
    key,
    layer: 'app',
    label: rest
      ? `Other apps (${humanCount(apps.length)})`
      : several
        ? `${apps[0]} and ${humanCount(apps.length - 1)} more`
        : (apps[0] ?? ''),
    detail: rest ? 'each shares some' : several ? 'share the same' : '',
    members: several ? apps.map((label) => ({ label, detail: '', state: 'none' })) : [],
  };
}

function backendNode(key: string, { kind, id, schemes, apps }: Backend): GraphNode {
  const what = kind === 'host' ? schemes.join(', ') : serviceTitle(kind);
  const detail = [plural(apps.length, 'app'), what].filter((part) => part !== '').join(' · ');
  return { ...PLAIN, key, layer: 'endpoint', label: id, detail };
}

const PLAIN = { assets: [], note: '', state: 'none', members: [], stories: [] } satisfies Partial<GraphNode>;

function sharerOf(backend: Backend | undefined, id: string | undefined): FleetSharer | undefined {
  return backend?.apps.find((one) => one.id === id);
}

export function versionsOf({ versions }: FleetSharer): string {
  const named = versions.filter((version) => version !== '');
  return named.slice(0, 8).join(', ') + (named.length > 8 ? ` and ${humanCount(named.length - 8)} more` : '');
}
