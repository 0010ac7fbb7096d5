/**
 * haproxy.cfg: sections, each a line with a keyword and a name, followed by lines that belong to it.
 *
 *   global | defaults [NAME] [from NAME] | frontend NAME [from NAME] | backend NAME | listen NAME | userlist NAME | …
 *     keyword argument argument …
 *
 * Words are separated by blanks; `#` begins a comment; `\` takes the next character as it is; `"…"` and `'…'` hold words
 * together. `defaults` holds for the proxies below it, up to the next one; the last line with a keyword wins, except for
 * lists (`bind`, `server`, `acl`, `http-request`, `tcp-request`). Rules of a list are looked at in their order.
 * https://docs.haproxy.org/2.6/configuration.html (2, 4)
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import type { Format, SettingView } from '../../model.ts';
import { type Line, linesOf, type Span } from '../../source.ts';
import { haproxyFacts } from './facts.ts';

export interface HaproxyWord {
  value: string;
  span: Span;
}

export interface HaproxyLine {
  /** `bind`, `http-request`, `server`, … */
  keyword: string;
  words: readonly HaproxyWord[];
  /** First word to last. */
  span: Span;
}

export interface HaproxySection {
  type: string;
  name: string;
  head: HaproxyLine;
  lines: readonly HaproxyLine[];
  /** The defaults that hold for it. */
  defaults: HaproxySection | null;
}

export interface HaproxyDocument {
  sections: readonly HaproxySection[];
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
}

const SECTIONS = new Set(
  'global defaults frontend backend listen userlist peers resolvers mailers cache program http-errors ring log-forward fcgi-app crt-list traces acme'.split(
    ' ',
  ),
);
/** A section while its lines are read. */
interface Growing extends HaproxySection {
  lines: HaproxyLine[];
  defaults: HaproxySection | null;
}

const HEAD = /^[ \t]*(?:frontend|backend|listen)[ \t]+[\w.:-]+|^[ \t]*(?:global|defaults)[ \t]*(?:#.*)?$/m;
const INSIDE =
  /^[ \t]+(?:bind|server|mode[ \t]+(?:http|tcp)|balance|default_backend|use_backend|timeout[ \t]+(?:client|server|connect)|option[ \t]+(?:httplog|tcplog|httpchk|forwardfor|dontlognull|http-server-close|redispatch)|stats[ \t]+(?:socket|enable|uri|auth|timeout)|http-request|tcp-request|maxconn|log[ \t]+(?:global|\/dev\/log|stdout|127\.0\.0\.1))\b/m;
const MOST_LINES = 50_000;
const LONGEST = 65_536;

export const haproxyFormat: Format<'haproxy'> = {
  name: 'haproxy',
  title: 'HAProxy in front of a store',
  recognises(path, text) {
    const name = basename(path);
    if (/\.(?:ya?ml|json|xml|toml|md|rst|html?|py|rb|go|js|ts|sh|c|h|tf|lua|sql|txt|log)$/i.test(name)) return false;
    const head = text.slice(0, 262_144);
    return HEAD.test(head) && INSIDE.test(head) && !/[{][ \t]*$/m.test(head.replace(/\{%.*|\{\{.*/g, ''));
  },
  read(source) {
    const sections: Growing[] = [];
    const skips: Skip[] = [];
    const named = new Map<string, HaproxySection>();
    let defaults: HaproxySection | null = null;
    let count = 0;
    const skip = (at: number, reason: string): void => {
      const subject = `${source.path}:${source.position(at).line}`;
      if (skips.length < 10) skips.push({ subject, code: 'HAPROXY_SYNTAX', reason, severity: 'incomplete' });
    };
    for (const line of linesOf(source.text)) {
      if (++count > MOST_LINES) {
        skip(line.start, `more than ${MOST_LINES} lines`);
        break;
      }
      if (line.text.length > LONGEST) {
        skip(line.start, 'a line too long to be one');
        continue;
      }
      const words = wordsOf(line);
      if (words === null) {
        skip(line.start, 'a quote that does not end');
        continue;
      }
      const [first, second, ...rest] = words;
      if (!first) continue;
      if (/^(?:\.(?:if|elif|else|endif|notice|warning|alert|diag)$|\{%|\{\{|<%)/.test(first.value)) {
        skip(line.start, 'a condition or a template; what it becomes is not known');
        continue;
      }
      const read = {
        keyword: first.value,
        words,
        span: { start: first.span.start, end: words.at(-1)?.span.end ?? first.span.end },
      };
      if (SECTIONS.has(first.value) && (first.value !== 'cache' || !/^[ \t]/.test(line.text))) {
        const from = [second, ...rest].findIndex((word) => word?.value === 'from');
        const base = from < 0 ? undefined : named.get([second, ...rest][from + 1]?.value ?? '');
        const name = second?.value === 'from' ? '' : (second?.value ?? '');
        const section: Growing = { type: first.value, name, head: read, lines: [], defaults: base ?? defaults };
        if (first.value === 'defaults') {
          section.defaults = base ?? null;
          defaults = section;
          if (name !== '') named.set(name, section);
        } else if (!['frontend', 'backend', 'listen'].includes(first.value)) section.defaults = null;
        sections.push(section);
      } else {
        const section = sections.at(-1);
        if (section) section.lines.push(read);
        else skip(line.start, 'a line before the first section');
      }
    }
    const complete = skips.length === 0;
    const status = complete ? 'read' : sections.length === 0 ? 'failed' : 'partial';
    return { document: { sections, complete }, status, skips };
  },
  *settings({ sections }) {
    const seen = new Map<string, number>();
    const unique = (name: string): string => {
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return times > 1 ? `${name}#${times}` : name;
    };
    for (const { type, name, head, lines } of sections) {
      const prefix = unique(name === '' ? type : `${type}[${name}]`);
      yield view(prefix, head);
      for (const line of lines) {
        const two = ['option', 'timeout', 'stats', 'http-request', 'tcp-request', 'server', 'acl', 'user'].includes(
          line.keyword,
        );
        const label = two ? `${line.keyword} ${line.words[1]?.value ?? ''}` : line.keyword;
        yield view(unique(`${prefix}/${label}`), line);
      }
    }
  },
  facts: haproxyFacts,
};

function view(pointer: string, { words, span }: HaproxyLine): SettingView {
  const [, first] = words;
  return {
    pointer,
    values: words.slice(1).map(({ value }) => value),
    span: first ? { start: first.span.start, end: span.end } : span,
  };
}

/** Null when a quote does not end. */
function wordsOf({ text, start }: Line): HaproxyWord[] | null {
  const words: HaproxyWord[] = [];
  let value = '';
  let from = -1;
  let quote = '';
  for (let at = 0; at <= text.length; at += 1) {
    const unit = text[at] ?? '';
    if (quote !== '') {
      if (unit === '') return null;
      if (unit === quote) quote = '';
      else if (unit === '\\' && quote === '"') value += text[++at] ?? '';
      else value += unit;
    } else if (unit === '' || unit === ' ' || unit === '\t' || unit === '\r' || unit === '#') {
      if (from >= 0) words.push({ value, span: { start: start + from, end: start + at } });
      value = '';
      from = -1;
      if (unit === '#' || words.length > 1_000) break;
    } else {
      if (from < 0) from = at;
      if (unit === '"' || unit === "'") quote = unit;
      else if (unit === '\\') value += text[++at] ?? '';
      else if (unit !== '\ufeff') value += unit;
    }
  }
  return words;
}
