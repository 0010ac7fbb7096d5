/** Rules of the user, from the files that postern.yaml and `--rules` name. */
import { relative, resolve } from 'node:path';
import type { UserRule } from '../audit/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { PosternError } from '../core/errors.ts';
import type { Io } from './io.ts';

/**
 * What `audit`, `fix` and `check` judge by beside the built-in rules.
 *
 * @param named files named on the command line, beside those of postern.yaml
 * @throws PosternError `E_CONFIG_INVALID` where a file or a rule is wrong, or an example contradicts its rule
 */
export async function judgedBy(
  io: Io,
  config: LoadedConfig | undefined,
  { rules: named = [], experimental = false }: { rules?: readonly string[]; experimental?: boolean } = {},
): Promise<{ rules: UserRule[]; experimental: boolean }> {
  const files = new Set([...named.map((file) => resolve(io.cwd, file)), ...(config?.audit.rules ?? [])]);
  const rules: UserRule[] = [];
  for (const file of files) rules.push(...(await rulesOfFile(file, relative(io.cwd, file) || file)));
  const ids = rules.map(({ rule }) => rule.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new PosternError('E_CONFIG_INVALID', `two files define the rule ${twice}`);
  return { rules, experimental: experimental || config?.audit.experimental === true };
}

async function rulesOfFile(file: string, shown: string): Promise<UserRule[]> {
  const [{ loadOwnRules }, { userRule, userRuleProblem }] = await Promise.all([
    import('../config/index.ts'),
    import('../audit/index.ts'),
  ]);
  const rules: UserRule[] = [];
  for (const own of await loadOwnRules(file)) {
    const problem = userRuleProblem(own);
    if (problem !== undefined) throw invalid(shown, own.id, problem);
    const rule = userRule(own);
    await tryExamples(rule, [own.format].flat()[0] ?? '', shown);
    rules.push(rule);
  }
  return rules;
}

/** A rule that contradicts its own examples would be believed for nothing. */
async function tryExamples(rule: UserRule, format: string, shown: string): Promise<void> {
  const { auditText, isFormat, prepareFormats } = await import('../audit/index.ts');
  if (!isFormat(format)) return;
  await prepareFormats([format]);
  const { id, examples } = rule.rule;
  for (const kind of ['bad', 'good'] as const) {
    for (const [at, text] of examples[kind].entries()) {
      const raised = auditText(text, { format, rules: [rule] }).report.findings.some((finding) => finding.rule === id);
      if (raised === (kind === 'bad')) continue;
      const hint = `A bad example must raise its rule and a good one must not; examples are read as ${format}.`;
      throw invalid(shown, id, `${kind} example ${at + 1} ${raised ? 'raises' : 'does not raise'} the rule`, hint);
    }
  }
}

function invalid(shown: string, id: string, problem: string, hint?: string): PosternError {
  return new PosternError('E_CONFIG_INVALID', `${shown}: ${id}: ${problem}`, {
    at: { path: shown },
    ...(hint !== undefined && { hint }),
  });
}
