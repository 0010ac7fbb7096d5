/** postgresql.conf as its rules see it. */
import { exposureOf } from '../../containers/exposure.ts';
import {
  addressesOf,
  isLoopbackAddress,
  type PostgresqlView,
  postgresqlViews,
} from '../../formats/postgresql/effective.ts';
import type { PostgresqlSetting } from '../../formats/postgresql/parse.ts';
import type { Fix, Hit, ReadFile, RuleContext } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

export const STARTED = 'postgres 15 started with and without it (test/servers/audit-settings-postgresql.test.ts)';
export const DOCS = 'https://www.postgresql.org/docs/current/runtime-config-';

/** The view of each container, or that of the file alone; of several findings of one setting the first counts. */
export function* inEachView(
  file: ReadFile<'postgresql.conf'>,
  { runtimes }: RuleContext,
  check: (view: PostgresqlView) => Iterable<Hit>,
): Generator<Hit> {
  const seen = new Set<string>();
  for (const view of postgresqlViews(file, runtimes)) {
    for (const hit of check(view)) {
      if (seen.has(hit.pointer)) continue;
      seen.add(hit.pointer);
      yield hit;
    }
  }
}

/** The setting, when it makes the server listen beyond loopback. */
export function wide(view: PostgresqlView): PostgresqlSetting | undefined {
  const open = addressesOf(view)?.some((address) => !isLoopbackAddress(address)) === true;
  return open ? view.last('listen_addresses') : undefined;
}

/** Only other containers of its host reach it. */
export function near({ runtime }: PostgresqlView): boolean {
  if (runtime === null) return false;
  const level = exposureOf(runtime.declared);
  return level === 'none' || level === 'loopback';
}

/** Where a hit about a setting points at. */
export function at({ span, source }: PostgresqlSetting): { span: Span; source?: Source } {
  return { span, ...(source && { source }) };
}

/** Replaces a value, in quotes when it was or must be quoted; null where a flag of the container says it. */
export function replace(
  view: PostgresqlView,
  setting: PostgresqlSetting,
  value: string,
  rest: Omit<Fix, 'edits'>,
): Fix | null {
  if (view.isFlag(setting)) return null;
  const bare = !setting.quoted && /^[a-z_][\w.:/-]*$/i.test(value);
  return { ...rest, edits: [{ ...setting.span, text: bare ? value : `'${value}'` }] };
}
