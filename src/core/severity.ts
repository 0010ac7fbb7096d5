/** How bad a finding or story is, worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How sure the tool is: `confirmed` was observed on the live service, `firm` follows from a parsed fact, `tentative` from a heuristic. */
export const CONFIDENCES = ['confirmed', 'firm', 'tentative'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Who fixes it. */
export const OWNERS = ['developer', 'it', 'security'] as const;
export type Owner = (typeof OWNERS)[number];

/** True when `severity` is as bad as `floor` or worse. */
export function atLeast(severity: Severity, floor: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
}

/** The worst of some severities; `info` of none. */
export function worst(severities: Iterable<Severity>): Severity {
  let result: Severity = 'info';
  for (const severity of severities) if (atLeast(severity, result)) result = severity;
  return result;
}
