import { resolve } from 'node:path';
import { errorOf, parseWith } from '../../config/parse-with.ts';
import { type Position, parseYaml } from '../../config/yaml-file.ts';
import { own } from '../../core/own.ts';
import { readPolicyText, withinDepth } from '../policy/parse.ts';
import { type CaseFile, casesSchema, type PrincipalFile } from './schema.ts';

export interface DecisionCase extends Omit<CaseFile, 'principal'> {
  readonly principal: PrincipalFile;
  /** Where it stands. */
  readonly at: Position & { readonly path: string };
}

/**
 * Reads files of decision cases, in the order given.
 *
 * @throws PosternError `E_POLICY_INVALID` with line and column, `E_INPUT_NOT_FOUND`, `E_INPUT_LIMIT`
 */
export async function loadCases(paths: readonly string[]): Promise<readonly DecisionCase[]> {
  const files = await Promise.all(
    paths.map(async (path) => parseCases(resolve(path), await readPolicyText(resolve(path)))),
  );
  return files.flat();
}

/** @throws PosternError `E_POLICY_INVALID` with line and column */
export function parseCases(path: string, text: string): readonly DecisionCase[] {
  return withinDepth(path, () => {
    const file = parseYaml(path, text, 'E_POLICY_INVALID');
    const parsed = parseWith(file, casesSchema, 'E_POLICY_INVALID', adviseCases);
    return parsed.cases.map((one, index) => {
      const { principal: given, ...rest } = one;
      const principal = typeof given === 'string' ? own(parsed.principals, given) : given;
      if (!principal) {
        const message = `cases[${index}].principal: there is no principal of this name`;
        const names = Object.keys(parsed.principals).join(', ');
        const hint = names ? `Known: ${names}.` : 'Add it under `principals`.';
        const place = file.positionOf(['cases', index, 'principal']);
        throw errorOf(file, 'E_POLICY_INVALID', [{ ...place, misspelt: false, message, hint }]);
      }
      return { ...rest, principal, at: { path, ...file.positionOf(['cases', index]) } };
    });
  });
}

function adviseCases(path: string): string | undefined {
  if (path === '') return 'The file is a map with `version: 1` and `cases`.';
  return own(
    {
      version: 'Begin the file with `version: 1`.',
      cases: 'List cases, each with `name`, `principal`, `request` and `expect`.',
      'cases.*.expect': 'For example `{ decision: deny, code: forbidden }`.',
      'cases.*.expect.decision': 'allow or deny.',
      'cases.*.request.operation': 'list, count, get, create, update or delete.',
      'cases.*.request':
        'For example `{ resource: orders, operation: list }`, or `{ method: POST, path: /profiles/_search, body: { query: { match_all: {} } } }`.',
    },
    path,
  );
}
