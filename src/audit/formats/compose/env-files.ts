/** `env_file` of a service: a path, a list of paths, or entries of `path`, `required` and `format`. */
import { linesOf, type Span, sourceOf } from '../../source.ts';
import { child, textOf } from '../yaml/read.ts';
import { readDotenvLine } from './dotenv.ts';
import type { ComposeVariable } from './environment.ts';
import { interpolate } from './interpolate.ts';
import { inRoot } from './paths.ts';
import type { Part } from './project.ts';
import type { ServiceReader } from './service.ts';

const MAX_FILES = 50;
const MAX_VARIABLES = 5_000;

export interface EnvironmentFiles {
  names: ReadonlySet<string>;
  /** With their places in those files. */
  variables: ComposeVariable[];
  /** False when one of the files was not found. */
  complete: boolean;
}

export function environmentFiles(parts: readonly Part[], { project, siblings }: ServiceReader): EnvironmentFiles {
  const variables = new Map<string, ComposeVariable>();
  let complete = true;
  let files = 0;
  for (const { node, layer } of parts) {
    for (const item of node.kind === 'seq' ? node.items : [node]) {
      files += 1;
      if (files > MAX_FILES) break;
      const written = textOf(item) ?? textOf(child(item, 'path'));
      const path = written === null ? null : interpolate(written, layer.variables);
      const inside = path?.known ? inRoot(layer.folder, path.text) : null;
      const text = inside === null ? null : siblings.text(inside);
      if (text === null || inside === null) {
        complete = false;
        continue;
      }
      const base = project.joined.add(sourceOf(inside, text));
      const raw = textOf(child(item, 'format')) === 'raw';
      for (const line of linesOf(text)) {
        if (variables.size >= MAX_VARIABLES) break;
        const read = readDotenvLine(line.text);
        if (!read) continue;
        const { name, value, start, end, single } = read;
        const known = raw || single || !value.includes('$');
        const span: Span = { start: base + line.start + start, end: base + line.start + end };
        const whole: Span = { start: base + line.start, end: base + line.end };
        variables.set(name, {
          name,
          value: known ? value : null,
          source: known ? 'file' : 'unknown',
          span: end > start ? span : whole,
          inner: null,
          defaultSpan: null,
          entry: whole,
          removable: false,
        });
      }
    }
  }
  return { names: new Set(variables.keys()), variables: [...variables.values()], complete };
}
