/**
 * How the answer to one search is read: which indices it may come from, what of each document is shown, which parts were
 * asked for. Made by the compiler of the request, and kept (sealed) for the later pages of a scroll.
 */
import type { BoundFilter, Grant } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import { printJson } from '../../../json/print.ts';
import type { AggregationTree } from '../aggregations/tree.ts';
import { bindFilter, fieldsOf, filterQuery } from '../filter/index.ts';
import { planSource, type Selection } from '../search/selection.ts';
import { namespaceOf } from './namespace.ts';
import { type ShapeNode, shapeOf } from './shape.ts';

/** What was asked for, in a form that can be sealed. */
export interface ProjectionParts {
  readonly selection: Selection;
  /** Names asked for under `fields`, `docvalue_fields` or `collapse`. */
  readonly fields: readonly string[];
  readonly highlight: readonly string[];
  /** Of each sort key, whether its values are numbers of the store's own that are sealed; null where no sort was asked for. */
  readonly sort: readonly boolean[] | null;
  readonly size: number;
  readonly typedKeys: boolean;
  readonly totalAsInt: boolean;
}

export interface Projection {
  readonly grants: readonly Grant[];
  readonly context: StoreContext;
  /** Hits are rebuilt from what is known; otherwise (trusted services) they are passed on whole. */
  readonly strict: boolean;
  readonly bound: BoundFilter | null;
  /** Null: documents are shown whole. */
  readonly shape: ShapeNode | null;
  readonly fieldsShape: ShapeNode | null;
  readonly highlight: ReadonlySet<string>;
  /** `<namespace>:`, which ids in the store begin with; empty without one. */
  readonly prefix: string;
  readonly aggregations: AggregationTree | null;
  /** Buckets that the answer's aggregations may hold. */
  readonly buckets: number;
  readonly parts: ProjectionParts;
}

export function isStrict(grant: Grant): boolean {
  return grant.mode === 'strict' || grant.fields !== null || grant.filter !== null;
}

export function createProjection(
  grants: readonly Grant[],
  bound: BoundFilter | null,
  context: StoreContext,
  parts: ProjectionParts,
  shape: ShapeNode | null,
  aggregations: AggregationTree | null,
): Projection {
  const grant = firstOf(grants);
  const fields = grant.fields;
  return {
    grants,
    context,
    strict: isStrict(grant),
    bound,
    shape,
    fieldsShape:
      parts.fields.length === 0
        ? null
        : shapeOf(parts.fields.map((path) => ({ path, rule: fields?.get(path), whole: fields === null }))),
    highlight: new Set(parts.highlight),
    prefix: namespaceOf(grant, context.principal.claims),
    aggregations,
    buckets: grant.limits.buckets,
    parts,
  };
}

export function firstOf(grants: readonly Grant[]): Grant {
  const grant = grants[0];
  if (grant === undefined) throw new Refusal('forbidden', 'no index');
  return grant;
}

/** JSON for a sealed id. Holds what the filter was bound to, so that later pages are read under the same filter or not at all. */
export function projectionState(projection: Projection): string {
  return JSON.stringify({ version: 1, parts: projection.parts, bound: boundText(projection.bound) });
}

/**
 * @param state from `projectionState`, out of a seal that this gateway opened
 * @param grants what the principal has today; the seal's owner has compared their hashes
 * @throws Refusal `forbidden` where the principal's claims bind the filter differently by now
 */
export function projectionFrom(state: string, grants: readonly Grant[], context: StoreContext): Projection {
  const { parts, bound: sealed } = JSON.parse(state) as { parts: ProjectionParts; bound: string };
  const grant = firstOf(grants);
  const bound = grant.filter === null ? null : bindFilter(grant.filter, context.principal.claims);
  if (boundText(bound) !== sealed) throw new Refusal('forbidden', 'the claims that the filter holds have changed');
  const { shape } = planSource(parts.selection, grant.fields, bound === null ? [] : fieldsOf(bound));
  return createProjection(grants, bound, context, parts, shape, null);
}

/** As the store is told it: digits that a double cannot hold are in it as they are. */
function boundText(bound: BoundFilter | null): string {
  return bound === null ? 'null' : printJson(filterQuery(bound));
}
