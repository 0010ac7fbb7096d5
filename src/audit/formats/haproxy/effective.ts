/** Which frontend leads where, and what it asks on the way. */
import { reachOf } from '../nginx/effective.ts';
import { type KnownStore, storeAt } from '../store-ports.ts';
import type { HaproxyDocument, HaproxyLine, HaproxySection } from './read.ts';

/** A frontend (or a `listen`) with a backend that it may lead to. */
export interface HaproxyWay {
  front: HaproxySection;
  back: HaproxySection;
  mode: 'http' | 'tcp';
  server: HaproxyLine;
  host: string;
  port: number | null;
  store: KnownStore;
}

export interface Bind {
  line: HaproxyLine;
  reach: 'everywhere' | 'private' | 'loopback' | 'unix';
  port: number | null;
  tls: boolean;
  /** Asks for a client certificate. */
  certificate: boolean;
}

export function linesNamed(section: HaproxySection, keyword: string): readonly HaproxyLine[] {
  return section.lines.filter((line) => line.keyword === keyword);
}

/** The last line of a keyword in the section, or in its defaults. */
export function lastOf(section: HaproxySection, keyword: string): HaproxyLine | undefined {
  return (
    linesNamed(section, keyword).at(-1) ?? (section.defaults ? linesNamed(section.defaults, keyword).at(-1) : undefined)
  );
}

export function modeOf(section: HaproxySection): 'http' | 'tcp' {
  return lastOf(section, 'mode')?.words[1]?.value === 'http' ? 'http' : 'tcp';
}

/** `*:9200`, `:9200`, `0.0.0.0:9200`, `[::]:9200`, `ipv4@…`, `unix@…`, `/path`, several with commas. */
export function bindsOf(section: HaproxySection): Bind[] {
  return linesNamed(section, 'bind').flatMap((line) => {
    const options = line.words.slice(2).map(({ value }) => value);
    return (line.words[1]?.value ?? '').split(',').map((written): Bind => {
      const tls = options.includes('ssl');
      const at = options.indexOf('verify');
      const certificate = tls && options[at + 1] === 'required' && at >= 0;
      if (/^(?:unix@|abns@|fd@|sockpair@|\/)/.test(written))
        return { line, reach: 'unix', port: null, tls, certificate };
      const bare = written.replace(/^(?:ipv[46]|quic[46]|udp[46]?)@/, '');
      const colon = bare.lastIndexOf(':');
      const host = colon < 0 ? bare : bare.slice(0, colon);
      const port = /^\d{1,5}$/.test(bare.slice(colon + 1)) ? Number(bare.slice(colon + 1)) : null;
      return { line, reach: host === '' ? 'everywhere' : reachOf(host), port, tls, certificate };
    });
  });
}

/** Every way from a frontend to a store. */
export function waysOf({ sections }: HaproxyDocument): HaproxyWay[] {
  const ways: HaproxyWay[] = [];
  const backends = new Map(
    sections.filter(({ type }) => type === 'backend' || type === 'listen').map((one) => [one.name, one]),
  );
  for (const front of sections) {
    if (front.type !== 'frontend' && front.type !== 'listen') continue;
    const named = [
      ...linesNamed(front, 'use_backend').map(({ words }) => words[1]?.value ?? ''),
      lastOf(front, 'default_backend')?.words[1]?.value ?? '',
    ];
    const backs = named.flatMap((name) => backends.get(name) ?? []);
    for (const back of new Set(front.type === 'listen' ? [front, ...backs] : backs)) {
      for (const server of linesNamed(back, 'server')) {
        const address = (server.words[2]?.value ?? '').replace(/^(?:ipv[46]|tcp[46]?)@/, '');
        const colon = address.lastIndexOf(':');
        const host = colon < 0 ? address : address.slice(0, colon);
        const port = /^\d{1,5}$/.test(address.slice(colon + 1)) && colon >= 0 ? Number(address.slice(colon + 1)) : null;
        // Without a port of its own a server is asked on the port that the client used.
        const asked = port ?? bindsOf(front)[0]?.port ?? null;
        const store =
          storeAt([host, back.name, server.words[1]?.value ?? ''].map(plain), asked) ?? storeAt([host], asked);
        if (store && ways.length < 1_000)
          ways.push({ front, back, mode: modeOf(front), server, host, port: asked, store });
      }
    }
  }
  return ways;
}

/** Names like `bk_redis` and `mysql-cluster` count, `app1` does not matter. */
function plain(name: string): string {
  return /[a-z]/i.test(name) ? name : '';
}

export interface Asked {
  state: 'open' | 'asks' | 'closed' | 'unknown';
  by: HaproxyLine | null;
  text: string;
}

/** Whether strangers are refused or asked before they get through. */
export function askedOn({ front, back, mode }: HaproxyWay): Asked {
  const lines = [front, front.defaults, back].flatMap((section) => section?.lines ?? []);
  const acls = new Map<string, HaproxyLine[]>();
  for (const line of lines) {
    if (line.keyword !== 'acl') continue;
    const name = line.words[1]?.value ?? '';
    acls.set(name, [...(acls.get(name) ?? []), line]);
  }
  if (
    bindsOf(front).length > 0 &&
    bindsOf(front).every(({ certificate, reach }) => certificate || reach === 'unix' || reach === 'loopback')
  ) {
    if (bindsOf(front).some(({ certificate }) => certificate)) {
      return { state: 'asks', by: bindsOf(front)[0]?.line ?? null, text: 'asks for a client certificate' };
    }
  }
  let unclear: HaproxyLine | null = null;
  for (const line of lines) {
    const words = line.words.map(({ value }) => value);
    const rule = refusalOf(words, mode);
    if (rule === null) continue;
    const condition = words.slice(rule.at);
    const text = conditionText(condition, acls);
    if (condition.length === 0) {
      return rule.kind === 'auth'
        ? { state: 'asks', by: line, text: 'asks for a password' }
        : { state: 'closed', by: line, text: 'refuses everybody' };
    }
    const spares = condition[0] === 'unless' || condition.some((word) => word.startsWith('!'));
    if (rule.kind === 'auth') return { state: 'asks', by: line, text: 'asks for a password' };
    if (spares && /\bsrc\b/.test(text))
      return { state: 'closed', by: line, text: 'refuses addresses that are not listed' };
    if (spares && /http_auth/.test(text)) return { state: 'asks', by: line, text: 'asks for a password' };
    if (spares && /ssl_c_|ssl_fc_has_crt/.test(text))
      return { state: 'asks', by: line, text: 'asks for a client certificate' };
    if (
      /hdr\(|req\.hdr|jwt_|cookie|lua\.|var\(|url_param|\bsrc\b/.test(text) &&
      !/hdr\(host\)|hdr_dom|src_(?:conn|http)_|user-agent/i.test(text)
    ) {
      unclear ??= line;
    }
  }
  if (unclear) return { state: 'unknown', by: unclear, text: 'refuses by a condition of its own' };
  return { state: 'open', by: null, text: 'nobody is asked who they are' };
}

function refusalOf(words: readonly string[], mode: string): { kind: 'auth' | 'refuse'; at: number } | null {
  const [first = '', second = '', third = ''] = words;
  const at = (from: number): number => {
    const found = words.findIndex((word, index) => index >= from && (word === 'if' || word === 'unless'));
    return found < 0 ? words.length : found;
  };
  if (first === 'http-request' && mode === 'http') {
    if (second === 'auth') return { kind: 'auth', at: at(2) };
    if (['deny', 'reject', 'tarpit', 'silent-drop'].includes(second)) return { kind: 'refuse', at: at(2) };
  }
  if (first === 'tcp-request' && ['connection', 'content', 'session'].includes(second)) {
    if (['reject', 'silent-drop'].includes(third)) return { kind: 'refuse', at: at(3) };
  }
  if (first === 'block') return { kind: 'refuse', at: at(1) };
  return null;
}

/** The condition with its ACLs written out. */
function conditionText(condition: readonly string[], acls: ReadonlyMap<string, readonly HaproxyLine[]>): string {
  return condition
    .map((word) => {
      const lines = acls.get(word.replace(/^!/, ''));
      return lines
        ? lines
            .map((line) =>
              line.words
                .slice(2)
                .map(({ value }) => value)
                .join(' '),
            )
            .join(' ')
        : word;
    })
    .join(' ')
    .slice(0, 4_000);
}

/** `backend es/server es1` */
export function wayText({ front, host, port }: HaproxyWay): string {
  return `${front.type} ${front.name} to ${host}${port === null ? '' : `:${port}`}`;
}
