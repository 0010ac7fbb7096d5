import type { Asset } from './asset.ts';
import type { Edge } from './edge.ts';
import type { Finding } from './finding.ts';
import type { Skip } from './skip.ts';

/** What every verb contributes to the asset graph. */
export interface Outcome {
  assets: Asset[];
  edges: Edge[];
  findings: Finding[];
  skips: Skip[];
}
