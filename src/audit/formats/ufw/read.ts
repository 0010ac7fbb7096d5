/**
 * ufw, which is several files and means something only with all of them:
 *
 *   /etc/default/ufw            DEFAULT_INPUT_POLICY="DROP", DEFAULT_FORWARD_POLICY, IPV6
 *   /etc/ufw/ufw.conf           ENABLED=yes, LOGLEVEL=low
 *   /etc/ufw/user.rules         ### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
 *                               -A ufw-user-input -p tcp --dport 22 -j ACCEPT           (iptables-restore)
 *   /etc/ufw/user6.rules        the same for IPv6, chains `ufw6-user-input`
 *   /etc/ufw/before.rules       before the user's: loopback, answers, ping; people add their own
 *
 * and `ufw status verbose`, which says all of it in short. A packet meets before.rules, then user.rules, then the policy
 * (ufw-framework(8)).
 */
import { basename } from 'node:path/posix';
import type { Skip } from '../../../core/skip.ts';
import { type Chain, type Filter, isUfw, readIptables, readUfw } from '../../../firewall/index.ts';
import type { Assembly, Format, ReadFile } from '../../model.ts';
import { linesOf, type Source, type Span } from '../../source.ts';
import {
  type FilterDocument,
  type FilterEntry,
  filterSettings,
  keyOf,
  lineSpan,
  lineStarts,
  numbered,
} from '../packet-filter/document.ts';
import { hostDoor } from '../packet-filter/facts.ts';

export interface UfwValue {
  value: string;
  /** Without its quotes. */
  span: Span;
  source: Source;
}

/** Rules of one file, before they are joined. */
interface Part {
  family: 4 | 6;
  order: number;
  chains: Filter['chains'];
  source: Source;
}

export interface UfwDocument extends FilterDocument {
  /** `ENABLED`, `DEFAULT_INPUT_POLICY`, … as the files set them. */
  values: ReadonlyMap<string, UfwValue>;
  parts: readonly Part[];
  kind: 'status' | 'files';
}

const KEYS =
  /^(?:ENABLED|LOGLEVEL|IPV6|DEFAULT_(?:INPUT|OUTPUT|FORWARD|APPLICATION)_POLICY|MANAGE_BUILTINS|IPT_SYSCTL|IPT_MODULES)$/;
const ASSIGNMENT = /^[ \t]*([A-Z][A-Z0-9_]{1,40})=(?:"([^"\n]{0,400})"|'([^'\n]{0,400})'|([^\s#"']{0,400}))/;

export const ufwFormat: Format<'ufw'> = {
  name: 'ufw',
  title: 'ufw (its rules and defaults)',
  recognises(path, text) {
    if (/\.(?:ya?ml|json|md|rst|html?|py|go|rs|js|ts|sh|bash|tf|nix)$/i.test(path)) return false;
    const head = text.slice(0, 65_536);
    if (isUfw(head)) return /^(?:Default: |To[ \t]+Action[ \t]+From|Logging: )/m.test(head) || /ufw/i.test(path);
    if (/^:ufw6?-(?:user|before|after)-/m.test(head)) return !/^:INPUT[ \t]/m.test(head) && /^\*filter/m.test(head);
    if (/^DEFAULT_INPUT_POLICY=/m.test(head))
      return /^(?:DEFAULT_FORWARD_POLICY|DEFAULT_OUTPUT_POLICY|IPV6|MANAGE_BUILTINS)=/m.test(head);
    return /^ENABLED=["']?(?:yes|no)/m.test(head) && /^LOGLEVEL=/m.test(head);
  },
  read(source) {
    if (isUfw(source.text.slice(0, 65_536))) return readStatus(source);
    const values = valuesOf(source);
    const skips: Skip[] = [];
    const parts: Part[] = [];
    if (/^\*filter|^:ufw/m.test(source.text)) {
      const family = /^:ufw6-/m.test(source.text) || /6\.rules$/.test(source.path) ? 6 : 4;
      const text = source.text.replace(/^\ufeff/, ' ');
      const { filters, skips: unread } = readIptables(source.path, text, family);
      skips.push(...unread.slice(0, 20));
      const order = /^(?:before|user|after)/.exec(basename(source.path))?.[0];
      const has = (name: string): boolean => new RegExp(`^-A ufw6?-${name}-input `, 'm').test(text);
      const guess = has('user') ? 1 : has('before') ? 0 : has('after') ? 2 : 1;
      const chains = filters[0]?.chains ?? new Map<string, Chain>();
      parts.push({
        family,
        order: order === undefined ? guess : ({ before: 0, user: 1, after: 2 }[order] ?? 1),
        chains,
        source,
      });
    }
    const complete = skips.length === 0;
    const document = joined(source, values, parts, complete);
    const empty = values.size === 0 && parts.length === 0 && source.text.trim() !== '';
    return {
      document,
      status: complete ? (empty ? 'failed' : 'read') : 'partial',
      skips: empty ? [...skips, nothing(source)] : skips,
    };
  },
  assemble,
  *settings(document) {
    const first = [...document.values.values()][0]?.source ?? document.parts[0]?.source ?? null;
    for (const [pointer, { value, span, source }] of document.values) {
      yield { pointer, values: [value], span, ...(source !== first && first !== null && { source }) };
    }
    yield* filterSettings({ ...document, policies: document.kind === 'status' ? document.policies : new Map() }, first);
  },
  facts(file) {
    const { document, source } = file;
    if (document.values.get('ENABLED')?.value === 'no') return {};
    const door = hostDoor(`ufw:${source.path}`, [document], source);
    return door ? { doors: [door] } : {};
  },
};

function nothing({ path }: Source): Skip {
  return {
    subject: path,
    code: 'UFW_NOTHING_READ',
    reason: 'no setting and no rule of ufw was understood',
    severity: 'incomplete',
  };
}

function valuesOf(source: Source): Map<string, UfwValue> {
  const values = new Map<string, UfwValue>();
  for (const line of linesOf(source.text)) {
    if (line.text.length > 1_000) continue;
    const match = ASSIGNMENT.exec(line.text);
    const name = match?.[1];
    if (match === null || name === undefined || !KEYS.test(name)) continue;
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    const quoted = match[4] === undefined;
    const end = line.start + match[0].length - (quoted ? 1 : 0);
    const span = { start: end - value.length, end };
    values.set(name, { value, span: value === '' ? { start: line.start, end: line.end } : span, source });
  }
  return values;
}

function readStatus(source: Source): ReturnType<Format<'ufw'>['read']> {
  const { filters, skips } = readUfw(source.path, source.text);
  const starts = lineStarts(source.text);
  const values = new Map<string, UfwValue>();
  const said = (name: string, pattern: RegExp): void => {
    const match = pattern.exec(source.text.slice(0, 65_536));
    const value = match?.[1];
    if (match === null || value === undefined) return;
    const start = match.index + match[0].lastIndexOf(value);
    values.set(name, { value, span: { start, end: start + value.length }, source });
  };
  said('Status', /^Status: (active|inactive)/m);
  said('Logging', /^Logging: (on|off)/m);
  said('Default incoming', /^Default: (allow|deny|reject|limit) \(incoming\)/m);
  said('Default routed', /^Default: [^\n]{0,100}, (allow|deny|reject) \(routed\)/m);
  const entries = new Map<string, FilterEntry>();
  const [filter] = filters;
  for (const { rule, pointer } of filter ? numbered(filter) : []) {
    const span = lineSpan(source, starts, rule.place.line ?? 1);
    entries.set(keyOf(rule.place), { pointer, span, text: source.text.slice(span.start, span.end), source });
  }
  const policies = new Map<string, FilterEntry>();
  const policy = values.get('Default incoming') ?? values.get('Status');
  if (policy) policies.set('incoming', { pointer: 'incoming/policy', text: policy.value, span: policy.span, source });
  const complete = skips.length === 0;
  const document: UfwDocument = {
    filter: filter ?? null,
    entries,
    policies: new Map(),
    logs: values.get('Logging')?.value !== 'off',
    complete,
    values,
    parts: [],
    kind: 'status',
  };
  return { document: { ...document, policies }, status: complete ? 'read' : 'partial', skips };
}

/** The files of one host become one document, judged under the first of them. */
function assemble(files: readonly ReadFile<'ufw'>[]): Assembly<'ufw'> {
  const groups = new Map<string, ReadFile<'ufw'>[]>();
  for (const file of files) {
    const key = file.document.kind === 'status' ? file.source.path : hostOf(file.source.path);
    const group = groups.get(key) ?? [];
    group.push(file);
    groups.set(key, group);
  }
  const result = [...groups.values()].flatMap((group): ReadFile<'ufw'>[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const values = new Map(group.flatMap(({ document }) => [...document.values]));
    const parts = group.flatMap(({ document }) => document.parts);
    const complete = group.every(({ document }) => document.complete);
    return [{ ...first, document: joined(first.source, values, parts, complete) }];
  });
  return { files: result, skips: [] };
}

/** `roles/web/files/etc` of `roles/web/files/etc/ufw/user.rules` and of `roles/web/files/etc/default/ufw` */
function hostOf(path: string): string {
  const parts = path.split('/').slice(0, -1);
  const last = parts.at(-1);
  return (last === 'ufw' || last === 'default' ? parts.slice(0, -1) : parts).join('/');
}

/** Before, user, then the policy: as ufw hangs its chains below INPUT. */
function joined(
  own: Source,
  values: ReadonlyMap<string, UfwValue>,
  parts: readonly Part[],
  complete: boolean,
): UfwDocument {
  const entries = new Map<string, FilterEntry>();
  const policies = new Map<string, FilterEntry>();
  const chains = new Map<string, Chain>();
  const starts = new Map<Source, number[]>();
  for (const part of parts) {
    const lines = starts.get(part.source) ?? lineStarts(part.source.text);
    starts.set(part.source, lines);
    for (const chain of part.chains.values()) {
      // Each family and file has its own: both call some of theirs alike.
      const name = named(part, chain.name);
      const rules = chain.rules.map((rule, at) => {
        const span = lineSpan(part.source, lines, rule.place.line ?? 1);
        const text = part.source.text.slice(span.start, span.end);
        const pointer = `${name}/rule[${at + 1}]`;
        entries.set(keyOf(rule.place), { pointer, span, text, source: part.source });
        const { action } = rule;
        const jumps = action.do === 'jump' || action.do === 'goto';
        return jumps ? { ...rule, action: { ...action, chain: named(part, action.chain) } } : rule;
      });
      chains.set(name, { name, place: chain.place, rules });
    }
  }
  const incoming = values.get('DEFAULT_INPUT_POLICY');
  const policy = { ACCEPT: 'accept', DROP: 'drop', REJECT: 'reject' }[incoming?.value.toUpperCase() ?? ''] as
    | 'accept'
    | 'drop'
    | 'reject'
    | undefined;
  for (const family of [4, 6] as const) {
    const own6 = parts.filter((part) => part.family === family).sort((a, b) => a.order - b.order);
    if (own6.length === 0) continue;
    const prefix = family === 4 ? 'ufw' : 'ufw6';
    const name = `IPv${family} incoming`;
    const place = { path: incoming?.source.path ?? own.path, line: 0 };
    const rules = own6.flatMap((part) =>
      ['before', 'user', 'after'].flatMap((kind) => {
        const chain = named(part, `filter ${prefix}-${kind}-input`);
        const exists = chains.has(chain) && ['before', 'user', 'after'].indexOf(kind) === part.order;
        return exists ? [{ place, text: chain, when: [], action: { do: 'jump' as const, chain } }] : [];
      }),
    );
    // What ufw does with the rest stands in /etc/default/ufw.
    const base = { hook: 'input' as const, priority: 0, policy: policy ?? ('unknown' as const), translates: false };
    chains.set(name, { name, place, rules, base: { ...base, families: [family] } });
    if (incoming)
      policies.set(name, {
        pointer: `${name}/policy`,
        text: incoming.value,
        span: incoming.span,
        source: incoming.source,
      });
  }
  // With IPV6=no ufw refuses all of IPv6 but loopback (ufw-init-functions).
  const ipv6 = values.get('IPV6');
  if (ipv6?.value.toLowerCase() === 'no') {
    const name = 'IPv6 incoming';
    const base = { hook: 'input' as const, priority: 0, policy: 'drop' as const, translates: false };
    chains.set(name, { name, place: { path: ipv6.source.path, line: 0 }, rules: [], base: { ...base, families: [6] } });
    policies.set(name, { pointer: `${name}/policy`, text: ipv6.value, span: ipv6.span, source: ipv6.source });
  }
  const families = ([4, 6] as const).filter((family) => chains.has(`IPv${family} incoming`));
  const filter: Filter | null =
    parts.length === 0 ? null : { kind: 'ufw', path: own.path, families, chains, bridges: [] };
  return {
    filter,
    entries,
    policies,
    logs: values.get('LOGLEVEL')?.value !== 'off',
    complete,
    values,
    parts,
    kind: 'files',
  };
}

function named({ source, family }: Part, chain: string): string {
  return `IPv${family} ${basename(source.path)} ${chain.replace(/^filter /, '')}`;
}
