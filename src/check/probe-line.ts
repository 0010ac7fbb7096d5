import type { ProbeLine } from '../core/contract/probe.ts';
import type { ProbeResult } from '../probe/service.ts';
import { type Classify, probeLineOf } from './gather/probed.ts';
import { classifierOf } from './verbs.ts';

const byNames = classifierOf([]);

/**
 * What `postern probe` prints of one result: with the kinds of personal data that its field names tell.
 * @param classify weighs names with values where `--sample` brought some
 */
export function probeLine(result: ProbeResult, classify: Classify = byNames): ProbeLine {
  return probeLineOf(result, classify);
}
