import { classifyFields } from '../classify/index.ts';
import type { ProbeLine } from '../core/contract/probe.ts';
import type { ProbeResult } from '../probe/service.ts';
import { probeLineOf } from './gather/probed.ts';

/** What `postern probe` prints of one result: with the kinds of personal data that its field names tell. */
export function probeLine(result: ProbeResult): ProbeLine {
  return probeLineOf(result, classifyFields);
}
