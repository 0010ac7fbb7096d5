/** What nftables, iptables-save and ufw have in common once they are read: rules that decide about packets, with places. */
import type { Filter, FilterRule, Place as RulePlace } from '../../../firewall/index.ts';
import type { SettingView } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

/** A rule or a policy, where it stands. */
export interface FilterEntry {
  pointer: string;
  /** As it is written. */
  text: string;
  span: Span;
  source: Source;
}

export interface FilterDocument {
  /** Null where the file holds no rules (settings alone). */
  filter: Filter | null;
  /** By `keyOf` of the engine's places. */
  entries: ReadonlyMap<string, FilterEntry>;
  /** Where the policy of a chain is written, by the chain's name. */
  policies: ReadonlyMap<string, FilterEntry>;
  /** Something is written to the log. */
  logs: boolean;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

/** The engine's place as a key: by offset where it has one, else by line. */
export function keyOf({ path, line, span }: RulePlace): string {
  return span === undefined ? `${path}:${line ?? 0}` : `${path}@${span[0]}`;
}

/** Rules and policies as settings. */
export function* filterSettings({ entries, policies }: FilterDocument, own: Source | null): Generator<SettingView> {
  for (const { pointer, text, span, source } of [...policies.values(), ...entries.values()]) {
    yield { pointer, values: [text], span, ...(own !== null && source !== own && { source }) };
  }
}

/** `filter INPUT/rule[3]` */
export function* numbered(filter: Filter): Generator<{ rule: FilterRule; pointer: string }> {
  for (const { name, rules } of filter.chains.values()) {
    for (const [at, rule] of rules.entries()) yield { rule, pointer: `${name}/rule[${at + 1}]` };
  }
}

/** A line without the blanks around it. */
export function lineSpan(source: Source, starts: readonly number[], line: number): Span {
  const start = starts[line - 1] ?? 0;
  const newline = source.text.indexOf('\n', start);
  const raw = source.text.slice(start, newline < 0 ? source.text.length : newline);
  const lead = raw.length - raw.trimStart().length;
  return { start: start + lead, end: start + Math.max(raw.trimEnd().length, lead) };
}

/** Where each line begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
