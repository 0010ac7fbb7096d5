/** The evidence of every place and link. The drawer shows one of these; without scripts they are read where they stand. */
import type { Evidence } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { html, type Markup, type Piece } from '../../core/markup.ts';
import type { Verdict } from '../../core/verdict.ts';
import {
  humanBytes,
  humanCount,
  humanTime,
  OWNER_TITLES,
  plural,
  recordNoun,
  STRANGER,
  serviceTitle,
} from '../human.ts';
import type { CheckReport } from '../input.ts';
import {
  type AssetIndex,
  distinctRequests,
  hostPort,
  indexAssets,
  kindOf,
  labelOf,
  placeOf,
  tellEvidence,
  titleOf,
} from '../story-view.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { severityBadge } from './story.ts';
import { stateWord } from './table.ts';
import { LAYER_TITLES } from './words.ts';

/** Where no object follows. */
const ALONE: Partial<Record<Verdict, string>> = {
  'anonymous-read': 'reads its contents',
  'anonymous-write': 'reads its contents and can change them',
};

const MOST_MEMBERS = 2_000;
const MOST_EVIDENCE = 60;

export function panels(graph: Graph, report: CheckReport): Markup {
  const assets = indexAssets(report.assets);
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  return allPanels('All evidence', graph, (node) => nodePanel(node, nodes, graph, report, assets));
}

export function allPanels(title: string, graph: Graph, panelOf: (node: GraphNode) => Markup): Markup {
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  return html`<section id="evidence" aria-labelledby="evidence-title"><details class="fold" id="all-evidence" open><summary><h2 id="evidence-title">${title}</h2><span class="muted">${plural(graph.nodes.length, 'place')}, ${plural(graph.edges.length, 'link')}</span></summary>
${graph.nodes.map(panelOf)}
${graph.edges.map((edge) => edgePanel(edge, nodes))}
</details></section>`;
}

/** What every place has: its name, what it is joined to, what it holds; `about` above and `more` below the links. */
export function placePanel(
  node: GraphNode,
  nodes: ReadonlyMap<string, GraphNode>,
  graph: Graph,
  { about, more }: { about: Piece; more: Piece },
): Markup {
  const near = graph.edges.filter(({ from, to }) => from === node.key || to === node.key);
  return html`<article class="panel" id="p-${node.key}" aria-labelledby="t-${node.key}">
<p class="eyebrow">${LAYER_TITLES[node.layer]}</p>
<h3 id="t-${node.key}" tabindex="-1">${node.label}</h3>
${node.state === 'none' ? '' : html`<p>${stateWord(node.state)}</p>`}
${about}
${near.length === 0 ? '' : html`<h4>Joined to</h4><ul class="plain">${near.map((edge) => joined(edge, node, nodes))}</ul>`}
${more}
${node.members.length === 0 ? '' : html`<h4>Drawn as one</h4><ul class="plain members">${node.members.slice(0, MOST_MEMBERS).map(({ label, detail, state }) => html`<li>${label} <span class="muted">${detail}</span> ${state === 'none' ? '' : stateWord(state)}</li>`)}</ul>${node.members.length > MOST_MEMBERS ? html`<p class="muted">and ${humanCount(node.members.length - MOST_MEMBERS)} more; the JSON report has them all.</p>` : ''}`}
</article>`;
}

/** Names and values, one below the other. */
export function factList(rows: readonly (readonly [string, string])[]): Markup | null {
  if (rows.length === 0) return null;
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function nodePanel(
  node: GraphNode,
  nodes: ReadonlyMap<string, GraphNode>,
  graph: Graph,
  report: CheckReport,
  assets: AssetIndex,
): Markup {
  const about = report.findings.filter(({ asset }) => node.assets.includes(asset));
  const stories = report.stories.filter(({ id }) => node.stories.includes(id));
  const configured = report.edges.filter(
    ({ relation, from, to }) =>
      relation === 'configures' && node.assets.includes(to) && kindOf(from, assets) === 'config',
  );
  const configs = new Set(configured.map(({ from }) => from));
  const fromConfigs = report.findings.filter(
    ({ asset, fingerprint }) => configs.has(asset) && stories.some((story) => story.findings.includes(fingerprint)),
  );
  const embeds = report.edges.filter(({ relation, from }) => relation === 'embeds' && node.assets.includes(from));
  return placePanel(node, nodes, graph, {
    about: [facts(node, report, assets), outsider(node, report)],
    more: [
      configs.size > 0 &&
        html`<h4>Configured by</h4><ul class="plain">${[...configs].map((id) => html`<li><code>${labelOf(id, assets)[0]}</code></li>`)}</ul>`,
      embeds.length > 0 &&
        html`<h4>Credentials in the package</h4><ul class="plain">${embeds.map(({ to, evidence }) => html`<li>${labelOf(to, assets)[0]} <span class="muted">${evidence.map(placeOf).join(', ')}</span></li>`)}</ul>`,
      about.length + fromConfigs.length > 0 &&
        html`<h4>Findings</h4><ul class="plain">${[...about, ...fromConfigs].slice(0, MOST_EVIDENCE).map(findingItem)}</ul>`,
      stories.length > 0 &&
        html`<h4>Told in</h4><ul class="plain">${stories.map((story) => html`<li><a href="#s-${story.id}">${titleOf(story, assets)}</a></li>`)}</ul>`,
    ],
  });
}

function facts(node: GraphNode, report: CheckReport, assets: AssetIndex): Markup | null {
  const [id] = node.assets;
  const asset = node.assets.length === 1 && id !== undefined ? assets.get(id) : undefined;
  const rows: [string, string][] = [];
  switch (asset?.kind) {
    case 'app':
      rows.push(['Package', asset.path], ['Platform', asset.platform], ['Version', asset.version]);
      break;
    case 'endpoint': {
      rows.push(['URL', asset.url], ['Origin', asset.origin]);
      const proposed = report.proposals.find(
        ({ host, port }) => host === asset.host && (port === undefined || port === asset.port),
      );
      if (proposed !== undefined) rows.push(['Scope', 'not in scope, not contacted']);
      break;
    }
    case 'store':
      rows.push(['Service', [serviceTitle(asset.service), asset.version].filter(Boolean).join(' ')]);
      if (asset.host !== undefined) rows.push(['Host', asset.host]);
      if (asset.address !== undefined) rows.push(['Address', hostPort(asset.address, asset.port)]);
      if (asset.verdict !== undefined) rows.push(['A stranger', ALONE[asset.verdict] ?? STRANGER[asset.verdict]]);
      if (asset.documents !== undefined) rows.push(['Contents', plural(asset.documents, ...recordNoun(asset.service))]);
      if (asset.bytes !== undefined) rows.push(['Size', humanBytes(asset.bytes)]);
      break;
    default:
      if (node.detail !== '') rows.push(['Contents', node.detail]);
      if (node.note !== '') rows.push(['Personal data', node.note]);
  }
  const fields = fieldsOf(node, report);
  if (fields !== '') rows.push(['Field names', fields]);
  return factList(rows);
}

function fieldsOf(node: GraphNode, report: CheckReport): string {
  if (node.layer !== 'data' || node.members.length > 0) return '';
  const sets = report.stories.filter(({ id }) => node.stories.includes(id)).flatMap(({ datasets }) => datasets);
  return [
    ...new Set(sets.filter(({ name }) => name === node.label).flatMap(({ fields }) => fields.map(({ name }) => name))),
  ].join(', ');
}

function outsider(node: GraphNode, report: CheckReport): Markup | null {
  const asked = report.stories
    .filter(({ store }) => node.layer === 'store' && node.assets.includes(store))
    .flatMap(distinctRequests);
  if (asked.length === 0) return null;
  return html`<h4>What was asked, and the shape of the answer</h4>${asked.slice(0, MOST_EVIDENCE).map(
    (
      request,
    ) => html`<p class="asked"><strong>${hostPort(request.address, request.port)}</strong> from ${request.vantage}: ${request.verdict}</p>
${request.exchanges.length === 0 ? '' : html`<ul class="exchanges">${request.exchanges.map((exchange) => html`<li><code>${exchange.request}</code><span class="answer">${exchange.answer}</span><span class="muted">${humanTime(exchange.at)}${exchange.tls === undefined ? '' : `, ${exchange.tls.protocol}, certificate ${exchange.tls.fingerprint256}`}</span></li>`)}</ul>`}`,
  )}`;
}

function joined(edge: GraphEdge, node: GraphNode, nodes: ReadonlyMap<string, GraphNode>): Markup {
  const other = nodes.get(edge.from === node.key ? edge.to : edge.from);
  return html`<li>${edge.from === node.key ? 'to' : 'from'} <a class="open" href="#p-${other?.key}" data-open="${other?.key}">${other?.label}</a> <a class="open quiet" href="#p-${edge.key}" data-open="${edge.key}">${edge.evidence.length > 0 ? 'evidence' : 'details'}<span class="hidden"> of this link</span></a></li>`;
}

function findingItem(finding: Finding): Markup {
  return html`<li>${severityBadge(finding.severity)} ${finding.message}<br><span class="muted">${[placeOf(finding.evidence[0]), OWNER_TITLES[finding.owner], finding.rule, finding.confidence].filter((part) => part !== '').join(' · ')}</span></li>`;
}

function edgePanel(edge: GraphEdge, nodes: ReadonlyMap<string, GraphNode>): Markup {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  return html`<article class="panel" id="p-${edge.key}" aria-labelledby="t-${edge.key}">
<p class="eyebrow">Link</p>
<h3 id="t-${edge.key}" tabindex="-1">${from?.label} → ${to?.label}</h3>
${edge.state === 'none' ? '' : html`<p>${stateWord(edge.state)}</p>`}
${edge.texts.length === 0 ? '' : html`<ul class="plain">${edge.texts.map((text) => html`<li>${text}</li>`)}</ul>`}
${edge.evidence.length === 0 ? edge.state !== 'none' && html`<p class="muted">The report holds no separate evidence for this link.</p>` : html`<h4>Evidence</h4><ul class="exchanges">${edge.evidence.slice(0, MOST_EVIDENCE).map(evidenceItem)}</ul>`}
<h4>Joins</h4><ul class="plain"><li><a class="open" href="#p-${edge.from}" data-open="${edge.from}">${from?.label}</a></li><li><a class="open" href="#p-${edge.to}" data-open="${edge.to}">${to?.label}</a></li></ul>
</article>`;
}

export function evidenceItem(evidence: Evidence): Markup {
  const text = tellEvidence(evidence);
  const time = evidence.kind === 'exchange' ? ` · ${humanTime(evidence.at)}` : '';
  return html`<li><code>${placeOf(evidence) || evidence.kind}</code>${text === '' ? '' : html`<span class="answer">${text}</span>`}${time === '' ? '' : html`<span class="muted">${time.slice(3)}</span>`}</li>`;
}
