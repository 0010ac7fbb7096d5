/**
 * `terraform show -json` of a plan: what Terraform itself came to.
 *
 *   { "format_version", "terraform_version", "planned_values": { "root_module": { "resources": [ { "address", "mode",
 *     "type", "name", "values" } ], "child_modules": [ … ] } }, "resource_changes": [ { "address", "change":
 *     { "after_unknown" } } ] }
 *
 * Source: https://developer.hashicorp.com/terraform/internals/json-format
 */
import { parseJson } from './json.ts';
import type { Block, Body, Expression, Parsed, Setting } from './syntax.ts';

const MOST_RESOURCES = 20_000;

export function isPlan(text: string): boolean {
  const head = text.slice(0, 4_096);
  return head.includes('"format_version"') && head.includes('"terraform_version"') && text.includes('"planned_values"');
}

export function parsePlan(text: string): Parsed {
  const body: Body = { settings: new Map(), blocks: [] };
  const root = parseJson(text);
  if (typeof root === 'number') return { body, troubles: [{ offset: Math.min(root, text.length), reason: 'no JSON' }] };
  const unknown = new Map<string, Expression>();
  for (const change of listOf(member(root, 'resource_changes'))) {
    const after = member(member(change, 'change'), 'after_unknown');
    if (after !== undefined) unknown.set(textOf(member(change, 'address')), after);
  }
  const modules = [member(member(root, 'planned_values'), 'root_module')];
  for (const module of modules) {
    for (const resource of listOf(member(module, 'resources'))) {
      const block = blockOf(resource, unknown);
      if (block !== null && body.blocks.length < MOST_RESOURCES) body.blocks.push(block);
    }
    if (modules.length < MOST_RESOURCES) modules.push(...listOf(member(module, 'child_modules')));
  }
  return { body, troubles: [] };
}

function blockOf(resource: Expression, unknown: ReadonlyMap<string, Expression>): Block | null {
  const values = member(resource, 'values');
  const [type, address] = [textOf(member(resource, 'type')), textOf(member(resource, 'address'))];
  const mode = member(resource, 'mode');
  const at = member(resource, 'address');
  if (values?.kind !== 'object' || at === undefined || type === '') return null;
  const settings = new Map<string, Setting>();
  for (const { key, value } of values.entries) {
    const name = key.kind === 'literal' ? String(key.value) : '';
    settings.set(name, { name, at: { start: key.start, end: key.end }, value });
  }
  const later = unknown.get(address);
  if (later?.kind === 'object') {
    for (const { key, value } of later.entries) {
      const name = key.kind === 'literal' ? String(key.value) : '';
      if (value.kind !== 'literal' || value.value !== true) continue;
      const { start, end } = at;
      settings.set(name, { name, at: { start, end }, value: { kind: 'opaque', start, end } });
    }
  }
  const name = address.slice(address.indexOf(`${type}.`) + type.length + 1);
  const header = { start: at.start, end: at.end };
  const labels = [type, name].map((text) => ({ ...header, text }));
  const kind = textOf(mode) === 'data' ? 'data' : 'resource';
  return {
    type: kind,
    labels,
    header,
    open: -1,
    body: { settings, blocks: [] },
    start: resource.start,
    end: resource.end,
  };
}

function member(value: Expression | undefined, name: string): Expression | undefined {
  if (value?.kind !== 'object') return undefined;
  return value.entries.find(({ key }) => key.kind === 'literal' && key.value === name)?.value;
}

function listOf(value: Expression | undefined): readonly Expression[] {
  return value?.kind === 'list' ? value.items : [];
}

function textOf(value: Expression | undefined): string {
  return value?.kind === 'literal' && typeof value.value === 'string' ? value.value : '';
}
