import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type Io, wantsColor } from '../io.ts';
import { print } from '../output.ts';
import { loadNamedPolicy } from './load.ts';

export function guardTest(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('test')
    .description('run decision cases against a policy: who may what, and what reaches the store')
    .argument('<cases...>', 'files of cases (YAML)')
    .option('--policy <file>', 'the policy', 'guard.yaml')
    .addHelpText(
      'after',
      `
A case names a principal, a request, and what must come of it; nothing is sent. Exit code 1 when a case fails.

  version: 1
  cases:
    - name: a signed-in user sees its own orders only
      principal: { issuer: shop, claims: { role: mobile, tenant: t1 } }
      request: { method: GET, path: /orders/_search }
      expect:
        decision: allow
        rule: roles.mobile.rules[0]

Examples:
  $ postern guard test guard-cases.yaml
  $ postern guard test cases/*.yaml --policy deploy/guard.yaml`,
    )
    .action(async (files: readonly string[], options: { policy: string }) => {
      const policy = await loadNamedPolicy(io, options.policy);
      const [{ loadCases, renderCases, runCases }, { createOfflineDecider }] = await Promise.all([
        import('../../guard/cases/index.ts'),
        import('../../guard/explain/decide-offline.ts'),
      ]);
      const cases = await loadCases(files.map((file) => resolve(io.cwd, file)));
      const results = await runCases(policy, cases, { decide: createOfflineDecider(policy) });
      await print(io, renderCases(results, pc.createColors(wantsColor(io, io.stdout))));
      exit(results.every(({ passed }) => passed) ? 0 : 1);
    });
}
