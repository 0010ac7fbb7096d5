import type { Principal } from '../contract/principal.ts';
import type { Policy } from '../policy/policy.ts';
import { compareRequests, type Difference } from './compare.ts';
import type { DecisionCase } from './load.ts';
import { principalOf } from './principal.ts';
import { type PlainRequest, requestOfResource } from './resource-request.ts';

/** What came of a request: the pipeline's own decision, with what it would send. */
export interface Decided {
  readonly decision: 'allow' | 'deny';
  readonly status: number;
  /** Why it was refused. */
  readonly code: string | null;
  /** Which rule decided: `roles.mobile.rules[0]`. */
  readonly rule: string | null;
  readonly requests: readonly UpstreamText[];
}

export interface UpstreamText {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

export interface CaseRequest {
  readonly method: string;
  readonly target: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

export type Decide = (request: CaseRequest, principal: Principal) => Promise<Decided>;

export interface CaseResult {
  readonly case: DecisionCase;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
}

export interface CaseDependencies {
  /** The pipeline without a network: nothing is sent, what would be sent is told. */
  readonly decide: Decide;
}

/** Runs decision cases in turn. A case that the pipeline itself fails on is a failed case. */
export async function runCases(
  policy: Policy,
  cases: readonly DecisionCase[],
  { decide }: CaseDependencies,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const one of cases) {
    const differences = await differencesOf(one, policy, decide);
    results.push({ case: one, passed: differences.length === 0, differences });
  }
  return results;
}

async function differencesOf(one: DecisionCase, policy: Policy, decide: Decide): Promise<readonly Difference[]> {
  const unknown = one.principal.roles?.filter((role) => !policy.roles.some(({ name }) => name === role)) ?? [];
  if (unknown.length > 0)
    return [{ what: 'roles of the policy', expected: unknown.join(', '), actual: 'none of this name' }];
  const { request: given } = one;
  const request = 'resource' in given ? requestOfResource(given, policy) : given;
  if (!request) return [{ what: 'resources of the policy', expected: resourceOf(given), actual: 'none of this name' }];
  let decided: Decided;
  try {
    decided = await decide(requestOf(request), principalOf(one.principal, policy));
  } catch (error) {
    return [
      {
        what: 'decision',
        expected: one.expect.decision,
        actual: `failed: ${error instanceof Error ? error.name : 'unknown'}`,
      },
    ];
  }
  return compare(one.expect, decided);
}

function compare(expect: DecisionCase['expect'], decided: Decided): readonly Difference[] {
  const differences: Difference[] = [];
  const check = (what: string, expected: string | number | undefined, actual: string | number | null) => {
    if (expected !== undefined && expected !== actual) {
      differences.push({ what, expected: String(expected), actual: actual === null ? 'none' : String(actual) });
    }
  };
  check('decision', expect.decision, decided.decision);
  check('status', expect.status, decided.status);
  check('code', expect.code, decided.code);
  check('rule', expect.rule, decided.rule);
  const none = expect.zeroUpstream ?? (expect.decision === 'deny' && expect.upstream === undefined);
  if (none) check('requests to the store', 0, decided.requests.length);
  else if (expect.zeroUpstream === false && decided.requests.length === 0) check('requests to the store', 'some', 0);
  if (expect.upstream) {
    const expected = Array.isArray(expect.upstream) ? expect.upstream : [expect.upstream];
    differences.push(...compareRequests(expected, decided.requests));
  }
  return differences;
}

function resourceOf(request: DecisionCase['request']): string {
  return 'resource' in request ? request.resource : '';
}

function requestOf({
  method,
  path,
  headers,
  body,
  lines,
}: PlainRequest & { readonly lines?: readonly unknown[] | undefined }): CaseRequest {
  const text = lines ? lines.map((line) => `${JSON.stringify(line)}\n`).join('') : textOf(body);
  const given = Object.entries(headers);
  const named = given.some(([name]) => name.toLowerCase() === 'content-type');
  const type = lines ? 'application/x-ndjson' : 'application/json';
  return {
    method,
    target: path,
    headers: [...given.flat(), ...(text === '' || named ? [] : ['content-type', type])],
    body: new TextEncoder().encode(text),
  };
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}
