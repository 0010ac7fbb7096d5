import { type GrantedOperation, OPERATIONS } from '../contract/grant.ts';
import { readLines } from '../journal/lines.ts';

/** How often something was asked for. */
export interface Use {
  readonly role: string;
  readonly operation: GrantedOperation;
  readonly index: string;
  /** Position of the rule that decided, where one did. */
  readonly rule: string | null;
  /** `allow`, `deny`; or what enforcing would have done to a role under observation. */
  readonly outcome: 'allow' | 'deny' | 'would-deny' | 'would-narrow';
  readonly count: number;
  readonly documents: number;
}

export interface Usage {
  readonly uses: readonly Use[];
  readonly decisions: number;
  /** Lines that are no decisions of a journal. */
  readonly skipped: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** Kinds of use that are told apart; a journal of more of them is a wrong file. */
const MAX_KINDS = 100_000;

/** Sums up the decisions of journal files, in bounded memory. Nothing about persons is read. */
export async function readUsage(paths: readonly string[]): Promise<Usage> {
  const uses = new Map<string, Use>();
  let [decisions, skipped] = [0, 0];
  let period: readonly [from: string, to: string] | null = null;
  for (const path of paths) {
    for await (const lines of readLines(path)) {
      for (const { bytes } of lines) {
        const decision = bytes === null ? undefined : decisionOf(bytes.toString('utf8'));
        if (!decision) {
          skipped++;
          continue;
        }
        decisions++;
        if (decision.time !== null) period = widened(period, decision.time);
        for (const use of decision.uses) add(uses, use);
      }
    }
  }
  return { uses: [...uses.values()], decisions, skipped, from: period?.[0] ?? null, to: period?.[1] ?? null };
}

/** ISO times of one form are in the order of their characters. */
function widened(period: readonly [string, string] | null, time: string): readonly [string, string] {
  if (period === null) return [time, time];
  return [time < period[0] ? time : period[0], time > period[1] ? time : period[1]];
}

function add(uses: Map<string, Use>, use: Use): void {
  const key = [use.role, use.operation, use.index, use.rule, use.outcome].join('\n');
  const known = uses.get(key);
  if (known) uses.set(key, { ...known, count: known.count + use.count, documents: known.documents + use.documents });
  else if (uses.size < MAX_KINDS) uses.set(key, use);
}

/** One line of the journal (ECS field names, see guard/journal/line.ts); undefined for checkpoints and foreign lines. */
function decisionOf(line: string): { time: string | null; uses: readonly Use[] } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const postern = at(json, 'postern');
  const decision = at(postern, 'decision');
  if (decision !== 'allow' && decision !== 'deny') return undefined;
  const time = at(json, '@timestamp');
  const action = at(json, 'event', 'action');
  const operation = OPERATIONS.find((name) => name === action);
  const role = texts(at(json, 'user', 'roles'))[0];
  const indices = texts(at(postern, 'indices'));
  const rules = texts(at(json, 'rule', 'name'));
  const observed = at(postern, 'observed');
  const documents = at(postern, 'documents');
  if (operation === undefined || role === undefined) return { time: typeof time === 'string' ? time : null, uses: [] };
  const outcome = observed === 'deny' ? 'would-deny' : observed === 'narrow' ? 'would-narrow' : decision;
  return {
    time: typeof time === 'string' ? time : null,
    uses: indices.map((index, position) => ({
      role,
      operation,
      index,
      rule: rules.length === indices.length ? (rules[position] ?? null) : (rules[0] ?? null),
      outcome,
      count: 1,
      documents: position === 0 && typeof documents === 'number' ? documents : 0,
    })),
  };
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
