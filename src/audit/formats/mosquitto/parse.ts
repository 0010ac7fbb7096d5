/**
 * mosquitto.conf: one directive per line, a name, spaces, and the rest of the line as its value. `#` begins a comment in
 * the first column only; elsewhere it is part of the value, and a line that begins with blanks and `#` is refused at the
 * start. Blanks before a name are skipped, tabs are part of it. Names and `true`/`false` are case-sensitive.
 * `listener` and `connection` begin sections; what comes before the first `listener` is the default listener's, which
 * exists when one of its settings is there (`port`, `bind_address`, but also `certfile` or `max_connections`).
 * `include_dir` reads every `*.conf` of a folder in its place, each beginning at the default listener again.
 * https://mosquitto.org/man/mosquitto-conf-5.html, https://github.com/eclipse-mosquitto/mosquitto/blob/v2.0.11/src/conf.c
 */
import type { Skip } from '../../../core/skip.ts';
import type { Reading } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';
import type { AclFile } from './acl.ts';
import type { PasswordFile } from './passwords.ts';

export interface MosquittoDirective {
  name: string;
  nameSpan: Span;
  /** The rest of the line; empty without one. */
  value: string;
  /** Of the value; of the name when there is none. */
  span: Span;
  /** Which reading of a file it comes from: a file that is included begins outside the sections of the one above. */
  scope: number;
  /** The included file it stands in. */
  source?: Source;
}

export interface MosquittoDocument {
  directives: readonly MosquittoDirective[];
  /** What `acl_file` and `password_file` name, where it is in the tree. */
  acls: ReadonlyMap<MosquittoDirective, AclFile>;
  passwords: ReadonlyMap<MosquittoDirective, PasswordFile>;
  /** False when a line was not understood or an included folder was not found: then absence proves nothing. */
  complete: boolean;
}

/** More directives than any file has. */
const MAX_DIRECTIVES = 50_000;

/** One file, without what it includes or names. */
export function readMosquitto(source: Source): Reading<MosquittoDocument> {
  const directives: MosquittoDirective[] = [];
  const skips: Skip[] = [];
  let complete = true;
  for (const line of linesOf(source.text)) {
    const text = line.text.charCodeAt(0) === 0xfeff ? ` ${line.text.slice(1)}` : line.text;
    if (text.startsWith('#')) continue;
    let start = 0;
    while (isBlank(text, start)) start += 1;
    let end = text.length;
    while (end > start && isBlank(text, end - 1)) end -= 1;
    if (start === end) continue;
    let stop = start;
    while (stop < end && text[stop] !== ' ') stop += 1;
    const name = text.slice(start, stop);
    const understood = /^[a-z][a-z0-9_.]*$/.test(name.slice(0, 200)) && directives.length < MAX_DIRECTIVES;
    if (!understood) {
      complete = false;
      if (skips.length < 10) {
        const { line: number } = source.position(line.start);
        const reason = 'no directive; Mosquitto refuses to start with this line';
        skips.push({ subject: `${source.path}:${number}`, code: 'MOSQUITTO_SYNTAX', reason, severity: 'incomplete' });
      }
      if (directives.length >= MAX_DIRECTIVES) break;
      continue;
    }
    let from = stop;
    while (from < end && isBlank(text, from)) from += 1;
    const nameSpan = { start: line.start + start, end: line.start + stop };
    const span = from < end ? { start: line.start + from, end: line.start + end } : nameSpan;
    directives.push({ name, nameSpan, value: text.slice(from, end), span, scope: 0 });
  }
  const document = { directives, acls: new Map(), passwords: new Map(), complete };
  return { document, status: complete ? 'read' : 'partial', skips };
}

function isBlank(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t' || text[at] === '\r';
}
