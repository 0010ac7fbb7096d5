/** What one principal may write to one index, worked out once per request. */
import type { BoundFilter, Filter, FilterValue, Grant, WriteRules } from '../../../contract/grant.ts';
import { Refusal } from '../../../contract/refusal.ts';
import type { StoreContext } from '../../../contract/store.ts';
import type { JsonObject } from '../../../json/index.ts';
import { bindFilter } from '../filter/index.ts';
import { namespaceOf } from '../response/namespace.ts';
import { isStrict } from '../response/projection.ts';

import { filterPaths } from './filter-fields.ts';
import { type SetField, setFieldsOf } from './set-fields.ts';
import { type WriteNode, writeTree } from './write-tree.ts';

export interface WriteScope {
  readonly grant: Grant;
  readonly claims: JsonObject;
  /** The rule hides documents or fields, or could. */
  readonly strict: boolean;
  readonly bound: BoundFilter | null;
  /** Paths that a client may write; empty where that is every path. */
  readonly writablePaths: readonly string[];
  /** Paths that the filter reads. */
  readonly filterPaths: readonly string[];
  readonly set: readonly SetField[];
  readonly required: readonly string[];
  /** Null: every field may be written (compat without a list). */
  readonly fields: WriteNode | null;
  /** Some field that may be written is not shown as it is: then that an update changed nothing would tell its value. */
  readonly writesUnseen: boolean;
  /** The namespace with its colon; empty without one. */
  readonly prefix: string;
  /**
   * Whether a document may be made under an id of the client's choice. Only where that cannot tell anything about
   * documents that the principal does not see: where it sees all, or where its ids are its own (B176, B177).
   */
  readonly createsById: boolean;
}

/** @throws Refusal `forbidden` without a `write` section in strict, or without a claim that the rule needs */
export function writeScope(grant: Grant, context: StoreContext): WriteScope {
  const { claims } = context.principal;
  const strict = isStrict(grant);
  if (strict && (grant.write === null || grant.write.fields === null))
    throw new Refusal('forbidden', 'write: the rule lists no fields that may be written');
  const bound = grant.filter === null ? null : bindFilter(grant.filter, claims);
  return {
    grant,
    claims,
    strict,
    bound,
    writablePaths: [...(grant.write?.fields?.keys() ?? [])],
    filterPaths: filterPaths(bound),
    set: setFieldsOf(grant.write, claims),
    required: grant.write?.required ?? [],
    fields: treeOf(grant.write),
    writesUnseen:
      strict && [...(grant.write?.fields?.keys() ?? [])].some((name) => grant.fields?.get(name)?.mask !== null),
    prefix: namespaceOf(grant, claims),
    createsById: grant.filter === null || isOwnNamespace(grant.filter, grant.idNamespace),
  };
}

function treeOf(rules: WriteRules | null): WriteNode | null {
  return rules === null || rules.fields === null ? null : writeTree(rules);
}

/**
 * Whether the namespace says no less than the filter: then every document of the namespace is one that the filter
 * shows. That is so where the filter compares fields with the very claim that the namespace is made of, and nothing else.
 */
function isOwnNamespace(filter: Filter, namespace: FilterValue | null): boolean {
  if (namespace === null || !('claim' in namespace)) return false;
  const same = (value: FilterValue): boolean =>
    'claim' in value &&
    value.claim.length === namespace.claim.length &&
    value.claim.every((step, i) => step === namespace.claim[i]);
  const leaves = filter.kind === 'all' ? filter.filters : [filter];
  return leaves.length > 0 && leaves.every((leaf) => leaf.kind === 'term' && same(leaf.value));
}
