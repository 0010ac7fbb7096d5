import type { Evidence } from './evidence.ts';

export const RELATIONS = ['talks-to', 'embeds', 'serves', 'configures', 'holds', 'grants', 'fronts'] as const;
export type Relation = (typeof RELATIONS)[number];

/** A link of the asset graph. `from` and `to` are asset ids. */
export interface Edge {
  from: string;
  relation: Relation;
  to: string;
  evidence: Evidence[];
}
