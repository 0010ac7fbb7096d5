import type { Owner, Severity } from './severity.ts';

/** What every rule says about itself. Feeds the SARIF rules, the rule pages and `postern explain`. */
export interface Rule {
  /** `<verb>/<what-is-wrong>`, e.g. `audit/elasticsearch-security-disabled`. */
  id: `${string}/${string}`;
  title: string;
  severity: Severity;
  owner: Owner;
  /** What is wrong and what a stranger does with it. Markdown. */
  description: string;
  /** What to do, in the configuration's own terms. Markdown. */
  remediation: string;
  /** Absolute URLs of the sources. */
  references: readonly string[];
  /** e.g. `CWE-306`. */
  cwe: readonly string[];
  /** OWASP MASVS v2 control ids, e.g. `MASVS-NETWORK-1`. */
  masvs?: readonly string[];
  /** Ids this rule was known by elsewhere. */
  aliases?: readonly string[];
  /** Inputs that must (`bad`) and must not (`good`) raise the rule; run by the tests of its verb. */
  examples: { bad: readonly string[]; good: readonly string[] };
}
