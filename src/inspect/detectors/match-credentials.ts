/** Runs the credential rules over a text, and over a name with its value. */
import type { Severity } from '../../core/severity.ts';
import type { CredentialRule, NamedRule, Sensitivity, Verdict, Worth } from '../data/credentials/credential-rule.ts';
import { CREDENTIAL_RULES, NAMED_RULES } from '../data/credentials/index.ts';

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

/** A credential of a known form or name. */
export interface Match {
  provider: string;
  kind: string;
  value: string;
  sensitivity: Sensitivity;
  severity: Severity;
  grants: string;
  validated?: 'checksum' | 'structure';
}

export interface RuleMatch extends Match {
  rule: CredentialRule;
}

/** Every credential of a known form in a text. */
export function matchRules(text: string): RuleMatch[] {
  const matches: RuleMatch[] = [];
  for (const rule of CREDENTIAL_RULES) {
    if (!rule.keywords.some((word) => text.includes(word))) continue;
    for (const match of text.matchAll(rule.pattern)) {
      const value = match[1];
      if (value === undefined || isStandIn(value)) continue;
      const verdict = rule.judge === undefined ? {} : rule.judge(value, text);
      if (verdict !== null) matches.push({ ...matchOf(rule, value, verdict), rule });
    }
  }
  return matches;
}

function matchOf(rule: CredentialRule | NamedRule, value: string, { as, validated, grants }: Verdict): Match {
  const variant = as === undefined || !('variants' in rule) ? undefined : rule.variants?.[as];
  const worth: Worth & { kind: string } = variant ?? rule;
  return {
    provider: variant?.provider ?? rule.provider,
    kind: worth.kind,
    value,
    sensitivity: worth.sensitivity,
    severity: worth.severity,
    grants: grants ?? worth.grants,
    ...(validated === undefined ? {} : { validated }),
  };
}

/** Words of which one stands in every name that a rule knows: most names are told by this alone. */
const NAME_WORDS = /key|secret|token|client|admin|search|write|master|private|paypal/i;

/** @param name of the resource, key or variable that holds the value; its last part counts */
export function matchNamed(name: string, value: string): Match | undefined {
  if (value.length < 12 || value.length > 400 || name.length > 200 || !NAME_WORDS.test(name)) return undefined;
  const plain = plainName(name);
  for (const rule of NAMED_RULES) {
    if (!rule.name.test(plain) || !rule.value.test(value) || isStandIn(value)) continue;
    const verdict = rule.judge === undefined ? {} : rule.judge(value);
    if (verdict !== null) return matchOf(rule, value, verdict);
  }
  return undefined;
}

/** `string/facebook_app_secret`, `FacebookAppSecret` and `facebook.app-secret` are one name. */
function plainName(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/[_\-. ]/g, '')
    .toLowerCase();
}

/** What tutorials write where a key goes. */
export function isStandIn(value: string): boolean {
  return /your|replace|insert|changeme|change_me|placeholder|dummy|<|>|\*{3}|xxxx|\.\.\.|example(?:key)?$|\b(?:todo|foo|bar|test|example|sample|secret|password|passwd|pass|pwd|user|key|token|apikey|api_key)\b$/i.test(
    value,
  );
}
