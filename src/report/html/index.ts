/**
 * A check report as one file that asks for nothing: no script, style, font or image from elsewhere. Its policy allows
 * the one style sheet and the one script by their hashes, so that a string of a report could not run even if it slipped
 * through the escaping. Reads without scripts; prints.
 */
import { createHash } from 'node:crypto';
import type { CheckReport } from '../input.ts';
import type { RenderOptions } from '../options.ts';
import { indexAssets, orderedStories } from '../story-view.ts';
import { cleaned } from '../untrusted.ts';
import { clustered } from './cluster.ts';
import { graphOf } from './graph.ts';
import { html, type Markup, trusted } from './markup.ts';
import { panels } from './panels.ts';
import { picture } from './picture.ts';
import { SCRIPT } from './script.ts';
import { hero, meta, otherFindings, proposals, skips, suppressed, verdictSentence } from './sections.ts';
import { storyArticle } from './story.ts';
import { STYLE } from './style.ts';
import { wayTable } from './table.ts';

// Joined here: compilers rewrite a tagged template that holds a closing script tag.
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</${'script'}>`);

export function renderHtml(dirty: CheckReport, options: RenderOptions): string {
  const report = cleaned(dirty);
  const graph = clustered(graphOf(report));
  const context = {
    assets: indexAssets(report.assets),
    findings: new Map(report.findings.map((finding) => [finding.fingerprint, finding])),
    options,
  };
  const stories = orderedStories(report.stories);
  const parts = {
    findings: otherFindings(report),
    proposals: proposals(report),
    skips: skips(report),
    suppressed: suppressed(report),
  };
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${verdictSentence(report)} – Postern</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top"><div class="bar"><p class="brand">${GATE}<span>Postern</span></p>
<nav aria-label="Parts of the report"><ul><li><a href="#ways-title">Picture</a></li><li><a href="#stories">Stories</a></li>${navItem('findings', 'Findings', parts.findings)}${navItem('proposals', 'Not in scope', parts.proposals)}${navItem('skips', 'Not checked', parts.skips)}${navItem('suppressed', 'Suppressed', parts.suppressed)}</ul></nav>
<button type="button" id="theme" class="tool" hidden>Dark</button></div></header>
<main id="main" tabindex="-1">
${hero(report)}
${meta(report)}
${
  graph.nodes.length === 0
    ? ''
    : html`<section class="map" aria-labelledby="ways-title"><div class="head"><h2 id="ways-title">From the app to personal data</h2>
<div class="switch" role="group" aria-label="Show as" id="views" hidden><button type="button" id="view-picture" aria-pressed="true">Picture</button><button type="button" id="view-table" aria-pressed="false">Table</button></div></div>
<p class="key"><span class="line exposed">exposed: a stranger gets in</span><span class="line unknown">unknown: not told either way</span><span class="line secured">secured: a stranger is refused</span></p>
<div class="view" id="as-picture"><div class="scroll canvas" role="group" aria-label="Picture" tabindex="0">${picture(graph)}</div><p class="muted hint">Activate a place to see its evidence. In the picture, arrow keys move along the lines.</p></div>
<div class="view" id="as-table">${wayTable(graph)}</div></section>`
}
<section id="stories" aria-labelledby="stories-title"><div class="head"><h2 id="stories-title">Stories</h2>
<div class="switch" role="group" aria-label="Tasks of" id="owners" hidden><button type="button" data-show="" aria-pressed="true">Everyone</button><button type="button" data-show="developer" aria-pressed="false">Developer</button><button type="button" data-show="it" aria-pressed="false">IT</button><button type="button" data-show="security" aria-pressed="false">Security</button></div></div>
${stories.length === 0 ? html`<p>No store was found that a story could be told of.</p>` : stories.map((story, index) => storyArticle(story, index + 1, context))}
</section>
${parts.findings}${parts.proposals}${parts.skips}${parts.suppressed}
${panels(graph, report)}
</main>
<footer><p>Made by Postern ${report.tool.version}. Names, shapes and counts only: no value of a record was kept, and nothing in this file is sent anywhere.</p></footer>
<dialog id="drawer" aria-labelledby="drawer-title"><div class="drawer-bar"><button type="button" id="close" class="tool">Close</button></div><div id="drawer-body"></div></dialog>
<p id="said" class="hidden" role="status"></p>
${SCRIPT_ELEMENT}
</body>
</html>
`;
  return page.markup;
}

function navItem(id: string, title: string, part: Markup | null): Markup | null {
  return part === null ? null : html`<li><a href="#${id}">${title}</a></li>`;
}

/** A source expression of a Content-Security-Policy (CSP level 3, §2.3.1). */
function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const GATE = html`<svg class="gate" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M3 22V7l3 1.5V5l3 1.5V3h6v3.5L18 5v3.5L21 7v15z"/><path class="door" d="M9 22v-6a3 3 0 0 1 6 0v6z"/></svg>`;
