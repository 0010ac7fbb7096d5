/**
 * The page's one style sheet. Colours are tokens, given for light and dark; every text and every line that carries
 * meaning keeps the contrast of WCAG 2.2 AA (4.5:1 text, 3:1 graphics) on its ground in both.
 */

const LIGHT = `
  color-scheme: light;
  --ground: #f7f5f1; --surface: #fffefb; --sunk: #f1eee8; --ink: #1d1b18; --muted: #5f5a52; --rule: #e2ddd3; --edge: #8b8477;
  --link: #1b4f8a; --focus: #1b4f8a;
  --red: #a8201a; --red-ground: #fbe9e6; --red-rule: #e5b3ad;
  --amber: #6f5200; --amber-ground: #f8efd4; --amber-rule: #dcc88e;
  --green: #17613a; --green-ground: #e3f1e6; --green-rule: #a9cfb4;
  --critical: #a8201a; --critical-ink: #ffffff; --shadow: 0 1px 2px rgb(60 50 30 / .06), 0 6px 24px rgb(60 50 30 / .05);
`;
const DARK = `
  color-scheme: dark;
  --ground: #151618; --surface: #1d1f22; --sunk: #17191b; --ink: #ecebe7; --muted: #aaa69d; --rule: #33363b; --edge: #7d8087;
  --link: #9cc5f2; --focus: #9cc5f2;
  --red: #ff9a8f; --red-ground: #3a1e1c; --red-rule: #6e3631;
  --amber: #e6c36a; --amber-ground: #332a14; --amber-rule: #5f4f24;
  --green: #86d3a2; --green-ground: #182c20; --green-rule: #2f5a40;
  --critical: #ff9a8f; --critical-ink: #2a0805; --shadow: 0 1px 2px rgb(0 0 0 / .3);
`;

export const STYLE = `
:root {${LIGHT}
  --sans: Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {${DARK}} }
:root[data-theme=dark] {${DARK}}
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 400 1rem/1.55 var(--sans); font-feature-settings: "cv05", "ss03"; -webkit-text-size-adjust: 100%; }
[hidden] { display: none !important; }
h1, h2, h3, h4, h5, p, dl, dd, figure, ul, ol { margin: 0; }
h1, h2, h3 { text-wrap: balance; letter-spacing: -.014em; line-height: 1.2; font-weight: 640; }
h1 { font-size: clamp(2rem, 1.3rem + 2.9vw, 3.25rem); letter-spacing: -.028em; line-height: 1.06; }
h2 { font-size: 1.375rem; }
h3 { font-size: 1.3125rem; line-height: 1.3; }
h4 { font-size: .8125rem; font-weight: 600; color: var(--muted); margin: 1.75rem 0 .625rem; }
h5 { font-size: .9375rem; font-weight: 640; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
code, pre { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
main:focus, h3:focus { outline: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.muted { color: var(--muted); font-size: .875rem; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 3; background: var(--surface); padding: .5rem 1rem; border-radius: 0 0 8px 8px; }
.skip:focus { top: 0; }

.top { position: sticky; top: 0; z-index: 2; background: var(--ground); border-bottom: 1px solid var(--rule); }
.bar { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; height: 3.5rem; display: flex; align-items: center; gap: 1.75rem; }
.brand { display: flex; align-items: center; gap: .5rem; font-weight: 660; letter-spacing: -.01em; }
.gate { fill: var(--ink); } .gate .door { fill: var(--ground); }
nav { flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: none; }
nav ul { display: flex; gap: 1.375rem; list-style: none; padding: 0; }
nav a { display: block; padding: .5rem 0; color: var(--muted); text-decoration: none; font-size: .875rem; white-space: nowrap; }
nav a:hover { color: var(--ink); text-decoration: underline; }
nav a:focus-visible { outline-offset: -3px; }
button { font: inherit; color: inherit; cursor: pointer; }
.tool, .copy { background: var(--surface); border: 1px solid var(--edge); border-radius: 7px; padding: .25rem .75rem; font-size: .8125rem; min-height: 2rem; }
.tool:hover, .copy:hover { border-color: var(--ink); }
.copy { padding: 0 .5rem; min-height: 1.5rem; font-size: .75rem; flex: none; }

main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
main > section { margin-top: 4rem; }
.hero { padding-top: 1rem; }
main > .hero { margin-top: 3rem; }
.lede { font-size: 1.1875rem; line-height: 1.5; color: var(--muted); max-width: 46rem; margin-top: 1rem; text-wrap: pretty; }
.figures { display: grid; grid-template-columns: repeat(4, auto) 1fr; gap: 0; margin-top: 2.25rem; }
.figures div { padding: 0 2.25rem; border-left: 1px solid var(--rule); display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures div:first-child { padding-left: 0; border-left: 0; }
.figures dt { color: var(--muted); font-size: .875rem; }
.figures dd { font-size: 2.125rem; line-height: 1.15; font-weight: 620; letter-spacing: -.025em; font-variant-numeric: tabular-nums; }
.figures .exposed dd { color: var(--red); } .figures .unknown dd { color: var(--amber); } .figures .secured dd { color: var(--green); }
.notice { margin-top: 2rem; padding: .875rem 1.125rem; border: 1px solid var(--amber-rule); background: var(--amber-ground); border-radius: 10px; max-width: 52rem; }
.notice a { color: inherit; }
.meta { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin-top: 1.75rem; font-size: .8125rem; color: var(--muted); }
.meta div { display: flex; gap: .5rem; } .meta dd { color: var(--ink); }

.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 2rem; }
.switch { display: flex; padding: 3px; gap: 2px; background: var(--sunk); border: 1px solid var(--rule); border-radius: 9px; }
.switch button { border: 0; background: none; border-radius: 6px; padding: .1875rem .8125rem; min-height: 1.75rem; font-size: .8125rem; color: var(--muted); }
.switch [aria-pressed=true] { background: var(--surface); color: var(--ink); font-weight: 600; box-shadow: 0 0 0 1px var(--edge); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: .75rem 0 1rem; font-size: .8125rem; color: var(--muted); }
.line::before { content: ""; display: inline-block; width: 1.75rem; margin-right: .5rem; vertical-align: middle; border-top: 2px solid; }
.line.exposed::before { border-top-width: 3px; color: var(--red); } .line.unknown::before { border-top-style: dashed; color: var(--edge); } .line.secured::before { border-top-width: 1.5px; color: var(--green); }
.scroll { overflow-x: auto; }
.canvas { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: 1.25rem 1.5rem 1.75rem; box-shadow: var(--shadow); }
.hint { margin-top: .625rem; }

.picture { display: block; margin: 0 auto; max-width: none; }
.picture text { font-family: var(--sans); fill: var(--ink); font-size: 13px; }
.picture .column { fill: var(--muted); font-size: 12px; font-weight: 600; }
.picture .box, .picture .behind { fill: var(--surface); stroke: var(--edge); stroke-width: 1; }
.picture .node { cursor: pointer; outline: none; text-decoration: none; }
.picture .label { font-weight: 600; }
.picture .detail { fill: var(--muted); font-size: 12px; }
.picture .sign { fill: none; stroke: var(--muted); stroke-width: 1.4; stroke-linecap: round; }
.picture .store .box, .picture .data .box { stroke-width: 1.25; }
.picture .exposed.store .box, .picture .exposed.data:not(.bare) .box { fill: var(--red-ground); stroke: var(--red); }
.picture .exposed.store .sign, .picture .exposed.data:not(.bare) .sign { stroke: var(--red); }
.picture .secured.store .box, .picture .secured.data .box { fill: var(--green-ground); stroke: var(--green); }
.picture .secured.store .sign, .picture .secured.data .sign { stroke: var(--green); }
.picture .unknown.store .box, .picture .unknown.data .box { stroke-dasharray: 5 4; fill: var(--sunk); }
.picture .state { font-size: 12px; font-weight: 640; }
.picture .exposed .state { fill: var(--red); } .picture .unknown .state { fill: var(--amber); } .picture .secured .state { fill: var(--green); }
.picture .edge { fill: none; stroke: var(--edge); stroke-width: 1.5; }
.picture .edge.exposed { stroke: var(--red); stroke-width: 2.25; }
.picture .edge.unknown { stroke-dasharray: 5 4; }
.picture .edge.secured { stroke: var(--green); }
.picture .tip { fill: var(--edge); } .picture .tip.exposed { fill: var(--red); } .picture .tip.secured { fill: var(--green); }
.picture .word rect { fill: var(--surface); stroke: var(--edge); }
.picture .word text { font-size: 11px; font-weight: 600; fill: var(--amber); }
.picture .word.exposed rect { stroke: var(--red); } .picture .word.exposed text { fill: var(--red); }
.picture .word.secured rect { stroke: var(--green); } .picture .word.secured text { fill: var(--green); }
.picture .node:hover .box { stroke-width: 2; }
.picture .node:focus-visible .box { stroke: var(--focus); stroke-width: 3; stroke-dasharray: none; }
.picture .edge, .picture .node, .picture .word { transition: opacity .15s; }
.picture.lit .edge:not(.on), .picture.lit .word:not(.on) { opacity: .18; }
.picture.lit .node:not(.on), .picture.sought .node:not(.found) { opacity: .45; }
.map > .head + .view { margin-top: 1rem; }
.finder { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .875rem; margin-top: 2rem; font-size: .9375rem; }
.finder input { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--edge); border-radius: 7px; padding: .3125rem .75rem; width: min(24rem, 100%); }
.shares { color: var(--muted); font-size: .875rem; overflow-wrap: anywhere; }
.findable tbody th { overflow-wrap: anywhere; min-width: 12rem; }

table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .625rem 1.25rem .625rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 600; padding-top: .25rem; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 500; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
#as-table .scroll, main > section > .scroll { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: .75rem 1.5rem; box-shadow: var(--shadow); margin-top: 1rem; }
.ways tbody th, .ways td:nth-child(2) { min-width: 14rem; }
.ways td { min-width: 5rem; }
.eyebrow { display: block; color: var(--muted); font-size: .75rem; }
.way { font-weight: 600; font-size: .875rem; } .way.exposed { color: var(--red); } .way.unknown { color: var(--amber); } .way.secured { color: var(--green); }
.open { display: inline-block; overflow-wrap: break-word; }

.story { background: var(--surface); border: 1px solid var(--rule); border-radius: 16px; padding: 2rem 2.25rem 2.25rem; margin-top: 1.5rem; box-shadow: var(--shadow); }
.marks { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin-bottom: .875rem; }
.badge { display: inline-block; font-size: .75rem; font-weight: 640; line-height: 1.25rem; padding: 0 .5rem; border-radius: 5px; border: 1px solid; }
.badge.critical { background: var(--critical); border-color: var(--critical); color: var(--critical-ink); }
.badge.high { color: var(--red); background: var(--red-ground); border-color: var(--red-rule); }
.badge.medium { color: var(--amber); background: var(--amber-ground); border-color: var(--amber-rule); }
.badge.low, .badge.info { color: var(--muted); background: var(--sunk); border-color: var(--rule); }
.state { font-weight: 640; font-size: .875rem; } .state.exposed { color: var(--red); } .state.unknown { color: var(--amber); } .state.closed { color: var(--green); }
.story h3 { max-width: 50rem; }
.number { color: var(--muted); font-weight: 400; margin-right: .625rem; font-variant-numeric: tabular-nums; }
.gets { margin-top: .75rem; font-size: 1.0625rem; max-width: 50rem; text-wrap: pretty; color: var(--muted); }
.story.exposed .gets { color: var(--red); }
.sentence { margin-top: .75rem; max-width: 56rem; text-wrap: pretty; overflow-wrap: anywhere; }
.arrow { color: var(--muted); }
.story.exposed .loss { color: var(--red); }
.two { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 0 3.5rem; }
.chain { list-style: none; padding: 0; }
.chain > li { position: relative; padding: 0 0 1.125rem 1.75rem; }
.chain > li::before { content: ""; position: absolute; left: .1875rem; top: .5rem; width: .625rem; height: .625rem; border-radius: 50%; background: var(--surface); border: 2px solid var(--edge); z-index: 1; }
.chain > li:not(:last-child)::after { content: ""; position: absolute; left: .5rem; top: .875rem; bottom: -.5rem; border-left: 2px solid var(--rule); margin-left: -1px; }
.chain > li:last-child { padding-bottom: 0; }
.story.exposed .chain > li.store::before, .story.exposed .chain > li.data::before { background: var(--red); border-color: var(--red); }
.story.closed .chain > li.store::before, .story.closed .chain > li.data::before { background: var(--green); border-color: var(--green); }
.story.unknown .chain > li.store::before { border-style: dashed; }
.place { font-weight: 600; overflow-wrap: anywhere; }
.chain ul { list-style: none; padding: 0; margin-top: .25rem; font-size: .9375rem; display: grid; gap: .25rem; }
.where { display: block; font-family: var(--mono); font-size: .78rem; color: var(--muted); overflow-wrap: anywhere; }
.sets code { overflow-wrap: break-word; }
.sets th { white-space: nowrap; }
.kind { display: block; } .kind code { color: var(--muted); }
.unknowns { padding: 0; list-style: none; display: grid; gap: .375rem; }
.unknowns li { padding-left: 1.75rem; position: relative; }
.unknowns li::before { content: "?"; position: absolute; left: .1875rem; font-weight: 700; color: var(--amber); }
.fold > summary { cursor: pointer; padding: .25rem 0; }
.fold.small { margin-top: 1.25rem; font-size: .9375rem; }
.fold.small > ul { margin-top: .625rem; }
.exchanges { list-style: none; padding: 0; display: grid; gap: .75rem; }
.exchanges, .exchanges li, .plain, .chain ul, .unknowns { grid-template-columns: minmax(0, 1fr); }
.exchanges li { display: grid; gap: .0625rem; padding-left: .875rem; border-left: 2px solid var(--rule); }
.answer { font-size: .9375rem; overflow-wrap: anywhere; }
.owner { padding-top: .25rem; } .owner + .owner { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
.owner ol { list-style: none; padding: 0; margin-top: .5rem; display: grid; gap: 1.125rem; grid-template-columns: minmax(0, 1fr); }
.owner li { position: relative; padding-left: 2.125rem; }
.step { position: absolute; left: 0; top: .0625rem; width: 1.4375rem; height: 1.4375rem; border-radius: 50%; border: 1px solid var(--edge); display: grid; place-items: center; font-size: .75rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.task { font-weight: 600; }
.change { margin-top: .625rem; border: 1px solid var(--rule); border-radius: 9px; overflow: hidden; }
.change figcaption { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: .3125rem .5rem .3125rem .75rem; background: var(--sunk); border-bottom: 1px solid var(--rule); }
.change figcaption code { color: var(--muted); }
.change pre { margin: 0; padding: .5rem 0; overflow-x: auto; font-size: .8125rem; line-height: 1.6; background: var(--surface); }
.change pre:focus-visible { outline-offset: -3px; }
del, ins { text-decoration: none; display: block; padding: 0 .75rem; width: max-content; min-width: 100%; white-space: pre; }
del { color: var(--red); background: var(--red-ground); } ins { color: var(--green); background: var(--green-ground); }
.blast { padding: .4375rem .75rem; font-size: .8125rem; color: var(--muted); border-top: 1px solid var(--rule); } .blast strong { color: var(--amber); }
.command { display: flex; align-items: center; gap: .625rem; margin-top: .5rem; font-size: .9375rem; }

.panel { padding: 1.5rem 0; border-top: 1px solid var(--rule); }
#evidence .fold { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: .875rem 1.5rem; }
#evidence summary h2 { display: inline; margin-right: .75rem; font-size: 1.0625rem; }
#evidence summary + .panel { margin-top: .875rem; }
.panel h3, #drawer h3 { overflow-wrap: anywhere; font-size: 1.1875rem; }
.plain { padding: 0; list-style: none; display: grid; gap: .5rem; }
.facts { display: grid; gap: .375rem; margin-top: .75rem; font-size: .9375rem; }
.facts div { display: grid; grid-template-columns: 7rem 1fr; gap: 1rem; } .facts dt { color: var(--muted); } .facts dd { overflow-wrap: anywhere; }
.asked { margin: .5rem 0; font-size: .9375rem; }
dialog { border: 0; padding: 0 1.75rem 2rem; margin: 0 0 0 auto; width: min(32rem, 100vw); max-width: none; height: 100dvh; max-height: none; background: var(--surface); color: var(--ink); border-left: 1px solid var(--rule); box-shadow: -12px 0 48px rgb(0 0 0 / .18); }
dialog[open] { animation: slide .18s ease-out; }
dialog::backdrop { background: rgb(15 14 12 / .35); }
.drawer-bar { position: sticky; top: 0; display: flex; justify-content: flex-end; padding: 1rem 0 .5rem; background: var(--surface); }
@keyframes slide { from { transform: translateX(1.5rem); opacity: 0; } }
footer { border-top: 1px solid var(--rule); }
footer p { max-width: 76rem; margin: 0 auto; padding: 1.5rem; color: var(--muted); font-size: .8125rem; }

@media (max-width: 60rem) { .sentence { margin-top: .75rem; max-width: 56rem; text-wrap: pretty; overflow-wrap: anywhere; }
.arrow { color: var(--muted); }
.story.exposed .loss { color: var(--red); }
.two { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 40rem) {
  html { scroll-padding-top: 6rem; }
  main, .bar { padding-left: 1rem; padding-right: 1rem; }
  .bar { height: auto; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding-top: .5rem; }
  nav { order: 3; flex-basis: 100%; }
  main > section { margin-top: 3rem; } main > .hero { margin-top: 1.5rem; }
  .lede { font-size: 1.0625rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 1.25rem 0; margin-top: 1.75rem; }
  .figures div { padding: 0 0 0 1rem; } .figures div:nth-child(odd) { padding-left: 0; border-left: 0; }
  .story { padding: 1.375rem 1.125rem 1.5rem; border-radius: 14px; }
  .canvas { padding: 1rem; } #as-table .scroll, main > section > .scroll { padding: .5rem 1rem; }
  .switch { max-width: 100%; overflow-x: auto; }
  dialog { padding: 0 1.125rem 2rem; }
  main > section > .scroll > table { min-width: 34rem; } 
  /* Rows become cards: a table that must be scrolled sideways is not read. */
  .ways, .ways tbody, .sets, .sets tbody { display: block; }
  .ways thead, .sets thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .ways tr, .sets tr { display: grid; padding: .875rem 0; border-bottom: 1px solid var(--rule); }
  .ways tr:last-child, .sets tr:last-child { border-bottom: 0; }
  .ways th, .ways td, .sets th, .sets td { border: 0; padding: 0; min-width: 0; }
  .ways tr { grid-template-columns: minmax(0, 1fr) auto; gap: .25rem 1rem; }
  .ways th, .ways td:nth-child(2), .ways .known { grid-column: 1 / -1; }
  .ways tbody th, .ways td:nth-child(2) { min-width: 0; display: flex; gap: .625rem; align-items: baseline; }
  .ways .eyebrow { flex: 0 0 5.25rem; }
  .ways .known { order: 1; font-size: .875rem; color: var(--muted); }
  .sets tr { grid-template-columns: minmax(0, 1fr) auto auto; gap: .25rem 1rem; }
  .sets th { white-space: normal; } .sets td:last-child { grid-column: 1 / -1; }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { .picture .box, .picture .edge { stroke: CanvasText; } .picture text { fill: CanvasText; } .picture .node:focus-visible .box { stroke: Highlight; } }
@media print {
  :root, :root[data-theme=dark], :root:not([data-theme=light]) {${LIGHT}}
  body { background: none; font-size: 10pt; }
  .top { position: static; } nav, .tool, .switch, .copy, .hint, .skip, dialog { display: none !important; }
  .view { display: block !important; margin-top: 1rem; }
  main { max-width: none; padding: 0; } .picture { width: 100%; height: auto; }
  .story, .canvas, .scroll { box-shadow: none; overflow: visible; }
  .owner[hidden] { display: block !important; }
  .change, tr, .chain > li, .panel { break-inside: avoid; } h2, h3, h4, h5 { break-after: avoid; }
}
`;
