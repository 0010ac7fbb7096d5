/**
 * What one file of this folder says: the keys of some providers, how they are told, and what whoever holds one can do.
 * Each rule carries texts that hold a key (`bad`) and look-alikes that do not (`good`); the tests run them. All values are
 * made up. Patterns are bounded; `keywords` are looked for before any pattern runs.
 */
import type { Severity } from '../../../core/severity.ts';

export type Sensitivity = 'public' | 'secret' | 'unknown';

/** What a key is worth. */
export interface Worth {
  /** Public by design, or secret by the provider's own rules. */
  sensitivity: Sensitivity;
  /** Of the finding that an app carries it. */
  severity: Severity;
  /** What whoever holds it can do, in a few words. */
  grants: string;
}

export interface CredentialRule extends Worth {
  provider: string;
  kind: string;
  /** At least one must stand in the text, exactly so. */
  keywords: readonly string[];
  /** What the first pass looks for instead, where the keywords are too common: the source of a regular expression. */
  prefilter?: string;
  /** Group 1 is the credential. */
  pattern: RegExp;
  /** Other kinds that the same pattern finds and `judge` tells apart. */
  variants?: Readonly<Record<string, Variant>>;
  /** Judges a match further; null rejects it. */
  judge?: (value: string, text: string) => Verdict | null;
  /** Where the form is documented. */
  source: string;
  examples: { bad: readonly string[]; good: readonly string[] };
}

export interface Variant extends Worth {
  provider?: string;
  kind: string;
}

export interface Verdict {
  /** Name of the variant that it is. */
  as?: string;
  /** A checksum inside it is right, or it is built as such keys are. */
  validated?: 'checksum' | 'structure';
  /** More exactly than the rule says it. */
  grants?: string;
}

/** A key without a form of its own, told by the resource, key or variable that holds it. */
export interface NamedRule extends Worth {
  provider: string;
  kind: string;
  /** The last part of the name in lower case, without `_`, `-`, `.` and spaces. */
  name: RegExp;
  /** The whole value. */
  value: RegExp;
  judge?: (value: string) => Verdict | null;
  source: string;
  /** Texts as `name=value`. */
  examples: { bad: readonly string[]; good: readonly string[] };
}

export interface CredentialFamily {
  name: string;
  rules: readonly CredentialRule[];
  named?: readonly NamedRule[];
}
