/** From parts to one answer for a stranger, and the list of those who are admitted by address. */
import { type Effort, evaluate } from './evaluate.ts';
import type { Filter, FilterVerdict, Packet, Part, Place } from './model.ts';
import { cidrsOf, everybody, type Family, intersect, isEmpty, PUBLIC, type Ranges, sizeOf, union } from './ranges.ts';

export interface Decision {
  /** For a stranger: an address that nobody listed. */
  verdict: FilterVerdict;
  /** Source addresses that get in, as CIDR blocks; at most 64. */
  admits: string[];
  /** The rule or policy that decides for a stranger. */
  place: Place;
  text: string;
}

/**
 * Who is admitted from at least so many public addresses is anybody: a /8 of IPv4, a /16 of IPv6. Lists of customers
 * and offices stay below it; `0.0.0.0/1` and the addresses of a country do not.
 */
export const ANYBODY: Readonly<Record<Family, bigint>> = { 4: 1n << 24n, 6: 1n << 112n };

/**
 * Decides over several filters that a packet has to pass one after the other.
 *
 * @param effort shared by many questions; when it is used up, every answer is `unknown`
 */
export function decide(filters: readonly Filter[], packet: Packet, effort?: Effort): Decision {
  let parts: Part[] = [
    { sources: everybody(packet.family), verdict: 'accept', place: { path: '' }, text: 'no filter was handed over' },
  ];
  for (const filter of filters) parts = both(parts, evaluate(filter, packet, effort));
  return decisionOf(parts, packet.family);
}

/** A packet passes only what both let pass. */
function both(first: readonly Part[], second: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const a of first) {
    for (const b of second) {
      const sources = intersect(a.sources, b.sources);
      if (isEmpty(sources)) continue;
      const stops = [a, b].find(({ verdict }) => verdict === 'drop' || verdict === 'reject');
      const decides = stops ?? [a, b].find(({ verdict }) => verdict === 'unknown') ?? b;
      result.push({ ...decides, sources });
    }
  }
  return result;
}

function decisionOf(parts: readonly Part[], family: Family): Decision {
  const admitted = union(...parts.filter(({ verdict }) => verdict === 'accept').map(({ sources }) => sources));
  const strange = parts
    .map((part) => ({ part, size: sizeOf(intersect(part.sources, PUBLIC[family])) }))
    .sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : 0));
  const open = sizeOf(intersect(admitted, PUBLIC[family])) >= ANYBODY[family];
  const unclear =
    sizeOf(
      union(
        ...parts
          .filter(({ verdict }) => verdict === 'unknown')
          .map(({ sources }) => intersect(sources, PUBLIC[family])),
      ),
    ) >= ANYBODY[family];
  const deciding =
    (open ? strange.find(({ part }) => part.verdict === 'accept') : undefined) ??
    (unclear ? strange.find(({ part }) => part.verdict === 'unknown') : undefined) ??
    strange[0];
  if (deciding === undefined) throw new RangeError('a filter decided nothing');
  const { verdict, place, text } = deciding.part;
  return { verdict, admits: admittedText(admitted, family), place, text };
}

function admittedText(admitted: Ranges, family: Family): string[] {
  return cidrsOf(admitted, family);
}
