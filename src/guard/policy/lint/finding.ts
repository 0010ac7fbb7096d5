import type { Policy, Rule } from '../policy.ts';
import type { Path } from '../problems.ts';

/** What the lint looks for. Ids are stable. */
export const LINT_RULES = {
  'guard/rule-never-matches': 'a rule that an earlier one decides for',
  'guard/role-nobody': 'a role that nobody can have',
  'guard/role-matches-anyone': 'a role that every token of an issuer has',
  'guard/alias-overlap': 'one alias for several indices',
  'guard/alias-is-index': 'an alias that is the name of an index',
  'guard/index-in-two-stores': 'one index name in several stores',
  'guard/dot-index': 'an index of the store’s own',
  'guard/wide-pattern': 'a pattern that matches everything',
  'guard/operation-without-base': 'an operation that needs another one',
  'guard/compat-for-people': 'compat mode for people’s tokens',
  'guard/compat-anonymous': 'compat mode for strangers',
  'guard/everything-for-strangers': 'every document for strangers',
  'guard/id-token-accepted': 'ID tokens are accepted',
  'guard/observed': 'a role that is not enforced',
  'guard/observation-over': 'an observation that is over',
  'guard/no-document-budget': 'no budget of documents',
  'guard/no-rate': 'no limit of requests',
  'guard/large-page': 'very large pages',
  'guard/scores-tell': 'scores that tell of hidden documents',
  'guard/write-cannot-succeed': 'writes that the filter never admits',
  'guard/ids-tell': 'ids that clients cannot choose',
  'guard/plain-store': 'a store that is asked in clear',
  'guard/plain-limits': 'a store of the limits that is asked in clear',
  'guard/public-url': 'a listener without a public name',
  'guard/fails-open': 'failures that let requests through',
  'guard/no-witness': 'a journal without a witness',
  'guard/certificates-not-asked': 'certificates that no listener asks for',
  'guard/resource-without-owner': 'a resource that is nobody’s',
  'guard/owner-of-strangers': 'a role that owns nothing',
  'guard/resource-enforced': 'a watched role whose resources are enforced',
  'guard/update-without-get': 'updates without a way to the present version',
  'guard/encrypted-in-search': 'encrypted columns in the search API',
  'guard/encrypted-elsewhere': 'a column that another resource keeps encrypted',
  'guard/personal-in-plain': 'a field that looks personal and is not encrypted',
  'guard/beacon-tells': 'a beacon of too many bits',
  'guard/published': 'a description that anyone can read',
  'guard/cors-plain': 'an origin in clear',
  'guard/data-of-one-machine': 'rows of one machine where several share limits',
  'guard/vault-unused': 'a vault without encrypted fields',
  'guard/root-key-file': 'a root key in a plain file',
  'guard/devices-unused': 'devices that no role asks for',
  'guard/long-token': 'long-lived tokens of devices',
  'guard/no-nonce': 'proofs without a nonce',
  'guard/development-attestation': 'attestation of apps in development',
  'guard/no-status-list': 'attestation keys whose revocation nobody looks up',
  'guard/device-never': 'a role that no device can have',
  'guard/fresh-never': 'assertions that no device can make',
  'guard/version-forms': 'versions that cannot be compared',
  'guard/legacy-over': 'old versions whose time is over',
  'guard/legacy-long': 'old versions that are let in for long',
  'guard/legacy-unlimited': 'old versions without limits of their own',
  'guard/webhook-unsigned': 'alarms that anyone could forge',
  'guard/estimate-in-memory': 'an estimate that is none',
  'guard/index-unknown': 'an index that the store does not have',
  'guard/field-unknown': 'a field that the mapping lacks',
  'guard/field-type': 'a field of another type in the store',
  'guard/field-alias': 'a field that is another name of a hidden one',
  'guard/copy-to': 'a field that holds copies of a hidden one',
  'guard/multi-field': 'another reading of a hidden field',
  'guard/filter-analysed': 'a filter on an analysed field',
  'guard/filter-rewritten': 'a filter on values that the store changes or drops',
  'guard/alias-in-store': 'an alias in the store that means more',
} as const satisfies Record<string, string>;
export type LintRule = keyof typeof LINT_RULES;

export interface LintFinding {
  readonly rule: LintRule;
  /** `error`: hidden data can be seen, or a grant does not do what it says; `warning`: best changed; `info`: to know. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** 1-based, in the policy's file. */
  readonly position: { readonly line: number; readonly column: number };
}

/** Collects findings with the places of a policy's file. */
export interface Report {
  at(path: Path, rule: LintRule, severity: LintFinding['severity'], message: string): void;
  atKey(path: Path, key: string, rule: LintRule, severity: LintFinding['severity'], message: string): void;
}

export function createReport(policy: Policy): Report & { readonly findings: readonly LintFinding[] } {
  const findings: LintFinding[] = [];
  return {
    findings,
    at(path, rule, severity, message) {
      findings.push({ rule, severity, message, position: policy.source.positionOf(path) });
    },
    atKey(path, key, rule, severity, message) {
      findings.push({ rule, severity, message, position: policy.source.positionOfKey(path, key) });
    },
  };
}

/** Where a rule stands in the file. */
export function pathOf(rule: Rule): Path {
  return ['roles', rule.role, 'rules', Number(/\[(\d+)\]$/.exec(rule.position)?.[1] ?? 0)];
}
