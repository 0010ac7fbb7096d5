import { callLimitsOf } from './compile-limits.ts';
import { secretOf } from './compile-upstreams.ts';
import type { AnomaliesConfig, AnomalyRule } from './devices-config.ts';
import type { Problems } from './problems.ts';
import type { PolicyFile } from './schema/policy.ts';

const LONGEST_WINDOW = 86_400_000;
const LONGEST_HOLD = 30 * 86_400_000;

/** Null where nothing is watched for. */
export function compileAnomalies(
  file: PolicyFile,
  resolve: (file: string) => string,
  problems: Problems,
): AnomaliesConfig | null {
  const { anomalies } = file;
  if (!anomalies) return null;
  const seen = new Set<string>();
  const rules = anomalies.rules.map((rule, index): AnomalyRule => {
    const path = ['anomalies', 'rules', index];
    const same = `${rule.kind} ${rule.action}`;
    if (seen.has(same))
      problems.add(path, `there is a rule with ${rule.action} for ${rule.kind} already`, 'Say one number for each.');
    seen.add(same);
    if (rule.count.windowMs > LONGEST_WINDOW)
      problems.add([...path, 'count'], 'is over more than a day', 'Use a budget of documents for longer times.');
    if (rule.hold > LONGEST_HOLD)
      problems.add([...path, 'hold'], 'is longer than 30 days', 'Whoever is to stay out has a token to be revoked.');
    const throttles = rule.action === 'throttle';
    if (throttles && rule.limits?.rate === undefined && rule.limits?.concurrent === undefined) {
      problems.add(path, 'throttle needs limits', 'For example `limits: { rate: 1/s }`.');
    }
    if (!throttles && rule.limits)
      problems.add([...path, 'limits'], 'are for throttle', 'Leave them out, or use `action: throttle`.');
    if (rule.action === 'step-up' && !file.devices) {
      problems.add(
        [...path, 'action'],
        'asks for an assertion of a device, and none can be enrolled',
        'Add `devices:`, or use throttle or block.',
      );
    }
    return Object.freeze({
      kind: rule.kind,
      count: rule.count.count,
      windowMs: rule.count.windowMs,
      action: rule.action,
      holdMs: rule.hold,
      limits: throttles && rule.limits ? callLimitsOf(rule.limits, [...path, 'limits'], problems) : null,
    });
  });
  const { webhook } = anomalies;
  return Object.freeze({
    rules: Object.freeze(rules),
    webhook: webhook
      ? Object.freeze({ url: webhook.url, secret: secretOf(webhook.secretFile, webhook.secretEnv, resolve) })
      : null,
  });
}
