/** The classifier over one whole file. Prints one JSON line: FILE MODULE */
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [file, module] = process.argv.slice(2);
const { classifyReport, readDataFile } = await import(pathToFileURL(module).href);
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
