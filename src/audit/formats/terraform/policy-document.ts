/**
 * `data "aws_iam_policy_document"` as the JSON that it gives.
 *
 * Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
import { type MapValue, scalar, textOf, type Value } from './values.ts';
import type { View } from './view.ts';

export function policyDocument(view: View): Value {
  const { items, complete } = view.blocks('statement');
  const own = items.map(statement);
  const others = ['source_policy_documents', 'override_policy_documents', 'source_json', 'override_json'].map((name) =>
    view.attribute(name),
  );
  let known = complete;
  const taken: Value[] = [];
  for (const other of others.flatMap((value) =>
    value?.kind === 'list' ? value.items : value === null ? [] : [value],
  )) {
    const statements =
      other.kind === 'encoded' && other.value.kind === 'map' ? other.value.entries.get('Statement') : undefined;
    if (statements?.kind === 'list') {
      taken.push(...statements.items);
      known = known && statements.complete;
    } else known = false;
  }
  if (others.some((value) => value?.kind === 'list' && !value.complete)) known = false;
  const entries = new Map<string, Value>([
    ['Version', scalar('2012-10-17', view.at)],
    ['Statement', { kind: 'list', items: [...taken, ...own], complete: known, at: view.at }],
  ]);
  return { kind: 'map', entries, complete: true, at: view.at };
}

const COPIED = [
  ['sid', 'Sid'],
  ['actions', 'Action'],
  ['not_actions', 'NotAction'],
  ['resources', 'Resource'],
  ['not_resources', 'NotResource'],
] as const;

function statement(view: View): MapValue {
  const entries = new Map<string, Value>([['Effect', view.attribute('effect') ?? scalar('Allow', view.at)]]);
  for (const [name, key] of COPIED) {
    const value = view.attribute(name);
    if (value !== null) entries.set(key, value);
  }
  for (const [name, key] of [
    ['principals', 'Principal'],
    ['not_principals', 'NotPrincipal'],
  ] as const) {
    const { items, complete } = view.blocks(name);
    if (items.length > 0 || !complete) entries.set(key, principals(items, complete, view));
  }
  const { items, complete } = view.blocks('condition');
  if (items.length > 0 || !complete) entries.set('Condition', conditions(items, complete, view));
  return { kind: 'map', entries, complete: true, at: view.at };
}

function principals(items: readonly View[], complete: boolean, view: View): Value {
  const entries = new Map<string, Value>();
  let known = complete;
  for (const item of items) {
    const type = textOf(item.attribute('type'));
    const identifiers = item.attribute('identifiers');
    if (type === null || identifiers === null) known = false;
    // `*` of type `*` is everybody; Terraform writes it as `"Principal": "*"`.
    else if (type === '*') return identifiers.kind === 'list' ? (identifiers.items[0] ?? identifiers) : identifiers;
    else entries.set(type, identifiers);
  }
  return { kind: 'map', entries, complete: known, at: (items[0] ?? view).at };
}

function conditions(items: readonly View[], complete: boolean, view: View): Value {
  const tests = new Map<string, Map<string, Value>>();
  let known = complete;
  for (const item of items) {
    const [test, variable] = [textOf(item.attribute('test')), textOf(item.attribute('variable'))];
    const values = item.attribute('values');
    if (test === null || variable === null || values === null) {
      known = false;
      continue;
    }
    const keys = tests.get(test) ?? new Map<string, Value>();
    keys.set(variable, values);
    tests.set(test, keys);
  }
  const entries = [...tests].map(([test, keys]): [string, Value] => [
    test,
    { kind: 'map', entries: keys, complete: true, at: view.at },
  ]);
  return { kind: 'map', entries: new Map(entries), complete: known, at: view.at };
}
