/**
 * KICS's own test files with their labels. Each `test/positive*` and `test/negative*` of a query becomes a folder of its
 * own: beside each other they would be one Terraform module, in which the same resource stands twice.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const PLATFORMS = ['terraform', 'k8s', 'cloudFormation', 'dockerCompose', 'dockerfile'];

/** @returns every query of the platforms, as `platform/…/folder`, in order */
export function queriesOf(assets) {
  const found = [];
  const open = PLATFORMS.filter((platform) => existsSync(join(assets, platform)));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const names = readdirSync(join(assets, next), { withFileTypes: true });
    if (names.some(({ name }) => name === 'metadata.json')) found.push(next);
    else for (const name of names) if (name.isDirectory()) open.push(`${next}/${name.name}`);
  }
  return found.sort();
}

/** Files of a folder, relative to it. */
export function filesOf(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? filesOf(join(folder, one.name), `${prefix}${one.name}/`) : [`${prefix}${one.name}`],
  );
}

/**
 * Lays the cases of the queries out under a folder.
 *
 * @returns per case: its query, platform, folder below `into`, whether it is a positive, and the lines that are labelled
 */
export function layOut(assets, queries, into) {
  const cases = [];
  for (const query of queries) {
    const test = join(assets, query, 'test');
    if (!existsSync(test)) continue;
    const labels = new Map();
    const read = (file, dir = '') => {
      if (!existsSync(file)) return;
      for (const { fileName = '', filename = fileName, line } of JSON.parse(readFileSync(file, 'utf8')).flat()) {
        const base = filename.split('/').at(-1);
        const key = dir === '' ? base : `${dir}/${base}`;
        labels.set(key, [...(labels.get(key) ?? []), line]);
      }
    };
    read(join(test, 'positive_expected_result.json'));
    for (const name of readdirSync(test).sort()) {
      const kind = /^(?:positive|negative)/.exec(name)?.[0];
      if (kind === undefined || name === 'positive_expected_result.json') continue;
      const from = join(test, name);
      const isFolder = statSync(from).isDirectory();
      if (isFolder) read(join(from, 'positive_expected_result.json'), name);
      const folder = `${query}/${name}`.replaceAll('.', '_');
      mkdirSync(join(into, folder), { recursive: true });
      if (isFolder) {
        cpSync(from, join(into, folder), {
          recursive: true,
          filter: (path) => !path.endsWith('positive_expected_result.json'),
        });
      } else cpSync(from, join(into, folder, name));
      // A label without a file name is that of the only positive.
      const lines = [...labels].flatMap(([key, at]) =>
        key === name || key.startsWith(`${name}/`) || (key === '' && kind === 'positive') ? at : [],
      );
      // a file that no label names is no positive: KICS lists none either
      if (kind === 'positive' && lines.length === 0) continue;
      cases.push({ query, platform: query.split('/')[0], folder, positive: kind === 'positive', lines });
    }
  }
  return cases;
}
