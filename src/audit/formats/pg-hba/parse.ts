/**
 * pg_hba.conf: one record per line, the first that matches decides.
 *
 *   local                                        DATABASE USER          METHOD [option=value …]
 *   host|hostssl|hostnossl|hostgssenc|hostnogssenc DATABASE USER ADDRESS  METHOD [option=value …]
 *   host…                                        DATABASE USER IP MASK  METHOD [option=value …]
 *   include|include_if_exists|include_dir FILE                                      (since 16)
 *
 * Fields are separated by blanks; a field may be a list with commas (blanks after a comma allowed); `"…"` takes away
 * a keyword's meaning, `""` inside is a quote; `#` starts a comment outside quotes; a backslash at the end of a line
 * continues it (since 14); `@file` reads names from a file.
 * https://www.postgresql.org/docs/current/auth-pg-hba-conf.html, src/backend/libpq/hba.c (next_token)
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';
import { type AddressRange, addressOf } from './address.ts';

export interface HbaToken {
  text: string;
  quoted: boolean;
}

export interface HbaField {
  tokens: HbaToken[];
  span: Span;
}

export type HbaType = 'local' | 'host' | 'hostssl' | 'hostnossl' | 'hostgssenc' | 'hostnogssenc';

export interface HbaRow {
  type: HbaType;
  typeSpan: Span;
  databases: HbaField;
  users: HbaField;
  /** Null on `local` rows. */
  address: (HbaField & { text: string; range: AddressRange }) | null;
  /** Lower-case. */
  method: string;
  methodSpan: Span;
  options: { name: string; value: string }[];
  /** The record without its comment. */
  span: Span;
  /** The included file it stands in. */
  source?: Source;
}

/** `include`, `include_if_exists` or `include_dir`: what it names stands before the row of index `before`. */
export interface HbaInclude {
  keyword: string;
  target: string;
  span: Span;
  before: number;
}

export interface HbaDocument {
  rows: HbaRow[];
  includes: readonly HbaInclude[];
  /** False when a line was not understood or an included file was not found. */
  complete: boolean;
}

const TYPES = ['local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'] as const;
/** Longest line read; the server's own limit was 8 KiB for long. */
const LONGEST_LINE = 65_536;
export const MAX_ROWS = 20_000;

/** One file, without what it includes. */
export function readHba(source: Source): Reading<HbaDocument> {
  const rows: HbaRow[] = [];
  const includes: HbaInclude[] = [];
  const skips: Skip[] = [];
  let complete = true;
  function skip(code: string, offset: number, reason: string): void {
    complete = false;
    const subject = `${source.path}:${source.position(offset).line}`;
    if (skips.length < 20) skips.push({ subject, code, reason, severity: 'incomplete' });
  }
  for (const { text, start } of logicalLines(source.text)) {
    if (text.length > LONGEST_LINE) {
      skip('PG_HBA_SYNTAX', start, 'a line too long to be a record');
      continue;
    }
    const fields = splitFields(text, start);
    const [first] = fields;
    if (!first) continue;
    if (rows.length >= MAX_ROWS) {
      skip('PG_HBA_LIMIT', start, `more than ${MAX_ROWS} records`);
      break;
    }
    const keyword = first.tokens[0]?.text ?? '';
    if (/^include(?:_if_exists|_dir)?$/.test(keyword)) {
      const target = fields[1]?.tokens[0]?.text ?? '';
      const span = fields[1]?.span ?? first.span;
      if (includes.length < 1_000) includes.push({ keyword, target, span, before: rows.length });
      continue;
    }
    const row = readRow(fields);
    if (row) rows.push(row);
    else skip('PG_HBA_SYNTAX', first.span.start, 'not a record; PostgreSQL refuses the file with this line');
  }
  const failed = rows.length === 0 && includes.length === 0 && !complete;
  return { document: { rows, includes, complete }, status: failed ? 'failed' : complete ? 'read' : 'partial', skips };
}

/** Names of a file that a field names as `@file`: separated by blanks, commas and lines. */
export function readNames(source: Source): HbaToken[] {
  const names: HbaToken[] = [];
  for (const { text, start } of linesOf(source.text)) {
    if (text.length > LONGEST_LINE || names.length > 5_000) break;
    names.push(...splitFields(text, start).flatMap(({ tokens }) => tokens));
  }
  return names;
}

/** Lines joined at a trailing backslash, which becomes blanks so that offsets hold. */
function* logicalLines(text: string): Generator<{ text: string; start: number }> {
  let parts: string[] = [];
  let start = 0;
  let previousEnd = 0;
  for (const line of linesOf(text)) {
    if (parts.length === 0) start = line.start;
    else parts.push(' '.repeat(line.start - previousEnd));
    const continued = line.text.endsWith('\\');
    parts.push(continued ? `${line.text.slice(0, -1)} ` : line.text);
    previousEnd = line.end;
    if (continued) continue;
    const joined = parts.join('');
    parts = [];
    yield { text: joined.charCodeAt(0) === 0xfeff ? ` ${joined.slice(1)}` : joined, start };
  }
  if (parts.length > 0) yield { text: parts.join(''), start };
}

function splitFields(text: string, base: number): HbaField[] {
  const fields: HbaField[] = [];
  let at = 0;
  let tokens: HbaToken[] = [];
  let fieldStart = -1;
  let fieldEnd = 0;
  let afterComma = false;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (/[ \t\f\v\r]/.test(character)) {
      at += 1;
      continue;
    }
    if (character === '#') break;
    // Only a comma right behind a token continues its list; others are skipped like blanks.
    if (character === ',') {
      at += 1;
      continue;
    }
    const token = readToken(text, at);
    if (!afterComma && fieldStart >= 0) {
      fields.push({ tokens, span: { start: base + fieldStart, end: base + fieldEnd } });
      tokens = [];
      fieldStart = -1;
    }
    if (fieldStart < 0) fieldStart = at;
    tokens.push({ text: token.text, quoted: token.quoted });
    at = token.end;
    fieldEnd = at;
    afterComma = text[at] === ',';
  }
  if (fieldStart >= 0) fields.push({ tokens, span: { start: base + fieldStart, end: base + fieldEnd } });
  return fields;
}

function readToken(text: string, start: number): { text: string; quoted: boolean; end: number } {
  const parts: string[] = [];
  let at = start;
  let inside = false;
  const quoted = text[start] === '"';
  while (at < text.length) {
    const character = text[at] ?? '';
    if (!inside && /[ \t\f\v\r,#]/.test(character)) break;
    if (character === '"') {
      if (inside && text[at + 1] === '"') {
        parts.push('"');
        at += 1;
      } else {
        inside = !inside;
      }
    } else {
      parts.push(character);
    }
    at += 1;
  }
  return { text: parts.join(''), quoted, end: at };
}

function readRow(fields: readonly HbaField[]): HbaRow | null {
  const [first, databases, users, ...rest] = fields;
  const type = TYPES.find((name) => name === first?.tokens[0]?.text);
  if (!first || !databases || !users || type === undefined) return null;
  let address: HbaRow['address'] = null;
  if (type !== 'local') {
    const field = rest.shift();
    const token = field?.tokens[0];
    if (!field || !token || field.tokens.length !== 1) return null;
    const parsed = addressOf(token.text, token.quoted, null);
    const mask = rest[0]?.tokens[0]?.text;
    if (parsed.kind === 'bare-ip' && mask !== undefined) {
      const masked = addressOf(token.text, token.quoted, mask);
      const maskField = rest.shift();
      if (!maskField || masked.kind === 'bare-ip') return null;
      const span = { start: field.span.start, end: maskField.span.end };
      address = { tokens: field.tokens, span, text: `${token.text} ${mask}`, range: masked };
    } else if (parsed.kind === 'bare-ip') {
      return null;
    } else {
      address = { ...field, text: token.text, range: parsed };
    }
  }
  const methodField = rest.shift();
  const method = methodField?.tokens[0];
  if (!methodField || !method || methodField.tokens.length !== 1) return null;
  const options = rest.flatMap((field) =>
    field.tokens.map(({ text }) => {
      const equals = text.indexOf('=');
      return equals < 0 ? { name: text, value: '' } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
    }),
  );
  const end = rest.at(-1)?.span.end ?? methodField.span.end;
  return {
    type,
    typeSpan: first.span,
    databases,
    users,
    address,
    method: method.text,
    methodSpan: methodField.span,
    options,
    span: { start: first.span.start, end },
  };
}
