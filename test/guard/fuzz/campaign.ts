/** A run of many cases, with what came of them. */
import { renderDraft } from './draft.ts';
import { type Choices, generate, type Kind } from './generate.ts';
import type { Violation } from './judge.ts';
import { type FuzzWorlds, type Ran, shrink } from './run.ts';

/** The seed of the runs of CI; `POSTERN_FUZZ_SEED` takes another. */
export const SEED = Number(process.env.POSTERN_FUZZ_SEED ?? 20_261_122);

export interface Tally {
  cases: number;
  requests: number;
  kinds: Record<Kind, { requests: number; answered: number }>;
  /** `200 answered`, `403 forbidden`, … */
  outcomes: Map<string, number>;
  /** Requests of each operation that were answered 2xx. */
  operations: Map<string, number>;
}

export function createTally(): Tally {
  const none = () => ({ requests: 0, answered: 0 });
  return {
    cases: 0,
    requests: 0,
    kinds: { valid: none(), 'nearly valid': none(), hostile: none() },
    outcomes: new Map(),
    operations: new Map(),
  };
}

export function note(tally: Tally, kind: Kind, { outcomes }: Ran): void {
  tally.cases += 1;
  tally.requests += outcomes.length;
  const ofKind = tally.kinds[kind];
  ofKind.requests += outcomes.length;
  for (const { status, code, operation } of outcomes) {
    add(tally.outcomes, `${status} ${code}`);
    if (status >= 300) continue;
    ofKind.answered += 1;
    add(tally.operations, operation ?? 'none');
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Of all requests, those that were answered 2xx. */
export function shareAnswered({ requests, kinds }: Tally): number {
  return Object.values(kinds).reduce((sum, { answered }) => sum + answered, 0) / requests;
}

export function printTally({ cases, requests, kinds, outcomes, operations }: Tally): string {
  const sorted = (counts: Map<string, number>) =>
    [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
  return [
    `${requests} requests in ${cases} cases`,
    `  answered 2xx: ${Object.entries(kinds)
      .map(([kind, one]) => `${kind} ${one.answered} of ${one.requests}`)
      .join(', ')}`,
    `  outcomes: ${sorted(outcomes).join(', ')}`,
    `  operations answered: ${sorted(operations).join(', ')}`,
  ].join('\n');
}

/**
 * Runs cases until as many requests were sent.
 *
 * @throws Error that names the seed, the case and the smallest requests that fail alike
 */
export async function campaign(worlds: FuzzWorlds, choices: Choices, requests: number): Promise<Tally> {
  const tally = createTally();
  for (let index = 0; tally.requests < requests; index++) {
    const { kind, fuzz } = generate(choices, index);
    const ran = await worlds.run(fuzz);
    note(tally, kind, ran);
    const [violation] = ran.violations;
    if (violation === undefined) continue;
    const smallest = await shrink(worlds, fuzz, violation.oracle);
    const { violations } = await worlds.run(smallest);
    throw new Error(describe(choices, index, smallest.steps.map(renderDraft), violations[0] ?? violation));
  }
  return tally;
}

export function describe({ seed }: Choices, index: number, steps: readonly unknown[], violation: Violation): string {
  return [
    `${violation.oracle}: ${violation.what}`,
    `case ${index} of POSTERN_FUZZ_SEED=${seed}; the smallest that fails alike:`,
    ...steps.map((step) => `  ${JSON.stringify(step)}`),
  ].join('\n');
}
