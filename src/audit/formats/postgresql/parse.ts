/**
 * postgresql.conf: one setting per line, `name [=] value`, `#` starts a comment outside quotes.
 * A value is `'…'` (with `''` or `\'` for a quote) or a bare word or number. Names are case-insensitive; the last wins.
 * `include`, `include_if_exists` and `include_dir` read other files at that point.
 * https://www.postgresql.org/docs/current/config-setting.html, src/backend/utils/misc/guc-file.l
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';

export interface PostgresqlSetting {
  /** Lower-case. */
  name: string;
  nameSpan: Span;
  value: string;
  quoted: boolean;
  /** With its quotes. */
  span: Span;
  /** The file it stands in, where that is not the document's own. */
  source?: Source;
}

export interface PostgresqlDocument {
  settings: PostgresqlSetting[];
  last(name: string): PostgresqlSetting | undefined;
  /** False when a line was not understood or an included file was not found: then absence proves nothing. */
  complete: boolean;
}

/** Longer lines are not settings; the server's own buffer is far shorter. */
const LONGEST_LINE = 65_536;

/** Bounds what includes can add up to, and hostile files. */
export const MAX_SETTINGS = 50_000;

/** One file, without what it includes. */
export function readPostgresql(source: Source): Reading<PostgresqlDocument> {
  const settings: PostgresqlSetting[] = [];
  const skips: Skip[] = [];
  let complete = true;
  for (const line of linesOf(source.text)) {
    const text = line.text.charCodeAt(0) === 0xfeff ? ` ${line.text.slice(1)}` : line.text;
    if (/^[ \t\f\r]*(?:#|$)/.test(text)) continue;
    const setting = text.length > LONGEST_LINE ? null : readSetting(text, line.start);
    if (setting === null) {
      complete = false;
      if (skips.length < 10)
        skips.push(skip('POSTGRESQL_SYNTAX', line.start, 'not a setting; PostgreSQL refuses to start with this line'));
      continue;
    }
    settings.push(setting);
  }
  function skip(code: string, offset: number, reason: string): Skip {
    return { subject: `${source.path}:${source.position(offset).line}`, code, reason, severity: 'incomplete' };
  }
  return { document: documentOf(settings, complete), status: complete ? 'read' : 'partial', skips };
}

/** A document of these settings, in their order. */
export function documentOf(settings: PostgresqlSetting[], complete: boolean): PostgresqlDocument {
  const last = new Map(settings.map((setting) => [setting.name, setting]));
  return { settings, last: (name) => last.get(name), complete };
}

// guc-file.l: ID and QUALIFIED_ID, STRING, and REAL, INTEGER or UNQUOTED_STRING.
const NAME = /[ \t\f\r]*([a-z_\x80-\uffff][a-z_0-9\x80-\uffff]*(?:\.[a-z_\x80-\uffff][a-z_0-9\x80-\uffff]*)?)/iy;
const EQUALS = /[ \t\f\r]*(?:=[ \t\f\r]*)?/y;
const QUOTED = /'(?:[^'\\\n]|\\.|'')*'/y;
const BARE = /[+-]?\d*\.\d*(?:e[+-]?\d+)?|[+-]?(?:0x[0-9a-f]+|\d+)[a-z]*|[a-z_\x80-\uffff][a-z_0-9\x80-\uffff._:/-]*/iy;
const REST = /[ \t\f\r]*(?:#.*)?$/y;

function readSetting(text: string, base: number): PostgresqlSetting | null {
  const name = match(NAME, text, 0);
  if (!name) return null;
  const nameEnd = name[0].length;
  const word = name[1] ?? '';
  const equals = match(EQUALS, text, nameEnd)?.[0] ?? '';
  const start = nameEnd + equals.length;
  const quoted = match(QUOTED, text, start);
  const value = quoted ?? match(BARE, text, start);
  if (!value) return null;
  const end = start + value[0].length;
  if (!match(REST, text, end)) return null;
  return {
    name: word.toLowerCase(),
    nameSpan: { start: base + nameEnd - word.length, end: base + nameEnd },
    value: quoted ? unquote(value[0].slice(1, -1)) : value[0],
    quoted: quoted !== null,
    span: { start: base + start, end: base + end },
  };
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** GUC_scanstr(): `''`, `\n` and its like, and up to three octal digits. */
function unquote(text: string): string {
  return text.replace(/''|\\([0-7]{1,3}|.)/g, (all, code: string | undefined) => {
    if (all === "''" || code === undefined) return "'";
    return /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : (ESCAPES[code] ?? code);
  });
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** parse_bool(): unique prefixes of true, false, yes, no, on, off, and 1, 0; null for anything else. */
export function postgresqlBoolean(value: string): boolean | null {
  const text = value.trim().toLowerCase();
  if (text === '') return null;
  if ('true'.startsWith(text) || 'yes'.startsWith(text) || text === 'on' || text === '1') return true;
  if ('false'.startsWith(text) || 'no'.startsWith(text) || text === 'off' || text === 'of' || text === '0')
    return false;
  return null;
}
