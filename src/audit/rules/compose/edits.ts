/** Small edits of a compose file. Each gives null where it cannot be done without rewriting more. */
import type { TextEdit } from '../../../core/patch.ts';
import type { ComposeVariable } from '../../formats/compose/environment.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { type Source, wholeLines } from '../../source.ts';

/** Replaces a variable's value inside its quotes. `value` must need no escaping in any YAML style. */
export function replaceValue(variable: ComposeVariable, value: string): TextEdit[] | null {
  const at =
    variable.source === 'default' ? variable.defaultSpan : variable.source === 'literal' ? variable.inner : null;
  return at && at.end > at.start ? [{ ...at, text: value }] : null;
}

/** Writes one more variable after the last one. */
export function addVariable(service: ComposeService, name: string, value: string): TextEdit[] | null {
  const end = service.environmentEnd;
  if (!end) return null;
  const entry = end.form === 'map' ? `${name}: "${value}"` : `${name}=${value}`;
  return [{ start: end.at, end: end.at, text: `${end.before}${entry}` }];
}

/** Cuts the lines of a variable. */
export function removeVariable(variable: ComposeVariable, source: Source): TextEdit[] | null {
  return variable.removable ? [{ ...wholeLines(source.text, variable.entry), text: '' }] : null;
}
