/**
 * Every packet filter, whatever wrote it, as rules of one kind: conditions that must all hold, then an action. What a
 * reader does not understand becomes an `unknown` condition or action, and an answer that depends on it is `unknown`.
 */
import type { Family, Ranges } from './ranges.ts';

/** Where something stands: a file, a line (1-based) where lines mean something, and the entry in the tool's own terms. */
export interface Place {
  path: string;
  line?: number;
  entry?: string;
  /** Where exactly, in UTF-16 units of the text: only where the reader was asked for it. */
  span?: readonly [start: number, end: number];
}

export type PortRange = readonly [low: number, high: number];

export type Condition =
  | { on: 'source' | 'destination'; family: Family; ranges: Ranges; not: boolean }
  | { on: 'port'; ports: readonly PortRange[]; not: boolean }
  /** The port that the packet was sent to before it was redirected. */
  | { on: 'original-port'; ports: readonly PortRange[]; not: boolean }
  | { on: 'protocol'; names: readonly string[]; not: boolean }
  | { on: 'family'; family: Family }
  | { on: 'in' | 'out'; interfaces: readonly string[]; not: boolean }
  | { on: 'state'; states: readonly string[]; not: boolean }
  /** `over`: holds only for who comes too often; otherwise only for who does not. */
  | { on: 'rate'; over: boolean }
  /** The packet was sent to another destination than it has now (DNAT). */
  | { on: 'translated'; not: boolean }
  /** The sender meets or avoids it as it likes: its own port, extension headers, the time to live. */
  | { on: 'chosen' }
  | { on: 'never' }
  | { on: 'unknown'; what: string };

export type Action =
  | { do: 'accept' | 'drop' | 'reject' | 'return' | 'continue' }
  | { do: 'jump' | 'goto'; chain: string }
  | { do: 'translate'; to?: { family: Family; address: bigint }; port?: number }
  | { do: 'choose'; cases: readonly { when: readonly Condition[]; action: Action }[] }
  | { do: 'unknown'; what: string };

export interface Rule {
  place: Place;
  /** The rule as its tool writes it, shortened. */
  text: string;
  when: readonly Condition[];
  action: Action;
}

export type Hook = 'prerouting' | 'input' | 'forward';

export interface Chain {
  name: string;
  place: Place;
  rules: Rule[];
  /** Where packets enter; without it the chain is reached by jumps alone. */
  base?: Base;
}

export interface Base {
  hook: Hook;
  /** The lowest comes first. */
  priority: number;
  policy: 'accept' | 'drop' | 'reject' | 'unknown';
  /** Changes destinations (DNAT). */
  translates: boolean;
  /** Whose packets come by, where it is not all that the filter sees. */
  families?: readonly Family[];
}

export const FILTER_KINDS = ['nftables', 'iptables', 'ip6tables', 'ufw', 'security-group'] as const;
export type FilterKind = (typeof FILTER_KINDS)[number];

/** One packet filter, read. */
export interface Filter {
  kind: FilterKind;
  path: string;
  /** What it filters at all; other families pass it. */
  families: readonly Family[];
  /** By name; names are unique in the filter (`inet filter input`, `filter INPUT`). */
  chains: ReadonlyMap<string, Chain>;
  /** Which bridge an address that packets are redirected to stands behind, as far as the rules tell. */
  bridges: readonly { family: Family; ranges: Ranges; name: string }[];
}

export type FilterVerdict = 'accept' | 'drop' | 'reject' | 'unknown';

/** What happens to packets of these sources, and which rule decided. */
export interface Part {
  sources: Ranges;
  verdict: FilterVerdict;
  place: Place;
  text: string;
}

/** A new TCP or UDP connection from outside. */
export interface Packet {
  family: Family;
  protocol: 'tcp' | 'udp';
  port: number;
  /** The address it is sent to; undefined: one of the host's own that faces outside. */
  to?: bigint;
  /** Interfaces that are known to face outside; none: unknown. */
  outside?: readonly string[];
}
