/** What the rules say about how they are verified, held against the tests that are named and against the form of a source. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditRules } from '../../src/audit/index.ts';

const ROOT = new URL('../../', import.meta.url);
const TEST_FILE = /test\/servers\/[a-z0-9-]+\.test\.ts/g;

describe('rules that say how they are verified', () => {
  const of = (by: 'server' | 'source') =>
    auditRules.flatMap(({ id, verified }) => (verified?.by === by ? [{ id, how: verified.how }] : []));

  it('by a server name a test of test/servers that names them', () => {
    const rules = of('server');
    expect(rules.length).toBeGreaterThan(80);
    const wrong = rules.filter(({ id, how }) => {
      const files = how.match(TEST_FILE) ?? [];
      return !files.some((file) => {
        const url = new URL(file, ROOT);
        // `audit/a` is not named by `audit/a-b`.
        return existsSync(url) && new RegExp(`${id}(?![a-z0-9-])`).test(readFileSync(url, 'utf8'));
      });
    });
    expect(wrong).toEqual([]);
  });

  it('by a source give its address and what it says', () => {
    const rules = of('source');
    expect(rules.length).toBeGreaterThan(200);
    expect(rules.filter(({ how }) => !/https:\/\/[a-z0-9.-]+\.[a-z]+\/\S* – \S/.test(how))).toEqual([]);
  });
});
