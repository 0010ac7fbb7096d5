/** my.cnf as its rules see it. */
import { exposureOf } from '../../containers/exposure.ts';
import { bindOf, type MyCnfView, myCnfViews } from '../../formats/my-cnf/effective.ts';
import type { MyCnfOption } from '../../formats/my-cnf/parse.ts';
import type { Fix, Hit, ReadFile, RuleContext } from '../../model.ts';
import { type Source, type Span, wholeLines } from '../../source.ts';

export const STARTED = 'mariadbd 10.11 started with and without it (test/servers/audit-settings-mariadb.test.ts)';
export const MYSQL = 'https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html';
export const MARIADB = 'https://mariadb.com/kb/en/server-system-variables/';

/** The view of each container, or that of the file alone; of several findings of one setting the first counts. */
export function* inEachView(
  file: ReadFile<'my.cnf'>,
  { runtimes }: RuleContext,
  check: (view: MyCnfView) => Iterable<Hit>,
): Generator<Hit> {
  const seen = new Set<string>();
  for (const view of myCnfViews(file, runtimes)) {
    if (!view.isServer) continue;
    for (const hit of check(view)) {
      if (seen.has(hit.pointer)) continue;
      seen.add(hit.pointer);
      yield hit;
    }
  }
}

/** Where a hit about an option points at. */
export function at({ span, source }: MyCnfOption): { span: Span; source?: Source } {
  return { span, ...(source && { source }) };
}

/** Another value; null where a flag of the container says it. */
export function replace(view: MyCnfView, option: MyCnfOption, value: string, rest: Omit<Fix, 'edits'>): Fix | null {
  if (view.isFlag(option)) return null;
  // `skip_x` and its like say their value by their name.
  if (/^(?:loose[-_])?(?:skip|disable|enable)[-_]/i.test(option.writtenName)) return null;
  // An option without a value gets one behind its name.
  const bare = option.span.start === option.nameSpan.start;
  const { end } = option.span;
  return { ...rest, edits: [bare ? { start: end, end, text: `=${value}` } : { ...option.span, text: value }] };
}

/** Cuts the option's line; null where a flag of the container says it. */
export function cut(
  view: MyCnfView,
  option: MyCnfOption,
  file: ReadFile<'my.cnf'>,
  rest: Omit<Fix, 'edits'>,
): Fix | null {
  if (view.isFlag(option)) return null;
  const { text } = option.source ?? file.source;
  return { ...rest, edits: [{ ...wholeLines(text, option.span), text: '' }] };
}

export interface Reach {
  where: 'everywhere' | 'network' | 'loopback' | 'unknown';
  /** Only other containers of its host reach it. */
  near: boolean;
  text: string;
}

/** Who reaches the server. In a container the published ports decide, not the addresses it binds inside. */
export function reachOf(view: MyCnfView): Reach {
  const bind = bindOf(view);
  const where = bind?.where ?? 'unknown';
  if (view.runtime !== null && where !== 'loopback') {
    const level = exposureOf(view.runtime.declared);
    if (level === 'none' || level === 'loopback')
      return { where: 'network', near: true, text: 'is reached by other containers' };
    return { where: level === 'public' ? 'everywhere' : 'network', near: false, text: 'is published on the network' };
  }
  const texts = {
    everywhere: 'listens on every address',
    network: 'listens on a network address',
    loopback: 'listens on loopback',
    unknown: 'may listen on every address',
  };
  return { where, near: false, text: texts[where] };
}
