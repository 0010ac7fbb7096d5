import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCases } from '../cases/load.ts';
import { renderCases } from '../cases/render.ts';
import { runCases } from '../cases/run.ts';
import { OPERATIONS } from '../contract/grant.ts';
import { RESOURCE_OPERATIONS, RESOURCE_TYPES } from '../contract/resource.ts';
import { createOfflineDecider } from '../explain/decide-offline.ts';
import { EXAMPLE, parse } from './testing/policies.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/guard/policy.md'), 'utf8');

describe('docs/guard/policy.md', () => {
  it('shows decision cases that come true under the example, in the real pipeline', async () => {
    const [, cases = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const loaded = parseCases('/srv/cases.yaml', cases);
    expect(loaded).toHaveLength(4);
    const policy = parse(EXAMPLE);
    const results = await runCases(policy, loaded, { decide: createOfflineDecider(policy) });
    expect(renderCases(results)).toContain('4 cases, 0 failed');
  });

  it('names every operation', () => {
    for (const operation of OPERATIONS) expect(page).toContain(`\`${operation}\``);
  });

  it('names every operation and every type of resources', () => {
    for (const word of [...RESOURCE_OPERATIONS, ...RESOURCE_TYPES]) expect(page).toContain(`\`${word}\``);
  });

  it('tells the limits that rules have by themselves', () => {
    const grants = parse(EXAMPLE).roles.flatMap(({ rules }) => rules.flatMap((rule) => rule.grantFor('x')));
    const rows = {
      strict: grants.find(({ rule }) => rule === 'roles.mobile.rules[1]'),
      compat: grants.find(({ mode }) => mode === 'compat'),
    };
    for (const [mode, grant] of Object.entries(rows)) {
      const { page: hits, window, items, clauses, buckets, keepAlive = 0 } = grant?.limits ?? {};
      expect(page).toContain(
        `| ${[mode, hits, window, items, clauses, buckets, `${keepAlive / 60_000}m`].join(' | ')} |`,
      );
    }
  });
});
