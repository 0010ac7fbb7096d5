/** Reads a tree as one system: which store stands where, who gets to it, with what password, holding what. */
import { assetId } from '../../core/asset.ts';
import type { Exposure, ExposureLink, LoginState, Reach } from '../../core/exposure.ts';
import type { Finding } from '../../core/finding.ts';
import { fingerprint } from '../../core/fingerprint.ts';
import { SEVERITIES, type Severity } from '../../core/severity.ts';
import { serviceTitle } from '../../core/words.ts';
import type { Corpus } from '../corpus.ts';
import type { DatasetFact } from '../facts.ts';
import type { ReadFile, RuleContext } from '../model.ts';
import { TREE_RULES } from '../rules/tree/index.ts';
import { gatherFacts, type Told, type TreeFacts } from './gather.ts';
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
  const all = [...findings, ...TREE_RULES.flatMap((rule) => findingsOf(rule, { stores, facts }))];
  const exposures = stores.map((store) => exposureOf(store, facts, all)).sort(bySeverity);
  return { exposures, findings: withReach(all, exposures) };
}

function exposureOf(store: JoinedStore, facts: TreeFacts, findings: readonly Finding[]): Exposure {
  const { fact } = store;
  const { ways, unknowns } = waysTo(store, facts.doors);
  const reach = reachOf(ways);
  const about = findingsAbout(store, findings);
  const way = telling(ways);
  const severity = severityOf(reach, fact.login.state);
  const title = titleOf(store);
  const steps = [...way.steps, loginStep(store)];
  return {
    id: fingerprint('exposure', fact.asset),
    store: fact.asset,
    file: store.path,
    line: fact.place.source.path === store.path ? fact.place.source.position(fact.place.span.start).line : 1,
    name: fact.name,
    service: fact.engine,
    version: fact.version,
    reach,
    login: fact.login.state,
    severity,
    headline: `${title}: ${steps.map(({ text }) => text).join(' → ')}`,
    links: steps.map(linkOf),
    datasets: datasetsOf(store, facts.datasets),
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
  const engine = fact.engine === null ? 'a store' : serviceTitle(fact.engine);
  return `${[engine, fact.version].filter((part) => part !== null).join(' ')} (${fact.name})`;
}

function linkOf({ text, state, place }: Step): ExposureLink {
  return { text, state, evidence: place === null ? [] : [evidenceOf(place)] };
}

/** Findings about the container, the resource, and the files that the store reads. */
function findingsAbout({ fact, native }: JoinedStore, findings: readonly Finding[]): Finding[] {
  const assets = new Set([fact.asset, ...native.map(({ path }) => assetId('config', path))]);
  return findings.filter(({ asset }) => assets.has(asset));
}

function datasetsOf({ fact, native }: JoinedStore, all: readonly Told<DatasetFact>[]): Exposure['datasets'] {
  const assets = new Set<string>([fact.asset, ...native.map((told) => told.fact.asset)]);
  return all
    .filter(({ fact: one }) => assets.has(one.store) || one.store === fact.engine)
    .slice(0, MOST_DATASETS)
    .map(({ fact: one }) => ({ name: one.name, fields: one.fields.map(({ name }) => name) }));
}

function bySeverity(a: Exposure, b: Exposure): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    (a.store < b.store ? -1 : a.store > b.store ? 1 : 0)
  );
}
