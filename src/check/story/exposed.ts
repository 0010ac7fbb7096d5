/** The story of a running store: exposed when a stranger gets something, unknown when that could not be told. */
import { fingerprint } from '../../core/fingerprint.ts';
import { type Severity, worst } from '../../core/severity.ts';
import type { OutsiderRequest, Story } from '../../core/story.ts';
import { isExposed } from '../../core/verdict.ts';
import { series } from '../../core/words.ts';
import { linkClause } from '../correlate/index.ts';
import { inOrder } from '../gather/probed.ts';
import type { RunningStore } from '../gather/running.ts';
import { compare } from '../graph.ts';
import { authorityOf } from '../words.ts';
import { cause, lossClause, publicationClause, storeName } from './clauses.ts';
import type { StoreContext } from './context.ts';
import { linksOf } from './links.ts';
import { tasksOf } from './tasks.ts';

export function storyId(store: Pick<RunningStore, 'id'>): string {
  return fingerprint('story', store.id);
}

export function storyOf(context: StoreContext): Story {
  const { store, links, datasets, findings, vantage } = context;
  const exposed = isExposed(store.verdict);
  const categories = inOrder(datasets.flatMap((dataset) => dataset.categories));
  const { documents, bytes } = store.telling;
  const people = datasets.flatMap((dataset) => dataset.people?.count ?? []);
  const access = store.results.flatMap((result) => result.access ?? []);
  return {
    id: storyId(store),
    state: exposed ? 'exposed' : 'unknown',
    severity: severityOf(context, categories.length > 0),
    confidence: exposed ? 'confirmed' : 'tentative',
    headline: headline(context),
    apps: [...new Set(links.map(({ app }) => app))],
    store: store.id,
    links: linksOf(context),
    outsider: store.results.map((result) => outsiderOf(result, vantage)),
    ...(documents !== undefined && { documents }),
    ...(bytes !== undefined && { bytes }),
    ...(people.length > 0 && { people: Math.max(...people) }),
    ...(access.length > 0 && { access }),
    datasets,
    categories,
    tasks: exposed ? tasksOf(context) : [lookAgain(context)],
    unknowns: unknownsOf(context),
    findings: findings.map((finding) => finding.fingerprint).sort(compare),
  };
}

function outsiderOf(result: RunningStore['results'][number], vantage: string): OutsiderRequest {
  return {
    host: result.host,
    address: result.address ?? '',
    port: result.port ?? 0,
    service: result.service,
    ...(result.project !== undefined && { project: result.project }),
    verdict: result.verdict,
    vantage: result.vantage ?? vantage,
    exchanges: result.exchanges,
  };
}

/** The probe judges the access; personal data behind it makes reading it critical. */
function severityOf({ store, findings }: StoreContext, personal: boolean): Severity {
  if (!isExposed(store.verdict)) return 'info';
  const probed = findings.filter(({ rule }) => rule.startsWith('probe/')).map(({ severity }) => severity);
  if (personal && store.verdict !== 'metadata-only') return 'critical';
  return probed.length > 0 ? worst(probed) : store.verdict === 'metadata-only' ? 'medium' : 'high';
}

function headline(context: StoreContext): string {
  const { store, links, match, findings, datasets } = context;
  const [first] = links;
  const how = [
    storeName(store),
    ...(match.kind === 'found' ? [publicationClause(match.deployment)] : []),
    ...doorClauses(context),
    ...[cause(findings)?.text ?? []].flat(),
  ].join(', ');
  const gets = lossClause(store, datasets);
  if (!first) return `${authorityOf(store.host, store.port)} → ${how} → ${gets}`;
  const near = links.filter(({ kind, shown }) => kind === first.kind && shown === first.shown);
  const names = series(
    near.length > 3
      ? [...near.slice(0, 2).map(({ appName }) => appName), `${near.length - 2} more apps`]
      : near.map(({ appName }) => appName),
  );
  const talk = `${names} ${near.length > 1 ? 'talk' : 'talks'} to ${first.shown}`;
  if (first.kind === 'talks-to') return `${talk} → ${how} → ${gets}`;
  return `${talk}; beside it ${authorityOf(store.host, store.port)} → ${how} → ${gets}`;
}

/** Filters, groups and proxies that let it through: links of other files than the one that publishes the port. */
function doorClauses({ exposure, match, config }: StoreContext): string[] {
  const told = new Set([
    ...(match.kind === 'found' ? [match.deployment.service.file] : []),
    ...config.files.map(({ path }) => path),
  ]);
  return (exposure?.links ?? []).flatMap((link) => {
    const [place] = link.evidence;
    const elsewhere = (place?.kind === 'file' || place?.kind === 'setting') && !told.has(place.path);
    return elsewhere && link.state === 'open' ? [linkClause(link)] : [];
  });
}

function unknownsOf({ store, links, match, config, exposure, inspected, audited }: StoreContext): string[] {
  const unknowns = new Set<string>();
  if (isExposed(store.verdict) && exposure?.reach === 'not-reachable') {
    unknowns.add(
      `by the files a stranger does not get there (${exposure.links.flatMap((link) => (link.state === 'closed' ? [linkClause(link)] : [])).join(', ')}), and one did: they are not what runs`,
    );
  }
  if (!isExposed(store.verdict)) unknowns.add(store.telling.reason);
  for (const { notTested } of store.results) for (const one of notTested) unknowns.add(`not tested: ${one}`);
  if (match.kind === 'ambiguous') unknowns.add(match.reason);
  if (match.kind === 'found') for (const doubt of match.doubts) unknowns.add(doubt);
  for (const unknown of config.unknowns) unknowns.add(unknown);
  if (match.kind === 'none' && config.files.length === 0 && !store.managed && config.unknowns.length === 0) {
    unknowns.add(
      audited
        ? 'no configuration of this store was found among the audited files'
        : 'no configuration was given to audit',
    );
  }
  if (config.by === 'only-one' && config.files.length > 0) {
    unknowns.add(
      `that the store reads ${series(config.files.map(({ path }) => path))} is concluded from being the only file of its kind`,
    );
  }
  if (links.length === 0) {
    unknowns.add(inspected ? 'no inspected app names this store or its host' : 'no app was given to inspect');
  }
  return [...unknowns];
}

function lookAgain({ store, findings }: StoreContext): Story['tasks'][number] {
  return {
    owner: 'security',
    title: `Find out what a stranger gets at ${authorityOf(store.host, store.port)}`,
    detail: `The probe could not tell: ${store.telling.reason}. Look at the service from inside, then check again.`,
    findings: findings.map(({ fingerprint: print }) => print),
    patches: [],
  };
}
