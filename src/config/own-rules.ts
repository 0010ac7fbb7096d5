import { type OwnRule, ownRulesSchema } from './audit-schema.ts';
import { parseWith } from './parse-with.ts';
import { readYamlFile } from './yaml-file.ts';

/**
 * A file of rules of the user.
 *
 * @throws PosternError `E_CONFIG_NOT_FOUND`, or `E_CONFIG_INVALID` with line and column
 */
export async function loadOwnRules(path: string): Promise<OwnRule[]> {
  return parseWith(
    await readYamlFile(path, 'E_CONFIG_INVALID'),
    ownRulesSchema,
    'E_CONFIG_INVALID',
    () => 'docs/audit.md shows a rule.',
  ).rules;
}
