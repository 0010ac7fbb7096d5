/**
 * elasticsearch.yml: YAML whose keys may be written nested, dotted or mixed; Elasticsearch flattens them, and so does
 * this reader: `xpack: { security: { enabled: false } }` is `xpack.security.enabled`.
 * https://www.elastic.co/guide/en/elasticsearch/reference/current/settings.html
 *
 * `${NAME}` and `${NAME:default}` are environment variables there.
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format } from '../../model.ts';
import type { Span } from '../../source.ts';
import { readYaml, type YamlNode } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';

export interface Setting {
  /** Flattened, e.g. `xpack.security.enabled`. */
  key: string;
  /** The value, or the values of a list. */
  values: string[];
  /** Of the value (the key when there is none). */
  span: Span;
  /** Of the value's characters inside its quotes; null for lists and for values that quoting changes. */
  inner: Span | null;
  /** Key to end of value. */
  entry: Span;
  /** The value holds a variable, so what it is cannot be told. */
  variable: boolean;
}

export interface SettingsDocument {
  settings: ReadonlyMap<string, Setting>;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

/** Deep or shared (aliased) maps cannot make more settings than this. */
const MAX_SETTINGS = 10_000;

const STRONG =
  /^(?:xpack\.(?:security|ml|monitoring)\b.*|xpack|cluster\.initial_master_nodes|discovery\.(?:type|seed_hosts|zen\..*)):/m;
const WEAK = [
  'cluster.name',
  'node.name',
  'network.host',
  'http.port',
  'path.data',
  'path.logs',
  'bootstrap.memory_lock',
  'discovery.type',
  'transport.host',
  'http.host',
  'node.roles',
  'http.cors.enabled',
];
/** Other Elastic programs and OpenSearch share some of the keys. */
const OTHER =
  /^(?:server\.|elasticsearch[.:]|opensearch|plugins\.security|filebeat|metricbeat|output\.|input|logging\.|services:|apiVersion:|kind:)/m;

export const elasticsearchFormat: Format<'elasticsearch.yml'> = {
  name: 'elasticsearch.yml',
  title: 'Elasticsearch (elasticsearch.yml)',
  settings: () => [],
  recognises(path, text) {
    if (/^elasticsearch[\w.-]*\.ya?ml(?:\.\w+)?$/i.test(basename(path))) return !OTHER.test(text);
    if (!/\.ya?ml(?:\.\w+)?$/i.test(path) || OTHER.test(text)) return false;
    const weak = WEAK.filter((key) => new RegExp(`^${key.replaceAll('.', '\\.')}[ \\t]*:`, 'm').test(text)).length;
    return weak >= 2 || (weak >= 1 && STRONG.test(text)) || /^xpack\.security\.enabled[ \t]*:/m.test(text);
  },
  read(source) {
    const { roots, problems } = readYaml(source.text);
    const skips: Skip[] = yamlSkips(source, problems);
    const settings = new Map<string, Setting>();
    const root = roots[0];
    let room = MAX_SETTINGS;
    function flatten(node: YamlNode | null, key: string, keySpan: Span): void {
      if (room <= 0) return;
      if (node?.kind === 'map') {
        room -= 1;
        for (const entry of node.entries) flatten(entry.value, key ? `${key}.${entry.key}` : entry.key, entry.keySpan);
        return;
      }
      if (key === '') return;
      room -= 1;
      settings.set(key, settingOf(key, node, keySpan));
    }
    if (root) flatten(root, '', { start: 0, end: 0 });
    if (room <= 0) {
      const reason = `more than ${MAX_SETTINGS} settings`;
      skips.push({ subject: source.path, code: 'YAML_LIMIT', reason, severity: 'incomplete' });
    }
    const complete = skips.length === 0;
    const failed = !complete && settings.size === 0;
    return { document: { settings, complete }, status: failed ? 'failed' : complete ? 'read' : 'partial', skips };
  },
};

function settingOf(key: string, node: YamlNode | null, keySpan: Span): Setting {
  const scalars = node?.kind === 'seq' ? node.items : node ? [node] : [];
  const values = scalars.flatMap((item) => (item.kind === 'scalar' && !item.isNull ? splitList(item.text) : []));
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

/** Elasticsearch reads `a, b` as a list too. */
function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
