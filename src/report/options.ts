import type { Suppressed } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';

export const FORMATS = ['terminal', 'json', 'jsonl', 'sarif', 'html', 'markdown', 'cyclonedx'] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  /** Terminal: colour on or off. The caller decides from NO_COLOR, CLICOLOR_FORCE and the stream. Default false. */
  color?: boolean;
  /** Terminal: columns. Default 80. */
  width?: number;
  /** Terminal: one compact block per story, for pipes and `--quiet`. Default false. */
  quiet?: boolean;
  /** Terminal: also what is usually left out (endpoints of SDKs, every exchange, suppressed findings). Default false. */
  all?: boolean;
  /** Metadata of the rules that may have raised the findings. SARIF describes them; others show their titles. */
  rules?: readonly Rule[];
  /**
   * Bytes of the files that patches refer to, by patch path, so that a patch can be shown as a diff. A file whose hash
   * is not the patch's is treated as absent. Only changed lines are shown, with values of secrets masked.
   */
  sources?: ReadonlyMap<string, Uint8Array>;
  /** SARIF and CycloneDX: version of this tool for reports that do not carry it. */
  toolVersion?: string;
  /** SARIF: directory that artifact locations are made relative to (usually the repository root), absolute. */
  baseDirectory?: string;
  /** SARIF: a baseline was given, even when it held none of these findings. Default: when `known` is not empty. */
  baseline?: boolean;
  /** Audit: findings that the ignore file silences (a check report carries its own). */
  suppressed?: readonly Suppressed[];
  /** Verify: where the receipt was written. */
  receiptPath?: string;
}
