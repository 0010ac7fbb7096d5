/**
 * The options of memcached as its packages keep them.
 *
 *   Debian, /etc/memcached.conf       one option per line (`-l 127.0.0.1`), `#` begins a comment
 *   Red Hat, /etc/sysconfig/memcached PORT= USER= MAXCONN= CACHESIZE= and OPTIONS="-l 127.0.0.1 -U 0"
 *
 * Several `-l` add up. https://github.com/memcached/memcached/blob/master/memcached.c (usage), doc/memcached.1,
 * scripts/memcached.sysconfig, and Debian's systemd-memcached-wrapper
 */
import { basename } from 'node:path/posix';
import { assetId } from '../../../core/asset.ts';
import type { Skip } from '../../../core/skip.ts';
import { majorOf } from '../../containers/image.ts';
import type { Facts } from '../../facts.ts';
import type { Format, ReadFile, RuleContext } from '../../model.ts';
import { linesOf, type Span } from '../../source.ts';
import { isConditionalTemplate } from '../templates.ts';

export interface MemcachedOption {
  /** The short form: `-l`, also where `--listen` stands. */
  flag: string;
  /** Empty without one. */
  value: string;
  nameSpan: Span;
  /** Of the value; of the name without one. */
  span: Span;
}

export interface MemcachedDocument {
  options: readonly MemcachedOption[];
  /** The option of this flag that is in force: the last. */
  last(flag: string): MemcachedOption | undefined;
  /** False when a line was not understood: then absence proves nothing. */
  complete: boolean;
}

const LONG: Readonly<Record<string, string>> = {
  '--listen': '-l',
  '--port': '-p',
  '--udp-port': '-U',
  '--unix-socket': '-s',
  '--enable-sasl': '-S',
  '--auth-file': '-Y',
  '--user': '-u',
  '--enable-ssl': '-Z',
  '--memory-limit': '-m',
  '--conn-limit': '-c',
  '--daemon': '-d',
  '--verbose': '-v',
};
const SYSCONFIG: Readonly<Record<string, string>> = { PORT: '-p', USER: '-u', MAXCONN: '-c', CACHESIZE: '-m' };
/** Options that stand alone. */
const SWITCHES = new Set(['-d', '-S', '-Z', '-v', '-k', '-M', '-r', '-L', '-C', '-F', '-A', '-X', '-h', '-V', '-i']);
const MAX_OPTIONS = 5_000;
const MAX_LINE = 65_536;

export const memcachedFormat: Format<'memcached.conf'> = {
  name: 'memcached.conf',
  title: 'memcached (memcached.conf)',
  recognises(path, text) {
    return looksLike(path, text) && !isConditionalTemplate(text);
  },
  read(source) {
    const options: MemcachedOption[] = [];
    const skips: Skip[] = [];
    let complete = true;
    for (const line of linesOf(source.text)) {
      const text = line.text.charCodeAt(0) === 0xfeff ? ` ${line.text.slice(1)}` : line.text;
      if (/^[ \t\r]*(?:#|$)/.test(text) || /^[ \t]*logfile[ \t]/.test(text)) continue;
      const assigned = /^[ \t]*(?:export[ \t]+)?([A-Z_]{1,40})=/.exec(text.slice(0, 200));
      if (text.length > MAX_LINE || options.length >= MAX_OPTIONS) refuse(line.start);
      else if (assigned) sysconfig(assigned[1] ?? '', text, line.start, assigned[0].length);
      else if (/^[ \t]*-/.test(text)) options.push(...optionsOf(wordsOf(text, line.start)));
      else refuse(line.start);
    }
    function refuse(offset: number): void {
      complete = false;
      const subject = `${source.path}:${source.position(offset).line}`;
      const reason = 'not an option of memcached';
      if (skips.length < 10) skips.push({ subject, code: 'MEMCACHED_SYNTAX', reason, severity: 'incomplete' });
    }
    function sysconfig(name: string, text: string, base: number, from: number): void {
      const raw = text.slice(from).trimEnd();
      const quote = /^["']/.exec(raw)?.[0] ?? '';
      const close = quote === '' ? raw.length : raw.indexOf(quote, 1);
      const value = raw.slice(quote.length, close < 0 ? raw.length : close);
      const start = base + from + quote.length;
      const nameSpan = { start: base + text.indexOf(name), end: base + text.indexOf(name) + name.length };
      const flag = Object.hasOwn(SYSCONFIG, name) ? SYSCONFIG[name] : undefined;
      if (name === 'OPTIONS') options.push(...optionsOf(wordsOf(value, start)));
      else if (flag !== undefined && value !== '')
        options.push({ flag, value, nameSpan, span: { start, end: start + value.length } });
    }
    const kept = options.slice(0, MAX_OPTIONS);
    const last = new Map(kept.map((option) => [option.flag, option]));
    return {
      document: { options: kept, last: (flag) => last.get(flag), complete },
      status: complete ? 'read' : kept.length === 0 ? 'failed' : 'partial',
      skips,
    };
  },
  *settings({ options }) {
    const seen = new Map<string, number>();
    for (const { flag, value, span } of options) {
      const count = (seen.get(flag) ?? 0) + 1;
      seen.set(flag, count);
      yield { pointer: count > 1 ? `${flag}[${count}]` : flag, values: value === '' ? [] : [value], span };
    }
  },
  facts: memcachedFacts,
};

function looksLike(path: string, text: string): boolean {
  const name = basename(path);
  if (/\.(?:ya?ml|json|xml|toml|md|service|txt|sh|repo)$/i.test(name)) return false;
  const named = /^memcached[\w-]*(?:\.(?:conf|sysconfig|default)(?:\.\w+)?)?$/i.test(name);
  const head = text.slice(0, 65_536);
  if (named && /^[ \t]*OPTIONS=/m.test(head)) return true;
  let own = 0;
  let known = 0;
  let other = 0;
  for (const line of linesOf(head)) {
    if (/^[ \t]*(?:#|$)/.test(line.text)) continue;
    if (/^[ \t]*-(?:[mpc] ?\d+|u ?[\w-]*memcached?|l ?[\w.:,[\]*-]+|U ?\d+)[ \t]*$/.test(line.text)) own += 1;
    else if (/^[ \t]*(?:-[a-zA-Z](?:[ \t]+\S+)?|--[a-z-]+(?:[= ]\S+)?|logfile[ \t]+\S+)[ \t]*$/.test(line.text))
      known += 1;
    else other += 1;
  }
  return named ? own > 0 && other === 0 : own >= 2 && known <= own && other === 0;
}

interface Word extends Span {
  text: string;
}

function wordsOf(text: string, base: number): Word[] {
  return [...text.matchAll(/[^ \t\r"']+/g)].map(({ 0: word, index }) => ({
    text: word,
    start: base + index,
    end: base + index + word.length,
  }));
}

function optionsOf(words: readonly Word[]): MemcachedOption[] {
  const options: MemcachedOption[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (!word?.text.startsWith('-')) continue;
    const equals = word.text.startsWith('--') ? word.text.indexOf('=') : -1;
    const long = word.text.startsWith('--');
    const name = long ? word.text.slice(0, equals < 0 ? undefined : equals) : word.text.slice(0, 2);
    const flag = long ? (Object.hasOwn(LONG, name) ? (LONG[name] ?? name) : name) : name;
    const nameSpan = { start: word.start, end: word.start + name.length };
    const joined = long ? (equals < 0 ? '' : word.text.slice(equals + 1)) : word.text.slice(2);
    const next = words[index + 1];
    if (joined !== '' && !(SWITCHES.has(flag) && !long)) {
      options.push({ flag, value: joined, nameSpan, span: { start: word.end - joined.length, end: word.end } });
    } else if (!SWITCHES.has(flag) && next && !next.text.startsWith('-') && equals < 0) {
      options.push({ flag, value: next.text, nameSpan, span: { start: next.start, end: next.end } });
      index += 1;
    } else {
      options.push({ flag, value: '', nameSpan, span: nameSpan });
    }
  }
  return options;
}

/** The addresses it listens on; null where no `-l` says so, which is every address. */
export function listenedOn(document: MemcachedDocument): string[] | null {
  const values = document.options.filter(({ flag }) => flag === '-l').flatMap(({ value }) => value.split(','));
  const hosts = values
    .map((value) => value.trim())
    .filter((value) => value !== '')
    .map((value) => /^\[([^\]]+)\](?::\d+)?$/.exec(value)?.[1] ?? /^([^:]+):\d+$/.exec(value)?.[1] ?? value);
  return hosts.length === 0 ? null : hosts;
}

export function memcachedListening(document: MemcachedDocument): 'everywhere' | 'network' | 'loopback' {
  if (document.last('-s') || (document.last('-p')?.value === '0' && !document.last('-Z'))) return 'loopback';
  const hosts = listenedOn(document);
  if (hosts === null || hosts.some((host) => /^(?:0\.0\.0\.0|::|\*|INADDR_ANY)$/.test(host))) return 'everywhere';
  return hosts.every((host) => /^(?:127(?:\.\d{1,3}){3}|::1|localhost|lo)$/i.test(host)) ? 'loopback' : 'network';
}

/** Clients have to log in: with SASL, or with the names of a file. */
export function memcachedLogin(document: MemcachedDocument): MemcachedOption | undefined {
  return document.last('-S') ?? document.last('-Y');
}

function memcachedFacts({ source, document }: ReadFile<'memcached.conf'>, { runtimes }: RuleContext): Facts {
  const where = memcachedListening(document);
  const login = memcachedLogin(document);
  const port = document.last('-p')?.value ?? '11211';
  const place = (option: MemcachedOption | undefined) =>
    option ? { source, span: option.span, pointer: option.flag } : null;
  const version = runtimes[0]?.declared.version ?? null;
  return {
    stores: [
      {
        asset: assetId('config', source.path),
        name: source.path,
        engine: 'memcached',
        version: majorOf(version) === null ? null : version,
        by: 'native',
        listens: {
          on: where === 'network' ? (listenedOn(document) ?? []) : where,
          port: /^\d{1,5}$/.test(port) && port !== '0' ? Number(port) : null,
          place: place(document.last('-l')),
        },
        login: login
          ? { state: 'on', text: login.flag === '-S' ? 'SASL' : 'a file of accounts', place: place(login) }
          : { state: document.complete ? 'off' : 'unknown', text: 'no login', place: null },
        encrypted: { state: document.last('-Z') ? 'on' : 'off', place: place(document.last('-Z')) },
        behind: [],
        publicAddress: null,
        place: place(document.options[0]) ?? { source, span: { start: 0, end: 0 }, pointer: '' },
      },
    ],
  };
}
