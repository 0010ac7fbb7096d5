/**
 * What of a document a client may see, as a tree over path segments: one walk decides every value of `_source` and of
 * `fields`, however the document spells its paths (`{"address": {"city": …}}` or `{"address.city": …}`).
 */
import type { FieldRule, FieldSet } from '../../../contract/grant.ts';

export interface ShapeNode {
  /** The rule of exactly this path; undefined where only longer paths are granted. */
  readonly rule: FieldRule | undefined;
  /** Everything below is shown, but for what `children` say otherwise: of whole documents, what was asked for. */
  readonly whole: boolean;
  /** The client asked not to have it (`excludes` of whole documents). */
  readonly dropped: boolean;
  readonly children: ReadonlyMap<string, ShapeNode> | undefined;
}

export interface ShapePath {
  readonly path: string;
  readonly rule?: FieldRule;
  readonly whole?: boolean;
  readonly dropped?: boolean;
}

interface Draft {
  rule: FieldRule | undefined;
  whole: boolean;
  dropped: boolean;
  children: Map<string, Draft> | undefined;
}

export function shapeOf(paths: Iterable<ShapePath>): ShapeNode {
  const root = draft();
  for (const { path, rule, whole, dropped } of paths) {
    let node = root;
    for (const segment of path.split('.')) {
      node.children ??= new Map();
      let next = node.children.get(segment);
      if (next === undefined) {
        next = draft();
        node.children.set(segment, next);
      }
      node = next;
    }
    node.rule = rule ?? node.rule;
    node.whole ||= whole === true;
    node.dropped ||= dropped === true;
  }
  return root;
}

const cache = new WeakMap<FieldSet, ShapeNode>();

/** The shape of everything that the rule grants. Made once for each policy snapshot. An `object` or `nested` field grants nothing by itself: its members are listed by their own names. */
export function shapeOfFields(fields: FieldSet): ShapeNode {
  let shape = cache.get(fields);
  if (shape === undefined) {
    const paths: ShapePath[] = [];
    for (const rule of fields.values()) paths.push({ path: rule.name, rule });
    shape = shapeOf(paths);
    cache.set(fields, shape);
  }
  return shape;
}

function draft(): Draft {
  return { rule: undefined, whole: false, dropped: false, children: undefined };
}
