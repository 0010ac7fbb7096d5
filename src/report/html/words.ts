/** Words that picture, table and evidence share. */
import type { GraphNode, Layer, WayState } from './graph.ts';

export const LAYER_TITLES = {
  app: 'App',
  endpoint: 'Back end',
  store: 'Data store',
  data: 'Personal data',
} as const satisfies Record<Layer, string>;

export const WAY_TITLES = {
  exposed: 'exposed',
  unknown: 'unknown',
  secured: 'secured',
  none: '',
} as const satisfies Record<WayState, string>;

/** What a screen reader says of a place. */
export function speak(node: GraphNode): string {
  return [LAYER_TITLES[node.layer], node.label, node.detail, node.note, WAY_TITLES[node.state]]
    .filter((part) => part !== '')
    .join(', ');
}
