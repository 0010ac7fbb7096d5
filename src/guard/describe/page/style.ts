/** The page's one style sheet: no font, image or script; light and dark by the system; text keeps 4.5:1 on its ground in both. */

const LIGHT = `
  color-scheme: light;
  --ground: #f7f5f1; --surface: #fffefb; --sunk: #f1eee8; --ink: #1d1b18; --muted: #5f5a52; --rule: #e2ddd3; --edge: #8b8477;
  --link: #1b4f8a; --get: #17613a; --post: #1b4f8a; --patch: #6f5200; --delete: #a8201a;
`;
const DARK = `
  color-scheme: dark;
  --ground: #151618; --surface: #1d1f22; --sunk: #17191b; --ink: #ecebe7; --muted: #aaa69d; --rule: #33363b; --edge: #7d8087;
  --link: #9cc5f2; --get: #86d3a2; --post: #9cc5f2; --patch: #e6c36a; --delete: #ff9a8f;
`;

export const STYLE = `
:root {${LIGHT}
  --sans: Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) { :root {${DARK}} }
*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 400 1rem/1.55 var(--sans); -webkit-text-size-adjust: 100%; }
h1, h2, h3, h4, p, ul, dl, dd, pre { margin: 0; }
h1, h2, h3 { text-wrap: balance; letter-spacing: -.014em; line-height: 1.2; font-weight: 640; overflow-wrap: anywhere; }
h1 { font-size: clamp(1.75rem, 1.3rem + 2vw, 2.5rem); letter-spacing: -.025em; }
h2 { font-size: 1.5rem; }
h3 { font-size: 1.125rem; }
h4 { font-size: .8125rem; font-weight: 600; color: var(--muted); margin: 1.5rem 0 .375rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
code, pre { font-family: var(--mono); font-size: .86em; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 1; background: var(--surface); padding: .5rem 1rem; border-radius: 0 0 8px 8px; }
.skip:focus { top: 0; }
.frame { display: grid; grid-template-columns: 19rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
.contents { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 2rem 1.5rem; border-right: 1px solid var(--rule); font-size: .875rem; }
.contents ul { list-style: none; padding: 0; }
.contents ul ul { padding: 0 0 .75rem; }
.contents a { display: flex; gap: .5rem; padding: .25rem 0; text-decoration: none; color: var(--ink); overflow-wrap: anywhere; }
.contents a:hover { text-decoration: underline; }
.contents .part { font-weight: 640; }
.contents .verb { flex: 0 0 3.25rem; }
main { padding: 2rem 2.5rem 4rem; min-width: 0; }
main > section { margin-top: 3rem; }
.lede { margin-top: 1rem; max-width: 46rem; color: var(--muted); font-size: 1.0625rem; }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 2rem; margin-top: 1rem; font-size: .875rem; }
.facts div { display: flex; gap: .5rem; }
.facts dt, .muted { color: var(--muted); }
.operation, .schema { background: var(--surface); border: 1px solid var(--rule); border-radius: 14px; padding: 1.5rem 1.75rem; margin-top: 1.25rem; }
.operation > p, .schema > p, section > p { margin-top: .5rem; max-width: 46rem; }
.verb { font: 700 .75rem/1.9 var(--mono); text-transform: uppercase; }
.verb.get { color: var(--get); } .verb.post { color: var(--post); } .verb.patch { color: var(--patch); } .verb.delete { color: var(--delete); }
.route { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
.route .verb { font-size: .9375rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem 1.25rem .5rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; min-width: 5rem; }
thead th { color: var(--muted); font-size: .8125rem; font-weight: 600; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th code { font-weight: 600; white-space: nowrap; }
.must { display: block; font-size: .75rem; color: var(--delete); }
.limits { display: block; font-size: .8125rem; color: var(--muted); }
pre { background: var(--sunk); border: 1px solid var(--rule); border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; line-height: 1.5; }
footer { padding: 0 2.5rem 3rem; color: var(--muted); font-size: .875rem; }
@media (max-width: 60rem) {
  .frame { grid-template-columns: minmax(0, 1fr); }
  .contents { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--rule); padding: 1.25rem; }
  main { padding: 1.5rem 1.25rem 3rem; }
  .operation, .schema { padding: 1.125rem 1.25rem; }
  footer { padding: 0 1.25rem 2rem; }
}
@media print {
  :root { --ground: #fff; --surface: #fff; --sunk: #fff; --ink: #000; --muted: #333; --rule: #bbb; --link: #000; --get: #000; --post: #000; --patch: #000; --delete: #000; }
  .contents, .skip { display: none; }
  .frame { display: block; }
  main, footer { padding-left: 0; padding-right: 0; }
  .operation, .schema { border-radius: 0; border-width: 1px 0 0; padding: 1rem 0; }
  .scroll, pre { overflow: visible; white-space: pre-wrap; }
  h2, h3, h4 { break-after: avoid; }
  tr, pre { break-inside: avoid; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
