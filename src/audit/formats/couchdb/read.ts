/**
 * CouchDB's configuration: INI files read in an order, of which later ones win – `default.ini`, `default.d/*.ini`,
 * `local.ini`, `local.d/*.ini`.
 *
 *   [section]
 *   key = value ; comment          a semicolon at the start of a line, or after a blank, begins a comment
 *     more of the value            a line that begins with a blank continues the value before it
 *
 * https://docs.couchdb.org/en/stable/config/intro.html, src/config/src/config.erl (parse_ini_file)
 */
import { basename, dirname, join } from 'node:path/posix';
import { assetId } from '../../../core/asset.ts';
import type { Skip } from '../../../core/skip.ts';
import type { Facts, Place } from '../../facts.ts';
import type { Assembly, Format, ReadFile, RuleContext, SettingView } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';

export interface CouchdbSetting {
  section: string;
  key: string;
  value: string;
  /** Of the value; of the key when there is none. */
  span: Span;
  /** The file it stands in. */
  source: Source;
}

export interface CouchdbDocument {
  /** In the order of the files; all of them. */
  entries: readonly CouchdbSetting[];
  /** The one in force, by `section/key`. */
  settings: ReadonlyMap<string, CouchdbSetting>;
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const SECTIONS =
  /^\[(?:couchdb|chttpd|httpd|chttpd_auth|couch_httpd_auth|admins|couch_peruser|query_server_config|native_query_servers|replicator|httpd_global_handlers|httpd_design_handlers|httpd_db_handlers|mango|smoosh|fabric|couchdb_engines|view_compaction)\][ \t]*\r?$/m;
const MAX_ENTRIES = 20_000;

export const couchdbFormat: Format<'couchdb.ini'> = {
  name: 'couchdb.ini',
  title: 'CouchDB (local.ini, default.ini)',
  recognises(path, text) {
    if (!/\.ini(?:\.\w+)?$/i.test(path)) return false;
    const head = text.slice(0, 262_144);
    const first = SECTIONS.exec(head)?.[0];
    if (first === undefined) return false;
    // `[admins]` and `[replicator]` alone may be anybody's.
    const own = /^\[(?:couchdb|chttpd|chttpd_auth|couch_httpd_auth|couch_peruser|httpd_global_handlers)\]/m.test(head);
    return own || /couch/i.test(path) || /(?:^|\/)(?:local|default)(?:\.d\/[^/]+)?\.ini$/.test(path);
  },
  read(source) {
    const entries: CouchdbSetting[] = [];
    const skips: Skip[] = [];
    let section = '';
    let open: { entry: CouchdbSetting; more: string[] } | null = null;
    function skip(offset: number, reason: string): void {
      const subject = `${source.path}:${source.position(offset).line}`;
      if (skips.length < 10) skips.push({ subject, code: 'COUCHDB_SYNTAX', reason, severity: 'incomplete' });
    }
    function close(): void {
      if (open && open.more.length > 0) open.entry.value = [open.entry.value, ...open.more].join(' ').trim();
      open = null;
    }
    for (const { text, start } of linesOf(source.text)) {
      const line = text.replace(/^\ufeff/, ' ');
      if (/^[ \t]*(?:;|$)/.test(line)) continue;
      const header = /^\[([^\]]{1,200})\][ \t]*$/.exec(line)?.[1];
      if (header !== undefined) {
        close();
        section = header;
        continue;
      }
      const continued: { entry: CouchdbSetting; more: string[] } | null = open;
      if (/^[ \t]/.test(line) && continued) {
        continued.more.push(line.trim());
        continue;
      }
      close();
      const equals = line.indexOf('=');
      if (equals <= 0 || line.length > 65_536 || entries.length >= MAX_ENTRIES) {
        skip(start, entries.length >= MAX_ENTRIES ? `more than ${MAX_ENTRIES} settings` : 'not a setting');
        if (entries.length >= MAX_ENTRIES) break;
        continue;
      }
      const key = line.slice(0, equals).trim();
      const raw = line.slice(equals + 1);
      const value = (raw.split(/[ \t];/, 1)[0] ?? '').trim();
      const valueStart = start + equals + 1 + (value === '' ? 0 : raw.indexOf(value));
      const keyStart = start + line.indexOf(key);
      const span =
        value === ''
          ? { start: keyStart, end: keyStart + key.length }
          : { start: valueStart, end: valueStart + value.length };
      const entry = { section, key, value, span, source };
      entries.push(entry);
      open = { entry, more: [] };
    }
    close();
    const complete = skips.length === 0;
    const failed = !complete && entries.length === 0;
    return { document: joined(entries, complete), status: failed ? 'failed' : complete ? 'read' : 'partial', skips };
  },
  assemble,
  *settings({ entries }): Generator<SettingView> {
    const seen = new Map<string, number>();
    for (const { section, key, value, span } of entries) {
      const name = `${section}/${key}`;
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      if (span.end <= span.start) continue;
      yield { pointer: count === 0 ? name : `${name}[${count}]`, values: value === '' ? [] : [value], span };
    }
  },
  facts: couchdbFacts,
};

function joined(entries: readonly CouchdbSetting[], complete: boolean): CouchdbDocument {
  const settings = new Map(entries.map((entry) => [`${entry.section}/${entry.key}`, entry]));
  return { entries, settings, complete };
}

/** Where a file stands in the order, and the folder whose server reads it; null for files with other names. */
function orderOf(path: string): { folder: string; rank: number } | null {
  const name = basename(path);
  const parent = basename(dirname(path));
  if (parent === 'default.d' || parent === 'local.d')
    return { folder: dirname(dirname(path)), rank: parent === 'default.d' ? 1 : 3 };
  if (name === 'default.ini' || name === 'local.ini')
    return { folder: dirname(path), rank: name === 'default.ini' ? 0 : 2 };
  return null;
}

function assemble(files: readonly ReadFile<'couchdb.ini'>[]): Assembly<'couchdb.ini'> {
  const groups = new Map<string, { file: ReadFile<'couchdb.ini'>; rank: number }[]>();
  for (const file of files) {
    const order = orderOf(file.source.path);
    const key = order === null ? file.source.path : join(order.folder, '*');
    groups.set(key, [...(groups.get(key) ?? []), { file, rank: order?.rank ?? 0 }]);
  }
  const judged = [...groups.values()].map((group) => {
    const ordered = group.toSorted((a, b) => a.rank - b.rank || (a.file.source.path < b.file.source.path ? -1 : 1));
    // The file that people change stands for all.
    const main = ordered.find(({ rank }) => rank === 2) ?? ordered.at(-1);
    const entries = ordered.flatMap(({ file }) => file.document.entries);
    const complete = ordered.every(({ file }) => file.document.complete);
    return main ? [{ ...main.file, document: joined(entries, complete) }] : [];
  });
  return { files: judged.flat(), skips: [] };
}

/** An administrator in a file, or made by the image's entry point. */
export function hasAdministrator(document: CouchdbDocument, { runtimes }: Pick<RuleContext, 'runtimes'>): boolean {
  const written = [...document.settings.values()].some(({ section, value }) => section === 'admins' && value !== '');
  const made = runtimes.some(({ service }) =>
    service.environment.some(({ name, value }) => name === 'COUCHDB_USER' && value !== ''),
  );
  return written || made;
}

export function bindAddress({ settings }: CouchdbDocument): CouchdbSetting | undefined {
  return settings.get('chttpd/bind_address') ?? settings.get('httpd/bind_address');
}

export function isEverywhere(address: string): boolean {
  return /^(?:0\.0\.0\.0|::|any)$/.test(address);
}

function couchdbFacts({ source, document }: ReadFile<'couchdb.ini'>, context: RuleContext): Facts {
  const place = (setting: CouchdbSetting | undefined): Place | null =>
    setting ? { source: setting.source, span: setting.span, pointer: `${setting.section}/${setting.key}` } : null;
  const bind = bindAddress(document);
  const port = document.settings.get('chttpd/port') ?? document.settings.get('httpd/port');
  const number = port ? Number.parseInt(port.value, 10) : 5984;
  const tls = document.settings.get('ssl/enable');
  const admin = [...document.settings.values()].find(({ section, value }) => section === 'admins' && value !== '');
  const versions = new Set(context.runtimes.map(({ declared }) => declared.version));
  const loopback = /^(?:127\.|localhost|::1)/;
  const on = !bind
    ? 'unknown'
    : isEverywhere(bind.value)
      ? 'everywhere'
      : loopback.test(bind.value)
        ? 'loopback'
        : [bind.value];
  return {
    stores: [
      {
        asset: assetId('config', source.path),
        name: source.path,
        engine: 'couchdb',
        version: versions.size === 1 ? ([...versions][0] ?? null) : null,
        by: 'native',
        // The image writes `any` into a file of its own.
        listens: {
          on: !bind && context.runtimes.length > 0 ? 'everywhere' : on,
          port: Number.isInteger(number) ? number : null,
          place: place(bind) ?? place(port),
        },
        login: {
          state: hasAdministrator(document, context) ? 'on' : 'unknown',
          text: admin ? 'has an administrator' : 'not said',
          place: place(admin),
        },
        // The port beside it (5984) stays plain: TLS has a port of its own.
        encrypted: { state: tls ? 'unknown' : 'off', place: place(tls) },
        behind: [],
        publicAddress: null,
        place: place(document.entries[0]) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
      },
    ],
  };
}
