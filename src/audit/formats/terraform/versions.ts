/**
 * Version constraints of Terraform, as far as major versions go.
 * Grammar: https://developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
export interface Majors {
  from: number;
  /** `Infinity` where nothing keeps a later one out. */
  to: number;
}

/** `~> 4.1, != 4.3.0` → 4 to 4; null for what is no constraint. */
export function majorsOf(constraint: string): Majors | null {
  const found: Majors = { from: 0, to: Number.POSITIVE_INFINITY };
  for (const part of constraint.slice(0, 500).split(',')) {
    const match = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d{1,5})((?:\.\d{1,6}){0,2})(?:[-+]|$)/.exec(part.trim());
    if (match === null) return null;
    const [, operator = '=', digits = '', rest = ''] = match;
    const major = Number(digits);
    if (operator === '!=') continue;
    if (operator !== '<' && operator !== '<=') found.from = Math.max(found.from, major);
    // `~> 4` lets every later one in; `~> 4.0` only those of 4.
    if (operator === '=' || operator === '<=' || (operator === '~>' && rest !== ''))
      found.to = Math.min(found.to, major);
    if (operator === '<') found.to = Math.min(found.to, /[1-9]/.test(rest) ? major : major - 1);
  }
  return found;
}
