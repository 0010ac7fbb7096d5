/**
 * `ufw status`, `ufw status verbose` and `ufw status numbered`.
 *
 *   Status: active
 *   Default: deny (incoming), allow (outgoing), disabled (routed)      verbose alone
 *   To                         Action      From
 *   --                         ------      ----
 *   22/tcp                     ALLOW IN    Anywhere
 *   [ 2] 9200/tcp on eth0      ALLOW IN    10.0.0.0/8                  numbered
 *   80,443/tcp (Nginx Full)    LIMIT IN    Anywhere
 *   9200/tcp (v6)              DENY IN     Anywhere (v6)
 *
 * The first rule that fits decides (ufw(8)). What ufw accepts before its rules – answers, loopback, ping, DHCP – opens no
 * connection from a stranger. Routed traffic, and so what Docker publishes, never comes by here.
 */
import type { Action, Chain, Condition, Filter, PortRange, Rule } from '../model.ts';
import { parseRanges } from '../ranges.ts';
import { emptyReadout, MOST_ENTRIES, type Readout, shown, skipped } from './readout.ts';

const ROW =
  /^(?:\[ *\d{1,5}\]\s*)?(\S.{0,200}?)\s{1,80}(ALLOW|DENY|REJECT|LIMIT)(?: (IN|OUT|FWD))?\s{1,80}(\S.{0,200})$/;

export function isUfw(text: string): boolean {
  return /^Status: (?:active|inactive)\s*$/m.test(text.slice(0, 2_000));
}

export function readUfw(path: string, text: string): Readout {
  const result = emptyReadout();
  const lines = text.split(/\r?\n/);
  const active = lines.some((line) => /^Status: active\s*$/.test(line));
  const defaultAt = lines.findIndex((line) => line.startsWith('Default: '));
  const incoming = /^Default: (allow|deny|reject|limit) \(incoming\)/.exec(lines[defaultAt] ?? '')?.[1];
  const rules: Rule[] = [];
  for (const [at, line] of lines.slice(0, MOST_ENTRIES).entries()) {
    // A comment of ufw stands behind `#`.
    const row = line.length > 600 ? null : ROW.exec(line.replace(/\s+#.*$/, '').trimEnd());
    if (row === null || !active) continue;
    const [, to = '', action = '', direction = 'IN', from = ''] = row;
    if (direction !== 'IN') continue;
    rules.push({
      place: { path, line: at + 1 },
      text: shown(`${to} ${action} ${from}`),
      when: [...familyOf(to, from), ...destinationOf(to), ...sourceOf(from)],
      action: actionOf(action),
    });
  }
  if (active && incoming === undefined) {
    const reason = 'the default policy is not in it; hand over `ufw status verbose`';
    result.skips.push(skipped(path, 'FIREWALL_NO_DEFAULT', reason));
  }
  const chain: Chain = {
    name: 'incoming',
    place: { path, line: Math.max(defaultAt, 0) + 1 },
    rules,
    base: { hook: 'input', priority: 0, policy: policyOf(active, incoming), translates: false },
  };
  const filter: Filter = { kind: 'ufw', path, families: [4, 6], chains: new Map([[chain.name, chain]]), bridges: [] };
  result.filters.push(filter);
  return result;
}

function policyOf(active: boolean, incoming: string | undefined): 'accept' | 'drop' | 'reject' | 'unknown' {
  if (!active || incoming === 'allow') return 'accept';
  if (incoming === 'reject') return 'reject';
  return incoming === undefined ? 'unknown' : 'drop';
}

/** LIMIT lets in who does not come six times in thirty seconds. */
function actionOf(action: string): Action {
  if (action === 'ALLOW' || action === 'LIMIT') return { do: 'accept' };
  return { do: action === 'REJECT' ? 'reject' : 'drop' };
}

const V6 = / \(v6\)/;

function familyOf(to: string, from: string): Condition[] {
  const written = [to, from]
    .map((text) => parseRanges(text.replace(/ .*/, ''))?.family)
    .find((family) => family !== undefined);
  return [{ on: 'family', family: V6.test(to) || V6.test(from) ? 6 : (written ?? 4) }];
}

/** `22/tcp`, `Anywhere on eth0`, `10.0.0.1 9200/tcp`, `80,443/tcp (Nginx Full)`, `9300:9400/tcp`, `OpenSSH` */
function destinationOf(text: string): Condition[] {
  const conditions: Condition[] = [];
  let rest = text.replace(V6, '');
  const on = / on (\S{1,32})$/.exec(rest);
  if (on !== null) {
    conditions.push({ on: 'in', interfaces: [on[1] ?? ''], not: false });
    rest = rest.slice(0, on.index);
  }
  rest = rest.replace(/ \([^()]*\)$/, '').trim();
  const [first = '', second] = rest.split(' ');
  const address = parseRanges(first);
  const ports = address === undefined && first !== 'Anywhere' ? rest : (second ?? '');
  if (address !== undefined) {
    conditions.push({ on: 'destination', family: address.family, ranges: address.ranges, not: false });
  }
  return ports === '' ? conditions : [...conditions, ...portsOf(ports)];
}

function portsOf(text: string): Condition[] {
  // Without `verbose` an application profile is printed by its name; this one is part of ufw's own documentation.
  if (text === 'OpenSSH') return [{ on: 'port', ports: [[22, 22]], not: false }];
  const match = /^([\d,:]{1,200})(?:\/(tcp|udp))?$/.exec(text);
  if (match === null) {
    const protocol = /^(?:any\/)?(\w{2,8})$/.exec(text.replace(/^Anywhere\//, ''))?.[1];
    if (protocol !== undefined && ['ah', 'esp', 'gre', 'ipv6', 'igmp'].includes(protocol)) return [{ on: 'never' }];
    return [{ on: 'unknown', what: shown(text) }];
  }
  const ports = (match[1] ?? '').split(',').map((one): PortRange => {
    const [low = '', high] = one.split(':');
    return [Number(low), Number(high ?? low)];
  });
  const protocol: Condition[] = match[2] === undefined ? [] : [{ on: 'protocol', names: [match[2]], not: false }];
  return [...protocol, { on: 'port', ports, not: false }];
}

/** `Anywhere`, `10.0.0.0/8`, `10.0.0.7 4000/tcp` (the sender's port), `Anywhere on eth0` */
function sourceOf(text: string): Condition[] {
  const rest = text.replace(V6, '').trim();
  const [first = '', second] = rest.split(' ');
  const conditions: Condition[] = [];
  if (first !== 'Anywhere') {
    const bare = first.replace(/\/(?:tcp|udp)$/, '');
    const address = parseRanges(bare);
    if (address === undefined) return [{ on: 'unknown', what: shown(text) }];
    conditions.push({ on: 'source', family: address.family, ranges: address.ranges, not: false });
  }
  if (second !== undefined && /^[\d,:]{1,200}(?:\/(?:tcp|udp))?$/.test(second)) {
    conditions.push({ on: 'chosen' });
  } else if (second !== undefined && second !== 'on') return [{ on: 'unknown', what: shown(text) }];
  return conditions;
}
