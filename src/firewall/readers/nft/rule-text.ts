/**
 * One rule of nftables' own language as the statements of libnftables-json(5), so that both are read by one reader. What
 * is not known becomes an `xt` statement, which the reader takes for a condition that nobody can judge.
 */
import type { Json } from '../json.ts';
import type { NftToken } from './tokens.ts';

const PORTS: Readonly<Record<string, number>> = {
  ssh: 22,
  smtp: 25,
  domain: 53,
  http: 80,
  'http-alt': 8080,
  pop3: 110,
  ntp: 123,
  imap: 143,
  imap2: 143,
  snmp: 161,
  ldap: 389,
  https: 443,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  'ms-sql-s': 1433,
  mqtt: 1883,
  mysql: 3306,
  postgresql: 5432,
  amqp: 5672,
  redis: 6379,
  memcached: 11211,
  mongodb: 27017,
};
const VERDICTS = new Set(['accept', 'drop', 'continue', 'return', 'reject', 'jump', 'goto', 'queue', 'dnat', 'snat']);
const TRANSPORT = new Set(['tcp', 'udp', 'th', 'sctp', 'dccp', 'udplite']);
const META = new Set(
  'iif iifname oif oifname iiftype oiftype iifgroup oifgroup mark pkttype skuid skgid nfproto l4proto length protocol priority cpu cgroup day hour time random rtclassid nftrace ibrname obrname ipsec'.split(
    ' ',
  ),
);

/** Reads tokens of one rule, one after the other. */
class Cursor {
  at = 0;
  readonly #tokens: readonly NftToken[];
  constructor(tokens: readonly NftToken[]) {
    this.#tokens = tokens;
  }
  peek(offset = 0): string {
    return this.#tokens[this.at + offset]?.text ?? '';
  }
  take(): string {
    const text = this.peek();
    this.at += 1;
    return text;
  }
  takeIf(...texts: readonly string[]): boolean {
    if (this.done() || !texts.includes(this.peek())) return false;
    this.at += 1;
    return true;
  }
  done(): boolean {
    return this.at >= this.#tokens.length;
  }
  /** Behind `{`: the elements up to `}` as lists of tokens. */
  elements(): NftToken[][] {
    const result: NftToken[][] = [[]];
    let depth = 0;
    while (!this.done()) {
      const token = this.#tokens[this.at++];
      if (token === undefined) break;
      if (token.kind === 'end') continue;
      if (token.text === '{' || token.text === '(') depth += 1;
      if (token.text === '}' && depth === 0) break;
      if (token.text === '}' || token.text === ')') depth -= 1;
      if (token.text === ',' && depth === 0) result.push([]);
      else result.at(-1)?.push(token);
    }
    return result.filter((element) => element.length > 0);
  }
}

/** The statements of a rule. */
export function statementsOf(tokens: readonly NftToken[]): Json[] {
  const cursor = new Cursor(tokens);
  const result: Json[] = [];
  while (!cursor.done() && result.length < 200) result.push(...statement(cursor));
  return result;
}

/** The elements of a set or of a map, as they stand behind `elements =`. */
export function elementsOf(tokens: readonly NftToken[]): Json[] {
  const cursor = new Cursor(tokens);
  cursor.takeIf('{');
  return cursor.elements().map(elementOf);
}

function statement(cursor: Cursor): Json[] {
  const word = cursor.take();
  switch (word) {
    case 'accept':
    case 'drop':
    case 'continue':
    case 'return':
      return [{ [word]: null }];
    case 'reject':
      skipReject(cursor);
      return [{ reject: null }];
    case 'jump':
    case 'goto':
      return [{ [word]: { target: cursor.take() } }];
    case 'counter':
      skipPairs(cursor, 'packets', 'bytes', 'name');
      return [{ counter: null }];
    case 'log':
      skipPairs(cursor, 'prefix', 'level', 'group', 'flags', 'snaplen', 'queue-threshold');
      return [{ log: null }];
    case 'comment':
      cursor.take();
      return [];
    case 'limit':
      return [{ limit: { inv: rate(cursor) } }];
    case 'quota':
      return [{ quota: { inv: amount(cursor) } }];
    case 'masquerade':
    case 'snat':
      return [{ [word]: null }, ...rest(cursor)];
    case 'redirect':
    case 'dnat':
      return [translation(word, cursor)];
    case 'notrack':
      return [{ notrack: null }];
    case 'add':
    case 'update':
      return dynamicSet(cursor);
    case 'meter':
    case 'flow':
      return [{ xt: { name: word } }, ...skipToVerdict(cursor)];
    case ',':
    case ';':
      return [];
    default:
      cursor.at -= 1;
      return match(cursor);
  }
}

function skipPairs(cursor: Cursor, ...names: readonly string[]): void {
  while (names.includes(cursor.peek())) cursor.at += 2;
}

/** `with tcp reset`, `with icmpx type admin-prohibited`, `with icmp host-unreachable` */
function skipReject(cursor: Cursor): void {
  if (!cursor.takeIf('with')) return;
  cursor.take();
  cursor.takeIf('type');
  cursor.take();
}

/** `rate over 10/minute burst 5 packets` */
function rate(cursor: Cursor): boolean {
  if (!cursor.takeIf('rate')) {
    // `limit name "x"`
    cursor.takeIf('name');
    cursor.take();
    return false;
  }
  return amount(cursor);
}

function amount(cursor: Cursor): boolean {
  const over = cursor.takeIf('over');
  if (!over) cursor.takeIf('until');
  cursor.take();
  while (/^(?:[kmg]?bytes(?:\/\w+)?|packets|burst|used|\/|second|minute|hour|day|\d+)$/.test(cursor.peek()))
    cursor.take();
  return over;
}

function translation(kind: string, cursor: Cursor): Json {
  cursor.takeIf('ip', 'ip6');
  if (!cursor.takeIf('to')) return { [kind]: {} };
  const target = cursor.take();
  if (cursor.peek() === 'map' || target === '{' || cursor.peek().startsWith('.')) {
    cursor.at = Number.MAX_SAFE_INTEGER;
    return { xt: { name: `${kind} to a map` } };
  }
  while (cursor.takeIf('random', 'fully-random', 'persistent', ','));
  const match = /^\[?([0-9a-f.:]*?)\]?(?::(\d{1,5}))?$/i.exec(
    /^[^[\].]*:[^[\].]*:/.test(target) ? `[${target}]` : target,
  );
  const found: { [key: string]: Json } = {};
  if (match?.[1]) found.addr = match[1];
  if (match?.[2] !== undefined) found.port = Number(match[2]);
  return { [kind]: found };
}

/** `add @busy { ip saddr limit rate over 10/minute }`: holds as its limit does. */
function dynamicSet(cursor: Cursor): Json[] {
  const set = cursor.take();
  if (!cursor.takeIf('{')) return [{ xt: { name: set } }, ...skipToVerdict(cursor)];
  const words = cursor.elements().flat();
  const limited = words.findIndex(({ text }) => text === 'limit' || text === 'count');
  if (limited < 0) return [{ set: { op: 'add', set } }];
  const over = words.slice(limited).some(({ text }) => text === 'over');
  return [{ set: { op: 'add', set, stmt: [{ limit: { inv: over } }] } }];
}

function rest(cursor: Cursor): Json[] {
  cursor.at = Number.MAX_SAFE_INTEGER;
  return [];
}

function skipToVerdict(cursor: Cursor): Json[] {
  while (!cursor.done() && !VERDICTS.has(cursor.peek())) cursor.take();
  return [];
}

function unknown(cursor: Cursor, what: string): Json[] {
  return [{ xt: { name: what } }, ...skipToVerdict(cursor)];
}

function match(cursor: Cursor): Json[] {
  const first = leftSide(cursor);
  if (first === undefined) {
    const what = cursor.take();
    return unknown(cursor, what);
  }
  if (first === 'count') return [{ 'ct count': { inv: amount(cursor) } }];
  const keys = [first];
  while (cursor.peek() === '.' && keys.length < 8) {
    cursor.take();
    const further = leftSide(cursor);
    if (further === undefined || further === 'count') return unknown(cursor, 'a concatenation');
    keys.push(further);
  }
  let left: Json = keys.length > 1 ? { concat: keys } : first;
  if (cursor.takeIf('set')) {
    cursor.take();
    return [{ mangle: null }];
  }
  if (cursor.takeIf('vmap')) {
    if (!cursor.takeIf('{')) return [{ vmap: { key: left, data: cursor.take() } }];
    return [{ vmap: { key: left, data: { set: cursor.elements().map(elementOf) } } }];
  }
  if (cursor.takeIf('&', 'and')) {
    left = { '&': [left, mask(cursor)] };
  }
  let op = '==';
  for (const sign of ['==', '!=', '<', '>', '<=', '>=', 'eq', 'ne', 'lt', 'gt', 'le', 'ge']) {
    if (!cursor.takeIf(sign)) continue;
    op = { eq: '==', ne: '!=', lt: '<', gt: '>', le: '<=', ge: '>=' }[sign] ?? sign;
    break;
  }
  const right = rightSide(cursor);
  return [{ match: { op: compared(op, right).op, left, right: compared(op, right).right } }];
}

/** `tcp dport > 1023` is the range above it. */
function compared(op: string, right: Json): { op: string; right: Json } {
  if (typeof right !== 'number' || op === '==' || op === '!=') return { op, right };
  const low = op === '>' ? right + 1 : op === '>=' ? right : 0;
  const high = op === '<' ? right - 1 : op === '<=' ? right : 65_535;
  return { op: '==', right: { range: [low, high] } };
}

function mask(cursor: Cursor): Json {
  const flags: string[] = [];
  if (cursor.takeIf('(')) {
    while (!cursor.done() && !cursor.takeIf(')')) {
      const flag = cursor.take();
      if (flag !== '|' && flag !== ',') flags.push(flag);
    }
  } else {
    flags.push(cursor.take());
    while (cursor.takeIf('|')) flags.push(cursor.take());
  }
  return flags;
}

type Left = Exclude<Json, string> | 'count';

function leftSide(cursor: Cursor): Left | undefined {
  const start = cursor.at;
  const word = cursor.take();
  const field = cursor.peek();
  if (TRANSPORT.has(word) && ['dport', 'sport', 'flags', 'sequence', 'window', 'length', 'checksum'].includes(field)) {
    cursor.take();
    return { payload: { protocol: word, field } };
  }
  if (['ip', 'ip6', 'icmp', 'icmpv6', 'igmp', 'ether', 'arp', 'vlan', 'esp', 'ah'].includes(word) && field !== '') {
    cursor.take();
    return { payload: { protocol: word, field } };
  }
  if (word === 'meta' && field !== '') {
    cursor.take();
    return { meta: { key: field } };
  }
  if (META.has(word)) return { meta: { key: word } };
  if (word === 'ct') {
    if (cursor.takeIf('count')) return 'count';
    cursor.takeIf('original', 'reply');
    const key = cursor.take();
    if (key === 'ip' || key === 'ip6') return { ct: { key: `${key} ${cursor.take()}` } };
    return { ct: { key } };
  }
  if (word === 'fib') {
    const flags: string[] = [];
    for (let flag = cursor.take(); flag !== ''; flag = cursor.take()) {
      if (flag === '.') continue;
      if (['type', 'oif', 'oifname'].includes(flag)) return { fib: { result: flag, flags } };
      if (!['saddr', 'daddr', 'mark', 'iif', 'oif'].includes(flag) || flags.length > 5) break;
      flags.push(flag);
    }
  }
  if (['rt', 'frag', 'hbh', 'dst', 'mh', 'exthdr'].includes(word)) {
    cursor.take();
    return { exthdr: { name: word } };
  }
  cursor.at = start;
  return undefined;
}

function rightSide(cursor: Cursor): Json {
  if (cursor.takeIf('{')) return { set: cursor.elements().map(elementOf) };
  const first = value(cursor.take());
  // `tcp flags syn / fin,syn,rst,ack`
  if (cursor.peek() === '.' && !cursor.done()) {
    const concat: Json[] = [first];
    while (cursor.takeIf('.')) concat.push(value(cursor.take()));
    return { concat };
  }
  if (cursor.peek() !== ',' && cursor.peek() !== '|') return first;
  const list: Json[] = [first];
  while (cursor.takeIf(',', '|')) list.push(value(cursor.take()));
  return list;
}

/** `22`, `1000-2000`, `10.0.0.0/8`, `ssh`, `@set` */
function value(text: string): Json {
  if (text.startsWith('@')) return text;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  if (/^0x[0-9a-f]{1,8}$/i.test(text)) return Number.parseInt(text, 16);
  if (Object.hasOwn(PORTS, text)) return PORTS[text] ?? text;
  const range = /^(\d{1,5}|[a-z][\w-]*)-(\d{1,5}|[a-z]\w*)$/i.exec(text);
  if (range !== null && /^\d/.test(text)) return { range: [value(range[1] ?? ''), value(range[2] ?? '')] };
  const addresses = /^([0-9a-f.:]{2,45})-([0-9a-f.:]{2,45})$/i.exec(text);
  if (addresses !== null) return { range: [addresses[1] ?? '', addresses[2] ?? ''] };
  const prefix = /^([0-9a-f.:]{2,45})\/(\d{1,3})$/i.exec(text);
  if (prefix !== null) return { prefix: { addr: prefix[1] ?? '', len: Number(prefix[2]) } };
  return text;
}

/** An element of a set, or `key : value` of a map. */
function elementOf(tokens: readonly NftToken[]): Json {
  const words: { text: string }[] = [];
  for (const { text } of tokens) {
    // `22: accept` is the same as `22 : accept`; an IPv6 address ends with two colons or none.
    if (text !== ':' && text.endsWith(':') && !text.endsWith('::'))
      words.push({ text: text.slice(0, -1) }, { text: ':' });
    else words.push({ text });
  }
  const colon = words.findIndex(({ text }) => text === ':');
  const key = keyOf((colon < 0 ? words : words.slice(0, colon)).map(({ text }) => text));
  if (colon < 0) return key;
  const target = statementsOf(words.slice(colon + 1).map(({ text }) => ({ text, kind: 'word', start: 0, end: 0 })));
  return [key, target[0] ?? null];
}

/** Without `timeout`, `counter` and `comment`. */
function keyOf(words: readonly string[]): Json {
  const parts: Json[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    // A range with blanks around its dash.
    if (next === '-' && words[at + 2] !== undefined) {
      parts.push(value(`${word}-${words[at + 2]}`));
      at += 2;
    } else parts.push(value(word));
    if (words[at + 1] !== '.') break;
  }
  return parts.length > 1 ? { concat: parts } : (parts[0] ?? null);
}
