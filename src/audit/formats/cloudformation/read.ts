/**
 * CloudFormation templates, YAML (with `!Ref` and the other short forms) or JSON, and those of the Serverless Application
 * Model. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 *
 * JSON is read as YAML, of which it is a part; tabs between its tokens are blanks there.
 */
import { basename } from 'node:path/posix';
import type { Json } from '../../cloud/policy.ts';
import type { Format } from '../../model.ts';
import type { Span } from '../../source.ts';
import { child, type Entry, entryOf, readYaml, textOf, type YamlNode } from '../yaml/read.ts';
import { settingsBelow } from '../yaml/settings.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { asMap, type Evaluator, evaluatorOf } from './evaluate.ts';
import { cloudformationFacts } from './facts.ts';

export interface Property {
  /** Undefined: known at deployment only. Null: not set. */
  value: Json;
  /** What is written; null where nothing is. */
  entry: Entry | null;
  /** Of the value, or of the resource's name where nothing is written. */
  span: Span;
}

export interface Resource {
  id: string;
  idSpan: Span;
  type: string;
  node: YamlNode;
  /** A property by its path: `DomainEndpointOptions.EnforceHTTPS`. */
  property(path: string): Property;
  /** What is written, before it is evaluated. */
  written(path: string): YamlNode | null;
}

export interface CloudformationDocument {
  resources: readonly Resource[];
  roots: readonly YamlNode[];
  parameters: YamlNode | null;
  evaluate: Evaluator;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const LOOKED_AT = 262_144;
const MAX_RESOURCES = 2_000;
const MAX_SETTINGS = 20_000;

export const cloudformationFormat: Format<'cloudformation'> = {
  name: 'cloudformation',
  title: 'AWS CloudFormation',
  recognises(path, text) {
    if (/\.(?:tf|hcl|sh|tfstate|toml|ini|xml|md)$/i.test(path) || /^(?:package|tsconfig)/.test(basename(path)))
      return false;
    const head = text.slice(0, LOOKED_AT);
    if (!/AWS::[A-Z]\w+::/.test(head)) return false;
    if (/^\s*\{/.test(head.slice(0, 400))) return /"Resources"\s*:\s*\{/.test(head) && /"Type"\s*:\s*"AWS::/.test(head);
    return (
      /^Resources[ \t]*:[ \t]*(?:#.*)?\r?$/m.test(head) && /^[ \t]+["']?Type["']?[ \t]*:[ \t]*["']?AWS::/m.test(head)
    );
  },
  read(source) {
    const json = /^\ufeff?\s*\{/.test(source.text.slice(0, 400));
    const text = json ? source.text.replaceAll('\t', ' ') : source.text;
    const { roots, problems } = readYaml(text.includes('Resources') ? text : '');
    const skips = yamlSkips(source, problems);
    const root = roots[0] ?? null;
    const evaluate = evaluatorOf({
      parameters: child(root, 'Parameters'),
      mappings: child(root, 'Mappings'),
      conditions: child(root, 'Conditions'),
    });
    const resources: Resource[] = [];
    const map = child(root, 'Resources');
    for (const { key, keySpan, value } of map?.kind === 'map' ? map.entries : []) {
      const type = textOf(child(value, 'Type'));
      if (value?.kind !== 'map' || type === null) continue;
      if (resources.length >= MAX_RESOURCES) {
        const reason = `more than ${MAX_RESOURCES} resources`;
        skips.push({ subject: source.path, code: 'INPUT_LIMIT', reason, severity: 'incomplete' });
        break;
      }
      // What is not made with the defaults of the parameters is somebody else's decision.
      if (evaluate.holds(textOf(child(value, 'Condition')) ?? '') === false) continue;
      resources.push(resourceOf(key, keySpan, type, value, evaluate));
    }
    const complete = skips.length === 0;
    const document = {
      resources,
      roots: root ? [root] : [],
      parameters: child(root, 'Parameters'),
      evaluate,
      complete,
    };
    return { document, status: complete ? 'read' : resources.length > 0 ? 'partial' : 'failed', skips };
  },
  *settings({ roots }) {
    let room = MAX_SETTINGS;
    for (const root of roots) {
      for (const setting of settingsBelow(root, '')) {
        if (room-- <= 0) return;
        yield setting;
      }
    }
  },
  facts: cloudformationFacts,
};

function resourceOf(id: string, idSpan: Span, type: string, node: YamlNode, evaluate: Evaluator): Resource {
  const properties = child(node, 'Properties');
  return {
    id,
    idSpan,
    type,
    node,
    written(path) {
      let current: YamlNode | null = properties;
      for (const key of path.split('.')) current = asMap(current) ? child(current, key) : null;
      return current;
    },
    property(path) {
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      let current: YamlNode | null = properties;
      let at: Entry | null = null;
      for (const key of keys) {
        // A part that is a function (`!If`) is evaluated whole.
        if (current && !asMap(current))
          return fromValue(evaluate.value(current), keys.slice(keys.indexOf(key)).concat(last), at, idSpan);
        at = entryOf(current, key) ?? at;
        current = child(current, key);
      }
      if (current && !asMap(current)) return fromValue(evaluate.value(current), [last], at, idSpan);
      const entry = entryOf(current, last) ?? null;
      const value = entry === null ? null : evaluate.value(entry.value);
      return { value, entry, span: entry ? spanOf(entry) : idSpan };
    },
  };
}

function spanOf({ value, keySpan }: Entry): Span {
  return value && value.span.end > value.span.start ? value.span : keySpan;
}

/** The rest of a path inside a value that a function made. */
function fromValue(value: Json, path: readonly string[], entry: Entry | null, idSpan: Span): Property {
  let current = value;
  for (const key of path) {
    if (current === undefined || current === null) break;
    const record = current;
    current =
      typeof record === 'object' && !Array.isArray(record) ? ((record as Record<string, Json>)[key] ?? null) : null;
  }
  return { value: current, entry, span: entry ? spanOf(entry) : idSpan };
}
