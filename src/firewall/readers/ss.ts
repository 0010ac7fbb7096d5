/**
 * `ss -ltnp`, with or without -H, -p and -u.
 *
 *   State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
 *   LISTEN 0      4096   127.0.0.53%lo:53         0.0.0.0:*    users:(("systemd-resolve",pid=1,fd=14))
 *   LISTEN 0      128             *:9200                *:*    IPv4 and IPv6
 *   LISTEN 0      128          [::]:22               [::]:*    IPv6 alone (v6only)
 *
 * iproute2 prints `*` for an IPv6 socket that takes IPv4 as well (misc/ss.c, `inet_addr_print`); before 4.15 it printed
 * `:::22` for both, which is taken as both unless IPv4 listens on that port by itself. Process ids and users stay out.
 */
import { parseAddress } from '../ranges.ts';
import { emptyReadout, type Listener, MOST_ENTRIES, type Readout, shownName, skipped } from './readout.ts';

const HEAD = /^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local\s?Address:Port/;
const ROW = /^(?:(tcp|udp|u_str|mptcp|sctp)\s+)?(LISTEN|UNCONN)\s+\d+\s+\d+\s+(\S{1,200})\s+\S{1,200}(?:\s+(.*))?$/;

export function isSs(text: string): boolean {
  return text.split('\n', 40).some((line) => HEAD.test(line) || ROW.test(line.trim()));
}

export function readSs(path: string, text: string): Readout {
  const result = emptyReadout();
  const old: Listener[] = [];
  let unread = 0;
  let named = 0;
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || HEAD.test(line)) continue;
    const row = line.length > 4_000 ? null : ROW.exec(line);
    if (row === null) {
      unread++;
      continue;
    }
    if (row[2] !== 'LISTEN' || row[1] === 'udp' || row[1] === 'u_str') continue;
    const local = row[3] ?? '';
    const colon = local.lastIndexOf(':');
    const address = local.slice(0, colon);
    if (!/^\d{1,5}$/.test(local.slice(colon + 1))) {
      named++;
      continue;
    }
    const process = /\(\("([^"]{1,64})"/.exec(row[4] ?? '')?.[1];
    const one = {
      port: Number(local.slice(colon + 1)),
      ...(process !== undefined && { process: shownName(process) }),
      place: { path, line: at + 1 },
    };
    if (address === '*') result.listeners.push({ ...one, family: 4 }, { ...one, family: 6 });
    else if (address === '::') old.push({ ...one, family: 6 });
    else if (address === '[::]') result.listeners.push({ ...one, family: 6 });
    else if (address === '0.0.0.0') result.listeners.push({ ...one, family: 4 });
    else {
      const parsed = parseAddress(address);
      if (parsed === undefined) unread++;
      else if (parsed.value === 0n) result.listeners.push(onOneInterface(address, { ...one, family: parsed.family }));
      else result.listeners.push({ ...one, family: parsed.family, address: parsed.value });
    }
    if (result.listeners.length > MOST_ENTRIES) break;
  }
  for (const one of old) {
    const alone = result.listeners.some(
      ({ family, port, address }) => family === 4 && port === one.port && address === undefined,
    );
    result.listeners.push(one, ...(alone ? [] : [{ ...one, family: 4 as const }]));
  }
  if (named > 0) {
    const reason = `${named} lines have names instead of port numbers; run ss with -n`;
    result.skips.push(skipped(path, 'FIREWALL_NO_NUMBERS', reason));
  }
  if (unread > 0) result.skips.push(skipped(path, 'FIREWALL_UNREAD_LINE', `${unread} lines are not understood`));
  if (result.listeners.length > MOST_ENTRIES) {
    result.skips.push(skipped(path, 'FIREWALL_TOO_LARGE', `only the first ${MOST_ENTRIES} sockets were read`));
  }
  return result;
}

/** `0.0.0.0%lo:53`: all addresses of one interface. Bound to loopback, nobody outside reaches it. */
function onOneInterface(address: string, one: Listener): Listener {
  return address.replace(/\]$/, '').endsWith('%lo') ? { ...one, address: one.family === 4 ? 0x7f000001n : 1n } : one;
}
