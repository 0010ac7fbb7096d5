/**
 * `nft -j list ruleset`.
 *
 *   { "nftables": [ { "metainfo": … }, { "table": { family, name } }, { "chain": { family, table, name, type?, hook?,
 *     prio?, policy? } }, { "set"|"map": { family, table, name, elem } }, { "rule": { family, table, chain, handle,
 *     expr: [statement, …] } } ] }
 *
 * Source: libnftables-json(5).
 */
import type { Chain, Filter, Hook, Place, Rule } from '../../model.ts';
import type { Family } from '../../ranges.ts';
import { isMap, type Json, type JsonMap, listOf, mapOf, parseJson, textOf } from '../json.ts';
import { emptyReadout, MOST_ENTRIES, type Readout, shown, shownName, skipped } from '../readout.ts';
import { ruleOf, type Sets } from './statements.ts';

const FAMILIES: Readonly<Record<string, readonly Family[]>> = { ip: [4], ip6: [6], inet: [4, 6] };
const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward'];

export function isNft(value: Json): boolean {
  return isMap(value) && Array.isArray(value.nftables);
}

/** One entry of the list, and where it stands. */
export interface NftEntry {
  value: Json;
  line: number;
  span?: Place['span'];
}

/** @param exact whether places have offsets, too */
export function readNft(path: string, text: string, exact = false): Readout {
  const parsed = parseJson(text, 2);
  const entries = listOf(mapOf(parsed?.value).nftables).map((value, at): NftEntry => {
    const span = parsed?.spans[at];
    return { value, line: parsed?.lines[at] ?? 1, ...(exact && span !== undefined && { span }) };
  });
  return readEntries(path, entries);
}

/** Entries as libnftables-json(5) has them, wherever they come from. */
export function readEntries(path: string, entries: readonly NftEntry[]): Readout {
  const result = emptyReadout();
  const chains = new Map<string, Chain>();
  const sets: Sets = new Map();
  for (const { value } of entries) readSet(mapOf(value), sets);
  if (entries.length > MOST_ENTRIES) {
    result.skips.push(skipped(path, 'FIREWALL_TOO_LARGE', `only the first ${MOST_ENTRIES} entries were read`));
  }
  const dormant = new Set<string>();
  for (const { value, line, span } of entries.slice(0, MOST_ENTRIES)) {
    const where: Place = { path, line, ...(span !== undefined && { span }) };
    const { table, chain, rule } = mapOf(value);
    if (
      isMap(table) &&
      listOf(table.flags)
        .concat(table.flags ?? [])
        .includes('dormant')
    )
      dormant.add(tableOf(table));
    if (isMap(chain)) {
      const read = chainOf(where, chain);
      const device = chain.hook === 'ingress' || chain.hook === 'egress' || chain.family === 'bridge';
      if (device && chain.policy !== undefined && chain.hook !== 'egress') {
        const what = `${read.name} hangs on a device; its rules are not followed`;
        result.skips.push(skipped(path, 'FIREWALL_DEVICE_CHAIN', what));
      }
      if (own(FAMILIES, chain.family) !== undefined && !dormant.has(tableOf(chain))) chains.set(read.name, read);
    }
    if (isMap(rule)) addRule(where, rule, chains, sets);
  }
  const filter: Filter = { kind: 'nftables', path, families: [4, 6], chains, bridges: [] };
  result.filters.push({ ...filter, bridges: bridgesOf(chains) });
  return result;
}

function own(table: Readonly<Record<string, readonly Family[]>>, key: Json | undefined): readonly Family[] | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}

function tableOf(entry: JsonMap): string {
  const name = entry.table ?? entry.name;
  return `${shownName(textOf(entry.family) ?? '')} ${shownName(textOf(name) ?? '')}`;
}

/** `inet filter` of a table entry and of a chain's `family` and `table` are the same. */
function chainName(entry: JsonMap, name: Json | undefined): string {
  return `${shownName(textOf(entry.family) ?? '')} ${shownName(textOf(entry.table) ?? '')} ${shownName(textOf(name) ?? '')}`;
}

function readSet(entry: JsonMap, sets: Sets): void {
  const set = entry.set ?? entry.map;
  if (!isMap(set)) return;
  sets.set(chainName(set, set.name), listOf(set.elem));
}

function chainOf(where: Place, entry: JsonMap): Chain {
  const name = chainName(entry, entry.name);
  const hook = HOOKS.find((known) => known === entry.hook);
  const place: Place = { ...where, entry: `chain ${name}` };
  if (hook === undefined) return { name, place, rules: [] };
  const priority = typeof entry.prio === 'number' ? entry.prio : 0;
  const policy = entry.policy === 'drop' ? 'drop' : 'accept';
  const families = own(FAMILIES, entry.family) ?? [];
  return { name, place, rules: [], base: { hook, priority, policy, translates: entry.type === 'nat', families } };
}

function addRule(where: Place, entry: JsonMap, chains: ReadonlyMap<string, Chain>, sets: Sets): void {
  const name = chainName(entry, entry.chain);
  const chain = chains.get(name);
  if (chain === undefined) return;
  const families = own(FAMILIES, entry.family);
  const handle = typeof entry.handle === 'number' ? ` handle ${entry.handle}` : '';
  const prefix = name.slice(0, name.lastIndexOf(' ') + 1);
  const { when, action, text } = ruleOf(listOf(entry.expr), prefix, sets);
  const rule: Rule = {
    place: { ...where, entry: `rule ${name}${handle}` },
    text: shown(text),
    when: families?.length === 1 && families[0] !== undefined ? [{ on: 'family', family: families[0] }, ...when] : when,
    action,
  };
  chain.rules.push(rule);
}

/** Rules that say by which bridge an address is reached, as Docker and podman write them. */
function bridgesOf(chains: ReadonlyMap<string, Chain>): Filter['bridges'] {
  const found: { family: Family; ranges: Filter['bridges'][number]['ranges']; name: string }[] = [];
  for (const { rules } of chains.values()) {
    for (const { when } of rules) {
      const to = when.find((condition) => condition.on === 'destination' && !condition.not);
      const out = when.find((condition) => condition.on === 'out' && !condition.not);
      const [name, ...more] = out?.on === 'out' ? out.interfaces : [];
      if (to?.on !== 'destination' || name === undefined || more.length > 0) continue;
      found.push({ family: to.family, ranges: to.ranges, name });
    }
  }
  return found;
}
