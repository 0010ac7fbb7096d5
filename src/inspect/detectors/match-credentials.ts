/** Runs the credential rules over a text. */
import { CREDENTIAL_RULES, type CredentialRule, jwtClaims, type Sensitivity } from './credential-rules.ts';

/** All keywords as one alternation: one linear pass says whether any rule needs to look. */
const KEYWORDS = new RegExp(
  [
    ...new Set(
      CREDENTIAL_RULES.flatMap(
        (rule) => rule.prefilter ?? rule.keywords.map((word) => word.replace(/[.\\/+*?()[\]{}^$|]/g, '\\$&')),
      ),
    ),
  ].join('|'),
);

/** False for nearly every string; true says that a rule must look. */
export function mayHoldCredential(text: string): boolean {
  return KEYWORDS.test(text);
}

export interface RuleMatch {
  rule: CredentialRule;
  value: string;
  sensitivity: Sensitivity;
}

/** Every credential of a known form in a text. */
export function matchRules(text: string): RuleMatch[] {
  const matches: RuleMatch[] = [];
  for (const rule of CREDENTIAL_RULES) {
    if (!rule.keywords.some((word) => text.includes(word))) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const value = match[1];
      if (value === undefined || isStandIn(value)) continue;
      const sensitivity = rule.refine === undefined ? rule.sensitivity : rule.refine(value);
      if (sensitivity === null) continue;
      matches.push({ rule: providerOf(rule, value), value, sensitivity });
    }
  }
  return matches;
}

/** A token says in its claims who issued it. */
function providerOf(rule: CredentialRule, value: string): CredentialRule {
  if (rule.provider !== 'jwt') return rule;
  const claims = jwtClaims(value);
  const supabase = claims?.iss === 'supabase' || typeof claims?.ref === 'string';
  if (!supabase) return rule;
  return { ...rule, provider: 'supabase', kind: claims?.role === 'service_role' ? 'service-role-key' : 'anon-key' };
}

/** What tutorials write where a key goes. */
export function isStandIn(value: string): boolean {
  return /your|replace|insert|changeme|change_me|placeholder|dummy|<|>|\*{3}|xxxx|\.\.\.|\b(?:todo|foo|bar|test|example|sample|secret|password|passwd|pass|pwd|user|key|token|apikey|api_key)\b$/i.test(
    value,
  );
}
