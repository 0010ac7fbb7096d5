/**
 * YAML whose keys are names with dots, written nested, dotted or mixed: `xpack: { security: { enabled: false } }` is
 * `xpack.security.enabled`. Elasticsearch, OpenSearch and mongod flatten their files so, and so does this reader;
 * cassandra.yaml is read the same way. Mappings inside lists get an index: `seed_provider[0].class_name`.
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/settings.html
 *
 * `${NAME}` and `${NAME:default}` are environment variables there.
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading, SettingView } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { readYaml, type YamlNode } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';

export interface Setting {
  /** Flattened, e.g. `xpack.security.enabled`. */
  key: string;
  /** The value, or the values of a list. */
  values: string[];
  /** Of the value (the key when there is none). */
  span: Span;
  /** The value's characters inside its quotes; null for lists and for values that quoting changes. */
  inner: Span | null;
  /** Key to end of value. */
  entry: Span;
  /** The value holds a variable, so what it is cannot be told. */
  variable: boolean;
}

export interface SettingsDocument {
  settings: ReadonlyMap<string, Setting>;
  /** The tree as it is written: where a new setting goes. */
  root: YamlNode | null;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

/** Real files stay below 200 KB, most of it comments; a larger one is not worth its seconds of parsing. */
const MAX_LENGTH = 2_000_000;
/** Deep or shared (aliased) maps cannot make more settings than this. */
const MAX_SETTINGS = 10_000;

/** @param options.lists the program reads `a, b` as a list of two */
export function readSettings(source: Source, options: { lists: boolean }): Reading<SettingsDocument> {
  if (source.text.length > MAX_LENGTH) {
    const reason = `longer than ${MAX_LENGTH} characters`;
    const skip: Skip = { subject: source.path, code: 'YAML_LIMIT', reason, severity: 'incomplete' };
    return { document: { settings: new Map(), root: null, complete: false }, status: 'failed', skips: [skip] };
  }
  const { roots, problems } = readYaml(source.text);
  const skips: Skip[] = yamlSkips(source, problems);
  const root = roots[0] ?? null;
  const { settings, cut } = flatten(root, options.lists);
  if (cut) {
    const reason = `more than ${MAX_SETTINGS} settings`;
    skips.push({ subject: source.path, code: 'YAML_LIMIT', reason, severity: 'incomplete' });
  }
  const complete = skips.length === 0;
  const failed = !complete && settings.size === 0;
  return { document: { settings, root, complete }, status: failed ? 'failed' : complete ? 'read' : 'partial', skips };
}

function flatten(root: YamlNode | null, lists: boolean): { settings: Map<string, Setting>; cut: boolean } {
  const settings = new Map<string, Setting>();
  let room = MAX_SETTINGS;
  function visit(node: YamlNode | null, key: string, keySpan: Span): void {
    if (room <= 0) return;
    room -= 1;
    if (node?.kind === 'map' && node.entries.length > 0) {
      for (const entry of node.entries) visit(entry.value, key ? `${key}.${entry.key}` : entry.key, entry.keySpan);
    } else if (node?.kind === 'seq' && node.items.some(({ kind }) => kind !== 'scalar')) {
      for (const [index, item] of node.items.entries()) visit(item, `${key}[${index}]`, item.span);
    } else if (key !== '') {
      // Shared (aliased) lists and long texts are split again at each place.
      room -=
        node?.kind === 'seq' ? node.items.length : node?.kind === 'scalar' ? Math.floor(node.text.length / 1000) : 0;
      settings.set(key, settingOf(key, node, keySpan, lists));
    }
  }
  if (root) visit(root, '', { start: 0, end: 0 });
  return { settings, cut: room <= 0 };
}

function settingOf(key: string, node: YamlNode | null, keySpan: Span, lists: boolean): Setting {
  const scalars = node?.kind === 'seq' ? node.items : node?.kind === 'scalar' ? [node] : [];
  const values = scalars.flatMap((item) => {
    if (item.kind !== 'scalar' || item.isNull) return [];
    return lists ? listOf(item.text) : [item.text];
  });
  const span = node && node.span.end > node.span.start ? node.span : keySpan;
  return {
    key,
    values,
    span,
    inner: node?.kind === 'scalar' && !node.isNull ? node.inner : null,
    entry: { start: Math.min(keySpan.start, span.start), end: Math.max(keySpan.end, span.end) },
    variable: values.some((value) => value.includes('${')),
  };
}

/** The parts of `a, b`. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function* settingViews({ settings }: SettingsDocument): Generator<SettingView> {
  for (const { key, values, span } of settings.values()) {
    if (span.end > span.start) yield { pointer: key, values, span };
  }
}

/** Keys at the start of a line, nested ones by their own name: enough to tell whose file it is. */
export function topKeys(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, key = ''] of text.slice(0, 262_144).matchAll(/^([A-Za-z_][\w.-]{0,100})[ \t]*:(?=[ \t\r\n]|$)/gm)) {
    found.add(key);
    if (found.size >= 500) break;
  }
  return found;
}
