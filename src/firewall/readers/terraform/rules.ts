/** From what the three providers write to conditions. */
import type { Condition, Filter, PortRange, Rule } from '../../model.ts';
import { type Family, parseRanges, type Ranges, union } from '../../ranges.ts';
import { shownName } from '../readout.ts';
import { type Resource, Unknown, type Value } from './model.ts';

const FAMILIES: readonly Family[] = [4, 6];

interface Sources {
  4: Ranges;
  6: Ranges;
  /** At least one of them is known only when Terraform runs. */
  unknown?: string;
}

/** CIDR blocks of any family; what is no address is unknown. */
export function sourcesOf(values: readonly Value[]): Sources {
  const found: Record<Family, Ranges[]> = { 4: [], 6: [] };
  let unknown: string | undefined;
  for (const value of values.slice(0, 5_000)) {
    const parsed = typeof value === 'string' ? parseRanges(value) : undefined;
    if (parsed === undefined) unknown ??= value instanceof Unknown ? shownName(value.text) : shownName(String(value));
    else found[parsed.family].push(parsed.ranges);
  }
  return { 4: union(...found[4]), 6: union(...found[6]), ...(unknown !== undefined && { unknown }) };
}

/** A list, or an expression that gives one. */
export function listOrUnknown(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** One rule for each family that the sources are of, and one of which nobody knows whether it holds. */
export function rulesFor(
  { place }: Pick<Resource, 'place'>,
  text: string,
  sources: Sources,
  when: readonly Condition[],
  action: 'accept' | 'drop',
): Rule[] {
  const rules: Rule[] = [];
  for (const family of FAMILIES) {
    if (sources[family].length === 0) continue;
    const source: Condition = { on: 'source', family, ranges: sources[family], not: false };
    rules.push({ place, text, when: [source, ...when], action: { do: action } });
  }
  if (sources.unknown !== undefined) {
    const source: Condition = { on: 'unknown', what: sources.unknown };
    rules.push({
      place,
      text: `${text} (${sources.unknown} is not known)`,
      when: [source, ...when],
      action: { do: action },
    });
  }
  return rules;
}

/** A protocol by name or number; `-1`, `all` and `*` are every one. */
export function protocolOf(value: Value | undefined): Condition[] {
  if (value instanceof Unknown) return [{ on: 'unknown', what: shownName(value.text) }];
  const name = String(value ?? 'all').toLowerCase();
  if (['-1', 'all', '*', 'any'].includes(name)) return [];
  const known: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp' };
  return [{ on: 'protocol', names: [known[name] ?? name], not: false }];
}

export function everyProtocol(value: Value | undefined): boolean {
  return protocolOf(value).length === 0;
}

/** `9200`, `9300-9400`, `*`; each provider writes ranges so or as two numbers. */
export function portsOf(values: readonly Value[]): Condition[] {
  const ports: PortRange[] = [];
  for (const value of values.slice(0, 5_000)) {
    const text = typeof value === 'number' ? String(value) : value;
    if (text === '*') return [];
    const match = typeof text === 'string' ? /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) : null;
    if (match === null) return [{ on: 'unknown', what: value instanceof Unknown ? shownName(value.text) : 'ports' }];
    ports.push([Number(match[1]), Number(match[2] ?? match[1])]);
  }
  return [{ on: 'port', ports, not: false }];
}

/** All rules in the order in which they are asked; nothing else gets in. */
export function filterOf(resource: Pick<Resource, 'place'>, rules: readonly Rule[]): Filter {
  const name = resource.place.entry ?? 'rules';
  const place = resource.place;
  return {
    kind: 'security-group',
    path: place.path,
    families: FAMILIES,
    chains: new Map([
      [
        name,
        {
          name,
          place,
          rules: [...rules],
          base: { hook: 'input', priority: 0, policy: 'drop', translates: false },
        },
      ],
    ]),
    bridges: [],
  };
}
