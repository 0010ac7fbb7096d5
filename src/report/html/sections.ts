/** What stands around the stories: the verdict on top; findings, proposals, skips and suppressions below. */

import { html, type Markup } from '../../core/markup.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { accessSentence } from '../access-view.ts';
import { categoryTitle, humanCount, humanTime, OWNER_TITLES, plural, sentenceList } from '../human.ts';
import type { CheckReport } from '../input.ts';
import { reachRows } from '../reach.ts';
import { hostPort, peopleSentence, placeOf } from '../story-view.ts';
import { severityBadge } from './story.ts';

export const MOST_ROWS = 400;

export function verdictSentence(report: CheckReport): string {
  const { summary } = report;
  const given = accessSentence(report);
  if (summary.exposed > 0)
    return `${capital(numberWord(summary.exposed))} back ${summary.exposed === 1 ? 'door stands' : 'doors stand'} open.`;
  if (given !== '') return `${given}.`;
  if (summary.unknown > 0) return `No back door was seen open, but ${numberWord(summary.unknown)} could not be told.`;
  if (summary.closed > 0)
    return `${capital(numberWord(summary.closed))} back ${summary.closed === 1 ? 'door is' : 'doors are'} closed, and proven so.`;
  return summary.complete ? 'No open back door was found.' : 'No open back door was found in what could be checked.';
}

export function hero(report: CheckReport): Markup {
  const { summary } = report;
  const categories = [
    ...new Set(report.stories.filter(({ state }) => state === 'exposed').flatMap((story) => story.categories)),
  ];
  const incomplete = report.skips.filter(({ severity }) => severity === 'incomplete').length;
  return html`<section class="hero" aria-labelledby="verdict">
<h1 id="verdict">${verdictSentence(report)}</h1>
${summary.documents > 0 ? html`<p class="lede">A stranger gets ${plural(summary.documents, 'record')} in all${categories.length === 0 ? '' : html`, with ${sentenceList(categories.map(categoryTitle))}`}.${peopleSentence(summary.people)}</p>` : ''}
<dl class="figures">
${figure('Exposed', summary.exposed, 'exposed')}${figure('Unknown', summary.unknown, 'unknown')}${figure('Closed, proven', summary.closed, 'secured')}${figure('Records a stranger gets', summary.documents, '')}${summary.people === undefined ? '' : figure('People, at least', summary.people, '')}
</dl>
${summary.complete ? '' : html`<p class="notice"><strong>This run is incomplete.</strong> ${incomplete > 0 ? html`${plural(incomplete, 'thing')} could not be checked: <a href="#skips">see which and why</a>. ` : ''}Silence about them does not mean that they are clean.</p>`}
</section>`;
}

export function figure(name: string, value: number, state: string): Markup {
  return html`<div class="${value > 0 ? state : ''}"><dt>${name}</dt><dd>${humanCount(value)}</dd></div>`;
}

export function meta(report: CheckReport): Markup {
  return html`<dl class="meta"><div><dt>Asked from</dt><dd>${report.vantage}</dd></div><div><dt>Finished</dt><dd><time datetime="${report.finishedAt}">${humanTime(report.finishedAt)}</time></dd></div><div><dt>Scope</dt><dd><code>${report.scopeHash.slice(0, 12)}</code></dd></div><div><dt>Postern</dt><dd>${report.tool.version}</dd></div></dl>`;
}

export function otherFindings(report: CheckReport): Markup | null {
  const told = new Set(report.stories.flatMap((story) => story.findings));
  const known = new Set(report.known);
  const others = report.findings
    .filter(({ fingerprint }) => !told.has(fingerprint))
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  if (others.length === 0) return null;
  return html`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Other findings</h2><p class="muted">Not part of a story above.</p>
<div class="scroll" role="group" aria-label="Other findings" tabindex="0"><table><thead><tr><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col">Where</th><th scope="col">Owner</th></tr></thead>
<tbody>${others.slice(0, MOST_ROWS).map((finding) => html`<tr><td>${severityBadge(finding.severity)}</td><th scope="row">${finding.message}${known.has(finding.fingerprint) ? html` <span class="muted">(in the baseline)</span>` : ''}<br><span class="muted">${finding.rule}</span></th><td><code>${placeOf(finding.evidence[0]) || '–'}</code></td><td>${OWNER_TITLES[finding.owner]}</td></tr>`)}</tbody></table></div>${rest(others.length)}</section>`;
}

/** How the addresses are reached: what may be said about a firewall. */
export function reached(report: CheckReport): Markup | null {
  const rows = reachRows(report.reach ?? []);
  if (rows.length === 0) return null;
  return html`<section id="reached" aria-labelledby="reached-title"><h2 id="reached-title">How the hosts are reached</h2><p class="muted">What random unused ports do tells what an open or silent port means. One place cannot prove that there is no firewall.</p>
<div class="scroll" role="group" aria-label="How the hosts are reached" tabindex="0"><table><thead><tr><th scope="col">Address</th><th scope="col">From</th><th scope="col">Ports asked</th><th scope="col">What that means</th></tr></thead>
<tbody>${rows.slice(0, MOST_ROWS).map(({ where, vantage, ports, meaning }) => html`<tr><th scope="row">${where}</th><td>${vantage}</td><td>${ports}</td><td>${meaning}</td></tr>`)}</tbody></table></div>${rest(rows.length)}</section>`;
}

export function proposals(report: CheckReport): Markup | null {
  if (report.proposals.length === 0) return null;
  return html`<section id="proposals" aria-labelledby="proposals-title"><h2 id="proposals-title">Found in the app, not in scope, not contacted</h2><p class="muted">Add them to <code>targets</code> in postern.yaml, with the authority to ask them.</p>
<div class="scroll" role="group" aria-label="Found in the app, not in scope" tabindex="0"><table><thead><tr><th scope="col">Host</th><th scope="col">Why it is proposed</th><th scope="col">Found in</th></tr></thead>
<tbody>${report.proposals.slice(0, MOST_ROWS).map(({ host, port, reason, foundIn }) => html`<tr><th scope="row"><code>${hostPort(host, port)}</code></th><td>${reason}</td><td>${foundIn.slice(0, 5).map((place) => html`<code>${place}</code> `)}</td></tr>`)}</tbody></table></div>${rest(report.proposals.length)}</section>`;
}

export function skips(report: CheckReport): Markup | null {
  if (report.skips.length === 0) return null;
  const ordered = report.skips.toSorted((a, b) =>
    a.severity === b.severity ? 0 : a.severity === 'incomplete' ? -1 : 1,
  );
  return html`<section id="skips" aria-labelledby="skips-title"><h2 id="skips-title">Not checked</h2>
<div class="scroll" role="group" aria-label="Not checked" tabindex="0"><table><thead><tr><th scope="col">What</th><th scope="col">Why</th><th scope="col">Code</th></tr></thead>
<tbody>${ordered.slice(0, MOST_ROWS).map(({ subject, reason, code, severity }) => html`<tr><th scope="row"><code>${subject}</code></th><td>${reason}${severity === 'note' ? html` <span class="muted">Outside of the job by design.</span>` : ''}</td><td><code>${code}</code></td></tr>`)}</tbody></table></div>${rest(report.skips.length)}</section>`;
}

export function suppressed(report: CheckReport): Markup | null {
  if (report.suppressed.length === 0) return null;
  return html`<section id="suppressed" aria-labelledby="suppressed-title"><h2 id="suppressed-title">Suppressed</h2><p class="muted">Silenced by the ignore file, each with a statement and an end.</p>
<div class="scroll" role="group" aria-label="Suppressed findings" tabindex="0"><table><thead><tr><th scope="col">Severity</th><th scope="col">Finding</th><th scope="col">Statement</th><th scope="col">Until</th></tr></thead>
<tbody>${report.suppressed.slice(0, MOST_ROWS).map(({ finding, statement, expires }) => html`<tr><td>${severityBadge(finding.severity)}</td><th scope="row">${finding.message}<br><span class="muted">${finding.rule}</span></th><td>${statement}</td><td>${expires}</td></tr>`)}</tbody></table></div>${rest(report.suppressed.length)}</section>`;
}

export function rest(count: number, most = MOST_ROWS): Markup | null {
  return count > most
    ? html`<p class="muted">and ${humanCount(count - most)} more; the JSON report has them all.</p>`
    : null;
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

export function numberWord(count: number): string {
  return WORDS[count] ?? humanCount(count);
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
