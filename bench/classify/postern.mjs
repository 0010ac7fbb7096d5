/** The classifier over one whole file. Prints one JSON line: FILE, and the folder of the bundles */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [file, folder] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const [{ classifyReport }, { readDataFile }] = [
  await load('classify-index.mjs'),
  await load('classify-files-index.mjs'),
];
const start = process.cpuUsage();
const { datasets, format, skips } = await readDataFile(file);
const report = classifyReport(
  datasets.map((dataset) => ({ ...dataset, source: 'bench', format })),
  skips,
);
const { user, system } = process.cpuUsage(start);
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  JSON.stringify({ bytes: statSync(file).size, seconds: (user + system) / 1e6, found: report.summary.personal, peak }),
);
