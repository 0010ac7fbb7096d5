/**
 * Walks a packet from outside through a filter, for all sources at once.
 *
 *   prerouting (by priority; a translating chain may change destination and port)
 *     -> input, when the packet is for this host, or forward, when it was redirected to another address
 *   accept ends its base chain alone, and the next one may still drop; drop and reject are final
 *   (nft(8) "hooks", "verdict statements"; iptables(8) "tables")
 */
import { matchOf } from './match.ts';
import type { Action, Chain, Condition, Filter, FilterVerdict, Hook, Packet, Part, Place, Rule } from './model.ts';
import { everybody, intersect, isEmpty, NOBODY, type Ranges, union, without } from './ranges.ts';

/** Rules looked at for one packet; a hostile file can make chains jump to each other without end. */
const MOST_STEPS = 200_000;
const DEEPEST_JUMP = 64;

interface Outcome {
  parts: Part[];
  /** What may be decided so, by a rule of which nobody can tell whether it matches. */
  perhaps: Part[];
  /** Redirected, with the rule that does it. */
  translated: { sources: Ranges; action: Extract<Action, { do: 'translate' }>; rule: Rule; sure: boolean }[];
  /** Sources that came to the end. */
  rest: Ranges;
}

interface Walk {
  filter: Filter;
  packet: Packet;
  /** The destination was changed on the way, and if so, whether to another machine or container. */
  translated: boolean;
  elsewhere: boolean;
  originalPort: number;
  steps: number;
  /** Steps that it may take. */
  most: number;
  /** Chains that it stands in. */
  open: Set<string>;
}

/** How many rules may still be looked at, where many packets are asked about. */
export interface Effort {
  left: number;
}

/** Who gets what: parts that together are all sources, disjoint. */
export function evaluate(filter: Filter, packet: Packet, effort: Effort = { left: MOST_STEPS }): Part[] {
  const all = everybody(packet.family);
  const nowhere: Part = {
    sources: all,
    verdict: 'accept',
    place: { path: filter.path },
    text: 'no rule stands in the way',
  };
  if (!filter.families.includes(packet.family)) return [nowhere];
  const most = Math.min(MOST_STEPS, effort.left);
  const walk: Walk = {
    filter,
    packet,
    translated: false,
    elsewhere: false,
    originalPort: packet.port,
    steps: 0,
    most,
    open: new Set(),
  };
  const parts = merged(throughHooks(walk, baseChains(walk, 'prerouting'), true, { ...nowhere }));
  effort.left -= Math.min(walk.steps, most);
  return parts;
}

/** `soFar` is what the last chain that let it pass said; `unknown` stays unknown unless somebody drops. */
function throughHooks(walk: Walk, chains: readonly Chain[], routing: boolean, soFar: Part): Part[] {
  const [chain, ...further] = chains;
  if (isEmpty(soFar.sources)) return [];
  if (chain === undefined) {
    if (!routing) return [soFar];
    const hook: Hook = walk.elsewhere ? 'forward' : 'input';
    return throughHooks(walk, baseChains(walk, hook), false, soFar);
  }
  const outcome = runChain(walk, chain, soFar.sources, 0);
  const result: Part[] = [];
  for (const part of settled(outcome, policyOf(chain, outcome.rest), walk)) {
    if (part.verdict === 'drop' || part.verdict === 'reject') result.push(part);
    else result.push(...throughHooks(walk, further, routing, carried(soFar, part)));
  }
  for (const { sources, action, rule, sure } of outcome.translated) {
    const packet: Packet = {
      ...walk.packet,
      ...(action.port !== undefined && { port: action.port }),
      ...(action.to?.family === walk.packet.family && { to: action.to.address }),
    };
    const redirected: Walk = { ...walk, packet, translated: true, elsewhere: action.to !== undefined };
    const part: Part = { sources, verdict: sure ? 'accept' : 'unknown', place: rule.place, text: rule.text };
    result.push(...throughHooks(redirected, further, routing, carried(soFar, part)));
    walk.steps = Math.max(walk.steps, redirected.steps);
  }
  return result;
}

function carried(soFar: Part, part: Part): Part {
  if (soFar.verdict === 'unknown') return { ...soFar, sources: part.sources };
  return part;
}

function baseChains({ filter, packet }: Walk, hook: Hook): Chain[] {
  return [...filter.chains.values()]
    .filter(({ base }) => base?.hook === hook && (base.families ?? filter.families).includes(packet.family))
    .sort((a, b) => (a.base?.priority ?? 0) - (b.base?.priority ?? 0));
}

function policyOf(chain: Chain, sources: Ranges): Part {
  const verdict = chain.base?.policy ?? 'accept';
  return { sources, verdict, place: chain.place, text: `policy of ${chain.name}: ${verdict}` };
}

function settled(outcome: Outcome, policy: Part, walk: Walk): Part[] {
  const decided = [...outcome.parts, ...(isEmpty(policy.sources) ? [] : [policy])];
  return overlaid(decided, outcome.perhaps, walk);
}

/** What is sure, where something that is not sure says otherwise, becomes unknown. */
function overlaid(parts: readonly Part[], perhaps: readonly Part[], walk: Walk): Part[] {
  let result = [...parts];
  for (const maybe of perhaps) {
    result = result.flatMap((part) => {
      const both = intersect(part.sources, maybe.sources);
      if (isEmpty(both) || part.verdict === maybe.verdict || part.verdict === 'unknown') return [part];
      const rest = without(part.sources, both, walk.packet.family);
      const unknown: Part = { ...maybe, sources: both, verdict: 'unknown' };
      return isEmpty(rest) ? [unknown] : [{ ...part, sources: rest }, unknown];
    });
    if (result.length > 4_096) break;
  }
  return result;
}

function runChain(walk: Walk, chain: Chain, sources: Ranges, depth: number): Outcome {
  const outcome: Outcome = { parts: [], perhaps: [], translated: [], rest: sources };
  let returned: Ranges = NOBODY;
  for (const rule of chain.rules) {
    if (isEmpty(outcome.rest)) break;
    if (++walk.steps > walk.most) {
      outcome.parts.push(undecided(outcome.rest, rule.place, 'there are too many rules to follow'));
      outcome.rest = NOBODY;
      break;
    }
    returned = union(returned, runRule(walk, rule, rule.when, rule.action, outcome, depth));
  }
  outcome.rest = union(outcome.rest, returned);
  return outcome;
}

function undecided(sources: Ranges, place: Place, text: string): Part {
  return { sources, verdict: 'unknown', place, text };
}

/** Applies one rule to what is left. @returns the sources that leave the chain by `return` */
function runRule(
  walk: Walk,
  rule: Rule,
  when: readonly Condition[],
  action: Action,
  outcome: Outcome,
  depth: number,
): Ranges {
  const { filter, packet, translated, originalPort } = walk;
  const match = matchOf(when, {
    packet,
    filter,
    translated,
    originalPort,
    admits: action.do === 'accept',
    forbids: isDrop(action),
  });
  const sources = intersect(outcome.rest, match.sources);
  if (isEmpty(sources)) return NOBODY;
  const leave = () => {
    if (match.sure) outcome.rest = without(outcome.rest, sources, packet.family);
  };
  switch (action.do) {
    case 'continue':
      return NOBODY;
    case 'return':
      if (!match.sure) {
        // Whether the rules below are seen at all cannot be told.
        outcome.perhaps.push(undecided(sources, rule.place, rule.text));
        return NOBODY;
      }
      leave();
      return sources;
    case 'accept':
    case 'drop':
    case 'reject':
      leave();
      (match.sure ? outcome.parts : outcome.perhaps).push(partOf(rule, sources, action.do));
      return NOBODY;
    case 'translate':
      leave();
      outcome.translated.push({ sources, action: action, rule, sure: match.sure });
      return NOBODY;
    case 'unknown':
      outcome.perhaps.push(undecided(sources, rule.place, `${rule.text} (${action.what} is not understood)`));
      return NOBODY;
    case 'choose':
      return choose(walk, rule, action.cases, match.sure, sources, outcome, depth);
    case 'jump':
    case 'goto':
      return descend(walk, rule, action, match.sure, sources, outcome, depth);
  }
}

function isDrop(action: Action): boolean {
  return action.do === 'drop' || action.do === 'reject';
}

function partOf(rule: Rule, sources: Ranges, verdict: FilterVerdict): Part {
  return { sources, verdict, place: rule.place, text: rule.text };
}

/** A verdict map: of its cases at most one holds. */
function choose(
  walk: Walk,
  rule: Rule,
  cases: readonly { when: readonly Condition[]; action: Action }[],
  sure: boolean,
  sources: Ranges,
  outcome: Outcome,
  depth: number,
): Ranges {
  const inner: Outcome = { parts: [], perhaps: [], translated: [], rest: sources };
  let returned: Ranges = NOBODY;
  for (const one of cases) {
    if (isEmpty(inner.rest) || ++walk.steps > walk.most) break;
    returned = union(returned, runRule(walk, rule, one.when, one.action, inner, depth));
  }
  take(outcome, inner, sure, sources, walk);
  return sure ? returned : NOBODY;
}

function descend(
  walk: Walk,
  rule: Rule,
  action: { do: 'jump' | 'goto'; chain: string },
  sure: boolean,
  sources: Ranges,
  outcome: Outcome,
  depth: number,
): Ranges {
  const chain = walk.filter.chains.get(action.chain);
  if (chain === undefined || depth >= DEEPEST_JUMP) {
    outcome.perhaps.push(undecided(sources, rule.place, `${rule.text} (that chain is not in the file)`));
    return NOBODY;
  }
  // Kernels refuse to load a chain that leads to itself, so such a file is not what runs.
  if (walk.open.has(action.chain)) {
    outcome.perhaps.push(undecided(sources, rule.place, `${rule.text} (that chain leads back to itself)`));
    return NOBODY;
  }
  walk.open.add(action.chain);
  const inner = runChain(walk, chain, sources, depth + 1);
  walk.open.delete(action.chain);
  const rest = inner.rest;
  if (action.do === 'goto' && sure) inner.rest = NOBODY;
  take(outcome, inner, sure, sources, walk);
  return action.do === 'goto' && sure ? rest : NOBODY;
}

/** Joins what a chain below said to what is known. */
function take(outcome: Outcome, inner: Outcome, sure: boolean, sources: Ranges, walk: Walk): void {
  if (sure) {
    outcome.rest = union(without(outcome.rest, sources, walk.packet.family), inner.rest);
    outcome.parts.push(...inner.parts);
  } else outcome.perhaps.push(...inner.parts);
  outcome.perhaps.push(...inner.perhaps);
  outcome.translated.push(...inner.translated.map((one) => ({ ...one, sure: one.sure && sure })));
}

/** Parts of one verdict and one rule, joined. */
function merged(parts: readonly Part[]): Part[] {
  const byRule = new Map<string, Part>();
  for (const part of parts) {
    const key = JSON.stringify([part.verdict, part.place, part.text]);
    const known = byRule.get(key);
    byRule.set(key, known === undefined ? part : { ...known, sources: union(known.sources, part.sources) });
  }
  return [...byRule.values()];
}
