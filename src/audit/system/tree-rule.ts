/** Rules about the whole tree: what no single file shows. */
import type { Evidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import type { Guidance, Rule } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import type { Place } from '../facts.ts';
import { fileOf } from '../source.ts';
import type { TreeFacts } from './gather.ts';
import type { JoinedStore } from './stores.ts';

export interface Tree {
  stores: readonly JoinedStore[];
  facts: TreeFacts;
}

/** One place where a rule's fact holds, with the other files that make it true. */
export interface TreeHit {
  /** Asset id of what it is about. */
  asset: string;
  place: Place;
  actual: string;
  expected: string;
  message: string;
  severity?: Severity;
  /** The other places, in the order of the story. */
  with: readonly (Place | { path: string; line: number })[];
}

export interface TreeRule {
  rule: Rule;
  guidance: Guidance;
  check(tree: Tree): Iterable<TreeHit>;
}

export function findingsOf({ rule, check }: TreeRule, tree: Tree): Finding[] {
  const seen = new Map<string, number>();
  return [...check(tree)].map((hit): Finding => {
    const { source, span, pointer } = hit.place;
    const key = `${hit.asset}\0${pointer}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const end = source.position(span.end);
    return {
      fingerprint: fingerprint(rule.id, hit.asset, count > 1 ? `${pointer} #${count}` : pointer),
      rule: rule.id,
      asset: hit.asset,
      severity: hit.severity ?? rule.severity,
      confidence: 'firm',
      owner: rule.owner,
      message: hit.message,
      evidence: [
        {
          kind: 'setting',
          path: fileOf(source).path,
          pointer,
          actual: hit.actual,
          expected: hit.expected,
          ...source.position(span.start),
          endLine: end.line,
          endColumn: end.column,
        },
        ...hit.with.map(evidenceOf),
      ],
    };
  });
}

export function evidenceOf(place: Place | { path: string; line: number }): Evidence {
  if (!('source' in place)) return { kind: 'file', path: place.path, line: place.line };
  return { kind: 'file', path: fileOf(place.source).path, ...place.source.position(place.span.start) };
}
