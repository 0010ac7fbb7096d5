/**
 * Terraform's JSON: the same blocks, written as objects by type and labels.
 *
 *   { "resource": { "aws_db_instance": { "main": { … } } }, "variable": { "name": { … } }, "locals": { … } }
 *
 * Source: https://developer.hashicorp.com/terraform/language/syntax/json
 */
import { parseTemplate } from './hcl.ts';
import { parseJson } from './json.ts';
import type { Block, Body, Expression, Node, ObjectEntry, Parsed, Setting } from './syntax.ts';

const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  variable: 1,
  output: 1,
  module: 1,
  provider: 1,
  locals: 0,
  terraform: 0,
};

export function parseTerraformJson(text: string, tfvars: boolean): Parsed {
  const body: Body = { settings: new Map(), blocks: [] };
  const root = parseJson(text, { template: (from, to) => parseTemplate(text, from, to) });
  if (typeof root === 'number' || root.kind !== 'object') {
    const offset = typeof root === 'number' ? Math.min(root, text.length) : 0;
    return { body, troubles: [{ offset, reason: 'not the JSON of a configuration' }] };
  }
  if (tfvars) return { body: bodyOf(root), troubles: [] };
  for (const { key, value } of root.entries) {
    const type = nameOf(key);
    const labels = LABELS[type];
    if (labels !== undefined) blocks(type, key, value, labels, [], body.blocks);
  }
  return { body, troubles: [] };
}

function blocks(
  type: string,
  at: Node,
  value: Expression,
  labels: number,
  found: readonly (Node & { text: string })[],
  into: Block[],
): void {
  if (value.kind === 'list') {
    for (const item of value.items) blocks(type, at, item, labels, found, into);
  } else if (value.kind === 'object' && labels > 0) {
    for (const { key, value: inner } of value.entries) {
      const label = { start: key.start, end: key.end, text: nameOf(key) };
      blocks(type, key, inner, labels - 1, [...found, label], into);
    }
  } else if (value.kind === 'object') {
    const header = { start: at.start, end: at.end };
    into.push({ type, labels: found, header, open: -1, body: bodyOf(value), start: at.start, end: value.end });
  }
}

function bodyOf({ entries }: { entries: readonly ObjectEntry[] }): Body {
  const settings = new Map<string, Setting>();
  for (const { key, value } of entries) {
    const name = nameOf(key);
    if (name !== '//') settings.set(name, { name, at: { start: key.start, end: key.end }, value });
  }
  return { settings, blocks: [] };
}

function nameOf(key: Expression): string {
  return key.kind === 'literal' ? String(key.value) : '';
}
