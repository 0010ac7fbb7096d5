import type { Owner, Severity } from './severity.ts';
import type { Topic } from './topics.ts';

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
  /** What the rule protects; the controls of standards follow from it (`topics.ts`). */
  topic?: Topic;
  /** CIS benchmark recommendations, with the benchmark: `CIS MongoDB 7 2.1`. */
  cis?: readonly string[];
  /** How it is known that the rule is right. */
  verified?: Verified;
  /** Not verified yet: the rule says nothing unless it is asked for, and never fails a build. */
  experimental?: true;
  /** What differs from the guidance of the rule's format. */
  guidance?: Partial<Guidance>;
  /** Ids this rule was known by elsewhere. */
  aliases?: readonly string[];
  /** Inputs that must (`bad`) and must not (`good`) raise the rule; run by the tests of its verb. */
  examples: { bad: readonly string[]; good: readonly string[] };
}

export interface Verified {
  /** `server`: the real server was started with and without the setting. `source`: the vendor's code or documentation. */
  by: 'server' | 'source';
  /** Which server and version, or the document's URL and the sentence in own words. */
  how: string;
}

/** Where people run what a rule is about. */
export const RUNTIMES = ['package', 'docker', 'kubernetes', 'terraform', 'managed'] as const;
export type RuntimeKind = (typeof RUNTIMES)[number];

/** How a rule is dealt with in practice. Markdown. */
export interface Guidance {
  /** What a stranger does with it, step by step and without a recipe; absent: the description says it. */
  attack?: string;
  /** How to change the setting, by where it runs. */
  fixes: { readonly [R in RuntimeKind]?: string };
  /** How to see that it is fixed: a command and what it answers then. */
  check: string;
}
