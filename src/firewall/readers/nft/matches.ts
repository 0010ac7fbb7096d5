/** One nftables `match`: what is compared (payload, meta, ct, fib) and with which values. */
import type { Condition, PortRange } from '../../model.ts';
import { type Family, parseRanges, type Ranges, union } from '../../ranges.ts';
import { isMap, type Json, type JsonMap, listOf, mapOf, onlyEntry, textOf } from '../json.ts';
import { shownName } from '../readout.ts';
import type { Sets } from './statements.ts';

interface Matched {
  conditions: Condition[];
  /** Of these lists one has to hold, too. */
  either?: readonly (readonly Condition[])[];
  text: string;
}

export function matchOf(match: JsonMap, prefix: string, sets: Sets): Matched {
  const left = match.left ?? null;
  const values = valuesOf(match.right ?? null, prefix, sets);
  const not = match.op === '!=';
  const text = `${leftText(left)} ${not ? '!= ' : ''}${rightText(match.right ?? null)}`;
  if (values === undefined || !['==', '!=', 'in'].includes(textOf(match.op) ?? '==')) {
    return { conditions: [unknown(leftText(left))], text };
  }
  const keys = mapOf(left).concat;
  if (!Array.isArray(keys)) return { conditions: conditionsOf(left, values, not), text };
  if (not) return { conditions: [unknown('a negated concatenation')], text };
  const either = values.map((value) => {
    const parts = listOf(mapOf(value).concat);
    return keys.flatMap((key, at) => conditionsOf(key, valuesOf(parts[at] ?? null, prefix, sets) ?? [], false));
  });
  return { conditions: [], either, text };
}

function unknown(what: string): Condition {
  return { on: 'unknown', what };
}

/** The right side as a list of single values, prefixes and ranges; undefined where it cannot be known. */
function valuesOf(right: Json, prefix: string, sets: Sets): readonly Json[] | undefined {
  const reference = textOf(right);
  if (reference?.startsWith('@')) return sets.get(`${prefix}${shownName(reference.slice(1))}`)?.map(bare);
  if (Array.isArray(right)) return right.map(bare);
  const set = mapOf(right).set;
  if (typeof set === 'string') return valuesOf(set, prefix, sets);
  if (Array.isArray(set)) return set.map(bare);
  return [right];
}

/** An element without its timeout, counter and comment. */
function bare(element: Json): Json {
  const elem = mapOf(element).elem;
  return isMap(elem) ? (elem.val ?? null) : element;
}

function conditionsOf(left: Json, values: readonly Json[], not: boolean): Condition[] {
  const [kind, what] = onlyEntry(left) ?? ['', null];
  const field = mapOf(what);
  switch (kind) {
    case 'payload':
      return payload(textOf(field.protocol) ?? '', textOf(field.field) ?? '', values, not);
    case 'meta':
      return meta(textOf(field.key) ?? '', values, not);
    case 'ct':
      return conntrack(textOf(field.key) ?? '', values, not);
    case 'fib':
      return fib(textOf(field.result) ?? '', listOf(field.flags).map(textOf), values, not);
    // Extension headers of IPv6.
    case 'exthdr':
      return [{ on: 'chosen' }];
    case '&':
      return flags(listOf(what), values, not);
    default:
      return [unknown(kind || 'a comparison')];
  }
}

function payload(protocol: string, field: string, values: readonly Json[], not: boolean): Condition[] {
  const family: Family | undefined = protocol === 'ip' ? 4 : protocol === 'ip6' ? 6 : undefined;
  if (family !== undefined && (field === 'saddr' || field === 'daddr')) {
    const ranges = addresses(values, family);
    const on = field === 'saddr' ? 'source' : 'destination';
    return [ranges === undefined ? unknown(`${protocol} ${field}`) : { on, family, ranges, not }];
  }
  if (family !== undefined && (field === 'protocol' || field === 'nexthdr')) {
    return [
      { on: 'family', family },
      { on: 'protocol', names: values.map(protocolName), not },
    ];
  }
  if (field === 'dport' || field === 'sport') {
    const ports = portRanges(values);
    // `tcp dport` looks at TCP alone, also when it is negated; `th` looks at whatever has ports.
    const names = protocol === 'th' ? ['tcp', 'udp', 'sctp', 'dccp', 'udplite'] : [protocol];
    const first: Condition = { on: 'protocol', names, not: false };
    if (ports === undefined) return [first, unknown(`${protocol} ${field}`)];
    return [first, field === 'dport' ? { on: 'port', ports, not } : { on: 'chosen' }];
  }
  if (field === 'flags' && protocol === 'tcp') {
    const only = values.length === 1 && values[0] === 'syn';
    return [{ on: 'protocol', names: ['tcp'], not: false }, ...(only ? alone(!not) : [unknown('tcp flags')])];
  }
  if (['ttl', 'hoplimit', 'length', 'dscp', 'ecn', 'id', 'frag-off'].includes(field)) return [{ on: 'chosen' }];
  if (['icmp', 'icmpv6', 'igmp', 'esp', 'ah'].includes(protocol)) return [{ on: 'never' }];
  return [unknown(`${shownName(protocol)} ${shownName(field)}`)];
}

/** A condition that holds always, or never. */
function alone(holds: boolean): Condition[] {
  return holds ? [] : [{ on: 'never' }];
}

/** `tcp flags & (fin|syn|rst|ack) == syn`: of a first packet SYN alone is set. */
function flags([left, mask]: readonly Json[], values: readonly Json[], not: boolean): Condition[] {
  const field = mapOf(mapOf(left ?? null).payload);
  if (field.protocol !== 'tcp' || field.field !== 'flags') {
    // `ct mark & 1`, `meta mark & 1`
    return [unknown('a masked comparison')];
  }
  // A list, or since nftables 1.0.8 a tree of `|`; flat either way.
  const masked = JSON.stringify(mask ?? null).includes('"syn"');
  const wanted = values.map(textOf).filter((flag) => flag !== undefined);
  const zero = values.length === 1 && values[0] === 0;
  const meets = masked ? wanted.length === 1 && wanted[0] === 'syn' : zero;
  return [{ on: 'protocol', names: ['tcp'], not: false }, ...alone(meets !== not)];
}

function meta(key: string, values: readonly Json[], not: boolean): Condition[] {
  const texts = values.map((value) => (typeof value === 'number' ? String(value) : (textOf(value) ?? '')));
  switch (key) {
    case 'iifname':
    case 'iif':
      return [{ on: 'in', interfaces: texts, not }];
    case 'oifname':
    case 'oif':
      return [{ on: 'out', interfaces: texts, not }];
    case 'l4proto':
      return [{ on: 'protocol', names: values.map(protocolName), not }];
    case 'nfproto':
    case 'protocol': {
      const [name, ...more] = texts;
      const family = name === 'ipv4' || name === 'ip' ? 4 : name === 'ipv6' || name === 'ip6' ? 6 : undefined;
      if (family === undefined || more.length > 0) return [unknown(key)];
      return [{ on: 'family', family: not ? (family === 4 ? 6 : 4) : family }];
    }
    case 'pkttype':
      return alone((texts.includes('host') || texts.includes('unicast')) !== not);
    default:
      return [unknown(`meta ${shownName(key)}`)];
  }
}

function conntrack(key: string, values: readonly Json[], not: boolean): Condition[] {
  const states = values.map((value) => textOf(value) ?? '');
  if (key === 'state') return [{ on: 'state', states, not }];
  if (key === 'proto-dst') {
    const ports = portRanges(values);
    return [ports === undefined ? unknown('ct proto-dst') : { on: 'original-port', ports, not }];
  }
  if (key === 'direction') return alone(states.includes('original') !== not);
  if (key === 'status') {
    if (states.length === 1 && states[0] === 'dnat') return [{ on: 'translated', not }];
    // A new connection has been answered by nobody yet.
    if (states.every((state) => ['seen-reply', 'assured', 'confirmed', 'expected'].includes(state))) return alone(not);
  }
  return [unknown(`ct ${shownName(key)}`)];
}

function fib(
  result: string,
  flagged: readonly (string | undefined)[],
  values: readonly Json[],
  not: boolean,
): Condition[] {
  const types = values.map((value) => textOf(value) ?? '');
  if (result === 'type' && flagged.includes('daddr')) {
    if (types.includes('local')) return [{ on: 'translated', not: !not }];
    return alone(not !== types.includes('unicast'));
  }
  if (result === 'type' && flagged.includes('saddr')) return alone(types.includes('unicast') !== not);
  // Reverse path: a stranger's packet comes by the way that answers to it leave.
  if ((result === 'oif' || result === 'oifname') && flagged.includes('saddr')) {
    const missing = values.some((value) => value === false || value === 'missing' || value === 0);
    const exists = values.some((value) => value === true || value === 'exists');
    if (missing || exists) return alone(exists !== not);
  }
  return [unknown('fib')];
}

function protocolName(value: Json): string {
  if (value === 6 || value === '6') return 'tcp';
  if (value === 17 || value === '17') return 'udp';
  return textOf(value) ?? String(value);
}

function addresses(values: readonly Json[], family: Family): Ranges | undefined {
  const sets: Ranges[] = [];
  for (const value of values) {
    const { prefix, range } = mapOf(value);
    const [low, high] = listOf(range).map(textOf);
    const written = isMap(prefix)
      ? `${textOf(prefix.addr)}/${String(prefix.len)}`
      : low !== undefined && high !== undefined
        ? `${low}-${high}`
        : textOf(value);
    const parsed = written === undefined ? undefined : parseRanges(written);
    if (parsed === undefined || parsed.family !== family) return undefined;
    sets.push(parsed.ranges);
  }
  return union(...sets);
}

function portRanges(values: readonly Json[]): PortRange[] | undefined {
  const result: PortRange[] = [];
  for (const value of values) {
    const [low, high] = listOf(mapOf(value).range);
    if (typeof value === 'number') result.push([value, value]);
    else if (typeof low === 'number' && typeof high === 'number') result.push([low, high]);
    else return undefined;
  }
  return result;
}

function leftText(left: Json): string {
  const [kind, value] = onlyEntry(left) ?? ['', null];
  const field = mapOf(value);
  if (kind === 'payload') return `${shownName(textOf(field.protocol) ?? '')} ${shownName(textOf(field.field) ?? '')}`;
  if (kind === 'concat') return listOf(value).slice(0, 4).map(leftText).join(' . ');
  return `${kind} ${shownName(textOf(field.key) ?? textOf(field.result) ?? '')}`.trim();
}

function rightText(right: Json): string {
  if (typeof right === 'string' || typeof right === 'number' || typeof right === 'boolean')
    return shownName(String(right));
  const { set, range, prefix, concat } = mapOf(right);
  const list = Array.isArray(right) ? right : Array.isArray(set) ? set : undefined;
  if (list !== undefined) return `{ ${list.slice(0, 4).map(rightText).join(', ')}${list.length > 4 ? ', …' : ''} }`;
  if (Array.isArray(range)) return range.slice(0, 2).map(rightText).join('-');
  if (Array.isArray(concat)) return concat.slice(0, 4).map(rightText).join(' . ');
  if (isMap(prefix)) return `${shownName(textOf(prefix.addr) ?? '')}/${String(prefix.len)}`;
  return '…';
}
