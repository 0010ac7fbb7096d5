import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join as joinPath } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { auditPaths } from '../../src/audit/index.ts';
import { auditAll } from '../../src/check/parts.ts';
import type { Verbs } from '../../src/check/verbs.ts';
import { fingerprint } from '../../src/core/fingerprint.ts';
import { createScope, systemEnvironment } from '../../src/net/index.ts';

const COMPOSE = `services:
  search:
    image: docker.elastic.co/elasticsearch/elasticsearch:7.17.9
    volumes:
      - ./elasticsearch.yml:/usr/share/elasticsearch/config/elasticsearch.yml:ro
    ports:
      - "9200:9200"
  cache:
    image: redis:7.2
    ports:
      - "6379:6379"
`;
const ELASTICSEARCH = 'network.host: 0.0.0.0\nxpack.security.enabled: false\n';

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(joinPath(tmpdir(), 'postern-print-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(joinPath(root, name)), { recursive: true });
    writeFileSync(joinPath(root, name), text);
  }
  return root;
}

async function prints(root: string, configuration: readonly string[]): Promise<string[]> {
  const verbs: Verbs = {
    auditPaths,
    inspectPackage: () => Promise.reject(new Error('unused')),
    probe: async function* () {},
    runControl: () => Promise.reject(new Error('unused')),
    findingsOf: () => [],
    services: [],
    classifyFields: () => [],
  };
  const scope = await createScope([], systemEnvironment([]));
  const input = { root, packages: [], configuration, scope, vantage: 'office', redactionKey: new Uint8Array(32) };
  const { audited, skips } = await auditAll(input, verbs);
  expect(skips.filter(({ severity }) => severity === 'incomplete')).toEqual([]);
  return (audited?.findings ?? []).map((finding) => finding.fingerprint).sort();
}

let before: Promise<string[]> | undefined;
function baseline(): Promise<string[]> {
  before ??= (async () => {
    const root = tree({ 'deploy/docker-compose.yml': COMPOSE, 'deploy/elasticsearch.yml': ELASTICSEARCH });
    return prints(root, [joinPath(root, 'deploy')]);
  })();
  return before;
}
afterAll(() => {
  before = undefined;
});

/** Lines that mean nothing, put between the lines of a file. */
function padded(text: string, blanks: readonly number[], eol: string): string {
  return text
    .split('\n')
    .map((line, index) => `${'# a comment\n\n'.repeat(blanks[index % Math.max(1, blanks.length)] ?? 0)}${line}`)
    .join('\n')
    .replaceAll('\n', eol);
}

describe('fingerprints', () => {
  it('are there to begin with', async () => {
    expect((await baseline()).length).toBeGreaterThan(2);
  });

  it('survive comments, blank lines, line endings, and files and services that come beside', async () => {
    const expected = await baseline();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(2), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (blanks, eol, beside) => {
          const root = tree({
            'deploy/docker-compose.yml': padded(COMPOSE, blanks, eol),
            'deploy/elasticsearch.yml': padded(ELASTICSEARCH, blanks, eol),
            ...(beside && { 'deploy/a/unrelated.yml': 'a: 1\n', 'aaa/other.yml': 'b: 2\n' }),
          });
          expect(await prints(root, [joinPath(root, 'deploy')])).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('survive other spellings of the path, and the same folder named twice', async () => {
    const expected = await baseline();
    const root = tree({ 'deploy/docker-compose.yml': COMPOSE, 'deploy/elasticsearch.yml': ELASTICSEARCH });
    for (const spelling of ['deploy', 'deploy/', './deploy', 'deploy/../deploy', './/deploy/.']) {
      expect(await prints(root, [`${root}/${spelling}`])).toEqual(expected);
    }
    expect(await prints(root, [joinPath(root, 'deploy'), `${root}/deploy/`])).toEqual(expected);
    expect(await prints(root, [joinPath(root, 'deploy'), joinPath(root, 'deploy/docker-compose.yml')])).toEqual(
      expected,
    );
  });

  it('tell the same mistake in two folders apart', async () => {
    const root = tree({
      'one/docker-compose.yml': COMPOSE,
      'one/elasticsearch.yml': ELASTICSEARCH,
      'two/docker-compose.yml': COMPOSE,
      'two/elasticsearch.yml': ELASTICSEARCH,
    });
    const found = await prints(root, [joinPath(root, 'two'), joinPath(root, 'one')]);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toHaveLength((await baseline()).length * 2);
    expect(found).toEqual(await prints(root, [joinPath(root, 'one'), joinPath(root, 'two')]));
  });

  it('never agree for two lists of parts, however these are cut', () => {
    const parts = fc.array(fc.string(), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(parts, parts, ([rule = '', asset = '', ...rest], [otherRule = '', otherAsset = '', ...otherRest]) => {
        const same = JSON.stringify([rule, asset, rest]) === JSON.stringify([otherRule, otherAsset, otherRest]);
        expect(fingerprint(rule, asset, ...rest) === fingerprint(otherRule, otherAsset, ...otherRest)).toBe(same);
      }),
    );
    expect(fingerprint('ab', 'c')).not.toBe(fingerprint('a', 'bc'));
    expect(fingerprint('a', 'b', '')).not.toBe(fingerprint('a', 'b'));
  });
});
