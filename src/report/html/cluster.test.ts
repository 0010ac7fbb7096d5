import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bluemarketCheckReport } from '../../../test/golden/fixtures/check-report.ts';
import { clustered, MOST_NODES } from './cluster.ts';
import { type Graph, type GraphEdge, type GraphNode, graphOf, LAYERS } from './graph.ts';
import { layoutOf } from './layout.ts';

const STATES = ['exposed', 'unknown', 'secured'] as const;

/** Some hundred places, joined at random from one layer to a later one. */
const graphs: fc.Arbitrary<Graph> = fc
  .record({
    layers: fc.array(fc.tuple(fc.constantFrom(...LAYERS), fc.constantFrom(...STATES), fc.nat(30)), {
      minLength: 1,
      maxLength: 400,
    }),
    links: fc.array(fc.tuple(fc.nat(399), fc.nat(399), fc.constantFrom(...STATES)), { maxLength: 500 }),
  })
  .map(({ layers, links }) => {
    const nodes = layers.map(
      ([layer, state, kind], index): GraphNode => ({
        key: `n${index + 1}`,
        assets: [`${layer}:${index}`],
        layer,
        label: `Store${kind} 1.${index}`,
        detail: '',
        note: '',
        state,
        members: [],
        stories: [],
      }),
    );
    const edges = new Map<string, GraphEdge>();
    for (const [a, b, state] of links) {
      const from = nodes[a % nodes.length];
      const to = nodes[b % nodes.length];
      if (from === undefined || to === undefined || LAYERS.indexOf(from.layer) >= LAYERS.indexOf(to.layer)) continue;
      const id = `${from.key}>${to.key}`;
      edges.set(id, { key: `e${edges.size + 1}`, from: from.key, to: to.key, state, texts: [], evidence: [] });
    }
    return { title: 'Places', layers: LAYERS, nodes, edges: [...edges.values()] };
  });

test('a picture never has more places than it can show, and loses none of them', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const small = clustered(graph);
      expect(small.nodes.length).toBeLessThanOrEqual(MOST_NODES);
      expect(small.nodes.flatMap(({ assets }) => assets).toSorted()).toEqual(
        graph.nodes.flatMap(({ assets }) => assets).toSorted(),
      );
      const keys = new Set(small.nodes.map(({ key }) => key));
      for (const { from, to } of small.edges) expect(keys.has(from) && keys.has(to)).toBe(true);
      const exposed = (edges: readonly GraphEdge[]): boolean => edges.some(({ state }) => state === 'exposed');
      expect(exposed(small.edges)).toBe(exposed(graph.edges));
    }),
    { numRuns: 60 },
  );
});

test('no two places overlap, and every line runs from left to right', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { boxes, routes, width, height } = layoutOf(clustered(graph));
      for (const layer of LAYERS) {
        const column = boxes.filter(({ node }) => node.layer === layer).toSorted((a, b) => a.y - b.y);
        for (const [index, box] of column.entries()) {
          expect(box.y).toBeGreaterThanOrEqual(0);
          expect(box.y + box.height).toBeLessThanOrEqual(height);
          expect(box.x + box.width).toBeLessThanOrEqual(width);
          const next = column[index + 1];
          if (next !== undefined) expect(next.y).toBeGreaterThan(box.y + box.height);
        }
      }
      for (const { points } of routes) {
        for (const [index, point] of points.entries())
          expect(point.x).toBeLessThan(points[index + 1]?.x ?? Number.POSITIVE_INFINITY);
      }
    }),
    { numRuns: 30 },
  );
});

test('back ends that lead to no store are one place when they are many', () => {
  const report = bluemarketCheckReport();
  for (let index = 0; index < 30; index++) {
    const host = `h${index}.example`;
    report.assets.push({ kind: 'endpoint', id: `endpoint:${host}`, url: `https://${host}/`, host, origin: 'app' });
  }
  const graph = clustered(graphOf(report));
  const other = graph.nodes.filter(({ members }) => members.length > 0);
  expect(other.map(({ label, state }) => `${label} ${state}`)).toEqual(['Other back ends (31) unknown']);
  expect(graph.nodes.filter(({ layer }) => layer === 'endpoint')).toHaveLength(4);
});

test('a back end is as open as the worst of its stores, and so is the app', () => {
  const graph = graphOf(bluemarketCheckReport());
  const state = (label: string): string | undefined => graph.nodes.find((node) => node.label === label)?.state;
  expect(state('com.bluemarket.shop 3.2')).toBe('exposed');
  expect(state('shop-search.bluemarket.example:9200')).toBe('exposed');
  expect(state('bluemarket-prod.firebaseio.example:443')).toBe('unknown');
  expect(state('api.bluemarket.example:443')).toBe('unknown');
  expect(graph.nodes.some(({ label }) => label.startsWith('crash.sdk.example'))).toBe(false);
});

test('a store that was found shut is secured, whatever the report says of the rest', () => {
  const report = bluemarketCheckReport();
  report.assets.push({
    kind: 'store',
    id: 'store:redis',
    service: 'redis',
    address: '203.0.113.9',
    port: 6379,
    verdict: 'secured',
  });
  report.edges.push({
    from: 'store:redis',
    relation: 'serves',
    to: 'endpoint:api.bluemarket.example/443',
    evidence: [],
  });
  const graph = graphOf(report);
  const redis = graph.nodes.find(({ label }) => label === 'Redis');
  expect(redis?.state).toBe('secured');
  expect(graph.edges.find(({ to }) => to === redis?.key)?.state).toBe('secured');
});
