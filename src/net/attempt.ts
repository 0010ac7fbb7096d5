import { connect, type Socket } from 'node:net';

/** What one TCP connection attempt told. */
export type Attempt =
  | { state: 'open'; socket: Socket; ms: number }
  /** RST: the host is reachable and the port is closed. */
  | { state: 'refused'; ms: number }
  /** No answer, or an ICMP "prohibited" or "unreachable" from the way there. */
  | { state: 'filtered'; reason: string }
  /** This machine has no way there (no IPv6, no route): it says nothing about the host. */
  | { state: 'no-route'; reason: string };

const NO_ROUTE = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETDOWN', 'EINVAL']);
const FILTERED = new Set(['EHOSTUNREACH', 'EHOSTDOWN', 'ETIMEDOUT', 'EACCES', 'EPERM', 'ENOPROTOOPT', 'EPROTO']);

/** Milliseconds after which a waiting attempt asks whether it still has to wait. */
const LOOK_EVERY = 250;

/**
 * One attempt at one address; `address` is a literal, so nothing is looked up. Never rejects.
 * @param patience milliseconds from the start; asked again when it seems over, because others may have shown meanwhile
 *   how far away this part of the network is
 */
export function attempt(address: string, port: number, patience: () => number): Promise<Attempt> {
  return new Promise((resolve) => {
    const start = performance.now();
    const socket = connect({ host: address, port, noDelay: true, autoSelectFamily: false });
    const settle = (outcome: Attempt) => {
      clearTimeout(timer);
      socket.off('connect', connected).off('error', failed);
      socket.on('error', () => {});
      if (outcome.state !== 'open') socket.destroy();
      resolve(outcome);
    };
    const connected = () => {
      const ms = performance.now() - start;
      // A port of the ephemeral range can be connected to itself (TCP simultaneous open): nobody listens there.
      const itself = socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;
      settle(itself ? { state: 'refused', ms } : { state: 'open', socket, ms });
    };
    const failed = (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'unknown error';
      const ms = performance.now() - start;
      if (code === 'ECONNREFUSED' || code === 'ECONNRESET') settle({ state: 'refused', ms });
      else if (FILTERED.has(code)) settle({ state: 'filtered', reason: code });
      else settle({ state: 'no-route', reason: NO_ROUTE.has(code) ? code : `connect failed: ${code}` });
    };
    // A busy event loop fires the timer before it looks at sockets: it gets one look before the time counts as over.
    const late = () => {
      if (!socket.connecting) return;
      settle({ state: 'filtered', reason: `no answer in ${Math.round(performance.now() - start)} ms` });
    };
    const look = () => {
      const left = patience() - (performance.now() - start);
      if (left > 1) timer = setTimeout(look, Math.min(left, LOOK_EVERY));
      else setImmediate(() => setImmediate(late));
    };
    let timer = setTimeout(look, Math.min(patience(), LOOK_EVERY));
    socket.on('connect', connected).on('error', failed);
  });
}
