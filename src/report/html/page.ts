/**
 * What every page is: one file that asks for nothing, no script, style, font or image from elsewhere. Its policy allows
 * the one style sheet and the one script by their hashes, so that a string of a report could not run even if it slipped
 * through the escaping. Reads without scripts; prints.
 */
import { createHash } from 'node:crypto';
import { html, type Piece, trusted } from '../../core/markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

// Joined here: compilers rewrite a tagged template that holds a closing script tag.
const SCRIPT_ELEMENT = trusted(`<script>${SCRIPT}</${'script'}>`);

export interface PageParts {
  title: string;
  /** Id and name of each part of the page that there is. */
  nav: readonly (readonly [id: string, title: string])[];
  main: Piece;
  footer: string;
}

export function pageOf({ title, nav, main, footer }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${digest(STYLE)}'; script-src '${digest(SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title} – Postern</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top"><div class="bar"><p class="brand">${GATE}<span>Postern</span></p>
<nav aria-label="Parts of the report"><ul>${nav.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<button type="button" id="theme" class="tool" hidden>Dark</button></div></header>
<main id="main" tabindex="-1">
${main}
</main>
<footer><p>${footer}</p></footer>
<dialog id="drawer" aria-labelledby="drawer-title"><div class="drawer-bar"><button type="button" id="close" class="tool">Close</button></div><div id="drawer-body"></div></dialog>
<p id="said" class="hidden" role="status"></p>
${SCRIPT_ELEMENT}
</body>
</html>
`.markup;
}

/** A source expression of a Content-Security-Policy (CSP level 3, §2.3.1). */
function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const GATE = html`<svg class="gate" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M3 22V7l3 1.5V5l3 1.5V3h6v3.5L18 5v3.5L21 7v15z"/><path class="door" d="M9 22v-6a3 3 0 0 1 6 0v6z"/></svg>`;
