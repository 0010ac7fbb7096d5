/**
 * Security groups in Terraform: `terraform show -json` of a plan or a state, or the source.
 *
 *   plan:  { format_version, planned_values: { root_module: MODULE }, configuration: … }
 *   state: { format_version, values: { root_module: MODULE } }
 *   MODULE: { resources: [ { address, mode, type, name, values } ], child_modules: [ MODULE ] }
 *
 * Source: Terraform, "JSON Output Format".
 */
import type { Place } from '../../model.ts';
import { isMap, type Json, type JsonMap, listOf, mapOf, parseJson, textOf } from '../json.ts';
import { emptyReadout, MOST_ENTRIES, type Readout, shownName, skipped } from '../readout.ts';
import { awsGroups } from './aws.ts';
import { azureGroups } from './azure.ts';
import { gcpGroups } from './gcp.ts';
import { HclError, parseHcl } from './hcl.ts';
import { type Resource, Unknown, type Value, type Values } from './model.ts';

const TYPES: ReadonlySet<string> = new Set([
  'aws_security_group',
  'aws_default_security_group',
  'aws_security_group_rule',
  'aws_vpc_security_group_ingress_rule',
  'google_compute_firewall',
  'azurerm_network_security_group',
  'azurerm_network_security_rule',
]);

export function isTerraformJson(value: Json): boolean {
  return isMap(value) && value.format_version !== undefined && (isMap(value.planned_values) || isMap(value.values));
}

export function isHcl(text: string): boolean {
  return /^\s*(?:resource\s+"\w+"\s+"[^"]+"|terraform|provider\s+"\w+"|variable\s+"[^"]+"|locals|data\s+"\w+"\s+"[^"]+"|module\s+"[^"]+")\s*\{/m.test(
    text,
  );
}

export function readTerraformJson(path: string, text: string): Readout {
  const root = mapOf(parseJson(text, -1)?.value);
  const values = mapOf(isMap(root.planned_values) ? root.planned_values : root.values);
  const references = referencesOf(mapOf(mapOf(root.configuration).root_module), '');
  const resources: Resource[] = [];
  collect(mapOf(values.root_module), path, text, references, resources, 0);
  return readoutOf(path, resources);
}

function collect(
  module: JsonMap,
  path: string,
  text: string,
  references: ReadonlyMap<string, Values>,
  into: Resource[],
  depth: number,
): void {
  for (const entry of listOf(module.resources)) {
    const { address, type, name, values, mode } = mapOf(entry);
    if (typeof type !== 'string' || !TYPES.has(type) || mode === 'data' || into.length >= MOST_ENTRIES) continue;
    const full = shownName(textOf(address) ?? `${type}.${textOf(name) ?? ''}`);
    const place: Place = { path, line: lineOf(text, `"address": ${JSON.stringify(address)}`, address), entry: full };
    const known = mapOf(values) as Values;
    // What the plan does not know yet, its configuration refers to.
    const referred = references.get(full.replace(/\[[^\]]*\]/g, '')) ?? {};
    into.push({
      address: full,
      type,
      name: shownName(textOf(name) ?? ''),
      values: { ...referred, ...withoutNull(known) },
      place,
    });
  }
  if (depth < 20)
    for (const child of listOf(module.child_modules)) collect(mapOf(child), path, text, references, into, depth + 1);
}

function withoutNull(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function lineOf(text: string, spaced: string, address: Json | undefined): number {
  const found = text.indexOf(spaced);
  const at = found >= 0 ? found : text.indexOf(`"address":${JSON.stringify(address)}`);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

/** `security_group_id` of a rule in the plan's configuration: `{ references: ["aws_security_group.db.id", …] }`. */
function referencesOf(module: JsonMap, prefix: string, depth = 0): Map<string, Values> {
  const found = new Map<string, Values>();
  for (const entry of listOf(module.resources)) {
    const { address, expressions } = mapOf(entry);
    const values: Record<string, Value> = {};
    for (const [name, expression] of Object.entries(mapOf(expressions))) {
      const [first] = listOf(mapOf(expression).references);
      if (typeof first === 'string') values[name] = new Unknown(`${prefix}${first}`);
    }
    found.set(`${prefix}${textOf(address) ?? ''}`, values);
  }
  if (depth < 20) {
    for (const [name, call] of Object.entries(mapOf(module.module_calls))) {
      const inner = referencesOf(mapOf(mapOf(call).module), `${prefix}module.${name}.`, depth + 1);
      for (const [address, values] of inner) found.set(address, values);
    }
  }
  return found;
}

export function readHcl(path: string, text: string): Readout {
  const resources: Resource[] = [];
  const readout = emptyReadout();
  try {
    for (const { type, labels, values, line } of parseHcl(text)) {
      const [kind = '', name = ''] = labels;
      if (type === 'module') {
        const reason = `module "${shownName(kind)}" is not followed; hand over \`terraform show -json\` of the plan`;
        readout.skips.push(skipped(path, 'FIREWALL_MODULE', reason, 'note'));
      }
      if (type !== 'resource' || !TYPES.has(kind) || values.count === 0) continue;
      const address = `${kind}.${shownName(name)}`;
      resources.push({ address, type: kind, name: shownName(name), values, place: { path, line, entry: address } });
    }
  } catch (error) {
    if (!(error instanceof HclError)) throw error;
    const reason = `line ${error.line}: ${error.message}; nothing of the file was read`;
    readout.skips.push(skipped(path, 'FIREWALL_BAD_HCL', reason));
    return readout;
  }
  const read = readoutOf(path, resources);
  return { ...read, skips: [...readout.skips, ...read.skips] };
}

function readoutOf(path: string, resources: readonly Resource[]): Readout {
  const result = emptyReadout();
  result.groups.push(...awsGroups(resources), ...gcpGroups(resources), ...azureGroups(resources));
  for (const { address, values } of resources) {
    if (values.dynamic === undefined) continue;
    const reason = `${address} makes rules with \`dynamic\`, which only a plan knows; hand over \`terraform show -json\``;
    result.skips.push(skipped(path, 'FIREWALL_COMPUTED_RULES', reason));
  }
  return result;
}
