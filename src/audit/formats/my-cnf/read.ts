/** my.cnf as a format: what it is told by; `parse.ts` has its grammar. */
import { basename } from 'node:path/posix';
import { assetId } from '../../../core/asset.ts';
import type { Facts, Place } from '../../facts.ts';
import type { Format, ReadFile, RuleContext } from '../../model.ts';
import { isConditionalTemplate } from '../templates.ts';
import { assembleMyCnf } from './assemble.ts';
import { bindOf, myCnfViews, switchOf } from './effective.ts';
import { type MyCnfOption, readMyCnf } from './parse.ts';

export type { MyCnfDocument } from './parse.ts';

const GROUP =
  /^\ufeff?[ \t]*\[[ \t]*(?:mysqld(?:_safe|_multi|\d{0,3}|-\d{1,2}\.\d{1,2})|mariadbd?(?:-(?:safe|client|dump|\d{1,2}\.\d{1,2}))?|mysql(?:dump|admin|check|import|hotcopy)|client-(?:server|mariadb)|galera)[ \t]*\]/m;
const LOOSE_GROUP = /^\ufeff?[ \t]*\[[ \t]*(?:mysql|client|server|safe_mysqld|isamchk|myisamchk)[ \t]*\]/m;

export const myCnfFormat: Format<'my.cnf'> = {
  name: 'my.cnf',
  title: 'MySQL and MariaDB (my.cnf)',
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read: readMyCnf,
  assemble: assembleMyCnf,
  *settings({ options }) {
    const seen = new Map<string, number>();
    for (const { group, name, value, span, source } of options) {
      const pointer = `${group}.${name}`;
      const count = (seen.get(pointer) ?? 0) + 1;
      seen.set(pointer, count);
      yield {
        pointer: count > 1 ? `${pointer}[${count}]` : pointer,
        values: value === null ? [] : [value],
        span,
        ...(source && { source }),
      };
    }
  },
  facts: myCnfFacts,
};

function looksLike(path: string, text: string): boolean {
  const name = basename(path);
  if (/\.(?:ya?ml|json|xml|toml|md|sh|py|php|service|properties|env)$/i.test(name)) return false;
  const named = /^(?:\.?my(?:sql|sqld)?[\w.-]*\.(?:cnf|ini)|\.my\.cnf|mariadb[\w.-]*\.cnf)(?:\.\w+)?$/i.test(name);
  const head = text.slice(0, 262_144);
  if (GROUP.test(head)) return named || /\.(?:cnf|ini|conf)(?:\.[\w-]+)?$/i.test(name) || !/\./.test(name);
  if (/^[ \t]*!includedir[ \t]/m.test(head)) return named || /\.cnf$/i.test(name);
  // PHP's php.ini and others have a [mysql] of their own.
  return (
    LOOSE_GROUP.test(head) &&
    (named || /\.cnf(?:\.[\w-]+)?$/i.test(name)) &&
    !/^[ \t]*\[[ \t]*(?:req|ca|v3_\w+)[ \t]*\]/m.test(head)
  );
}

function myCnfFacts(file: ReadFile<'my.cnf'>, { runtimes }: RuleContext): Facts {
  const { source } = file;
  const [view] = myCnfViews(file, runtimes);
  if (!view?.isServer) return {};
  const placeOf = (option: MyCnfOption | undefined): Place | null =>
    option ? { source: option.source ?? source, span: option.span, pointer: `${option.group}.${option.name}` } : null;
  const bind = bindOf(view);
  const port = view.last('port')?.value ?? '3306';
  const skipped = view.last('skip_grant_tables');
  const required = view.last('require_secure_transport');
  const ssl = view.last('ssl', 'have_ssl');
  const place = placeOf(file.document.options[0]);
  return {
    stores: [
      {
        asset: assetId('config', source.path),
        name: source.path,
        engine: 'mysql',
        version: view.runtime?.declared.version ?? (view.version ? view.version.join('.') : null),
        by: 'native',
        listens: {
          on: bind === null ? 'unknown' : bind.where === 'network' ? bind.addresses : bind.where,
          port: /^\d{1,5}$/.test(port) ? Number(port) : null,
          place: placeOf(bind?.option),
        },
        login:
          skipped && switchOf(skipped) !== false
            ? { state: 'off', text: 'grant tables are skipped', place: placeOf(skipped) }
            : { state: 'unknown', text: 'accounts stand in the server, not in its files', place: null },
        encrypted: {
          state: switchOf(required) === true ? 'on' : switchOf(ssl) === false ? 'off' : 'unknown',
          place: placeOf(required ?? ssl),
        },
        behind: [],
        publicAddress: null,
        place: place ?? { source, span: { start: 0, end: 0 }, pointer: '' },
      },
    ],
  };
}
