/** Runs cases against declared resources in two worlds that differ in what others have and do, and makes smaller what fails. */
import {
  type ApiBenchOptions,
  createApiWorld,
  createComparable,
  othersOf,
  PERSONS,
  type Person,
  type ResourceName,
  type Told,
  type World,
  wrongWith,
} from '../harness/api-fixture.ts';
import type { Sent } from '../harness/fixture.ts';
import { type ApiCase, type ApiStep, generateApi } from './api-draft.ts';

export interface ApiViolation {
  readonly oracle: string;
  readonly what: string;
}

export interface ApiTally {
  cases: number;
  requests: number;
  readonly valid: { requests: number; answered: number };
  readonly hostile: { requests: number; answered: number };
  readonly outcomes: Map<string, number>;
  readonly operations: Map<string, number>;
}

export interface ApiWorlds {
  /** @param tally counts what came of it, where it is given */
  run(fuzz: ApiCase, tally?: ApiTally): Promise<readonly ApiViolation[]>;
}

/** What somebody has learned so far, by resource. */
type Knowledge = Record<Person, Record<ResourceName, { ids: string[]; tags: string[]; cursor: string }>>;

type Pair = readonly [World, World];

/** @param optionsOf of each of the four worlds: two for each person's view */
export async function createApiWorlds(
  optionsOf: ApiBenchOptions | ((judged: Person, variant: 1 | 2) => ApiBenchOptions) = {},
): Promise<ApiWorlds> {
  const of = typeof optionsOf === 'function' ? optionsOf : () => optionsOf;
  const pair = async (judged: Person): Promise<{ worlds: Pair; known: [Knowledge, Knowledge] }> => {
    const worlds = [
      await createApiWorld(1, judged, of(judged, 1)),
      await createApiWorld(2, judged, of(judged, 2)),
    ] as const;
    return { worlds, known: lootOf(worlds) };
  };
  const sides = { ada: await pair('ada'), bob: await pair('bob') };
  return {
    run(fuzz, tally) {
      const side = sides[fuzz.judged];
      for (const world of side.worlds) world.reset?.();
      // What goes on from case to case is remembered from case to case.
      if (side.worlds[0].reset !== null) side.known = lootOf(side.worlds);
      return runCase(side.worlds, side.known, fuzz, tally);
    },
  };
}

function lootOf(worlds: Pair): [Knowledge, Knowledge] {
  return worlds.map(({ loot }) => structuredClone(loot)) as unknown as [Knowledge, Knowledge];
}

async function runCase(
  worlds: Pair,
  known: [Knowledge, Knowledge],
  { judged, steps }: ApiCase,
  tally?: ApiTally,
): Promise<readonly ApiViolation[]> {
  const found: ApiViolation[] = [];
  const comparable = worlds.map(createComparable);

  async function one(at: 0 | 1, sent: Sent, step: ApiStep): Promise<Told> {
    const { bench } = worlds[at];
    const before = await othersOf(bench, step.by);
    const told = await bench.send(sent);
    const wrong = await wrongWith(bench, sent, told, before);
    for (const what of wrong) found.push({ oracle: what.split(' ')[0]!, what: `${what} in world ${at + 1}` });
    learn(known[at][step.by][step.resource], sent, told);
    if (tally !== undefined && at === 0) note(tally, step, told);
    return told;
  }

  /** The same request in both worlds, or in the first alone where it is not the judged person's. */
  async function both(step: ApiStep, render: (at: 0 | 1) => Sent): Promise<readonly Told[]> {
    const first = await one(0, render(0), step);
    if (step.by !== judged) return [first];
    const second = await one(1, render(1), step);
    const [left, right] = [comparable[0]!(first), comparable[1]!(second)];
    if (left !== right)
      found.push({ oracle: 'O2', what: `O2 two worlds:\n  ${left.slice(0, 2000)}\n  ${right.slice(0, 2000)}` });
    return [first, second];
  }

  for (const step of steps) {
    const sents = [rendered(step, known[0], known[0]), rendered(step, known[1], known[0])] as const;
    const tolds = await both(step, (at) => sents[at]);
    const [first] = tolds;
    if (found.length > 0) break;
    if (step.again) {
      const repeated = await both(step, (at) => sents[at]);
      for (const [at, told] of repeated.entries())
        if (!sameAgain(tolds[at]!, told)) found.push(differs(tolds[at]!, told));
    }
    if (step.echo && first?.answer.status === 200 && first.answer.headers.etag !== undefined) {
      const echoes = await both({ ...step, method: 'PATCH', headers: [] }, (at) => echoOf(tolds[at]!, sents[at]));
      for (const [at, told] of echoes.entries()) {
        if (told.answer.status !== 200 || told.text !== tolds[at]!.text) found.push(differs(tolds[at]!, told));
      }
    }
    if (found.length > 0) break;
  }
  if (tally !== undefined) tally.cases += 1;
  return found;
}

function differs(first: Told, second: Told): ApiViolation {
  const shown = ({ answer, text }: Told) => `${answer.status} ${text.slice(0, 1000)}`;
  return { oracle: 'O4', what: `O4 idempotence:\n  ${shown(first)}\n  ${shown(second)}` };
}

function sameAgain(first: Told, second: Told): boolean {
  // A cursor is sealed anew each time.
  const bare = ({ answer, text }: Told) =>
    `${answer.status} ${answer.headers.location} ${answer.headers.etag} ${text.replace(/"next":"[\w-]+"/, '')}`;
  return bare(first) === bare(second);
}

const UPDATABLE = new Set([
  ...['status', 'total', 'units', 'gift', 'title', 'tags', 'address', 'recipientId', 'phone', 'note', 'salary'],
  'recipientName',
]);

function echoOf(told: Told, { as, target }: Sent): Sent {
  const shown = Object.entries(told.json as Record<string, unknown>).filter(
    ([name, value]) => UPDATABLE.has(name) && value !== null,
  );
  return {
    as: as!,
    target,
    method: 'PATCH',
    body: JSON.stringify(Object.fromEntries(shown)),
    headers: [
      ['Content-Type', 'application/merge-patch+json'],
      ['If-Match', told.answer.headers.etag!],
    ],
  };
}

function rendered(
  { by, resource, method, path, query, headers, body }: ApiStep,
  own: Knowledge,
  first: Knowledge,
): Sent {
  const mine = own[by][resource];
  const theirs = first[PERSONS.find((one) => one !== by)!][resource];
  const fill = (text: string) =>
    text.replace(/\{(own|their)(Tag|Cursor|):(\d)\}/g, (_, whose: string, what: string, n: string) => {
      const { ids, tags, cursor } = whose === 'own' ? mine : theirs;
      const at = Number(n) % ids.length;
      return what === 'Cursor' ? cursor : ((what === 'Tag' ? tags : ids)[at] ?? '"none"');
    });
  const target = fill(`${path}${query.length === 0 ? '' : `?${query.join('&')}`}`);
  return {
    as: by,
    method,
    target,
    headers: headers.map(([name, value]) => [name, fill(value)] as const),
    ...(body === undefined ? {} : { body: fill(body) }),
  };
}

function learn(
  mine: { ids: string[]; tags: string[]; cursor: string },
  { target }: Sent,
  { answer, json }: Told,
): void {
  const { location, etag } = answer.headers;
  const id = (location ?? target.split('?')[0]!).split('/').at(-1)!;
  if (answer.status === 201 && !mine.ids.includes(id)) mine.ids.push(id);
  const at = mine.ids.indexOf(id);
  if (at !== -1 && etag !== undefined) mine.tags[at] = etag;
  const next = (json as { next?: unknown } | null | undefined)?.next;
  if (typeof next === 'string') mine.cursor = next;
}

export function createApiTally(): ApiTally {
  const none = () => ({ requests: 0, answered: 0 });
  return { cases: 0, requests: 0, valid: none(), hostile: none(), outcomes: new Map(), operations: new Map() };
}

function note(tally: ApiTally, { kind }: ApiStep, { answer, entry }: Told): void {
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  tally.requests += 1;
  tally[kind].requests += 1;
  add(tally.outcomes, `${answer.status} ${entry.code ?? 'answered'}`);
  if (answer.status >= 400) return;
  tally[kind].answered += 1;
  add(tally.operations, `${entry.indices[0] ?? ''} ${entry.operation}`.trim());
}

export function printApiTally({ cases, requests, valid, hostile, outcomes, operations }: ApiTally): string {
  const sorted = (counts: ReadonlyMap<string, number>) =>
    [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);
  return [
    `${requests} requests in ${cases} cases`,
    `  answered: valid ${valid.answered} of ${valid.requests}, hostile ${hostile.answered} of ${hostile.requests}`,
    `  outcomes: ${sorted(outcomes).join(', ')}`,
    `  operations answered: ${sorted(operations).join(', ')}`,
  ].join('\n');
}

/** @throws Error that names the seed, the case and the smallest steps that fail alike */
export async function apiCampaign(worlds: ApiWorlds, seed: number, requests: number): Promise<ApiTally> {
  const tally = createApiTally();
  for (let index = 0; tally.requests < requests; index++) {
    const fuzz = generateApi(seed, index);
    const [violation] = await worlds.run(fuzz, tally);
    if (violation === undefined) continue;
    const smallest = await shrinkApi(worlds, fuzz, violation.oracle);
    const [last = violation] = await worlds.run(smallest);
    throw new Error(
      [
        last.what,
        `case ${index} of POSTERN_FUZZ_SEED=${seed}, as ${smallest.judged} sees it; the smallest that fails alike:`,
        ...smallest.steps.map((step) => `  ${JSON.stringify(step)}`),
      ].join('\n'),
    );
  }
  return tally;
}

const MOST_TRIES = 300;

/** Leaves out steps, parameters, headers and members as long as the same oracle does not hold. */
export async function shrinkApi(worlds: ApiWorlds, fuzz: ApiCase, oracle: string): Promise<ApiCase> {
  let smallest = fuzz;
  let tries = 0;
  for (let smaller: ApiCase | undefined = fuzz; smaller !== undefined; ) {
    smallest = smaller;
    smaller = undefined;
    for (const candidate of smallerOnes(smallest)) {
      if (++tries > MOST_TRIES) break;
      if (!(await worlds.run(candidate)).some((one) => one.oracle === oracle)) continue;
      smaller = candidate;
      break;
    }
  }
  return smallest;
}

function* smallerOnes({ judged, steps }: ApiCase): Iterable<ApiCase> {
  for (let at = steps.length - 1; at >= 0 && steps.length > 1; at--)
    yield { judged, steps: steps.filter((_, n) => n !== at) };
  for (const [at, step] of steps.entries()) {
    const changed = (change: Partial<ApiStep>): ApiCase => ({
      judged,
      steps: steps.map((one, n) => (n === at ? { ...one, ...change } : one)),
    });
    for (const n of step.query.keys()) yield changed({ query: step.query.filter((_, one) => one !== n) });
    for (const n of step.headers.keys()) yield changed({ headers: step.headers.filter((_, one) => one !== n) });
    if (step.again) yield changed({ again: false });
    if (step.echo) yield changed({ echo: false });
    let body: unknown;
    try {
      body = step.body === undefined ? undefined : JSON.parse(step.body);
    } catch {
      body = undefined;
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) continue;
    for (const name of Object.keys(body)) {
      const { [name]: _, ...rest } = body as Record<string, unknown>;
      yield changed({ body: JSON.stringify(rest) });
    }
  }
}
