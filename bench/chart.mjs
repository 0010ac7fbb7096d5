#!/usr/bin/env node
/** Draws docs/assets/bench.svg from bench/results/*.json: each tool beside its peer, of the same run. `node bench/chart.mjs` */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = (name) => JSON.parse(readFileSync(join(root, 'bench', 'results', `${name}.json`), 'utf8'));

const inspect = results('inspect').filter(({ package: name }) => name.startsWith('appium-uiautomator2-server'));
const probe = results('probe');
const panels = [
  {
    title: 'Read an 18 MB app package',
    note: 'seconds, whole process; unzip -tqq only inflates it',
    rows: inspect.filter(({ name }) => name !== 'node -e 0'),
  },
  {
    title: 'Ask 1,000 addresses, 100 of them an open Elasticsearch',
    note: 'seconds, whole process; nmap names the port, Postern what a stranger gets',
    rows: probe,
  },
];

const WIDTH = 760;
const LEFT = 190;
const ROW = 30;
let y = 8;
const parts = [];
for (const { title, note, rows } of panels) {
  parts.push(
    `<text class="title" x="0" y="${y + 16}">${title}</text><text class="note" x="0" y="${y + 34}">${note}</text>`,
  );
  y += 46;
  const longest = Math.max(...rows.map(({ median }) => median));
  for (const { name, median } of rows) {
    const width = Math.max(2, ((WIDTH - LEFT - 70) * median) / longest);
    const own = name.startsWith('postern') ? ' own' : '';
    parts.push(
      `<text class="name${own}" x="${LEFT - 10}" y="${y + 18}">${name}</text>` +
        `<rect class="bar${own}" x="${LEFT}" y="${y + 6}" width="${width.toFixed(1)}" height="16" rx="3"/>` +
        `<text class="value" x="${(LEFT + width + 8).toFixed(1)}" y="${y + 19}">${median < 10 ? median.toFixed(2) : median.toFixed(1)} s</text>`,
    );
    y += ROW;
  }
  y += 18;
}
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Postern beside its peers, in seconds">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
.name { text-anchor: end } .own { font-weight: 600 } .bar { fill: #9aa4af } .bar.own { fill: #a3201d }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .note { fill: #9198a1 } .bar { fill: #6e7681 } .bar.own { fill: #f0625d } }
</style>
${parts.join('\n')}
</svg>
`;
mkdirSync(join(root, 'docs', 'assets'), { recursive: true });
writeFileSync(join(root, 'docs', 'assets', 'bench.svg'), svg);
