import type { Evidence } from '../../core/evidence.ts';
import type { StoryLink } from '../../core/story.ts';
import { isExposed } from '../../core/verdict.ts';
import { counted, nounsOf } from '../../core/words.ts';
import { furtherLinks } from '../correlate/index.ts';
import { datasetId } from '../gather/probed.ts';
import { fieldPhrase } from '../words.ts';
import { cause, publicationClause, storeName } from './clauses.ts';
import type { StoreContext } from './context.ts';

/** The chain of a story, in the order it is told: app, endpoint, store, configuration, data. */
export function linksOf(context: StoreContext): StoryLink[] {
  return [...appPart(context), ...configurationPart(context), ...dataPart(context)];
}

function appPart({ store, links }: StoreContext): StoryLink[] {
  const served = store.telling.exchanges.slice(0, 1);
  return links.flatMap((link) => [
    {
      from: link.app,
      to: link.endpoint,
      relation: 'talks-to',
      text: `${link.appName} talks to ${link.shown}`,
      evidence: link.evidence,
    },
    {
      from: link.endpoint,
      to: store.id,
      relation: 'serves',
      text:
        link.kind === 'talks-to'
          ? `${storeName(store)} answers there`
          : `beside it, on port ${store.port}, stands ${storeName(store)}`,
      evidence: served,
    },
  ]);
}

function configurationPart({ store, match, config, exposure, configAssets, findings }: StoreContext): StoryLink[] {
  const parts: StoryLink[] = [];
  if (match.kind === 'found') {
    const { service, port } = match.deployment;
    const at: Evidence = {
      kind: 'file',
      path: service.file,
      line: port?.line ?? service.line,
      ...(port && { column: port.column }),
    };
    parts.push({
      from: service.asset,
      to: store.id,
      relation: 'configures',
      text: publicationClause(match.deployment),
      evidence: [at],
    });
  }
  const why = cause(findings);
  const [evidence] = why?.finding.evidence ?? [];
  if (why && evidence) {
    parts.push({ from: why.finding.asset, to: store.id, relation: 'configures', text: why.text, evidence: [evidence] });
  }
  if (exposure) parts.push(...furtherLinks(exposure, store.id, filesOf(parts)));
  for (const { path } of config.files) {
    const from = configAssets.get(path);
    if (from === undefined || parts.some((part) => part.from === from)) continue;
    const text = config.by === 'mount' ? `configured by ${path}` : `configured by ${path}, the only file of its kind`;
    parts.push({ from, to: store.id, relation: 'configures', text, evidence: [{ kind: 'file', path }] });
  }
  return parts;
}

function filesOf(parts: readonly StoryLink[]): Set<string> {
  return new Set(
    parts.flatMap(({ evidence: [place] }) => (place?.kind === 'file' || place?.kind === 'setting' ? [place.path] : [])),
  );
}

/** Links beyond this are the same again; the story's data sets have them all. */
const MOST_DATASETS = 20;

function dataPart({ store, datasets }: StoreContext): StoryLink[] {
  if (!isExposed(store.verdict)) return [];
  const { record } = nounsOf(store.product ?? store.service);
  return datasets.slice(0, MOST_DATASETS).map(({ name, documents, fields }) => ({
    from: store.id,
    to: datasetId(store, name),
    relation: 'holds',
    text: [
      documents === undefined ? name : `${name}: ${counted(documents, record)}`,
      ...(fields.length > 0 ? [`with ${fieldPhrase(fields)}`] : []),
    ].join(', '),
    evidence: store.telling.exchanges,
  }));
}
