/**
 * `ports` of a compose service.
 * Short: `[[IP:][HOST]:]CONTAINER[/PROTOCOL]`, HOST and CONTAINER a port or a range; an IPv6 address in brackets.
 * Long: a mapping of `target`, `published`, `host_ip`, `protocol`, `mode`.
 * Without an address the port is published on every address of the host, IPv4 and IPv6.
 * https://docs.docker.com/reference/compose-file/services/#ports
 */
import ipaddr from 'ipaddr.js';
import type { TextEdit } from '../../../core/patch.ts';
import { lineEnd, type Source, type Span } from '../../source.ts';
import { child, entryOf, type MapNode, type ScalarNode, textOf, type YamlNode } from '../yaml/read.ts';
import { interpolate, splitOutside } from './interpolate.ts';

export interface ComposePort {
  span: Span;
  /** After interpolation; null: all addresses, or unknown. */
  hostIp: string | null;
  /** False when the address is a variable without a known value. */
  hostIpKnown: boolean;
  hostPort: number | null;
  containerPort: number;
  protocol: 'tcp' | 'udp';
  /** `9200:9200/tcp`, independent of address and position. */
  key: string;
  allInterfaces: boolean;
  /** Edits that publish it on loopback only; null where it cannot be said by a small edit. */
  toLoopback: TextEdit[] | null;
}

export type PortReading = { port: ComposePort } | { unreadable: Span };

export function readPorts(
  node: YamlNode | null,
  source: Source,
  variables: ReadonlyMap<string, string>,
): PortReading[] {
  const items = node?.kind === 'seq' ? node.items : [];
  return items.flatMap((item): PortReading[] => {
    const port =
      item.kind === 'map'
        ? longPort(item, source, variables)
        : item.kind === 'scalar'
          ? shortPort(item, variables)
          : null;
    return [port ? { port } : { unreadable: item.span }];
  });
}

function shortPort(node: ScalarNode, variables: ReadonlyMap<string, string>): ComposePort | null {
  const [withoutProtocol = { text: '', start: 0 }, protocolPart] = splitOutside(node.text, '/');
  const segments = splitOutside(withoutProtocol.text, ':');
  const container = segments.pop();
  const host = segments.pop();
  const address = segments.length > 0 ? segments.map(({ text }) => text).join(':') : null;
  const containerPort = firstPort(interpolate(container?.text ?? '', variables).text);
  if (containerPort === null) return null;
  const published = interpolate(host?.text ?? '', variables);
  // One variable may hold both: `${SQL_PORT:-127.0.0.1:13306}:3306`.
  const both = address === null ? published.text.lastIndexOf(':') : -1;
  const ip =
    both >= 0
      ? { ...published, text: published.text.slice(0, both), defaultSpan: null }
      : address === null
        ? null
        : interpolate(address, variables);
  const hostPort = firstPort(published.text.slice(both + 1));
  const base = node.inner?.start;
  let toLoopback: TextEdit[] | null = null;
  if (base !== undefined && both < 0) {
    if (ip?.defaultSpan && ip.source === 'default') {
      toLoopback = [{ start: base + ip.defaultSpan.start, end: base + ip.defaultSpan.end, text: '127.0.0.1' }];
    } else if (address !== null) {
      toLoopback = [{ start: base, end: base + address.length, text: '127.0.0.1' }];
    } else if (host !== undefined) {
      toLoopback = [{ start: base, end: base, text: '127.0.0.1:' }];
    } else {
      // A bare container port, often an unquoted number: the address needs quotes to stay a string in YAML 1.1.
      const quote = node.style === 'plain' ? '"' : '';
      toLoopback = [{ start: base, end: base, text: `${quote}127.0.0.1::` }];
      if (quote && node.inner) toLoopback.push({ start: node.inner.end, end: node.inner.end, text: quote });
    }
  }
  return finish(node.span, ip, hostPort, containerPort, protocolPart?.text ?? 'tcp', toLoopback);
}

function longPort(node: MapNode, source: Source, variables: ReadonlyMap<string, string>): ComposePort | null {
  const containerPort = firstPort(interpolate(textOf(child(node, 'target')) ?? '', variables).text);
  if (containerPort === null) return null;
  const published = entryOf(node, 'published');
  const hostPort = firstPort(interpolate(textOf(published?.value) ?? '', variables).text);
  const ipNode = child(node, 'host_ip');
  const ip = ipNode?.kind === 'scalar' && !ipNode.isNull ? interpolate(ipNode.text, variables) : null;
  let toLoopback: TextEdit[] | null = null;
  if (ipNode?.kind === 'scalar' && !ipNode.isNull && ipNode.inner) {
    const { start, end } = ipNode.inner;
    const within = ip?.source === 'default' ? ip.defaultSpan : null;
    toLoopback = [
      within
        ? { start: start + within.start, end: start + within.end, text: '127.0.0.1' }
        : { start, end, text: '127.0.0.1' },
    ];
  } else if (ipNode === null && !entryOf(node, 'host_ip')) {
    const after = published ?? entryOf(node, 'target');
    if (after && !after.merged) toLoopback = [insertion(node, after.keySpan, after.span, source)];
  }
  return finish(node.span, ip, hostPort, containerPort, textOf(child(node, 'protocol')) ?? 'tcp', toLoopback);
}

/** A `host_ip` line under `published`, or an entry after it in a flow mapping. */
function insertion(node: MapNode, key: Span, entry: Span, source: Source): TextEdit {
  if (node.flow) return { start: entry.end, end: entry.end, text: ', host_ip: 127.0.0.1' };
  const at = lineEnd(source.text, entry.end);
  const indent = ' '.repeat(source.position(key.start).column - 1);
  return { start: at, end: at, text: `${source.eol}${indent}host_ip: 127.0.0.1` };
}

function finish(
  span: Span,
  ip: { text: string; known: boolean } | null,
  hostPort: number | null,
  containerPort: number,
  protocolText: string,
  toLoopback: TextEdit[] | null,
): ComposePort {
  const protocol = protocolText.toLowerCase() === 'udp' ? 'udp' : 'tcp';
  const hostIp = ip === null || ip.text === '' ? null : ip.text.replace(/^\[(.*)\]$/, '$1');
  const hostIpKnown = ip === null || ip.known;
  return {
    span,
    hostIp,
    hostIpKnown,
    hostPort,
    containerPort,
    protocol,
    key: `${hostPort ?? ''}:${containerPort}/${protocol}`,
    allInterfaces: hostIpKnown && (hostIp === null || isWildcard(hostIp)),
    toLoopback,
  };
}

function isWildcard(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  return parsed.range() === 'unspecified';
}

function firstPort(text: string): number | null {
  const match = /^\s*(\d{1,5})(?:-\d{1,5})?\s*$/.exec(text);
  const port = Number(match?.[1] ?? Number.NaN);
  return port >= 1 && port <= 65_535 ? port : null;
}
