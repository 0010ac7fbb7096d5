import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * The floors of the guard, from the ground up. `stores` knows nothing of policies, sockets, tokens or the journal: it gets
 * grants and an upstream. `pipeline` alone joins them; `run` builds what the pipeline runs on.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: ['json'],
  json: ['contract'],
  http: ['contract'],
  seal: ['contract'],
  upstream: ['contract'],
  journal: ['contract'],
  policy: ['contract', 'json'],
  stores: ['contract', 'document', 'json', 'seal'],
  authn: ['contract', 'json', 'policy'],
  limits: ['contract', 'policy'],
  listener: ['contract', 'http', 'policy'],
  anomalies: ['contract', 'policy'],
  api: ['contract', 'document', 'json', 'seal'],
  describe: ['contract'],
  vault: ['contract'],
  migrate: ['api', 'contract', 'json'],
  document: ['contract', 'json'],
  devices: ['authn', 'contract', 'http', 'json', 'policy'],
  cases: ['contract', 'policy'],
  propose: ['contract', 'journal', 'policy'],
  pipeline: ['anomalies', 'api', 'authn', 'contract', 'devices', 'http', 'journal', 'limits', 'policy'],
  run: [
    'anomalies',
    'api',
    'authn',
    'contract',
    'describe',
    'devices',
    'journal',
    'json',
    'limits',
    'listener',
    'pipeline',
    'policy',
    'seal',
    'stores',
    'upstream',
    'vault',
  ],
  explain: ['api', 'contract', 'http', 'pipeline', 'policy', 'run', 'seal', 'stores'],
};

const guard = resolve(dirname(fileURLToPath(import.meta.url)), '../../src/guard');

const files = readdirSync(guard, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !file.includes(`${sep}testing${sep}`));

describe('the guard', () => {
  it('has files in every one of its rooms', () => {
    expect(files.length).toBeGreaterThan(150);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it('lets a room import only what its floor allows', () => {
    const broken = files.flatMap((file) => {
      const from = roomOf(file);
      return [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s*|\bimport\(\s*)['"](\.[^'"]+)['"]/g)]
        .map(([, specifier = '']) => resolve(dirname(file), specifier))
        .filter((target) => target.startsWith(guard))
        .map(roomOf)
        .filter((to) => to !== from && !MAY_IMPORT[from]?.includes(to))
        .map((to) => `${relative(guard, file)} imports ${to}`);
    });
    expect(broken).toEqual([]);
  });
});

function roomOf(file: string): string {
  return relative(guard, file).split(sep)[0] ?? '';
}
