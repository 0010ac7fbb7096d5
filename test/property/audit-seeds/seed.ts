import type { FormatName } from '../../../src/audit/index.ts';

/** A vendor's sample in miniature: what the tests of every reader mutate. A format has one or more. */
export interface Seed {
  format: FormatName;
  text: string;
  /** What each finding of it points at, in the report's order: the rule and the text at the place. */
  pointed: readonly (readonly [rule: string, text: string])[];
}
