/** Runs cases in two worlds, through the whole gateway, and makes smaller what fails. */
import type { Dialect, Store, Upstream } from '../../../src/guard/contract/store.ts';
import { type Bench, createBench, rawOf, type Sent } from '../harness/fixture.ts';
import { MemoryStore, type SeenRequest } from '../harness/memory-store.ts';
import { createWorld } from '../harness/world.ts';
import { type Draft, type FuzzCase, fillIn, renderDraft } from './draft.ts';
import { again, judge, sameAgain, type Told, type Violation } from './judge.ts';
import { placesOf, remove } from './places.ts';

/** A gateway and its store, in one world. */
export interface Place {
  readonly bench: Bench;
  /** What reached the store. */
  readonly seen: SeenRequest[];
}

/** One request of a case in one world. */
export interface Walked {
  sent: Sent;
  told: Told;
  /** What was sent to the store, sent to the gateway. */
  repeat: { request: SeenRequest; told: Told } | undefined;
  failures: readonly unknown[];
}

export interface Ran {
  violations: Violation[];
  /** One for each request: its status in the first world, and why it was refused. */
  outcomes: { status: number; code: string; operation: string | null }[];
}

async function tell({ bench, seen }: Place, sent: Sent): Promise<Told> {
  seen.length = 0;
  const answer = await bench.guard.handle(rawOf(sent));
  const entry = bench.entries.pop();
  bench.entries.length = 0;
  return { answer, entry, seen: seen.slice() };
}

/** @param repeats whether what reached the store is sent once more: in one world is enough */
export async function walk(place: Place, { side, steps }: FuzzCase, repeats: boolean): Promise<Walked[]> {
  const walked: Walked[] = [];
  const answers: Answered[] = [];
  const needed = neededBy(steps);
  for (const [at, step] of steps.entries()) {
    const rendered = renderDraft(step);
    const sent = fillIn(rendered, answers);
    const told = await tell(place, sent);
    const repeat = repeats && isJudged(rendered, side) ? again(sent, told) : undefined;
    walked.push({
      sent,
      told,
      repeat: repeat && { request: repeat.request, told: await tell(place, repeat.sent) },
      failures: place.bench.failures.splice(0),
    });
    if (needed.has(at)) answers[at] = answered(told);
  }
  return walked;
}

/** Holds a case against the oracles. */
export function compare({ side, steps }: FuzzCase, first: readonly Walked[], second: readonly Walked[]): Ran {
  const ran: Ran = { violations: [], outcomes: [] };
  for (const [at, step] of steps.entries()) {
    const [left, right] = [first[at]!, second[at]!];
    const { answer, entry } = left.told;
    ran.outcomes.push({
      status: answer.status,
      code: entry?.code ?? 'answered',
      operation: entry?.operation ?? null,
    });
    for (const failure of [...left.failures, ...right.failures])
      ran.violations.push({ oracle: 'defect', what: describeFailure(failure) });
    if (!isJudged(renderDraft(step), side)) continue;
    ran.violations.push(...judge(left.sent, left.told, right.told));
    const violation = left.repeat && sameAgain(left.repeat.request, left.repeat.told);
    if (violation !== undefined) ran.violations.push(violation);
  }
  return ran;
}

export function changes(walked: readonly Walked[]): boolean {
  return walked.some(({ told }) => told.seen.some(isWrite));
}

export interface FuzzOptions {
  dialect?: Dialect;
  /** Between the gateway and the store. */
  wrapUpstream?: (upstream: Upstream, variant: 1 | 2) => Upstream;
  wrapStore?: (store: Store) => Store;
}

export interface FuzzWorlds {
  run(fuzz: FuzzCase): Promise<Ran>;
}

/** Over stores in memory, which are made anew whenever something was written. */
export function createFuzzWorlds(options: FuzzOptions = {}): FuzzWorlds {
  const sides = {
    t1: [createPlace(1, 't1', options), createPlace(2, 't1', options)],
    t2: [createPlace(1, 't2', options), createPlace(2, 't2', options)],
  } as const;
  let cases = 0;
  return {
    async run(fuzz) {
      const pair = sides[fuzz.side];
      const first = await walk(pair[0], fuzz, true);
      const second = await walk(pair[1], fuzz, false);
      // Scrolls are kept by the store.
      if (changes(first) || changes(second) || ++cases % 2000 === 0) for (const place of pair) place.reset();
      return compare(fuzz, first, second);
    },
  };
}

function createPlace(variant: 1 | 2, tenant: 't1' | 't2', options: FuzzOptions): Place & { reset(): void } {
  const { dialect = 'elasticsearch-8' } = options;
  const fresh = () => new MemoryStore(createWorld(variant, dialect, tenant));
  let store = fresh();
  const inner: Upstream = { send: (request) => store.send(request) };
  const bench = createBench(variant, {
    dialect,
    upstream: options.wrapUpstream?.(inner, variant) ?? inner,
    ...(options.wrapStore && { wrapStore: options.wrapStore }),
  });
  return {
    bench,
    get seen() {
      return store.seen;
    },
    reset() {
      store = fresh();
    },
  };
}

type Answered = Readonly<Record<string, unknown>> | undefined;

function answered({ answer }: Told): Answered {
  try {
    const json: unknown = JSON.parse(Buffer.from(answer.body as Uint8Array).toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Answered) : undefined;
  } catch {
    return undefined;
  }
}

function neededBy(steps: readonly Draft[]): ReadonlySet<number> {
  if (steps.length === 1) return new Set();
  const text = JSON.stringify(steps);
  return new Set([...text.matchAll(/\{\{(\d)\./g)].map(([, step]) => Number(step)));
}

function isWrite({ method, path }: SeenRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && /\/_(?:doc|create|update|bulk)(?:[/?]|$)/.test(path);
}

const OF_T1: ReadonlySet<string> = new Set(['A', 'A2', 'A-other-device', 'W']);

/** Whoever belongs to the hidden tenant sees what is hidden: only what comes of others' ids is held against the oracles. */
function isJudged(sent: Sent, side: 't1' | 't2'): boolean {
  const hidden = side === 't1' ? sent.as === 'B' : OF_T1.has(sent.as ?? '');
  return !hidden || /\{\{\d\.(?!sort)/.test(`${sent.target}${typeof sent.body === 'string' ? sent.body : ''}`);
}

function describeFailure(failure: unknown): string {
  const [what, error] = failure as [string, unknown];
  return `${what}: ${error instanceof Error ? error.stack : String(error)}`;
}

const MOST_TRIES = 400;

/** The smallest case that still fails by the same oracle, by leaving parts out as long as that goes. */
export async function shrink(worlds: FuzzWorlds, fuzz: FuzzCase, oracle: Violation['oracle']): Promise<FuzzCase> {
  let smallest = fuzz;
  let tries = 0;
  for (let smaller: FuzzCase | undefined = fuzz; smaller !== undefined; ) {
    smallest = smaller;
    smaller = undefined;
    for (const candidate of smallerOnes(smallest)) {
      if (++tries > MOST_TRIES) break;
      const { violations } = await worlds.run(candidate);
      if (!violations.some((one) => one.oracle === oracle)) continue;
      smaller = candidate;
      break;
    }
  }
  return smallest;
}

const isInside = (_: unknown, key: string): boolean => key !== 'body';

function* smallerOnes(fuzz: FuzzCase): Iterable<FuzzCase> {
  // Steps are known by their place, so only the last can go.
  if (fuzz.steps.length > 1) yield { ...fuzz, steps: fuzz.steps.slice(0, -1) };
  for (const [at, draft] of fuzz.steps.entries()) {
    const changed = (change: (draft: Draft) => void): FuzzCase => {
      const copy = structuredClone(fuzz);
      change(copy.steps[at]!);
      return copy;
    };
    for (const key of ['headers', 'tail', 'twist', 'contentType'] as const)
      if (draft[key] !== undefined) yield changed((one) => delete one[key]);
    for (const n of draft.params.keys()) yield changed((one) => one.params.splice(n, 1));
    for (let n = placesOf(draft, isInside).length - 1; n >= 0; n--)
      yield changed((one) => remove(placesOf(one, isInside)[n]!));
  }
}
