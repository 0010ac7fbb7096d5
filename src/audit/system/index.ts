/** Reads a tree as one system: which store stands where, who gets to it, with what password, holding what. */
import { assetId } from '../../core/asset.ts';
import type { Exposure, ExposureLink, LoginState, Reach } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import { SEVERITIES, type Severity, worst } from '../../core/severity.ts';
import { serviceTitle } from '../../core/words.ts';
import type { Corpus } from '../corpus.ts';
import type { DatasetFact, DoorFact } from '../facts.ts';
import type { ReadFile, RuleContext } from '../model.ts';
import { topicOf } from '../rules/topics.ts';
import { TREE_RULES } from '../rules/tree/index.ts';
import { fileOf } from '../source.ts';
import { gatherFacts, type Told } from './gather.ts';
import { withReach } from './reach.ts';
import { type JoinedStore, joinStores } from './stores.ts';
import { evidenceOf, findingsOf } from './tree-rule.ts';
import { type Step, type Way, waysTo } from './ways.ts';

export interface SystemView {
  exposures: Exposure[];
  /** The rules' findings with their reach, and those of the rules about the whole tree. */
  findings: Finding[];
}

/** More data sets than this of one store are the same story again. */
const MOST_DATASETS = 200;

/** @param findings of the rules about single files */
export function readSystem(
  corpus: Corpus,
  contextOf: (file: ReadFile) => RuleContext,
  findings: readonly Finding[],
): SystemView {
  const facts = gatherFacts(corpus, contextOf);
  const stores = joinStores(corpus, facts);
  const all = joined(
    findings,
    TREE_RULES.flatMap((rule) => findingsOf(rule, { stores, facts })),
  );
  const told: ByStore = {
    doors: facts.doors,
    findings: listsOf(all.map((finding) => [finding.asset, finding])),
    datasets: listsOf(facts.datasets.map((one, order) => [one.fact.store, { fact: one.fact, order }])),
  };
  const outer = outerPaths(corpus);
  const exposures = stores.map((store) => inRealFiles(exposureOf(store, told), outer)).sort(bySeverity);
  return { exposures, findings: withReach(all, exposures) };
}

/** Where texts that stand inside other files (a key of a ConfigMap) really stand. */
function outerPaths(corpus: Corpus): ReadonlyMap<string, string> {
  const files: readonly ReadFile[] = Object.values(corpus.files).flat();
  return new Map(
    files.flatMap(({ source }) => (source.within ? [[source.path, source.within.source.path] as const] : [])),
  );
}

/** Lines are those of the real file already. */
function inRealFiles(exposure: Exposure, outer: ReadonlyMap<string, string>): Exposure {
  if (outer.size === 0) return exposure;
  const real = (path: string): string => outer.get(path) ?? path;
  const links = exposure.links.map((link) => ({
    ...link,
    evidence: link.evidence.map((one) =>
      one.kind === 'file' || one.kind === 'setting' ? { ...one, path: real(one.path) } : one,
    ),
  }));
  return { ...exposure, file: real(exposure.file), links };
}

/** A published port that passes a firewall is one fact: what its own file says of it goes into the finding of the whole. */
function joined(own: readonly Finding[], whole: readonly Finding[]): Finding[] {
  const settingOf = ({ asset, rule, evidence: [first] }: Finding): string | null =>
    first.kind === 'setting' && topicOf(rule) === 'network-exposure'
      ? JSON.stringify([asset, first.path, first.pointer])
      : null;
  const twins = new Map(own.flatMap((finding) => [[settingOf(finding), finding] as const]));
  const merged = new Set<Finding>();
  const told = whole.map((finding): Finding => {
    const key = settingOf(finding);
    const twin = key === null ? undefined : twins.get(key);
    if (twin === undefined) return finding;
    merged.add(twin);
    const severity = worst([finding.severity, twin.severity]);
    return { ...finding, severity, ...(twin.patches && { patches: twin.patches }) };
  });
  return [...own.filter((finding) => !merged.has(finding)), ...told];
}

/** What is known, by the store that it is about: a tree has thousands of both. */
interface ByStore {
  doors: readonly Told<DoorFact>[];
  findings: ReadonlyMap<string, readonly Finding[]>;
  datasets: ReadonlyMap<string, readonly { fact: DatasetFact; order: number }[]>;
}

function listsOf<V>(pairs: readonly (readonly [string, V])[]): Map<string, V[]> {
  const lists = new Map<string, V[]>();
  for (const [key, value] of pairs) {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [value]);
    else list.push(value);
  }
  return lists;
}

function exposureOf(store: JoinedStore, told: ByStore): Exposure {
  const { fact } = store;
  const { ways, unknowns } = waysTo(store, told.doors);
  const reach = reachOf(ways);
  const about = findingsAbout(store, told.findings);
  const way = telling(ways);
  const severity = severityOf(reach, fact.login.state);
  const title = titleOf(store);
  const steps = [...way.steps, loginStep(store)];
  return {
    id: fingerprint('exposure', fact.asset),
    store: fact.asset,
    file: fileOf(fact.place.source).path,
    line: fact.place.source.position(fact.place.span.start).line,
    name: fact.name,
    service: fact.engine,
    version: fact.version,
    reach,
    login: fact.login.state,
    severity,
    headline: `${title}: ${steps.map(({ text }) => text).join(' → ')}`,
    links: steps.map(linkOf),
    datasets: datasetsOf(store, told.datasets),
    findings: about.map((finding) => finding.fingerprint).sort(),
    unknowns: [
      ...unknowns,
      ...(reach === 'unknown' ? way.steps.filter(({ state }) => state === 'unknown').map(({ text }) => text) : []),
      ...(fact.login.state === 'unknown' ? [fact.login.text] : []),
    ],
  };
}

function reachOf(ways: readonly Way[]): Reach {
  if (ways.some(({ state }) => state === 'open')) return 'reachable';
  return ways.some(({ state }) => state === 'unknown') ? 'unknown' : 'not-reachable';
}

/** The way that decides: an open one first. */
function telling(ways: readonly Way[]): Way {
  const order = ['open', 'unknown', 'closed'] as const;
  const [first] = order.flatMap((state) => ways.filter((way) => way.state === state));
  return first ?? { state: 'unknown', steps: [] };
}

function loginStep({ fact }: JoinedStore): Step {
  const state = fact.login.state === 'off' ? 'open' : fact.login.state === 'on' ? 'closed' : 'unknown';
  return { text: fact.login.text, state, place: fact.login.place ?? fact.place };
}

/** How bad it is, by who gets there and what they are asked. */
function severityOf(reach: Reach, login: LoginState): Severity {
  const table: Record<LoginState, Record<Reach, Severity>> = {
    off: { reachable: 'critical', unknown: 'high', 'not-reachable': 'medium' },
    weak: { reachable: 'critical', unknown: 'high', 'not-reachable': 'low' },
    unknown: { reachable: 'high', unknown: 'low', 'not-reachable': 'info' },
    on: { reachable: 'medium', unknown: 'info', 'not-reachable': 'info' },
  };
  return table[login][reach];
}

function titleOf({ fact }: JoinedStore): string {
  const own = fact.engine === 's3' && fact.by !== 'managed' ? 'Object store' : null;
  const engine = own ?? (fact.engine === null ? 'a store' : serviceTitle(fact.engine));
  return `${[engine, fact.version].filter((part) => part !== null).join(' ')} (${fact.name})`;
}

function linkOf({ text, state, place }: Step): ExposureLink {
  return { text, state, evidence: place === null ? [] : [evidenceOf(place)] };
}

/** Findings about the container, the resource, and the files that the store reads. */
function findingsAbout({ fact, native }: JoinedStore, findings: ByStore['findings']): Finding[] {
  const assets = new Set([fact.asset, ...native.map(({ path }) => assetId('config', path))]);
  return [...assets].flatMap((asset) => findings.get(asset) ?? []);
}

function datasetsOf({ fact, native }: JoinedStore, all: ByStore['datasets']): Exposure['datasets'] {
  const stores = new Set<string>([fact.asset, ...native.map((told) => told.fact.asset)]);
  if (fact.engine !== null) stores.add(fact.engine);
  return [...stores]
    .flatMap((store) => all.get(store) ?? [])
    .sort((a, b) => a.order - b.order)
    .slice(0, MOST_DATASETS)
    .map(({ fact: one }) => ({ name: one.name, fields: one.fields.map(({ name }) => name) }));
}

function bySeverity(a: Exposure, b: Exposure): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (a.store < b.store ? -1 : a.store > b.store ? 1 : 0)
  );
}
