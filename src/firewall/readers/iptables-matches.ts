/** The matches of one iptables rule as conditions; what is not known here is `unknown`, never left out. */
import type { Condition, PortRange } from '../model.ts';
import { type Family, parseRanges } from '../ranges.ts';
import { shownName } from './readout.ts';

/** Options without a value. */
const BARE = new Set([
  '--syn',
  '--set',
  '--rcheck',
  '--update',
  '--remove',
  '--rttl',
  '--rsource',
  '--rdest',
  '--limit-iface-in',
  '--limit-iface-out',
  '--invert',
  '--loose',
  '--validmark',
  '--accept-local',
  '-f',
  '--return-nomatch',
  '--physdev-is-bridged',
  '--physdev-is-in',
  '--physdev-is-out',
  '--connlimit-saddr',
  '--connlimit-daddr',
  '--hashlimit-rate-match',
]);

/** Options that only shape a match that another option makes. */
const SHAPES = new Set([
  '--limit-burst',
  '--hashlimit-burst',
  '--hashlimit-mode',
  '--hashlimit-name',
  '--hashlimit-htable-size',
  '--hashlimit-htable-max',
  '--hashlimit-htable-expire',
  '--hashlimit-htable-gcinterval',
  '--hashlimit-srcmask',
  '--hashlimit-dstmask',
  '--hashlimit-rate-match',
  '--hashlimit-rate-interval',
  '--connlimit-mask',
  '--connlimit-saddr',
  '--connlimit-daddr',
  '--name',
  '--rsource',
  '--rdest',
  '--mask',
  '--seconds',
  '--rttl',
  '--reap',
  '--comment',
]);

interface Option {
  name: string;
  value: string;
  not: boolean;
}

export function conditionsOf(words: readonly string[], family: Family): Condition[] {
  const options = optionsOf(words);
  const names = new Set(options.map(({ name }) => name));
  return options.flatMap((option) => conditionOf(option, family, names));
}

function optionsOf(words: readonly string[]): Option[] {
  const options: Option[] = [];
  let not = false;
  for (let at = 0; at < words.length; at++) {
    const name = words[at] ?? '';
    if (name === '!') {
      not = true;
      continue;
    }
    if (!name.startsWith('-')) {
      // The second value of `--tcp-flags` and of `--match-set`.
      const last = options.at(-1);
      if (last !== undefined) last.value += ` ${name}`;
      continue;
    }
    let value = '';
    if (!BARE.has(name)) {
      value = words[at + 1] ?? '';
      at++;
      // The old way to negate: `-s ! 10.0.0.0/8`.
      if (value === '!') {
        not = !not;
        value = words[++at] ?? '';
      }
    }
    options.push({ name, value, not });
    not = false;
  }
  return options;
}

function conditionOf({ name, value, not }: Option, family: Family, names: ReadonlySet<string>): Condition[] {
  if (SHAPES.has(name)) return [];
  const unknown: Condition[] = [{ on: 'unknown', what: shownName(name) }];
  switch (name) {
    case '-m':
      // A match that takes no option is not one of these.
      return KNOWN.has(value) ? [] : [{ on: 'unknown', what: shownName(`-m ${value}`) }];
    case '-p':
      return value === 'all' || value === '0' ? [] : [{ on: 'protocol', names: [protocolName(value)], not }];
    case '-s':
    case '--src-range':
    case '-d':
    case '--dst-range': {
      const parsed = parseRanges(value);
      if (parsed === undefined || parsed.family !== family) return unknown;
      const on = name === '-s' || name === '--src-range' ? 'source' : 'destination';
      return [{ on, family, ranges: parsed.ranges, not }];
    }
    case '-i':
    case '-o':
      return [{ on: name === '-i' ? 'in' : 'out', interfaces: [value], not }];
    case '--dport':
    case '--dports':
    case '--destination-port':
      return portsOf('port', value, not) ?? unknown;
    case '--sport':
    case '--sports':
    case '--source-port':
      return [{ on: 'chosen' }];
    case '--ctstate':
    case '--state':
      return statesOf(value, not);
    case '--syn':
      return not ? [{ on: 'never' }] : [];
    case '--tcp-flags':
      return flagsOf(value, not);
    case '--dst-type':
      // What was redirected has another machine's address.
      if (value === 'LOCAL') return [{ on: 'translated', not: !not }];
      return value === 'UNICAST' ? holding(!not) : holding(not);
    case '--src-type':
      return holding((value === 'UNICAST') !== not);
    case '--pkt-type':
      return holding((value === 'unicast') !== not);
    case '--ctorigdstport':
      return portsOf('original-port', value, not) ?? unknown;
    case '--ctdir':
      return holding((value === 'ORIGINAL') !== not);
    case '--ctproto':
      return [{ on: 'protocol', names: [protocolName(value)], not }];
    case '--limit':
    case '--hashlimit':
    case '--hashlimit-upto':
    case '--connlimit-upto':
      return [{ on: 'rate', over: not }];
    case '--hashlimit-above':
    case '--connlimit-above':
      return [{ on: 'rate', over: !not }];
    // `recent`: --set notes and holds; --rcheck and --update hold for who came before, with --hitcount for who came often.
    case '--set':
      return holding(!not);
    case '--rcheck':
    case '--update':
    case '--remove':
      return names.has('--hitcount') ? [{ on: 'rate', over: !not }] : unknown;
    case '--hitcount':
      return [];
    case '--icmp-type':
    case '--icmpv6-type':
      return [{ on: 'never' }];
    case '--rt-type':
    case '--header':
    case '--hbh-len':
    case '--dst-len':
    case '--ttl-eq':
    case '--ttl-lt':
    case '--ttl-gt':
    case '--hl-eq':
    case '--hl-lt':
    case '--hl-gt':
    case '--dscp':
    case '--tos':
    case '--length':
      return [{ on: 'chosen' }];
    case '--validmark':
    case '--loose':
    case '--accept-local':
      return [];
    case '--invert':
      // `-m rpfilter --invert`: packets that could not be answered on the way they came. A stranger's can.
      return [{ on: 'never' }];
    default:
      return unknown;
  }
}

const KNOWN = new Set([
  'tcp',
  'udp',
  'multiport',
  'conntrack',
  'state',
  'comment',
  'addrtype',
  'iprange',
  'limit',
  'hashlimit',
  'connlimit',
  'recent',
  'icmp',
  'icmp6',
  'ipv6-icmp',
  'pkttype',
  'rpfilter',
  'set',
  'mark',
  'connmark',
  'mac',
  'owner',
  'string',
  'u32',
  'time',
  'statistic',
  'geoip',
  'physdev',
  'policy',
  'bpf',
  'length',
  'ttl',
  'hl',
  'dscp',
  'tos',
  'helper',
  'sctp',
  'rt',
  'hbh',
  'dst',
  'ipv6header',
  'dccp',
  'udplite',
]);

function holding(holds: boolean): Condition[] {
  return holds ? [] : [{ on: 'never' }];
}

function protocolName(value: string): string {
  const known: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'ipv6-icmp' };
  return Object.hasOwn(known, value) ? (known[value] ?? value) : value;
}

/** `22`, `9300:9400`, `:1024`, `60000:`, and comma-separated ones. */
function portsOf(on: 'port' | 'original-port', value: string, not: boolean): Condition[] | undefined {
  const ports: PortRange[] = [];
  for (const one of value.split(',').slice(0, 64)) {
    const match = /^(\d{0,5})(:?)(\d{0,5})$/.exec(one);
    if (match === null || one === '') return undefined;
    const low = match[1] === '' ? 0 : Number(match[1]);
    const high = match[2] === '' ? low : match[3] === '' ? 65_535 : Number(match[3]);
    ports.push([low, high]);
  }
  return [{ on, ports, not }];
}

/** DNAT is a pseudo-state: the packet was redirected. */
function statesOf(value: string, not: boolean): Condition[] {
  const states = value.toLowerCase().split(',');
  if (states.length === 1 && states[0] === 'dnat') return [{ on: 'translated', not }];
  if (states.includes('dnat') && !states.includes('new')) return [{ on: 'unknown', what: '--ctstate' }];
  return [{ on: 'state', states, not }];
}

/** `FIN,SYN,RST,ACK SYN`: of a first packet SYN alone is set. */
function flagsOf(value: string, not: boolean): Condition[] {
  const [mask = '', set = ''] = value.split(' ');
  const masked = new Set(mask === 'ALL' ? ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] : mask.split(','));
  const wanted = set === 'NONE' ? [] : set === 'ALL' ? ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] : set.split(',');
  const meets = masked.has('SYN') ? wanted.length === 1 && wanted[0] === 'SYN' : wanted.length === 0;
  return holding(meets !== not);
}
