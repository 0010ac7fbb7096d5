/**
 * Values of a CloudFormation template, as far as they are known before it is deployed: parameters by their defaults,
 * mappings, conditions over these, and the intrinsic functions. What only the deployment knows is `undefined`;
 * `AWS::NoValue` (a property that is not set after all) is `null`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import type { Json } from '../../cloud/policy.ts';
import { child, entryOf, type MapNode, textOf, type YamlNode } from '../yaml/read.ts';

export interface Scope {
  parameters: YamlNode | null;
  mappings: YamlNode | null;
  conditions: YamlNode | null;
}

const MAX_DEPTH = 60;
/** Most nodes looked at for one value; aliases make small files large. */
const MAX_STEPS = 20_000;

/** Short forms of YAML; `!GetAtt a.b` is `{"Fn::GetAtt": …}`. */
function functionOf(node: YamlNode): { name: string; argument: YamlNode } | null {
  if (node.tag !== undefined) {
    const name = node.tag.slice(1);
    if (/^(?:Ref|Condition)$/.test(name)) return { name, argument: node };
    return /^[A-Z]\w+$/.test(name) ? { name: `Fn::${name}`, argument: node } : null;
  }
  if (node.kind !== 'map' || node.entries.length !== 1) return null;
  const [entry] = node.entries;
  if (!entry?.value || !/^(?:Ref|Condition|Fn::\w+)$/.test(entry.key)) return null;
  return { name: entry.key, argument: entry.value };
}

export interface Evaluator {
  value(node: YamlNode | null): Json;
  /** Whether a condition holds with the defaults of its parameters; undefined: not told. */
  holds(name: string): boolean | undefined;
}

export function evaluatorOf(scope: Scope): Evaluator {
  let steps = 0;

  function value(node: YamlNode | null, depth: number): Json {
    if (node === null) return null;
    steps += 1;
    if (depth > MAX_DEPTH || steps > MAX_STEPS) return undefined;
    const call = functionOf(node);
    if (call) return called(call.name, call.argument, depth + 1);
    if (node.kind === 'scalar') return node.isNull ? null : scalar(node.text);
    if (node.kind === 'seq') return node.items.map((item) => value(item, depth + 1)).filter((item) => item !== null);
    const result: Record<string, Json> = {};
    for (const { key, value: below } of node.entries) {
      const known = value(below, depth + 1);
      if (known !== null && key !== '__proto__') result[key] = known;
    }
    return result;
  }

  /** Arguments of a short form stand in the tagged node itself: it is looked at without its tag. */
  function argumentsOf(node: YamlNode): readonly YamlNode[] {
    return node.kind === 'seq' ? node.items : [node];
  }

  function called(name: string, argument: YamlNode, depth: number): Json {
    switch (name) {
      case 'Ref':
        return reference(textOf(argument) ?? '', depth);
      case 'Fn::Sub':
        return substituted(argument, depth);
      case 'Fn::If': {
        const [condition, yes, no] = argumentsOf(argument);
        const holding = holds(textOf(condition) ?? '', depth);
        if (holding !== undefined) return value((holding ? yes : no) ?? null, depth);
        const both = [value(yes ?? null, depth), value(no ?? null, depth)];
        return JSON.stringify(both[0]) === JSON.stringify(both[1]) ? both[0] : undefined;
      }
      case 'Fn::FindInMap': {
        const keys = argumentsOf(argument)
          .slice(0, 3)
          .map((item) => value(item, depth));
        let found = scope.mappings;
        for (const key of keys) found = typeof key === 'string' ? child(found, key) : null;
        return found === null ? undefined : value(found, depth);
      }
      case 'Fn::Join': {
        const [separator, list] = argumentsOf(argument);
        const items = value(list ?? null, depth);
        if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) return undefined;
        return items.join(textOf(separator) ?? '').slice(0, 100_000);
      }
      case 'Fn::Select': {
        const [index, list] = argumentsOf(argument);
        const items = value(list ?? null, depth);
        return Array.isArray(items) ? (items as readonly Json[])[Number(textOf(index))] : undefined;
      }
      default:
        return undefined;
    }
  }

  function reference(name: string, depth: number): Json {
    if (name === 'AWS::NoValue') return null;
    if (name === 'AWS::Partition') return 'aws';
    const fallback = entryOf(child(scope.parameters, name), 'Default');
    return fallback ? value(fallback.value, depth + 1) : undefined;
  }

  function substituted(argument: YamlNode, depth: number): Json {
    const text = textOf(argument.kind === 'seq' ? (argument.items[0] ?? null) : argument);
    if (text === null) return undefined;
    let known = true;
    const result = text.slice(0, 100_000).replace(/\$\{([^}]*)\}/g, (_all, name: string) => {
      const found = name.startsWith('!') ? `\${${name.slice(1)}}` : reference(name.trim(), depth);
      if (typeof found !== 'string' && typeof found !== 'number') known = false;
      return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
    });
    return known ? result : undefined;
  }

  function holds(name: string, depth: number): boolean | undefined {
    const condition = child(scope.conditions, name);
    return condition === null || depth > MAX_DEPTH ? undefined : test(condition, depth + 1);
  }

  function test(node: YamlNode, depth: number): boolean | undefined {
    steps += 1;
    const call = functionOf(node);
    if (!call || depth > MAX_DEPTH || steps > MAX_STEPS) return undefined;
    const list = argumentsOf(call.argument);
    switch (call.name) {
      case 'Condition':
        return holds(textOf(call.argument) ?? '', depth);
      case 'Fn::Equals': {
        const [left, right] = list.map((item) => value(item, depth));
        return left === undefined || right === undefined ? undefined : String(left) === String(right);
      }
      case 'Fn::Not': {
        const inner = list[0] ? test(list[0], depth) : undefined;
        return inner === undefined ? undefined : !inner;
      }
      case 'Fn::And':
      case 'Fn::Or': {
        const results = list.slice(0, 20).map((item) => test(item, depth));
        const decides = call.name === 'Fn::Or';
        if (results.includes(decides)) return decides;
        return results.includes(undefined) ? undefined : !decides;
      }
      default:
        return undefined;
    }
  }

  return {
    value(node) {
      steps = 0;
      return value(node, 0);
    },
    holds(name) {
      steps = 0;
      return holds(name, 0);
    },
  };
}

function scalar(text: string): Json {
  if (text === 'true' || text === 'True') return true;
  if (text === 'false' || text === 'False') return false;
  return text;
}

/** The name in `!Ref Name`, `!GetAtt Name.Attribute`; null for anything else. */
export function referredTo(node: YamlNode | null): string | null {
  const call = node === null ? null : functionOf(node);
  if (!call || !/^(?:Ref|Fn::GetAtt)$/.test(call.name)) return null;
  const first = call.argument.kind === 'seq' ? (call.argument.items[0] ?? null) : call.argument;
  return textOf(first)?.split('.', 1)[0] ?? null;
}

/** A mapping without its function: what `Properties` and its parts are. */
export function asMap(node: YamlNode | null): MapNode | null {
  return node?.kind === 'map' && functionOf(node) === null ? node : null;
}
