/**
 * nftables' own language: `nft list ruleset`, and files that `nft -f` loads (/etc/nftables.conf).
 *
 *   define lan = 10.0.0.0/8
 *   table inet filter {
 *     set office { type ipv4_addr; elements = { 192.0.2.7, 192.0.2.9 } }
 *     chain input {
 *       type filter hook input priority filter; policy drop;
 *       ct state established,related accept
 *       ip saddr $lan tcp dport 9200 accept
 *     }
 *   }
 *   add rule inet filter input tcp dport 22 accept
 *
 * Source: nft(8). The rules become entries as `nft -j` prints them (libnftables-json(5)), with their places.
 */
import { type Json, listOf } from '../json.ts';
import { type Readout, skipped } from '../readout.ts';
import { type NftEntry, readEntries } from './index.ts';
import { elementsOf, statementsOf } from './rule-text.ts';
import { type NftToken, tokensOf } from './tokens.ts';

/** What the text says about a chain, beside its rules. */
export interface NftChainText {
  family: string;
  table: string;
  /** `inet filter input`, as the filter names it. */
  name: string;
  hook: string | null;
  /** From `chain` to its name. */
  head: readonly [start: number, end: number];
  /** From `type` to the priority; null for a chain that is reached by jumps. */
  declaration: readonly [start: number, end: number] | null;
  /** The word behind `policy`. */
  policy: readonly [start: number, end: number] | null;
  /** Where its `}` stands. */
  close: number;
}

export interface NftText {
  readout: Readout;
  chains: NftChainText[];
  includes: { path: string; span: readonly [start: number, end: number] }[];
}

const FAMILIES = new Set(['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev']);
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const DEEPEST_DEFINE = 8;
const MOST_FILLED = 100_000;

export function isNftText(text: string): boolean {
  return (
    /^[ \t]*(?:(?:add|create)[ \t]+)?table[ \t]+(?:(?:inet|ip|ip6)[ \t]+)?[\w.-]+[ \t]*\{/m.test(text) ||
    /^[ \t]*(?:nft[ \t]+)?(?:add|insert)[ \t]+(?:rule|chain)[ \t]+(?:inet|ip|ip6)[ \t]+\S+[ \t]+\S/m.test(text)
  );
}

export function readNftText(path: string, text: string): NftText {
  const { tokens, whole } = tokensOf(text);
  const reader = new Reader(tokens, text);
  reader.run();
  const readout = readEntries(path, reader.entries);
  if (!whole || reader.problems > 0) {
    const reason = whole ? `${reader.problems} statements are not understood` : 'the file is too long to be read whole';
    readout.skips.push(skipped(path, 'FIREWALL_UNREAD_LINE', reason));
  }
  return { readout, chains: reader.chains, includes: reader.includes };
}

class Reader {
  readonly entries: NftEntry[] = [];
  readonly chains: NftChainText[] = [];
  readonly includes: NftText['includes'] = [];
  problems = 0;
  #at = 0;
  #room = MOST_FILLED;
  readonly #defines = new Map<string, NftToken[]>();
  readonly #tokens: readonly NftToken[];
  readonly #lineOf: (offset: number) => number;

  constructor(tokens: readonly NftToken[], text: string) {
    this.#tokens = tokens;
    let line = 1;
    let from = 0;
    // Asked for in rising order.
    this.#lineOf = (offset) => {
      for (let at = text.indexOf('\n', from); at >= 0 && at < offset; at = text.indexOf('\n', from)) {
        line += 1;
        from = at + 1;
      }
      return line;
    };
  }

  run(): void {
    while (this.#at < this.#tokens.length) {
      const statement = this.#statement();
      if (statement.length > 0) this.#top(statement);
    }
  }

  #token(): NftToken | undefined {
    return this.#tokens[this.#at];
  }

  /** Up to the end of the line or to a `{` that opens a table or a chain; sets stay inside. */
  #statement(): NftToken[] {
    const result: NftToken[] = [];
    let depth = 0;
    for (let token = this.#token(); token !== undefined; token = this.#token()) {
      if (depth === 0 && token.kind === 'end') {
        this.#at += 1;
        if (result.length > 0) break;
        continue;
      }
      if (depth === 0 && token.text === '}' && token.kind === 'sign') break;
      if (depth === 0 && token.text === '{' && opens(result)) break;
      if (token.kind === 'sign' && token.text === '{') depth += 1;
      if (token.kind === 'sign' && token.text === '}') depth -= 1;
      this.#at += 1;
      result.push(token);
    }
    if (result.length === 0 && this.#token()?.text === '}') this.#at += 1;
    return result;
  }

  #top(statement: readonly NftToken[]): void {
    let words = statement;
    if (words[0]?.text === 'nft') words = words.slice(1);
    const verb = words[0]?.text ?? '';
    const commanded = ['add', 'create', 'insert'].includes(verb);
    if (commanded) words = words.slice(1);
    const [kind, ...rest] = words;
    switch (kind?.text) {
      case 'table':
        this.#table(rest);
        return;
      case 'chain': {
        const [family, table, [name]] = addressed(rest);
        if (name !== undefined && kind !== undefined) this.#chain(family, table, name, kind);
        return;
      }
      case 'rule':
        this.#rule(rest, verb === 'insert');
        return;
      case 'set':
      case 'map': {
        const [family, table, [name]] = addressed(rest);
        this.#set(kind.text, family, table, name);
        return;
      }
      case 'element': {
        const [family, table, [name, ...elements]] = addressed(rest);
        const set = { family, table, name: name?.text ?? '', elem: elementsOf(this.#filled(elements)) };
        this.#joinElements(set);
        return;
      }
      case 'define':
      case 'redefine': {
        const [name, , ...value] = rest;
        if (name !== undefined) this.#defines.set(name.text, value);
        return;
      }
      case 'include': {
        const [file] = rest;
        if (file !== undefined) this.includes.push({ path: file.text, span: [file.start, file.end] });
        return;
      }
      case 'flush':
      case 'delete':
      case 'destroy':
      case 'list':
      case 'reset':
      case 'undefine':
      case 'counter':
      case 'quota':
      case 'limit':
      case 'flowtable':
      case 'ct':
        this.#skipBlock();
        return;
      default:
        this.problems += 1;
        this.#skipBlock();
    }
  }

  #skipBlock(): void {
    if (this.#token()?.text !== '{') return;
    let depth = 0;
    for (let token = this.#token(); token !== undefined; token = this.#token()) {
      this.#at += 1;
      if (token.kind !== 'sign') continue;
      if (token.text === '{') depth += 1;
      if (token.text === '}' && --depth <= 0) return;
    }
  }

  #table(words: readonly NftToken[]): void {
    const [first, second] = words;
    const known = first !== undefined && FAMILIES.has(first.text) && second !== undefined;
    const family = known ? first.text : 'ip';
    const table = (known ? second.text : first?.text) ?? '';
    const place = first ?? words[0];
    const entry = { table: { family, name: table } as { [key: string]: Json } };
    const index = this.#push(entry, place, place);
    if (this.#token()?.text !== '{') return;
    this.#at += 1;
    while (this.#at < this.#tokens.length && this.#token()?.text !== '}') {
      if (this.#token()?.kind === 'end') {
        this.#at += 1;
        continue;
      }
      const before = this.#at;
      const statement = this.#statement();
      const [kind, name] = statement;
      if (kind?.text === 'chain' && name !== undefined) this.#chain(family, table, name, kind);
      else if (kind?.text === 'set' || kind?.text === 'map') this.#set(kind.text, family, table, name);
      else if (kind?.text === 'flags' && statement.some(({ text }) => text === 'dormant')) {
        const read = this.entries[index];
        if (read !== undefined)
          this.entries[index] = { ...read, value: { table: { family, name: table, flags: 'dormant' } } };
      } else if (kind?.text === 'include' && name !== undefined) {
        this.includes.push({ path: name.text, span: [name.start, name.end] });
      } else this.#skipBlock();
      if (this.#at === before) this.#at += 1;
    }
    this.#at += 1;
  }

  #chain(family: string, table: string, name: NftToken, head: NftToken): void {
    const chain: NftChainText = {
      family,
      table,
      name: `${family} ${table} ${name.text}`,
      hook: null,
      head: [head.start, name.end],
      declaration: null,
      policy: null,
      close: name.end,
    };
    const known = this.chains.find((one) => one.name === chain.name);
    const body: { [key: string]: Json } = { family, table, name: name.text };
    if (known === undefined) this.chains.push(chain);
    const target = known ?? chain;
    const index = this.#push({ chain: body }, head, name);
    if (this.#token()?.text !== '{') return;
    this.#at += 1;
    while (this.#at < this.#tokens.length && this.#token()?.text !== '}') {
      if (this.#token()?.kind === 'end') {
        this.#at += 1;
        continue;
      }
      const before = this.#at;
      const statement = this.#statement();
      const [first, second] = statement;
      const last = statement.at(-1);
      if (first === undefined || last === undefined) {
        if (this.#at === before) this.#at += 1;
        continue;
      }
      if (first.text === 'type' && statement.some(({ text }) => text === 'hook')) {
        target.declaration = [first.start, last.end];
        Object.assign(body, baseOf(statement));
        target.hook = typeof body.hook === 'string' ? body.hook : null;
      } else if (first.text === 'policy' && second !== undefined) {
        target.policy = [second.start, second.end];
        body.policy = second.text;
      } else if (first.text === 'include' && second !== undefined) {
        this.includes.push({ path: second.text, span: [second.start, second.end] });
      } else if (first.text !== 'comment' && first.text !== 'flags' && first.text !== 'device') {
        this.#push(
          { rule: { family, table, chain: name.text, expr: statementsOf(this.#filled(statement)) } },
          first,
          last,
        );
      }
    }
    target.close = this.#token()?.start ?? name.end;
    this.#at += 1;
    // Declared again, as `flush`-less scripts do: what was said first stays unless it is said anew.
    const read = this.entries[index];
    if (read !== undefined) this.entries[index] = { ...read, value: { chain: body } };
    if (known !== undefined && body.hook === undefined) this.entries.splice(index, 1);
  }

  #rule(words: readonly NftToken[], first: boolean): void {
    const [family, table, [name, ...statement]] = addressed(words);
    const [start, end] = [statement[0], statement.at(-1)];
    if (name === undefined || start === undefined || end === undefined) return;
    let body = statement;
    if (body[0] !== undefined && ['handle', 'position', 'index'].includes(body[0].text)) body = body.slice(2);
    const entry = { rule: { family, table, chain: name.text, expr: statementsOf(this.#filled(body)) } };
    this.#push(entry, start, end);
    if (!first) return;
    const inserted = this.entries.pop();
    const before = this.entries.findIndex(({ value }) => {
      const { rule } = value as { rule?: { family?: string; table?: string; chain?: string } };
      return rule?.chain === name.text && rule.table === table && rule.family === family;
    });
    if (inserted !== undefined) this.entries.splice(before < 0 ? this.entries.length : before, 0, inserted);
  }

  #set(kind: 'set' | 'map', family: string, table: string, name: NftToken | undefined): void {
    if (this.#token()?.text !== '{') return;
    this.#at += 1;
    const elem: Json[] = [];
    while (this.#at < this.#tokens.length && this.#token()?.text !== '}') {
      const before = this.#at;
      const statement = this.#statement();
      if (statement[0]?.text === 'elements') elem.push(...elementsOf(this.#filled(statement.slice(2))));
      if (this.#at === before) this.#at += 1;
    }
    this.#at += 1;
    if (name !== undefined) this.#push({ [kind]: { family, table, name: name.text, elem } }, name, name);
  }

  #joinElements(more: { family: string; table: string; name: string; elem: Json[] }): void {
    for (const [index, entry] of this.entries.entries()) {
      for (const kind of ['set', 'map'] as const) {
        const set = (entry.value as { [key: string]: { [key: string]: Json } | undefined })[kind];
        if (set?.name !== more.name || set.table !== more.table || set.family !== more.family) continue;
        const elem = [...listOf(set.elem), ...more.elem];
        this.entries[index] = { ...entry, value: { [kind]: { ...set, elem } } };
      }
    }
  }

  /** With `$name` filled in; what is not defined stays, and is then unknown. */
  #filled(tokens: readonly NftToken[], depth = 0): NftToken[] {
    if (depth > DEEPEST_DEFINE || !tokens.some(({ text }) => text.startsWith('$'))) return [...tokens];
    return tokens.flatMap((token) => {
      const value = token.text.startsWith('$') ? this.#defines.get(token.text.slice(1)) : undefined;
      if (value === undefined || this.#room <= 0) return [token];
      this.#room -= value.length + 1;
      return this.#filled(value, depth + 1);
    });
  }

  #push(value: Json, first: NftToken | undefined, last: NftToken | undefined): number {
    const start = first?.start ?? 0;
    this.entries.push({ value, line: this.#lineOf(start), span: [start, last?.end ?? start] });
    return this.entries.length - 1;
  }
}

function opens(words: readonly NftToken[]): boolean {
  const [first, second] = words;
  const kind = ['add', 'create'].includes(first?.text ?? '') ? second : first;
  return ['table', 'chain', 'set', 'map', 'flowtable', 'counter', 'quota', 'limit', 'secmark', 'synproxy'].includes(
    kind?.text ?? '',
  )
    ? words.length >= 2 && !words.some(({ text }) => text === 'rate' || text === 'elements')
    : first?.text === 'ct' && words.length === 3 && ['helper', 'timeout', 'expectation'].includes(second?.text ?? '');
}

/** `inet filter input …`: family, table, and the rest; without a family it is `ip`. */
function addressed(words: readonly NftToken[]): [family: string, table: string, rest: NftToken[]] {
  const known = FAMILIES.has(words[0]?.text ?? '');
  const [table, ...rest] = known ? words.slice(1) : words;
  return [known ? (words[0]?.text ?? 'ip') : 'ip', table?.text ?? '', rest];
}

/** `type filter hook input priority filter - 5` */
function baseOf(words: readonly NftToken[]): { [key: string]: Json } {
  const after = (name: string): string | undefined => {
    const at = words.findIndex(({ text }) => text === name);
    return at < 0 ? undefined : words[at + 1]?.text;
  };
  const at = words.findIndex(({ text }) => text === 'priority');
  const written = words
    .slice(at + 1)
    .map(({ text }) => text)
    .join('');
  const match = /^([a-z]+)?([+-]?\d{1,6})?$/.exec(written);
  const named = match?.[1] !== undefined && Object.hasOwn(PRIORITIES, match[1]) ? (PRIORITIES[match[1]] ?? 0) : 0;
  return {
    type: after('type') ?? 'filter',
    hook: after('hook') ?? '',
    prio: at < 0 ? 0 : named + Number(match?.[2] ?? 0),
  };
}
