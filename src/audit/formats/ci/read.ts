/**
 * Pipelines of continuous integration: GitHub Actions, GitLab CI, CircleCI, Bitbucket Pipelines and Azure Pipelines. What
 * they have in common is read: variables, inputs of steps, and the commands that run, each with its place.
 *
 * - https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
 * - https://docs.gitlab.com/ci/yaml/
 * - https://circleci.com/docs/configuration-reference/
 * - https://support.atlassian.com/bitbucket-cloud/docs/bitbucket-pipelines-configuration-reference/
 * - https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, SettingView } from '../../model.ts';
import type { Span } from '../../source.ts';
import { child, type MapNode, readYaml, type ScalarNode, textOf, type YamlNode } from '../yaml/read.ts';
import { yamlSkips } from '../yaml/skips.ts';

export type CiKind = 'github' | 'gitlab' | 'circleci' | 'bitbucket' | 'azure';

export interface CiValue {
  pointer: string;
  name: string;
  value: string;
  /** Of the value inside its quotes, or as it is written. */
  span: Span;
  /** The span holds the very value. */
  exact: boolean;
}

export interface CiStep {
  pointer: string;
  /** `actions/checkout`, without its version. */
  uses: string;
  inputs: readonly CiValue[];
}

export interface CiDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  kind: CiKind;
  roots: readonly YamlNode[];
  /** Variables and inputs; not those of service containers, which live as long as the job. */
  values: readonly CiValue[];
  /** Commands of steps. */
  scripts: readonly CiValue[];
  steps: readonly CiStep[];
  /** What starts a GitHub workflow. */
  triggers: readonly string[];
  /** Jobs have stores of their own, made for the tests. */
  hasServices: boolean;
}

const LOOKED_AT = 262_144;
const MAX_NODES = 20_000;

export const ciFormat: Format<'ci'> = {
  name: 'ci',
  title: 'CI pipelines (GitHub Actions, GitLab CI and others)',
  recognises: (path, text) => kindOf(path, text) !== null,
  read(source) {
    const { roots, problems } = readYaml(source.text);
    const skips: Skip[] = yamlSkips(source, problems);
    const complete = skips.every(({ severity }) => severity !== 'incomplete');
    const kind = kindOf(source.path, source.text) ?? 'github';
    const document = { complete, kind, roots, ...walk(roots), triggers: triggersOf(roots) };
    return { document, status: complete ? 'read' : roots.length > 0 ? 'partial' : 'failed', skips };
  },
  *settings({ values, scripts }): Generator<SettingView> {
    const seen = new Map<string, number>();
    for (const { pointer, value, span } of [...values, ...scripts]) {
      if (span.end <= span.start) continue;
      const count = (seen.get(pointer) ?? 0) + 1;
      seen.set(pointer, count);
      yield { pointer: count > 1 ? `${pointer} #${count}` : pointer, values: [value], span };
    }
  },
};

function kindOf(path: string, text: string): CiKind | null {
  if (!/\.ya?ml$/i.test(path)) return null;
  const head = text.slice(0, LOOKED_AT);
  const name = basename(path).toLowerCase();
  if (/\.?gitlab-ci[\w.-]*\.ya?ml$/.test(name)) return /^[\w.-]+[ \t]*:/m.test(head) ? 'gitlab' : null;
  if (/(?:^|\/)\.circleci\//.test(path))
    return /^(?:jobs|workflows|orbs|commands)[ \t]*:/m.test(head) ? 'circleci' : null;
  if (/bitbucket-pipelines/.test(name)) return /^pipelines[ \t]*:/m.test(head) ? 'bitbucket' : null;
  if (/^(?:apiVersion|services|AWSTemplateFormatVersion)[ \t]*:/m.test(head)) return null;
  if (
    /^["']?on["']?[ \t]*:/m.test(head) &&
    /^jobs[ \t]*:/m.test(head) &&
    /^[ \t]+(?:- )?(?:runs-on|uses)[ \t]*:/m.test(head)
  ) {
    return 'github';
  }
  const azure =
    /^(?:steps|jobs|stages)[ \t]*:/m.test(head) &&
    /^[ \t]*- (?:task|script|bash|pwsh|checkout|job|stage)[ \t]*:/m.test(head);
  if (azure && (/^(?:trigger|pr|pool|resources)[ \t]*:/m.test(head) || /azure-pipelines/.test(name))) return 'azure';
  return null;
}

function triggersOf(roots: readonly YamlNode[]): string[] {
  return roots.flatMap((root) => {
    const on = child(root, 'on');
    if (on?.kind === 'map') return on.entries.map(({ key }) => key);
    return (on?.kind === 'seq' ? on.items : on ? [on] : []).flatMap((item) => textOf(item) ?? []);
  });
}

const VARIABLES = /^(?:env|environment|variables|secret_variables|with|inputs|parameters)$/i;
const SCRIPTS = /^(?:run|script|before_script|after_script|command|bash|pwsh|powershell|after-script|inlineScript)$/i;

function walk(roots: readonly YamlNode[]): Pick<CiDocument, 'values' | 'scripts' | 'steps' | 'hasServices'> {
  const values: CiValue[] = [];
  const scripts: CiValue[] = [];
  const steps: CiStep[] = [];
  let hasServices = false;
  const open: { node: YamlNode; pointer: string; key: string }[] = roots.map((node) => ({
    node,
    pointer: '',
    key: '',
  }));
  const written = (node: ScalarNode, pointer: string, name: string): CiValue => {
    const exact = node.inner !== null && node.inner.end > node.inner.start;
    return { pointer, name, value: node.text, span: exact ? (node.inner ?? node.span) : node.span, exact };
  };
  function variables(map: MapNode, pointer: string): CiValue[] {
    return map.entries.flatMap(({ key, value, merged }) => {
      // GitLab's long form has `value`.
      const node = value?.kind === 'map' ? child(value, 'value') : value;
      if (merged || node?.kind !== 'scalar' || node.isNull) return [];
      return [written(node, `${pointer}.${key}`, key)];
    });
  }
  for (let visited = 0, next = open.pop(); next && visited < MAX_NODES; visited += 1, next = open.pop()) {
    const { node, pointer, key } = next;
    if (node.kind === 'seq') {
      for (const [at, item] of [...node.items.entries()].reverse())
        open.push({ node: item, pointer: `${pointer}[${at}]`, key });
    } else if (node.kind === 'scalar') {
      if (SCRIPTS.test(key)) scripts.push(written(node, pointer, key));
    } else {
      const uses = textOf(child(node, 'uses')) ?? textOf(child(node, 'task'));
      const given = child(node, 'with') ?? child(node, 'inputs');
      if (uses !== null) {
        const inputs = given?.kind === 'map' ? variables(given, `${pointer}.with`) : [];
        steps.push({ pointer, uses: uses.split('@', 1)[0] ?? uses, inputs });
      }
      // Azure: `- name: X` with `value: y`.
      const named = key === 'variables' ? textOf(child(node, 'name')) : null;
      const value = child(node, 'value');
      if (named !== null && value?.kind === 'scalar') values.push(written(value, `${pointer}.${named}`, named));
      for (const entry of [...node.entries].reverse()) {
        if (!entry.value || entry.merged) continue;
        const path = pointer === '' ? entry.key : `${pointer}.${entry.key}`;
        if (entry.key === 'services' || (entry.key === 'docker' && entry.value.kind === 'seq')) {
          hasServices = true;
          continue;
        }
        if (VARIABLES.test(entry.key) && entry.value.kind === 'map') values.push(...variables(entry.value, path));
        open.push({ node: entry.value, pointer: path, key: entry.key });
      }
    }
    if (open.length > MAX_NODES) break;
  }
  const byPlace = (a: CiValue, b: CiValue): number => a.span.start - b.span.start;
  return { values: values.sort(byPlace), scripts: scripts.sort(byPlace), steps, hasServices };
}
