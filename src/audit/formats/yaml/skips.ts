import type { Skip } from '../../../core/skip.ts';
import type { Source } from '../../source.ts';
import type { YamlProblem } from './read.ts';

/** Problems of a YAML file as skips that say where; at most ten of one file. */
export function yamlSkips(source: Source, problems: readonly YamlProblem[]): Skip[] {
  return problems.slice(0, 10).map(({ code, reason, offset }) => {
    const { line, column } = source.position(offset);
    return { subject: `${source.path}:${line}:${column}`, code, reason, severity: 'incomplete' };
  });
}
