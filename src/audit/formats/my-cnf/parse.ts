/**
 * Option files of MySQL, MariaDB and Percona Server (my.cnf).
 *
 *   [group]                    options below belong to it
 *   name[=value]               dashes and underscores are the same; `'…'` or `"…"` around a value
 *   loose_name, skip_name, disable_name, enable_name        an option that may be unknown; a switch off; off; on
 *   # …  ; …                   comments; `#` also behind a value
 *   !include FILE              !includedir FOLDER (its *.cnf)
 *
 * https://dev.mysql.com/doc/refman/8.4/en/option-files.html, https://mariadb.com/kb/en/configuring-mariadb-with-option-files/,
 * mysys/my_default.cc (search_default_file_with_ext, remove_end_comment)
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';

export interface MyCnfOption {
  /** Lower-case. */
  group: string;
  /** Lower-case, with underscores, without `loose_`, `skip_`, `disable_` and `enable_`. */
  name: string;
  /** As written. */
  writtenName: string;
  nameSpan: Span;
  /** Without quotes; null where none is written. `skip_ssl` is `ssl` with the value `0`. */
  value: string | null;
  /** Of the value as written; of the name without one. */
  span: Span;
  /** The value was not written but follows from the name's prefix. */
  implied: boolean;
  /** The file it stands in, where that is not the document's own. */
  source?: Source;
}

export interface MyCnfInclude {
  keyword: 'include' | 'includedir';
  target: string;
  span: Span;
  /** Index of the option that follows it. */
  before: number;
}

export interface MyCnfDocument {
  options: readonly MyCnfOption[];
  includes: readonly MyCnfInclude[];
  /** Where the line of a group ends, by group: where an option can be added. Null: in an included file only. */
  groups: ReadonlyMap<string, number | null>;
  /** False when a line was not understood or an included file was not found: then absence proves nothing. */
  complete: boolean;
}

/** Names that begin like a prefix and are whole. */
const WHOLE = new Set([
  'skip_networking',
  'skip_name_resolve',
  'skip_grant_tables',
  'skip_host_cache',
  'skip_show_database',
  'skip_slave_start',
  'skip_replica_start',
  'skip_external_locking',
]);
const MAX_LINE = 65_536;
export const MAX_OPTIONS = 50_000;

/** One file, without what it includes. */
export function readMyCnf(source: Source): Reading<MyCnfDocument> {
  const options: MyCnfOption[] = [];
  const includes: MyCnfInclude[] = [];
  const groups = new Map<string, number>();
  const skips: Skip[] = [];
  let complete = true;
  let group: string | null = null;
  for (const line of linesOf(source.text)) {
    const text = line.text.charCodeAt(0) === 0xfeff ? ` ${line.text.slice(1)}` : line.text;
    const first = /^[ \t\f\v\r]*([^ \t\f\v\r])/.exec(text.slice(0, 4096))?.[1];
    if (first === undefined && text.length < 4096) continue;
    if (first === '#' || first === ';') continue;
    if (text.length > MAX_LINE || options.length >= MAX_OPTIONS) refuse(line.start, 'too long');
    else if (first === '[') {
      const name = /^[ \t]*\[[ \t]*([^\]\r\n]{1,128}?)[ \t]*\]/.exec(text)?.[1];
      if (name === undefined) refuse(line.start, 'not a group');
      group = name?.toLowerCase() ?? null;
      if (group !== null) groups.set(group, line.end);
    } else if (first === '!') {
      const found = /^[ \t]*!(include|includedir)[ \t]+(\S[^\r\n]*)$/.exec(text);
      const target = found?.[2]?.trimEnd() ?? '';
      const start = line.start + text.indexOf(target);
      if (found && includes.length < 1_000)
        includes.push({
          keyword: found[1] === 'include' ? 'include' : 'includedir',
          target,
          span: { start, end: start + target.length },
          before: options.length,
        });
      else refuse(line.start, 'not a directive');
    } else if (group === null) refuse(line.start, 'an option outside a group; the server refuses to start with it');
    else {
      const option = readOption(text, line.start, group);
      if (option) options.push(option);
      else refuse(line.start, 'not an option');
    }
  }
  function refuse(offset: number, reason: string): void {
    complete = false;
    const subject = `${source.path}:${source.position(offset).line}`;
    if (skips.length < 10) skips.push({ subject, code: 'MY_CNF_SYNTAX', reason, severity: 'incomplete' });
  }
  const failed = options.length === 0 && !complete;
  return {
    document: { options, includes, groups, complete },
    status: failed ? 'failed' : complete ? 'read' : 'partial',
    skips,
  };
}

function readOption(text: string, base: number, group: string): MyCnfOption | null {
  const equals = text.indexOf('=');
  const rawName = equals < 0 ? withoutComment(text) : text.slice(0, equals);
  const written = rawName.trim();
  if (!/^[A-Za-z_][\w.:-]{0,120}$/.test(written)) return null;
  const nameStart = text.indexOf(written);
  const nameSpan = { start: base + nameStart, end: base + nameStart + written.length };
  const { name, implied } = plainName(written);
  if (equals < 0)
    return { group, name, writtenName: written, nameSpan, value: implied, span: nameSpan, implied: implied !== null };
  const rest = withoutComment(text.slice(equals + 1));
  const trimmed = rest.trim();
  const start = equals + 1 + (trimmed === '' ? 0 : rest.indexOf(trimmed));
  const span = trimmed === '' ? nameSpan : { start: base + start, end: base + start + trimmed.length };
  const quote = trimmed[0];
  const quoted = (quote === '"' || quote === "'") && trimmed.length > 1 && trimmed.endsWith(quote);
  const value = quoted ? trimmed.slice(1, -1) : trimmed;
  return {
    group,
    name,
    writtenName: written,
    nameSpan,
    value: implied === '0' ? negated(value) : value,
    span,
    implied: false,
  };
}

/** `skip_ssl=0` switches it on again. */
function negated(value: string): string {
  return /^(?:0|off|false)$/i.test(value) ? '1' : '0';
}

/** `skip-ssl` → ssl and 0; `loose_local-infile` → local_infile. */
function plainName(written: string): { name: string; implied: string | null } {
  let name = written.toLowerCase().replaceAll('-', '_');
  if (name.startsWith('loose_')) name = name.slice(6);
  if (WHOLE.has(name)) return { name, implied: null };
  for (const [prefix, implied] of [
    ['skip_', '0'],
    ['disable_', '0'],
    ['enable_', '1'],
  ] as const) {
    if (name.startsWith(prefix)) return { name: name.slice(prefix.length), implied };
  }
  return { name, implied: null };
}

/** A `#` outside quotes ends the value. */
function withoutComment(text: string): string {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ((character === '"' || character === "'") && text[at - 1] !== '\\') {
      if (quote === '') quote = character;
      else if (quote === character) quote = '';
    } else if (character === '#' && quote === '') return text.slice(0, at);
  }
  return text;
}
