import type { Described } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { cleaned } from '../untrusted.ts';
import { renderAudit } from './audit.ts';
import { renderCheck } from './check.ts';
import { renderCheckDiff } from './check-diff.ts';
import { renderClassify } from './classify.ts';
import { renderDiff } from './diff.ts';
import { renderFleet } from './fleet.ts';
import { renderInspect } from './inspect.ts';
import { renderProbe } from './probe.ts';
import { renderVerify } from './verify.ts';

/** Everything printed comes from a cleaned copy of the report. */
export function renderTerminal(described: Described, options: RenderOptions): string {
  switch (described.kind) {
    case 'check':
      return renderCheck(cleaned(described.report), options);
    case 'classify':
      return renderClassify(cleaned(described.report), options);
    case 'inspect':
      return renderInspect(cleaned(described.report), options);
    case 'fleet':
      return renderFleet(cleaned(described.report), options);
    case 'diff':
      return renderDiff(cleaned(described.report), options);
    case 'check-diff':
      return renderCheckDiff(cleaned(described.report), options);
    case 'audit':
      return renderAudit(cleaned(described.report), options);
    case 'probe':
      return renderProbe(cleaned(described.report), options);
    case 'receipt':
      return renderVerify(cleaned(described.report), options);
  }
}
