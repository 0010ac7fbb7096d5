/**
 * postgresql.conf: one setting per line, `name [=] value`, `#` starts a comment outside quotes.
 * A value is `'…'` (with `''` or `\'` for a quote) or a bare word or number. Names are case-insensitive; the last wins.
 * `include`, `include_if_exists` and `include_dir` read other files at that point.
 * https://www.postgresql.org/docs/current/config-setting.html, src/backend/utils/misc/guc-file.l
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format } from '../../model.ts';
import { linesOf, type Span } from '../../source.ts';

export interface PostgresqlSetting {
  /** Lower-case. */
  name: string;
  nameSpan: Span;
  value: string;
  quoted: boolean;
  /** With its quotes. */
  span: Span;
}

export interface PostgresqlDocument {
  settings: PostgresqlSetting[];
  last(name: string): PostgresqlSetting | undefined;
  /** False when a line was not understood or another file is included. */
  complete: boolean;
}

/** Longer lines are not settings; the server's own buffer is far shorter. */
const LONGEST_LINE = 65_536;

const STRONG =
  /^[ \t]*(?:#[ \t]*)?(?:listen_addresses|shared_buffers|password_encryption|wal_level|hba_file|ident_file|max_wal_size|ssl_cert_file|ssl_key_file|log_line_prefix|max_connections|dynamic_shared_memory_type|effective_cache_size|log_timezone|archive_mode)[ \t]*=/m;

export const postgresqlFormat: Format<'postgresql.conf'> = {
  name: 'postgresql.conf',
  title: 'PostgreSQL (postgresql.conf)',
  settings: () => [],
  recognises(path, text) {
    if (/^postgresql[\w.-]*\.conf(?:\.\w+)?$/i.test(basename(path))) return true;
    if (/\.(?:ya?ml|json|xml|toml|ini|properties|env)$/i.test(path) || basename(path).startsWith('.env')) return false;
    if (!STRONG.test(text)) return false;
    let known = 0;
    let other = 0;
    for (const line of linesOf(text.slice(0, 262_144))) {
      if (/^[ \t]*(?:#.*)?$/.test(line.text)) continue;
      if (/^[ \t]*[a-z_]+(?:\.[a-z_]+)?[ \t]*=[ \t]*(?:'[^']*'|[\w.+-]+)[ \t]*(?:#.*)?$/i.test(line.text)) known += 1;
      else other += 1;
    }
    return known >= 2 && known >= 4 * other && KNOWN.filter((name) => text.includes(name)).length >= 2;
  },
  read(source) {
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
          skips.push(
            skip('POSTGRESQL_SYNTAX', line.start, 'not a setting; PostgreSQL refuses to start with this line'),
          );
        continue;
      }
      settings.push(setting);
      if (setting.name.startsWith('include')) {
        complete = false;
        skips.push(
          skip('CONFIG_INCLUDE', line.start, 'includes other files, which may set anything and were not followed'),
        );
      }
    }
    function skip(code: string, offset: number, reason: string): Skip {
      return { subject: `${source.path}:${source.position(offset).line}`, code, reason, severity: 'incomplete' };
    }
    const last = new Map(settings.map((setting) => [setting.name, setting]));
    return {
      document: { settings, last: (name) => last.get(name), complete },
      status: complete ? 'read' : 'partial',
      skips: skips.slice(0, 20),
    };
  },
};

const KNOWN = [
  'listen_addresses',
  'shared_buffers',
  'password_encryption',
  'wal_level',
  'max_connections',
  'port',
  'hba_file',
  'log_line_prefix',
  'effective_cache_size',
  'work_mem',
  'max_wal_size',
  'ssl',
  'datestyle',
  'timezone',
  'lc_messages',
];

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
