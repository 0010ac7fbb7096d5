/**
 * values.yaml of Helm charts of stores: of the chart itself, or under its name (or alias) in the values of a chart that
 * depends on it. The chart is told by `Chart.yaml` beside it, by its image, or by keys that only it has.
 * https://helm.sh/docs/chart_template_guide/values_files/, https://helm.sh/docs/topics/charts/#chart-dependencies
 *
 * Only charts of the table in `charts.ts` are read; values of others say what only their templates know.
 */
import { basename, dirname } from 'node:path/posix';
import type { EmbeddedText, Format, Siblings } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { offsetsOf } from '../yaml/offsets.ts';
import { child, type Entry, entryOf, type MapNode, readYaml, textOf, type YamlNode } from '../yaml/read.ts';
import { settingsBelow } from '../yaml/settings.ts';
import { yamlSkips } from '../yaml/skips.ts';
import { CHARTS, type Chart } from './charts.ts';

export interface ChartValues {
  chart: Chart;
  /** Its values. */
  node: MapNode;
  /** `redis.` where they stand below a key. */
  prefix: string;
  /** Of the key, or of the first one. */
  span: Span;
  /** Version of the chart, where `Chart.yaml` says it. */
  version: string | null;
  /** Chart.yaml or the image says what it is; without them its keys do. */
  certain: boolean;
}

export interface HelmValuesDocument {
  charts: readonly ChartValues[];
  roots: readonly YamlNode[];
  /** The file. */
  text: string;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const LOOKED_AT = 262_144;
const MAX_SETTINGS = 20_000;
const NAMES = [...new Set(CHARTS.flatMap(({ names }) => names))];
/** A file of values: `values.yaml`, `values-prod.yaml`, `redis-values.yml`, `prod.values.yaml`. */
const NAMED = /^(?:[\w.-]*[-_.])?values(?:[-_.][\w.-]*)?\.ya?ml$/i;
const OF_CHART = new RegExp(`^(?:${NAMES.join('|')}):[ \\t]*(?:#.*)?\\r?$`, 'm');
const OF_IMAGE = new RegExp(
  `^[ \\t]+repository:[ \\t]*["']?(?:[\\w.-]+/)?bitnami(?:legacy|secure)?/(?:${NAMES.join('|')})["']?[ \\t]*\\r?$`,
  'm',
);
const AT_ROOT = CHARTS.map(({ marks, least }) => ({
  marks: marks.map((mark) => new RegExp(`^${mark}:`, 'm')),
  least,
}));

export const helmValuesFormat: Format<'helm-values'> = {
  name: 'helm-values',
  title: 'values of known Helm charts',
  recognises(path, text) {
    if (!NAMED.test(basename(path))) return false;
    const head = text.slice(0, LOOKED_AT);
    if (/^(?:apiVersion|services):/m.test(head) && /^(?:kind|services):/m.test(head)) return false;
    return isAboutKnownChart(head);
  },
  read(source, siblings) {
    if (!isAboutKnownChart(source.text.slice(0, LOOKED_AT))) {
      return { document: { charts: [], roots: [], text: source.text, complete: true }, status: 'read', skips: [] };
    }
    const { roots, problems } = readYaml(source.text);
    const skips = yamlSkips(source, problems);
    const root = roots[0];
    const charts = root?.kind === 'map' ? chartsOf(root, source, siblings) : [];
    const complete = skips.length === 0;
    const status = complete ? 'read' : roots.length > 0 ? 'partial' : 'failed';
    return { document: { charts, roots: root ? [root] : [], text: source.text, complete }, status, skips };
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
  *embedded({ charts, text }): Generator<EmbeddedText> {
    for (const { chart, node, prefix } of charts) {
      for (const [path, name] of chart.files) {
        const value = valueAt(node, path);
        if (value?.kind !== 'scalar' || value.isNull || value.text.trim() === '') continue;
        const folder = `${prefix}${path}`.replace(/[^\w.-]/g, '-');
        yield { name: `${folder}/${name}`, text: value.text, at: offsetsOf(value, text) };
      }
    }
  },
};

/** Cheap: it runs on every file of values. */
function isAboutKnownChart(head: string): boolean {
  if (OF_CHART.test(head) || OF_IMAGE.test(head)) return true;
  return AT_ROOT.some(({ marks, least }) => marks.filter((mark) => mark.test(head)).length >= least);
}

function chartsOf(root: MapNode, source: Source, siblings: Siblings): ChartValues[] {
  const declared = chartBeside(source, siblings);
  const first = root.entries[0]?.keySpan ?? root.span;
  const found: ChartValues[] = [];
  const own = declared?.name ?? null;
  const asRoot = known(root, own, true) ?? knownByImage(root) ?? knownByMarks(root);
  if (asRoot && (own === null || asRoot.names.includes(own) || declared?.dependencies.length === 0)) {
    const certain = own !== null ? asRoot.names.includes(own) : knownByImage(root) !== null;
    found.push({ chart: asRoot, node: root, prefix: '', span: first, version: declared?.version ?? null, certain });
  }
  // What stands below the keys of a known chart is its own.
  const rootKnown = found.length > 0;
  for (const { key, keySpan, value } of root.entries) {
    if (value?.kind !== 'map') continue;
    const dependency = declared?.dependencies.find(({ alias, name }) => (alias ?? name) === key);
    const chart = dependency
      ? known(value, dependency.name, dependency.bitnami)
      : rootKnown
        ? null
        : knownBelow(key, value);
    if (!chart) continue;
    // `enabled: false` is the condition by which the dependency is left out.
    if (textOf(child(value, 'enabled')) === 'false') continue;
    const certain = dependency ? dependency.bitnami || chart.publisher !== 'bitnami' : knownByImage(value) !== null;
    found.push({ chart, node: value, prefix: `${key}.`, span: keySpan, version: dependency?.version ?? null, certain });
  }
  return found;
}

interface Dependency {
  name: string;
  alias: string | null;
  version: string | null;
  bitnami: boolean;
}

function chartBeside(
  source: Source,
  siblings: Siblings,
): { name: string | null; version: string | null; dependencies: Dependency[] } | null {
  const folder = dirname(source.path);
  const near = (file: string): string | null => siblings.text(folder === '.' ? file : `${folder}/${file}`);
  const text = near('Chart.yaml');
  if (text === null || text.length > LOOKED_AT) return null;
  const root = readYaml(text).roots[0];
  const older = near('requirements.yaml');
  const listed =
    child(root, 'dependencies') ??
    (older === null ? null : child(readYaml(older.slice(0, LOOKED_AT)).roots[0], 'dependencies'));
  const dependencies = (listed?.kind === 'seq' ? listed.items.slice(0, 200) : []).flatMap((item): Dependency[] => {
    const name = textOf(child(item, 'name'));
    const repository = textOf(child(item, 'repository')) ?? '';
    if (name === null) return [];
    return [
      {
        name,
        alias: textOf(child(item, 'alias')),
        version: textOf(child(item, 'version')),
        bitnami: /bitnami/i.test(repository),
      },
    ];
  });
  return { name: textOf(child(root, 'name')), version: textOf(child(root, 'version')), dependencies };
}

/** The chart of a name; of several publishers the one whose keys are there. */
function known(node: MapNode, name: string | null, bitnami: boolean): Chart | null {
  if (name === null) return null;
  const named = CHARTS.filter(({ names }) => names.includes(name));
  const marked = named.map((chart) => ({ chart, marks: marksOf(node, chart) })).sort((a, b) => b.marks - a.marks);
  if (named.length < 2) return named[0] ?? null;
  const best = marked[0];
  if (best && best.marks >= best.chart.least) return best.chart;
  return bitnami ? (named.find(({ publisher }) => publisher === 'bitnami') ?? null) : null;
}

function knownByImage(node: YamlNode): Chart | null {
  const image = child(node, 'image');
  const repository = textOf(child(image, 'repository')) ?? '';
  const name = /(?:^|\/)bitnami(?:legacy|secure)?\/([\w-]+)$/.exec(repository)?.[1];
  if (name === undefined) return null;
  const engine = name.replace(/-repmgr$/, '');
  return CHARTS.find(({ names, publisher }) => publisher === 'bitnami' && names.includes(engine)) ?? null;
}

function marksOf(node: YamlNode, { marks }: Chart): number {
  return marks.filter((mark) => entryOf(node, mark) !== undefined).length;
}

function knownByMarks(node: YamlNode): Chart | null {
  return CHARTS.find((chart) => marksOf(node, chart) >= chart.least) ?? null;
}

/** A key that is called as a chart, with something below it that only such charts have. */
function knownBelow(key: string, node: MapNode): Chart | null {
  const named = CHARTS.filter(({ names }) => names.includes(key));
  const byMarks = named.find((chart) => marksOf(node, chart) >= Math.min(2, chart.least));
  if (byMarks) return byMarks;
  const image = knownByImage(node);
  if (image) return image;
  const typical = ['auth', 'architecture', 'primary', 'master', 'security', 'usePassword'];
  const bitnami = named.find(({ publisher }) => publisher === 'bitnami');
  return bitnami &&
    typical.some(
      (name) =>
        child(node, name)?.kind === 'map' || (/^(?:architecture|usePassword)$/.test(name) && entryOf(node, name)),
    )
    ? bitnami
    : null;
}

/** The entry at a dotted path; a key with a dot in it stands in `["…"]`. */
export function entryAt(node: YamlNode | null, path: string): Entry | undefined {
  const keys = [...path.matchAll(/\["([^"]+)"\]|([^.[\]]+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const last = keys.pop() ?? '';
  let current = node;
  for (const key of keys) current = child(current, key);
  return entryOf(current, last);
}

export function valueAt(node: YamlNode | null, path: string): YamlNode | null {
  return entryAt(node, path)?.value ?? null;
}
