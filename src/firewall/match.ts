/** Whether a rule's conditions hold for a new connection from outside: for whom, and how sure that is. */
import type { Condition, Filter, Packet, PortRange } from './model.ts';
import { everybody, holds, intersect, isEmpty, NEVER_FROM_OUTSIDE, NOBODY, type Ranges, without } from './ranges.ts';

export interface Match {
  sources: Ranges;
  sure: boolean;
}

interface Question {
  packet: Packet;
  filter: Filter;
  /** The packet was redirected before. */
  translated: boolean;
  originalPort: number;
  /** What the rule does with it, for conditions that the sender can choose to meet. */
  admits: boolean;
  forbids: boolean;
}

type Answer = 'yes' | 'no' | 'unknown' | Ranges;

export function matchOf(conditions: readonly Condition[], question: Question): Match {
  let sources = everybody(question.packet.family);
  let sure = true;
  for (const condition of conditions) {
    const answer = holdsFor(condition, question);
    if (answer === 'no') return { sources: NOBODY, sure: true };
    if (answer === 'unknown') sure = false;
    else if (answer !== 'yes') sources = intersect(sources, answer);
    if (isEmpty(sources)) return { sources, sure: true };
  }
  return { sources, sure };
}

function holdsFor(condition: Condition, question: Question): Answer {
  const { packet } = question;
  switch (condition.on) {
    case 'never':
      return 'no';
    case 'unknown':
      return 'unknown';
    case 'family':
      return told(condition.family === packet.family);
    case 'protocol':
      return told(condition.names.includes(packet.protocol) !== condition.not);
    case 'port':
      return told(within(condition.ports, packet.port) !== condition.not);
    case 'original-port':
      return told(within(condition.ports, question.originalPort) !== condition.not);
    case 'state':
      return told(condition.states.includes('new') !== condition.not);
    case 'translated':
      return told(question.translated !== condition.not);
    case 'chosen':
      return chosen(question);
    case 'rate':
      return condition.over ? 'no' : chosen(question);
    case 'source':
      return sourcesOf(condition, packet);
    case 'destination':
      return destination(condition, question);
    case 'in':
      return arrives(condition, packet);
    case 'out':
      return leaves(condition, question);
  }
}

function told(value: boolean): Answer {
  return value ? 'yes' : 'no';
}

/** What the sender can meet or avoid as it likes admits it, and keeps nobody out. */
function chosen({ admits, forbids }: Question): Answer {
  return admits ? 'yes' : forbids ? 'no' : 'unknown';
}

function within(ports: readonly PortRange[], port: number): boolean {
  return ports.some(([low, high]) => low <= port && port <= high);
}

function sourcesOf(condition: Extract<Condition, { on: 'source' | 'destination' }>, packet: Packet): Answer {
  // `ip saddr` looks at IPv4 packets alone, also when it is negated (nft(8): the dependency on the protocol is implied).
  if (condition.family !== packet.family) return 'no';
  return condition.not ? without(everybody(packet.family), condition.ranges, packet.family) : condition.ranges;
}

function destination(condition: Extract<Condition, { on: 'source' | 'destination' }>, question: Question): Answer {
  const { packet, filter } = question;
  if (condition.family !== packet.family) return 'no';
  if (packet.to !== undefined) return told(holds(condition.ranges, packet.to) !== condition.not);
  if (isEmpty(without(everybody(packet.family), condition.ranges, packet.family))) return told(!condition.not);
  // Addresses behind a bridge of this host, and those that no packet from outside bears, are not what it is sent to.
  const behind = filter.bridges.filter(({ family }) => family === packet.family).flatMap(({ ranges }) => ranges);
  const elsewhere = [...NEVER_FROM_OUTSIDE[packet.family], ...behind];
  let left = condition.ranges;
  for (const range of elsewhere) left = without(left, [range], packet.family);
  return isEmpty(left) ? told(condition.not) : 'unknown';
}

/** Interfaces by whose nature no stranger stands behind them: loopback, container bridges, virtual machines, tunnels. */
const INSIDE =
  /^(?:lo|docker\d+|docker_gwbridge|br-[0-9a-f]{12}|podman\d+|cni\d+|cni-podman\d+|virbr\d+|lxcbr\d+|lxdbr\d+|veth.*|wg\d*|tun\d+|tailscale\d+|zt.*|cali.*|flannel.*)$/;

function named(pattern: string, name: string): boolean {
  return /[*+]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function arrives(condition: Extract<Condition, { on: 'in' | 'out' }>, packet: Packet): Answer {
  if (condition.interfaces.some((pattern) => pattern === '*' || pattern === '+')) return told(!condition.not);
  if (packet.outside !== undefined && packet.outside.length > 0) {
    const met = packet.outside.filter((name) => condition.interfaces.some((pattern) => named(pattern, name)));
    if (met.length === packet.outside.length) return told(!condition.not);
    return met.length === 0 ? told(condition.not) : 'unknown';
  }
  if (condition.interfaces.every((pattern) => INSIDE.test(pattern.replace(/[*+]$/, '0')))) return told(condition.not);
  return 'unknown';
}

function leaves(condition: Extract<Condition, { on: 'in' | 'out' }>, question: Question): Answer {
  const { packet, filter, translated } = question;
  const { to } = packet;
  // A packet for this host leaves by no interface.
  if (!translated || to === undefined) return told(condition.not);
  const bridge = filter.bridges.find(({ family, ranges }) => family === packet.family && holds(ranges, to));
  if (bridge === undefined) return 'unknown';
  return told(condition.interfaces.some((pattern) => named(pattern, bridge.name)) !== condition.not);
}
