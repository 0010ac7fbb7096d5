import type { Evidence } from './evidence.ts';
import type { Reach } from './exposure.ts';
import type { Patch } from './patch.ts';
import type { Confidence, Owner, Severity } from './severity.ts';
import type { Verdict } from './verdict.ts';

export interface Finding {
  /** See `fingerprint.ts`. */
  fingerprint: string;
  /** Rule id. */
  rule: string;
  /** Id of the asset it is about. */
  asset: string;
  severity: Severity;
  confidence: Confidence;
  owner: Owner;
  verdict?: Verdict;
  /** Whether a stranger gets to what it is about, where configuration tells. */
  reach?: Reach;
  /** One sentence, already redacted. */
  message: string;
  evidence: [Evidence, ...Evidence[]];
  patches?: Patch[];
}

/** A finding that the ignore file silences, with the reason its owner gave. */
export interface Suppressed {
  finding: Finding;
  statement: string;
  /** ISO 8601 date. */
  expires: string;
}
