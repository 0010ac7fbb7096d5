import { createHash } from 'node:crypto';
import type { Target } from '../../config/index.ts';
import type { CheckReport } from '../../core/contract/check.ts';
import { RECEIPT_SCHEMA, type ReceiptBody, type ReceiptStory } from '../../core/contract/receipt.ts';
import type { OutsiderRequest, Story } from '../../core/story.ts';
import { VERSION } from '../../core/version.ts';
import type { Scope } from '../../net/index.ts';
import type { ProbeTarget } from '../../probe/index.ts';
import type { ProbeResult } from '../../probe/service.ts';
import { hostName } from '../gather/inspected.ts';
import type { CheckProgress } from '../input.ts';
import { inOrderOfStories } from '../join.ts';
import { summaryOf } from '../run-check.ts';
import { loadVerbs, type Verbs } from '../verbs.ts';
import { authorityOf } from '../words.ts';
import { runControls } from './control.ts';
import { judgeProof, ROUNDS } from './state.ts';
import { askThrough, guardOf, type ThroughEnvironment } from './through/index.ts';

export interface VerifyInput {
  /** The earlier report, and the bytes it was read from: their hash goes into the receipt. */
  report: CheckReport;
  reportBytes: Uint8Array;
  scope: Scope;
  /** Targets of postern.yaml, with their controls. */
  targets: readonly Target[];
  vantage: string;
  /** Story ids; all when absent. */
  only?: readonly string[];
  emptyPassword?: boolean;
  /** Roles that are only watched, by the path of the policy that `guardedBy` names. */
  observedRoles?: ReadonlyMap<string, readonly string[]>;
  /** Where passwords of controls may stand. */
  env?: NodeJS.ProcessEnv;
  now?: () => Date;
  signal?: AbortSignal;
  onProgress?: (event: CheckProgress) => void;
  /** For tests. */
  verbs?: Verbs;
  /** For tests. */
  visit?: ThroughEnvironment['visit'];
}

/** The requests of one story, and what came of them. */
interface Case {
  story: Story;
  asked: { target: ProbeTarget; request: OutsiderRequest }[];
  gaps: string[];
  rounds: ProbeResult[][];
  control: ReceiptStory['control'];
  through?: ReceiptStory['through'];
}

/**
 * Repeats the outsider's requests of an earlier report – same hosts, every address, same ports and services, from the
 * same vantage, twice – and runs the positive control of each store in between.
 *
 * @returns the unsigned receipt, and the report with the stories' new states
 */
export async function runVerify(input: VerifyInput): Promise<{ body: ReceiptBody; report: CheckReport }> {
  const now = input.now ?? (() => new Date());
  const startedAt = now().toISOString();
  const verbs = input.verbs ?? (await loadVerbs());
  const cases = input.report.stories
    .filter(({ id }) => input.only === undefined || input.only.includes(id))
    .map((story) => caseOf(story, input, verbs));
  for (let round = 1; round <= ROUNDS; round++) {
    await askAll(cases, round, input, verbs);
    // Between the rounds, so that the service was alive while strangers were turned away.
    if (round === 1) await controlAll(cases, input, verbs, now);
  }
  const judged = cases.map((one) => ({ ...one, ...judgeProof(proofOf(one)) }));
  const issuedAt = now().toISOString();
  const body: ReceiptBody = {
    schema: RECEIPT_SCHEMA,
    tool: { name: 'postern', version: VERSION },
    issuedAt,
    vantage: input.vantage,
    scopeHash: input.scope.hash,
    reportHash: createHash('sha256').update(input.reportBytes).digest('hex'),
    stories: judged.map((one) => receiptStory(one, input.report, issuedAt)),
  };
  return { body, report: updated(input, judged, startedAt, issuedAt) };
}

function caseOf(story: Story, { scope, vantage }: VerifyInput, verbs: Verbs): Case {
  const gaps: string[] = [];
  const asked: Case['asked'] = [];
  const seen = new Set<string>();
  if (story.outsider.length === 0) gaps.push('the earlier report holds no request to repeat: it was not contacted');
  for (const request of story.outsider) {
    const key = JSON.stringify([hostName(request.host), request.project, request.port, request.service]);
    if (seen.has(key)) continue;
    seen.add(key);
    const target = scope.find(request.host, request.project);
    const whose = request.project === undefined ? '' : ` of ${request.project}`;
    if (!target) gaps.push(`${request.host}${whose} is not in scope any more, so it was not asked`);
    else if (request.vantage !== vantage) {
      gaps.push(`the earlier request was sent from ${request.vantage}, and this run is at ${vantage}`);
    } else if (!verbs.services.some(({ id }) => id === request.service)) {
      gaps.push(`this version cannot repeat requests to ${request.service}`);
    } else {
      const label = `${story.id} ${asked.length}`;
      asked.push({ target: { label, target, port: request.port, service: request.service }, request });
    }
  }
  return { story, asked, gaps, rounds: [], control: null };
}

async function askAll(cases: readonly Case[], round: number, input: VerifyInput, verbs: Verbs): Promise<void> {
  for (const one of cases) one.rounds.push([]);
  const byLabel = new Map(cases.flatMap((one) => one.asked.map(({ target }) => [target.label, one] as const)));
  const targets = cases.flatMap(({ asked }) => asked.map(({ target }) => target));
  if (targets.length === 0 || input.signal?.aborted) return;
  let done = 0;
  for await (const result of verbs.probe(targets, {
    ...(input.emptyPassword !== undefined && { emptyPassword: input.emptyPassword }),
    ...(input.signal && { signal: input.signal }),
  })) {
    byLabel.get(result.target)?.rounds.at(-1)?.push(result);
    const label = `round ${round}: ${authorityOf(result.host, result.port ?? undefined)} ${result.verdict}`;
    input.onProgress?.({ part: 'probe', label, done: ++done, total: 0 });
  }
}

async function controlAll(cases: readonly Case[], input: VerifyInput, verbs: Verbs, now: () => Date): Promise<void> {
  for (const one of cases) {
    if (input.signal?.aborted || one.asked.length === 0) continue;
    const guard = guardOf(
      one.asked.map(({ request }) => request),
      input.targets,
    );
    if (guard !== undefined) {
      input.onProgress?.({
        part: 'probe',
        label: `through: ${authorityOf(guard.host, guard.port)}`,
        done: 0,
        total: 0,
      });
      one.through = await askThrough(guard, {
        scope: input.scope,
        observedRoles: input.observedRoles ?? new Map(),
        env: input.env ?? process.env,
        now,
        ...(input.signal && { signal: input.signal }),
        ...(input.visit && { visit: input.visit }),
      });
      // The way that is meant to work is the one that shows the store alive.
      one.control = { kind: 'authorized', ...one.through.control };
      continue;
    }
    input.onProgress?.({ part: 'probe', label: `control: ${one.story.store}`, done: 0, total: 0 });
    one.control = await runControls(
      one.asked.map(({ request }) => request),
      {
        scope: input.scope,
        targets: input.targets,
        verbs,
        env: input.env ?? process.env,
        now,
        ...(input.signal && { signal: input.signal }),
      },
    );
  }
}

function proofOf({ story, gaps, rounds, control, through }: Case): Parameters<typeof judgeProof>[0] {
  const missing = rounds.flatMap((round) =>
    story.outsider
      .filter((request) => !round.some((result) => repeats(result, request)))
      .map(
        ({ host, address, port }) =>
          `${authorityOf(host, port)} at ${address} was not asked again: the name leads elsewhere now`,
      ),
  );
  return {
    rounds: rounds.map((round) => round.map(({ verdict }) => verdict)),
    gaps: [...gaps, ...missing],
    control,
    through,
  };
}

function repeats(result: ProbeResult, request: OutsiderRequest): boolean {
  return (
    hostName(result.host) === hostName(request.host) &&
    // Reports of before tell no project.
    (request.project === undefined || result.project === request.project) &&
    result.address === request.address &&
    result.port === request.port
  );
}

interface Judged extends Case {
  state: Story['state'];
  reason: string;
}

function receiptStory(
  { story, state, reason, rounds, asked, control, through }: Judged,
  report: CheckReport,
  at: string,
): ReceiptStory {
  const rules = report.findings
    .filter(({ fingerprint }) => story.findings.includes(fingerprint))
    .map(({ rule }) => rule);
  return {
    id: story.id,
    headline: story.headline,
    before: story.state,
    state,
    reason,
    rules: [...new Set(rules)].sort(),
    attempts: rounds.flat().map((result) => {
      const [first] = result.exchanges;
      const fallback = asked[0]?.request.port ?? 0;
      return {
        host: result.host,
        address: result.address ?? '',
        port: result.port ?? fallback,
        service: result.service,
        request: [...new Set(result.exchanges.map(({ request }) => request))].join('; ') || 'connect',
        verdict: result.verdict,
        ...(first?.tls && { tlsFingerprint256: first.tls.fingerprint256 }),
        at: first?.at ?? at,
      };
    }),
    control,
    ...(through && { through }),
  };
}

/** The report as it is now. What a closed story's probe found does not hold any more. */
function updated(input: VerifyInput, judged: readonly Judged[], startedAt: string, finishedAt: string): CheckReport {
  const { report, vantage } = input;
  const stories = inOrderOfStories(
    report.stories.map((story) => {
      const one = judged.find((candidate) => candidate.story.id === story.id);
      return one ? withProof(story, one, vantage) : story;
    }),
  );
  const closed = new Set(stories.filter(({ state }) => state === 'closed').flatMap((story) => story.findings));
  const findings = report.findings.filter(
    ({ rule, fingerprint }) => !(rule.startsWith('probe/') && closed.has(fingerprint)),
  );
  return {
    ...report,
    startedAt,
    finishedAt,
    vantage,
    scopeHash: input.scope.hash,
    stories,
    findings,
    summary: summaryOf(stories, findings, report.skips),
  };
}

function withProof(story: Story, { state, reason, rounds }: Judged, vantage: string): Story {
  const last = rounds.at(-1) ?? [];
  const outsider = last.flatMap((result): OutsiderRequest[] => {
    const { host, address, port, service, project, verdict, exchanges } = result;
    const whose = project === undefined ? {} : { project };
    return address === null || port === null
      ? []
      : [{ host, address, port, service, ...whose, verdict, vantage, exchanges }];
  });
  return {
    ...story,
    state,
    // What was asked before stays, so that a later run can repeat it even if this one could not.
    outsider: state === 'unknown' || outsider.length === 0 ? story.outsider : outsider,
    unknowns: state === 'unknown' ? [...new Set([...story.unknowns, reason])] : story.unknowns,
  };
}
